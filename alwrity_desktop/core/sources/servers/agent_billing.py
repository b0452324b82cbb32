"""The agent platform: what agents and conversations cost, told in sums and never call by call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from alwrity_desktop.core.accounts import PRESETS
from alwrity_desktop.core.domain.errors import BrokenAnswerError, PersonError
from alwrity_desktop.core.domain.server import Preflight, ServerFacts
from alwrity_desktop.core.domain.statements import Statement, StatementKind
from alwrity_desktop.core.sources.servers.agent_billing_shapes import BillingAnswer
from alwrity_desktop.core.sources.servers.base import (
    TRENDS,
    USAGE,
    Ask,
    KnownRows,
    Pull,
    ServerSource,
)
from alwrity_desktop.core.sources.servers.fields import Place, Troubles, data_of, read
from alwrity_desktop.core.sources.servers.questions import Questions

ORIGIN: Final = "billing"
PATH: Final = "/api/v1/analytics/billing"
ABILITY: Final = "billing"

PERIODS: Final = {USAGE: ("today", "week", "month"), TRENDS: ("year",)}
"""What each part asks for; the periods are the server's own calendar."""

OLDEST_YEARS: Final = 10
"""How many years the first pull looks back; it ends at the first year without use."""

_CANNOT: Final = ("alerts", "preflight", "checkout", "portal", "live")


class _Teller(msgspec.Struct, frozen=True):
    """Writes down what the platform says of one period."""

    account: str
    period: str
    now_ms: int
    place: Place

    def statements(self, answer: BillingAnswer) -> Iterator[Statement]:
        """Yield the period's total and each of its parts; a part without a name is left out."""
        if answer.summary is not None:
            total = answer.summary
            yield self._said(
                StatementKind.TOTAL,
                "",
                tokens=total.total_tokens,
                cost_pico=total.total_cost,
                messages=total.total_messages,
                conversations=total.total_conversations,
            )
        yield from self._days(answer)
        yield from self._none_of(answer)
        yield from self._agents(answer)
        for row in answer.usage_by_model or ():
            yield from self._part(StatementKind.MODEL, row.model, row.model, row)
        for talk in answer.top_conversations or ():
            name = talk.conversation_id or talk.title
            yield from self._part(StatementKind.CONVERSATION, name, talk.title, talk)

    def _none_of(self, answer: BillingAnswer) -> Iterator[Statement]:
        """Yield that there were no parts of a kind, so that those said before are history."""
        for kind, rows in (
            (StatementKind.AGENT, answer.usage_by_agent),
            (StatementKind.MODEL, answer.usage_by_model),
            (StatementKind.CONVERSATION, answer.top_conversations),
        ):
            if rows is not None and not rows:
                yield self._said(kind, "", messages=0)

    def _days(self, answer: BillingAnswer) -> Iterator[Statement]:
        for row in answer.usage_by_day or ():
            more = {"input_tokens": row.prompt_tokens, "output_tokens": row.completion_tokens}
            yield from self._part(StatementKind.DAY, row.date, "", row, more)

    def _agents(self, answer: BillingAnswer) -> Iterator[Statement]:
        for row in answer.usage_by_agent or ():
            more = {"conversations": row.conversation_count}
            name = row.agent_id or row.agent_name
            yield from self._part(StatementKind.AGENT, name, row.agent_name, row, more)

    def _part(
        self,
        kind: StatementKind,
        key: str | None,
        label: str | None,
        row: Any,  # noqa: ANN401 - the rows have the figures in common, and no ancestor
        more: Mapping[str, int | None] | None = None,
    ) -> Iterator[Statement]:
        if not key:
            self.place.troubles.lost(self.place.name, kind.value)
            return
        yield self._said(
            kind,
            key,
            label or "",
            tokens=row.total_tokens,
            cost_pico=row.cost,
            messages=row.message_count,
            **(more or {}),
        )

    def _said(
        self, kind: StatementKind, key: str, label: str = "", **figures: int | None
    ) -> Statement:
        return Statement(
            account=self.account,
            origin=ORIGIN,
            kind=kind,
            period=self.period,
            key=key,
            label=label,
            said_at_ms=self.now_ms,
            confirmed_at_ms=self.now_ms,
            **figures,
        )


