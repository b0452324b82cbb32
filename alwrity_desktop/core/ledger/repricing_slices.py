"""The calls that are priced anew, a slice of them at a time, as their newest corrections are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any, Final

from alwrity_desktop.core.domain.repricing import Progress, RepriceQuestion
from alwrity_desktop.core.domain.usage import Call, PriceStatus
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.rollups import Counted
from alwrity_desktop.core.ledger.schema import (
    FIGURE_COLUMNS,
    FLAG_COMBINED,
    FLAG_ESTIMATED,
    FLAG_SIDECHAIN,
    SERIES_DIMENSIONS,
)

SLICE_IDS: Final = 10_000
"""So many ids of calls make a slice: few enough to stop soon, and to hold in memory."""

Row = tuple[Any, ...]
"""A call's row, in the order of PLACE."""

_COLUMNS: Final = ("call_id", "identity", *FIGURE_COLUMNS, *SERIES_DIMENSIONS)
PLACE: Final = {name: place for place, name in enumerate(_COLUMNS)}
"""Where each value of a row is: the figures come first, as a correction has them."""

_OWN: Final = 2 + len(FIGURE_COLUMNS)
_FIGURES: Final = ", ".join(FIGURE_COLUMNS)
_DIMENSIONS: Final = ", ".join(f"s.{name}" for name in SERIES_DIMENSIONS)

_FIELDS: Final = tuple(
    name for name in Call.__struct_fields__ if name in PLACE and name != "status_code"
)
_values = itemgetter(*(PLACE[name] for name in _FIELDS))
_facts = itemgetter(*(PLACE[name] for name in ("status_code", "quote_id", "price_status", "flags")))
_sums = itemgetter(
    *(
        PLACE[name]
        for name in (
            "series_id",
            "occurred_at_ms",
            "input_tokens",
            "cache_read_tokens",
            "cache_write_5m_tokens",
            "cache_write_1h_tokens",
            "output_tokens",
            "cost_pico",
            "duration_ms",
        )
    )
)

#: Each counted call of a slice once, as its newest correction has it.
_SELECT: Final = f"""
SELECT n.*, {_DIMENSIONS} FROM (
  SELECT id AS call_id, identity, {_FIGURES} FROM calls c
    WHERE c.id > ? AND c.id <= ?
    AND NOT EXISTS (SELECT 1 FROM corrections k WHERE k.call_id = c.id)
  UNION ALL
  SELECT call_id, identity, {_FIGURES} FROM corrections WHERE id IN (
    SELECT max(id) FROM corrections WHERE call_id > ? AND call_id <= ? GROUP BY call_id)
) n JOIN series s ON s.id = n.series_id
WHERE NOT EXISTS (SELECT 1 FROM sightings g WHERE g.seen_id = n.call_id AND NOT g.is_counted)
  AND {{where}}
"""  # noqa: S608 - the schema's own names

# The signs keep the index of times out: a slice is found by its ids.
_ASKED: Final = (
    "s.account = ? AND +n.occurred_at_ms >= ? AND +n.occurred_at_ms < ?"
    " AND (? IS NULL OR s.provider = ?) AND (? IS NULL OR s.model = ?)"
)

_MADE: Final = (
    "n.call_id IN (SELECT k.call_id FROM corrections k CROSS JOIN repriced r"
    " ON r.correction_id = k.id WHERE k.call_id > ? AND k.call_id <= ? AND r.revision_id = ?)"
)

_ASKED_BOUNDS: Final = """
SELECT min(id), max(id) FROM (
  SELECT id FROM calls WHERE occurred_at_ms >= ? AND occurred_at_ms < ?
  UNION ALL
  SELECT call_id FROM corrections WHERE occurred_at_ms >= ? AND occurred_at_ms < ?)
"""

_MADE_BOUNDS: Final = (
    "SELECT min(k.call_id), max(k.call_id) FROM repriced r"
    " JOIN corrections k ON k.id = r.correction_id WHERE r.revision_id = ?"
)

