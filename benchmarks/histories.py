"""Makes up lives of spending: weekdays, growth, shifts, bursts, pauses; not the forecast's model.

Each history is days from a first date on, in pico-dollars. The same seed makes the same ones.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

PICO: Final = 10**12
DAYS_PER_MONTH: Final = 30
Range = tuple[float, float]
Days = tuple[int, int]
NONE: Final[Range] = (0.0, 0.0)
MONTH_END_DAYS: Final = 3


@dataclass(frozen=True)
class Traits:
    """What a kind of life is like; each range is drawn from once for a life."""

    #: How far weekdays lie from one another, and what a weekend day is of a working day.
    weekdays: Range = (0.0, 0.35)
    weekend: Range = (0.0, 1.0)
    #: Standard deviation of a day, as a share of what is expected of it.
    noise: Range = (0.15, 0.7)
    #: "gamma", "lognormal", "calls" (a number of calls of very unequal cost), or "any".
    shape: str = "any"
    #: Growth in a month, as a logarithm.
    growth: Range = NONE
    #: Changes of level in sixty days, and the size of each, as a logarithm up or down.
    shifts: Range = NONE
    shift_size: Range = (0.4, 1.3)
    #: Chance that a burst begins on a day, how many days it lasts, and what each of them
    #: costs on top, in average days.
    bursts: Range = NONE
    burst_days: Days = (1, 1)
    burst_size: Range = (3.0, 12.0)
    #: Chance that a pause begins on a day, and how many days it lasts.
    pauses: Range = NONE
    pause_days: Days = (2, 8)
    #: How far the level wanders in a day, as a logarithm.
    walk: Range = NONE
    #: How much of a day's deviation the next one keeps.
    memory: Range = NONE
    #: Chance of a week or two off in a month.
    holidays: Range = NONE
    projects: bool = False
    #: Chance that a day is used at all.
    used: Range = (1.0, 1.0)
    #: What the last days of a month cost, in terms of others.
    month_end: Range = (1.0, 1.0)
    #: How many lives of calls are added up, of which all but the first begin and end.
    streams: Days = (1, 1)
    months: tuple[int, ...] = (3, 4, 5, 6, 8, 10, 12)


KINDS: Final = {
    "steady": Traits(weekend=(0.8, 1.0), weekdays=(0.0, 0.15)),
    "weekday": Traits(weekend=(0.05, 0.5), noise=(0.15, 0.5)),
    "weekend-free": Traits(weekend=NONE, noise=(0.15, 0.5)),
    "growth": Traits(growth=(0.1, 0.7)),
    "decline": Traits(growth=(-0.5, -0.1)),
    "shift": Traits(shifts=(0.6, 1.6)),
    "burst": Traits(bursts=(0.02, 0.06), noise=(0.15, 0.45)),
    "pause": Traits(pauses=(0.01, 0.03)),
    "walk": Traits(walk=(0.03, 0.09)),
    "memory": Traits(memory=(0.3, 0.7)),
    "calls": Traits(shape="calls"),
    "holiday": Traits(holidays=(0.2, 0.5), weekend=(0.0, 0.4)),
    "projects": Traits(projects=True),
    "mixed": Traits(
        growth=(-0.2, 0.4),
        shifts=(0.0, 1.2),
        bursts=(0.0, 0.04),
        pauses=(0.0, 0.02),
        walk=(0.0, 0.04),
        memory=(0.0, 0.4),
    ),
    "short": Traits(growth=(-0.3, 0.5), shifts=(0.0, 0.8), months=(2, 3)),
    "now-and-then": Traits(used=(0.15, 0.6)),
    "mild": Traits(
        weekend=(0.1, 0.5),
        noise=(0.1, 0.3),
        growth=(-0.1, 0.4),
        shifts=(0.1, 0.5),
        bursts=(0.005, 0.02),
        burst_days=(1, 2),
        pauses=(0.001, 0.006),
    ),
    "restless": Traits(
        noise=(0.15, 0.6),
        growth=(-0.2, 0.5),
        shifts=(0.3, 1.5),
        bursts=(0.01, 0.05),
        burst_days=(1, 4),
        pauses=(0.005, 0.02),
        pause_days=(3, 14),
    ),
    "harsh": Traits(
        weekend=(0.0, 0.1),
        noise=(0.3, 0.8),
        growth=(-0.3, 0.6),
        shifts=(0.5, 1.5),
        bursts=(0.02, 0.05),
        burst_days=(1, 5),
        pauses=(0.01, 0.02),
        pause_days=(3, 14),
        month_end=(1.0, 3.0),
    ),
    "streams": Traits(
        shape="calls",
        growth=(-0.2, 0.5),
        shifts=(0.0, 0.8),
        bursts=(0.0, 0.02),
        burst_days=(1, 3),
        pauses=(0.0, 0.01),
        streams=(2, 4),
    ),
}

PLAIN: Final = (
    "weekday",
    "weekend-free",
    "growth",
    "decline",
    "shift",
    "burst",
    "pause",
    "mild",
    "restless",
)
"""Weekdays, growth, shifts, bursts and pauses, alone and together; the rest is harder or calmer."""


@dataclass(frozen=True)
class History:
    """One made-up life: the cost of each day from the first on."""

    kind: str
    first: date
    costs: tuple[int, ...]
    #: What the process that makes the costs leads one to expect of each day.
    expected: tuple[int, ...]

    def named(self) -> list[tuple[str, int]]:
        """Return the days by their ISO names."""
        return [
            ((self.first + timedelta(days=index)).isoformat(), cost)
            for index, cost in enumerate(self.costs)
        ]


def histories(seed: int, per_kind: int, kinds: tuple[str, ...] = tuple(KINDS)) -> Iterator[History]:
    for kind in kinds:
        for number in range(per_kind):
            chance = random.Random(f"{seed} {kind} {number}")
            first = date(2025, chance.randint(1, 12), chance.choice((1, chance.randint(1, 28))))
            count = chance.choice(KINDS[kind].months) * DAYS_PER_MONTH + chance.randint(0, 20)
            days = _streams(KINDS[kind], chance, first, count)
            yield History(kind, first, *zip(*days, strict=True))


def _streams(
    traits: Traits, chance: random.Random, first: date, count: int
) -> list[tuple[int, int]]:
    """Return the sum of a life's streams, most of which begin and end on the way."""
    total = life(traits, chance, first, count)
    for _ in range(chance.randint(*traits.streams) - 1):
        begin = chance.randint(-count // 2, count)
        end = begin + chance.randint(20, count)
        for index, (cost, expected) in enumerate(life(traits, chance, first, count)):
            if begin <= index < end:
                total[index] = (total[index][0] + cost, total[index][1] + expected)
    return total


def life(traits: Traits, chance: random.Random, first: date, count: int) -> list[tuple[int, int]]:
    """Return what each of *count* days cost, and what was to be expected, pico-dollars."""
    scale = math.exp(chance.uniform(-1, 4))
    levels = _levels(traits, chance, count)
    weekdays = _weekdays(traits, chance)
    noise = _noises(traits, chance)
    bursts, month_end = chance.uniform(*traits.bursts), chance.uniform(*traits.month_end)
    burst_mean = bursts * sum(traits.burst_days) / 2 * sum(traits.burst_size) / 2
    used = chance.uniform(*traits.used)
    left, size = 0, 0.0
    days = []
    for index, level in enumerate(levels):
        day = first + timedelta(days=index)
        expected = level * weekdays[day.weekday()]
        if (day + timedelta(days=MONTH_END_DAYS)).month != day.month:
            expected *= month_end
        amount = next(noise(expected)) if chance.random() < used else 0.0
        expected *= used
        if not left and level and chance.random() < bursts:
            left, size = chance.randint(*traits.burst_days), chance.uniform(*traits.burst_size)
        if left:
            left -= 1
            amount += level * size
        expected += level * burst_mean
        days.append((round(amount * scale * PICO), round(expected * scale * PICO)))
    return days


def _weekdays(traits: Traits, chance: random.Random) -> list[float]:
    spread, weekend = chance.uniform(*traits.weekdays), chance.uniform(*traits.weekend)
    factors = [1 + chance.uniform(-spread, spread) for _ in range(7)]
    factors[5:] = [factor * weekend for factor in factors[5:]]
    return [factor * 7 / sum(factors) for factor in factors]


def _levels(traits: Traits, chance: random.Random, count: int) -> list[float]:
    """Return the expected cost of an average weekday at each day; 0 in pauses."""
    shift_chance = chance.uniform(*traits.shifts) / 60
    pause_chance = chance.uniform(*traits.pauses)
    holiday_chance = chance.uniform(*traits.holidays) / DAYS_PER_MONTH
    walk = chance.uniform(*traits.walk)
    # Nobody doubles every month for a year.
    growth = chance.uniform(*traits.growth) / DAYS_PER_MONTH * (0.6 if count > 180 else 1)
    log_level, away, levels = 0.0, 0, []
    for _ in range(count):
        log_level += growth + chance.gauss(0, walk)
        if chance.random() < shift_chance:
            log_level += chance.choice((-1, 1)) * chance.uniform(*traits.shift_size)
        if chance.random() < pause_chance:
            away = chance.randint(*traits.pause_days)
        if chance.random() < holiday_chance:
            away = chance.randint(5, 16)
        levels.append(0.0 if away else math.exp(log_level))
        away = max(0, away - 1)
    return _by_project(levels, chance) if traits.projects else levels


def _by_project(levels: list[float], chance: random.Random) -> list[float]:
    """Return the levels as a sum of projects that begin and end."""
    total = [0.3] * len(levels)
    start = -40
    while start < len(levels):
        size = chance.uniform(0.3, 2)
        for index in range(max(0, start), min(len(levels), start + chance.randint(10, 70))):
            total[index] += size
        start += chance.randint(4, 25)
    return [level * share for level, share in zip(levels, total, strict=True)]


class _Noise:
    """What happens on a day of which something is expected."""

    def __init__(self, shape: str, size: float, memory: float, chance: random.Random) -> None:
        self._shape, self._size, self._memory, self._chance = shape, size, memory, chance
        self._calls_a_day = math.exp(chance.uniform(1.5, 5))
        self._mood = 0.0

    def __call__(self, expected: float) -> Iterator[float]:
        chance, size = self._chance, self._size
        own = chance.gauss(0, size * math.sqrt(1 - self._memory**2))
        self._mood = self._memory * self._mood + own
        if expected <= 0:
            yield 0.0
        elif self._shape == "calls":
            count = poisson(expected * self._calls_a_day, chance)
            costs = (math.exp(chance.gauss(-0.72, 1.2)) for _ in range(count))
            yield sum(costs) / self._calls_a_day
        elif self._memory or self._shape == "lognormal":
            yield expected * math.exp(self._mood - size**2 / 2)
        else:
            yield expected * chance.gammavariate(size**-2, size**2)


def _noises(traits: Traits, chance: random.Random) -> _Noise:
    shape = (
        chance.choice(("gamma", "lognormal", "calls")) if traits.shape == "any" else traits.shape
    )
    memory, size = chance.uniform(*traits.memory), chance.uniform(*traits.noise)
    return _Noise("lognormal" if memory else shape, size, memory, chance)


def poisson(mean: float, chance: random.Random) -> int:
    """Return how many of many rare events happen; the normal's answer where there are many."""
    if mean > 200:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    count, product, limit = 0, chance.random(), math.exp(-mean)
    while product > limit:
        count += 1
        product *= chance.random()
    return count