class AgentBillingSource:
    """Platforms that run chat agents and answer one question about billing."""

    name: str = "agent-billing"
    title: str = "Agent platform"
    has_user: bool = False
    presets: Mapping[str, str] = PRESETS["agent-billing"]

    def pull(
        self,
        ask: Ask,
        account: str,
        user: str,  # noqa: ARG002 - the token says who asks
        known: KnownRows,
        parts: frozenset[str],
        now_ms: int,
    ) -> Pull:
        """Ask for *parts* and return what came. Raises only when nothing at all could be had."""
        troubles = Troubles()
        questions = Questions(ask, troubles)
        found: dict[tuple[str, ...], Statement] = {}
        is_complete = USAGE in parts and TRENDS in parts
        for period in (each for part in PERIODS if part in parts for each in PERIODS[part]):
            said = _ask(questions, _Teller(account, period, now_ms, Place(ORIGIN, troubles)))
            found |= {each.name: each for each in said or ()}
            is_complete = is_complete and said is not None
        if is_complete and not known.is_complete:
            for period in _years_before(now_ms):
                said = _ask(questions, _Teller(account, period, now_ms, Place(ORIGIN, troubles)))
                is_complete = is_complete and said is not None
                if not any(each.tokens or each.cost_pico for each in said or ()):
                    break
                found |= {each.name: each for each in said or ()}
        questions.end()
        return Pull(
            statements=tuple(found.values()),
            facts=_facts(questions),
            troubles=troubles.sentences,
            is_complete=is_complete,
        )

    def check(self, ask: Ask, user: str) -> str:  # noqa: ARG002 - the token says who asks
        """Try the account; return a sentence that says what answers. Raises what went wrong."""
        data = data_of(ask("GET", PATH, {"period": "month"}), ORIGIN)
        total = _answer(data, Place(ORIGIN, Troubles())).summary
        if total is None or total.total_messages is None or total.total_conversations is None:
            return "The server answers, and gives no total for this month."
        return (
            f"The server answers: {total.total_messages:,} messages in "
            f"{total.total_conversations:,} conversations this month."
        )

    def mark_read(self, ask: Ask, ids: tuple[str, ...]) -> tuple[str, ...]:  # noqa: ARG002
        """Return *ids*: this kind of server has no alerts that could be unread."""
        return ids

    def preflight(
        self,
        ask: Ask,  # noqa: ARG002 - the contract's arguments, here and below
        operations: tuple[Mapping[str, str | int], ...],  # noqa: ARG002
    ) -> Preflight:
        """Raise PersonError: this kind of server cannot tell."""
        raise PersonError("An agent platform cannot say what a call would cost.")

    def link(self, ask: Ask, what: str, tier: str, cycle: str) -> str:  # noqa: ARG002
        """Raise PersonError: this kind of server has no such page."""
        raise PersonError("An agent platform has no page for payments.")


SERVER: Final[ServerSource] = AgentBillingSource()


def _ask(questions: Questions, teller: _Teller) -> list[Statement] | None:
    params: dict[str, str | int] = {"period": teller.period}
    if "/" in teller.period:
        start, _, end = teller.period.partition("/")
        params = {"period": "custom", "startDate": start, "endDate": end}
    answer = questions.piece(ABILITY, PATH, _answer, params)
    return None if answer is None else list(teller.statements(answer))


def _answer(data: object, place: Place) -> BillingAnswer:
    answer = read(BillingAnswer, data, place)
    if all(getattr(answer, name) is None for name in BillingAnswer.model_fields):
        raise BrokenAnswerError("The server's answer holds no billing figures.")
    return answer


def _years_before(now_ms: int) -> Iterator[str]:
    this_year = datetime.fromtimestamp(now_ms / 1000, UTC).year
    for year in range(this_year - 1, this_year - 1 - OLDEST_YEARS, -1):
        yield f"{year}-01-01/{year}-12-31"


def _facts(questions: Questions) -> ServerFacts:
    if not questions.abilities:
        return ServerFacts()
    abilities = questions.abilities | dict.fromkeys(_CANNOT, False)
    return ServerFacts(abilities=tuple(sorted(abilities.items())))
