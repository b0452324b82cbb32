"""The report: an immutable value with all that any screen shows for one account and period.

Docks, command line and exports only render it. Money is in pico-dollars, times are UTC
milliseconds or ISO dates in the period's zone, and what is not known is None, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import msgspec

from alwrity_desktop.core.domain.account_view import AccountView
from alwrity_desktop.core.domain.alerts import Alert
from alwrity_desktop.core.domain.budgets import OWN_PERIOD, Limit, Status
from alwrity_desktop.core.domain.call_row import CallRow
from alwrity_desktop.core.domain.figures import TOKENS_PER_MILLION, Amounts, Figures
from alwrity_desktop.core.domain.forecast import Forecast
from alwrity_desktop.core.domain.forecast_risks import Watched
from alwrity_desktop.core.domain.health import Health
from alwrity_desktop.core.domain.insight_values import Activity, Spending
from alwrity_desktop.core.domain.periods import Period
from alwrity_desktop.core.domain.reconciliation import ReconciliationRow
from alwrity_desktop.core.domain.server import ServerView
from alwrity_desktop.core.domain.tip import Tip

__all__ = [
    "TOKENS_PER_MILLION",
    "AccountView",
    "Amounts",
    "CallPage",
    "CallQuery",
    "CallRow",
    "Comparison",
    "Figures",
    "Group",
    "Point",
    "Report",
    "UnpricedModel",
]


class Group(msgspec.Struct, frozen=True):
    """The figures of one provider, one model, one day and so on."""

    key: str
    figures: Figures
    #: Share of the total cost, percent with one decimal; None without any cost.
    share_percent: float | None = None
    #: The provider, where the key alone does not say it (models).
    provider: str | None = None
    p50_duration_ms: int | None = None
    p95_duration_ms: int | None = None
    #: What people call it where the key is an id (agents, conversations); plain text.
    label: str = ""

    @property
    def known_share_percent(self) -> float | None:
        """The share as people read it; None also where the cost is not known."""
        return None if self.figures.known_cost_pico is None else self.share_percent


class Point(msgspec.Struct, frozen=True):
    """One hour, day, week or month of a series."""

    #: ISO date of the first day, or "2026-11-20T13:00" for an hour; in the report's zone.
    start: str
    total: Amounts
    by_provider: Mapping[str, Amounts] = msgspec.field(default_factory=lambda: MappingProxyType({}))
    #: True for a point whose time is not over.
    is_unfinished: bool = False


class Comparison(msgspec.Struct, frozen=True):
    """The period before, up to the same point of time in it."""

    #: First and last day that are compared, ISO.
    start: str
    end: str
    totals: Figures
    #: Change from then to now in percent, None where then was nothing.
    cost_percent: float | None
    calls_percent: float | None
    tokens_percent: float | None
    #: Cost of each day of the whole earlier period, for the comparison curve.
    days: tuple[Point, ...]


class UnpricedModel(msgspec.Struct, frozen=True):
    """A model whose calls have no price."""

    provider: str
    model: str
    calls: int


class Report(msgspec.Struct, frozen=True):
    """Everything that any screen shows for one account and one period."""

    account: AccountView
    period: Period
    #: The moment of the figures, UTC milliseconds.
    as_of_ms: int
    totals: Figures
    #: One list for each dimension that was asked for, dearest first.
    groups: Mapping[str, tuple[Group, ...]]
    status: Status
    limits: tuple[Limit, ...]
    forecast: Forecast
    alerts: tuple[Alert, ...]
    health: Health
    #: Hours of a single day, else days; None amounts never occur, empty days are 0.
    points: tuple[Point, ...] = ()
    #: The last twelve months day by day, the present one included.
    history_days: tuple[Point, ...] = ()
    #: The same by week, each under its first day.
    history_weeks: tuple[Point, ...] = ()
    #: The last twelve months, oldest first.
    history_months: tuple[Point, ...] = ()
    comparison: Comparison | None = None
    unpriced: tuple[UnpricedModel, ...] = ()
    p50_duration_ms: int | None = None
    p95_duration_ms: int | None = None
    #: When a source last brought or confirmed figures, UTC milliseconds.
    last_read_ms: int | None = None
    #: Calls in the whole ledger of this account, any period: 0 means nothing was ever read.
    calls_ever: int = 0
    #: What could be changed, the most urgent first; those that were put off are left out.
    tips: tuple[Tip, ...] = ()
    #: What the account's server says; None for an account without one.
    server: ServerView | None = None
    #: The server's statements beside the sums of the calls.
    reconciliation: tuple[ReconciliationRow, ...] = ()
    #: True where the server never stated the period, and keeps no calls: nothing is known.
    is_unknown: bool = False
    #: The limits of which it can be told where they will end, each with its key.
    watched: tuple[Watched, ...] = ()
    #: When cost, calls and tokens are used; empty unless asked for.
    activity: tuple[Activity, ...] = ()
    #: What the money bought; None unless asked for, or where no calls are known.
    spending: Spending | None = None
    #: Which of these two were asked for.
    insights: tuple[str, ...] = ()

    def answers(self, dimensions: Iterable[str]) -> bool:
        """Return whether all of these groups and insights were asked for."""
        return set(dimensions) <= {*self.groups, *self.insights}

    @property
    def is_never_read(self) -> bool:
        """Whether nothing was ever read or booked that a cost could be made of."""
        totals = self.totals
        is_empty = not (self.calls_ever or totals.cost_pico or totals.messages)
        return self.is_unknown or (is_empty and self.last_read_ms is None)

    @property
    def known_cost_pico(self) -> int | None:
        """The period's cost as people read it: a sum, or None where nothing is known of it.

        None where nothing was ever read, and where every call of the period lacks a price.
        """
        return None if self.is_never_read else self.totals.known_cost_pico

    @property
    def is_stated(self) -> bool:
        """Whether the account's server states only aggregates, in messages and not in calls."""
        return self.account.kind == "agent-billing"

    @property
    def unread_alerts(self) -> int:
        """How many alerts were not read yet."""
        return sum(not alert.is_read for alert in self.alerts)

    @property
    def cost_limit(self) -> Limit | None:
        """The limit that the cost of the whole account stands against, if there is one.

        Of a billing period it is the server's: the person's own months are the calendar's.
        """
        costs = [
            limit
            for limit in self.limits
            if limit.scope == "account"
            and limit.kind == "cost"
            and self._is_of_period(limit)
            and limit.account in {"", self.account.name}
        ]
        if self.period.billing_period:
            costs.sort(key=lambda limit: limit.budget_id is not None)
        return next(iter(costs), None)

    def _is_of_period(self, limit: Limit) -> bool:
        kind = "month" if limit.period == OWN_PERIOD else limit.period
        return kind == self.period.kind


class CallQuery(msgspec.Struct, frozen=True):
    """Which calls to list, and in which order."""

    start_ms: int
    end_ms: int
    search: str = ""
    provider: str | None = None
    model: str | None = None
    #: "ok", "error", "unpriced", "paid", "estimated", "repeated" or None for any.
    state: str | None = None
    #: "time", "model", "provider", "input", "output", "duration" or "cost".
    sort: str = "time"
    is_descending: bool = True
    offset: int = 0
    size: int = 200
    #: The key of a server's billing period: its calls are listed wherever they lie.
    billing_period: str = ""
    #: Only calls in one of these, (start_ms, end_ms); empty for all between the bounds.
    spans: tuple[tuple[int, int], ...] = ()
    #: "agent", "project", "conversation", "endpoint" or "api_key", and its name in full; "" is
    #: none named. None for any.
    belongs_to: tuple[str, str] | None = None


class CallPage(msgspec.Struct, frozen=True):
    """One page of calls that answer a query."""

    query: CallQuery
    total: int
    rows: tuple[CallRow, ...]
