"""Calls in columns: what goes in comes out, whatever the calls have in common."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.call_sheets import CallSheet, settle, sheet_of
from alwrity_desktop.core.domain.pricing import PriceOverride
from alwrity_desktop.core.domain.usage import Call, PriceStatus
from alwrity_desktop.core.prices import open_price_book

BOOK = open_price_book()
TURN_MS = 1_791_936_000_000
"""The maintained list turns here: 14 October 2026."""

OWN = (
    PriceOverride(provider="house", model="turning", input_usd_per_million="1"),
    PriceOverride(
        provider="house",
        model="turning",
        input_usd_per_million="2",
        effective_from="2026-10-14",
    ),
    PriceOverride(provider="house", model="dear", input_usd_per_million="999999"),
    PriceOverride(provider="house", model="output only", output_usd_per_million="1"),
)

MODELS = (
    # Longer contexts cost more; prices turn in October 2026.
    ("anthropic", "claude-sonnet-4-5"),
    ("anthropic", "claude-opus-4-1"),
    ("google", "gemini-2.5-pro"),
    # Cheaper at night.
    ("deepseek", "deepseek-chat"),
    # By the piece.
    ("tavily", "search"),
    ("anthropic", "claude-nobody-9"),
)


def a_call(named: tuple[str, str] = ("y", "z"), **fields: Any) -> Call:  # noqa: ANN401 - a call's
    """Return a call of a provider's model with *fields*."""
    known = {"identity": "a:b:c", "occurred_at_ms": 0, "source": "x"}
    return Call(**{**known, "provider": named[0], "model": named[1], **fields})


def calls() -> st.SearchStrategy[Call]:
    """Return calls that differ in any of their fields."""
    tokens = st.one_of(
        st.integers(0, 9), st.integers(0, 10**9), st.sampled_from([200_000, 200_001])
    )
    return st.builds(
        a_call,
        named=st.sampled_from(MODELS),
        identity=st.sampled_from(["anthropic:m:", "anthropic:m:r", "record:1"]),
        occurred_at_ms=st.one_of(
            st.integers(10**12, 2 * 10**12), st.integers(TURN_MS - 1, TURN_MS + 1)
        ),
        input_tokens=tokens,
        cache_read_tokens=tokens,
        cache_write_1h_tokens=tokens,
        output_tokens=tokens,
        service_tier=st.sampled_from(["", "", "batch"]),
        web_searches=st.integers(0, 1),
        duration_ms=st.sampled_from([None, 0, 7]),
        status_code=st.sampled_from([None, 200]),
        conversation=st.sampled_from(["", "a"]),
        reported_cost_pico=st.sampled_from([None, 0, 5]),
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
    assert settled == [settle(BOOK, call) for call, _ in given_calls]


@given(st.lists(calls(), min_size=1))
def test_that_the_edges_span_the_calls_of_each_model(log: list[Call]) -> None:
    sheet, _ = sheet_of([log], BOOK)

    assert _spans(sheet.calls(sheet.edges)) == _spans(log)


@pytest.mark.parametrize(
    "given_calls",
    [
        [("house", "turning", at, 10**6) for at in (TURN_MS - 1, TURN_MS, TURN_MS + 1)],
        [("anthropic", "claude-sonnet-4-5", 0, count) for count in (0, 199_999, 200_000, 200_001)],
        [("house", "dear", at, count) for at in (0, TURN_MS) for count in (0, 1, 10**9)],
        [(*named, 0, 10) for named in (("perplexity", "sonar"), ("house", "turning"))],
        [("house", "output only", 0, count) for count in (0, 1)],
        [("deepseek", "deepseek-chat", at * 3_600_000, 10**6) for at in range(24)],
    ],
    ids=["turn", "context", "bound", "piece", "not all priced", "clock"],
)
def test_that_calls_cost_the_same_together_and_alone(
    given_calls: list[tuple[str, str, int, int]],
) -> None:
    book = open_price_book(overrides=OWN)
    log = [
        a_call((provider, model), occurred_at_ms=at_ms, input_tokens=count)
        for provider, model, at_ms, count in given_calls
    ]

    sheet, quotes = sheet_of([log], book)

    alone = [settle(book, call) for call in log]
    assert [sheet.settled(row, quotes) for row in range(sheet.rows)] == alone
    # One price for all would not tell whether the right one was taken.
    assert len({(one.quote, one.status) for one in alone}) > 1


def test_that_the_prices_of_the_sheets_tried_differ_in_all_ways() -> None:
    one_day = 86_400_000
    steady = {model: BOOK.steady_quote(provider, model, "", 0) for provider, model in MODELS}
    sonnet = steady["claude-sonnet-4-5"]
    search = steady["search"]

    assert sonnet is not None
    assert (sonnet.upto_tokens, sonnet.until_ms) == (200_000, TURN_MS)
    assert search is not None
    assert search.quote.is_by_the_piece
    assert steady["deepseek-chat"] is None
    assert (
        len({id(BOOK.quote("deepseek", "deepseek-chat", at)) for at in range(0, one_day, 3600_000)})
        > 1
    )
    assert steady["claude-nobody-9"] is None


def test_that_values_that_no_call_has_take_no_column() -> None:
    sheet, _ = sheet_of([[a_call(), a_call(duration_ms=0)]], BOOK)

    assert sheet.has_column("duration_ms")
    assert not sheet.has_column("images")
    assert next(iter(sheet.column("images"))) == 0


def test_that_a_cost_that_no_call_has_is_none() -> None:
    sheet, quotes = sheet_of([[a_call(provider="stability", model="image", images=10**9)]], BOOK)

    assert sheet.settled(0, quotes) == (None, PriceStatus.UNPRICED, None)


def _spans(calls: list[Call]) -> dict[str, tuple[int, int]]:
    times: dict[str, list[int]] = {}
    for call in calls:
        times.setdefault(call.model, []).append(call.occurred_at_ms)
    return {model: (min(each), max(each)) for model, each in times.items()}
