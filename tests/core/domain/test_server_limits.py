"""Server limits: the period and the key that hold now, and what stands against each limit."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.server import Meaning, PlanLimit, ServerFacts, Subscription
from alwrity_desktop.core.domain.server_limits import (
    billing_period,
    key_of,
    limits_of,
    present_key,
    resets_on,
)

DAY_MS = 86_400_000
START_MS = 1_794_858_565_012
"""2026-11-16T19:49:25.012 UTC."""
NOW_MS = START_MS + 5 * DAY_MS

PRO = Subscription("Pro", "pro", "active", "monthly", START_MS, START_MS + 30 * DAY_MS)
HELD = ServerFacts(subscription=PRO)


def test_that_a_period_has_the_subscriptions_exact_bounds_and_the_servers_key() -> None:
    period = billing_period(HELD, NOW_MS, "UTC")
    assert period is not None
    assert (period.start, period.end, period.billing_period) == (
        "2026-11-16",
        "2026-12-16",
        "2026-11",
    )
    assert (period.start_ms, period.end_ms) == (START_MS, START_MS + 30 * DAY_MS)
    assert resets_on(HELD, "2026-11", NOW_MS, "UTC") == "2026-12-16"
    assert resets_on(HELD, "2026-10", NOW_MS, "UTC") == ""


@pytest.mark.parametrize("at_ms", [START_MS - 1, START_MS + 30 * DAY_MS])
def test_that_a_subscription_that_does_not_hold_has_no_period(at_ms: int) -> None:
    assert billing_period(HELD, at_ms, "UTC") is None
    assert billing_period(ServerFacts(), at_ms, "UTC") is None
    assert billing_period(HELD, START_MS, "UTC") is not None


def test_that_the_key_is_the_servers_then_the_subscriptions_then_the_newest() -> None:
    keys = ["2026-02", "2026-10"]
    assert present_key(replace(HELD, billing_period="2026-09"), keys, NOW_MS) == "2026-09"
    assert present_key(HELD, keys, NOW_MS) == "2026-11"
    assert present_key(ServerFacts(), keys, NOW_MS) == "2026-10"
    assert present_key(ServerFacts(), [], NOW_MS) == key_of(NOW_MS) == "2026-11"


def test_that_a_year_is_booked_to_the_month_of_its_start() -> None:
    yearly = replace(PRO, cycle="yearly", period_end_ms=START_MS + 365 * DAY_MS)
    period = billing_period(ServerFacts(subscription=yearly), START_MS + 200 * DAY_MS, "UTC")
    assert period is not None
    assert (period.billing_period, period.kind) == ("2026-11", "month")


def test_that_only_what_limits_stands_as_a_limit() -> None:
    facts = ServerFacts(
        limits=(
            PlanLimit("exa_calls", LimitKind.CALLS, None, Meaning.UNLIMITED, ("exa",)),
            PlanLimit("video_calls", LimitKind.CALLS, None, Meaning.NOT_INCLUDED, ("video",)),
            PlanLimit("tavily_calls", LimitKind.CALLS, 4, Meaning.LIMITED, ("tavily",)),
        )
    )
    calls = {"tavily": Figures(calls=3), "exa": Figures(calls=9)}
    (limit,) = limits_of(facts, "2026-11", calls, [], "")
    assert (limit.name, limit.used, limit.percent, limit.provider) == (
        "tavily_calls",
        3,
        75.0,
        "tavily",
    )
    assert limits_of(ServerFacts(), "2026-11", calls, [], "") == []


def test_that_calls_without_a_price_leave_a_limit_of_cost_unknown() -> None:
    cost = PlanLimit("cost", LimitKind.COST, 10**12, Meaning.LIMITED)
    count = PlanLimit("tavily_calls", LimitKind.CALLS, 4, Meaning.LIMITED, ("tavily",))
    facts = ServerFacts(limits=(cost, count))
    unpriced = {"tavily": Figures(calls=3, unpriced_calls=3)}
    found = limits_of(facts, "2026-11", unpriced, [], "")
    assert [(one.known_used, one.known_percent) for one in found] == [(None, None), (3, 75.0)]
    priced = {**unpriced, "exa": Figures(calls=1, cost_pico=10**11)}
    assert limits_of(facts, "2026-11", priced, [], "")[0].known_used == 10**11
    assert limits_of(facts, "2026-11", {}, [], "")[0].known_used == 0
