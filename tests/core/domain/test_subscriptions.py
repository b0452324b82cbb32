"""Subscriptions: when one ended, and what was not paid, whatever the server calls it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from alwrity_desktop.core.domain.server import Renewal, ServerFacts, Subscription
from alwrity_desktop.core.domain.subscriptions import expired_on, notices, plan_words
from tests.core.reports import NOW_MS

DAY_MS = 86_400_000
ENDED = Subscription("Basic", "basic", "active", period_end_ms=NOW_MS - DAY_MS)
PAID = Renewal("1", "new", "Pro", "", "monthly", None, None, 79 * 10**12, "paid", 1, NOW_MS)


@pytest.mark.parametrize(
    ("own", "day"),
    [
        (ENDED, "2026-11-19"),
        (replace(ENDED, is_auto_renewed=True), None),
        (replace(ENDED, is_auto_renewed=True, is_active=False), "2026-11-19"),
        (replace(ENDED, period_end_ms=NOW_MS + 1), None),
        (replace(ENDED, period_end_ms=None), None),
        (None, None),
    ],
)
def test_that_a_subscription_ended_when_its_period_did(own: Subscription, day: str | None) -> None:
    assert expired_on(own, NOW_MS, "UTC") == day


def test_that_only_the_newest_payment_is_told() -> None:
    failed = replace(PAID, payment_status="failed", created_at_ms=NOW_MS - DAY_MS)
    told = "The payment of 2026-11-19 for Pro ($79.00) failed."
    assert notices(ServerFacts(renewals=(failed,)), NOW_MS, "UTC") == (told,)
    assert notices(ServerFacts(renewals=(PAID, failed)), NOW_MS, "UTC") == ()
    assert notices(ServerFacts(), NOW_MS, "UTC") == ()


def test_that_no_plan_has_no_title() -> None:
    assert [plan_words(ENDED), plan_words(replace(ENDED, plan="none"))] == ["Basic plan", ""]
    assert plan_words(None) == ""
