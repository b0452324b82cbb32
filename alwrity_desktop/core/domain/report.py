"""The report: an immutable value with all that any screen shows for one account and period.

Docks, command line and exports only render it. Money is in pico-dollars, times are UTC
milliseconds or ISO dates in the period's zone, and what is not known is None, never 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from alwrity_desktop.core.domain.alerts import Alert
from alwrity_desktop.core.domain.budgets import OWN_PERIOD, Limit, Status
from alwrity_desktop.core.domain.disagreements import Disagreement
from alwrity_desktop.core.domain.forecast import Forecast
from alwrity_desktop.core.domain.forecast_risks import Watched
from alwrity_desktop.core.domain.health import Health
from alwrity_desktop.core.domain.money import divide_half_even
from alwrity_desktop.core.domain.periods import Period
from alwrity_desktop.core.domain.reconciliation import ReconciliationRow
from alwrity_desktop.core.domain.server import ServerView
from alwrity_desktop.core.domain.tip import Tip
from alwrity_desktop.core.domain.token_lines import TokenLine

TOKENS_PER_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over some calls. Adding two gives the sums over both."""

    calls: int = 0
    errors: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    #: Sum of the priced calls only; unpriced calls are counted beside it.
    cost_pico: int = 0
    unpriced_calls: int = 0
    #: Calls whose status is known, the ground of the error rate.
    status_calls: int = 0
    duration_ms: int = 0
    #: Calls whose duration is known.
    duration_calls: int = 0
    #: Messages of a server that states only aggregates and never single calls; None where
    #: calls are known.
    messages: int | None = None
    #: Conversations that the server counted, where it does.
    conversations: int | None = None
    #: Tokens that the server states without saying of which kind.
    unsplit_tokens: int = 0

    def __add__(self, other: Figures) -> Figures:
        """Return the sums over both."""
        return Figures(
            self.calls + other.calls,
            self.errors + other.errors,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cache_read_tokens + other.cache_read_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
            self.cost_pico + other.cost_pico,
            self.unpriced_calls + other.unpriced_calls,
            self.status_calls + other.status_calls,
            self.duration_ms + other.duration_ms,
            self.duration_calls + other.duration_calls,
            _sum_known(self.messages, other.messages),
            # A conversation may be in both: only the server can count them over more.
            self.conversations if other.conversations is None else other.conversations,
            self.unsplit_tokens + other.unsplit_tokens,
        )

    @property
    def tokens(self) -> int:
        """The sum of all the disjoint token kinds."""
        return (
            self.input_tokens
            + self.output_tokens
            + self.cache_read_tokens
            + self.cache_write_tokens
            + self.unsplit_tokens
        )

    @property
    def is_stated(self) -> bool:
        """Whether a server stated the figures, without single calls behind them."""
        return self.messages is not None and not self.calls

    @property
    def cost_per_message_pico(self) -> int | None:
        """Cost of one message on average; None without messages."""
        return divide_half_even(self.cost_pico, self.messages) if self.messages else None

    @property
    def priced_percent(self) -> float:
        """How many of the calls have a price, in percent; 100 when there are none."""
        if not self.calls:
            return 100.0
        return (self.calls - self.unpriced_calls) * 1000 // self.calls / 10

    @property
    def avg_duration_ms(self) -> int | None:
        """The mean duration of the calls whose duration is known."""
        if not self.duration_calls:
            return None
        return divide_half_even(self.duration_ms, self.duration_calls)

    @property
    def error_rate_percent(self) -> float | None:
        """Failed calls in percent of the calls whose status is known."""
        if not self.status_calls:
            return None
        return round(self.errors * 100 / self.status_calls, 2)

    @property
    def cost_per_call_pico(self) -> int | None:
        """Cost of one priced call on average."""
        priced = self.calls - self.unpriced_calls
        return divide_half_even(self.cost_pico, priced) if priced > 0 else None

    @property
    def cost_per_million_tokens_pico(self) -> int | None:
        """Cost of a million tokens of any kind on average; None without tokens or prices."""
        has_price = self.is_stated or self.calls > self.unpriced_calls
        if not self.tokens or not has_price:
            return None
        return divide_half_even(self.cost_pico * TOKENS_PER_MILLION, self.tokens)


def _sum_known(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return one if other is None else other
    return one + other


@dataclass(frozen=True, slots=True)
class Group:
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


@dataclass(frozen=True, slots=True)
class Amounts:
    """The three measures that charts can show."""

    cost_pico: int = 0
    calls: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    """One hour, day, week or month of a series."""

    #: ISO date of the first day, or "2026-11-20T13:00" for an hour; in the report's zone.
    start: str
    total: Amounts
    by_provider: Mapping[str, Amounts] = field(default_factory=lambda: MappingProxyType({}))
    #: True for a point whose time is not over.
    is_unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
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


@dataclass(frozen=True, slots=True)
class UnpricedModel:
    """A model whose calls have no price."""

    provider: str
    model: str
    calls: int


@dataclass(frozen=True, slots=True)
class AccountView:
    """The account whose figures these are."""

    name: str
    label: str
    #: "local", "sample", "all", or a server's kind: "alwrity", "agent-billing".
    kind: str = "local"

    @property
    def is_sample(self) -> bool:
        """Whether the figures are made up."""
        return self.kind == "sample"


@dataclass(frozen=True, slots=True)
class Report:
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


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call as a person opens it: figures, price, origin, where it was seen."""

    id: int
    identity: str
    occurred_at_ms: int
    provider: str
    model: str
    source: str
    project: str
    agent: str
    conversation: str
    endpoint: str
    input_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    output_tokens: int
    reasoning_tokens: int
    duration_ms: int | None
    status_code: int | None
    cost_pico: int | None
    price_status: str
    price_origin: str | None
    price_date: str | None
    is_estimated: bool
    #: The files or doors by which the call came, that of the figures first.
    seen_in: tuple[str, ...] = ()
    lines: tuple[TokenLine, ...] = ()
    #: Where those that saw it differ.
    disagreements: tuple[Disagreement, ...] = ()
    #: What the provider called its answer; "" where the identity holds it or nobody says.
    response_id: str = ""

    @property
    def tokens(self) -> int:
        """The sum of all the disjoint token kinds."""
        return (
            self.input_tokens
            + self.cache_read_tokens
            + self.cache_write_tokens
            + self.output_tokens
        )


@dataclass(frozen=True, slots=True)
class CallQuery:
    """Which calls to list, and in which order."""

    start_ms: int
    end_ms: int
    search: str = ""
    provider: str | None = None
    model: str | None = None
    #: "ok", "error", "unpriced", "paid", "estimated" or None for any.
    state: str | None = None
    #: "time", "model", "provider", "input", "output", "duration" or "cost".
    sort: str = "time"
    is_descending: bool = True
    offset: int = 0
    size: int = 200
    #: The key of a server's billing period: its calls are listed wherever they lie.
    billing_period: str = ""


@dataclass(frozen=True, slots=True)
class CallPage:
    """One page of calls that answer a query."""

    query: CallQuery
    total: int
    rows: tuple[CallRow, ...]
