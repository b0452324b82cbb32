"""Single fields of answers: what is accepted, what is lost, what is never shown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.errors import BrokenAnswerError
from alwrity_desktop.core.sources.servers.alwrity_shapes import AlertRow, LogPage, LogRow, PlanRow
from alwrity_desktop.core.sources.servers.fields import (
    Place,
    Troubles,
    data_of,
    moment_ms,
    read,
    text,
)


def one(value: object, name: str = "tokens_input") -> tuple[Any, tuple[str, ...]]:
    """Return what a field of a row holds after reading, and what was said about it."""
    troubles = Troubles()
    row = read(LogRow, {name: value}, Place("usage-logs", troubles))
    return getattr(row, name), troubles.sentences


@pytest.mark.parametrize(
    ("sent", "count"),
    [(0, 0), (5, 5), ("12", 12), (Decimal("5.0"), 5), (" 7 ", 7), (Decimal("1E+3"), 1000)],
)
def test_that_whole_numbers_are_read_also_from_texts(sent: object, count: int) -> None:
    assert one(sent) == (count, ())


@pytest.mark.parametrize(
    "sent",
    [
        True,
        -1,
        Decimal("1.5"),
        "many",
        "",
        "0x10",
        "1_000",
        "٣",
        "1e999",
        10**16,
        Decimal("1E+30"),
        [],
        {},
    ],
)
def test_that_what_is_no_count_costs_only_its_field(sent: object) -> None:
    assert one(sent) == (None, ('"tokens_input" in usage-logs could not be read.',))


def test_that_nothing_is_unknown_and_no_trouble() -> None:
    assert one(None) == (None, ())
    assert read(LogRow, {}, Place("usage-logs", Troubles())).tokens_input is None


@pytest.mark.parametrize(
    ("sent", "pico"),
    [
        (Decimal("7.5e-08"), 75_000),
        (Decimal("0.055542999999999995"), 55_543_000_000),
        ("3.75", 3_750_000_000_000),
        (0, 0),
    ],
)
def test_that_money_is_exact(sent: object, pico: int) -> None:
    assert one(sent, "cost_total") == (pico, ())


@pytest.mark.parametrize("sent", ["-0.01", Decimal(-1), "NaN", "1e30", 2 * 10**6])
def test_that_absurd_money_is_unknown(sent: object) -> None:
    assert one(sent, "cost_total")[0] is None


@pytest.mark.parametrize(
    ("sent", "ms"),
    [
        ("2026-11-18T11:06:40", 1_795_000_000_000),
        ("2026-11-18T11:06:40.999999", 1_795_000_000_999),
        ("2026-11-18T11:06:40Z", 1_795_000_000_000),
        ("2026-11-18T12:06:40+01:00", 1_795_000_000_000),
    ],
)
def test_that_times_without_a_zone_are_utc(sent: str, ms: int) -> None:
    assert moment_ms(sent) == ms


@pytest.mark.parametrize("sent", ["", "soon", "0001-01-01T00:00:00", 5, "9999-01-01", "2026-13-01"])
def test_that_what_is_no_time_is_refused(sent: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - what it says is nobody's business
        moment_ms(sent)


def test_that_texts_are_one_line_without_control_signs() -> None:
    assert text("a\nb\x00c\u202ed\x1b[31m") == "a b c d [31m"
    assert len(text("x" * 100_000)) == 512


def test_that_ids_are_numbers_or_texts() -> None:
    place = Place("alerts", Troubles())
    assert read(AlertRow, {"id": 7}, place).id == "7"
    assert read(PlanRow, {"id": "default-free"}, place).id == "default-free"
    assert read(AlertRow, {"id": True}, place).id is None


def test_that_a_row_that_is_none_is_left_out() -> None:
    troubles = Troubles()
    page = read(LogPage, {"logs": [{"id": 1}, 5, None]}, Place("usage-logs", troubles))
    assert [row.id for row in page.logs or ()] == ["1"]
    assert troubles.sentences == ('"logs" in usage-logs could not be read.',)


@pytest.mark.parametrize(
    ("body", "data"),
    [
        ({"success": True, "data": {"a": 1}}, {"a": 1}),
        ({"status": "success", "data": {"a": 1}, "message": "m"}, {"a": 1}),
        ({"data": []}, []),
        ({"logs": []}, {"logs": []}),
        ([1], [1]),
        ({"status": "healthy", "services": {}}, {"status": "healthy", "services": {}}),
        ({"success": [], "data": 1}, 1),
    ],
)
def test_that_envelopes_are_opened(body: object, data: object) -> None:
    assert data_of(body, "it") == data


@pytest.mark.parametrize(
    "body",
    [
        {"success": False, "error": "canary", "data": {"plan": {}}},
        {"success": "false", "data": {}},
        {"error": "canary"},
        {"status": "error", "data": {}},
    ],
)
def test_that_a_body_that_calls_itself_a_failure_is_no_data(body: object) -> None:
    with pytest.raises(BrokenAnswerError) as caught:
        data_of(body, "it")
    assert "canary" not in str(caught.value)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(LogRow.model_fields)), VALUES))
def test_that_any_value_in_any_field_is_read_or_named(sent: dict[str, object]) -> None:
    troubles = Troubles()
    row = read(LogRow, sent, Place("usage-logs", troubles))
    named = {sentence.split('"')[1] for sentence in troubles.sentences}
    for name, value in sent.items():
        is_unread = getattr(row, name) is None and value is not None
        assert is_unread == (name in named)
