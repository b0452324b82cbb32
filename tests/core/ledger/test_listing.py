"""Calls one by one: found, sorted, paged, and opened with the price that was frozen."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from alwrity_desktop.core.domain.errors import NotFoundError
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.report import CallQuery, CallRow
from alwrity_desktop.core.ledger.ledger import Ledger
from tests.core.ledger.calls import HOUR_MS, NOW_MS, a_call, a_log, from_logs, from_script

ALL = CallQuery(0, NOW_MS + 1)
COUNT = 25


@pytest.fixture
def filled(ledger: Ledger, book: PriceBook) -> Ledger:
    """Fill a ledger with 25 calls of a log, a script's failure and a call without a price."""
    calls = [
        a_call(
            f"msg_{number}",
            occurred_at_ms=NOW_MS - number * HOUR_MS,
            output_tokens=number * 7 % 25,
            project=f"project-{number % 3}",
            duration_ms=None if number % 5 == 0 else number,
        )
        for number in range(COUNT)
    ]
    ledger.record(from_logs(a_log(calls, "/logs/ada.jsonl")), book)
    failed = a_call(identity="record:failed", status_code=529, agent="100%_sure")
    odd = a_call(identity="record:odd", provider="acme", model="no-price-1", is_estimated=True)
    ledger.record(from_script(failed, odd), book)
    return ledger


def names(rows: tuple[CallRow, ...]) -> list[str]:
    return [row.identity for row in rows]


def test_that_the_newest_calls_come_first(filled: Ledger) -> None:
    page = filled.page("local", ALL)

    assert page.total == COUNT + 2
    times = [row.occurred_at_ms for row in page.rows]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize(
    ("sort", "field"),
    [
        ("time", "occurred_at_ms"),
        ("model", "model"),
        ("provider", "provider"),
        ("project", "project"),
        ("agent", "agent"),
        ("output", "output_tokens"),
        ("duration", "duration_ms"),
        ("cost", "cost_pico"),
    ],
)
@pytest.mark.parametrize("is_descending", [True, False])
def test_that_calls_are_sorted_with_the_unknown_last(
    filled: Ledger, sort: str, field: str, is_descending: bool
) -> None:
    rows = filled.page("local", CallQuery(0, NOW_MS + 1, sort=sort, is_descending=is_descending))

    values = [getattr(row, field) for row in rows.rows]
    known = [value for value in values if value is not None]
    assert values == [*known, *([None] * (len(values) - len(known)))]
    assert known == sorted(known, reverse=is_descending)


@given(st.integers(1, 30), st.sampled_from(["time", "cost", "duration", "model"]))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_that_pages_of_any_size_hold_every_call_once(filled: Ledger, size: int, sort: str) -> None:
    seen: list[str] = []
    while True:
        query = CallQuery(0, NOW_MS + 1, sort=sort, offset=len(seen), size=size)
        rows = filled.page("local", query).rows
        if not rows:
            break
        seen += names(rows)
    assert len(seen) == len(set(seen)) == COUNT + 2


@pytest.mark.parametrize(
    ("how", "found"),
    [
        ({"search": "msg_7"}, 1),
        ({"search": "project-1 claude"}, 8),
        ({"search": "PROJECT-1"}, 8),
        ({"search": "100%"}, 1),
        ({"search": "%"}, 1),
        ({"search": "0_s"}, 0),
        ({"search": "%_sure"}, 1),
        ({"search": "'; DROP TABLE calls; --"}, 0),
        ({"provider": "acme"}, 1),
        ({"model": "no-price-1"}, 1),
        ({"state": "error"}, 1),
        ({"state": "unpriced"}, 1),
        ({"state": "estimated"}, 1),
        ({"provider": "acme", "state": "error"}, 0),
        ({"search": "nothing like it"}, 0),
    ],
    ids=str,
)
def test_that_a_search_finds_what_it_names(filled: Ledger, how: dict[str, str], found: int) -> None:
    page = filled.page("local", CallQuery(0, NOW_MS + 1, **how))  # type: ignore[arg-type]

    assert (page.total, len(page.rows)) == (found, found)


