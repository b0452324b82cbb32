"""OpenRouter's own bill: the activity of the last completed days, the key, and the credits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final

from msgspec.structs import replace

from alwrity_desktop.core.accounts import PRESETS
from alwrity_desktop.core.domain.money import usd_text
from alwrity_desktop.core.domain.statements import ALL_TIME, Statement, StatementKind
from alwrity_desktop.core.sources.servers.base import Ask, KnownRows, Pull, ServerSource
from alwrity_desktop.core.sources.servers.fields import (
    Count,
    Day,
    Place,
    Shape,
    Text,
    Troubles,
    Usd,
    data_of,
    read,
    read_rows,
)
from alwrity_desktop.core.sources.servers.questions import Questions
from alwrity_desktop.core.sources.servers.vendor_bill import (
    ORIGIN,
    Bill,
    BillingOnly,
    Usage,
    facts,
    is_due,
    month_of,
)

NAME: Final = "openrouter"
KEY: Final = "/api/v1/key"
CREDITS: Final = "/api/v1/credits"
ACTIVITY: Final = "/api/v1/activity"


class _Key(Shape):
    """What this key has used; other keys of the account are not in it."""

    usage: Usd = None
    usage_daily: Usd = None


class _Credits(Shape):
    total_usage: Usd = None


class _ActivityRow(Shape):
    date: Day = None
    model: Text = None
    requests: Count = None
    prompt_tokens: Count = None
    completion_tokens: Count = None
    usage: Usd = None


class OpenRouter(BillingOnly):
    """An account's activity where the key may read it, else what the key itself has used."""

    name: str = NAME
    title: str = "OpenRouter"
    presets: Mapping[str, str] = PRESETS[NAME]

    def pull(
        self,
        ask: Ask,
        account: str,
        user: str,  # noqa: ARG002 - the key says who asks
        known: KnownRows,
        parts: frozenset[str],
        now_ms: int,
    ) -> Pull:
        """Ask for *parts* and return what came. Raises only when nothing at all could be had."""
        if not is_due(parts, known):
            return Pull()
        troubles = Troubles()
        questions = Questions(ask, troubles, own=KEY)
        key = questions.piece("key", KEY, _key)
        credit = questions.piece("credits", CREDITS, _credits)
        bill = _bill(questions)
        has_activity = bill is not None
        questions.end()
        today = datetime.fromtimestamp(now_ms / 1000, UTC).date()
        statements = _ever(account, key, credit, now_ms)
        if bill is None:
            # The key's own use is better than nothing, and told as no more than it is.
            bill = _bill_of_key(key or _Key(), today)
            statements += bill.statements(account, "", now_ms, None)
        else:
            statements += bill.statements(account, "", now_ms, month_of(today))
        return Pull(
            statements=tuple(statements),
            facts=facts(questions),
            troubles=troubles.sentences,
            is_complete=key is not None and (has_activity or questions.lacks("activity")),
        )

    def check(self, ask: Ask, user: str) -> str:  # noqa: ARG002 - the key says who asks
        """Try the key; return a sentence that says what answers. Raises what went wrong."""
        key = _key(data_of(ask("GET", KEY), "key"), Place("key", Troubles()))
        if key.usage is None:
            return "The server answers, and does not say what the key has used."
        return f"OpenRouter answers: the key has used ${usd_text(key.usage)}."


SERVER: Final[ServerSource] = OpenRouter()


def _key(data: object, place: Place) -> _Key:
    return read(_Key, data, place)


def _credits(data: object, place: Place) -> _Credits:
    return read(_Credits, data, place)


def _rows(data: object, place: Place) -> tuple[_ActivityRow, ...]:
    return read_rows(_ActivityRow, data, place)


def _bill(questions: Questions) -> Bill | None:
    rows = questions.piece("activity", ACTIVITY, _rows)
    if rows is None:
        return None
    bill = Bill()
    for row in rows:
        if row.date is None:
            continue
        usage = Usage(row.model, row.usage, row.requests, row.prompt_tokens, row.completion_tokens)
        bill.add(row.date, usage)
    return bill


def _bill_of_key(key: _Key, today: date) -> Bill:
    bill = Bill()
    bill.add(today.isoformat(), Usage(cost_pico=key.usage_daily))
    return bill


def _ever(account: str, key: _Key | None, credit: _Credits | None, now_ms: int) -> list[Statement]:
    """Return what was ever used: by the account where that is said, else by the key."""
    cost = (credit or _Credits()).total_usage
    cost = cost if cost is not None else (key or _Key()).usage
    if cost is None:
        return []
    said = Statement(account, ORIGIN, StatementKind.TOTAL, ALL_TIME, cost_pico=cost)
    return [replace(said, said_at_ms=now_ms, confirmed_at_ms=now_ms)]
