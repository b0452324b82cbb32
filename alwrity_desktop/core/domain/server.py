"""What a server says about an account: plan, limits, subscription, alerts, health, abilities."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from alwrity_desktop.core.domain.budgets import LimitKind


class Meaning(StrEnum):
    """What the figure of a plan's limit means; 0 is ambiguous on the servers."""

    LIMITED = "limited"
    UNLIMITED = "unlimited"
    NOT_INCLUDED = "not_included"


class PlanLimit(msgspec.Struct, frozen=True):
    """One limit of a plan."""

    #: The server's own name ("gemini_calls", "gemini_tokens"); "cost" for the monthly cost.
    name: str
    kind: LimitKind
    #: Pico-dollars for cost, else a count; None unless it is limited.
    limit: int | None
    meaning: Meaning
    #: Canonical names of the providers that it counts together; empty for all.
    providers: tuple[str, ...] = ()


class ServerPlan(msgspec.Struct, frozen=True):
    """A plan that the server offers; prices in pico-dollars, None where it says none."""

    id: str
    name: str
    tier: str
    price_monthly_pico: int | None = None
    price_yearly_pico: int | None = None
    description: str = ""
    features: tuple[str, ...] = ()
    limits: tuple[PlanLimit, ...] = ()


class Subscription(msgspec.Struct, frozen=True):
    """What the account is subscribed to; without a subscription only the plan is known."""

    plan: str
    tier: str
    #: The server's word ("active", "free", "expired" …), as it says it.
    status: str
    #: "monthly", "yearly" or "" without a subscription.
    cycle: str = ""
    period_start_ms: int | None = None
    period_end_ms: int | None = None
    is_auto_renewed: bool | None = None
    #: Whether the server lets calls through now, and why not, in its words.
    is_active: bool | None = None
    reason: str = ""


class Renewal(msgspec.Struct, frozen=True):
    """One row of the renewal history; times in UTC milliseconds, money in pico-dollars."""

    id: str
    kind: str
    plan: str
    previous_plan: str
    cycle: str
    period_start_ms: int | None
    period_end_ms: int | None
    amount_pico: int | None
    payment_status: str
    paid_at_ms: int | None
    created_at_ms: int | None


class ServerPrice(msgspec.Struct, frozen=True):
    """A unit price of the server's list: pico-dollars per token, request, search, image, page."""

    provider: str
    model: str
    #: Decimal texts, as exact as they were sent, by "input", "output", "request", "search",
    #: "image", "page"; only those that are charged.
    usd: tuple[tuple[str, str], ...]
    effective: str = ""


class ServerAlert(msgspec.Struct, frozen=True):
    """Alerts of one provider, threshold and period that the server repeats, as one."""

    #: All ids that the server gave to the same alert, newest first.
    ids: tuple[str, ...]
    title: str
    message: str
    #: "info", "warning" or "error" as the server says it; other words stay as they are.
    severity: str
    is_read: bool
    created_at_ms: int | None
    provider: str | None = None
    threshold_percent: int | None = None
    billing_period: str = ""


class ServerHealth(msgspec.Struct, frozen=True):
    """What the server says about itself; None where it says nothing that can be believed."""

    #: "healthy", "warning", "critical", or None for "no data".
    status: str | None
    requests: int | None = None
    errors: int | None = None
    error_rate_percent: float | None = None
    #: How long the server took to answer, as measured here.
    response_ms: int | None = None
    #: Plain sentences: what is known, what is not.
    reasons: tuple[str, ...] = ()


class PreflightOperation(msgspec.Struct, frozen=True):
    """What one planned operation would cost, and whether the server would let it through."""

    provider: str
    operation: str
    model: str
    cost_pico: int | None
    is_allowed: bool | None
    message: str = ""
    used: int | None = None
    limit: int | None = None


class Preflight(msgspec.Struct, frozen=True):
    """The server's answer for one or several planned operations."""

    is_allowed: bool | None
    cost_pico: int | None
    operations: tuple[PreflightOperation, ...] = ()
    #: What the answer does not cover, in plain words.
    notes: tuple[str, ...] = ()


class ServerStanding(msgspec.Struct, frozen=True):
    """How the server itself says that the limits stand in one billing period."""

    period: str
    #: Its word ("active", "warning", "limit_reached"), or "" where it says none.
    status: str = ""
    #: Percent of a limit as a decimal text, by the limit's name.
    percents: tuple[tuple[str, str], ...] = ()


class ServerFacts(msgspec.Struct, frozen=True):
    """What is known of one account's server; None where it was never said.

    A field that a sync did not bring keeps the last that was known.
    """

    subscription: Subscription | None = None
    #: The limits of the account's own plan.
    limits: tuple[PlanLimit, ...] | None = None
    plans: tuple[ServerPlan, ...] | None = None
    prices: tuple[ServerPrice, ...] | None = None
    renewals: tuple[Renewal, ...] | None = None
    health: ServerHealth | None = None
    #: The key of the period that the server books to now, such as "2026-11".
    billing_period: str | None = None
    #: What this server can do and what not, by the name of the ability.
    abilities: tuple[tuple[str, bool], ...] | None = None
    #: What the server's own checks say of its parts, in its words, by the name of the part.
    checks: tuple[tuple[str, str], ...] | None = None
    #: After how many days the server shortens or drops the rows of its renewal history.
    retention_days: tuple[tuple[str, int], ...] | None = None
    #: What the server says of the limits, which is often not so.
    standing: ServerStanding | None = None


class ServerView(msgspec.Struct, frozen=True):
    """What a report shows of the account's server."""

    facts: ServerFacts = msgspec.field(default_factory=ServerFacts)
    #: When each fact was last confirmed, UTC milliseconds.
    confirmed_ms: tuple[tuple[str, int], ...] = ()
    #: "ok", "stale", "auth", "offline" or "error".
    state: str = "ok"
    #: The sentence of the last failure, or "".
    trouble: str = ""
    last_sync_ms: int | None = None
    next_sync_ms: int | None = None
