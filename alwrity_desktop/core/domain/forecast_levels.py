"""What an average day costs, as several simple rules tell it at each point of a history."""

from __future__ import annotations

from math import exp, log, sqrt
from statistics import fmean
from typing import Final

import msgspec

from alwrity_desktop.core.domain.forecast_season import OFF_FACTOR, Days

HALF_LIVES: Final = (4.0, 9.0, 22.0, 45.0)
"""Rates that forget at different speeds, in days."""
TREND_HALF_LIVES: Final = (13.0, 35.0)
RULES: Final = len(HALF_LIVES) + 1 + len(TREND_HALF_LIVES)
"""The rates, the rate since the last change of level, and the trends."""

#: A trend loses this share of itself each day ahead.
_DAMPING: Final = 0.98
_MAX_TREND: Final = 0.04
#: A trend counts by how far it stands out from its own uncertainty, squared.
_TREND_DOUBT: Final = 2.2
_MAX_SPREAD: Final = 0.6
_TINY: Final = 1e-8
#: How often levels change, how far, and how much an odd day may speak for a change.
_CHANGE_CHANCE: Final = 1 / 50
_CHANGE_SPREAD: Final = 1.8
_ODD_DAY: Final = 0.03
_ODD_DEVIATIONS: Final = 2.5
_MAX_RUNS: Final = 30
_CENTRE_DAYS: Final = 60
#: A run of few days is held to the usual rate by so many imagined days.
_RUN_PRIOR_DAYS: Final = 1.5
_USUAL: Final = 1
#: A change is told when it is this recent, this large and this clear.
_MIN_DAYS_AFTER: Final = 4
_MAX_DAYS_AFTER: Final = 45
_DAYS_BEFORE: Final = 28
_MIN_CHANGE: Final = 0.25
_CLEAR_DEVIATIONS: Final = 3.5
_CLEAR_CHANCE: Final = 0.6
_NEAR_DAYS: Final = 3
_SHARE_HALF_LIFE_DAYS: Final = 40.0
_SHARE_PRIOR_DAYS: Final = 2.0


class Levels(msgspec.Struct, frozen=True):
    """The rules' findings at one point: pico-dollars, calls or tokens of an average day."""

    rates: tuple[float, ...]
    #: Level and daily growth, as logarithms, for each trend.
    trends: tuple[tuple[float, float], ...]
    #: How many of the working days are worked on.
    share: float
    since_change: float

    def ahead(self, reach: float) -> tuple[float, ...]:
        """Return each rule's mean level over days that lie *reach* damped days ahead."""
        trends = (
            exp(level + max(-_MAX_TREND, min(_MAX_TREND, growth)) * reach) * self.share
            for level, growth in self.trends
        )
        return (*self.rates, self.since_change * self.share, *trends)


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
    trends = [_Trend(0.5 ** (1 / half_life)) for half_life in TREND_HALF_LIVES]
    runs = _Runs(days.noise)
    share = _Rate(0.5 ** (1 / _SHARE_HALF_LIFE_DAYS), _SHARE_PRIOR_DAYS, _SHARE_PRIOR_DAYS)
    found = []
    for index in range(len(days.usual) + 1):
        if index >= start:
            now = tuple(rate.value for rate in rates)
            found.append(
                Levels(
                    now,
                    tuple(trend.value for trend in trends),
                    share.value,
                    runs.value(now[_USUAL] / max(share.value, 0.05)),
                )
            )
        if index == len(days.usual):
            break
        factor = days.factors[days.weekdays[index]]
        for rate in rates:
            rate.add(days.usual[index], factor)
        level = days.level(index)
        if factor >= OFF_FACTOR:
            share.add(level is not None, 1.0)
        for trend in trends:
            trend.add(level)
        if level is not None:
            runs.add(level)
    return found, _change(days, runs.last_change())


def _change(days: Days, count: int) -> Change | None:
    """Return the change before the last *count* days of use; None where it is not clear."""
    used = [(index, level) for index in range(len(days.usual)) if (level := days.level(index))]
    after = [level for _, level in used[-count:]]
    before = [level for _, level in used[:-count][-_DAYS_BEFORE:]]
    if count < _MIN_DAYS_AFTER or len(before) < _MIN_DAYS_AFTER:
        return None
    ratio = fmean(after) / fmean(before)
    doubt = days.noise * sqrt(1 / len(after) + 1 / len(before))
    if abs(log(ratio)) < max(_MIN_CHANGE, _CLEAR_DEVIATIONS * doubt):
        return None
    return Change(len(days.usual) - used[-count][0], ratio)


