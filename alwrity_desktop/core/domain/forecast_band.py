"""How far a sum over days to come may lie from what is expected: from the person's own misses."""

from __future__ import annotations

from collections.abc import Sequence
from math import expm1, log, sqrt
from typing import Final

import msgspec

from alwrity_desktop.core.domain.forecast_season import Days

CONFIDENCE_PERCENT: Final = 80

#: Each tail of the band, and how many standard deviations of a normal distribution it is off.
_TAIL: Final = 0.08
_TAIL_DEVIATIONS: Final = 1.2816
#: Weekdays that are told roughly make days look noisier than they are.
_DAY_PART: Final = 0.85
#: So many days tell a level as surely as the rules do.
_LEVEL_DAYS: Final = 10.0
#: How far a level wanders in a day, as a share of it.
_DRIFT_PER_DAY: Final = 0.01
#: The person's own misses count against what the days' noise says as so many horizons.
_NOISE_HORIZONS: Final = 0.9
#: Rules that are weighed by the same days do better on these than on days to come.
_WIDER: Final = 1.2
_RECENT_DAYS: Final = 84
_MIN_SPREAD: Final = 0.02
_MAX_SPREAD: Final = 2.0
_MAX_VARIANCE: Final = 4.0
#: One side is at least this share of the other.
_LEAST_DOWN: Final = 0.55
_LEAST_UP: Final = 0.3
_SMALLEST_RATIO: Final = 1e-3
#: Of the variance over the whole horizon, what comes from single days; the rest is the level's.
_EVENED_PART: Final = 0.6


class Miss(msgspec.Struct, frozen=True):
    """What came in terms of what was told, over some days of the past."""

    ratio: float
    ahead: int


class Band(msgspec.Struct, frozen=True):
    """How far down and up a sum may lie, as shares of what is expected of the horizon."""

    down: float
    up: float

    def around(self, expected: float, whole: float) -> tuple[float, float]:
        """Return the bounds when *expected* has come of the *whole* that the horizon brings.

        Single days even out, a level that is off does not.
        """
        part = expected / whole if whole > 0 else 1.0
        width = whole * sqrt(_EVENED_PART * part + (1 - _EVENED_PART) * part * part)
        return max(0.0, expected - self.down * width), expected + self.up * width


def band_of(days: Days, misses: Sequence[Miss], ahead: int, horizon: float) -> Band:
    """Return the band for *horizon* days; *misses* are those over up to *ahead* days."""
    logs = sorted((log(max(miss.ratio, _SMALLEST_RATIO)), miss.ahead) for miss in misses)
    noise = _TAIL_DEVIATIONS * _spread(days, horizon)
    # Days beyond those that were tried add to the miss as steps of a walk do.
    beyond = sqrt(max(1.0, horizon / ahead))
    trust = len(logs) / ahead
    down, up = (
        _blended(min(max(0.0, miss * beyond), _MAX_SPREAD), trust, noise)
        for miss in (-_quantile(logs, _TAIL), _quantile(logs, 1 - _TAIL))
    )
    down = max(down, _LEAST_DOWN * up, _MIN_SPREAD)
    up = max(up, _LEAST_UP * down, _MIN_SPREAD)
    return Band(-expm1(-down), expm1(min(up, _MAX_SPREAD)))


def _blended(miss: float, trust: float, noise: float) -> float:
    squares = trust * miss * miss + _NOISE_HORIZONS * noise * noise
    return _WIDER * sqrt(squares / (trust + _NOISE_HORIZONS))


def _spread(days: Days, horizon: float) -> float:
    """Return the standard deviation of a sum over *horizon* days, from the noise of days."""
    recent = range(max(0, len(days.usual) - _RECENT_DAYS), len(days.usual))
    amounts = [days.usual[index] + days.excess[index] for index in recent]
    factors = [days.factors[days.weekdays[index]] for index in recent]
    level = sum(amounts) / sum(factors)
    squares = sum(
        (amount - level * factor) ** 2 for amount, factor in zip(amounts, factors, strict=True)
    )
    variance = _MAX_VARIANCE
    if level > 0:
        variance = min(variance, squares / len(amounts) / level**2)
    noise = _DAY_PART * variance / horizon
    return sqrt(noise + variance / _LEVEL_DAYS + _DRIFT_PER_DAY**2 * horizon)


def _quantile(logs: Sequence[tuple[float, int]], part: float) -> float:
    """Return the miss that *part* of them do not pass, each weighed by its days."""
    rest = part * sum(weight for _, weight in logs)
    for miss, weight in logs:
        rest -= weight
        if rest <= 0:
            return miss
    return logs[-1][0] if logs else 0.0
