"""Budgets of projects, of accounts and of billing periods: what counts for them, and when."""

from __future__ import annotations

from typing import Any, Final

import pytest
from msgspec.structs import replace

from alwrity_desktop.core.domain.budgets import OWN_PERIOD, Budget, LimitKind
from alwrity_desktop.core.domain.money import pico_from_usd
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.server import ServerFacts, Subscription
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.ledger.batches import BatchResult
from alwrity_desktop.core.ledger.ledger import Ledger
from tests.core.ledger.calls import DAY_MS, HOUR_MS, NOW_MS, ZONE, a_call, from_script

FACTS: Final = ServerFacts(
    subscription=Subscription(
        plan="Pro",
        tier="pro",
        status="active",
        is_active=True,
        period_start_ms=NOW_MS - 12 * DAY_MS,
        period_end_ms=NOW_MS + 18 * DAY_MS,
    )
)


def set_budget(ledger: Ledger, limit: int = 2, **fields: Any) -> Budget:  # noqa: ANN401 - any field
    """Set a budget of two calls a month."""
    known = {"name": "mine", "kind": LimitKind.CALLS, "limit": limit, "period": "month"}
    budget = Budget(**{"id": 0, **known, **fields})
    return ledger.set_budget(budget, NOW_MS, ZONE, "monday")[0]


def used(ledger: Ledger) -> dict[str, int]:
    """Return how much of each budget is used, by its name."""
    with ledger.snapshot() as snapshot:
        found = snapshot.standings(NOW_MS, ZONE, "monday")
    return {each.budget.name: each.limit.used for each in found}


def by_server(number: int, **fields: Any) -> Call:  # noqa: ANN401 - any field of a call
    identity = f"alwrity:127.0.0.1:8000:alice:{number}:t"
    known = {"source": "alwrity", "account": "alice", "billing_period": "2026-11"}
    at_ms = NOW_MS - number * HOUR_MS
    return a_call(**{"identity": identity, "occurred_at_ms": at_ms, **known, **fields})


def sync(ledger: Ledger, book: PriceBook, *calls: Call) -> BatchResult:
    """Book what a server brought."""
    batch = replace(from_script(*calls), door="alwrity", account="alice", facts=FACTS)
    return ledger.record(batch, book)


def test_that_a_budget_of_a_project_counts_its_calls_alone(ledger: Ledger, book: PriceBook) -> None:
    set_budget(ledger, project="notes", name="notes")
    set_budget(ledger, project="other", name="other")
    calls = [a_call(identity=f"record:{number}", project="notes") for number in range(2)]

    first = ledger.record(from_script(calls[0], a_call(identity="record:3")), book)
    second = ledger.record(from_script(calls[1]), book)

    assert first.alerts == ()
    assert [alert.threshold_percent for alert in second.alerts] == [80, 90, 100]
    assert used(ledger) == {"notes": 2, "other": 0}


def test_that_budgets_of_one_scope_replace_one_another_and_others_do_not(ledger: Ledger) -> None:
    first = set_budget(ledger, project="notes")
    again = set_budget(ledger, 7, project="notes")
    other = set_budget(ledger, project="other")
    own = set_budget(ledger, period=OWN_PERIOD, project="notes")

    assert (again.id, again.limit, again.project) == (first.id, 7, "notes")
    assert len({first.id, other.id, own.id}) == 3


def test_that_an_own_period_is_the_billing_period_with_the_calls_booked_to_it(
    ledger: Ledger, book: PriceBook
) -> None:
    sync(ledger, book)
    set_budget(ledger, account="alice", period=OWN_PERIOD, name="own")
    set_budget(ledger, account="alice", name="month")

    first = sync(ledger, book, by_server(1), by_server(2, billing_period="2026-10"))
    second = sync(ledger, book, by_server(3, occurred_at_ms=NOW_MS - 40 * DAY_MS))
    third = sync(ledger, book, by_server(4))

    assert {alert.title for alert in first.alerts} == {"You've used 100% of your monthly limit"}
    assert [alert.threshold_percent for alert in second.alerts] == [80, 90, 100]
    assert "billing period's limit" in second.alerts[0].title
    assert third.alerts == ()
    assert used(ledger) == {"own": 3, "month": 3}


def test_that_an_own_period_of_this_computer_is_the_month(ledger: Ledger, book: PriceBook) -> None:
    set_budget(ledger, period=OWN_PERIOD)
    old = a_call(identity="record:0", occurred_at_ms=NOW_MS - 40 * DAY_MS)
    ledger.record(from_script(a_call(identity="record:1"), old), book)

    with ledger.snapshot() as snapshot:
        (found,) = snapshot.standings(NOW_MS, ZONE, "monday")
    assert (found.limit.used, found.limit.period) == (1, OWN_PERIOD)
    assert (found.period.start, found.period.end) == ("2026-11-01", "2026-11-30")
    assert found.limit.resets_on == "2026-12-01"


@pytest.mark.parametrize(
    ("kind", "limit"),
    [(LimitKind.CALLS, 100), (LimitKind.TOKENS, 10**9), (LimitKind.COST, pico_from_usd("99"))],
)
def test_that_a_budget_of_all_accounts_counts_a_call_of_two_once(
    ledger: Ledger, book: PriceBook, kind: LimitKind, limit: int
) -> None:
    set_budget(ledger, limit, account="all", kind=kind, name="all")
    set_budget(ledger, limit, account="alice", kind=kind, name="alice")
    set_budget(ledger, limit, kind=kind, name="local")
    passed = a_call(identity="gateway::a", source="gateway", occurred_at_ms=NOW_MS - HOUR_MS)

    ledger.record(from_script(passed), book)
    sync(ledger, book, by_server(1))

    found = used(ledger)
    assert found["all"] == found["alice"] == found["local"] > 0


def test_that_a_budget_of_calls_without_a_price_is_unknown(ledger: Ledger, book: PriceBook) -> None:
    for name, fields in {
        "all": {},
        "of_acme": {"provider": "acme"},
        "idle": {"project": "p"},
    }.items():
        set_budget(ledger, 10**12, kind=LimitKind.COST, name=name, **fields)
    set_budget(ledger, name="calls")
    unpriced = a_call("m1", provider="acme", model="nobody-9")

    def known() -> dict[str, int | None]:
        with ledger.snapshot() as snapshot:
            found = snapshot.standings(NOW_MS, ZONE, "monday")
        return {each.budget.name: each.limit.known_used for each in found}

    assert known() == {"all": 0, "of_acme": 0, "idle": 0, "calls": 0}
    ledger.record(from_script(unpriced), book)
    assert known() == {"all": None, "of_acme": None, "idle": 0, "calls": 1}
    ledger.record(from_script(a_call("m2")), book)
    assert known() == {"all": 10_500_000_000, "of_acme": None, "idle": 0, "calls": 2}