#: The calls of a slice that a revision changed and that no better copy changed since, each with
#: the cost that it had before.
_BEFORE: Final = f"""
WITH made AS MATERIALIZED (
  SELECT k.call_id, k.id FROM corrections k CROSS JOIN repriced r ON r.correction_id = k.id
  WHERE k.call_id > ? AND k.call_id <= ? AND r.revision_id = ? AND NOT EXISTS (
    SELECT 1 FROM corrections o WHERE o.call_id = k.call_id AND o.id > k.id
      AND NOT o.flags & {FLAG_COMBINED} AND o.id NOT IN (SELECT correction_id FROM repriced)))
SELECT m.call_id, c.cost_pico, c.quote_id, s.price_status FROM made m
  JOIN calls c ON c.id = m.call_id JOIN series s ON s.id = c.series_id
  WHERE NOT EXISTS (SELECT 1 FROM corrections o WHERE o.call_id = m.call_id AND o.id < m.id)
UNION ALL
SELECT m.call_id, c.cost_pico, c.quote_id, s.price_status FROM made m JOIN corrections c ON c.id =
  (SELECT max(o.id) FROM corrections o WHERE o.call_id = m.call_id AND o.id < m.id)
  JOIN series s ON s.id = c.series_id
"""  # noqa: S608 - the schema's own names


def asked_slices(
    connection: Connection, question: RepriceQuestion, progress: Progress
) -> Iterator[list[Row]]:
    """Yield the calls that *question* asks about."""
    span = (question.start_ms, question.end_ms)
    provider, model = question.provider, question.model
    asked = (question.account, *span, provider, provider, model, model)
    query = _SELECT.format(where=_ASKED)
    for bounds in _slices(connection, _ASKED_BOUNDS, (*span, *span), progress):
        yield _rows(connection, query, (*bounds, *bounds, *asked))


def made_slices(
    connection: Connection, revision_id: int, progress: Progress
) -> Iterator[tuple[list[Row], list[Row]]]:
    """Yield the calls that a revision changed, as they are, and what to put back.

    The latter as the call's id, and the cost, the quote's id and the status that it had.
    """
    query = _SELECT.format(where=_MADE)
    for bounds in _slices(connection, _MADE_BOUNDS, (revision_id,), progress):
        now = _rows(connection, query, (*bounds, *bounds, *bounds, revision_id))
        yield now, _rows(connection, _BEFORE, (*bounds, revision_id))


def _slices(
    connection: Connection, query: str, values: tuple[int, ...], progress: Progress
) -> Iterator[tuple[int, int]]:
    """Yield the ids after which slices begin and with which they end; tell after each."""
    first, last = connection.execute(query, values).one()
    if first is None:
        return
    begin = first - 1
    for low in range(begin, last, SLICE_IDS):
        high = min(low + SLICE_IDS, last)
        yield low, high
        progress(high - begin, last - begin)


def _rows(connection: Connection, query: str, values: tuple[object, ...]) -> list[Row]:
    return [tuple(row) for row in connection.execute(query, values)]


def tiers(connection: Connection) -> dict[int, str]:
    """Return the service tiers of the quotes that have one."""
    query = "SELECT id, json_extract(body, '$.tier') FROM quotes"
    return {quote: str(tier) for quote, tier in connection.execute(query) if tier}


def call_of(row: Row, known: Mapping[int, str]) -> Call:
    """Return the call without the cost that was reported: it is to be priced by a list.

    *known* are the tiers of quotes.
    """
    status_code, quote_id, price_status, flags = _facts(row)
    own: dict[str, Any] = dict(zip(_FIELDS, _values(row), strict=True))
    return Call(
        **own,
        status_code=status_code or None,
        service_tier=known.get(quote_id, ""),
        is_flat_rate=price_status == PriceStatus.LIST_EQUIVALENT,
        is_estimated=bool(flags & FLAG_ESTIMATED),
        is_sidechain=bool(flags & FLAG_SIDECHAIN),
    )


def changed(row: Row, cost_pico: int | None, quote_id: int | None, series_id: int) -> Row:
    """Return *row* as a correction has it: the figures are the call's own, the cost is new."""
    values = list(row[:_OWN])
    values[PLACE["cost_pico"]] = cost_pico
    values[PLACE["quote_id"]] = quote_id
    values[PLACE["series_id"]] = series_id
    values[PLACE["flags"]] &= ~FLAG_COMBINED
    return tuple(values)


def counted(row: Row) -> Counted:
    """Return what the sums hold of *row*."""
    series_id, at_ms, plain, read, write_5m, write_1h, output, cost_pico, duration_ms = _sums(row)
    return Counted(
        series_id, at_ms, plain, read, write_5m + write_1h, output, cost_pico or 0, duration_ms
    )
