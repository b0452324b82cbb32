"""How a day's use spreads over its hours, so that the rest of a day is more than its clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate
from typing import Final

import msgspec

from alwrity_desktop.core.domain.periods import HOURS_PER_DAY, MS_PER_SECOND, local_day, local_time

SATURDAY: Final = 5

#: So many imagined days of even use keep a few odd days from becoming a habit.
_EVEN_DAYS: Final = 1.0
#: Weekends are told apart from working days when so many of each are known.
_MIN_DAYS: Final = 3
_MINUTES: Final = 60
_HOUR_S: Final = 3600


class DayShape(msgspec.Struct, frozen=True):
    """The share of a day's use that comes before each full hour, for two kinds of days.

    Empty for a day of which nothing is known: its use follows the clock.
    """

    #: 25 shares, from 0.0 at midnight to 1.0 at the next one.
    working_day: tuple[float, ...] = ()
    weekend: tuple[float, ...] = ()

    def part(self, day: tuple[str, int, int], start_ms: int, end_ms: int, timezone: str) -> float:
        """Return the share of *day*'s use that comes in ``[start_ms, end_ms)``.

        *day* is (ISO day, start, end) as ``periods.days`` gives it.
        """
        name, first_ms, after_ms = day
        start_ms, end_ms = max(start_ms, first_ms), min(end_ms, after_ms)
        if end_ms <= start_ms:
            return 0.0
        is_weekend = date.fromisoformat(name).weekday() >= SATURDAY
        shares = self.weekend if is_weekend else self.working_day
        if not shares:
            return (end_ms - start_ms) / (after_ms - first_ms)
        before = 0.0 if start_ms == first_ms else _before(shares, start_ms, timezone)
        until = 1.0 if end_ms == after_ms else _before(shares, end_ms, timezone)
        return max(0.0, until - before)


EVEN: Final = DayShape()


def shape_of(hours: Iterable[tuple[str, int, int]]) -> DayShape:
    """Return how days spread over their hours.

    *hours* are (ISO day, hour of the clock, amount) of complete days. Each day counts alike,
    so that a dear one does not speak for all.
    """
    days: defaultdict[str, list[float]] = defaultdict(lambda: [0.0] * HOURS_PER_DAY)
    for day, hour, amount in hours:
        days[day][hour] += max(0, amount)
    working: list[Sequence[float]] = []
    weekend: list[Sequence[float]] = []
    for day, amounts in days.items():
        if any(amounts):
            is_weekend = date.fromisoformat(day).weekday() >= SATURDAY
            (weekend if is_weekend else working).append(amounts)
    every = [*working, *weekend]
    if len(every) < _MIN_DAYS:
        return EVEN
    return DayShape(
        *(_cumulative(kind if len(kind) >= _MIN_DAYS else every) for kind in (working, weekend))
    )


def _cumulative(days: Sequence[Sequence[float]]) -> tuple[float, ...]:
    shares = [_EVEN_DAYS / HOURS_PER_DAY] * HOURS_PER_DAY
    for amounts in days:
        whole = sum(amounts)
        for hour, amount in enumerate(amounts):
            shares[hour] += amount / whole
    whole = sum(shares)
    return (0.0, *(min(1.0, share / whole) for share in accumulate(shares)))


def _before(shares: Sequence[float], at_ms: int, timezone: str) -> float:
    """Return the share of the day that lies before an instant, by what the clock shows."""
    clock = local_time(at_ms, timezone)
    if clock.date().isoformat() != local_day(at_ms, timezone):
        # Clocks put back over midnight show the evening before again.
        return 0.0
    second = clock.minute * _MINUTES + clock.second + clock.microsecond / MS_PER_SECOND**2
    passed = second / _HOUR_S
    return shares[clock.hour] + passed * (shares[clock.hour + 1] - shares[clock.hour])
