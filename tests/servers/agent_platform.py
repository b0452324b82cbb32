"""The agent platform's billing endpoint over made-up messages, by a calendar of its own."""

from __future__ import annotations

import random
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from tests.servers.base import StandInServer
from tests.servers.server_clock import ServerClock
from tests.servers.tokens import Tokens
from tests.servers.wire import Answer, Json, Request

PATH: Final = "/api/v1/analytics/billing"
USER: Final = "agent-owner"
EXPRESS: Final = {"server": "", "content-type": "application/json; charset=utf-8"}
TOP_CONVERSATIONS: Final = 5
DAY: Final = timedelta(days=1)
#: Agents and conversations bear names that people typed.
AGENTS: Final = ("Customer Support Bot", "Research <b>& Co</b>", "Übersetzer 🇩🇪", "")
TITLES: Final = ("Product Support Discussion", '<img src="x" alt="canary">', "Rechnung März", "?")
PRICES: Final = {"gpt-4": ("0.00003", "0.00006"), "claude-3-haiku": ("0.00000025", "0.00000125")}


class Message(NamedTuple):
    """One message of an agent; money in dollars."""

    at: datetime
    #: Empty for a message that belongs to no agent.
    agent: str
    model: str
    conversation: str
    prompt_tokens: int
    completion_tokens: int
    cost: Decimal

    @property
    def tokens(self) -> int:
        """Return the tokens of both directions."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class _Span:
    first: date
    last: date


def made_up_messages(clock: ServerClock, *, days: int = 120, a_day: int = 6) -> list[Message]:
    """Return some months of messages; every tenth day nobody writes."""
    chance = random.Random(days)
    end = datetime.fromtimestamp(clock.now_ms() / 1000, UTC)
    result = []
    for back in range(days):
        if back % 10 == 7:
            continue
        for place in range(a_day):
            at = end - timedelta(days=back, minutes=11 + 97 * place)
            model = chance.choice(tuple(PRICES))
            prompt, completion = chance.randrange(200, 4000), chance.randrange(50, 1500)
            per_prompt, per_completion = (Decimal(price) for price in PRICES[model])
            cost = prompt * per_prompt + completion * per_completion
            agent, conversation = chance.choice(AGENTS), chance.choice(TITLES)
            conversation = f"{conversation} {back // 5}"
            result.append(Message(at, agent, model, conversation, prompt, completion, cost))
    return result


class AgentPlatformServer(StandInServer):
    """A platform with one account; its calendar is that of `timezone`, which it never names."""

    def __init__(
        self,
        messages: Iterable[Message] | None = None,
        *,
        clock: ServerClock | None = None,
        timezone: str = "America/New_York",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(port=port, tls=tls)
        self.clock = clock or ServerClock()
        made_up = made_up_messages(self.clock) if messages is None else messages
        self.messages = list(made_up)
        self.tokens = Tokens()
        #: Whether numbers are written as texts, as SQL's NUMERIC arrives.
        self.writes_texts = False
        #: Whether days without use are rows of zeros; else they are missing.
        self.writes_zero_days = False
        self._zone = ZoneInfo(timezone)

    def token(self) -> str:
        """Return the account's newest token."""
        return self.tokens.current(USER)

    def renew(self) -> str:
        """Return a new token; older ones stay accepted until they expire."""
        return self.tokens.fresh(USER)

    def expire(self, token: str) -> None:
        """Refuse the token from now on."""
        self.tokens.expire(token)

    def reply(self, request: Request) -> Answer:
        """Answer the one question that this platform answers."""
        if request.path != PATH:
            return _error(404, f"Cannot {request.method} {request.path}")
        if request.method != "GET":
            return _error(404, f"Cannot {request.method} {PATH}")
        if self.tokens.user_of(request) is None:
            return _error(401, "Unauthorized")
        span = self._span(request.query)
        if span is None:
            return _error(400, "Invalid period")
        body = self._billing(span)
        return Answer(200, _as_texts(body) if self.writes_texts else body, EXPRESS)

    def today(self) -> date:
        """Return the platform's day."""
        return self._day(datetime.fromtimestamp(self.clock.now_ms() / 1000, UTC))

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def _span(self, query: dict[str, str]) -> _Span | None:
        today = self.today()
        starts: dict[str, date] = {
            "today": today,
            "week": today - timedelta(days=today.weekday()),
            "month": today.replace(day=1),
            "year": today.replace(month=1, day=1),
        }
        period = query.get("period", "month")
        if period in starts:
            return _Span(starts[period], today)
        try:
            first, last = (date.fromisoformat(query[key][:10]) for key in ("startDate", "endDate"))
        except (KeyError, ValueError):
            return None
        return _Span(first, last) if period == "custom" and first <= last else None

    def _billing(self, span: _Span) -> Json:
        own = [each for each in self.messages if span.first <= self._day(each.at) <= span.last]
        of_agents = [each for each in own if each.agent]
        conversations = sorted(
            (_conversation(*group) for group in _groups(own, lambda each: each.conversation)),
            key=lambda row: row["cost"],
            reverse=True,
        )
        return {
            "summary": _summary(own),
            "usageByDay": self._by_day(own, span),
            "usageByAgent": [
                _agent(*group) for group in _groups(of_agents, lambda each: each.agent)
            ],
            "usageByModel": [_model(*group) for group in _groups(own, lambda each: each.model)],
            "topConversations": conversations[:TOP_CONVERSATIONS],
        }

    def _by_day(self, own: list[Message], span: _Span) -> list[Json]:
        used = dict(_groups(own, lambda each: self._day(each.at).isoformat()))
        days = [
            (span.first + place * DAY).isoformat()
            for place in range((span.last - span.first).days + 1)
        ]
        wanted = days if self.writes_zero_days else [day for day in days if day in used]
        return [_day_row(day, used.get(day, [])) for day in wanted]


