"""Each recorded tenant, as today's server answered: what is true of it comes out."""

from __future__ import annotations

from collections import Counter
from typing import Final

import pytest
from msgspec.structs import replace

from alwrity_desktop.core.domain.server import Meaning, PlanLimit
from alwrity_desktop.core.domain.statements import StatementKind
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.sources.servers.alwrity import SERVER
from alwrity_desktop.core.sources.servers.base import PARTS, KnownRows, Pull
from tests.core.sources.servers.asks import NOW_MS, ORIGIN, DirectAsk, figures, known_after
from tests.servers.recorded import RecordedTenant
from tests.servers.recording_files import ALICE, BOB, CAROL, DAVE, ERIN, FRESH, USERS

ALL: Final = frozenset(PARTS)


def asking(user: str) -> DirectAsk:
    return DirectAsk(RecordedTenant(user).answer)


def pulled(user: str) -> Pull:
    return SERVER.pull(asking(user), "mine", user, KnownRows(), ALL, NOW_MS)


def limits(pull: Pull) -> dict[str, PlanLimit]:
    return {limit.name: limit for limit in pull.facts.limits or ()}


@pytest.mark.parametrize("user", [user for user in USERS if user != FRESH])
def test_that_nothing_recorded_is_unreadable(user: str) -> None:
    pull = pulled(user)
    assert pull.troubles == ()
    assert pull.is_complete


@pytest.mark.parametrize("user", USERS)
def test_that_a_second_pull_asks_little_and_brings_nothing_new(user: str) -> None:
    ask = asking(user)
    first = SERVER.pull(ask, "mine", user, KnownRows(), ALL, NOW_MS)
    before = len(ask.asked)
    second = SERVER.pull(ask, "mine", user, known_after(first), ALL, NOW_MS + 1000)
    assert len(ask.asked) - before <= 8
    assert second.calls == ()
    said = {replace(each, said_at_ms=0, confirmed_at_ms=0) for each in first.statements}
    assert {replace(each, said_at_ms=0, confirmed_at_ms=0) for each in second.statements} <= said


@pytest.mark.parametrize("user", USERS)
def test_that_health_without_any_request_is_no_data(user: str) -> None:
    health = pulled(user).facts.health
    assert health is not None
    assert health.status is None
    assert health.error_rate_percent is None
    assert "no data" in health.reasons[0]


def test_that_a_period_is_the_subscriptions_own() -> None:
    pull = pulled(ALICE)
    subscription = pull.facts.subscription
    assert subscription is not None
    assert (subscription.plan, subscription.status, subscription.cycle) == (
        "Pro",
        "active",
        "monthly",
    )
    assert subscription.is_auto_renewed
    assert subscription.is_active
    assert subscription.period_start_ms == 1_794_858_565_011
    assert pull.facts.billing_period == "2026-11"
    assert sum(call.billing_period == "2026-11" for call in pull.calls) == 6


def test_that_money_is_what_was_sent_to_the_last_digit() -> None:
    pull = pulled(ALICE)
    assert figures(pull, "trends")["2026-11", ""] == (6, 16_607, 55_543_000_000)
    assert figures(pull, "usage")["2026-11", ""] == (6, 16_607, 55_543_000_000)
    assert figures(pull, "dashboard")["2026-11", ""] == (6, 16_607, 60_000_000_000)
    period = [call for call in pull.calls if call.billing_period == "2026-11"]
    assert sum(call.reported_cost_pico or 0 for call in period) == 55_543_000_000
    prices = {price.model: dict(price.usd) for price in pull.facts.prices or ()}
    assert prices["gemini-1.5-flash"] == {"input": "0.000000075", "output": "0.0000003"}


def test_that_the_claim_of_this_month_is_kept_as_it_was_said() -> None:
    said = figures(pulled(ALICE), "summary")
    assert said["2026-11", ""] == (268, None, 6_100_000_000_000)


def test_that_a_row_becomes_a_call() -> None:
    call = next(call for call in pulled(ALICE).calls if ":266:" in call.identity)
    assert call == Call(
        identity=f"alwrity:{ORIGIN}:{ALICE}:266:2026-11-20T01:35:34.007294",
        occurred_at_ms=1_795_138_534_007,
        source="alwrity",
        provider="gemini",
        model="gemini-2.5-flash",
        input_tokens=8404,
        output_tokens=653,
        duration_ms=1593,
        status_code=200,
        account="mine",
        endpoint="/api/blog/gemini",
        reported_cost_pico=4_154_000_000,
        billing_period="2026-11",
    )


def test_that_providers_are_those_that_limits_and_trends_count() -> None:
    pull = pulled(ALICE)
    counted = Counter(call.provider for call in pull.calls if call.billing_period == "2026-11")
    trends = figures(pull, "trends", StatementKind.PROVIDER)
    assert counted == {
        key: calls for (period, key), (calls, *_) in trends.items() if period == "2026-11" and calls
    }
    of_carol = Counter(call.provider for call in pulled(CAROL).calls)
    assert of_carol == {"gemini": 27, "stability": 10, "tavily": 10, "video": 3}


