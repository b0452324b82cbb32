"""Sums for each quarter of an hour, kept in the commit that changes the calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from alwrity_desktop.core.domain.durations import bucket_of
from alwrity_desktop.core.ledger.matching import KnownCall
from alwrity_desktop.core.ledger.schema import FIGURE_COLUMNS, PICO_PER_MICRO, QUARTER_MS

_SUMS: Final = (
    "calls",
    "input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "output_tokens",
    "cost_micro",
    "cost_rest_pico",
    "duration_ms",
    "duration_calls",
)
_NAMES: Final = ", ".join(_SUMS)
_ADD: Final = ", ".join(f"{name} = {name} + excluded.{name}" for name in _SUMS)

_ADD_CALLS: Final = f"""
INSERT INTO rollups (quarter, series_id, {_NAMES})
SELECT occurred_at_ms / {QUARTER_MS}, series_id, count(*), sum(input_tokens),
  sum(cache_read_tokens), sum(cache_write_5m_tokens + cache_write_1h_tokens),
  sum(output_tokens), coalesce(sum(cost_pico / {PICO_PER_MICRO}), 0),
  coalesce(sum(cost_pico % {PICO_PER_MICRO}), 0), coalesce(sum(duration_ms), 0),
  count(duration_ms)
FROM calls WHERE id > ? GROUP BY 1, 2
ON CONFLICT (quarter, series_id) DO UPDATE SET {_ADD}
"""  # noqa: S608 - constants

_ADD_ROW: Final = (
    f"INSERT INTO rollups (quarter, series_id, {_NAMES})"  # noqa: S608 - constants
    f" VALUES (?, ?, {', '.join('?' for _ in _SUMS)})"
    f" ON CONFLICT (quarter, series_id) DO UPDATE SET {_ADD}"
)

_ADD_DURATION: Final = (
    "INSERT INTO durations (quarter, series_id, bucket, calls) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (quarter, series_id, bucket) DO UPDATE SET calls = calls + excluded.calls"
)

_PLACE: Final = {name: 1 + place for place, name in enumerate(FIGURE_COLUMNS)}


class Rollups:
    """The sums, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Keep sums through *connection*."""
        self._connection = connection

    def add_calls_after(self, call_id: int) -> None:
        """Add the calls whose rows came after *call_id*."""
        self._connection.exec_driver_sql(_ADD_CALLS, (call_id,))

    def add_durations(self, rows: Sequence[tuple[object, ...]]) -> None:
        """Add the durations of new *rows* of calls; most sources know none."""
        place = _PLACE["duration_ms"]
        counts = Counter(_duration_key(row) for row in rows if row[place] is not None)
        self._add_durations(counts)

    def replace(self, known: KnownCall, row: tuple[object, ...]) -> None:
        """Take the figures of *known* out and those of its correction *row* in."""
        old = known.call
        before = (
            1,
            old.input_tokens,
            old.cache_read_tokens,
            old.cache_write_tokens,
            old.output_tokens,
            *divmod(known.cost_pico or 0, PICO_PER_MICRO),
            old.duration_ms or 0,
            int(old.duration_ms is not None),
        )
        duration = _number(row, "duration_ms")
        after = (
            1,
            _number(row, "input_tokens"),
            _number(row, "cache_read_tokens"),
            _number(row, "cache_write_5m_tokens") + _number(row, "cache_write_1h_tokens"),
            _number(row, "output_tokens"),
            *divmod(_number(row, "cost_pico"), PICO_PER_MICRO),
            duration,
            int(row[_PLACE["duration_ms"]] is not None),
        )
        execute = self._connection.exec_driver_sql
        quarter = old.occurred_at_ms // QUARTER_MS
        execute(_ADD_ROW, (quarter, known.series_id, *(-value for value in before)))
        quarter = _number(row, "occurred_at_ms") // QUARTER_MS
        execute(_ADD_ROW, (quarter, _number(row, "series_id"), *after))
        counts: Counter[tuple[int, int, int]] = Counter()
        if old.duration_ms is not None:
            key = (old.occurred_at_ms // QUARTER_MS, known.series_id, bucket_of(old.duration_ms))
            counts[key] -= 1
        if row[_PLACE["duration_ms"]] is not None:
            counts[_duration_key(row)] += 1
        self._add_durations(counts)

    def _add_durations(self, counts: Counter[tuple[int, int, int]]) -> None:
        rows = [(*key, calls) for key, calls in counts.items() if calls]
        if rows:
            self._connection.exec_driver_sql(_ADD_DURATION, rows)


def _number(row: tuple[object, ...], name: str) -> int:
    value = row[_PLACE[name]]
    return value if isinstance(value, int) else 0


def _duration_key(row: tuple[object, ...]) -> tuple[int, int, int]:
    quarter = _number(row, "occurred_at_ms") // QUARTER_MS
    return quarter, _number(row, "series_id"), bucket_of(_number(row, "duration_ms"))
