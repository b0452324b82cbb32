"""The models that have a price now, as something to choose from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from alwrity_desktop.core.domain.model_families import CARDS, alternatives, card_of, title_of
from alwrity_desktop.core.domain.money import divide_half_even
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.pricing import PER_MILLION, Quote
from alwrity_desktop.core.domain.providers import PROVIDERS
from alwrity_desktop.core.domain.what_if_values import ModelOffer

_ADVISED: Final = {(card.provider, card.model) for card in CARDS if card.is_advised}
_MAKERS: Final = {provider: place for place, provider in enumerate(PROVIDERS)}


def model_offers(
    book: PriceBook, at_ms: int, used: Collection[tuple[str, str]]
) -> tuple[ModelOffer, ...]:
    """Return every model with a price at *at_ms*: the used ones first, then the advised ones.

    *used* are providers and models of the own calls.
    """
    quotes = {(entry.provider, entry.model): entry.quote for entry in book.all_prices(at_ms)}
    # A call's model may be a dated name, which the lists price under their own.
    for key in used:
        quote = quotes.get(key) or book.quote(*key, at_ms)
        if quote is not None:
            quotes[key] = quote
    offers = (_offer(*key, quote, is_used=key in used) for key, quote in quotes.items())
    return tuple(sorted(offers, key=_place))


def suggestion(
    offers: Sequence[ModelOffer], provider: str | None, model: str | None
) -> ModelOffer | None:
    """Return what the calls to *model* may be moved to first: the cheapest that can do as much.

    Of its maker and its class, or the class below. Else the first on offer that is another
    model; None where there is none.
    """
    card = card_of(provider, model) if provider and model else None
    nearest = () if card is None else alternatives(card)
    names = {(one.provider, one.model) for one in nearest}
    advised = [offer for offer in offers if (offer.provider, offer.model) in names]
    others = (offer for offer in offers if (offer.provider, offer.model) != (provider, model))
    return min(advised, key=_price, default=None) or next(others, None)


def _price(offer: ModelOffer) -> int:
    return (offer.input_pico or 0) + (offer.output_pico or 0)


def _offer(provider: str, model: str, quote: Quote, *, is_used: bool) -> ModelOffer:
    return ModelOffer(
        provider,
        model,
        title_of(provider, model),
        _unit_pico(quote, "input", PER_MILLION),
        _unit_pico(quote, "output", PER_MILLION),
        _unit_pico(quote, "request", 1),
        is_used,
    )


def _unit_pico(quote: Quote, kind: str, size: int) -> int | None:
    """Return the price of *size* units of *kind*, rounded to a pico-dollar."""
    price = quote.unit_price(kind)
    return None if price is None else divide_half_even(price.pico * size, price.size)


def _place(offer: ModelOffer) -> tuple[bool, bool, int, int, str, str]:
    card = card_of(offer.provider, offer.model)
    size = 0 if card is None else card.size
    maker = _MAKERS.get(offer.provider, len(_MAKERS))
    is_advised = (offer.provider, offer.model) in _ADVISED
    return (not offer.is_used, not is_advised, maker, -size, offer.title.casefold(), offer.model)
