"""What the days to come will bring: simple rules, weighed by how well each did for this person."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from math import exp
from typing import Final, NamedTuple

import msgspec

from alwrity_desktop.core.domain.forecast_band import Band, Miss, band_of
from alwrity_desktop.core.domain.forecast_levels import RULES, Change, Levels, levels_of, reach_of
from alwrity_desktop.core.domain.forecast_season import DAYS_PER_WEEK, Days, split

#: How far each rule is trusted before it has shown anything.
_PRIORS: Final = (0.5, 0.5, 8.0)
#: How fast trust falls with the errors beyond the best rule's, in terms of these.
_SHARPNESS: Final = 6.0
_SMALLEST_LOSS: Final = 0.12
#: So many imagined points at which all rules did alike.
_ALIKE_POINTS: Final = 6.0
_LOSS_HALF_LIFE_DAYS: Final = 60.0
#: The rules are tried at the points of so many last days, with this many days before them.
_BACK_DAYS: Final = 90
_DAYS_BEFORE: Final = 10
_MAX_AHEAD_DAYS: Final = 31
#: Bursts are rare: how often they come is told from more days than the rate.
_BURST_DAYS: Final = 120
#: The number of rare events that comes most often lies this far below their mean.
_BELOW_MEAN: Final = 1.0
_TINY: Final = 1e-9
_KEPT_PASTS: Final = 128


class Outlook(msgspec.Struct, frozen=True):
    """What is expected of the days to come, in the unit of the amounts."""

    #: Expected of each weekday, Monday first.
    by_weekday: tuple[float, ...]
    band: Band
    #: Growth in a day, as a share, of which each day ahead keeps a little less.
    growth_per_day: float
    change: Change | None
    #: How many of the last days were bursts.
    bursts: int


class _Point(msgspec.Struct, frozen=True):
    """One past day: what the rules told of the days after it, and what then came."""

    told: tuple[float, ...]
    #: Of an average day, without bursts and with them.
    usual: float
    actual: float
    ahead: int
    age: int


class _Past(NamedTuple):
    """What complete days tell, whatever the hour."""

    days: Days
    points: Sequence[_Point]
    weights: Sequence[float]
    now: Levels
    change: Change | None


@lru_cache(maxsize=_KEPT_PASTS)
def _past(amounts: tuple[float, ...], first_weekday: int, ahead: int) -> _Past:
    """Return what *amounts* tell of *ahead* days: it holds for a whole day, and takes long."""
    days = split(amounts, first_weekday)
    start = max(min(_DAYS_BEFORE, len(amounts)), len(amounts) - _BACK_DAYS - ahead)
    levels, change = levels_of(days, start)
    points = _points(days, levels, start, ahead)
    return _Past(days, points, _weights(points, ahead), levels[-1], change)


def outlook(amounts: Sequence[float], first_weekday: int, horizon: float) -> Outlook:
    """Return what the next *horizon* days are expected to bring.

    *amounts* are complete days in a row, at least one of them above 0, the first on
    *first_weekday* (Monday 0); the horizon may be a part of a day.
    """
    count = len(amounts)
    ahead = max(1, min(_MAX_AHEAD_DAYS, round(horizon), max(DAYS_PER_WEEK, count // 3)))
    past = _past(tuple(amounts), first_weekday, ahead)
    days, points, weights = past.days, past.points, past.weights
    to_come = max(1, round(horizon))
    reach, now = reach_of(to_come), past.now
    level = _mixed(weights, now.ahead(to_come, reach))
    growth = level / _mixed(weights, now.ahead(to_come, 0.0)) - 1 if level > 0 else 0.0
    level += _bursts(days, horizon)
    misses = [
        Miss(point.actual / (_mixed(weights, point.told) + _TINY * level + _TINY), point.ahead)
        for point in points
    ]
    return Outlook(
        by_weekday=tuple(level * factor for factor in days.factors),
        band=band_of(days, misses, ahead, horizon),
        growth_per_day=growth / reach,
        change=past.change,
        bursts=sum(amount > 0 for amount in days.excess[-_BURST_DAYS:]),
    )


def _points(days: Days, levels: Sequence[Levels], start: int, ahead: int) -> list[_Point]:
    """Return the past days from which at least half of the horizon has come to pass."""
    count = len(days.usual)
    usual = list(accumulate(days.usual, initial=0.0))
    excess = list(accumulate(days.excess, initial=0.0))
    average = list(accumulate((days.factors[day] for day in days.weekdays), initial=0.0))
    found = []
    for origin in range(start, count - (ahead + 1) // 2 + 1):
        end = min(origin + ahead, count)
        weight = average[end] - average[origin]
        if weight > 0:
            part = (usual[end] - usual[origin]) / weight
            whole = part + (excess[end] - excess[origin]) / weight
            told = levels[origin - start].ahead(end - origin, reach_of(end - origin))
            found.append(_Point(told, part, whole, end - origin, count - origin))
    return found


def _weights(points: Sequence[_Point], ahead: int) -> list[float]:
    """Return how much each rule counts: together 1."""
    losses, whole = [0.0] * RULES, 0.0
    for point in points:
        weight = 0.5 ** (point.age / _LOSS_HALF_LIFE_DAYS) * point.ahead / ahead
        whole += weight
        for rule, told in enumerate(point.told):
            middle = (told + point.usual) / 2
            losses[rule] += weight * abs(told - point.usual) / middle if middle > 0 else 0.0
    losses = [loss / whole for loss in losses] if whole else losses
    best = min(losses)
    sharpness = _SHARPNESS * whole / (whole + _ALIKE_POINTS) / max(best, _SMALLEST_LOSS)
    weights = [
        prior * exp(sharpness * (best - loss)) for prior, loss in zip(_PRIORS, losses, strict=True)
    ]
    return [weight / sum(weights) for weight in weights]


def _mixed(weights: Sequence[float], levels: Sequence[float]) -> float:
    return sum(weight * level for weight, level in zip(weights, levels, strict=True))


def _bursts(days: Days, horizon: float) -> float:
    """Return what bursts add to an average day: as many of them as come most often."""
    recent = days.excess[-_BURST_DAYS:]
    bursts = [amount for amount in recent if amount > 0]
    if not bursts:
        return 0.0
    number = max(0.0, len(bursts) / len(recent) * horizon - _BELOW_MEAN)
    return number * sum(bursts) / len(bursts) / max(1.0, horizon)
