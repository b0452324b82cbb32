"""Gathers how limits stand, and the days that tell where each of them will end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from alwrity_desktop.core import server_reporting
from alwrity_desktop.core.domain import breakdown, periods, stated
from alwrity_desktop.core.domain.alerts import limit_key
from alwrity_desktop.core.domain.budgets import OWN_PERIOD, Budget, Limit
from alwrity_desktop.core.domain.day_shape import DayShape
from alwrity_desktop.core.domain.forecast_risks import Watched
from alwrity_desktop.core.domain.periods import Period
from alwrity_desktop.core.domain.projection import HISTORY_DAYS
from alwrity_desktop.core.domain.report import AccountView
from alwrity_desktop.core.domain.report_forecast import WatchedLimit, watch
from alwrity_desktop.core.domain.server_limits import billing_period
from alwrity_desktop.core.domain.sums import Scope, SlotSums
from alwrity_desktop.core.domain.usage import ALL_ACCOUNTS

if TYPE_CHECKING:
    from alwrity_desktop.core.ledger.snapshot import LedgerSnapshot

_BUDGET_PERIOD_OF: Final = {"today": "day"}


class LimitQuestion(msgspec.Struct, frozen=True):
    """Whose limits are asked for, and when."""

    account: AccountView
    members: tuple[AccountView, ...]
    #: Those of whom only sums are known.
    silent: tuple[AccountView, ...]
    period: Period
    timezone: str
    week_starts: str
    now_ms: int


class StandingLimit(msgspec.Struct, frozen=True):
    """A limit as it stands, with the period and the calls that it counts."""

    limit: Limit
    #: None where nobody knows when it ends.
    period: Period | None = None
    key: str = ""
    scope: Scope | None = None
    #: The series that count, by dimension; none for all.
    where: Mapping[str, tuple[str, ...]] | None = None


def standing_limits(snapshot: LedgerSnapshot, question: LimitQuestion) -> list[StandingLimit]:
    """Return how the limits stand: the server's, and the budgets each in its own period.

    A budget of the report's kind of period stands in that period; another in the one
    that holds the period's last moment, or the present one.
    """
    found = [limit for one in question.members for limit in _of_server(snapshot, question, one)]
    names = dict.fromkeys((*(one.name for one in question.members), question.account.name))
    for name in names:
        for budget in snapshot.budgets(name):
            limit = _of_budget(snapshot, question, budget)
            if limit is not None:
                found.append(limit)
    return sorted(
        found,
        key=lambda one: (one.limit.scope != "account", -one.limit.percent, one.limit.name),
    )


def _of_server(
    snapshot: LedgerSnapshot, question: LimitQuestion, account: AccountView
) -> list[StandingLimit]:
    limits = server_reporting.limits(snapshot, account, question.period, question.now_ms)
    if not limits:
        return []
    facts = snapshot.server_facts(account.name)
    period: Period | None = question.period
    if not question.period.billing_period:
        period = billing_period(facts, question.now_ms, question.timezone)
    counted = {(one.name, one.kind): one.providers for one in facts.limits or ()}
    return [
        StandingLimit(
            limit,
            period if limit.resets_on else None,
            limit_key(
                account.name,
                limit.name,
                limit.kind,
                "" if period is None else period.billing_period,
            ),
            Scope((account.name,)),
            {"provider": providers} if (providers := counted[limit.name, limit.kind]) else None,
        )
        for limit in limits
    ]


def _of_budget(
    snapshot: LedgerSnapshot, question: LimitQuestion, budget: Budget
) -> StandingLimit | None:
    own = question.period
    kind = _BUDGET_PERIOD_OF.get(own.kind, own.kind)
    # The person's own months are the calendar's, whatever the server's are.
    is_own = budget.period == OWN_PERIOD and bool(own.billing_period)
    if not is_own and (budget.period != kind or own.billing_period):
        at_ms = max(own.start_ms, min(question.now_ms, own.end_ms - 1))
        own = snapshot.budget_period(budget, at_ms, question.timezone, question.week_starts)
    silent = next((one for one in question.silent if one.name == budget.account), None)
    if silent is not None:
        said = server_reporting.stated_of(snapshot, silent, own)
        limit = stated.standing(said, budget, own)
        return None if limit is None else StandingLimit(limit)
    accounts: tuple[str, ...] = (budget.account,)
    if budget.account == ALL_ACCOUNTS:
        accounts = tuple(one.name for one in question.members)
    named = {"provider": budget.provider, "model": budget.model, "project": budget.project}
    return StandingLimit(
        snapshot.standing(budget, own),
        own,
        f"budget:{budget.id}:{budget.revision}:{own.start_ms}",
        Scope(accounts),
        {name: (value,) for name, value in named.items() if value is not None},
    )


class KnownDays(msgspec.Struct, frozen=True):
    """Sums by day that a report has read already, and whose they are."""

    scope: Scope
    first_ms: int
    slots: Sequence[SlotSums]

    def of(
        self, scope: Scope, start_ms: int, where: Mapping[str, tuple[str, ...]]
    ) -> Sequence[SlotSums] | None:
        """Return those of *scope* and of some providers; None where they do not tell."""
        if scope != self.scope or start_ms < self.first_ms or where.keys() - {"provider"}:
            return None
        providers = where.get("provider")
        return [row for row in self.slots if providers is None or row.provider in providers]


def watched_limits(
    snapshot: LedgerSnapshot,
    limits: Iterable[StandingLimit],
    now_ms: int,
    shape: DayShape,
    known: KnownDays,
) -> list[Watched]:
    """Return where the limits that are not over will end: budgets, and the used ones of servers.

    A server names limits for all it knows; one that nobody touches is reached by nobody.
    """
    read: dict[object, Sequence[SlotSums]] = {}
    found = []
    for one in limits:
        period, scope = one.period, one.scope
        if period is None or scope is None:
            continue
        if not one.limit.used and one.limit.budget_id is None:
            continue
        if period.start_ms <= now_ms < period.end_ms:
            where = {name: values for name, values in (one.where or {}).items() if values}
            key = (scope, period.start_ms, tuple(sorted(where.items())))
            if key not in read:
                read[key] = _days(snapshot, scope, period, now_ms, where, known)
            found.append(WatchedLimit(one.key, one.limit, period, read[key]))
    return watch(found, now_ms, shape)


def _days(
    snapshot: LedgerSnapshot,
    scope: Scope,
    period: Period,
    now_ms: int,
    where: Mapping[str, tuple[str, ...]],
    known: KnownDays,
) -> Sequence[SlotSums]:
    today = periods.local_day(now_ms, period.timezone)
    oldest = (date.fromisoformat(today) - timedelta(days=HISTORY_DAYS)).isoformat()
    start_ms = min(periods.start_of_day(oldest, period.timezone), period.start_ms)
    found = known.of(scope, start_ms, where)
    if found is not None:
        return found
    spans = breakdown.offset_spans(start_ms, now_ms + 1, period.timezone)
    return snapshot.by_slot(scope, spans, breakdown.DAY_S, where)


def with_ends(limits: Iterable[StandingLimit], watched: Iterable[Watched]) -> list[Limit]:
    """Return the limits, those that are watched with the day on which they are reached."""
    known = {one.key: one.limit for one in watched}
    return [known.get(one.key, one.limit) if one.key else one.limit for one in limits]
