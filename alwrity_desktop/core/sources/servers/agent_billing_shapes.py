"""What the agent platform answers about billing: a summary, and its parts."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from alwrity_desktop.core.sources.servers.fields import Count, Day, Id, Shape, Text, Usd, part, rows


class CamelShape(Shape):
    """An object whose names are written in one word, as JavaScript does."""

    model_config = ConfigDict(alias_generator=to_camel)


class SummaryRow(CamelShape):
    """The whole period. The averages are worked out here, and not read."""

    total_tokens: Count = None
    total_cost: Usd = None
    total_messages: Count = None
    total_conversations: Count = None


class DayRow(CamelShape):
    """One day."""

    date: Day = None
    total_tokens: Count = None
    prompt_tokens: Count = None
    completion_tokens: Count = None
    cost: Usd = None
    message_count: Count = None


class AgentRow(CamelShape):
    """One agent; people choose its name."""

    agent_id: Id = None
    agent_name: Text = None
    total_tokens: Count = None
    cost: Usd = None
    message_count: Count = None
    conversation_count: Count = None


class ModelRow(CamelShape):
    """One model."""

    model: Text = None
    total_tokens: Count = None
    cost: Usd = None
    message_count: Count = None


class ConversationRow(CamelShape):
    """One of the dearest conversations; people choose its title."""

    conversation_id: Id = None
    title: Text = None
    total_tokens: Count = None
    cost: Usd = None
    message_count: Count = None


class BillingAnswer(CamelShape):
    """The answer about one period. The parts need not add up to the summary."""

    summary: Annotated[SummaryRow | None, part(SummaryRow)] = None
    usage_by_day: Annotated[tuple[DayRow, ...] | None, rows(DayRow)] = None
    usage_by_agent: Annotated[tuple[AgentRow, ...] | None, rows(AgentRow)] = None
    usage_by_model: Annotated[tuple[ModelRow, ...] | None, rows(ModelRow)] = None
    top_conversations: Annotated[tuple[ConversationRow, ...] | None, rows(ConversationRow)] = None
