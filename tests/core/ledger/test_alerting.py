"""Alerts: born in the commit that crosses, once for each limit, period and threshold."""

from __future__ import annotations

from typing import Any

import pytest

from alwrity_desktop.core.domain.alerts import AlertKind, Severity
from alwrity_desktop.core.domain.budgets import Budget, LimitKind
from alwrity_desktop.core.domain.errors import NotFoundError
from alwrity_desktop.core.domain.money import pico_from_usd
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.ledger.ledger import Ledger
from tests.core.ledger.calls import (
    DAY_MS,
    HOUR_MS,
    NOW_MS,
    ZONE,
    a_call,
    a_log,
    from_logs,
    from_script,
)


def set_budget(
    ledger: Ledger,
    usd: str = "0.0105",
    now_ms: int = NOW_MS,
    **fields: Any,  # noqa: ANN401 - the budget checks them
) -> Budget:
    """Set a monthly budget of what one call costs."""
    known: dict[str, Any] = {
        "id": 0,
        "name": "Monthly budget",
        "kind": LimitKind.COST,
        "limit": pico_from_usd(usd),
        "period": "month",
    }
    budget = Budget(**{**known, **fields})
    return ledger.set_budget(budget, now_ms, ZONE, "monday")[0]


def test_that_a_passed_threshold_is_an_alert_once(ledger: Ledger, book: PriceBook) -> None:
    set_budget(ledger, "0.0125")

    first = ledger.record(from_script(a_call(identity="record:1")), book).alerts
    again = ledger.record(from_script(a_call(identity="record:1")), book).alerts

    assert [(alert.kind, alert.threshold_percent) for alert in first] == [(AlertKind.BUDGET, 80)]
    assert first[0].title == "You've used 84% of your monthly budget"
    assert first[0].message == "Monthly budget: $0.01 of $0.01"
    assert again == ()
    assert len(ledger.waiting_notifications("local", NOW_MS)) == 1


def test_that_a_jump_over_all_thresholds_notifies_the_highest(
    ledger: Ledger, book: PriceBook
) -> None:
    set_budget(ledger)

    born = ledger.record(from_script(a_call(identity="record:1")), book).alerts

    assert [alert.threshold_percent for alert in born] == [80, 90, 100]
    assert [alert.severity for alert in born] == [
        Severity.INFO,
        Severity.WARNING,
        Severity.CRITICAL,
    ]
    waiting = ledger.waiting_notifications("local", NOW_MS)
    assert [alert.threshold_percent for alert in waiting] == [100]


def test_that_a_shown_notification_is_not_shown_again(ledger: Ledger, book: PriceBook) -> None:
    set_budget(ledger)
    ledger.record(from_script(a_call(identity="record:1")), book)
    (waiting,) = ledger.waiting_notifications("local", NOW_MS)

    ledger.confirm_notifications("local", [waiting.id])

    assert ledger.waiting_notifications("local", NOW_MS) == ()


def test_that_a_higher_threshold_replaces_one_that_still_waits(
    ledger: Ledger, book: PriceBook
) -> None:
    set_budget(ledger, "0.0125")
    ledger.record(from_script(a_call(identity="record:1")), book)
    ledger.record(from_script(a_call(identity="record:2")), book)

    waiting = ledger.waiting_notifications("local", NOW_MS)

    assert [alert.threshold_percent for alert in waiting] == [100]


def test_that_a_first_import_of_old_logs_notifies_nobody(ledger: Ledger, book: PriceBook) -> None:
    set_budget(ledger)

    born = ledger.record(from_logs(a_log([a_call()]), is_first_read=True), book).alerts

    assert len(born) == 3
    assert ledger.waiting_notifications("local", NOW_MS) == ()


def test_that_a_first_import_notifies_of_calls_made_since_the_budget(
    ledger: Ledger, book: PriceBook
) -> None:
    set_budget(ledger, now_ms=NOW_MS - 2 * HOUR_MS)

    ledger.record(from_logs(a_log([a_call()]), is_first_read=True), book)

    assert len(ledger.waiting_notifications("local", NOW_MS)) == 1


def test_that_a_later_import_notifies(ledger: Ledger, book: PriceBook) -> None:
    set_budget(ledger)

    ledger.record(from_logs(a_log([a_call()])), book)

    assert len(ledger.waiting_notifications("local", NOW_MS)) == 1


def test_that_a_period_that_ended_before_the_budget_raises_nothing(
    ledger: Ledger, book: PriceBook
) -> None:
    set_budget(ledger)

    old = a_call(occurred_at_ms=NOW_MS - 40 * DAY_MS)

    assert ledger.record(from_logs(a_log([old])), book).alerts == ()


def test_that_late_spend_of_a_past_period_is_noted_in_silence(
    ledger: Ledger, book: PriceBook
) -> None:
    set_budget(ledger, now_ms=NOW_MS - 45 * DAY_MS)

    old = a_call(occurred_at_ms=NOW_MS - 40 * DAY_MS)
    born = ledger.record(from_logs(a_log([old])), book).alerts

    assert len(born) == 3
    assert all("late, for 2026-10-01 to 2026-10-31" in alert.message for alert in born)
    assert ledger.waiting_notifications("local", NOW_MS) == ()


