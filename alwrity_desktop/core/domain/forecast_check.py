"""How well the forecast would have done in a person's own past periods, beside the naive rate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Final

import msgspec

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.periods import (
    HOURS_PER_DAY,
    MS_PER_SECOND,
    Period,
    local_day,
    start_of_day,
)
from alwrity_desktop.core.domain.projection import project

POINTS_PERCENT: Final = (25, 50, 75)
"""How much of a period had passed when it was told."""

_DAY_MS: Final = HOURS_PER_DAY * 3600 * MS_PER_SECOND


class BacktestRow(msgspec.Struct, frozen=True):
    """What was told of one past period at one point of it, and what came."""

    #: First and last day of the period, ISO.
    start: str
    end: str
    passed_percent: int
    #: What the period held at its end.
    actual: int
    #: None where the forecast would have refused.
    told: int | None
    low: int | None
    high: int | None
    naive: int | None

    @property
    def error_percent(self) -> float | None:
        """How far the forecast was off, in percent of what came."""
        return _error(self.told, self.actual)

    @property
    def naive_error_percent(self) -> float | None:
        """How far so far divided by the days was off."""
        return _error(self.naive, self.actual)

    @property
    def is_held(self) -> bool | None:
        """Whether the band held what came; None where there was none."""
        if self.low is None or self.high is None:
            return None
        return self.low <= self.actual <= self.high


class BacktestSummary(msgspec.Struct, frozen=True):
    """The errors at one point of all past periods."""

    passed_percent: int
    #: Periods that could be told.
    periods: int
    median_error_percent: float
    median_naive_error_percent: float
    held_percent: float


class ForecastCheck(msgspec.Struct, frozen=True):
    """How the forecast would have done in an account's own past periods."""

    account: str
    timezone: str
    #: Newest period first, each with its points in order.
    rows: tuple[BacktestRow, ...] = ()
    #: Why there is nothing to tell; None where there are errors.
    refused: str | None = None
    #: What was forecast; the rows hold pico-dollars, calls or tokens.
    kind: LimitKind = LimitKind.COST

    @property
    def summaries(self) -> tuple[BacktestSummary, ...]:
        """The errors at each point, over all periods."""
        return summaries(self.rows)


def backtest(
    days: Sequence[tuple[str, int]],
    periods: Iterable[Period],
    kind: LimitKind = LimitKind.COST,
) -> tuple[BacktestRow, ...]:
    """Return what would have been told of past *periods*, which are over, at each point.

    *days* are (ISO day, amount) of all the history; at each point only those before it are
    known. A point lies at the midnight next to its share of the period, at least a day in.
    """
    return tuple(
        _row(days, period, percent, kind) for period in periods for percent in POINTS_PERCENT
    )


def summaries(rows: Sequence[BacktestRow]) -> tuple[BacktestSummary, ...]:
    """Return the errors by point, of the periods in which both rates could be told."""
    found = []
    for percent in POINTS_PERCENT:
        errors: list[float] = []
        naive: list[float] = []
        held: list[bool] = []
        for row in rows:
            told, other, is_held = row.error_percent, row.naive_error_percent, row.is_held
            if row.passed_percent == percent and told is not None and other is not None:
                errors.append(told)
                naive.append(other)
                held.append(bool(is_held))
        if errors:
            share = round(sum(held) * 100 / len(held), 1)
            middle = round(median(errors), 1), round(median(naive), 1)
            found.append(BacktestSummary(percent, len(errors), *middle, share))
    return tuple(found)


def _row(
    days: Sequence[tuple[str, int]], period: Period, percent: int, kind: LimitKind
) -> BacktestRow:
    inside = [amount for day, amount in days if period.start <= day <= period.end]
    at_ms = moment_of(period, percent)
    today = local_day(at_ms, period.timezone)
    told = project(kind, [row for row in days if row[0] < today], period, at_ms)
    return BacktestRow(
        period.start,
        period.end,
        percent,
        sum(inside),
        told.amount,
        told.low,
        told.high,
        told.naive,
    )


def moment_of(period: Period, percent: int) -> int:
    """Return the midnight next to a share of the period, at least a day in."""
    wanted = period.start_ms + (period.end_ms - period.start_ms) * percent // 100
    near = local_day(wanted + _DAY_MS // 2, period.timezone)
    first = local_day(period.start_ms + _DAY_MS * 3 // 2, period.timezone)
    return min(start_of_day(max(near, first), period.timezone), period.end_ms - 1)


def _error(told: int | None, actual: int) -> float | None:
    return round(abs(told - actual) * 100 / actual, 2) if told is not None and actual else None
