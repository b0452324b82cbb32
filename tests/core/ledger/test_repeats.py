"""Requests that were sent again: which they are, what they cost, and the calls behind it."""

from __future__ import annotations

from random import Random
from typing import Any, Final

import pytest

from alwrity_desktop.core.domain.identity import lone_identity
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.repeats import KEPT_MS, RepeatedUse
from alwrity_desktop.core.domain.report import CallQuery, CallRow
from alwrity_desktop.core.domain.sums import Scope
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.ledger.ledger import Ledger
from tests.core.ledger.calls import DAY_MS, HOUR_MS, NOW_MS, a_call, from_script

HASH: Final = "f00dfacecafe0123"
OTHER: Final = "0123456789abcdef"
COST_PICO: Final = 10_500_000_000
SONNET: Final = ("anthropic", "claude-sonnet-4-5-20250929")


def asked(key: int, at_ms: int, **fields: Any) -> Call:  # noqa: ANN401 - any field of a call
    """Return a call whose request is known, and that costs $0.0105."""
    identity = lone_identity("gateway", f"key-{key}")
    known = {"source": "gateway", "request_hash": HASH, "status_code": 200, "occurred_at_ms": at_ms}
    return a_call(**{**known, "identity": identity, **fields})


def booked(ledger: Ledger, book: PriceBook, *calls: Call) -> None:
    ledger.record(from_script(*calls), book)
    assert ledger.rollup_differences() == 0


def repeats(
    ledger: Ledger, start_ms: int = 0, end_ms: int = NOW_MS + 1, account: str | Scope = "local"
) -> list[RepeatedUse]:
    """Return the repeats of a span, which are the very calls that are listed."""
    with ledger.snapshot() as snapshot:
        found = snapshot.repeated_use(account, start_ms, end_ms)
    rows = listed(ledger, start_ms, end_ms, account)
    assert sum(use.calls for use in found) == len(rows)
    assert sum(use.cost_pico for use in found) == sum(row.cost_pico or 0 for row in rows)
    return found


def listed(
    ledger: Ledger, start_ms: int, end_ms: int, account: str | Scope = "local"
) -> tuple[CallRow, ...]:
    query = CallQuery(start_ms, end_ms, state="repeated", is_descending=False)
    return ledger.page(account, query).rows


def test_that_the_same_request_again_is_a_repeat_and_the_first_is_not(
    ledger: Ledger, book: PriceBook
) -> None:
    first, second, third = (asked(key, NOW_MS - HOUR_MS + key) for key in range(3))
    booked(ledger, book, first, second, third, asked(9, NOW_MS, request_hash=OTHER))

    assert repeats(ledger) == [RepeatedUse(*SONNET, 2, 1, 2, 2 * COST_PICO)]
    rows = listed(ledger, 0, NOW_MS + 1)
    assert [row.identity for row in rows] == [second.identity, third.identity]


def test_that_a_request_after_a_day_asks_for_a_new_answer(ledger: Ledger, book: PriceBook) -> None:
    start_ms = NOW_MS - 3 * DAY_MS
    again = start_ms + KEPT_MS
    booked(ledger, book, asked(1, start_ms), asked(2, again), asked(3, again + KEPT_MS + 1))

    assert [use.calls for use in repeats(ledger)] == [1]


def test_that_requests_under_way_together_repeat_nothing(ledger: Ledger, book: PriceBook) -> None:
    slow = asked(1, NOW_MS - 5000, duration_ms=4000)
    beside = asked(2, NOW_MS - 4000, duration_ms=4000)
    after = asked(3, NOW_MS, duration_ms=4000)
    booked(ledger, book, slow, beside, after)

    (row,) = listed(ledger, 0, NOW_MS + 1)
    assert row.identity == after.identity
    assert [use.calls for use in repeats(ledger)] == [1]


def test_that_a_request_right_after_an_answer_is_a_repeat_for_all_rounding(
    ledger: Ledger, book: PriceBook
) -> None:
    booked(ledger, book, asked(1, NOW_MS - 900), asked(2, NOW_MS, duration_ms=901))

    assert [use.calls for use in repeats(ledger)] == [1]


def test_that_of_two_at_the_same_moment_one_is_the_first(ledger: Ledger, book: PriceBook) -> None:
    booked(ledger, book, asked(1, NOW_MS), asked(2, NOW_MS))

    assert [use.calls for use in repeats(ledger)] == [1]


