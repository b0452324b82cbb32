"""Gathers what a report is built from, out of one unchanging state of the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from alwrity_desktop.core import health_facts
from alwrity_desktop.core.domain import breakdown, periods
from alwrity_desktop.core.domain.budgets import Limit
from alwrity_desktop.core.domain.dimensions import DIMENSIONS, SERIES_DIMENSIONS
from alwrity_desktop.core.domain.errors import UsageError
from alwrity_desktop.core.domain.periods import Period
from alwrity_desktop.core.domain.report import AccountView, Report
from alwrity_desktop.core.domain.report_builder import HISTORY_MONTHS, EarlierFacts, Facts, build
from alwrity_desktop.core.domain.sums import SlotSums
from alwrity_desktop.core.results import PeriodChoice

if TYPE_CHECKING:
    from alwrity_desktop.core.ledger.snapshot import LedgerSnapshot

_HOUR_DIMENSIONS: Final = frozenset({"hour", "weekday_hour"})
_BUDGET_PERIOD_OF: Final = {"today": "day"}


@dataclass(frozen=True, slots=True)
class Question:
    """What report is asked for."""

    account: AccountView
    choice: PeriodChoice
    timezone: str
    week_starts: str
    dimensions: tuple[str, ...]


def build_report(
    snapshot: LedgerSnapshot, question: Question, now_ms: int, source_titles: Mapping[str, str]
) -> Report:
    """Return the report that answers *question*. Raises UsageError for an unknown dimension."""
    _check_dimensions(question.dimensions)
    account = question.account.name
    period = period_of_choice(
        snapshot, account, question.choice, question.timezone, question.week_starts, now_ms
    )
    history_start = _history_start(now_ms, question.timezone)
    health, last_read_ms = health_facts.gather(snapshot, account, now_ms, source_titles)
    return build(
        Facts(
            account=question.account,
            period=period,
            now_ms=now_ms,
            dimensions=question.dimensions,
            week_starts=question.week_starts,
            series=snapshot.by_series(
                account, period.start_ms, period.end_ms, _columns(question.dimensions)
            ),
            day_slots=_day_slots(snapshot, account, period, history_start, now_ms),
            hour_slots=_hour_slots(snapshot, account, period, question.dimensions),
            history_start=history_start,
            durations=snapshot.durations(account, period.start_ms, period.end_ms),
            earlier=_earlier(snapshot, account, period, now_ms),
            limits=_limits(snapshot, question, period, now_ms),
            alerts=snapshot.alerts(account),
            health=health,
            last_read_ms=last_read_ms,
            calls_ever=snapshot.calls_ever(account),
        )
    )


def period_of_choice(
    snapshot: LedgerSnapshot,
    account: str,
    choice: PeriodChoice,
    timezone: str,
    week_starts: str,
    now_ms: int,
) -> Period:
    """Return the period that *choice* means. Raises PersonError for days that are none."""
    if choice.kind == "custom":
        if choice.first is None or choice.last is None:
            raise UsageError("A custom period needs its first and its last day.")
        return periods.custom(choice.first, choice.last, timezone)
    if choice.kind == "all":
        bounds = snapshot.bounds(account)
        return periods.all_time(None if bounds is None else bounds[0], now_ms, timezone)
    return periods.period_of(choice.kind, now_ms, timezone, choice.offset, week_starts)


def _check_dimensions(dimensions: Sequence[str]) -> None:
    for name in dimensions:
        if name not in DIMENSIONS:
            known = ", ".join(DIMENSIONS)
            raise UsageError(f'There is no grouping by "{name:.40}". There are: {known}.')


def _columns(dimensions: Sequence[str]) -> list[str]:
    """Return what the ledger has to tell apart: models always, since some have no price."""
    asked = set(dimensions).intersection(SERIES_DIMENSIONS) - {"status"}
    return sorted(asked | {"provider", "model"})


def _history_start(now_ms: int, timezone: str) -> str:
    today = date.fromisoformat(periods.local_day(now_ms, timezone))
    months = today.year * 12 + today.month - 1 - (HISTORY_MONTHS - 1)
    return date(months // 12, months % 12 + 1, 1).isoformat()


def _day_slots(
    snapshot: LedgerSnapshot, account: str, period: Period, history_start: str, now_ms: int
) -> list[SlotSums]:
    """Return the sums by day of the history and of the period, each day once."""
    zone = period.timezone
    history_ms = periods.start_of_day(history_start, zone)
    today = periods.period_of("day", now_ms, zone)
    spans = [(min(history_ms, period.start_ms), max(today.end_ms, period.end_ms))]
    if period.end_ms < history_ms:
        spans = [(period.start_ms, period.end_ms), (history_ms, today.end_ms)]
    return [
        row
        for start_ms, end_ms in spans
        for row in snapshot.by_slot(
            account, breakdown.offset_spans(start_ms, end_ms, zone), breakdown.DAY_S
        )
    ]


def _hour_slots(
    snapshot: LedgerSnapshot, account: str, period: Period, dimensions: Sequence[str]
) -> list[SlotSums]:
    if period.start != period.end and not _HOUR_DIMENSIONS.intersection(dimensions):
        return []
    spans = breakdown.offset_spans(period.start_ms, period.end_ms, period.timezone)
    return snapshot.by_slot(account, spans, breakdown.HOUR_S)


def _earlier(
    snapshot: LedgerSnapshot, account: str, period: Period, now_ms: int
) -> EarlierFacts | None:
    before, span = periods.previous(period), periods.like_for_like(period, now_ms)
    if before is None or span is None:
        return None
    totals = breakdown.total_of(
        row.figures for row in snapshot.by_series(account, span.start_ms, span.end_ms)
    )
    spans = breakdown.offset_spans(before.start_ms, before.end_ms, period.timezone)
    slots = snapshot.by_slot(account, spans, breakdown.DAY_S)
    return EarlierFacts(span, before, totals, slots)


def _limits(
    snapshot: LedgerSnapshot, question: Question, period: Period, now_ms: int
) -> list[Limit]:
    """Return how the budgets stand: those of the period's kind in it, the others in their own.

    Their own is the one that holds the period's last moment, or the present one.
    """
    at_ms = max(period.start_ms, min(now_ms, period.end_ms - 1))
    kind = _BUDGET_PERIOD_OF.get(period.kind, period.kind)
    found = []
    for budget in snapshot.budgets(question.account.name):
        own = period
        if budget.period != kind:
            own = periods.period_of(
                budget.period, at_ms, question.timezone, week_starts=question.week_starts
            )
        found.append(snapshot.standing(budget, own))
    return sorted(found, key=lambda limit: (limit.scope != "account", -limit.percent, limit.name))
