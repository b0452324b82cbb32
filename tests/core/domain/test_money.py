"""Money: exact in any order, rounded once, and written without loss."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.money import (
    MAX_COST_PICO,
    PICO_PER_CENT,
    PICO_PER_USD,
    cents_half_even,
    divide_half_even,
    pico_from_usd,
    usd_text,
)

amounts = st.integers(-MAX_COST_PICO * 1000, MAX_COST_PICO * 1000)


@given(amounts)
def test_that_an_amount_written_and_read_is_the_same(pico: int) -> None:
    assert pico_from_usd(usd_text(pico)) == pico


@given(amounts)
def test_that_written_dollars_have_two_decimals_or_more_and_no_exponent(pico: int) -> None:
    text = usd_text(pico)
    whole, _, decimals = text.removeprefix("-").partition(".")
    assert whole.isdecimal()
    assert decimals.isdecimal()
    assert len(decimals) == 2 or (len(decimals) <= 12 and not decimals.endswith("0"))
    assert Decimal(text) * PICO_PER_USD == pico


@given(amounts)
def test_that_cents_are_rounded_half_to_even(pico: int) -> None:
    assert cents_half_even(pico) == round(Fraction(pico, PICO_PER_CENT))


@given(amounts, st.integers(1, 10**12))
def test_that_a_quotient_is_rounded_half_to_even(numerator: int, denominator: int) -> None:
    assert divide_half_even(numerator, denominator) == round(Fraction(numerator, denominator))


@pytest.mark.parametrize(
    ("usd", "pico"),
    [
        ("0.000075", 75_000_000),
        ("1e-12", 1),
        ("0.0000000000005", 0),
        ("0.0000000000015", 2),
        ("0.0000000000025", 2),
        ("-3", -3 * PICO_PER_USD),
        (Decimal("999999.999999999999"), MAX_COST_PICO - 1),
    ],
)
def test_that_dollars_are_rounded_once(usd: Decimal | str, pico: int) -> None:
    assert pico_from_usd(usd) == pico


@pytest.mark.parametrize(
    "text", ["", "abc", "NaN", "Infinity", "-Infinity", "1,5", "$1", "1e999999"]
)
def test_that_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an amount of money"):
        pico_from_usd(text)


def test_that_a_refusal_quotes_little() -> None:
    with pytest.raises(ValueError, match=r"^x{40} is not") as caught:
        pico_from_usd("x" * 1000)
    assert len(str(caught.value)) < 80