def test_that_what_failed_is_no_answer_and_no_repeat(ledger: Ledger, book: PriceBook) -> None:
    failed = asked(1, NOW_MS - 3000, status_code=500)
    left = asked(2, NOW_MS - 2000, status_code=499)
    booked(ledger, book, failed, left, asked(3, NOW_MS - 1000))
    assert repeats(ledger) == []

    booked(ledger, book, asked(4, NOW_MS - 500, status_code=429))
    assert repeats(ledger) == []


def test_that_only_what_was_paid_is_a_repeat_that_costs(ledger: Ledger, book: PriceBook) -> None:
    booked(ledger, book, asked(1, NOW_MS - 1000), asked(2, NOW_MS, is_flat_rate=True))

    assert repeats(ledger) == []


def test_that_a_span_counts_its_own_repeats_whenever_the_first_was(
    ledger: Ledger, book: PriceBook
) -> None:
    booked(ledger, book, asked(1, NOW_MS - 4 * HOUR_MS), asked(2, NOW_MS - HOUR_MS))

    assert [use.calls for use in repeats(ledger, NOW_MS - 2 * HOUR_MS)] == [1]
    assert repeats(ledger, 0, NOW_MS - 2 * HOUR_MS) == []


def test_that_the_order_of_booking_does_not_matter(ledger: Ledger, book: PriceBook) -> None:
    for key in (3, 1, 2):
        booked(ledger, book, asked(key, NOW_MS - HOUR_MS + 1000 * key))

    rows = listed(ledger, 0, NOW_MS)
    assert [row.identity for row in rows] == [
        lone_identity("gateway", "key-2"),
        lone_identity("gateway", "key-3"),
    ]


def test_that_the_same_call_again_is_no_repeat(ledger: Ledger, book: PriceBook) -> None:
    for _ in range(3):
        booked(ledger, book, asked(1, NOW_MS - 1000))

    assert repeats(ledger) == []


def test_that_whatever_row_counts_for_a_call_repeats_what_another_saw(
    ledger: Ledger, book: PriceBook
) -> None:
    again: dict[str, Any] = {"occurred_at_ms": NOW_MS - 1200, "input_tokens": 1001}
    booked(ledger, book, asked(1, NOW_MS - 9000), asked(2, NOW_MS - 1000, input_tokens=1001))
    reported = a_call("m", "r", source="opencode", reported_cost_pico=8_000_000_000, **again)
    booked(ledger, book, reported)
    assert [use.cost_pico for use in repeats(ledger)] == [8_000_000_000]

    served = a_call(
        identity="alwrity:127.0.0.1:8000:alice:1:2026-11-20T12:32:00",
        source="alwrity",
        account="alice",
        billing_period="2026-11",
        reported_cost_pico=9_000_000_000,
        **again,
    )
    booked(ledger, book, served)
    costs = {
        account: [use.cost_pico for use in repeats(ledger, account=account)]
        for account in ("local", "alice", Scope(("local", "alice")))
    }
    assert costs == {
        "local": [8_000_000_000],
        "alice": [9_000_000_000],
        Scope(("local", "alice")): [8_000_000_000],
    }


@pytest.mark.parametrize("seed", range(5))
def test_that_repeats_are_those_that_were_answered_within_a_day_before(
    ledger: Ledger, book: PriceBook, seed: int
) -> None:
    chance = Random(seed)
    calls = [
        asked(
            key,
            NOW_MS - chance.randrange(5 * DAY_MS),
            request_hash=chance.choice((HASH, OTHER, "00000000000000ff", "")),
            status_code=chance.choice((None, 200, 200, 500)),
            duration_ms=chance.choice((None, 1000, 6 * HOUR_MS)),
            output_tokens=chance.randrange(1000),
        )
        for key in range(60)
    ]
    for start in range(0, 60, 17):
        booked(ledger, book, *calls[start : start + 17])

    answered = [call for call in calls if call.request_hash and not call.is_error]
    expected = {
        call.identity
        for call in answered
        if any(
            -10 <= call.occurred_at_ms - (call.duration_ms or 0) - other.occurred_at_ms <= KEPT_MS
            for other in answered
            if other is not call and other.request_hash == call.request_hash
        )
    }
    assert len(expected) > 5
    assert {row.identity for row in listed(ledger, 0, NOW_MS + 1)} == expected
    assert sum(use.calls for use in repeats(ledger)) == len(expected)
