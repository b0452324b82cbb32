"""Where a period will end: a weekday-aware run rate with a band, or a refusal with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor, sqrt
from typing import Final

from alwrity_desktop.core.domain.periods import Period, local_day
from alwrity_desktop.core.domain.periods import days as calendar_days

MIN_HISTORY_DAYS: Final = 7
QUIET_DAYS: Final = 14
HISTORY_DAYS: Final = 84
"""Twelve weeks: older days say little about the present rate."""
CONFIDENCE_PERCENT: Final = 80

_DAYS_PER_WEEK: Final = 7
#: Standard deviations that hold 80 percent of a normal distribution.
_BAND_DEVIATIONS: Final = 1.2816
#: A day this old weighs half as much as yesterday in the present rate.
_LEVEL_HALF_LIFE_DAYS: Final = 11.0
#: Weekdays change more slowly than the rate, and need more weeks to be told.
_WEEKDAY_HALF_LIFE_DAYS: Final = 42.0
#: So many imagined average weeks keep one odd Sunday from becoming a habit.
_WEEKDAY_PRIOR_WEEKS: Final = 0.5
#: How far the rate itself tends to wander in a week, as a share of it.
_DRIFT_PER_WEEK: Final = 0.2
#: Unusual days come in runs: a sum over days varies more than independent days would.
_RUN_FACTOR: Final = 2.0


@dataclass(frozen=True, slots=True)
class ForecastPoint:
    """The cumulative cost expected at the end of one day."""

    #: ISO date in the period's zone.
    day: str
    cost_pico: int
    low_pico: int
    high_pico: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """The cost at the end of the period, or why none can be given."""

    cost_pico: int | None
    low_pico: int | None
    high_pico: int | None
    #: How often the band should hold the truth.
    confidence_percent: int = 80
    method: str = "weekday run rate"
    #: The reason when there is too little history; the amounts are then None.
    refused: str | None = None
    #: From today to the last day of the period.
    curve: tuple[ForecastPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class _Rate:
    """The present rate of spending, by weekday, and how sure it is."""

    #: Expected cost of each weekday, Monday first, pico-dollars.
    by_weekday: tuple[float, ...]
    #: Variance of a day around its expectation, for an average day.
    day_variance: float
    #: Share of the expectation by which the rate itself may be off.
    rate_error: float


def forecast(days: Sequence[tuple[str, int]], period: Period, now_ms: int) -> Forecast:
    """Return where the cost of *period* will end, or why that cannot be told.

    *days* are (ISO day, cost in pico-dollars) in the period's zone, of the period and of up
    to twelve weeks before the present moment; a day left out cost nothing. Days before the
    first cost do not count as history.
    """
    today = local_day(now_ms, period.timezone)
    costs = {day: max(0, cost) for day, cost in days if day <= today}
    history = _history(costs, today)
    reason = _refusal(history, costs, today, period, now_ms)
    if reason is not None:
        return Forecast(None, None, None, CONFIDENCE_PERCENT, refused=reason)
    spent = sum(cost for day, cost in costs.items() if period.start <= day)
    curve = _curve(_rate(history, today), spent, period, now_ms, today)
    last = curve[-1]
    return Forecast(last.cost_pico, last.low_pico, last.high_pico, CONFIDENCE_PERCENT, curve=curve)


def _history(costs: dict[str, int], today: str) -> list[tuple[str, int]]:
    """Return the complete days from the first cost on, without gaps, at most twelve weeks."""
    first = min((day for day, cost in costs.items() if cost), default=today)
    oldest = date.fromisoformat(today) - timedelta(days=HISTORY_DAYS)
    start = max(date.fromisoformat(first), oldest)
    count = (date.fromisoformat(today) - start).days
    names = ((start + timedelta(days=index)).isoformat() for index in range(count))
    return [(name, costs.get(name, 0)) for name in names]


def _refusal(
    history: list[tuple[str, int]],
    costs: dict[str, int],
    today: str,
    period: Period,
    now_ms: int,
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
    recent = [cost for _, cost in history[-QUIET_DAYS:]]
    if not any(recent) and not costs.get(today):
        return f"Nothing was spent in the last {QUIET_DAYS} days."
    return None


def _rate(history: Sequence[tuple[str, int]], today: str) -> _Rate:
    now = date.fromisoformat(today)
    rows = [
        (date.fromisoformat(day).weekday(), (now - date.fromisoformat(day)).days, float(cost))
        for day, cost in history
    ]
    factors = _weekday_factors(rows)
    weights = [0.5 ** (age / _LEVEL_HALF_LIFE_DAYS) for _, age, _ in rows]
    expected = sum(
        weight * factors[weekday] for weight, (weekday, _, _) in zip(weights, rows, strict=True)
    )
    spent = sum(weight * cost for weight, (_, _, cost) in zip(weights, rows, strict=True))
    level = spent / expected if expected else 0.0
    squares = sum(
        weight * (cost - level * factors[weekday]) ** 2
        for weight, (weekday, _, cost) in zip(weights, rows, strict=True)
    )
    variance = squares / sum(weights)
    # As many equally weighted days would tell the rate as surely.
    effective_days = sum(weights) ** 2 / sum(weight * weight for weight in weights)
    rate_error = sqrt(variance / effective_days) / level if level else 0.0
    return _Rate(tuple(level * factor for factor in factors), variance, rate_error)


def _weekday_factors(rows: Sequence[tuple[int, int, float]]) -> tuple[float, ...]:
    """Return what each weekday costs in units of an average day, Monday first."""
    weeks, spent = [0.0] * _DAYS_PER_WEEK, [0.0] * _DAYS_PER_WEEK
    for weekday, age, cost in rows:
        weight = 0.5 ** (age / _WEEKDAY_HALF_LIFE_DAYS)
        weeks[weekday] += weight
        spent[weekday] += weight * cost
    mean = sum(spent) / sum(weeks)
    if not mean:
        return (1.0,) * _DAYS_PER_WEEK
    prior = _WEEKDAY_PRIOR_WEEKS
    return tuple(
        (cost / mean + prior) / (count + prior) for cost, count in zip(spent, weeks, strict=True)
    )


def _curve(
    rate: _Rate, spent: int, period: Period, now_ms: int, today: str
) -> tuple[ForecastPoint, ...]:
    points: list[ForecastPoint] = []
    expected = shares = 0.0
    low = spent
    for day, start_ms, end_ms in calendar_days(period):
        if day < today:
            continue
        share = (end_ms - max(now_ms, start_ms)) / (end_ms - start_ms)
        expected += share * rate.by_weekday[date.fromisoformat(day).weekday()]
        shares += share
        width = _BAND_DEVIATIONS * _deviation(rate, expected, shares)
        low = max(low, spent + floor(expected - width))
        cost = spent + round(expected)
        points.append(
            ForecastPoint(day, cost, min(low, cost), max(cost, spent + ceil(expected + width)))
        )
    return tuple(points)


def _deviation(rate: _Rate, expected: float, day_count: float) -> float:
    """Return the standard deviation of the cost of the next *day_count* days."""
    drift = _DRIFT_PER_WEEK * sqrt(day_count / _DAYS_PER_WEEK)
    days = _RUN_FACTOR * rate.day_variance * day_count
    return sqrt(days + (expected * rate.rate_error) ** 2 + (expected * drift / 2) ** 2)
