"""Unusual days and hours, told apart from trend and season, each with what explains it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from math import exp, log
from statistics import median
from typing import Final

import msgspec

from alwrity_desktop.core.domain.day_shape import SATURDAY
from alwrity_desktop.core.domain.forecast_season import weekday_factors

MIN_DAYS: Final = 21
"""Under three weeks nobody knows what is usual."""

#: A day is held against so many days of use before it and after it.
NEIGHBOURS: Final = 10
_MIN_NEIGHBOURS: Final = 5
#: How far off a day is, in robust standard deviations and as a ratio, before it is unusual.
_DEVIATIONS: Final = 2.3
_RATIO: Final = 1.8
_LOW_DEVIATIONS: Final = 4.5
_LOW_RATIO: Final = 4.0
#: Where nearly nothing is usual, amounts are held against this share of an average day.
_LEAST_FACTOR: Final = 0.15
#: Median of absolute deviations to standard deviation, for a normal distribution.
_MAD: Final = 1.4826
_MIN_NOISE: Final = 0.12
#: Weekends have a noise of their own when so many of their days were used.
_MIN_KIND_DAYS: Final = 8
_HOUR_DEVIATIONS: Final = 4.0
_HOUR_RATIO: Final = 3.0
#: An hour matters when it goes beyond its usual by this share of a usual day.
_HOUR_WEIGHT: Final = 0.5
_MIN_HOURS: Final = 40
#: A cause explains at least this share of what is unusual.
_MIN_SHARE_PERCENT: Final = 25.0

Series = Sequence[tuple[str, int]]
Parts = Mapping[str, Mapping[str, int]]
"""Amounts by dimension and key."""


class Cause(msgspec.Struct, frozen=True):
    """Which provider, model, project or key brought most of what was unusual."""

    dimension: str
    key: str
    #: What it brought beyond its own usual amount.
    excess: int
    #: Of what was unusual, in percent.
    share_percent: float


class Unusual(msgspec.Struct, frozen=True):
    """A day, or an hour of a day, far from what was usual for it."""

    #: ISO date.
    day: str
    #: Hour of the clock; None for a whole day.
    hour: int | None
    amount: int
    #: What would have been usual, with weekday and trend.
    usual: int
    #: How far off, in robust standard deviations; below 0 for far too little.
    deviations: float
    #: The largest first, at most one for each dimension.
    causes: tuple[Cause, ...] = ()


class _Usual(msgspec.Struct, frozen=True):
    """What was usual of one day, and how far the day lies from it."""

    amount: float
    #: Logarithm of what came in terms of it.
    off: float


def unusual_days(
    days: Series, parts: Mapping[str, Mapping[str, Series]] | None = None
) -> tuple[Unusual, ...]:
    """Return the unusual ones of *days*, complete days in a row without gaps.

    *parts* are the same days by dimension and key, in any order, days of 0 left out; each
    unusual day carries the parts that explain it. Too few days have none that is unusual.
    """
    first = next((index for index, (_, amount) in enumerate(days) if amount > 0), len(days))
    days = days[first:]
    if len(days) < MIN_DAYS:
        return ()
    weekdays = [date.fromisoformat(day).weekday() for day, _ in days]
    factors = weekday_factors([float(amount) for _, amount in days], weekdays)
    usual = _usual(days, [max(_LEAST_FACTOR, factors[weekday]) for weekday in weekdays])
    noises = _noises(usual, weekdays)
    return tuple(
        Unusual(
            days[index][0],
            None,
            days[index][1],
            round(one.amount),
            round(one.off / noises[weekdays[index]], 1),
            _causes(days, index, one.amount, parts or {}),
        )
        for index, one in sorted(usual.items())
        if _is_unusual(one.off, noises[weekdays[index]])
    )


def _usual(days: Series, factors: Sequence[float]) -> dict[int, _Usual]:
    """Return what was usual of each day of use.

    A day is unusual only beyond both what came before and what came after, so that a new
    level is no row of unusual days.
    """
    used = [index for index, (_, amount) in enumerate(days) if amount > 0]
    levels = [log(days[index][1] / factors[index]) for index in used]
    found = {}
    for place, index in enumerate(used):
        before = levels[max(0, place - NEIGHBOURS) : place]
        after = levels[place + 1 : place + 1 + NEIGHBOURS]
        sides = [median(side) for side in (before, after) if len(side) >= _MIN_NEIGHBOURS]
        if sides:
            nearest = min(sides, key=lambda side: abs(levels[place] - side))
            found[index] = _Usual(exp(nearest) * factors[index], levels[place] - nearest)
    return found


def _noises(usual: Mapping[int, _Usual], weekdays: Sequence[int]) -> list[float]:
    """Return the robust standard deviation of each weekday, Monday first."""
    kinds: defaultdict[bool, list[float]] = defaultdict(list)
    for index, one in usual.items():
        kinds[weekdays[index] >= SATURDAY].append(abs(one.off))
    whole = [off for offs in kinds.values() for off in offs]
    noises = []
    for weekday in range(7):
        own = kinds[weekday >= SATURDAY]
        offs = own if len(own) >= _MIN_KIND_DAYS else whole
        noises.append(max(_MIN_NOISE, _MAD * median(offs)) if offs else _MIN_NOISE)
    return noises


def _is_unusual(off: float, noise: float) -> bool:
    if off > 0:
        return off > max(log(_RATIO), _DEVIATIONS * noise)
    return -off > max(log(_LOW_RATIO), _LOW_DEVIATIONS * noise)


def _causes(
    days: Series, index: int, usual: float, parts: Mapping[str, Mapping[str, Series]]
) -> tuple[Cause, ...]:
    """Return the largest part of each dimension in what was unusual of one day."""
    near = [day for day, _ in days[max(0, index - NEIGHBOURS) : index]]
    near += [day for day, _ in days[index + 1 : index + 1 + NEIGHBOURS]]
    known = {
        name: {key: dict(series) for key, series in keys.items()} for name, keys in parts.items()
    }

    def on(day: str) -> Parts:
        return {
            name: {key: amounts.get(day, 0) for key, amounts in keys.items()}
            for name, keys in known.items()
        }

    return causes_of(days[index][1] - usual, on(days[index][0]), [on(day) for day in near])


def causes_of(off: float, now: Parts, near: Sequence[Parts]) -> tuple[Cause, ...]:
    """Return the largest part of each dimension in *off*, what lies beyond the usual amount.

    *now* are the amounts by dimension and key, *near* those of the stretches it is held against.
    """
    found = []
    for dimension, amounts in now.items():
        keys = {key for part in (now, *near) for key in part.get(dimension, {})}
        causes = []
        for key in sorted(keys):
            own = median([part.get(dimension, {}).get(key, 0) for part in near]) if near else 0
            excess = amounts.get(key, 0) - own
            share = round(excess * 100 / off, 1) if off else 0.0
            causes.append(Cause(dimension, key, round(excess), share))
        best = max(causes, key=lambda cause: cause.share_percent, default=None)
        if best is not None and best.share_percent >= _MIN_SHARE_PERCENT:
            found.append(best)
    found.sort(key=lambda cause: -cause.share_percent)
    return tuple(found)


def unusual_hours(hours: Sequence[tuple[str, int, int]]) -> tuple[Unusual, ...]:
    """Return the unusual ones of *hours*: (ISO day, hour of the clock, amount), some weeks.

    An hour is held against the same hour and its neighbours on other days, and matters only
    when it goes beyond them by a good part of a usual day.
    """
    used = [row for row in hours if row[2] > 0]
    if len(used) < _MIN_HOURS:
        return ()
    by_hour: defaultdict[int, list[float]] = defaultdict(list)
    by_day: defaultdict[str, int] = defaultdict(int)
    for day, hour, amount in used:
        by_hour[hour].append(log(amount))
        by_day[day] += amount
    overall = median(log(amount) for _, _, amount in used)
    usual = {hour: _hour_level(by_hour, hour, overall) for hour in by_hour}
    offs = [log(amount) - usual[hour] for _, hour, amount in used]
    noise = max(_MIN_NOISE, _MAD * median(abs(off) for off in offs))
    least = _HOUR_WEIGHT * median(by_day.values())
    limit = max(log(_HOUR_RATIO), _HOUR_DEVIATIONS * noise)
    return tuple(
        Unusual(day, hour, amount, round(exp(usual[hour])), round(off / noise, 1))
        for (day, hour, amount), off in zip(used, offs, strict=True)
        if off > limit and amount - exp(usual[hour]) > least
    )


def _hour_level(by_hour: Mapping[int, Sequence[float]], hour: int, overall: float) -> float:
    """Return the usual logarithm of an hour, told from its neighbours where it is rare."""
    near = [level for other in (hour - 1, hour, hour + 1) for level in by_hour.get(other % 24, ())]
    own = by_hour[hour]
    if len(own) >= _MIN_KIND_DAYS:
        return median(own)
    return median(near) if len(near) >= _MIN_KIND_DAYS else overall
