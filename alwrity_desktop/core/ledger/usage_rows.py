"""Sums over single calls by what prices depend on, which the rollups do not tell apart."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from alwrity_desktop.core.domain.pricing import Quote
from alwrity_desktop.core.domain.sums import Scope, scope_of
from alwrity_desktop.core.domain.usage import PriceStatus
from alwrity_desktop.core.domain.usage_sums import PricedSpan, UsageSums
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.reading import EVER, whose_series
from alwrity_desktop.core.ledger.schema import PICO_PER_MICRO

_SUMMED: Final = (
    "input_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
    "requests",
    "web_searches",
    "images",
    "pages",
)
_SUMS: Final = ", ".join(f"sum(n.{name})" for name in _SUMMED)
_OF_SERIES: Final = ", ".join(f"sum(n.{name}) AS {name}" for name in _SUMMED)

_CONTEXT: Final = (
    "n.input_tokens + n.cache_read_tokens + n.cache_write_5m_tokens + n.cache_write_1h_tokens"
)

_SPAN: Final = "n.occurred_at_ms >= ? AND n.occurred_at_ms < ?"

_CORRECTED: Final = "(SELECT call_id FROM corrections)"
_NEWEST: Final = "(SELECT max(id) FROM corrections GROUP BY call_id)"
#: Calls that another row stands for, in its own account or among several.
_ELSEWHERE: Final = (
    "(SELECT y.seen_id FROM sightings y JOIN calls o ON o.id = y.call_id"
    " JOIN series t ON t.id = o.series_id"
    " WHERE NOT y.is_counted OR t.account IN (SELECT value FROM json_each(?)))"
)

_PARTS: Final = (
    (1, "calls", "AND ? IS NOT NULL"),
    (-1, "calls", f"AND (n.id IN {_CORRECTED} OR n.id IN {_ELSEWHERE})"),
    (1, "corrections", f"AND n.id IN {_NEWEST} AND n.call_id NOT IN {_ELSEWHERE}"),
)
"""All calls, without those that were corrected or that count elsewhere, with the newest
corrections: sums over few rows or in one go, where asking each call takes as long again."""


def sums(
    connection: Connection,
    account: str | Scope,
    spans: Iterable[PricedSpan],
    thresholds: Sequence[int],
    model: tuple[str, str] | None = None,
) -> list[UsageSums]:
    """Return the sums of the calls in *spans*, of one (provider, model) if it is named.

    *thresholds* are the context sizes, rising, above which prices that are compared change.
    Calls of a billing period are summed wherever they lie.
    """
    scope = scope_of(account)
    tiers = _tiers(connection)
    found: dict[tuple[object, ...], list[int]] = {}
    for span in spans:
        bounds = EVER if scope.billing_period else (span.start_ms, span.end_ms)
        for sign, table, condition in _PARTS:
            for row in _read(connection, (scope, bounds, model), (table, condition), thresholds):
                *key, quote_id, band = row[:6]
                tier = tiers.get(quote_id, "")
                above = thresholds[band - 1] if band else 0
                whole = (*key, quote_id or 0, tier, above, span.start_ms)
                known = found.setdefault(whole, [0] * len(row[6:]))
                found[whole] = [a + sign * b for a, b in zip(known, row[6:], strict=True)]
    return [_usage(key, values) for key, values in found.items() if values[0]]


def _read(
    connection: Connection,
    which: tuple[Scope, tuple[int, int], tuple[str, str] | None],
    part: tuple[str, str],
    thresholds: Sequence[int],
) -> Iterable[Sequence[int]]:
    """Return one of ``_PARTS``, first by series: sorting by numbers takes half as long."""
    scope, bounds, model = which
    table, condition = part
    whose, whom = whose_series(scope)
    band = " + ".join(f"({_CONTEXT} > {threshold:d})" for threshold in thresholds) or "0"
    several = scope.accounts if len(scope.accounts) > 1 else ()
    named = "" if model is None else " AND s.provider = ? AND s.model = ?"
    query = (
        "SELECT s.provider, s.model, s.price_status, s.status_code >= 400, n.quote_id, n.band,"  # noqa: S608
        f" sum(n.calls), {_SUMS}, sum(n.silent * (s.status_code < 400)), sum(n.micro), sum(n.rest)"
        f" FROM (SELECT n.series_id, n.quote_id, {band} AS band, count(*) AS calls, {_OF_SERIES},"
        " sum(n.requests = 0) AS silent,"
        f" sum(coalesce(n.cost_pico, 0) / {PICO_PER_MICRO}) AS micro,"
        f" sum(coalesce(n.cost_pico, 0) % {PICO_PER_MICRO}) AS rest FROM {table} n"
        f" WHERE {_SPAN} {condition} GROUP BY 1, 2, 3) n"
        f" CROSS JOIN series s ON s.id = n.series_id WHERE {whose}{named}"
        " GROUP BY 1, 2, 3, 4, 5, 6"
    )
    parameters = (*bounds, json.dumps(several), *whom, *(model or ()))
    return connection.execute(query, parameters).all()


def _tiers(connection: Connection) -> dict[int, str]:
    """Return the service tier of each frozen quote that has one."""
    query = "SELECT id, json_extract(body, '$.tier') FROM quotes"
    return {quote: str(tier) for quote, tier in connection.execute(query) if tier}


def quotes(connection: Connection, ids: Iterable[int]) -> dict[int, Quote]:
    """Return the frozen prices of *ids*."""
    query = "SELECT id, body FROM quotes WHERE id IN (SELECT value FROM json_each(?))"
    rows = connection.execute(query, (json.dumps(sorted(ids)),))
    return {number: msgspec.json.decode(body, type=Quote) for number, body in rows}


def _usage(key: tuple[object, ...], values: Sequence[int]) -> UsageSums:
    provider, model, status, is_error, quote_id, tier, above, at_ms = key
    calls, *summed, silent, micro, rest = values
    return UsageSums(
        provider=str(provider),
        model=str(model),
        price_status=PriceStatus(str(status)),
        service_tier=str(tier),
        context_above=int(str(above)),
        is_error=bool(is_error),
        at_ms=int(str(at_ms)),
        calls=calls,
        silent_requests=silent,
        cost_pico=micro * PICO_PER_MICRO + rest,
        quote_id=int(str(quote_id)),
        **dict(zip(_SUMMED, summed, strict=True)),
    )


def conversational_models(connection: Connection, account: str | Scope) -> set[tuple[str, str]]:
    """Return the models with calls that belong to a conversation."""
    scope = scope_of(account)
    query = (
        "SELECT DISTINCT provider, model FROM series WHERE conversation <> ''"
        " AND account IN (SELECT value FROM json_each(?))"
    )
    rows = connection.execute(query, (json.dumps(scope.accounts),))
    return {(str(provider), str(model)) for provider, model in rows}
