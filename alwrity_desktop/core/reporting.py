"""Gathers what a report is built from, out of one unchanging state of the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from alwrity_desktop.core import health_facts, limit_gathering, server_reporting
from alwrity_desktop.core.domain import breakdown, periods, stated
from alwrity_desktop.core.domain.alerts import Alert
from alwrity_desktop.core.domain.day_shape import EVEN, DayShape
from alwrity_desktop.core.domain.dimensions import DIMENSIONS, SERIES_DIMENSIONS
from alwrity_desktop.core.domain.errors import UsageError
from alwrity_desktop.core.domain.health import Health, overall_health
from alwrity_desktop.core.domain.insight_values import ACTIVITY, INSIGHTS, SIDES, SPENDING, Activity
from alwrity_desktop.core.domain.periods import Period, Span
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.report import AccountView, Report
from alwrity_desktop.core.domain.report_builder import HISTORY_MONTHS, EarlierFacts, Facts, build
from alwrity_desktop.core.domain.report_forecast import SHAPE_DAYS, day_shape
from alwrity_desktop.core.domain.stated import Stated
from alwrity_desktop.core.domain.sums import OffsetSpan, Scope, SlotSums
from alwrity_desktop.core.limit_gathering import KnownDays, LimitQuestion, StandingLimit
from alwrity_desktop.core.pattern_gathering import explained
from alwrity_desktop.core.report_periods import before, period_of_choice
from alwrity_desktop.core.results import PeriodChoice
from alwrity_desktop.core.spending_gathering import spending_facts
from alwrity_desktop.core.tip_gathering import TipQuestion, single_calls, tips_of

if TYPE_CHECKING:
    from alwrity_desktop.core.ledger.snapshot import LedgerSnapshot

__all__ = ["Question", "build_report", "period_of_choice"]

_WEEK_DIMENSIONS: Final = frozenset({"weekday_hour", ACTIVITY})
"""What is told from the hours of one week: a year has fifty times as many."""
_EVER: Final = (0, 1 << 52)


class Question(msgspec.Struct, frozen=True):
    """What report is asked for."""

    account: AccountView
    choice: PeriodChoice
    timezone: str
    week_starts: str
    dimensions: tuple[str, ...]
    #: The accounts that "all" means; any other account is itself.
    members: tuple[AccountView, ...] = ()
    #: Whether what could be changed is asked for; it is told from single calls.
    has_tips: bool = True

    @property
    def needs_prices(self) -> bool:
        """Whether the answer takes a price list."""
        return self.has_tips or SPENDING in self.dimensions


def build_report(
    snapshot: LedgerSnapshot,
    question: Question,
    now_ms: int,
    source_titles: Mapping[str, str],
    book: PriceBook | None = None,
) -> Report:
    """Return the report that answers *question*.

    Tips and what the money bought need the prices of *book*: without it there are none. Raises
    UsageError for an unknown dimension.
    """
    _check_dimensions(question.dimensions)
    gathering = _Gathering(snapshot, question, now_ms)
    facts = gathering.facts(source_titles)
    if book is not None and question.needs_prices:
        facts = gathering.priced(facts, book)
    report = build(facts)
    return replace(report, activity=gathering.explained(report.activity))


class _Gathering:
    """One question, asked of one state of the ledger."""

    def __init__(self, snapshot: LedgerSnapshot, question: Question, now_ms: int) -> None:
        self._snapshot = snapshot
        self._question = question
        self._now_ms = now_ms
        account = question.account
        self._members = question.members if account.kind == "all" else (account,)
        self._silent = tuple(
            one for one in self._members if server_reporting.is_stated_only(snapshot, one)
        )
        self._whole = Scope(tuple(one.name for one in self._members))
        self._period = period_of_choice(
            snapshot,
            self._whole,
            question.choice,
            question.timezone,
            question.week_starts,
            now_ms,
        )
        #: The calls of the period: by time, or those that a server booked to it.
        self._scope = replace(self._whole, billing_period=self._period.billing_period)
        self._stated = self._stated_of(self._period)

    def facts(self, titles: Mapping[str, str]) -> Facts:
        """Return all that the report is built from."""
        question, snapshot, period = self._question, self._snapshot, self._period
        names = _columns(question.dimensions)
        history_start = _history_start(self._now_ms, question.timezone)
        health, last_read_ms = self._health(titles)
        account = question.account
        shape, limits = self._shape(), self._limits()
        day_slots = [*self._day_slots(history_start), *self._stated.day_slots]
        first_ms = periods.start_of_day(history_start, period.timezone)
        watched = limit_gathering.watched_limits(
            snapshot, limits, self._now_ms, shape, KnownDays(self._whole, first_ms, day_slots)
        )
        return Facts(
            account=account,
            period=period,
            now_ms=self._now_ms,
            dimensions=question.dimensions,
            week_starts=question.week_starts,
            series=snapshot.by_series(self._scope, *self._span(), names),
            day_slots=day_slots,
            hour_slots=self._hour_slots(),
            history_start=history_start,
            durations=snapshot.durations(self._scope, *self._span()),
            earlier=self._earlier(),
            limits=limit_gathering.with_ends(limits, watched),
            alerts=self._alerts(),
            health=health,
            last_read_ms=last_read_ms,
            calls_ever=snapshot.calls_ever(self._whole),
            period_slots=self._period_slots(),
            stated=self._stated,
            is_stated=bool(self._silent) and len(self._silent) == len(self._members),
            server=snapshot.server_view(account.name),
            reconciliation=server_reporting.reconciliation(snapshot, account, period, self._now_ms),
            shape=shape,
            watched=watched,
        )

    def priced(self, facts: Facts, book: PriceBook) -> Facts:
        """Return *facts* with what single calls tell: tips, and what the money bought, if asked."""
        snapshot, question = self._snapshot, self._tip_question(facts)
        rows = single_calls(snapshot, book, question)
        if self._question.has_tips:
            facts = replace(facts, tips=tips_of(snapshot, book, question, rows))
        if SPENDING not in facts.dimensions or facts.is_stated:
            return facts
        week_starts = self._question.week_starts
        found = spending_facts(snapshot, book, question, rows, week_starts)
        return replace(facts, spending=found)

    def explained(self, found: Sequence[Activity]) -> tuple[Activity, ...]:
        """Return *found* with its unusual hours, and with what explains what is unusual."""
        if not found:
            return ()
        zone = self._period.timezone
        return explained(self._snapshot, self._whole, found, self._now_ms, zone)

    def _tip_question(self, facts: Facts) -> TipQuestion:
        return TipQuestion(
            self._question.account.name,
            self._scope,
            self._period,
            self._now_ms,
            facts.series,
            facts.day_slots,
        )

    def _span(self) -> tuple[int, int]:
        """Return when the period's calls happened: those of a billing period at any time."""
        if self._period.billing_period:
            return _EVER
        return self._period.start_ms, self._period.end_ms

    def _stated_of(self, period: Period) -> Stated:
        return stated.together(
            server_reporting.stated_of(self._snapshot, one, period)
            if one in self._silent
            else server_reporting.unlisted(self._snapshot, one, period)
            for one in self._members
        )

    def _day_slots(self, history_start: str) -> list[SlotSums]:
        """Return the sums by day of the history and of the period, each day once."""
        period, zone = self._period, self._period.timezone
        history_ms = periods.start_of_day(history_start, zone)
        today = periods.period_of("day", self._now_ms, zone)
        spans = [(min(history_ms, period.start_ms), max(today.end_ms, period.end_ms))]
        if period.end_ms < history_ms:
            spans = [(period.start_ms, period.end_ms), (history_ms, today.end_ms)]
        return [
            row
            for start_ms, end_ms in spans
            for row in self._by_day(self._whole, breakdown.offset_spans(start_ms, end_ms, zone))
        ]

    def _by_day(self, scope: Scope, spans: Sequence[OffsetSpan]) -> list[SlotSums]:
        return self._snapshot.by_slot(scope, spans, breakdown.DAY_S)

    def _period_slots(self) -> list[SlotSums] | None:
        """Return the days of a billing period's calls; None where time alone tells them."""
        if not self._period.billing_period:
            return None
        return self._booked_slots(self._scope)

    def _booked_slots(self, scope: Scope) -> list[SlotSums]:
        """Return the days of the calls of a billing period, wherever they lie."""
        bounds = self._snapshot.bounds(scope)
        if bounds is None:
            return []
        start_ms, last_ms = bounds
        spans = breakdown.offset_spans(start_ms, last_ms + 1, self._period.timezone)
        return self._by_day(scope, spans)

    def _hour_slots(self) -> list[SlotSums]:
        period, asked = self._period, self._question.dimensions
        is_each = period.start == period.end or "hour" in asked
        if not is_each and not _WEEK_DIMENSIONS.intersection(asked):
            return []
        start_ms, end_ms = period.start_ms, period.end_ms
        if period.billing_period:
            bounds = self._snapshot.bounds(self._scope)
            if bounds is None:
                return []
            start_ms, end_ms = bounds[0], bounds[1] + 1
        spans = breakdown.offset_spans(start_ms, end_ms, period.timezone)
        if is_each:
            return self._snapshot.by_slot(self._scope, spans, breakdown.HOUR_S)
        return self._snapshot.by_week_hour(self._scope, spans)

    def _earlier(self) -> EarlierFacts | None:
        if self._period.billing_period:
            return self._earlier_billing()
        period = self._period
        earlier, span = periods.previous(period), periods.like_for_like(period, self._now_ms)
        if earlier is None or span is None:
            return None
        rows = self._snapshot.by_series(self._whole, span.start_ms, span.end_ms)
        totals = breakdown.total_of(row.figures for row in rows)
        spans = breakdown.offset_spans(earlier.start_ms, earlier.end_ms, period.timezone)
        slots = self._by_day(self._whole, spans)
        if self._silent:
            stated_then = self._stated_of(earlier)
            then = server_reporting.total_of_days(stated_then, span.start, span.end)
            if then is None and len(self._silent) == len(self._members):
                return None
            totals = totals if then is None else totals + then
            slots += stated_then.day_slots
        return EarlierFacts(span, earlier, totals, slots)

    def _earlier_billing(self) -> EarlierFacts | None:
        """Return the billing period before, up to as long after its start."""
        period, account = self._period, self._question.account.name
        earlier = before(self._snapshot, account, period)
        if earlier is None:
            return None
        passed_ms = min(max(self._now_ms, period.start_ms), period.end_ms) - period.start_ms
        end_ms = min(earlier.start_ms + passed_ms, earlier.end_ms)
        if self._now_ms >= period.end_ms:
            end_ms = earlier.end_ms
        is_whole = end_ms == earlier.end_ms
        scope = Scope((account,), earlier.billing_period)
        rows = self._snapshot.by_series(scope, 0, _EVER[1] if is_whole else end_ms)
        totals = breakdown.total_of(row.figures for row in rows)
        last = periods.local_day(max(earlier.start_ms, end_ms - 1), period.timezone)
        span = Span(earlier.start, last, earlier.start_ms, end_ms)
        return EarlierFacts(span, earlier, totals, self._booked_slots(scope))

    def _limits(self) -> list[StandingLimit]:
        question = self._question
        return limit_gathering.standing_limits(
            self._snapshot,
            LimitQuestion(
                question.account,
                self._members,
                self._silent,
                self._period,
                question.timezone,
                question.week_starts,
                self._now_ms,
            ),
        )

    def _shape(self) -> DayShape:
        """Return how the last complete days spread over their hours; even once all is over."""
        period = self._period
        if period.end_ms <= self._now_ms or self._silent == self._members:
            return EVEN
        zone = period.timezone
        today = periods.local_day(self._now_ms, zone)
        first = (date.fromisoformat(today) - timedelta(days=SHAPE_DAYS)).isoformat()
        bounds = periods.start_of_day(first, zone), periods.start_of_day(today, zone)
        spans = breakdown.offset_spans(*bounds, zone)
        hours = self._snapshot.by_slot(self._whole, spans, breakdown.HOUR_S)
        return day_shape(hours, today)

    def _alerts(self) -> list[Alert]:
        """Return the alerts of all members, unread first, then the newest."""
        names = {*self._whole.accounts, self._question.account.name}
        found = self._snapshot.alerts(self._question.account.name)
        return [alert for alert in found if alert.account in names]

    def _health(self, titles: Mapping[str, str]) -> tuple[Health, int | None]:
        """Return the health of all members, and when one of them was last read."""
        own = [one for one in self._members if one.kind in server_reporting.WITHOUT_SERVER]
        health, last_read_ms = overall_health((), ()), None
        if own:
            scope = Scope(tuple(one.name for one in own))
            health, last_read_ms = health_facts.gather(self._snapshot, scope, self._now_ms, titles)
        others = [self._server_health(one) for one in self._members if one not in own]
        if not others:
            return health, last_read_ms
        sources = [*health.sources, *(source for one in others for source in one.sources)]
        providers = [*health.providers, *(part for one in others for part in one.providers)]
        times = [source.last_read_ms for source in sources if source.last_read_ms is not None]
        if not own and len(others) == 1:
            whole = replace(others[0], providers=tuple(providers))
        else:
            whole = overall_health(sources, providers)
        return whole, max(times, default=None)

    def _server_health(self, account: AccountView) -> Health:
        view = self._snapshot.server_view(account.name)
        calls = self._snapshot.calls_ever(account.name)
        health = server_reporting.server_health(self._snapshot, account, view, calls)
        return replace(
            health,
            providers=tuple(
                health_facts.providers(self._snapshot, Scope((account.name,)), self._now_ms)
            ),
        )


def _check_dimensions(dimensions: Sequence[str]) -> None:
    for name in dimensions:
        if name not in DIMENSIONS and name not in INSIGHTS:
            known = ", ".join(DIMENSIONS)
            raise UsageError(f'There is no grouping by "{name:.40}". There are: {known}.')


def _columns(dimensions: Sequence[str]) -> list[str]:
    """Return what the ledger has to tell apart: models always, since some have no price."""
    asked = set(dimensions).intersection(SERIES_DIMENSIONS) - {"status"}
    compared = SIDES if SPENDING in dimensions else ()
    return sorted(asked.union(compared, {"provider", "model"}))


def _history_start(now_ms: int, timezone: str) -> str:
    today = date.fromisoformat(periods.local_day(now_ms, timezone))
    months = today.year * 12 + today.month - 1 - (HISTORY_MONTHS - 1)
    return date(months // 12, months % 12 + 1, 1).isoformat()
