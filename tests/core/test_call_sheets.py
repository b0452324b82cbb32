"""Calls in columns: what goes in comes out, whatever the calls have in common."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.call_sheets import CallSheet, sheet_of
from alwrity_desktop.core.domain.usage import Call, PriceStatus
from alwrity_desktop.core.prices import open_price_book

BOOK = open_price_book()


def calls() -> st.SearchStrategy[Call]:
    """Return calls that differ in any of their fields."""
    return st.builds(
        Call,
        identity=st.sampled_from(["anthropic:m:", "anthropic:m:r", "record:1"]),
        occurred_at_ms=st.integers(10**12, 2 * 10**12),
        source=st.just("claude-code"),
        provider=st.just("anthropic"),
        model=st.sampled_from(["claude-sonnet-4-5", "claude-nobody-9"]),
        input_tokens=st.integers(0, 9),
        web_searches=st.integers(0, 1),
        duration_ms=st.sampled_from([None, 0, 7]),
        status_code=st.sampled_from([None, 200]),
        conversation=st.sampled_from(["", "a"]),
        reported_cost_pico=st.sampled_from([None, 5]),
        is_flat_rate=st.booleans(),
        is_estimated=st.booleans(),
        is_sidechain=st.booleans(),
    )


@given(st.lists(st.lists(calls(), max_size=4), max_size=4))
def test_that_calls_come_out_of_a_sheet_as_they_went_in(logs: list[list[Call]]) -> None:
    made, quotes = sheet_of(logs, BOOK)
    sheet = msgspec.msgpack.decode(msgspec.msgpack.encode(made), type=CallSheet)

    given_calls = [(call, number) for number, log in enumerate(logs) for call in log]
    assert list(zip(sheet.calls(), sheet.log_of, strict=True)) == given_calls
    settled = [sheet.settled(row, quotes) for row in range(sheet.rows)]
    assert settled == [BOOK.settle(call) for call, _ in given_calls]


@given(st.lists(calls(), min_size=1))
def test_that_the_edges_span_the_calls_of_each_model(log: list[Call]) -> None:
    sheet, _ = sheet_of([log], BOOK)

    assert _spans(sheet.calls(sheet.edges)) == _spans(log)


def test_that_values_that_no_call_has_take_no_column() -> None:
    sheet, _ = sheet_of([[a_call(), a_call(duration_ms=0)]], BOOK)

    assert sheet.has_column("duration_ms")
    assert not sheet.has_column("images")
    assert next(iter(sheet.column("images"))) == 0


def test_that_a_cost_that_no_call_has_is_none() -> None:
    sheet, quotes = sheet_of([[a_call(provider="stability", model="image", images=10**9)]], BOOK)

    assert sheet.settled(0, quotes) == (None, PriceStatus.UNPRICED, None)


def a_call(**fields: Any) -> Call:  # noqa: ANN401 - the fields of a call
    """Return a call with *fields*."""
    known = {"identity": "a:b:c", "occurred_at_ms": 0, "source": "x", "provider": "y"}
    return Call(**{**known, "model": "z", **fields})


def _spans(calls: list[Call]) -> dict[str, tuple[int, int]]:
    times: dict[str, list[int]] = {}
    for call in calls:
        times.setdefault(call.model, []).append(call.occurred_at_ms)
    return {model: (min(each), max(each)) for model, each in times.items()}
