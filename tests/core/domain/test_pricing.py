"""A call costs exactly what its unit prices say, rounded once."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.errors import PersonError
from alwrity_desktop.core.domain.pricing import (
    COUNT_KINDS,
    KINDS,
    PER_MILLION,
    TOKEN_KINDS,
    PriceOverride,
    Quote,
    UnitUsd,
    counts_of,
    lines_of,
    price,
    quote_of,
    settle,
    status_of,
)
from alwrity_desktop.core.domain.usage import Call, PriceStatus

PICO = 10**12

amounts = st.decimals(min_value=0, max_value=1000, places=7).map(lambda amount: amount)
token_prices = st.dictionaries(
    st.sampled_from(TOKEN_KINDS), amounts.map(lambda usd: UnitUsd(usd, PER_MILLION)), min_size=1
)
count_prices = st.dictionaries(
    st.sampled_from(COUNT_KINDS), amounts.map(lambda usd: UnitUsd(usd, 1000))
)
tokens = st.integers(min_value=0, max_value=10**9)
pieces = st.integers(min_value=1, max_value=10**6)


def call_of(**fields: object) -> Call:
    call = Call(
        identity="call",
        occurred_at_ms=1_795_172_400_000,
        source="test",
        provider="acme",
        model="large",
    )
    return msgspec.structs.replace(call, **fields)


def quote(**usd_per_million: str) -> Quote:
    prices = {kind: UnitUsd(Decimal(text), PER_MILLION) for kind, text in usd_per_million.items()}
    return quote_of(prices, origin="test")


calls = st.builds(
    call_of,
    input_tokens=tokens,
    cache_read_tokens=tokens,
    cache_write_5m_tokens=tokens,
    cache_write_1h_tokens=tokens,
    output_tokens=tokens,
    requests=pieces,
    web_searches=pieces,
    images=pieces,
    pages=pieces,
)


@given(call=calls, usd=token_prices, by_piece=count_prices)
def test_that_a_cost_is_the_exact_sum_rounded_once(
    call: Call, usd: dict[str, UnitUsd], by_piece: dict[str, UnitUsd]
) -> None:
    prices = usd | by_piece
    made = quote_of(prices, origin="test")
    exact = sum(
        (
            Fraction(prices[kind].amount) * count * PICO / prices[kind].size
            for kind, count in zip(KINDS, counts_of(call, made), strict=True)
            if kind in prices
        ),
        Fraction(0),
    )
    is_known = any(
        count and kind in prices for kind, count in zip(KINDS, counts_of(call, made), strict=True)
    )
    assert price(call, made) == (round(exact) if is_known else None)


@given(call=calls, usd=token_prices)
def test_that_the_lines_of_a_bill_add_up_to_its_cost(call: Call, usd: dict[str, UnitUsd]) -> None:
    made = quote_of(usd, origin="test")
    lines = lines_of(call, made)
    total = sum(line.cost_pico or 0 for line in lines)
    assert abs(total - (price(call, made) or 0)) <= len(lines)
    for line in lines:
        assert (line.unit_price_pico is None) == (line.kind not in usd)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("0.0000005", 0), ("0.0000015", 2), ("0.0000025", 2), ("0.0000026", 3)],
)
def test_that_half_a_pico_dollar_goes_to_the_even_one(amount: str, expected: int) -> None:
    made = quote_of({"input": UnitUsd(Decimal(amount), PER_MILLION)}, origin="test")
    assert price(call_of(input_tokens=1), made) == expected


def test_that_a_price_with_many_decimals_stays_exact() -> None:
    made = quote_of({"input": UnitUsd(Decimal("0.12345678901234567"), PER_MILLION)}, origin="t")
    assert made.divisor > PER_MILLION
    unit = made.unit_price("input")
    assert unit is not None
    assert Fraction(unit.pico, unit.size) == Fraction("0.12345678901234567") * PICO / PER_MILLION
    assert price(call_of(input_tokens=10**9), made) == round(
        Fraction("0.12345678901234567") * PICO * 1000
    )


def test_that_pieces_are_priced_by_one() -> None:
    made = quote_of({"request": UnitUsd(Decimal("0.001"), 1)}, origin="test")
    assert made.unit_price("request") == (10**9, 1)
    assert made.unit_price("input") is None
    assert price(call_of(requests=3), made) == 3 * 10**9


@pytest.mark.parametrize("kind", ["request", "image", "page"])
def test_that_a_call_is_at_least_one_of_what_it_is_billed_by(kind: str) -> None:
    made = quote_of({kind: UnitUsd(Decimal("0.04"), 1)}, origin="test")
    assert price(call_of(), made) == 4 * 10**10
    assert price(call_of(status_code=200), made) == 4 * 10**10
    assert price(call_of(status_code=500), made) == 0


def test_that_searches_inside_a_call_are_never_guessed() -> None:
    made = quote_of(
        {
            "input": UnitUsd(Decimal(1), PER_MILLION),
            "web_search": UnitUsd(Decimal(10), 1000),
            "image": UnitUsd(Decimal(1), 1),
        },
        origin="test",
    )
    assert price(call_of(input_tokens=5), made) == 5_000_000
    assert price(call_of(input_tokens=5, web_searches=2), made) == 5_000_000 + 2 * 10**10


def test_that_nothing_priced_is_unknown_and_never_nothing() -> None:
    tokens_only = quote(input="1", output="2")
    assert price(call_of(images=3), tokens_only) is None
    assert status_of(call_of(images=3), tokens_only) == PriceStatus.UNPRICED
    assert settle(call_of(input_tokens=5), None) == (None, PriceStatus.UNPRICED, None)
    assert price(call_of(), tokens_only) == 0


def test_that_free_is_a_price_and_differs_from_unknown() -> None:
    free = quote(input="0", output="0.00")
    assert settle(call_of(input_tokens=9), free) == (0, PriceStatus.FREE, free)
    assert not quote_of({}, origin="test").is_free


def test_that_a_reported_cost_outranks_a_list_but_not_an_own_price() -> None:
    call = call_of(input_tokens=1_000_000, reported_cost_pico=7)
    listed = quote(input="1")
    own = quote_of({"input": UnitUsd(Decimal(2), PER_MILLION)}, origin="own price", is_own=True)
    assert settle(call, listed) == (7, PriceStatus.REPORTED, None)
    assert settle(call, None) == (7, PriceStatus.REPORTED, None)
    assert settle(call, own) == (2 * PICO, PriceStatus.PRICED, own)


def test_that_a_flat_rate_call_says_what_it_would_have_cost() -> None:
    call = call_of(input_tokens=1_000_000, is_flat_rate=True)
    assert settle(call, quote(input="1")).status == PriceStatus.LIST_EQUIVALENT
    assert settle(call, quote(input="1")).cost_pico == PICO


def test_that_unpriced_calls_show_their_counts_without_amounts() -> None:
    lines = lines_of(call_of(input_tokens=5, images=2), None)
    assert [(line.kind, line.quantity, line.cost_pico) for line in lines] == [
        ("input", 5, None),
        ("image", 2, None),
    ]


@pytest.mark.parametrize("text", ["free", "-1", "NaN", "Infinity", "1e9", ""])
def test_that_a_wrong_own_price_is_said_in_words(text: str) -> None:
    with pytest.raises(PersonError, match=r"price"):
        PriceOverride(provider="acme", model="large", input_usd_per_million=text)
