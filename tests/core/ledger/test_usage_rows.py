"""Sums over single calls: each call once, as its newest correction has it."""

from __future__ import annotations

from typing import Any

from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.sums import Scope
from alwrity_desktop.core.domain.usage_sums import PricedSpan, UsageSums, calls_of, cost_of
from alwrity_desktop.core.ledger.ledger import Ledger
from tests.core.ledger.calls import DAY_MS, NOW_MS, a_call, a_log, from_logs, from_script, totals

EVER = PricedSpan(0, 1 << 52)


def sums(
    ledger: Ledger, *spans: PricedSpan, thresholds: tuple[int, ...] = (), account: str = "local"
) -> list[UsageSums]:
    with ledger.snapshot() as snapshot:
        return snapshot.usage_sums(account, spans or (EVER,), thresholds)


def test_that_the_sums_are_those_of_the_rollups(ledger: Ledger, book: PriceBook) -> None:
    calls = [
        a_call(f"m{number}", f"r{number}", input_tokens=number, cache_write_1h_tokens=7)
        for number in range(20)
    ]
    ledger.record(from_logs(a_log(calls)), book)
    (row,) = sums(ledger)
    known = totals(ledger)
    assert (row.calls, row.cost_pico) == (known.calls, known.cost_pico)
    assert (row.input_tokens, row.cache_write_1h_tokens) == (known.input_tokens, 140)


def test_that_a_corrected_call_counts_once_as_it_was_corrected(
    ledger: Ledger, book: PriceBook
) -> None:
    ledger.record(from_logs(a_log([a_call(), a_call("m2", "r2")])), book)
    longer = a_call(output_tokens=900, occurred_at_ms=NOW_MS - 2 * DAY_MS)
    ledger.record(from_logs(a_log([longer], path="/logs/b.jsonl")), book)
    rows = sums(ledger)
    assert (calls_of(rows), sum(row.output_tokens for row in rows)) == (2, 1400)
    assert cost_of(rows) == totals(ledger).cost_pico
    # It moved to an earlier day, and is not looked for where it was.
    recent = sums(ledger, PricedSpan(NOW_MS - DAY_MS, NOW_MS))
    assert calls_of(recent) == 1


def test_that_contexts_tiers_failures_and_spans_are_told_apart(
    ledger: Ledger, book: PriceBook
) -> None:
    calls = [
        a_call("m1", "r1", input_tokens=200_000),
        a_call("m2", "r2", input_tokens=200_001),
        a_call("m3", "r3", service_tier="batch"),
        a_call("m4", "r4", status_code=529, requests=0),
        a_call("m5", "r5", occurred_at_ms=NOW_MS - 3 * DAY_MS, requests=2),
    ]
    ledger.record(from_script(*calls), book)
    middle = NOW_MS - 2 * DAY_MS
    rows = sums(
        ledger, PricedSpan(0, middle), PricedSpan(middle, NOW_MS), thresholds=(100_000, 200_000)
    )
    told = sorted(
        (row.context_above, row.service_tier, row.is_error, row.at_ms, row.calls) for row in rows
    )
    assert told == [
        (0, "", False, 0, 1),
        (0, "", True, middle, 1),
        (0, "batch", False, middle, 1),
        (100_000, "", False, middle, 1),
        (200_000, "", False, middle, 1),
    ]
    assert [row.silent_requests for row in rows if row.is_error] == [0]
    assert [row.requests for row in rows if not row.at_ms] == [2]


def test_that_only_the_accounts_that_are_asked_for_are_summed(
    ledger: Ledger, book: PriceBook
) -> None:
    ledger.record(from_script(a_call(), a_call("m2", "r2", account="work")), book)
    assert calls_of(sums(ledger)) == 1
    with ledger.snapshot() as snapshot:
        both = snapshot.usage_sums(Scope(("local", "work")), (EVER,), ())
        assert calls_of(both) == 2
        assert snapshot.conversational_models("local") == set()


def test_that_a_call_that_two_sources_saw_counts_once(ledger: Ledger, book: PriceBook) -> None:
    seen: dict[str, Any] = {
        "input_tokens": 4321,
        "output_tokens": 1234,
        "occurred_at_ms": NOW_MS - 5000,
    }
    ledger.record(from_logs(a_log([a_call(**seen)])), book)
    gateway = a_call(**{**seen, "identity": "gateway::1", "source": "gateway"}, response_id="msg_1")
    ledger.record(from_script(gateway), book)
    assert (calls_of(sums(ledger)), cost_of(sums(ledger))) == (
        totals(ledger).calls,
        totals(ledger).cost_pico,
    )
