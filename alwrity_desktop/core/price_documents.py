"""Prices as JSON documents: exact decimal strings, and where each price comes from."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Final

from alwrity_desktop.core.documents import Document
from alwrity_desktop.core.domain.money import PICO_PER_USD
from alwrity_desktop.core.domain.price_book import PriceEntry
from alwrity_desktop.core.domain.pricing import PER_MILLION, TOKEN_KINDS, Quote

_EXACT: Final = Context(prec=60)

_KEYS: Final = {
    "input": "input_usd_per_million",
    "output": "output_usd_per_million",
    "cache_read": "cache_read_usd_per_million",
    "cache_write_5m": "cache_write_usd_per_million",
    "cache_write_1h": "cache_write_1h_usd_per_million",
    "request": "per_request_usd",
    "web_search": "per_web_search_usd",
    "image": "per_image_usd",
    "page": "per_page_usd",
}


def price_text(quote: Quote, kind: str) -> str | None:
    """Return dollars for a million tokens, or for one piece, exactly; None without a price."""
    unit = quote.unit_price(kind)
    if unit is None:
        return None
    pieces = PER_MILLION if kind in TOKEN_KINDS else 1
    usd = _EXACT.divide(Decimal(unit.pico * pieces), Decimal(unit.size * PICO_PER_USD))
    return f"{usd.normalize(_EXACT):f}"


def quote_document(quote: Quote) -> Document:
    """Return the unit prices of one quote."""
    return {key: price_text(quote, kind) for kind, key in _KEYS.items()}


def price_document(entry: PriceEntry) -> Document:
    """Return a model's prices, with those for long contexts and for variants."""
    quote = entry.quote
    return {
        "provider": entry.provider,
        "model": entry.model,
        **quote_document(quote),
        "origin": quote.origin,
        "effective": quote.effective,
        "list_date": quote.list_date,
        "own": quote.is_own,
        "free": quote.is_free,
        "longer_contexts": [
            {"above_tokens": each.context_above, **quote_document(each)} for each in entry.longer
        ],
        "variants": [{"tier": each.tier, **quote_document(each)} for each in entry.variants],
    }