def _groups(
    messages: list[Message], key: Callable[[Message], str]
) -> list[tuple[str, list[Message]]]:
    ordered = sorted(messages, key=key)
    return [(name, list(group)) for name, group in groupby(ordered, key)]


def _totals(group: list[Message]) -> Json:
    tokens = sum(each.tokens for each in group)
    return {"totalTokens": tokens, "cost": _money(group), "messageCount": len(group)}


def _money(group: list[Message]) -> float:
    return float(sum((each.cost for each in group), Decimal(0)))


def _summary(own: list[Message]) -> Json:
    tokens, cost, count = sum(each.tokens for each in own), _money(own), len(own)
    return {
        "totalTokens": tokens,
        "totalCost": cost,
        "totalMessages": count,
        "totalConversations": len({each.conversation for each in own}),
        "avgTokensPerMessage": tokens / count if count else 0,
        "avgCostPerMessage": cost / count if count else 0,
    }


def _day_row(day: str, group: list[Message]) -> Json:
    return {
        "date": day,
        **_totals(group),
        "promptTokens": sum(each.prompt_tokens for each in group),
        "completionTokens": sum(each.completion_tokens for each in group),
    }


def _agent(name: str, group: list[Message]) -> Json:
    conversations = len({each.conversation for each in group})
    number = AGENTS.index(name) if name in AGENTS else 99
    row = {"agentId": f"agent-{number}", "agentName": name}
    return row | _totals(group) | {"conversationCount": conversations}


def _model(name: str, group: list[Message]) -> Json:
    totals = _totals(group)
    average = totals["totalTokens"] / totals["messageCount"]
    return {"model": name, **totals, "avgTokensPerMessage": average}


def _conversation(title: str, group: list[Message]) -> Json:
    number = sum(title.encode())
    return {"conversationId": f"conversation-{number}", "title": title, **_totals(group)}


def _as_texts(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return {key: _as_texts(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_texts(each) for each in value]
    return format(Decimal(repr(value)), "f") if isinstance(value, int | float) else value


def _error(status: int, message: str) -> Answer:
    return Answer(status, {"statusCode": status, "message": message}, EXPRESS)
