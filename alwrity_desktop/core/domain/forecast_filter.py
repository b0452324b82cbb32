"""How high the level is and how it grows: explanations, each as likely as what it foretold."""

from __future__ import annotations

from itertools import product
from math import exp, log, sqrt
from typing import Final, NamedTuple

import msgspec

from alwrity_desktop.core.domain.forecast_season import MIN_NOISE

#: How often levels change: never, or on one day in so many.
_CHANGE_CHANCES: Final = (0.0, 1 / 40)
#: Standard deviation of the growth in a day, as a logarithm: none, or about 27 % in a month.
_GROWTHS: Final = (0.0, 0.008)
_MAX_GROWTH: Final = 0.04
#: Change, and growth, are each held half as likely as none before any day was seen.
_DOUBT: Final = log(2.0)
#: How far levels change, as a standard deviation of logarithms.
_CHANGE_SPREAD: Final = 0.8
#: How much an odd day may speak for a change, and how far it may pull a level.
_ODD_DAY: Final = 0.03
_ODD_DEVIATIONS: Final = 2.5
_MAX_RUNS: Final = 8
_LEAST_CHANCE: Final = 1e-4
#: A mean lies above the exponential of the mean logarithm by half its variance, at most this.
_MAX_VARIANCE: Final = 0.6
#: A change is told when it is this recent and its day this clear.
MIN_DAYS_AFTER: Final = 4
_MAX_DAYS_AFTER: Final = 45
_CLEAR_CHANCE: Final = 0.6
_NEAR_DAYS: Final = 3


class Told(NamedTuple):
    """A level, of an average day of use, and its growth in a day, both as logarithms."""

    level: float
    growth: float


class _Run(msgspec.Struct):
    """What the days since one possible change tell: a level and its growth, and their doubt."""

    chance: float
    level: float
    growth: float
    level_variance: float
    covariance: float
    growth_variance: float
    #: Days of use since the change.
    count: int = 0


class LevelFilter:
    """Follows the level of days of use from day to day."""

    def __init__(self, noise: float) -> None:
        self._noise = noise
        self._explanations = [
            _Explanation(noise * noise, chance, growth)
            for chance, growth in product(_CHANGE_CHANCES, _GROWTHS)
        ]

    def add(self, level: float | None) -> None:
        """Move on by a day, which had *level* or was no day of use."""
        for one in self._explanations:
            one.move()
            if level is not None:
                one.learn(log(level))

    def told(self) -> Told | None:
        """Return what the explanations tell together; None before the first day of use."""
        most = max(one.evidence for one in self._explanations)
        level = growth = whole = 0.0
        for one in self._explanations:
            chance = exp(one.evidence - most)
            whole += chance
            for run in one.runs:
                level += chance * run.chance * run.level
                growth += chance * run.chance * run.growth
        if not self._explanations[0].runs:
            return None
        variance = min(self._noise * self._noise - MIN_NOISE * MIN_NOISE, _MAX_VARIANCE)
        mean = level / whole + variance / 2
        return Told(mean, max(-_MAX_GROWTH, min(_MAX_GROWTH, growth / whole)))

    def last_change(self) -> int:
        """Return of how many days of use the latest level is; 0 where that is not clear."""
        likeliest = max(self._explanations, key=lambda one: one.evidence)
        best = max(likeliest.runs, key=lambda run: run.chance, default=None)
        if best is None or not MIN_DAYS_AFTER <= best.count <= _MAX_DAYS_AFTER:
            return 0
        runs = likeliest.runs
        near = sum(run.chance for run in runs if abs(run.count - best.count) <= _NEAR_DAYS)
        return best.count if near >= _CLEAR_CHANCE else 0


class _Explanation:
    """Levels that change with a chance or never, and grow or not: a Kalman filter for each run.

    A change sets the level anew; what is known of the growth goes on.
    """

    def __init__(self, variance: float, change_chance: float, growth: float) -> None:
        self._variance = variance
        self._change_chance = change_chance
        self._growth_variance = growth * growth
        #: Logarithm of how likely it is after the days so far, but for a common factor.
        self.evidence = -_DOUBT * ((change_chance > 0) + (growth > 0))
        self.runs: list[_Run] = []

    def move(self) -> None:
        """Move on by a day."""
        if not self._growth_variance:
            return
        for run in self.runs:
            run.level += run.growth
            run.level_variance += 2 * run.covariance + run.growth_variance
            run.covariance += run.growth_variance

    def learn(self, value: float) -> None:
        """Take in the logarithm of a day of use."""
        runs = self.runs
        if not runs:
            runs.append(_Run(1.0, value, 0.0, self._variance, 0.0, self._growth_variance, 1))
            return
        if self._change_chance:
            runs.append(self._change())
        fits = [self._fit(run, value) for run in runs]
        whole = sum(fits)
        self.evidence += log(whole)
        for run, fit in zip(runs, fits, strict=True):
            run.chance = fit / whole
        if len(runs) > 1:
            self._prune()

    def _change(self) -> _Run:
        """Return a run that begins today, with the chance of it taken from the others."""
        level = growth = doubt = 0.0
        for run in self.runs:
            level += run.chance * run.level
            growth += run.chance * run.growth
            doubt += run.chance * run.growth_variance
            run.chance *= 1 - self._change_chance
        return _Run(self._change_chance, level, growth, _CHANGE_SPREAD**2, 0.0, doubt)

    def _fit(self, run: _Run, value: float) -> float:
        """Return how likely *run* and its next value are, and let the run learn from it."""
        miss = value - run.level
        variance = run.level_variance + self._variance
        squared = miss * miss / variance
        fit = run.chance * (exp(-squared / 2) + _ODD_DAY) / sqrt(variance)
        if squared > _ODD_DEVIATIONS**2:
            miss *= _ODD_DEVIATIONS / sqrt(squared)
        gain, growth_gain = run.level_variance / variance, run.covariance / variance
        run.level += gain * miss
        run.growth += growth_gain * miss
        run.growth_variance -= growth_gain * run.covariance
        run.covariance -= gain * run.covariance
        run.level_variance -= gain * run.level_variance
        run.count += 1
        return fit

    def _prune(self) -> None:
        """Forget the runs that are next to impossible."""
        kept = [run for run in self.runs if run.chance > _LEAST_CHANCE]
        if len(kept) > _MAX_RUNS:
            kept.sort(key=lambda run: -run.chance)
            del kept[_MAX_RUNS:]
        whole = sum(run.chance for run in kept)
        for run in kept:
            run.chance /= whole
        self.runs = kept