class _Rate:
    """An average that forgets."""

    def __init__(self, keep: float, total: float = 0.0, weight: float = 0.0) -> None:
        self._keep, self._total, self._weight = keep, total, weight

    @property
    def value(self) -> float:
        return self._total / self._weight if self._weight > 0 else 0.0

    def add(self, amount: float, weight: float) -> None:
        self._total = self._total * self._keep + amount
        self._weight = self._weight * self._keep + weight


class _Trend:
    """A line through logarithms that forgets, its origin always at the present day."""

    def __init__(self, keep: float) -> None:
        self._keep = keep
        self._w = self._x = self._xx = self._y = self._xy = self._yy = self._ww = 0.0

    @property
    def value(self) -> tuple[float, float]:
        """Level at the present, as the logarithm of a mean, and growth in a day."""
        if self._w <= 0:
            return 0.0, 0.0
        mean_x, mean_y = self._x / self._w, self._y / self._w
        spread_x = self._xx / self._w - mean_x * mean_x
        spread_y = max(0.0, self._yy / self._w - mean_y * mean_y)
        if spread_x < 1:
            return mean_y + min(spread_y, _MAX_SPREAD) / 2, 0.0
        slope = (self._xy / self._w - mean_x * mean_y) / spread_x
        rest = max(_TINY, spread_y - slope * slope * spread_x)
        evidence = slope * slope * spread_x / rest * (self._w * self._w / self._ww)
        slope *= evidence / (evidence + _TREND_DOUBT)
        return mean_y - slope * mean_x + min(rest, _MAX_SPREAD) / 2, slope

    def add(self, level: float | None) -> None:
        """Move on by a day, which had *level* or none."""
        keep = self._keep
        self._xx = keep * (self._xx - 2 * self._x + self._w)
        self._x = keep * (self._x - self._w)
        self._xy = keep * (self._xy - self._y)
        self._w *= keep
        self._ww *= keep * keep
        self._y *= keep
        self._yy *= keep
        if level is not None:
            value = log(level)
            self._w += 1
            self._ww += 1
            self._y += value
            self._yy += value * value


class _Run(msgspec.Struct):
    """Days of one level, and how likely it is that it began where they begin."""

    chance: float
    count: int = 0
    logs: float = 0.0
    total: float = 0.0


class _Runs(msgspec.Struct):
    """How long ago the level last changed: a chance for each answer."""

    noise: float
    _runs: list[_Run] = msgspec.field(default_factory=list)
    _centre: float = 0.0
    _seen: int = 0

    def value(self, usual: float) -> float:
        """Return the level that the runs tell, held to *usual* where they are short."""
        prior = _RUN_PRIOR_DAYS
        return (
            sum(
                run.chance * (run.total + prior * usual) / (run.count + prior) for run in self._runs
            )
            or usual
        )

    def last_change(self) -> int:
        """Return of how many days the latest level is; 0 where that is not clear."""
        best = max(self._runs, key=lambda run: run.chance, default=_Run(0.0))
        near = sum(run.chance for run in self._runs if abs(run.count - best.count) <= _NEAR_DAYS)
        is_clear = near >= _CLEAR_CHANCE and _MIN_DAYS_AFTER <= best.count <= _MAX_DAYS_AFTER
        return best.count if is_clear else 0

    def add(self, level: float) -> None:
        """Take in the next day of use."""
        value = log(level)
        self._seen += 1
        self._centre += (value - self._centre) / min(_CENTRE_DAYS, self._seen)
        runs = self._runs
        for run in runs:
            run.chance *= 1 - _CHANGE_CHANCE
        runs.append(_Run(_CHANGE_CHANCE if runs else 1.0))
        prior = (self.noise / _CHANGE_SPREAD) ** 2
        told = 0.0
        for run in runs:
            mean = (run.logs + prior * self._centre) / (run.count + prior)
            variance = self.noise * self.noise * (1 + 1 / (run.count + prior))
            fit = exp((value - mean) ** 2 / variance / -2) + _ODD_DAY
            run.chance *= fit / sqrt(variance)
            told += run.chance * (run.logs / run.count if run.count else value)
        runs.sort(key=lambda run: -run.chance)
        least = told / sum(run.chance for run in runs) - _ODD_DEVIATIONS * self.noise
        del runs[_MAX_RUNS:]
        whole = sum(run.chance for run in runs)
        for run in runs:
            run.chance /= whole
            run.count += 1
            run.logs += max(value, least)
            run.total += level
