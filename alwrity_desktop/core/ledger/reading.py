"""Sums for a report, read from the rollups alone: a report never scans the calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection

from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.sums import (
    DurationCount,
    OffsetSpan,
    RejectedReason,
    SeriesSums,
    SlotSums,
    SourceTotals,
)
from alwrity_desktop.core.domain.usage import PriceStatus
from alwrity_desktop.core.ledger.schema import PICO_PER_MICRO, QUARTER_MS
from alwrity_desktop.core.ledger.shared_rows import SERIES_DIMENSIONS

_QUARTER_S: Final = QUARTER_MS // 1000
_ERROR_STATUS: Final = 400

_SUMS: Final = (
    "sum(r.calls), sum(r.input_tokens), sum(r.output_tokens), sum(r.cache_read_tokens),"
    " sum(r.cache_write_tokens), sum(r.cost_micro), sum(r.cost_rest_pico),"
    " sum(r.duration_ms), sum(r.duration_calls)"
)
_SPAN: Final = (
    " FROM rollups r CROSS JOIN series s ON s.id = r.series_id"
    " WHERE r.quarter >= ? AND r.quarter < ? AND s.account = ?"
)


def quarters(start_ms: int, end_ms: int) -> tuple[int, int]:
    """Return the first quarter of a span, and the first one after it."""
    return start_ms // QUARTER_MS, -(-end_ms // QUARTER_MS)


def _figures(sums: Sequence[int], status_code: int, price_status: str) -> Figures:
    calls, given, output, cache_read, cache_write, micro, rest, duration, timed = sums
    return Figures(
        calls=calls,
        errors=calls if status_code >= _ERROR_STATUS else 0,
        input_tokens=given,
        output_tokens=output,
        cache_read_tokens=cache_read,
        cache_write_tokens=cache_write,
        cost_pico=micro * PICO_PER_MICRO + rest,
        unpriced_calls=calls if price_status == PriceStatus.UNPRICED else 0,
        status_calls=calls if status_code else 0,
        duration_ms=duration,
        duration_calls=timed,
    )


def by_series(
    connection: Connection, account: str, start_ms: int, end_ms: int, names: Iterable[str]
) -> list[SeriesSums]:
    """Return the sums of *account* in ``[start_ms, end_ms)`` by the dimensions *names*.

    ``status_code`` and ``price_status`` are always among them: errors and unpriced calls
    are told by these.
    """
    kept = tuple(dict.fromkeys((*names, "status_code", "price_status")))
    unknown = set(kept).difference(SERIES_DIMENSIONS)
    if unknown:
        raise ValueError(f"A series has no {min(unknown)}.")
    columns = ", ".join(f"s.{name}" for name in kept)
    query = f"SELECT {columns}, {_SUMS}{_SPAN} GROUP BY {columns} HAVING sum(r.calls) <> 0"
    found = []
    for row in connection.exec_driver_sql(query, (*quarters(start_ms, end_ms), account)):
        dimensions = dict(zip(kept, row, strict=False))
        figures = _figures(row[len(kept) :], dimensions["status_code"], dimensions["price_status"])
        found.append(SeriesSums(dimensions, figures))
    return found


def by_slot(
    connection: Connection, account: str, spans: Iterable[OffsetSpan], slot_s: int
) -> list[SlotSums]:
    """Return the sums of each provider in each local slot of *slot_s* seconds.

    A span of its own for each offset of the zone makes local days and hours a division.
    """
    query = (
        f"SELECT (r.quarter * {_QUARTER_S} + ?) / ? AS slot, s.provider, s.status_code,"
        f" s.price_status, {_SUMS}{_SPAN} GROUP BY 1, 2, 3, 4 HAVING sum(r.calls) <> 0"
    )
    found = []
    for span in spans:
        bounds = quarters(span.start_ms, span.end_ms)
        parameters = (span.offset_s, slot_s, *bounds, account)
        for slot, provider, code, status, *sums in connection.exec_driver_sql(query, parameters):
            figures = _figures(sums, code, status)
            found.append(SlotSums(slot, span.offset_s, provider, figures))
    return found


def durations(
    connection: Connection, account: str, start_ms: int, end_ms: int
) -> list[DurationCount]:
    """Return the calls whose duration is known, by model and bucket."""
    query = (
        "SELECT s.provider, s.model, d.bucket, sum(d.calls) FROM durations d"
        " CROSS JOIN series s ON s.id = d.series_id"
        " WHERE d.quarter >= ? AND d.quarter < ? AND s.account = ? GROUP BY 1, 2, 3"
    )
    parameters = (*quarters(start_ms, end_ms), account)
    return [DurationCount(*row) for row in connection.exec_driver_sql(query, parameters)]


def bounds(connection: Connection, account: str) -> tuple[int, int] | None:
    """Return the first and last quarter's start of all calls, UTC milliseconds; None for none."""
    query = (
        "SELECT min(r.quarter), max(r.quarter) FROM rollups r"
        " CROSS JOIN series s ON s.id = r.series_id WHERE s.account = ? AND r.calls <> 0"
    )
    first, last = connection.exec_driver_sql(query, (account,)).one()
    return None if first is None else (first * QUARTER_MS, last * QUARTER_MS)


def calls_ever(connection: Connection, account: str) -> int:
    """Return how many calls the ledger holds of *account*."""
    query = (
        "SELECT coalesce(sum(r.calls), 0) FROM rollups r CROSS JOIN series s ON s.id = r.series_id"
        " WHERE s.account = ?"
    )
    return int(connection.exec_driver_sql(query, (account,)).scalar_one())


def sources(connection: Connection, account: str) -> list[SourceTotals]:
    """Return every source that brought calls or files."""
    brought = {
        source: (calls, newest * QUARTER_MS)
        for source, calls, newest in connection.exec_driver_sql(
            "SELECT s.source, sum(r.calls), max(r.quarter) FROM rollups r"
            " CROSS JOIN series s ON s.id = r.series_id"
            " WHERE s.account = ? AND r.calls <> 0 GROUP BY 1",
            (account,),
        )
    }
    read = {
        source: (files, at_ms)
        for source, files, at_ms in connection.exec_driver_sql(
            "SELECT source, count(*), max(read_at_ms) FROM files GROUP BY 1"
        )
    }
    booked = {
        row[0]: row[1]
        for row in connection.exec_driver_sql(
            "SELECT door, max(booked_at_ms) FROM batches GROUP BY 1"
        )
    }
    found = []
    for source in sorted(brought.keys() | read.keys()):
        files, read_ms = read.get(source, (0, booked.get(source)))
        calls, newest_ms = brought.get(source, (0, None))
        times = [at_ms for at_ms in (read_ms, booked.get(source)) if at_ms is not None]
        found.append(SourceTotals(source, files, calls, newest_ms, max(times, default=None)))
    return found


def rejects(connection: Connection) -> list[RejectedReason]:
    """Return the refused lines by source and reason, with the newest example of each."""
    query = (
        "SELECT f.source, r.reason, sum(r.lines), f.path, r.example_offset, max(r.at_ms)"
        " FROM rejects r JOIN files f ON f.id = r.file_id GROUP BY 1, 2 ORDER BY 1, 3 DESC"
    )
    return [RejectedReason(*row[:5]) for row in connection.exec_driver_sql(query)]
