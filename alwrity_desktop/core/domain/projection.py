"""Where an amount will stand at a period's end, day by day, or why that cannot be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil, expm1, floor, log1p
from typing import Final

import msgspec
from msgspec.structs import replace

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.day_shape import EVEN, SATURDAY, DayShape
from alwrity_desktop.core.domain.forecast_model import Outlook, outlook
from alwrity_desktop.core.domain.forecast_season import DAYS_PER_WEEK
from alwrity_desktop.core.domain.periods import Period, local_day
from alwrity_desktop.core.domain.periods import days as calendar_days

MIN_HISTORY_DAYS: Final = 7
QUIET_DAYS: Final = 14
HISTORY_DAYS: Final = 182
"""Half a year: older days say little about the present rate."""

#: A growth smaller than this in a week is none.
_MIN_GROWTH_PERCENT: Final = 1.0
#: A working day with a smaller part of a weekend day's use is none to compare with.
_IDLE: Final = 0.05
#: So far divided by the time that passed, once this share of the period has.
_MIN_PASSED: Final = 1e-3


class ProjectionPoint(msgspec.Struct, frozen=True):
    """The cumulative amount expected at the end of one day."""

    #: ISO date in the period's zone.
    day: str
    amount: int
    low: int
    high: int


class Grounds(msgspec.Struct, frozen=True):
    """What a projection rests on."""

    history_days: int
    #: Expected of an average day.
    per_day: int
    #: A weekend day in percent of a working day; None where these see next to nothing.
    weekend_percent: int | None
    #: 0.0 where no growth stands out.
    growth_percent_per_week: float
    #: First day of the present level, ISO, and how far it lies from the level before.
    changed_on: str | None = None
    change_percent: int | None = None
    #: Days far beyond what is usual, in the last four months.
    bursts: int = 0


class Projection(msgspec.Struct, frozen=True):
    """What a period will hold at its end: pico-dollars, calls or tokens; or why nobody knows."""

    kind: LimitKind
    so_far: int
    amount: int | None = None
    low: int | None = None
    high: int | None = None
    #: The reason when there is too little to go by; the amounts are then None.
    refused: str | None = None
    #: From today to the last day of the period.
    curve: tuple[ProjectionPoint, ...] = ()
    #: So far, divided by the time that passed, times the whole: what a simpler program says.
    naive: int | None = None
    grounds: Grounds | None = None


class Reach(msgspec.Struct, frozen=True):
    """When an amount is expected to reach a limit."""

    #: ISO days; the earliest by the upper bound of the band.
    day: str | None
    earliest: str | None
    #: By the lower bound; None where even the period's end may come first.
    latest: str | None


def project(
    kind: LimitKind,
    days: Sequence[tuple[str, int]],
    period: Period,
    now_ms: int,
    shape: DayShape = EVEN,
) -> Projection:
    """Return where the amount of *period* will end, or why that cannot be told.

    *days* are (ISO day, amount) in the period's zone, of the period and of up to half a year
    before the present moment; a day left out had none. Days before the first use do not count
    as history. *shape* tells how a day spreads over its hours.
    """
    today = local_day(now_ms, period.timezone)
    amounts = {day: max(0, amount) for day, amount in days if day <= today}
    history = _history(amounts, today)
    so_far = sum(amount for day, amount in amounts.items() if period.start <= day <= period.end)
    reason = _refusal(kind, history, amounts.get(today, 0), period, now_ms)
    if reason is not None:
        return Projection(kind, so_far, refused=reason)
    ahead = [
        (date.fromisoformat(day[0]), shape.part(day, now_ms, period.end_ms, period.timezone))
        for day in calendar_days(period)
        if day[0] >= today
    ]
    horizon = max(_MIN_PASSED, sum(share for _, share in ahead))
    first = date.fromisoformat(today) - timedelta(days=len(history))
    told = outlook([float(amount) for amount in history], first.weekday(), horizon)
    curve = _curve(told, so_far, ahead)
    end = curve[-1]
    naive = naive_end(so_far, period, now_ms)
    grounds = _grounds(told, len(history), today)
    return Projection(kind, so_far, end.amount, end.low, end.high, None, curve, naive, grounds)


def reach_of(points: Sequence[ProjectionPoint], limit: int) -> Reach:
    """Return when a curve reaches *limit*, and between which days of its band."""
    return Reach(
        reach_date(points, limit),
        next((point.day for point in points if point.high >= limit), None),
        next((point.day for point in points if point.low >= limit), None),
    )


def reach_date(points: Sequence[ProjectionPoint], limit: int) -> str | None:
    """Return the ISO day on which a curve is expected to reach *limit*; None where it is not."""
    return next((point.day for point in points if point.amount >= limit), None)


def naive_end(so_far: int, period: Period, now_ms: int) -> int | None:
    """Return *so_far* divided by the time that passed, times the whole period.

    None where next to nothing of it has passed.
    """
    whole = period.end_ms - period.start_ms
    passed = min(now_ms, period.end_ms) - period.start_ms
    if passed < _MIN_PASSED * whole:
        return None
    return so_far * whole // passed


def scaled(projection: Projection, factor: float) -> Projection:
    """Return *projection* with what is still to come taken times *factor*."""
    so_far = projection.so_far

    def moved(amount: int) -> int:
        return so_far + round((amount - so_far) * factor)

    if projection.amount is None:
        return projection
    curve = tuple(
        ProjectionPoint(point.day, moved(point.amount), moved(point.low), moved(point.high))
        for point in projection.curve
    )
    last = curve[-1]
    return replace(projection, amount=last.amount, low=last.low, high=last.high, curve=curve)


def moved(projection: Projection, by: int) -> Projection:
    """Return *projection* with *by* more used so far, and what is to come as it was."""
    if not by:
        return projection
    so_far = projection.so_far + by
    if projection.amount is None:
        return replace(projection, so_far=so_far)
    curve = tuple(
        ProjectionPoint(point.day, point.amount + by, point.low + by, point.high + by)
        for point in projection.curve
    )
    last = curve[-1]
    return replace(
        projection, so_far=so_far, amount=last.amount, low=last.low, high=last.high, curve=curve
    )


def _history(amounts: dict[str, int], today: str) -> list[int]:
    """Return the complete days from the first use on, without gaps, at most half a year."""
    now = date.fromisoformat(today)
    oldest = (now - timedelta(days=HISTORY_DAYS)).isoformat()
    used = (day for day, amount in amounts.items() if amount and oldest <= day)
    first = date.fromisoformat(min(used, default=today))
    count = (now - first).days
    return [amounts.get((first + timedelta(days=index)).isoformat(), 0) for index in range(count)]


def _refusal(
    kind: LimitKind, history: Sequence[int], used_today: int, period: Period, now_ms: int
) -> str | None:
    if period.kind == "all":
        return "All time has no end to forecast."
    if now_ms >= period.end_ms:
        return "This period is over."
    if now_ms < period.start_ms:
        return "This period has not begun."
    if len(history) < MIN_HISTORY_DAYS:
        days = "1 complete day" if len(history) == 1 else f"{len(history)} complete days"
        return f"Too little history: {days} so far, {MIN_HISTORY_DAYS} are needed."
    if not any(history[-QUIET_DAYS:]) and not used_today:
        done = "spent" if kind is LimitKind.COST else "used"
        return f"Nothing was {done} in the last {QUIET_DAYS} days."
    return None


def _curve(
    told: Outlook, so_far: int, ahead: Sequence[tuple[date, float]]
) -> tuple[ProjectionPoint, ...]:
    whole = sum(share * told.by_weekday[day.weekday()] for day, share in ahead)
    points: list[ProjectionPoint] = []
    expected, least = 0.0, so_far
    for day, share in ahead:
        expected += share * told.by_weekday[day.weekday()]
        low, high = told.band.around(expected, whole)
        least = max(least, so_far + floor(low))
        amount = so_far + round(expected)
        most = max(amount, so_far + ceil(high))
        points.append(ProjectionPoint(day.isoformat(), amount, min(least, amount), most))
    return tuple(points)


def _grounds(told: Outlook, history_days: int, today: str) -> Grounds:
    working = sum(told.by_weekday[:SATURDAY]) / SATURDAY
    weekend = sum(told.by_weekday[SATURDAY:]) / (DAYS_PER_WEEK - SATURDAY)
    growth = round(expm1(log1p(told.growth_per_day) * DAYS_PER_WEEK) * 100, 1)
    change = told.change
    changed_on = change and date.fromisoformat(today) - timedelta(days=change.days_ago)
    return Grounds(
        history_days=history_days,
        per_day=round(sum(told.by_weekday) / DAYS_PER_WEEK),
        weekend_percent=round(weekend / working * 100) if working > _IDLE * weekend else None,
        growth_percent_per_week=growth if abs(growth) >= _MIN_GROWTH_PERCENT else 0.0,
        changed_on=changed_on.isoformat() if changed_on else None,
        change_percent=round((change.ratio - 1) * 100) if change else None,
        bursts=told.bursts,
    )
