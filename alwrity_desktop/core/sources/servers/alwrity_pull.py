"""One pull from an ALwrity server: what is asked, in which order, and what is made of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

import msgspec

from alwrity_desktop.core.domain.server import (
    PlanLimit,
    Renewal,
    ServerAlert,
    ServerFacts,
    ServerHealth,
    ServerPlan,
    ServerPrice,
    ServerStanding,
)
from alwrity_desktop.core.domain.statements import ALL_TIME, Statement, StatementKind
from alwrity_desktop.core.sources.servers import alwrity_health, alwrity_plans
from alwrity_desktop.core.sources.servers.alwrity_alerts import alert_rows, grouped
from alwrity_desktop.core.sources.servers.alwrity_log import ABILITY as USAGE_LOGS
from alwrity_desktop.core.sources.servers.alwrity_log import LogReader
from alwrity_desktop.core.sources.servers.alwrity_rows import Owner
from alwrity_desktop.core.sources.servers.alwrity_shapes import (
    AccountLimits,
    AlertRow,
    Dashboard,
    StatusAnswer,
    SubscriptionAnswer,
    UsageStats,
)
from alwrity_desktop.core.sources.servers.alwrity_statements import USAGE as SAID_BY_USAGE
from alwrity_desktop.core.sources.servers.alwrity_statements import Witness
from alwrity_desktop.core.sources.servers.base import (
    PLANS,
    STATUS,
    TRENDS,
    USAGE,
    Ask,
    KnownRows,
    Pull,
)
from alwrity_desktop.core.sources.servers.fields import PERIOD_KEY, Place, Troubles, read
from alwrity_desktop.core.sources.servers.questions import Questions

BASE: Final = "/api/subscription"
MONITORING: Final = "/api/content-planning/monitoring"
CHECKS: Final = "/api/content-planning/health/comprehensive"

MONTHS: Final = 24
MAX_ALERTS: Final = 100
MAX_RENEWALS: Final = 100
RENEWAL_PAGES: Final = 10
MAX_OLD_PERIODS: Final = 24
SELDOM_MS: Final = 24 * 60 * 60 * 1000
"""Plans, prices, renewals, and what a server cannot do, are asked for again after a day."""


class Errand(msgspec.Struct, frozen=True):
    """What one pull is about."""

    account: str
    user: str
    known: KnownRows
    parts: frozenset[str]
    now_ms: int

    def is_due(self, fact: str) -> bool:
        """Return whether *fact*, which changes seldom, was last confirmed over a day ago."""
        confirmed_ms = self.known.confirmed_ms.get(fact)
        return confirmed_ms is None or not 0 <= self.now_ms - confirmed_ms < SELDOM_MS

    @property
    def missing(self) -> frozenset[str]:
        """What the server did not know when it was last asked, less than a day ago."""
        if self.is_due("checks"):
            return frozenset()
        abilities = self.known.facts.abilities or ()
        return frozenset(name for name, is_there in abilities if not is_there)


class _Answers(msgspec.Struct):
    """What came that makes the facts."""

    status: StatusAnswer | None = None
    subscription: SubscriptionAnswer | None = None
    limits: AccountLimits | None = None
    billing_period: str | None = None
    plan_limits: tuple[PlanLimit, ...] | None = None
    health: ServerHealth | None = None
    plans: tuple[ServerPlan, ...] | None = None
    prices: tuple[ServerPrice, ...] | None = None
    renewals: tuple[Renewal, ...] | None = None
    checks: tuple[tuple[str, str], ...] | None = None
    retention_days: tuple[tuple[str, int], ...] | None = None
    standing: ServerStanding | None = None


class AlwrityPull:
    """One pull; each part adds to what it brings."""

    def __init__(self, ask: Ask, errand: Errand) -> None:
        self._ask = ask
        self._errand = errand
        self._troubles = Troubles()
        self._witness = Witness(errand.account, errand.now_ms, self._troubles)
        self._user = quote(errand.user, safe="")
        own = f"/{self._user}"
        self._questions = Questions(ask, self._troubles, own=own, missing=errand.missing)
        self._answers = _Answers()
        self._statements: list[Statement] = []
        self._alerts: tuple[ServerAlert, ...] = ()

    def run(self) -> Pull:
        """Ask for everything and return it. Raises the first error when nothing came.

        The status comes first, because the server renews a subscription when it is asked for
        it. The dashboard comes before the trends, which correct what the server has miscounted:
        only so does the mistake show. Rows come last, after the prices, which tell providers.
        """
        parts, owner = self._errand.parts, self._owner()
        log = LogReader(self._questions, owner, self._errand.known, self._troubles)
        if STATUS in parts:
            self._ask_status()
        if USAGE in parts:
            self._ask_usage()
        if TRENDS in parts:
            self._ask_trends()
        if PLANS in parts:
            self._ask_plans()
        if USAGE in parts:
            log.read(self._answers.prices or self._errand.known.facts.prices or ())
        self._questions.end()
        return Pull(
            calls=tuple(log.calls),
            statements=(*self._statements, *log.merged),
            facts=self._facts(),
            alerts=self._alerts,
            troubles=self._troubles.sentences,
            is_complete=USAGE in parts and (log.is_whole or self._has_no_rows()),
        )

    def _has_no_rows(self) -> bool:
        """Whether this is a server that lists no calls, and never did."""
        known = self._errand.known
        return self._questions.lacks(USAGE_LOGS) and not known.newest and not known.merged

    def _owner(self) -> Owner:
        errand = self._errand
        return Owner(errand.account, self._ask.origin, errand.user, errand.now_ms)

    def _ask_status(self) -> None:
        ask = self._questions.piece
        self._answers.status = ask("status", f"{BASE}/status/{self._user}", _status)
        found = ask("health", f"{MONITORING}/health", self._health)
        if found is None:
            found = ask("lightweight_stats", f"{MONITORING}/lightweight-stats", self._health)
        self._answers.health = found

    def _health(self, data: object, place: Place) -> ServerHealth:
        return alwrity_health.health(data, self._ask.duration_ms, place)

    def _ask_usage(self) -> None:
        ask, answers = self._questions.piece, self._answers
        path = f"{BASE}/user/{self._user}/subscription"
        answers.subscription = ask("subscription", path, alwrity_plans.subscription_answer)
        board = ask("dashboard", f"{BASE}/dashboard/{self._user}", _dashboard)
        if board is None:
            stats = ask("usage", f"{BASE}/usage/{self._user}", _usage)
            board = _board_of(stats)
        current = board.current_period_usage or board.current_usage
        answers.limits = board.limits or (current.limits if current else None)
        answers.billing_period = self._billing_period(current)
        key = answers.billing_period or _month_of(self._errand.now_ms)
        self._statements += self._witness.dashboard(board, key)
        answers.standing = self._witness.standing(board, key)
        rows = self._alert_rows()
        self._alerts = grouped(board.alerts or () if rows is None else rows)

    def _alert_rows(self) -> tuple[AlertRow, ...] | None:
        """Return the newest alerts, and older unread ones where the newest fill the page."""
        ask, path = self._questions.piece, f"{BASE}/alerts/{self._user}"
        rows = ask("alerts", path, alert_rows, {"limit": MAX_ALERTS})
        if rows is None or len(rows) < MAX_ALERTS or not any(row.is_read for row in rows):
            return rows
        unread: dict[str, str | int] = {"limit": MAX_ALERTS, "unread_only": "true"}
        known = {row.id for row in rows}
        more = ask("alerts", path, alert_rows, unread) or ()
        return (*rows, *(row for row in more if row.id not in known))

    def _billing_period(self, current: UsageStats | None) -> str | None:
        """Return the key that the server books to, as it says or as its rule is."""
        said = current.billing_period if current else None
        if said is not None and PERIOD_KEY.fullmatch(said):
            return said
        row = self._answers.subscription.subscription if self._answers.subscription else None
        if row is not None and row.current_period_start is not None:
            return _month_of(row.current_period_start)
        return None

    def _ask_trends(self) -> None:
        path = f"{BASE}/usage/{self._user}/trends"
        found = self._questions.piece(
            "trends", path, lambda data, _: self._witness.trends(data), {"months": MONTHS}
        )
        self._statements += found or ()
        if found is not None and not self._errand.known.is_complete:
            self._ask_old_periods()

    def _ask_old_periods(self) -> None:
        """Ask for the providers of periods for which nothing else says them."""
        totals = [each for each in self._statements if each.kind is StatementKind.TOTAL]
        told = {each.period for each in self._statements if each.kind is StatementKind.PROVIDER}
        used = {each.period for each in totals if each.calls or each.tokens or each.cost_pico}
        path = f"{BASE}/usage/{self._user}"
        for period in sorted(used - told - {ALL_TIME}, reverse=True)[:MAX_OLD_PERIODS]:
            # Each generation of servers has a name of its own for the same question.
            params: dict[str, str | int] = {"billing_period": period, "period": period}
            stats = self._questions.piece("usage", path, _usage, params)
            if stats is not None and stats.billing_period == period:
                self._statements += self._witness.breakdown(stats, SAID_BY_USAGE, period)

    def _ask_plans(self) -> None:
        ask, due, answers = self._questions.piece, self._errand.is_due, self._answers
        if due("plans"):
            answers.plans = ask("plans", f"{BASE}/plans", alwrity_plans.plans)
        if due("prices"):
            answers.prices = ask("prices", f"{BASE}/pricing", alwrity_plans.prices)
        if due("renewals"):
            answers.renewals = self._ask_renewals()
        if due("checks"):
            self._ask_seldom()

    def _ask_renewals(self) -> tuple[Renewal, ...] | None:
        path = f"{BASE}/renewal-history/{self._user}"
        found: dict[str, Renewal] = {}
        for page in range(RENEWAL_PAGES):
            params = {"limit": MAX_RENEWALS, "offset": page * MAX_RENEWALS}
            answer = self._questions.piece("renewals", path, alwrity_plans.renewals, params)
            if answer is None:
                return None
            rows, has_more = answer
            found |= {row.id or str(len(found) + index): row for index, row in enumerate(rows)}
            if not has_more:
                break
        return tuple(found.values())

    def _ask_seldom(self) -> None:
        """Ask what else the server can do; today's servers fail at some of it, always."""
        ask = self._questions.piece
        path = f"{BASE}/renewal-history/{self._user}/retention-stats"
        self._answers.retention_days = ask(
            "retention", path, alwrity_plans.retention_days, is_expected=False
        )
        for ability, path, parse in (
            ("api_stats", f"{MONITORING}/api-stats", alwrity_health.has_api_stats),
            ("cache_stats", f"{MONITORING}/cache-stats", alwrity_health.has_cache_stats),
        ):
            if ask(ability, path, parse, is_expected=False) is False:
                self._questions.abilities[ability] = False
        found = ask("checks", CHECKS, alwrity_health.checks, is_expected=False)
        self._answers.checks = found or ()

    def _facts(self) -> ServerFacts:
        answers, known = self._answers, self._errand.known.facts
        learnt = self._questions.abilities
        abilities = tuple(sorted({**dict(known.abilities or ()), **learnt}.items()))
        is_told = any((answers.subscription, answers.status, answers.limits))
        return ServerFacts(
            subscription=alwrity_plans.subscription(
                known.subscription, answers.subscription, answers.status, answers.limits
            )
            if is_told
            else None,
            limits=self._limits(),
            plans=answers.plans,
            prices=answers.prices,
            renewals=answers.renewals,
            health=answers.health,
            billing_period=answers.billing_period,
            abilities=abilities if learnt else None,
            checks=answers.checks,
            retention_days=answers.retention_days,
            standing=answers.standing,
        )

    def _limits(self) -> tuple[PlanLimit, ...] | None:
        """Return the account's limits: from the first answer that says what its zeros mean."""
        status, answer, limits = (
            self._answers.status,
            self._answers.subscription,
            self._answers.limits,
        )
        places = (
            (answer.limits, answer.plan.tier if answer.plan else "") if answer else (None, ""),
            (status.limits, status.tier) if status else (None, ""),
            (limits.limits, limits.tier) if limits else (None, ""),
        )
        for raw, tier in places:
            if raw:
                place = Place("limits", self._troubles)
                found = alwrity_plans.plan_limits(raw, tier or "", place)
                known = self._errand.known.facts.limits
                return alwrity_plans.limits_after(found, raw, known)
        return None


def _status(data: object, place: Place) -> StatusAnswer:
    return read(StatusAnswer, data, place)


def _dashboard(data: object, place: Place) -> Dashboard:
    return read(Dashboard, data, place)


def _usage(data: object, place: Place) -> UsageStats:
    return read(UsageStats, data, place)


def _board_of(stats: UsageStats | None) -> Dashboard:
    """Return usage as if a dashboard had said it: of all time, or of the present period."""
    if stats is None:
        return Dashboard()
    if stats.billing_period in {ALL_TIME, None}:
        return Dashboard.model_construct(total_usage=stats)
    return Dashboard.model_construct(current_usage=stats)


def _month_of(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m}"
