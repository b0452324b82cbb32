"""How today's server books calls: periods, summaries that lose count, alerts that repeat."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from tests.servers.call_rows import CallRow, without_old
from tests.servers.catalogue import BREAKDOWN, Use, cost_of, plan_of
from tests.servers.wire import Json

CYCLE_DAYS: Final = {"monthly": 30, "yearly": 365}
BREAKDOWN_NAMES: Final = {provider: name for name, provider in BREAKDOWN.items()}


@dataclass
class Contract:
    """A subscription: what is paid for, from when to when."""

    start: datetime
    cycle: str = "monthly"
    is_auto_renewed: bool = True
    created: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.created = self.start

    @property
    def end(self) -> datetime:
        """Return the end of the running period."""
        return self.start + timedelta(days=CYCLE_DAYS[self.cycle])


@dataclass
class Summary:
    """What the server believes of one period, by provider."""

    updated: datetime
    calls: Counter[str] = field(default_factory=Counter)
    tokens: Counter[str] = field(default_factory=Counter)
    cost: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def total_cost(self) -> float:
        """Return the period's cost, dollars, as a float that was added up."""
        return sum(self.cost.values())


@dataclass
class Alert:
    """One row of the alerts' table; the same alert has many."""

    id: int
    threshold: int
    provider: str
    message: str
    period: str
    created: datetime
    read: datetime | None = None

    def document(self) -> Json:
        """Return the alert as `/alerts` writes it."""
        kind, title, severity = {
            80: ("usage_warning", "API Usage Notice", "info"),
            90: ("usage_warning", "API Usage Warning", "warning"),
            100: ("limit_reached", "API Limit Reached", "error"),
        }[self.threshold]
        return {
            "id": self.id,
            "type": kind,
            "threshold_percentage": self.threshold,
            "provider": self.provider,
            "title": f"{title} - {self.provider.title()}",
            "message": self.message,
            "severity": severity,
            "is_sent": False,
            "sent_at": None,
            "is_read": self.read is not None,
            "read_at": self.read.isoformat() if self.read else None,
            "billing_period": self.period,
            "created_at": self.created.isoformat(),
        }


