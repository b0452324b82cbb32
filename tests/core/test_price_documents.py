"""Prices as documents: exact text, no float, and None for what has no price."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.price_book import PriceBook, PriceEntry
from alwrity_desktop.core.domain.pricing import PriceOverride, UnitUsd, quote_of
from alwrity_desktop.core.price_documents import price_document, price_text
from alwrity_desktop.core.prices import open_price_book
from tests.core.reports import NOW_MS

CONTRACT = (
    "provider",
    "model",
    "input_usd_per_million",
    "output_usd_per_million",
    "per_request_usd",
    "origin",
    "effective",
)


def entry_of(book: PriceBook, provider: str, model: str) -> PriceEntry:
    entry = book.describe(provider, model, NOW_MS)
    assert entry is not None
    return entry


def test_that_a_document_has_the_contracts_keys_and_figures() -> None:
    document = price_document(entry_of(open_price_book(), "gemini", "gemini-2.5-pro"))
    assert set(CONTRACT) <= set(document)
    assert document["provider"] == "gemini"
    assert document["input_usd_per_million"] == "1.25"
    assert document["output_usd_per_million"] == "10"
    assert document["per_request_usd"] is None
    assert document["origin"]


def test_that_prices_of_long_contexts_stand_beside() -> None:
    document = price_document(entry_of(open_price_book(), "gemini", "gemini-2.5-pro"))
    (longer,) = document["longer_contexts"]
    assert longer["above_tokens"] == 200_000
    assert longer["input_usd_per_million"] == "2.5"


def test_that_a_search_has_a_price_for_each_request_only() -> None:
    document = price_document(entry_of(open_price_book(), "tavily", "search"))
    assert document["per_request_usd"] == "0.001"
    assert document["input_usd_per_million"] is None


def test_that_an_own_price_says_that_it_is_own() -> None:
    own = PriceOverride(provider="a", model="b", per_image_usd="0.04")
    document = price_document(entry_of(PriceBook((), [own]), "a", "b"))
    assert document["own"] is True
    assert document["per_image_usd"] == "0.04"


@pytest.mark.parametrize("kind", ["input", "image"])
@given(st.decimals(min_value=0, max_value=10_000, places=15, allow_nan=False))
def test_that_text_is_the_price_exactly_and_never_in_powers(kind: str, usd: Decimal) -> None:
    size = 1_000_000 if kind == "input" else 1
    text = price_text(quote_of({kind: UnitUsd(usd, size)}, origin="test"), kind)
    assert text is not None
    assert Decimal(text) == usd
    assert "E" not in text
