"""Bodies are read exactly, and what is absurd in them costs its own field alone."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.asking.answers import JsonValue, UnreadableBodyError, read_body

FIGURE: Final = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9
)
JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(FIGURE)
def test_that_figures_keep_every_digit(figure: Decimal) -> None:
    text = format(figure, "f") if "." in format(figure, "f") else f"{figure:f}.0"
    assert read_body(f'{{"cost": {text}}}'.encode()) == {"cost": Decimal(text)}


def test_that_small_prices_stay_exact() -> None:
    assert read_body(b"[7.5e-08, 0.12345678901234567890]") == [
        Decimal("7.5e-08"),
        Decimal("0.12345678901234567890"),
    ]


@given(JSON)
def test_that_sound_json_is_read_as_it_is(value: JsonValue) -> None:
    assert read_body(
        json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    ) == json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode())


@given(st.binary(max_size=200))
def test_that_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        read_body(data)
    except UnreadableBodyError as error:
        refusal = error
    else:
        return
    # Else the refusal would drag the text along.
    assert refusal.__context__ is None


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e99999999999999999999", "9" * 5000]
)
def test_that_an_absurd_number_costs_its_field_alone(number: str) -> None:
    assert read_body(f'{{"cost": {number}, "calls": 3}}'.encode()) == {"cost": None, "calls": 3}


def test_that_zero_with_an_exponent_is_zero() -> None:
    assert read_body(b"[0E-50, 0e99]") == [0, 0]


def test_that_a_key_with_two_values_is_unknown() -> None:
    assert read_body(b'{"cost": 1.5, "cost": 9.5, "calls": 3, "calls": 3}') == {"calls": 3}


def test_that_a_byte_order_mark_and_broken_text_do_no_harm() -> None:
    assert read_body(b"\xef\xbb\xbf" + b'{"title": "a\xff"}') == {"title": "a\ufffd"}


def test_that_half_characters_are_replaced_and_whole_ones_kept() -> None:
    body = read_body(rb'{"\ud800": ["a\udfffb", "\ud83d\ude00", "\\ud800"]}')
    assert body == {"\ufffd": ["a\ufffdb", "\U0001f600", "\\ud800"]}
    json.dumps(body, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "data", [b"[" * 100_000 + b"]" * 100_000, b"[" * 65 + b"]" * 65, b"", b"OK", b"{'a': 1}"]
)
def test_that_depth_and_nonsense_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadableBodyError):
        read_body(data)


def test_that_usual_depth_is_read() -> None:
    read_body(b"[" * 60 + b"]" * 60)
