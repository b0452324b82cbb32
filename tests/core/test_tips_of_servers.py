"""Tips of servers' accounts: their billing periods, and subscriptions that nobody uses."""

from __future__ import annotations

from typing import Final

import pytest

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.money import PICO_PER_USD
from alwrity_desktop.core.domain.pricing import PriceOverride
from alwrity_desktop.core.domain.report import AccountView, Report
from alwrity_desktop.core.domain.server import ServerFacts, ServerPlan, Subscription
from alwrity_desktop.core.domain.tip import Tip, TipState
from alwrity_desktop.core.domain.tip_states import kept_of
from alwrity_desktop.core.reporting import Question, build_report
from alwrity_desktop.core.results import PeriodChoice
from tests.core.servers import ALL, ALWRITY, CENT, DAY_MS, LOCAL, PRO, a_row, sync
from tests.core.trees import NOW_MS, one_call

PLANS: Final = (
    ServerPlan("3", "Pro", "pro", 79 * PICO_PER_USD, 790 * PICO_PER_USD),
    ServerPlan("1", "Free", "free", 0, 0),
)


def report_of(
    context: Context, account: AccountView = ALWRITY, kind: str = "month", now_ms: int = NOW_MS
) -> Report:
    question = Question(
        account, PeriodChoice(kind), "UTC", "monday", ("provider", "model"), (LOCAL, ALWRITY)
    )
    with context.ledger(account.name).snapshot() as snapshot:
        return build_report(snapshot, question, now_ms, {}, context.price_book())


def named(report: Report, kind: str) -> list[Tip]:
    return [tip for tip in report.tips if tip.kind == kind]


def test_that_the_calls_of_a_billing_period_count_wherever_they_lie(context: Context) -> None:
    rows = [
        a_row(1, provider="exa", model="exa-search", reported_cost_pico=5 * CENT),
        a_row(
            2,
            provider="exa",
            model="exa-search",
            reported_cost_pico=5 * CENT,
            occurred_at_ms=NOW_MS - 40 * DAY_MS,
        ),
        a_row(3, provider="exa", model="exa-search", billing_period="2026-10"),
    ]
    # A price that turns within the period does not count them twice.
    turned = PriceOverride(
        provider="serper", model="search", effective_from="2026-11-18", per_request_usd="0.002"
    )
    context.set_price(turned)
    sync(context, calls=rows, facts=ServerFacts(subscription=PRO, billing_period="2026-11"))
    report = report_of(context)
    (tip,) = named(report, "dear_provider")
    assert (tip.calls, tip.cost_pico, tip.query.billing_period) == (2, 10 * CENT, "2026-11")
    # Two searches at Tavily's $0.001.
    assert tip.instead_pico == 2 * CENT // 10
    assert tip.cost_pico == report.totals.cost_pico


def test_that_all_accounts_are_advised_together(context: Context) -> None:
    sync(context, calls=[a_row(1, provider="exa", model="exa-search")])
    context.record([one_call(provider="exa", model="exa-search", source="record", requests=20)])
    (tip,) = named(report_of(context, ALL), "dear_provider")
    assert tip.calls == 2
    # What is said of it there is said of all accounts together, and of no single one.
    kept = kept_of(ALL.name, tip, TipState.DISMISSED, NOW_MS)
    context.ledger(ALL.name).keep_tip(kept)
    assert named(report_of(context, ALL), "dear_provider") == []
    assert named(report_of(context), "dear_provider") != []


@pytest.mark.parametrize(
    ("subscription", "days", "fee"),
    [
        (PRO, 45, 79 * PICO_PER_USD),
        (PRO, 3, None),
        (
            Subscription("Pro", "pro", "active", "yearly", is_active=True),
            45,
            790 * PICO_PER_USD // 12,
        ),
        (Subscription("Pro", "pro", "expired", "monthly", is_active=False), 45, None),
        (Subscription("Free", "free", "free", "", is_active=True), 45, None),
        (Subscription("Team", "team", "active", "monthly", is_active=True), 45, None),
    ],
)
def test_that_a_plan_that_is_paid_and_not_used_is_named(
    context: Context, subscription: Subscription, days: int, fee: int | None
) -> None:
    row = a_row(1, occurred_at_ms=NOW_MS - days * DAY_MS, billing_period="2026-10")
    sync(context, calls=[row], facts=ServerFacts(subscription=subscription, plans=PLANS))
    found = named(report_of(context, kind="year"), "idle_plan")
    assert [tip.saving_pico for tip in found] == ([] if fee is None else [fee])


def test_that_an_account_that_never_called_is_not_called_idle(context: Context) -> None:
    sync(context, facts=ServerFacts(subscription=PRO, plans=PLANS))
    assert report_of(context).tips == ()
