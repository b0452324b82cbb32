"""What belongs to the weekday and what was a burst: days made comparable before a rate is told."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import exp, log
from statistics import median
from typing import Final

import msgspec

DAYS_PER_WEEK: Final = 7
MIN_NOISE: Final = 0.06
"""No days are believed to be more alike than this: see `Days.noise`."""
#: A weekday that costs less than this, in average days, is a day off.
OFF_FACTOR: Final = 0.12
#: One that costs less than this may well be empty without a pause.
_RARE_FACTOR: Final = 0.25

_WORKING_DAYS: Final = 5
#: Weekdays change slowly: a week this old weighs half as much as the last one.
_HALF_LIFE_DAYS: Final = 180.0
#: A single day counts as at most so many average ones when weekdays are told apart.
_MAX_RATIO: Final = 2.6
#: So many imagined days keep working days, and weekend days, from differing by chance.
_GROUP_DAYS: Final = 1.0
_DAY_WEEKS: Final = 1.0
#: A burst is so many times its neighbours' median, and beyond what the noise explains.
_BURST_RATIO: Final = 3.2
_BURST_DEVIATIONS: Final = 2.6
_NEIGHBOURS_BEFORE: Final = 10
_NEIGHBOURS_AFTER: Final = 7
_MIN_NEIGHBOURS: Final = 5
#: Median of the difference of two draws, in standard deviations of one.
_MEDIAN_DIFFERENCE: Final = 0.954


class Days(msgspec.Struct, frozen=True):
    """Complete days in a row, split into what is usual and what was a burst."""

    #: Weekday of each day, Monday 0.
    weekdays: tuple[int, ...]
    #: Amounts with bursts cut down to what is usual around them.
    usual: tuple[float, ...]
    #: What was cut off.
    excess: tuple[float, ...]
    #: What each weekday costs in average days, Monday first; their mean is 1.
    factors: tuple[float, ...]
    #: Standard deviation of the logarithm of a day around its neighbours.
    noise: float

    def factor(self, index: int) -> float:
        """Return what a day costs by its weekday, in average days."""
        return self.factors[self.weekdays[index]]

    def is_off(self, index: int) -> bool:
        """Return whether a day is one on which little or nothing is usual."""
        return self.factor(index) < _RARE_FACTOR

    def level(self, index: int) -> float | None:
        """Return a day's amount in average days; None for a day off and for an empty one."""
        factor = self.factor(index)
        amount = self.usual[index]
        return amount / factor if amount > 0 and factor >= OFF_FACTOR else None


def split(amounts: Sequence[float], first_weekday: int) -> Days:
    """Return *amounts*, the first of them on *first_weekday*, made comparable."""
    weekdays = tuple((first_weekday + index) % DAYS_PER_WEEK for index in range(len(amounts)))
    factors = weekday_factors(amounts, weekdays)
    levels = [
        amount / factors[weekday] if amount > 0 and factors[weekday] >= OFF_FACTOR else None
        for amount, weekday in zip(amounts, weekdays, strict=True)
    ]
    noise = _noise(levels)
    usual = _without_bursts(amounts, levels, [factors[day] for day in weekdays], noise)
    excess = tuple(amount - part for amount, part in zip(amounts, usual, strict=True))
    return Days(weekdays, tuple(usual), excess, weekday_factors(usual, weekdays), noise)


def weekday_factors(amounts: Sequence[float], weekdays: Sequence[int]) -> tuple[float, ...]:
    """Return what each weekday costs in average days, Monday first.

    Each day is held against the mean of the week around it, so that growth and changes of
    level do not pass for weekdays.
    """
    seen, sums = [0.0] * DAYS_PER_WEEK, [0.0] * DAYS_PER_WEEK
    totals = list(accumulate(amounts, initial=0.0))
    count = len(amounts)
    if count >= DAYS_PER_WEEK:
        for index, amount in enumerate(amounts):
            start = min(max(0, index - 3), count - DAYS_PER_WEEK)
            mean = (totals[start + DAYS_PER_WEEK] - totals[start]) / DAYS_PER_WEEK
            if mean > 0:
                weight = 0.5 ** ((count - 1 - index) / _HALF_LIFE_DAYS)
                sums[weekdays[index]] += weight * min(amount / mean, _MAX_RATIO)
                seen[weekdays[index]] += weight
    factors: list[float] = []
    for days in (range(_WORKING_DAYS), range(_WORKING_DAYS, DAYS_PER_WEEK)):
        group = (sum(sums[day] for day in days) + _GROUP_DAYS) / (
            sum(seen[day] for day in days) + _GROUP_DAYS
        )
        factors += [(sums[day] + _DAY_WEEKS * group) / (seen[day] + _DAY_WEEKS) for day in days]
    mean = sum(factors) / DAYS_PER_WEEK
    return tuple(factor / mean for factor in factors)


def _noise(levels: Sequence[float | None]) -> float:
    """Return how far a day lies from the one before, as a standard deviation of logarithms."""
    logs = [log(level) for level in levels if level is not None]
    steps = [abs(after - before) for before, after in pairwise(logs)]
    return max(MIN_NOISE, median(steps) / _MEDIAN_DIFFERENCE) if steps else MIN_NOISE


def _without_bursts(
    amounts: Sequence[float],
    levels: Sequence[float | None],
    factors: Sequence[float],
    noise: float,
) -> list[float]:
    ratio = max(_BURST_RATIO, exp(_BURST_DEVIATIONS * noise))
    least = min((level for level in levels if level is not None), default=0.0) * ratio
    found = list(amounts)
    for index, amount in enumerate(amounts):
        factor = max(factors[index], 2 * OFF_FACTOR)
        if amount <= least * factor:
            continue
        near = levels[max(0, index - _NEIGHBOURS_BEFORE) : index + _NEIGHBOURS_AFTER + 1]
        known = [level for level in near if level is not None]
        if len(known) >= _MIN_NEIGHBOURS:
            usual = median(known) * factor
            if amount > ratio * usual:
                found[index] = usual
    return found
