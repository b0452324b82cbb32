"""Rows of usage-logs: each a call, or a statement about calls that the server merged into it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

import msgspec

from alwrity_desktop.core.domain.statements import Statement, StatementKind
from alwrity_desktop.core.domain.usage import MAX_TOKENS_PER_CALL, Call
from alwrity_desktop.core.sources.servers.alwrity_providers import Categories
from alwrity_desktop.core.sources.servers.alwrity_shapes import LogRow
from alwrity_desktop.core.sources.servers.fields import Troubles, moment_ms

ORIGIN: Final = "usage-logs"
SOURCE: Final = "alwrity"
UNKNOWN_MODEL: Final = "unknown"

_MERGED: Final = "[AGGREGATED]"
_MERGED_CALLS: Final = re.compile(r"\[?(?:Aggregated )?(\d{1,12}) calls")
_MS_PER_S: Final = 1000
_MAX_DURATION_S: Final = 86_400


class Owner(msgspec.Struct, frozen=True):
    """Whose rows are read."""

    account: str
    #: Host and port of the server.
    origin: str
    user: str
    now_ms: int


def identity_of(row: LogRow, owner: Owner) -> str:
    """Return what makes the row this one call, whatever the account is called here."""
    return f"{SOURCE}:{owner.origin}:{owner.user}:{row.id}:{row.timestamp}"


def is_merged(row: LogRow) -> bool:
    """Return whether the server merged several calls into the row."""
    return row.is_aggregated is True or row.endpoint == _MERGED


def call_of(row: LogRow, owner: Owner, categories: Categories, troubles: Troubles) -> Call | None:
    """Return the call of a row; None, and the field named, for one that cannot be placed."""
    at_ms = _time_ms(row, troubles)
    if at_ms is None:
        return None
    input_tokens, output_tokens, is_exact = _tokens(row, troubles)
    duration_s = row.response_time
    is_timed = duration_s is not None and duration_s <= _MAX_DURATION_S
    return Call(
        identity=identity_of(row, owner),
        occurred_at_ms=at_ms,
        source=SOURCE,
        provider=categories.of(row)[0],
        model=row.model_used or UNKNOWN_MODEL,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        duration_ms=round(duration_s * _MS_PER_S) if is_timed and duration_s is not None else None,
        status_code=row.status_code,
        account=owner.account,
        # What follows the path could name people, and is no part of the endpoint.
        endpoint=(row.endpoint or "").partition("?")[0],
        reported_cost_pico=row.cost_total,
        is_estimated=not is_exact,
        billing_period=row.billing_period or "",
    )


def merged_of(
    row: LogRow, owner: Owner, categories: Categories, troubles: Troubles
) -> Statement | None:
    """Return what a merged row claims; None, and the field named, for one without a time."""
    at_ms = _time_ms(row, troubles)
    if at_ms is None:
        return None
    tokens = row.tokens_total
    if tokens is None and row.tokens_input is not None and row.tokens_output is not None:
        tokens = row.tokens_input + row.tokens_output
    return Statement(
        account=owner.account,
        origin=ORIGIN,
        kind=StatementKind.MERGED,
        period=row.billing_period or f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m}",
        key=row.id or "",
        label=categories.of(row)[0],
        calls=_merged_calls(row, troubles),
        tokens=tokens,
        input_tokens=row.tokens_input,
        output_tokens=row.tokens_output,
        cost_pico=row.cost_total,
        occurred_at_ms=at_ms,
        said_at_ms=owner.now_ms,
        confirmed_at_ms=owner.now_ms,
    )


def _time_ms(row: LogRow, troubles: Troubles) -> int | None:
    """Return when the row is from; None when it has no time, no id or no provider."""
    for name in ("id", "provider"):
        if not getattr(row, name):
            troubles.lost(ORIGIN, name)
            return None
    try:
        return moment_ms(row.timestamp)
    except ValueError:
        troubles.lost(ORIGIN, "timestamp")
        return None


def _tokens(row: LogRow, troubles: Troubles) -> tuple[int, int, bool]:
    """Return tokens in, tokens out, and whether both are known; what one lacks the total gives."""
    given, made, total = row.tokens_input, row.tokens_output, row.tokens_total
    if given is None and total is not None:
        given = max(0, total - (made or 0))
        made = made or 0
    elif made is None and total is not None and given is not None:
        made = max(0, total - given)
    for tokens in (given, made):
        if tokens is not None and tokens > MAX_TOKENS_PER_CALL:
            troubles.lost(ORIGIN, "tokens_total")
            return 0, 0, False
    return given or 0, made or 0, given is not None and made is not None


def _merged_calls(row: LogRow, troubles: Troubles) -> int | None:
    for text in (row.model_used, row.error_message):
        found = _MERGED_CALLS.match(text or "")
        if found:
            return int(found[1])
    troubles.lost(ORIGIN, "model_used")
    return None