def test_that_costs_of_providers_are_kept_as_the_zeros_that_they_are() -> None:
    said = figures(pulled(ALICE), "dashboard", StatementKind.PROVIDER)
    assert said["2026-11", "gemini"] == (2, 0, 0)
    assert said["2026-11", "mistral"] == (0, 0, 0)


def test_that_a_month_that_comes_twice_is_one() -> None:
    months = [period for period, _ in figures(pulled(ALICE), "trends")]
    assert len(months) == len(set(months)) == 23
    assert "2025-03" in months
    assert "2025-02" not in months


def test_that_repeated_alerts_are_one_with_all_their_ids() -> None:
    alerts = pulled(BOB).alerts
    assert sum(len(alert.ids) for alert in alerts) == 100
    kinds = Counter((alert.provider, alert.threshold_percent) for alert in alerts)
    assert max(kinds.values()) == 1
    reached = next(alert for alert in alerts if alert.title == "API Limit Reached - Exa")
    assert (reached.severity, reached.threshold_percent, reached.billing_period) == (
        "error",
        100,
        "2026-11",
    )
    assert len(reached.ids) == 30
    assert not reached.is_read


def test_that_a_user_without_a_subscription_stays_in_the_period_that_the_server_books_to() -> None:
    pull = pulled(CAROL)
    assert pull.facts.billing_period == "2026-10"
    assert figures(pull, "dashboard")["2026-10", ""] == (85, 228_200, 2_230_000_000_000)
    assert limits(pull)["cost"].limit == 2_000_000_000_000
    assert limits(pull)["openai_calls"].meaning is Meaning.NOT_INCLUDED
    assert limits(pull)["ai_text_generation_calls"].providers == (
        "gemini",
        "openai",
        "anthropic",
        "mistral",
    )


def test_that_a_cost_limit_is_one_although_the_server_calls_it_disabled() -> None:
    cost = limits(pulled(ALICE))["cost"]
    assert (cost.meaning, cost.limit) == (Meaning.LIMITED, 100_000_000_000_000)


def test_that_a_plan_of_zeros_is_told_by_its_words() -> None:
    plans = {plan.tier: plan for plan in pulled(DAVE).facts.plans or ()}
    assert [plans[tier].price_monthly_pico for tier in ("free", "basic", "pro", "enterprise")] == [
        0,
        29_000_000_000_000,
        79_000_000_000_000,
        199_000_000_000_000,
    ]
    enterprise = {limit.name: limit for limit in plans["enterprise"].limits}
    assert enterprise["gemini_calls"].meaning is Meaning.UNLIMITED
    assert enterprise["cost"].limit == 500_000_000_000_000


def test_that_an_expired_subscription_is_not_active_whatever_else_is_said() -> None:
    subscription = pulled(ERIN).facts.subscription
    assert subscription is not None
    assert subscription.status == "active"
    assert subscription.is_active is False
    assert subscription.reason == "Subscription expired"


def test_that_merged_rows_are_statements_and_no_calls() -> None:
    pull = pulled(ERIN)
    assert pull.calls == ()
    merged = [each for each in pull.statements if each.kind is StatementKind.MERGED]
    assert [(each.key, each.label, each.calls, each.cost_pico) for each in merged] == [
        ("2", "serper", 30, 30_000_000_000),
        ("1", "gemini", 15, 22_800_000_000),
    ]
    assert {each.period for each in merged} == {"2026-08"}
    assert merged[0].occurred_at_ms == 1_787_227_200_007


def test_that_a_body_that_stands_for_an_error_is_no_data() -> None:
    pull = pulled(FRESH)
    subscription = pull.facts.subscription
    assert subscription is not None
    assert (subscription.plan, subscription.is_active) == ("none", False)
    assert pull.facts.limits is None
    assert pull.troubles == ("Subscription: The server has no data about subscription.",)


@pytest.mark.parametrize(
    ("user", "sentence"),
    [
        (ALICE, "Pro plan, billing period until 16 December 2026."),
        (CAROL, "Free plan."),
        (ERIN, "Basic plan, not active: Subscription expired."),
        (FRESH, "No plan, not active: No active subscription or free tier found."),
    ],
)
def test_that_a_check_says_which_account_answers(user: str, sentence: str) -> None:
    assert SERVER.check(asking(user), user) == sentence


def test_that_abilities_are_learnt_from_the_answers() -> None:
    abilities = dict(pulled(ALICE).facts.abilities or ())
    assert abilities["usage_logs"]
    assert abilities["alerts"]
    assert not abilities["cache_stats"]
    assert not abilities["api_stats"]


def test_that_the_servers_own_checks_are_kept_in_its_words() -> None:
    facts = pulled(ALICE).facts
    assert dict(facts.checks or ())["backend"] == "degraded"
    assert dict(facts.retention_days or ())["compress"] == 365


def test_that_renewals_are_kept() -> None:
    renewals = pulled(ALICE).facts.renewals or ()
    assert [(each.kind, each.plan, each.previous_plan) for each in renewals] == [
        ("upgrade", "Pro", "Basic"),
        ("renewal", "Basic", "Basic"),
        ("new", "Basic", ""),
    ]
    assert renewals[0].amount_pico == 79_000_000_000_000