def test_that_a_new_period_arms_the_thresholds_again(ledger: Ledger, book: PriceBook) -> None:
    set_budget(ledger, period="day")
    ledger.record(from_script(a_call(identity="record:1")), book)

    tomorrow = NOW_MS + DAY_MS
    later = a_call(identity="record:2", occurred_at_ms=tomorrow)
    born = ledger.record(from_script(later, now_ms=tomorrow), book).alerts

    assert len(born) == 3


def test_that_a_raised_limit_arms_the_thresholds_again(ledger: Ledger, book: PriceBook) -> None:
    set_budget(ledger)
    ledger.record(from_script(a_call(identity="record:1")), book)

    raised = set_budget(ledger, "0.021")
    born = ledger.record(from_script(a_call(identity="record:2")), book).alerts

    assert raised.revision == 2
    assert [alert.threshold_percent for alert in born] == [80, 90, 100]


def test_that_a_budget_below_what_is_used_is_noted_when_it_is_set(
    ledger: Ledger, book: PriceBook
) -> None:
    ledger.record(from_script(a_call(identity="record:1")), book)

    budget = Budget(0, "Small", LimitKind.COST, pico_from_usd("0.001"), "month")
    _, born = ledger.set_budget(budget, NOW_MS, ZONE, "monday")

    assert [alert.threshold_percent for alert in born] == [80, 90, 100]
    assert ledger.waiting_notifications("local", NOW_MS) == ()


@pytest.mark.parametrize(
    ("fields", "is_covered"),
    [
        ({"provider": "anthropic"}, True),
        ({"provider": "openai"}, False),
        ({"provider": "anthropic", "model": "claude-sonnet-4-5-20250929"}, True),
        ({"provider": "anthropic", "model": "claude-haiku-4-5"}, False),
    ],
)
def test_that_a_budget_counts_only_its_scope(
    ledger: Ledger, book: PriceBook, fields: dict[str, Any], is_covered: bool
) -> None:
    set_budget(ledger, **fields)

    born = ledger.record(from_script(a_call(identity="record:1")), book).alerts

    assert bool(born) == is_covered


@pytest.mark.parametrize(("kind", "limit"), [(LimitKind.CALLS, 1), (LimitKind.TOKENS, 1500)])
def test_that_calls_and_tokens_are_limited_too(
    ledger: Ledger, book: PriceBook, kind: LimitKind, limit: int
) -> None:
    set_budget(ledger, kind=kind, limit=limit)

    born = ledger.record(from_script(a_call(identity="record:1")), book).alerts

    assert born[-1].threshold_percent == 100


def test_that_models_without_a_price_are_told_once(ledger: Ledger, book: PriceBook) -> None:
    calls = [a_call(f"msg_{name}", model=f"claude-nobody-{name}") for name in range(2)]

    born = ledger.record(from_logs(a_log(calls)), book).alerts
    more = ledger.record(from_logs(a_log([a_call("msg_9", model="claude-nobody-1")])), book).alerts

    assert [(alert.kind, alert.title) for alert in born] == [
        (AlertKind.UNPRICED, "2 models have no price")
    ]
    assert more == ()


def test_that_alerts_are_marked_read(ledger: Ledger, book: PriceBook) -> None:
    set_budget(ledger)
    set_budget(ledger, provider="anthropic")
    born = ledger.record(from_script(a_call(identity="record:1")), book).alerts
    unread = [alert.id for alert in born if not alert.is_read]

    assert ledger.mark_alerts_read("local", unread[:1], NOW_MS) == 1
    assert ledger.mark_alerts_read("local", None, NOW_MS) == len(unread) - 1
    with ledger.snapshot() as snapshot:
        assert all(alert.is_read for alert in snapshot.alerts("local"))


def test_that_thresholds_passed_at_once_leave_one_row_unread(
    ledger: Ledger, book: PriceBook
) -> None:
    set_budget(ledger)

    born = ledger.record(from_script(a_call(identity="record:1")), book).alerts

    assert [(alert.threshold_percent, alert.is_read) for alert in born] == [
        (80, True),
        (90, True),
        (100, False),
    ]


def test_that_an_unknown_alert_is_named(ledger: Ledger) -> None:
    with pytest.raises(NotFoundError, match="no alert 77"):
        ledger.mark_alerts_read("local", [77], NOW_MS)


def test_that_a_removed_budget_leaves_its_alerts(ledger: Ledger, book: PriceBook) -> None:
    budget = set_budget(ledger)
    ledger.record(from_script(a_call(identity="record:1")), book)

    ledger.remove_budget("local", budget.id)

    assert ledger.budgets("local") == ()
    with ledger.snapshot() as snapshot:
        assert len(snapshot.alerts("local")) == 3
    with pytest.raises(NotFoundError, match="no budget"):
        ledger.remove_budget("local", budget.id)
