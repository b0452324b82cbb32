"""Sums for a report, read from the rollups alone: a report never scans the calls."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.sums import (
    DurationCount,
    OffsetSpan,
    Scope,
    SeriesSums,
    SlotSums,
    scope_of,
)
from alwrity_desktop.core.domain.usage import PriceStatus
from alwrity_desktop.core.ledger import overlap_rows, remainder_rows
from alwrity_desktop.core.ledger.coarse_rows import (
    DAYS,
    DURATIONS,
    Level,
    levels_for,
    levels_for_hours,
    pieces,
)
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.overlap_rows import Overlap
from alwrity_desktop.core.ledger.remainder_rows import Remainder
from alwrity_desktop.core.ledger.schema import PICO_PER_MICRO, QUARTER_MS, SERIES_DIMENSIONS, SUMS

_QUARTER_S: Final = QUARTER_MS // 1000
_ERROR_STATUS: Final = 400

_SUMS: Final = (
    "sum(r.calls), sum(r.input_tokens), sum(r.output_tokens), sum(r.cache_read_tokens),"
    " sum(r.cache_write_tokens), sum(r.cost_micro), sum(r.cost_rest_pico),"
    " sum(r.duration_ms), sum(r.duration_calls)"
)
SPAN: Final = "r.quarter >= ? AND r.quarter < ? AND"

_IS_BLIND: Final = "s.account IN (SELECT value FROM json_each(?))"

EVER: Final = (0, 1 << 52)
"""A span that holds every call."""

Where = Mapping[str, tuple[str, ...]]
"""Values that count, by dimension."""

EVERYTHING: Final[Where] = MappingProxyType({})

_SERVER_SOURCE: Final = "alwrity"
"""The source of rows that a server merged: only this one merges any."""


def quarters(start_ms: int, end_ms: int) -> tuple[int, int]:
    """Return the first quarter of a span, and the first one after it."""
    return start_ms // QUARTER_MS, -(-end_ms // QUARTER_MS)


def _figures(sums: Sequence[int], status_code: int, price_status: str) -> Figures:
    calls, given, output, cache_read, cache_write, micro, rest, duration, timed = sums
    is_unpriced = price_status == PriceStatus.UNPRICED
    return Figures(
        calls=calls,
        errors=calls if status_code >= _ERROR_STATUS else 0,
        input_tokens=given,
        output_tokens=output,
        cache_read_tokens=cache_read,
        cache_write_tokens=cache_write,
        cost_pico=micro * PICO_PER_MICRO + rest,
        unpriced_calls=calls if is_unpriced else 0,
        status_calls=calls if status_code else 0,
        duration_ms=duration,
        duration_calls=timed,
        unpriced_tokens=given + output + cache_read + cache_write if is_unpriced else 0,
    )


def whose_series(scope: Scope) -> tuple[str, tuple[str, ...]]:
    """Return the condition on series that *scope* is, with its parameters."""
    one, several = "s.account = ?", "s.account IN (SELECT value FROM json_each(?))"
    is_one = len(scope.accounts) == 1
    accounts = scope.accounts[0] if is_one else json.dumps(scope.accounts)
    condition = one if is_one else several
    if not scope.billing_period:
        return condition, (accounts,)
    return f"{condition} AND s.billing_period = ?", (accounts, scope.billing_period)


def joined(connection: Connection, scope: Scope, table: str = "rollups") -> str:
    """Return a table of sums joined with their series, in the order that reads the fewest rows.

    Calls of servers are few among all calls: they are found by their series. All others are
    read through, which is quicker than finding most of them one by one.
    """
    if _are_servers(connection, scope):
        return f" FROM series s CROSS JOIN {table} r ON r.series_id = s.id WHERE"
    return f" FROM {table} r CROSS JOIN series s ON s.id = r.series_id WHERE"


def _are_servers(connection: Connection, scope: Scope) -> bool:
    query = "SELECT count(*) FROM sync_states WHERE account IN (SELECT value FROM json_each(?))"
    servers = connection.execute(query, (json.dumps(scope.accounts),)).scalar_one()
    return bool(servers == len(scope.accounts))


def _pieces(
    connection: Connection,
    scope: Scope,
    span: tuple[int, int],
    levels: Sequence[Level],
    finest: str = "rollups",
) -> list[tuple[str, tuple[int, int]]]:
    """Return what a span of quarters is read from: each table of sums with its bounds.

    Calls of servers are found by their series in the finest sums, which alone have an index.
    """
    coarse = () if _are_servers(connection, scope) else levels
    return [(piece.table, (piece.first, piece.after)) for piece in pieces(*span, coarse, finest)]


def _summed(
    connection: Connection, scope: Scope, table: str, names: Sequence[str] = SUMS, keys: str = ""
) -> str:
    """Return a span of a table of sums joined with their series, summed by series first.

    Numbers sort in half the time that names take. Those of servers are few.
    """
    if _are_servers(connection, scope):
        return f"{joined(connection, scope, table)} {SPAN}"
    sums = ", ".join(f"sum(r.{name}) AS {name}" for name in names)
    return (
        f" FROM (SELECT r.series_id{keys}, {sums} FROM {table} r"  # noqa: S608 - our names
        f" WHERE r.quarter >= ? AND r.quarter < ? GROUP BY r.series_id{keys}) r"
        " CROSS JOIN series s ON s.id = r.series_id WHERE"
    )


def _blind(connection: Connection, scope: Scope) -> str:
    """Return the accounts of *scope*, as JSON, whose servers keep no failed calls.

    Where none was ever kept, a status of 200 in all that is left says nothing about errors.
    """
    whose, parameters = whose_series(Scope(scope.accounts))
    query = (
        "SELECT s.account FROM sync_states y CROSS JOIN series s ON s.account = y.account"  # noqa: S608
        f" WHERE {whose} GROUP BY 1 HAVING max(s.status_code) < {_ERROR_STATUS}"
    )
    return json.dumps([row[0] for row in connection.execute(query, parameters)])


def _remainders(
    connection: Connection, scope: Scope, start_ms: int, end_ms: int
) -> list[tuple[int, Remainder]]:
    """Return what was merged before it was read, each with its quarter of an hour."""
    first, after = quarters(start_ms, end_ms)
    found = remainder_rows.load(connection, scope.accounts)
    placed = [(one.occurred_at_ms // QUARTER_MS, one) for one in found]
    return [
        (quarter, one)
        for quarter, one in placed
        if first <= quarter < after and scope.billing_period in {"", one.billing_period}
    ]


def by_series(
    connection: Connection,
    account: str | Scope,
    start_ms: int,
    end_ms: int,
    names: Iterable[str],
) -> list[SeriesSums]:
    """Return the sums of *account* in ``[start_ms, end_ms)`` by the dimensions *names*.

    ``status_code`` and ``price_status`` are always among them: errors and unpriced calls
    are told by these. What a server had merged before it was read has rows of its own, and so
    have the parts of a span that are read from different sums.
    """
    scope = scope_of(account)
    kept = tuple(dict.fromkeys((*names, "status_code", "price_status")))
    _check_dimensions(kept)
    columns = ", ".join(f"s.{name}" for name in kept)
    groups = ", ".join(str(number + 1) for number in range(len(kept) + 1))
    whose, parameters = whose_series(scope)
    bounds, blind = quarters(start_ms, end_ms), _blind(connection, scope)
    found = []
    for table, span in _pieces(connection, scope, bounds, levels_for(kept)):
        rows = _summed(connection, scope, table)
        query = (
            f"SELECT {columns}, {_IS_BLIND}, {_SUMS}{rows} {whose} GROUP BY {groups}"
            " HAVING sum(r.calls) <> 0"
        )
        for row in connection.execute(query, (blind, *span, *parameters)).all():
            dimensions = dict(zip(kept, row, strict=False))
            is_blind, *sums = row[len(kept) :]
            code = 0 if is_blind else dimensions["status_code"]
            figures = _figures(sums, code, dimensions["price_status"])
            found.append(SeriesSums(dimensions, figures))
    for overlap in overlap_rows.load(connection, scope, *bounds):
        dimensions = {name: overlap.dimensions[name] for name in kept}
        found.append(SeriesSums(dimensions, _overlap_figures(overlap, blind)))
    for _, one in _remainders(connection, scope, start_ms, end_ms):
        known = _dimensions(one)
        found.append(SeriesSums({name: known.get(name, "") for name in kept}, one.figures))
    return found


def _check_dimensions(names: Iterable[str]) -> None:
    unknown = set(names).difference(SERIES_DIMENSIONS)
    if unknown:
        raise ValueError(f"A series has no {min(unknown)}.")


def _overlap_figures(overlap: Overlap, blind: str) -> Figures:
    is_blind = overlap.dimensions["account"] in json.loads(blind)
    code = 0 if is_blind else int(overlap.dimensions["status_code"])
    return _figures(overlap.sums, code, str(overlap.dimensions["price_status"]))


def _dimensions(remainder: Remainder) -> dict[str, str | int]:
    return {
        "account": remainder.account,
        "source": _SERVER_SOURCE,
        "provider": remainder.provider,
        "model": remainder_rows.MERGED_MODEL,
        "billing_period": remainder.billing_period,
        "status_code": 0,
        "price_status": PriceStatus.REPORTED.value,
    }


def by_slot(
    connection: Connection,
    account: str | Scope,
    spans: Iterable[OffsetSpan],
    slot_s: int,
    where: Where = EVERYTHING,
    *,
    slots: int = 0,
) -> list[SlotSums]:
    """Return the sums of each provider in each local slot of *slot_s* seconds.

    A span of its own for each offset of the zone makes local days and hours a division.
    *where* takes only series whose dimensions have one of the values. Of *slots* in a row
    all are folded onto the first ones since 1970; of 0, none.
    """
    scope = scope_of(account)
    blind = _blind(connection, scope)
    found: list[SlotSums] = []
    for span in spans:
        clock = (span.offset_s, slot_s, slots)
        bounds, levels = _quarters_of(span), levels_for_hours(span.offset_s, where)
        for table, part in _pieces(connection, scope, bounds, levels):
            found += _slots(connection, scope, where, (table, part), (clock, blind))
        for quarter, provider, figures in _beside(connection, scope, span, blind, where):
            slot = (quarter * _QUARTER_S + span.offset_s) // slot_s
            slot = slot % slots if slots else slot
            found.append(SlotSums(slot, span.offset_s, provider, figures))
    return found


def _quarters_of(span: OffsetSpan) -> tuple[int, int]:
    return quarters(span.start_ms, span.end_ms)


def _slots(
    connection: Connection,
    scope: Scope,
    where: Where,
    part: tuple[str, tuple[int, int]],
    how: tuple[tuple[int, int, int], str],
) -> Iterator[SlotSums]:
    """Yield the slots of one part of a span, read from one table of sums."""
    table, bounds = part
    rows = joined(connection, scope, table)
    (offset_s, slot_s, slots), blind = how
    whose, parameters = _narrowed(*whose_series(scope), where)
    fold = f"% {slots:d}" if slots else ""
    query = (
        f"SELECT (r.quarter * {_QUARTER_S} + ?) / ? {fold} AS slot, s.provider,"
        f" s.status_code, s.price_status, {_IS_BLIND}, {_SUMS}{rows} {SPAN} {whose}"
        " GROUP BY 1, 2, 3, 4, 5 HAVING sum(r.calls) <> 0"
    )
    given = (offset_s, slot_s, blind, *bounds, *parameters)
    for slot, provider, code, status, is_blind, *sums in connection.execute(query, given).all():
        figures = _figures(sums, 0 if is_blind else code, status)
        yield SlotSums(slot, offset_s, provider, figures)


def _beside(
    connection: Connection, scope: Scope, span: OffsetSpan, blind: str, where: Where
) -> Iterator[tuple[int, str, Figures]]:
    """Yield by quarter what is counted twice, and what no row of the ledger stands for."""
    for overlap in overlap_rows.load(connection, scope, *quarters(span.start_ms, span.end_ms)):
        if _matches(overlap.dimensions, where):
            provider = str(overlap.dimensions["provider"])
            yield overlap.quarter, provider, _overlap_figures(overlap, blind)
    for quarter, remainder in _remainders(connection, scope, span.start_ms, span.end_ms):
        if _matches(_dimensions(remainder), where):
            yield quarter, remainder.provider, remainder.figures


def _narrowed(whose: str, parameters: tuple[str, ...], where: Where) -> tuple[str, tuple[str, ...]]:
    _check_dimensions(where)
    for name, values in where.items():
        whose = f"{whose} AND s.{name} IN (SELECT value FROM json_each(?))"  # noqa: S608 - one of ours
        parameters = (*parameters, json.dumps(values))
    return whose, parameters


def _matches(dimensions: Mapping[str, str | int], where: Where) -> bool:
    return all(dimensions.get(name, "") in values for name, values in where.items())


def durations(
    connection: Connection, account: str | Scope, start_ms: int, end_ms: int
) -> list[DurationCount]:
    """Return the calls whose duration is known, by model and bucket."""
    scope = scope_of(account)
    whose, whom = whose_series(scope)
    span = quarters(start_ms, end_ms)
    found = []
    for table, bounds in _pieces(connection, scope, span, [DURATIONS], "durations"):
        rows = _summed(connection, scope, table, ("calls",), ", r.bucket")
        query = f"SELECT s.provider, s.model, r.bucket, sum(r.calls){rows} {whose} GROUP BY 1, 2, 3"
        counted = connection.execute(query, (*bounds, *whom)).all()
        found += [DurationCount(*row) for row in counted]
    return found


def bounds(connection: Connection, account: str | Scope) -> tuple[int, int] | None:
    """Return the first and last quarter's start of all calls, UTC milliseconds; None for none."""
    scope = scope_of(account)
    whose, parameters = whose_series(scope)
    rows = f"{joined(connection, scope)} {whose} AND r.calls <> 0"
    query = f"SELECT min(r.quarter), max(r.quarter){rows}"
    if not _are_servers(connection, scope):
        # In the order of time the first row that is theirs is the answer.
        ends = (f"SELECT r.quarter{rows} ORDER BY 1 {order} LIMIT 1" for order in ("", "DESC"))
        query = f"SELECT {', '.join(f'({end})' for end in ends)}"
        parameters = parameters * 2
    found = list(connection.execute(query, parameters).one())
    found += [quarter for quarter, _ in _remainders(connection, scope, *EVER)]
    known = [quarter for quarter in found if quarter is not None]
    return (min(known) * QUARTER_MS, max(known) * QUARTER_MS) if known else None


def calls_ever(connection: Connection, account: str | Scope) -> int:
    """Return how many calls the ledger knows of *account*."""
    scope = scope_of(account)
    whose, parameters = whose_series(scope)
    rows = joined(connection, scope, table_of_all(connection, scope))
    query = f"SELECT coalesce(sum(r.calls), 0){rows} {whose}"
    held = int(connection.execute(query, parameters).scalar_one())
    merged = _remainders(connection, scope, *EVER)
    twice = overlap_rows.load(connection, scope, *quarters(*EVER))
    return held + sum(one.figures.calls for _, one in merged) - len(twice)


def table_of_all(connection: Connection, scope: Scope) -> str:
    """Return the sums to read where all of them are wanted."""
    return "rollups" if _are_servers(connection, scope) else DAYS.table


def billing_periods(connection: Connection, account: str) -> list[str]:
    """Return the keys of the billing periods to which the server booked calls, oldest first."""
    query = "SELECT DISTINCT billing_period FROM series WHERE account = ? AND billing_period <> ''"
    keys = {str(row[0]) for row in connection.execute(query, (account,))}
    merged = remainder_rows.load(connection, (account,))
    return sorted(keys | {one.billing_period for one in merged})
