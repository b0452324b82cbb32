"""What an average day costs, as several simple rules tell it at each point of a history."""

from __future__ import annotations

from functools import lru_cache
from math import exp, log, sqrt
from statistics import fmean
from typing import Final

import msgspec

from alwrity_desktop.core.domain.forecast_filter import MIN_DAYS_AFTER, LevelFilter, Told
from alwrity_desktop.core.domain.forecast_pauses import PauseChances, Pauses
from alwrity_desktop.core.domain.forecast_season import Days

HALF_LIVES: Final = (22.0, 45.0)
"""Averages that forget at different speeds, in days."""
RULES: Final = len(HALF_LIVES) + 1
"""The averages, and the filter that follows changes and growth."""

#: A trend loses this share of itself each day ahead.
_DAMPING: Final = 0.98
#: A change is told when it is this large and this clear.
_DAYS_BEFORE: Final = 28
_MIN_CHANGE: Final = 0.25
_CLEAR_DEVIATIONS: Final = 3.5


class Levels(msgspec.Struct, frozen=True):
    """The rules' findings at one point: pico-dollars, calls or tokens of an average day."""

    #: Of all days, pauses included.
    rates: tuple[float, ...]
    #: What the filter tells of days of use; None before the first one.
    followed: Told | None
    pauses: PauseChances

    def ahead(self, days: int, reach: float) -> tuple[float, ...]:
        """Return each rule's mean level over the next *days*, on average *reach* damped ones."""
        told = self.followed
        level = exp(told.level + told.growth * reach) if told else 0.0
        return (*self.rates, level * self.pauses.used_share(days))


@lru_cache(maxsize=512)
def reach_of(horizon: int) -> float:
    """Return how many undamped days a trend goes on, on average over the days to come."""
    ahead = total = 0.0
    share = 1.0
    for _ in range(horizon):
        share *= _DAMPING
        ahead += share
        total += ahead
    return total / horizon


class Change(msgspec.Struct, frozen=True):
    """A change of level that was noticed."""

    #: Complete days since, the first one at the new level included.
    days_ago: int
    #: The new level in terms of the one before.
    ratio: float


def levels_of(days: Days, start: int) -> tuple[list[Levels], Change | None]:
    """Return the findings before each day from *start* on, and those after the last day.

    Beside them stands the last change of level, where one is clear.
    """
    rates = [_Rate(0.5 ** (1 / half_life)) for half_life in HALF_LIVES]
    followed, pauses = LevelFilter(days.noise), Pauses()
    found = []
    for index in range(len(days.usual) + 1):
        if index >= start:
            now = tuple(rate.value for rate in rates)
            found.append(Levels(now, followed.told(), pauses.chances))
        if index == len(days.usual):
            break
        is_used = days.usual[index] > 0
        if is_used or not days.is_off(index):
            pauses.add(is_used=is_used)
        for rate in rates:
            rate.add(days.usual[index], days.factor(index))
        followed.add(days.level(index))
    return found, _change(days, followed.last_change())


def _change(days: Days, count: int) -> Change | None:
    """Return the change before the last *count* days of use; None where it is not clear."""
    used = [(index, level) for index in range(len(days.usual)) if (level := days.level(index))]
    after = [level for _, level in used[-count:]]
    before = [level for _, level in used[:-count][-_DAYS_BEFORE:]]
    if count < MIN_DAYS_AFTER or len(before) < MIN_DAYS_AFTER:
        return None
    ratio = fmean(after) / fmean(before)
    doubt = days.noise * sqrt(1 / len(after) + 1 / len(before))
    if abs(log(ratio)) < max(_MIN_CHANGE, _CLEAR_DEVIATIONS * doubt):
        return None
    return Change(len(days.usual) - used[-count][0], ratio)


class _Rate:
    """An average that forgets."""

    def __init__(self, keep: float) -> None:
        self._keep = keep
        self._total = self._weight = 0.0

    @property
    def value(self) -> float:
        return self._total / self._weight if self._weight > 0 else 0.0

    def add(self, amount: float, weight: float) -> None:
        self._total = self._total * self._keep + amount
        self._weight = self._weight * self._keep + weight
