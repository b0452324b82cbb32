"""Where a report's period and its limits will end, from sums by day and by hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from alwrity_desktop.core.domain.breakdown import day_of_slot
from alwrity_desktop.core.domain.budgets import Limit, LimitKind
from alwrity_desktop.core.domain.day_shape import EVEN, DayShape, shape_of
from alwrity_desktop.core.domain.forecast import DayUse, Forecast, forecast_use
from alwrity_desktop.core.domain.forecast_risks import Watched
from alwrity_desktop.core.domain.periods import HOURS_PER_DAY, Period, local_day
from alwrity_desktop.core.domain.projection import Projection, moved, project, reach_of
from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.sums import SlotSums

SHAPE_DAYS: Final = 28
"""From so many complete days it is told how a day spreads over its hours."""


class WatchedLimit(msgspec.Struct, frozen=True):
    """A limit with the days that count for it; without them nothing is told of its end."""

    #: What tells this limit in this period from all others.
    key: str
    limit: Limit
    period: Period
    #: Of the calls that it counts alone.
    slots: Sequence[SlotSums]


def day_shape(hours: Iterable[SlotSums], today: str) -> DayShape:
    """Return how the days before *today* spread their cost over the hours of the clock."""
    rows = ((*divmod(row.slot, HOURS_PER_DAY), row.figures.cost_pico) for row in hours)
    named = ((day_of_slot(day), hour, cost) for day, hour, cost in rows)
    return shape_of(row for row in named if row[0] < today)


def period_forecast(
    history: Iterable[SlotSums],
    own: Sequence[SlotSums],
    totals: Figures,
    period: Period,
    now_ms: int,
    shape: DayShape = EVEN,
) -> Forecast:
    """Return where *period* will end, from its *own* days and those of *history* before it.

    What the totals hold beyond the period's days counts as used on its first one.
    """
    days: defaultdict[str, defaultdict[str, Figures]] = defaultdict(lambda: defaultdict(Figures))
    for row in history:
        day = day_of_slot(row.slot)
        if day < period.start:
            days[row.provider][day] += row.figures
    for row in own:
        days[row.provider][max(day_of_slot(row.slot), period.start)] += row.figures
    whole: defaultdict[str, Figures] = defaultdict(Figures)
    for by_day in days.values():
        for day, figures in by_day.items():
            whole[day] += figures
    parts = {
        provider: _uses(by_day)
        for provider, by_day in days.items()
        if any(day >= period.start for day in by_day)
    }
    uses = _completed(_uses(whole), totals, period.start)
    # One provider is the whole: nothing is to be told of it alone.
    return forecast_use(uses, parts if len(days) > 1 else {}, period, now_ms, shape)


def _uses(days: dict[str, Figures]) -> list[DayUse]:
    return [
        DayUse(day, figures.cost_pico, figures.calls, figures.tokens)
        for day, figures in sorted(days.items())
    ]


def _completed(uses: list[DayUse], totals: Figures, first: str) -> list[DayUse]:
    """Return *uses* with what the period's totals hold beyond its days, on its first day."""
    inside = [use for use in uses if use.day >= first]
    beyond = DayUse(
        first,
        max(0, totals.cost_pico - sum(use.cost_pico for use in inside)),
        max(0, totals.calls - sum(use.calls for use in inside)),
        max(0, totals.tokens - sum(use.tokens for use in inside)),
    )
    if not any(beyond[1:]):
        return uses
    by_day = {use.day: use for use in uses}
    known = by_day.get(first, DayUse(first, 0, 0, 0))
    sums = (one + other for one, other in zip(known[1:], beyond[1:], strict=True))
    by_day[first] = DayUse(first, *sums)
    return [by_day[day] for day in sorted(by_day)]


def watch(limits: Iterable[WatchedLimit], now_ms: int, shape: DayShape = EVEN) -> list[Watched]:
    """Return *limits* with where each will end, and the day on which it will be reached."""
    return [_watched(one, now_ms, shape) for one in limits]


def _watched(one: WatchedLimit, now_ms: int, shape: DayShape) -> Watched:
    limit, period = one.limit, one.period
    days: defaultdict[str, int] = defaultdict(int)
    for row in one.slots:
        days[day_of_slot(row.slot)] += _amount(row.figures, limit.kind)
    told = project(limit.kind, sorted(days.items()), period, now_ms, shape)
    # A server books by its own clock: what stands against the limit is what counts.
    told = moved(told, limit.used - told.so_far)
    return Watched(one.key, _with_reach(limit, told, local_day(now_ms, period.timezone)), told)


def _with_reach(limit: Limit, told: Projection, today: str) -> Limit:
    if not told.curve or limit.used >= limit.limit:
        return limit
    reach = reach_of(told.curve, limit.limit)
    return replace(
        limit,
        reaches_on=reach.day,
        reaches_earliest=max(reach.earliest, today) if reach.earliest else None,
        expected=told.amount,
    )


def _amount(figures: Figures, kind: LimitKind) -> int:
    return {
        LimitKind.COST: figures.cost_pico,
        LimitKind.CALLS: figures.calls,
        LimitKind.TOKENS: figures.tokens,
    }[kind]