def test_that_a_span_ends_before_its_end(filled: Ledger) -> None:
    page = filled.page("local", CallQuery(NOW_MS - 3 * HOUR_MS, NOW_MS - 2 * HOUR_MS))

    assert names(page.rows) == ["anthropic:msg_3:req_1"]


def test_that_an_unknown_order_is_that_of_time(filled: Ledger) -> None:
    assert filled.page("local", CallQuery(0, NOW_MS + 1, sort="colour")).total == COUNT + 2


def test_that_an_opened_call_shows_its_price_and_where_it_was_seen(filled: Ledger) -> None:
    row = filled.page("local", CallQuery(0, NOW_MS + 1, search="msg_3")).rows[0]

    opened = filled.call("local", row.id)

    assert opened == row
    assert opened.seen_in == ("/logs/ada.jsonl",)
    assert opened.price_status == "priced"
    assert opened.price_origin is not None
    assert opened.price_date is not None
    assert sum(each.cost_pico or 0 for each in opened.lines) == opened.cost_pico
    assert {each.kind for each in opened.lines} == {"input", "output"}


def test_that_what_is_unknown_is_unknown(filled: Ledger) -> None:
    row = filled.page("local", CallQuery(0, NOW_MS + 1, state="unpriced")).rows[0]

    assert (row.cost_pico, row.price_origin, row.price_date) == (None, None, None)
    assert (row.status_code, row.duration_ms) == (None, None)
    assert row.seen_in == ("claude-code",)
    assert row.is_estimated


def test_that_a_corrected_call_is_listed_once_as_corrected(filled: Ledger, book: PriceBook) -> None:
    before = filled.page("local", CallQuery(0, NOW_MS + 1, search="msg_4")).rows[0]
    better = a_call("msg_4", occurred_at_ms=NOW_MS - HOUR_MS, output_tokens=9000)
    filled.record(from_logs(a_log([better])), book)

    page = filled.page("local", CallQuery(0, NOW_MS + 1, search="msg_4"))

    assert (page.total, page.rows[0].id) == (1, before.id)
    assert page.rows[0].output_tokens == 9000
    assert page.rows[0].occurred_at_ms == NOW_MS - HOUR_MS
    assert filled.call("local", before.id).output_tokens == 9000
    assert len(list(filled.calls("local", 0, NOW_MS + 1))) == COUNT + 2


def test_that_all_calls_come_oldest_first(filled: Ledger) -> None:
    times = [row.occurred_at_ms for row in filled.calls("local", 0, NOW_MS + 1)]

    assert len(times) == COUNT + 2
    assert times == sorted(times)


def test_that_a_call_of_another_account_is_not_there(filled: Ledger) -> None:
    row = filled.page("local", ALL).rows[0]
    assert filled.page("work", ALL).total == 0
    with pytest.raises(NotFoundError):
        filled.call("work", row.id)


def test_that_only_calls_of_the_asked_hours_are_listed(filled: Ledger) -> None:
    spans = tuple((NOW_MS - back * HOUR_MS, NOW_MS - back * HOUR_MS + 1) for back in (3, 7, 900))
    page = filled.page("local", replace(ALL, spans=spans))
    assert [NOW_MS - row.occurred_at_ms for row in page.rows] == [3 * HOUR_MS, 7 * HOUR_MS]
    assert page.total == 2


@pytest.mark.parametrize("dimension", ["agent", "project", "conversation", "endpoint", "api_key"])
def test_that_calls_are_listed_by_what_they_belong_to(filled: Ledger, dimension: str) -> None:
    rows = filled.page("local", replace(ALL, size=100)).rows
    names_of = {getattr(row, dimension) for row in rows}
    listed = 0
    for name in names_of:
        page = filled.page("local", replace(ALL, belongs_to=(dimension, name)))
        assert {getattr(row, dimension) for row in page.rows} == {name}
        listed += page.total
    assert listed == len(rows)
    assert filled.page("local", replace(ALL, belongs_to=(dimension, "nobody"))).total == 0
