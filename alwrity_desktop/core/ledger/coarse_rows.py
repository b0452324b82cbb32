"""Sums of half hours and of days, kept beside those of quarters: which, how written, when read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.schema import PICO_PER_MICRO, QUARTER_MS, SERIES_DIMENSIONS, SUMS

_HALF_HOUR_S: Final = 1800
_NAMES: Final = ", ".join(SUMS)
_ADD: Final = ", ".join(f"{name} = {name} + excluded.{name}" for name in SUMS)
_SUMMED: Final = ", ".join(f"sum(r.{name}) AS {name}" for name in SUMS)


class Level(NamedTuple):
    """A table of sums over longer spans than a quarter of an hour."""

    table: str
    #: Of an hour, in one of its spans.
    quarters: int
    #: The column of ``series_groups`` that names its series.
    series: str
    #: What its series tell apart.
    dimensions: frozenset[str]


_OF_MODELS: Final = frozenset(
    {"account", "billing_period", "provider", "model", "status_code", "price_status"}
)
HALF_HOURS: Final = Level("half_hour_rollups", 2, "model_series_id", _OF_MODELS)
DAYS: Final = Level(
    "day_rollups", 96, "day_series_id", frozenset(SERIES_DIMENSIONS) - {"conversation"}
)
DURATIONS: Final = Level("long_durations", 768, "model_series_id", _OF_MODELS)
LEVELS: Final = (DAYS, HALF_HOURS)
"""Coarsest first."""


class Piece(NamedTuple):
    """A part of a span, and the table that its sums are read from."""

    table: str
    first: int
    after: int


def pieces(first: int, after: int, levels: Sequence[Level], finest: str) -> Iterator[Piece]:
    """Yield the parts of a span of quarters: long ones of coarse tables, the rest of finer."""
    if not levels:
        if first < after:
            yield Piece(finest, first, after)
        return
    level, *finer = levels
    low = -(-first // level.quarters) * level.quarters
    high = after // level.quarters * level.quarters
    if low >= high:
        yield from pieces(first, after, finer, finest)
        return
    yield from pieces(first, low, finer, finest)
    yield Piece(level.table, low, high)
    yield from pieces(high, after, finer, finest)


def levels_for(names: Collection[str]) -> list[Level]:
    """Return the levels whose series tell *names* apart."""
    return [level for level in LEVELS if level.dimensions.issuperset(names)]


def levels_for_hours(offset_s: int, names: Collection[str]) -> list[Level]:
    """Return the levels for local hours and days; none where a clock is off by a quarter."""
    is_whole = offset_s % _HALF_HOUR_S == 0
    return [HALF_HOURS] if is_whole and HALF_HOURS.dimensions.issuperset(names) else []


class _Groups(msgspec.Struct, frozen=True):
    """By series, the one that stands for it in the sums of days, and in those of half hours."""

    of: Mapping[int, tuple[int, int]]

    def series_of(self, level: Level, series_id: int) -> int:
        return self.of[series_id][level is not DAYS]


class CoarseSums:
    """The sums above the rollups, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Keep sums through *connection*; what is moved one by one is written by ``save``."""
        self._connection = connection
        self._moved: dict[tuple[int, int], list[int]] = {}
        self._timed: Counter[tuple[int, int, int]] = Counter()

    def add_calls_after(self, call_id: int) -> None:
        """Add the calls whose rows came after *call_id*; the first ones, from the rollups."""
        self._group_series()
        for level in LEVELS:
            if call_id:
                self._connection.execute(_ADD_CALLS[level.table], (call_id,))
            else:
                self._connection.execute(_FILL[level.table])

    def move(self, rows: Iterable[tuple[int, ...]]) -> None:
        """Add rows of the rollups: their quarters, their series, and what is added to each sum."""
        for quarter, series_id, *values in rows:
            key = quarter // HALF_HOURS.quarters * HALF_HOURS.quarters, series_id
            known = self._moved.setdefault(key, [0] * len(SUMS))
            for place, value in enumerate(values):
                known[place] += value

    def add_durations(self, counts: Mapping[tuple[int, int, int], int]) -> None:
        """Add calls by quarter, series and bucket of their durations."""
        for (quarter, series_id, bucket), calls in counts.items():
            key = quarter // DURATIONS.quarters * DURATIONS.quarters, series_id, bucket
            self._timed[key] += calls

    def save(self) -> None:
        """Write what was moved."""
        if not self._moved and not self._timed:
            return
        self._group_series()
        asked = {series for _, series, *_ in (*self._moved, *self._timed)}
        groups = self._groups(asked)
        for level in LEVELS:
            sums: dict[tuple[int, int], list[int]] = {}
            for (quarter, series_id), values in self._moved.items():
                start = quarter // level.quarters * level.quarters
                known = sums.setdefault(
                    (start, groups.series_of(level, series_id)), [0] * len(SUMS)
                )
                for place, value in enumerate(values):
                    known[place] += value
            self._write(
                _ADD_ROW[level.table],
                [(*key, *values) for key, values in sums.items() if any(values)],
            )
        timed: Counter[tuple[int, int, int]] = Counter()
        for (quarter, series_id, bucket), calls in self._timed.items():
            timed[quarter, groups.series_of(DURATIONS, series_id), bucket] += calls
        self._write(_ADD_DURATION, [(*key, calls) for key, calls in timed.items() if calls])
        self._moved, self._timed = {}, Counter()

    def _write(self, statement: str, rows: list[tuple[int, ...]]) -> None:
        if rows:
            self._connection.execute_many(statement, rows)

    def _groups(self, series_ids: Collection[int]) -> _Groups:
        query = (
            "SELECT g.series_id, g.day_series_id, g.model_series_id FROM json_each(?) j"
            " CROSS JOIN series_groups g ON g.series_id = j.value"
        )
        asked = msgspec.json.encode(sorted(series_ids)).decode()
        rows = self._connection.execute(query, (asked,)).all()
        return _Groups({series_id: (day, model) for series_id, day, model in rows})

    def _group_series(self) -> None:
        """Let the series that are new stand for themselves, or an older one for them."""
        execute = self._connection.execute
        last = execute("SELECT coalesce(max(series_id), 0) FROM series_groups").scalar_one()
        new = execute(f"{_SERIES} WHERE s.id > ? ORDER BY s.id", (last,)).all()
        if not new:
            return
        known = execute(_STANDING_FOR_DAYS).all() if last else ()
        first: dict[tuple[object, ...], int] = {}
        rows = []
        for series_id, *values in (*known, *new):
            by_day = tuple(values)
            by_model = by_day[: len(_MODEL_NAMES)]
            day_id = first.setdefault(by_day, series_id)
            model_id = first.setdefault(by_model, series_id)
            if series_id > last:
                rows.append((series_id, day_id, model_id))
        self._connection.execute_many("INSERT INTO series_groups VALUES (?, ?, ?)", rows)


_MODEL_NAMES: Final = tuple(sorted(HALF_HOURS.dimensions))
_ALL_NAMES: Final = (*_MODEL_NAMES, *sorted(DAYS.dimensions - HALF_HOURS.dimensions))
_SERIES: Final = f"SELECT s.id, {', '.join(f's.{name}' for name in _ALL_NAMES)} FROM series s"  # noqa: S608

#: Ids rise, so a series that stands for a model stands for its days too.
_STANDING_FOR_DAYS: Final = (
    f"{_SERIES} JOIN series_groups g ON g.series_id = s.id"
    " WHERE g.day_series_id = g.series_id ORDER BY s.id"
)


def _add_row(table: str) -> str:
    return (
        f"INSERT INTO {table} (quarter, series_id, {_NAMES})"  # noqa: S608 - our names
        f" VALUES (?, ?, {', '.join('?' for _ in SUMS)})"
        f" ON CONFLICT (quarter, series_id) DO UPDATE SET {_ADD}"
    )


def _add_calls(level: Level) -> str:
    span_ms = level.quarters * QUARTER_MS
    return (
        f"INSERT INTO {level.table} (quarter, series_id, {_NAMES})"  # noqa: S608 - our names
        f" SELECT n.occurred_at_ms / {span_ms} * {level.quarters}, g.{level.series}, count(*),"
        " sum(n.input_tokens), sum(n.cache_read_tokens),"
        " sum(n.cache_write_5m_tokens + n.cache_write_1h_tokens), sum(n.output_tokens),"
        f" coalesce(sum(n.cost_pico / {PICO_PER_MICRO}), 0),"
        f" coalesce(sum(n.cost_pico % {PICO_PER_MICRO}), 0),"
        " coalesce(sum(n.duration_ms), 0), count(n.duration_ms)"
        " FROM calls n CROSS JOIN series_groups g ON g.series_id = n.series_id"
        f" WHERE n.id > ? GROUP BY 1, 2 ON CONFLICT (quarter, series_id) DO UPDATE SET {_ADD}"
    )


def _summed(level: Level) -> str:
    """Return the query for what the rollups add up to."""
    return (
        f"SELECT r.quarter / {level.quarters} * {level.quarters} AS quarter,"  # noqa: S608 - our names
        f" g.{level.series} AS series_id, {_SUMMED} FROM rollups r"
        " CROSS JOIN series_groups g ON g.series_id = r.series_id GROUP BY 1, 2"
    )


_ADD_ROW: Final = {level.table: _add_row(level.table) for level in LEVELS}
_ADD_CALLS: Final = {level.table: _add_calls(level) for level in LEVELS}
_FILL: Final = {
    level.table: f"REPLACE INTO {level.table} (quarter, series_id, {_NAMES}) {_summed(level)}"
    for level in LEVELS
}
_ADD_DURATION: Final = (
    "INSERT INTO long_durations (quarter, series_id, bucket, calls) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (quarter, series_id, bucket) DO UPDATE SET calls = calls + excluded.calls"
)


def differences(connection: Connection) -> int:
    """Return in how many rows the sums above the rollups differ from what those add up to."""
    execute = connection.execute
    alone = (
        "SELECT count(*) FROM rollups WHERE series_id NOT IN (SELECT series_id FROM series_groups)"
    )
    found = int(execute(alone).scalar_one())
    for level, finer, keys, sums in (
        (HALF_HOURS, "rollups", "", SUMS),
        (DAYS, "rollups", "", SUMS),
        (DURATIONS, "durations", ", r.bucket", ("calls",)),
    ):
        found += int(execute(_differing(level, finer, keys, sums)).scalar_one())
    return found


def _differing(level: Level, finer: str, keys: str, sums: Sequence[str]) -> str:
    """Return the query for how many rows are left when the finer sums are taken out."""
    left = " OR ".join(f"sum({name}) <> 0" for name in sums)
    return (
        "SELECT count(*) FROM (SELECT 1 FROM ("  # noqa: S608 - our names
        f"SELECT r.quarter / {level.quarters} * {level.quarters} AS start,"
        f" g.{level.series} AS series{keys},"
        f" {', '.join(f'r.{name} AS {name}' for name in sums)} FROM {finer} r"
        " CROSS JOIN series_groups g ON g.series_id = r.series_id"
        f" UNION ALL SELECT r.quarter, r.series_id{keys},"
        f" {', '.join(f'-r.{name}' for name in sums)} FROM {level.table} r)"
        f" GROUP BY start, series{keys.replace('r.', '')} HAVING {left})"
    )
