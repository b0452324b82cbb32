"""Believable values of connected servers: an ALwrity account and an agent platform's."""

# The builders hand any field on to the dataclass, which checks it.
# ruff: noqa: ANN401

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from alwrity_desktop.core.domain.alerts import AlertKind
from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.forecast import Forecast
from alwrity_desktop.core.domain.money import PICO_PER_USD
from alwrity_desktop.core.domain.periods import Period
from alwrity_desktop.core.domain.reconciliation import ReconciliationRow
from alwrity_desktop.core.domain.report import AccountView, Amounts, Figures, Group, Point, Report
from alwrity_desktop.core.domain.server import (
    Meaning,
    PlanLimit,
    Renewal,
    ServerFacts,
    ServerPlan,
    ServerView,
    Subscription,
)
from tests import builders
from tests.builders_base import DAY_MS, NOW_MS, ZONE, at

_LIMITS: Final = (
    ("ai_text_generation_calls", (50, 500, 3000, 0)),
    ("gemini_calls", (50, 1000, 5000, 0)),
    ("openai_calls", (0, 500, 2500, 0)),
    ("mistral_calls", (0, 500, 2500, 0)),
    ("tavily_calls", (10, 200, 1000, 0)),
    ("stability_calls", (10, 25, 100, 0)),
    ("video_calls", (2, 10, 30, 0)),
    ("gemini_tokens", (50_000, 100_000, 5_000_000, 0)),
    ("cost", (2, 25, 100, 500)),
)
_PLANS: Final = (("free", 0), ("basic", 29), ("pro", 79), ("enterprise", 199))


def billing_period() -> Period:
    """Return a billing period that began on the 16th of November."""
    start_ms, end_ms = at("2026-11-16T09:30:00"), at("2026-12-16T09:30:00")
    return Period("month", "2026-11-16", "2026-12-16", ZONE, start_ms, end_ms, "2026-11")


def _limit(name: str, amount: int, *, is_top: bool) -> PlanLimit:
    kind = LimitKind.COST if name == "cost" else LimitKind.CALLS
    kind = LimitKind.TOKENS if name.endswith("_tokens") else kind
    if not amount:
        return PlanLimit(name, kind, None, Meaning.UNLIMITED if is_top else Meaning.NOT_INCLUDED)
    whole = amount * PICO_PER_USD if name == "cost" else amount
    return PlanLimit(name, kind, whole, Meaning.LIMITED)


def plans() -> tuple[ServerPlan, ...]:
    """Return the four plans of an ALwrity server."""
    return tuple(
        ServerPlan(
            str(number),
            tier.capitalize(),
            tier,
            usd * PICO_PER_USD,
            usd * 10 * PICO_PER_USD,
            f"The {tier} plan",
            limits=tuple(
                _limit(name, amounts[number], is_top=tier == "enterprise")
                for name, amounts in _LIMITS
            ),
        )
        for number, (tier, usd) in enumerate(_PLANS)
    )


def a_subscription(**more: Any) -> Subscription:
    """Return a Pro subscription that runs now."""
    period = billing_period()
    values: dict[str, Any] = {
        "plan": "Pro",
        "tier": "pro",
        "status": "active",
        "cycle": "monthly",
        "period_start_ms": period.start_ms,
        "period_end_ms": period.end_ms,
        "is_auto_renewed": True,
        "is_active": True,
    }
    return Subscription(**(values | more))


def renewals() -> tuple[Renewal, ...]:
    """Return an upgrade and a renewal before it."""
    period = billing_period()
    start, end = period.start_ms, period.end_ms
    before = start - 30 * DAY_MS
    paid = 79 * PICO_PER_USD
    return (
        Renewal("2", "upgrade", "Pro", "Basic", "monthly", start, end, paid, "paid", start, start),
        Renewal(
            "1", "renewal", "Basic", "Basic", "monthly", before, start, 29 * PICO_PER_USD,
            "pending", None, before,
        ),
    )  # fmt: skip


def a_server(**more: Any) -> ServerView:
    """Return what is known of a server that answered two minutes ago."""
    facts = ServerFacts(
        subscription=a_subscription(), plans=plans(), renewals=renewals(), billing_period="2026-11"
    )
    values: dict[str, Any] = {
        "facts": facts,
        "confirmed_ms": (("plans", at("2026-11-20T11:05:00")),),
        "last_sync_ms": NOW_MS - 120_000,
        "next_sync_ms": NOW_MS + 180_000,
    }
    return ServerView(**(values | more))


