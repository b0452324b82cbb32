"""Gathers unusual hours, and what explains what was unusual, out of one state of the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from alwrity_desktop.core.domain import periods
from alwrity_desktop.core.domain.breakdown import DAY_S, HOUR_S, day_of_slot, offset_spans
from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.insight_values import Activity
from alwrity_desktop.core.domain.insights import used_of
from alwrity_desktop.core.domain.sums import Scope, SeriesSums, SlotSums
from alwrity_desktop.core.domain.unusual import NEIGHBOURS, Parts, Unusual, causes_of, unusual_hours

if TYPE_CHECKING:
    from alwrity_desktop.core.ledger.snapshot import LedgerSnapshot

_CAUSES: Final = ("provider", "model", "project", "agent", "api_key")
#: So many weeks tell what is usual of an hour.
_HOUR_WEEKS: Final = 8
#: The newest days and hours are explained by more than their provider.
_MAX_EXPLAINED: Final = 6
_HOUR_NEIGHBOURS: Final = 5
_DAY_MS: Final = DAY_S * 1000
_HOUR_MS: Final = HOUR_S * 1000


class _Stretches(msgspec.Struct, frozen=True):
    """A stretch of time that was unusual, and those beside it."""

    now: tuple[int, int]
    near: tuple[tuple[int, int], ...]


def explained(
    snapshot: LedgerSnapshot, scope: Scope, found: Sequence[Activity], now_ms: int, zone: str
) -> tuple[Activity, ...]:
    """Return *found* with the unusual hours of the last weeks, and with what explains the newest.

    Causes are told by provider, model, project, agent and API key; rows without single calls
    keep theirs.
    """
    hours = _hours(snapshot, scope, now_ms, zone)
    explaining = _Explaining(snapshot, scope, now_ms, zone)
    return tuple(
        replace(
            one,
            unusual=tuple(
                sorted(
                    (
                        *explaining.of_days(one.unusual, one.kind),
                        *explaining.of_hours(hours, one.kind),
                    ),
                    key=_newest_first,
                )
            ),
        )
        for one in found
    )


def _newest_first(row: Unusual) -> tuple[int, int]:
    return -date.fromisoformat(row.day).toordinal(), -1 if row.hour is None else row.hour


def _hours(snapshot: LedgerSnapshot, scope: Scope, now_ms: int, zone: str) -> list[SlotSums]:
    """Return the complete hours of the last weeks."""
    today = date.fromisoformat(periods.local_day(now_ms, zone))
    first = (today - timedelta(weeks=_HOUR_WEEKS)).isoformat()
    end_ms = now_ms // _HOUR_MS * _HOUR_MS
    spans = offset_spans(periods.start_of_day(first, zone), end_ms, zone)
    return snapshot.by_slot(scope, spans, HOUR_S)


class _Explaining:
    """Looks days and hours up, each once."""

    def __init__(self, snapshot: LedgerSnapshot, scope: Scope, now_ms: int, zone: str) -> None:
        self._snapshot = snapshot
        self._scope = scope
        self._zone = zone
        self._today = periods.local_day(now_ms, zone)
        self._known: dict[tuple[int, int], list[SeriesSums]] = {}

    def of_days(self, rows: Sequence[Unusual], kind: LimitKind) -> list[Unusual]:
        """Return unusual days, of which the newest come first, with what explains them."""
        newest = [self._explained(row, self._beside_day(row.day), kind) for row in _newest(rows)]
        return [*newest, *rows[_MAX_EXPLAINED:]]

    def of_hours(self, slots: Sequence[SlotSums], kind: LimitKind) -> list[Unusual]:
        """Return the unusual hours of *slots* with what explains the newest of them."""
        amounts: defaultdict[int, int] = defaultdict(int)
        starts_ms: dict[tuple[str, int], int] = {}
        for row in slots:
            amounts[row.slot] += used_of(row.figures, kind)
            starts_ms[_hour_of(row.slot)] = (row.slot * HOUR_S - row.offset_s) * 1000
        found = unusual_hours([(*_hour_of(slot), amounts[slot]) for slot in sorted(amounts)])[::-1]
        newest = [
            self._explained(row, _beside_hour(starts_ms[row.day, row.hour or 0]), kind)
            for row in _newest(found)
        ]
        return [*newest, *found[_MAX_EXPLAINED:]]

    def _explained(self, row: Unusual, stretches: _Stretches, kind: LimitKind) -> Unusual:
        now = _parts(self._sums(stretches.now), kind)
        near = [_parts(self._sums(one), kind) for one in stretches.near]
        causes = causes_of(row.amount - row.usual, now, near)
        return replace(row, causes=causes or row.causes)

    def _sums(self, stretch: tuple[int, int]) -> list[SeriesSums]:
        if stretch not in self._known:
            self._known[stretch] = self._snapshot.by_series(self._scope, *stretch, _CAUSES)
        return self._known[stretch]

    def _beside_day(self, day: str) -> _Stretches:
        middle = date.fromisoformat(day)
        near = [
            (middle + timedelta(days=number)).isoformat()
            for number in range(-NEIGHBOURS, NEIGHBOURS + 1)
            if number
        ]
        complete = tuple(self._day(one) for one in near if one < self._today)
        return _Stretches(self._day(day), complete)

    def _day(self, day: str) -> tuple[int, int]:
        after = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
        return periods.start_of_day(day, self._zone), periods.start_of_day(after, self._zone)


def _newest(rows: Sequence[Unusual]) -> Sequence[Unusual]:
    return rows[:_MAX_EXPLAINED]


def _hour_of(slot: int) -> tuple[str, int]:
    return day_of_slot(slot // periods.HOURS_PER_DAY), slot % periods.HOURS_PER_DAY


def _beside_hour(start_ms: int) -> _Stretches:
    """Return an hour and the same hour of the days before, clocks as they stood."""
    starts = [start_ms - number * _DAY_MS for number in range(_HOUR_NEIGHBOURS + 1)]
    now, *near = ((start, start + _HOUR_MS) for start in starts)
    return _Stretches(now, tuple(near))


def _parts(rows: Iterable[SeriesSums], kind: LimitKind) -> Parts:
    """Return the amounts by dimension and key; what has no name explains nothing."""
    found: dict[str, defaultdict[str, int]] = {name: defaultdict(int) for name in _CAUSES}
    for row in rows:
        for name in _CAUSES:
            key = str(row.dimensions[name])
            if key:
                found[name][key] += used_of(row.figures, kind)
    return found
