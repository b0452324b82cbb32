"""Building a report from a ledger's sums: the only place where its arithmetic is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import msgspec
from msgspec.structs import replace

from alwrity_desktop.core.domain import breakdown
from alwrity_desktop.core.domain.alerts import Alert
from alwrity_desktop.core.domain.budgets import Limit, LimitKind, worst
from alwrity_desktop.core.domain.day_shape import EVEN, DayShape
from alwrity_desktop.core.domain.dimensions import SERIES_DIMENSIONS
from alwrity_desktop.core.domain.durations import percentile
from alwrity_desktop.core.domain.forecast import Forecast
from alwrity_desktop.core.domain.forecast_risks import Watched
from alwrity_desktop.core.domain.health import Health
from alwrity_desktop.core.domain.insight_values import ACTIVITY, INSIGHTS, SIDES, Activity, Spending
from alwrity_desktop.core.domain.insights import SpendingFacts, activities, spending
from alwrity_desktop.core.domain.periods import Period, Span, days, local_day
from alwrity_desktop.core.domain.reconciliation import ReconciliationRow
from alwrity_desktop.core.domain.report import (
    AccountView,
    Comparison,
    Figures,
    Group,
    Point,
    Report,
    UnpricedModel,
)
from alwrity_desktop.core.domain.report_forecast import period_forecast
from alwrity_desktop.core.domain.server import ServerView
from alwrity_desktop.core.domain.stated import Stated
from alwrity_desktop.core.domain.sums import DurationCount, SeriesSums, SlotSums
from alwrity_desktop.core.domain.tip import Tip
from alwrity_desktop.core.domain.usage import PriceStatus

HISTORY_MONTHS: Final = 12

_NEVER: Final = "9999-12-31"
"""Later than any day: nothing of a past period is unfinished."""


_NOTHING_STATED: Final = Stated()


class EarlierFacts(msgspec.Struct, frozen=True):
    """The period before, for the comparison."""

    #: The part of it that had passed at the same point.
    span: Span
    period: Period
    totals: Figures
    #: Sums by day over the whole of it.
    slots: Sequence[SlotSums]


class Facts(msgspec.Struct, frozen=True):
    """What a report is built from: one state of the ledger, for one account and period."""

    account: AccountView
    period: Period
    now_ms: int
    dimensions: Sequence[str]
    week_starts: str
    series: Sequence[SeriesSums]
    #: By local day: the history and the period.
    day_slots: Sequence[SlotSums]
    #: By local hour, over the period, or by hour of the week where only these are asked for;
    #: empty unless hours are shown or asked for.
    hour_slots: Sequence[SlotSums]
    #: First day of the twelve months that end with the present one, ISO.
    history_start: str
    durations: Sequence[DurationCount]
    earlier: EarlierFacts | None
    limits: Sequence[Limit]
    alerts: Sequence[Alert]
    health: Health
    last_read_ms: int | None
    calls_ever: int
    #: By local day, of the calls that a server booked to the period; None where the period is
    #: the calendar's, and its days are those of ``day_slots``.
    period_slots: Sequence[SlotSums] | None = None
    #: What servers state that keep no calls; its days are in ``day_slots`` too.
    stated: Stated = _NOTHING_STATED
    #: Whether figures can come from such a server alone.
    is_stated: bool = False
    server: ServerView | None = None
    reconciliation: Sequence[ReconciliationRow] = ()
    tips: Sequence[Tip] = ()
    #: How a day spreads over its hours.
    shape: DayShape = EVEN
    watched: Sequence[Watched] = ()
    #: What the money bought is worked out from this; None unless asked for.
    spending: SpendingFacts | None = None


def build(facts: Facts) -> Report:
    """Return the report of *facts*."""
    totals = breakdown.total_of(row.figures for row in facts.series)
    if facts.stated.totals is not None:
        totals += facts.stated.totals
    today = local_day(facts.now_ms, facts.period.timezone)
    history = breakdown.day_points(_history_days(facts, today), facts.day_slots, today)
    counts = breakdown.buckets(facts.durations)
    report = Report(
        account=facts.account,
        period=facts.period,
        as_of_ms=facts.now_ms,
        totals=totals,
        groups={name: _groups(name, facts) for name in facts.dimensions if name not in INSIGHTS},
        status=worst(tuple(limit.status for limit in facts.limits)),
        limits=tuple(facts.limits),
        forecast=_forecast(facts, totals),
        alerts=tuple(facts.alerts),
        health=facts.health,
        points=_points(facts, today),
        history_days=history,
        history_weeks=breakdown.weeks(history, facts.week_starts, today),
        history_months=_months(history, today),
        comparison=_comparison(facts, totals),
        unpriced=_unpriced(facts.series),
        p50_duration_ms=percentile(counts, 50),
        p95_duration_ms=percentile(counts, 95),
        last_read_ms=facts.last_read_ms,
        calls_ever=facts.calls_ever,
        tips=tuple(facts.tips),
        server=facts.server,
        reconciliation=tuple(facts.reconciliation),
        watched=tuple(facts.watched),
        activity=_activity(facts, history),
        insights=tuple(name for name in facts.dimensions if name in INSIGHTS),
        spending=None if facts.spending is None else _spending(facts, facts.spending, totals),
        is_unknown=facts.is_stated and facts.stated.totals is None,
    )
    return replace(report, limits=_unread(report.limits)) if report.is_never_read else report


def _unread(limits: Sequence[Limit]) -> tuple[Limit, ...]:
    """Return *limits* where nothing was ever read: what stands against cost is not known."""
    return tuple(
        replace(limit, is_unknown=limit.kind is LimitKind.COST and not limit.used)
        for limit in limits
    )


def _activity(facts: Facts, history: Sequence[Point]) -> tuple[Activity, ...]:
    if ACTIVITY not in facts.dimensions:
        return ()
    return activities(history, facts.hour_slots, facts.week_starts)


def _spending(facts: Facts, found: SpendingFacts, totals: Figures) -> Spending:
    sides = {name: _groups(name, facts) for name in SIDES}
    return spending(found, totals, _groups("model", facts), sides)


def _groups(name: str, facts: Facts) -> tuple[Group, ...]:
    if name in SERIES_DIMENSIONS:
        groups = breakdown.series_groups(name, facts.series, facts.durations)
        stated = facts.stated.of_dimension(name)
        return breakdown.with_stated(groups, stated) if stated else groups
    if name == "day":
        return breakdown.time_groups(name, _period_slots(facts))
    return breakdown.time_groups(name, facts.hour_slots)


def _period_slots(facts: Facts) -> Sequence[SlotSums]:
    """Return the sums of the period's days."""
    if facts.period_slots is not None:
        return facts.period_slots
    first, last = facts.period.start, facts.period.end
    return [row for row in facts.day_slots if first <= breakdown.day_of_slot(row.slot) <= last]