class Books:
    """Everything that the server keeps of one user."""

    def __init__(self, tier: str = "free", contract: Contract | None = None) -> None:
        self.plan = plan_of(tier)
        self.contract = contract
        self.rows: list[CallRow] = []
        self.summaries: dict[str, Summary] = {}
        self.alerts: list[Alert] = []
        self.renewals: list[Json] = []
        self._seen: Counter[tuple[str, str]] = Counter()
        self._next_id = 1

    def period(self, now: datetime) -> str:
        """Return the key of the period that is shown as the current one."""
        month = f"{now:%Y-%m}"
        if self.contract:
            own = f"{self.contract.start:%Y-%m}"
            return own if own in self.summaries or month not in self.summaries else month
        return max(self.summaries, default=month)

    def renew(self, now: datetime) -> None:
        """Start a new period now if the old one has ended and renews itself; leaves no row."""
        if self.contract and self.contract.is_auto_renewed and self.contract.end <= now:
            self.contract.start = now

    def is_expired(self, now: datetime) -> bool:
        """Return whether the subscription ended and stays ended."""
        return self.contract is not None and self.contract.end <= now

    def book(
        self,
        at: datetime,
        use: Use,
        *,
        went_to: str | None = None,
        endpoint: str = "",
        seconds: float = 1.0,
    ) -> CallRow:
        """Book one call: a row, a summary that only counts the first, perhaps alerts.

        The first call after a period's end is booked to the old period.
        """
        period = self.period(at)
        self.renew(at)
        cost_in, cost_out, cost = cost_of(use)
        row = CallRow(
            id=self._next_id,
            at=at,
            provider=use.provider,
            went_to=went_to or BREAKDOWN_NAMES[use.provider],
            model=use.model,
            endpoint=endpoint or f"/api/blog/{use.provider}",
            period=period,
            tokens_in=use.tokens_in,
            tokens_out=use.tokens_out,
            cost_in=cost_in,
            cost_out=cost_out,
            cost=cost,
            seconds=seconds,
        )
        self._next_id += 1
        self.rows.append(row)
        if period not in self.summaries:
            self.summaries[period] = Summary(at, seconds=seconds)
            self._raise(self.summaries[period], [row])
        self._warn(row)
        self._seen[period, use.provider] += 1
        return row

    def raise_unlogged(self, period: str, provider: str, calls: int, cost: float) -> None:
        """Raise a summary without any row, as some of the server's modules do."""
        summary = self.summaries[period]
        summary.calls[provider] += calls
        summary.cost[provider] = summary.cost.get(provider, 0.0) + cost

    def merge(self, now: datetime) -> None:
        """Merge old rows away, as every look at the logs does."""
        self.rows = without_old(self.rows, now)
        self._next_id = max((row.id for row in self.rows), default=0) + 1

    def repair(self) -> None:
        """Raise the summaries to what the rows say, as every look at the trends does.

        A merged row counts as one call; a period without a summary stays without one.
        """
        for period, summary in self.summaries.items():
            self._raise(summary, [row for row in self.rows if row.period == period])

    def _raise(self, summary: Summary, rows: list[CallRow]) -> None:
        for provider in {row.provider for row in rows}:
            own = [row for row in rows if row.provider == provider]
            tokens = sum(row.tokens_in + row.tokens_out for row in own)
            cost = sum(row.cost for row in own)
            summary.calls[provider] = max(summary.calls[provider], len(own))
            summary.tokens[provider] = max(summary.tokens[provider], tokens)
            summary.cost[provider] = max(summary.cost.get(provider, 0.0), cost)
        if rows:
            summary.updated = max(summary.updated, *(row.at for row in rows))

    def _warn(self, row: CallRow) -> None:
        """Add an alert for each threshold that the calls before this one had passed."""
        limit = self.plan["limits"].get(f"{row.provider}_calls", 0)
        used = self._seen[row.period, row.provider]
        name = BREAKDOWN_NAMES[row.provider]
        for threshold in (80, 90, 100):
            if limit and used * 100 >= threshold * limit:
                words = (
                    f"You have reached your {name} API limit of {limit} calls "
                    "for this billing period."
                    if threshold == 100
                    else f"You have used {used} of {limit} {name} API calls "
                    f"({threshold}% of your limit)."
                )
                alert = Alert(len(self.alerts) + 1, threshold, name, words, row.period, row.at)
                self.alerts.append(alert)

    def charge(self, at: datetime, kind: str = "renewal", tier: str | None = None) -> None:
        """Pay for a new period that starts now, and keep a row of it."""
        before, self.plan = self.plan, plan_of(tier) if tier else self.plan
        old = self.contract
        self.contract = Contract(at, old.cycle if old else "monthly")
        self.contract.created = old.created if old else at
        is_first = kind == "new"
        self.renewals.append(
            {
                "id": len(self.renewals) + 1,
                "plan_name": self.plan["name"],
                "plan_tier": self.plan["tier"],
                "previous_period_start": None if is_first or not old else old.start.isoformat(),
                "previous_period_end": None if is_first or not old else old.end.isoformat(),
                "new_period_start": at.isoformat(),
                "new_period_end": self.contract.end.isoformat(),
                "billing_cycle": self.contract.cycle,
                "renewal_type": kind,
                "renewal_count": len(self.renewals),
                "previous_plan_name": None if is_first else before["name"],
                "previous_plan_tier": None if is_first else before["tier"],
                "usage_before_renewal": None,
                "payment_amount": self.plan[f"price_{self.contract.cycle}"],
                "payment_status": "paid",
                "payment_date": at.isoformat(),
                "created_at": at.isoformat(),
            }
        )

    def restate(self, row_id: int, **changes: object) -> None:
        """Change a row, as no well-behaved server does."""
        self.rows = [
            replace(row, **changes) if row.id == row_id else row  # type: ignore[arg-type]
            for row in self.rows
        ]
