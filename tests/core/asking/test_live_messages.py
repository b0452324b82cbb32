"""Live messages: typed where they are known, a fetch where anything is missing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.asking.live_messages import LiveMessage, LiveReader


def said(kind: str, seq: object, data: object = None) -> str:
    return json.dumps({"type": kind, "seq": seq, "at": "2026-11-20T13:32:00Z", "data": data or {}})


def types(*messages: str | bytes) -> list[str | None]:
    reader = LiveReader()
    return [message.type if message else None for message in map(reader.read, messages)]


def test_that_a_message_is_typed_and_dated() -> None:
    assert LiveReader().read(said("usage", 17, {"total_calls": 3})) == LiveMessage(
        "usage", 17, 1_795_181_520_000, {"total_calls": 3}
    )


def test_that_bare_figures_are_usage() -> None:
    message = LiveReader().read('{"total_calls": 3, "total_cost": 1.5}')
    assert message is not None
    assert (message.type, message.seq, message.data["total_calls"]) == ("usage", None, 3)


def test_that_a_row_without_gaps_is_handed_on() -> None:
    assert types(said("usage", 5), said("health", 6), said("alert", 7), said("projection", 8)) == [
        "usage",
        "health",
        "alert",
        "projection",
    ]


def test_that_a_gap_asks_for_a_fetch_once() -> None:
    assert types(said("usage", 5), said("usage", 8), said("usage", 9)) == [
        "usage",
        "resync",
        "usage",
    ]


def test_that_repetitions_and_stragglers_say_nothing() -> None:
    assert types(said("usage", 5), said("usage", 5), said("alert", 4), said("usage", 6)) == [
        "usage",
        None,
        None,
        "usage",
    ]


def test_that_news_of_an_unknown_kind_keep_the_row() -> None:
    assert types(said("usage", 5), said("weather", 6), said("usage", 7)) == ["usage", None, "usage"]


@pytest.mark.parametrize(
    "raw",
    [
        '{"type": "weather"}',
        '{"type": "weather", "seq": "7"}',
        '{"type": ["usage"]}',
        "{}",
        "[]",
        "OK",
        "",
        b"\xff\x00",
        "[" * 100_000,
        '{"type": "resync"}',
    ],
)
def test_that_what_cannot_be_placed_asks_for_a_fetch(raw: str | bytes) -> None:
    assert types(raw) == ["resync"]


@pytest.mark.parametrize("at", ['"soon"', "7", "null"])
def test_that_an_odd_time_costs_the_time_alone(at: str) -> None:
    message = LiveReader().read(f'{{"type": "usage", "seq": 1, "at": {at}, "data": 5}}')
    assert message == LiveMessage("usage", 1, None, {})


@given(st.lists(st.text(max_size=40) | st.binary(max_size=40), max_size=10))
def test_that_no_message_stops_the_reader(raw: list[str | bytes]) -> None:
    reader = LiveReader()
    for each in raw:
        reader.read(each)