def reconciliation() -> tuple[ReconciliationRow, ...]:
    """Return two differences among four figures."""
    lost = "The server lost the counts of calls that were made at the same time."
    return (
        ReconciliationRow(
            "calls 2026-11", "49", "1", "48", lost, "calls", "2026-11", "", "usage", NOW_MS
        ),
        ReconciliationRow(
            "calls 2026-11", "49", "49", "0", "", "calls", "2026-11", "", "trends", NOW_MS
        ),
        ReconciliationRow(
            "cost 2026-11 gemini", "0.055543", "0", "0.055543",
            "The server never reports the cost of a provider here.",
            "cost", "2026-11", "gemini", "usage", NOW_MS,
        ),
        ReconciliationRow(
            "tokens all", "37213400", None, None, "", "tokens", "all", "", "usage", NOW_MS
        ),
    )  # fmt: skip


def a_server_report(**more: Any) -> Report:
    """Return the report of an ALwrity account in its billing period."""
    limit = builders.a_limit(
        "gemini_calls", 4050, 5000, LimitKind.CALLS, origin="server", budget_id=None,
        scope="provider", provider="gemini", resets_on="2026-12-17",
    )  # fmt: skip
    alert = builders.an_alert(
        20, kind=AlertKind.SERVER, title="You've used 81% of your Gemini limit",
        message="gemini_calls: 4,050 of 5,000", account="work", provider="gemini",
    )  # fmt: skip
    values: dict[str, Any] = {
        "account": AccountView("work", "work", "alwrity"),
        "period": billing_period(),
        "limits": (limit,),
        "alerts": (alert,),
        "server": a_server(),
        "reconciliation": reconciliation(),
    }
    return builders.a_report(**(values | more))


def _stated(messages: int, tokens: int, cents: int, conversations: int | None = None) -> Figures:
    return Figures(
        cost_pico=builders.usd(cents),
        messages=messages,
        conversations=conversations,
        unsplit_tokens=tokens,
    )


def an_agent_report(**more: Any) -> Report:
    """Return the report of an agent platform's account: the example of its contract."""
    rest = "not itemised"
    days = tuple(
        Point(
            f"2026-11-{day:02d}",
            Amounts(builders.usd(36 if day % 7 < 5 else 0), 0, 12_000 if day % 7 < 5 else 0),
            is_unfinished=day >= 20,
        )
        for day in range(1, 31)
    )
    values: dict[str, Any] = {
        "account": AccountView("bots", "bots", "agent-billing"),
        "totals": _stated(50, 125_000, 375, 10),
        "groups": {
            "provider": (),
            "model": (
                Group("gpt-4", _stated(32, 80_000, 240), 64.0),
                Group(rest, _stated(18, 45_000, 135), 36.0),
            ),
            "agent": (
                Group("a-1", _stated(20, 50_000, 150, 5), 40.0, label="Customer Support Bot"),
                Group(rest, _stated(30, 75_000, 225, 5), 60.0),
            ),
            "conversation": (
                Group("c-1", _stated(6, 15_000, 45), 12.0, label="Product Support Discussion"),
                Group(rest, _stated(44, 110_000, 330), 88.0),
            ),
        },
        "limits": (),
        "alerts": (),
        "comparison": None,
        "unpriced": (),
        "points": days,
        "history_days": days[:20],
        "history_weeks": (),
        "history_months": (Point("2026-11-01", Amounts(builders.usd(375), 0, 125_000)),),
        "forecast": Forecast(None, None, None, refused="The server states sums, not calls."),
        "p50_duration_ms": None,
        "p95_duration_ms": None,
        "calls_ever": 0,
        "server": replace(a_server(), facts=ServerFacts()),
    }
    return builders.a_report(**(values | more))


def with_agents(report: Report) -> Report:
    """Return *report* with calls of one agent, of one conversation, and of none."""
    some, rest = builders.figures(40, 40_000, 320), builders.figures(12, 9000, 80)
    groups = {
        **report.groups,
        "agent": (Group("reviewer", some, 80.0), Group("", rest, 20.0)),
        "conversation": (Group("7f3a-41", some, 80.0), Group("", rest, 20.0)),
    }
    return replace(report, groups=groups)
