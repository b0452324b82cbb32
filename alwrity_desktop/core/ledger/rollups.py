"""Sums for each quarter of an hour, kept in the commit that changes the calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from alwrity_desktop.core.domain.durations import bucket_of
from alwrity_desktop.core.ledger.coarse_rows import CoarseSums
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.matching import KnownCall
from alwrity_desktop.core.ledger.schema import FIGURE_COLUMNS, PICO_PER_MICRO, QUARTER_MS, SUMS

_NAMES: Final = ", ".join(SUMS)
_ADD: Final = ", ".join(f"{name} = {name} + excluded.{name}" for name in SUMS)

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
    f" VALUES (?, ?, {', '.join('?' for _ in SUMS)})"
    f" ON CONFLICT (quarter, series_id) DO UPDATE SET {_ADD}"
)

_ADD_DURATION: Final = (
    "INSERT INTO durations (quarter, series_id, bucket, calls) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (quarter, series_id, bucket) DO UPDATE SET calls = calls + excluded.calls"
)

_PLACE: Final = {name: 1 + place for place, name in enumerate(FIGURE_COLUMNS)}


class Counted(NamedTuple):
    """What the sums of a series hold of one call."""

    series_id: int
    occurred_at_ms: int
    input_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    output_tokens: int
    cost_pico: int
    duration_ms: int | None

    def sums(self) -> tuple[int, ...]:
        """Return what it adds to each of the sums."""
        return (
            1,
            self.input_tokens,
            self.cache_read_tokens,
            self.cache_write_tokens,
            self.output_tokens,
            *divmod(self.cost_pico, PICO_PER_MICRO),
            self.duration_ms or 0,
            int(self.duration_ms is not None),
        )


class Rollups:
    """The sums, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Keep sums through *connection*."""
        self._connection = connection
        self._coarse = CoarseSums(connection)

    def add_calls_after(self, call_id: int) -> None:
        """Add the calls whose rows came after *call_id*."""
        self._connection.execute(_ADD_CALLS, (call_id,))
        self._coarse.add_calls_after(call_id)

    def save(self) -> None:
        """Bring the sums of half hours and days up to date: the last thing in the transaction."""
        self._coarse.save()

    def add_durations(self, rows: Sequence[tuple[object, ...]]) -> None:
        """Add the durations of new *rows* of calls; most sources know none."""
        place = _PLACE["duration_ms"]
        counts = Counter(_duration_key(row) for row in rows if row[place] is not None)
        self._add_durations(counts)

    def replace(self, known: KnownCall, row: tuple[object, ...]) -> None:
        """Take the figures of *known* out and those of its correction *row* in."""
        old = known.call
        before = Counted(
            known.series_id,
            old.occurred_at_ms,
            old.input_tokens,
            old.cache_read_tokens,
            old.cache_write_tokens,
            old.output_tokens,
            known.cost_pico or 0,
            old.duration_ms,
        )
        is_timed = row[_PLACE["duration_ms"]] is not None
        after = Counted(
            _number(row, "series_id"),
            _number(row, "occurred_at_ms"),
            _number(row, "input_tokens"),
            _number(row, "cache_read_tokens"),
            _number(row, "cache_write_5m_tokens") + _number(row, "cache_write_1h_tokens"),
            _number(row, "output_tokens"),
            _number(row, "cost_pico"),
            _number(row, "duration_ms") if is_timed else None,
        )
        self.shift(before, -1)
        self.shift(after, 1)

    def shift(self, counted: Counted, sign: int) -> None:
        """Add a call to the sums of its series for a *sign* of 1, take it out for -1."""
        self.shift_all(((counted, sign),))

    def shift_all(self, moves: Iterable[tuple[Counted, int]]) -> None:
        """Add calls to the sums of their series, or take them out, by the sign of each."""
        sums: dict[tuple[int, int], list[int]] = {}
        durations: Counter[tuple[int, int, int]] = Counter()
        for counted, sign in moves:
            quarter = counted.occurred_at_ms // QUARTER_MS
            known = sums.setdefault((quarter, counted.series_id), [0] * len(SUMS))
            for place, value in enumerate(counted.sums()):
                known[place] += sign * value
            if counted.duration_ms is not None:
                durations[quarter, counted.series_id, bucket_of(counted.duration_ms)] += sign
        rows = [(*key, *values) for key, values in sums.items() if any(values)]
        if rows:
            self._connection.execute_many(_ADD_ROW, rows)
            self._coarse.move(rows)
        self._add_durations(durations)

    def _add_durations(self, counts: Counter[tuple[int, int, int]]) -> None:
        rows = [(*key, calls) for key, calls in counts.items() if calls]
        if rows:
            self._connection.execute_many(_ADD_DURATION, rows)
            self._coarse.add_durations(counts)


def _number(row: tuple[object, ...], name: str) -> int:
    value = row[_PLACE[name]]
    return value if isinstance(value, int) else 0


def _duration_key(row: tuple[object, ...]) -> tuple[int, int, int]:
    quarter = _number(row, "occurred_at_ms") // QUARTER_MS
    return quarter, _number(row, "series_id"), bucket_of(_number(row, "duration_ms"))