def _history_days(facts: Facts, today: str) -> list[str]:
    day, last = date.fromisoformat(facts.history_start), date.fromisoformat(today)
    return [(day + timedelta(days=number)).isoformat() for number in range((last - day).days + 1)]


def _points(facts: Facts, today: str) -> tuple[Point, ...]:
    """Return the hours of a single day, else the days; those to come are empty and unfinished.

    Who states sums states none of hours, and a billing period is one of days.
    """
    period = facts.period
    has_hours = not (facts.is_stated or period.billing_period)
    if period.start == period.end and has_hours:
        return breakdown.hour_points(period, facts.hour_slots, facts.now_ms)
    slots = _period_slots(facts)
    names = {day for day, _, _ in days(period)}
    # A server may book a call to a period in which it did not happen.
    booked = names | {breakdown.day_of_slot(row.slot) for row in slots}
    first, last = date.fromisoformat(min(booked)), date.fromisoformat(max(booked))
    if len(booked) > len(names):
        booked = {day for day, _, _ in days(_stretched(period, first, last))}
    return breakdown.day_points(sorted(booked), slots, today)


def _stretched(period: Period, first: date, last: date) -> Period:
    return replace(period, start=first.isoformat(), end=last.isoformat())


def _months(history: Sequence[Point], today: str) -> tuple[Point, ...]:
    by_month: defaultdict[str, list[Point]] = defaultdict(list)
    for point in history:
        by_month[f"{point.start[:7]}-01"].append(point)
    return breakdown.merged(list(by_month.items()), f"{today[:7]}-01")


def _forecast(facts: Facts, totals: Figures) -> Forecast:
    own = _period_slots(facts)
    return period_forecast(facts.day_slots, own, totals, facts.period, facts.now_ms, facts.shape)


def _comparison(facts: Facts, now: Figures) -> Comparison | None:
    earlier = facts.earlier
    if earlier is None:
        return None
    then = earlier.totals
    days_before = [day for day, _, _ in days(earlier.period)]
    return Comparison(
        start=earlier.span.start,
        end=earlier.span.end,
        totals=then,
        cost_percent=_change(now.known_cost_pico, then.known_cost_pico),
        calls_percent=_change(now.calls, then.calls),
        tokens_percent=_change(now.tokens, then.tokens),
        days=breakdown.day_points(days_before, earlier.slots, _NEVER),
    )


def _change(now: int | None, then: int | None) -> float | None:
    if now is None or then is None or then <= 0:
        return None
    return round((now - then) * 100 / then, 1)


def _unpriced(series: Sequence[SeriesSums]) -> tuple[UnpricedModel, ...]:
    calls: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in series:
        if row.dimensions["price_status"] == PriceStatus.UNPRICED:
            model = (str(row.dimensions["provider"]), str(row.dimensions["model"]))
            calls[model] += row.figures.calls
    models = [UnpricedModel(*model, count) for model, count in calls.items()]
    return tuple(sorted(models, key=lambda one: (-one.calls, one.model)))
