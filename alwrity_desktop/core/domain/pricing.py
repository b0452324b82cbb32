"""What a call costs: a quote of exact unit prices, applied once and rounded once.

A quote holds whole numbers only: pico-dollars for ``divisor`` units of each kind. The
divisor is a million unless a list price has more than twelve decimals, and then a larger
power of ten, so that no price is ever rounded, only the cost of a call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from math import gcd
from typing import Final, NamedTuple

import msgspec

from alwrity_desktop.core.domain.errors import PersonError
from alwrity_desktop.core.domain.money import PICO_PER_USD
from alwrity_desktop.core.domain.token_lines import TokenLine
from alwrity_desktop.core.domain.usage import Call, PriceStatus

TOKEN_KINDS: Final = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output")
COUNT_KINDS: Final = ("request", "web_search", "image", "page")
KINDS: Final = (*TOKEN_KINDS, *COUNT_KINDS)
"""What a quote prices, in the order of ``Quote.prices``."""

PER_MILLION: Final = 1_000_000
MAX_PRICE_USD: Final = 1_000_000
"""A price above this, for a million tokens or for one piece, is a slip of the finger."""

_TOKENS: Final = len(TOKEN_KINDS)

Tokens = tuple[int, int, int, int, int]
"""A number for each of TOKEN_KINDS."""


class UnitUsd(NamedTuple):
    """Dollars for ``size`` units, as a list states them."""

    amount: Decimal
    size: int


class UnitPrice(NamedTuple):
    """The exact price of ``size`` units."""

    pico: int
    size: int


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """The unit prices that one call is settled with, and where they come from.

    Made by ``quote_of``; the rates follow from the prices.
    """

    #: Pico-dollars for ``divisor`` units, in the order of KINDS; None where no price is known.
    prices: tuple[int | None, ...]
    divisor: int
    #: The list in words: "maintained list genai-prices 0.2.3", "own price" …
    origin: str
    #: ISO date of the list itself; None for own prices.
    list_date: str | None = None
    #: First day of these prices, ISO, where the list tells it.
    effective: str | None = None
    #: The price variant that applies: "batch", "priority" …; "" is the standard one.
    tier: str = ""
    #: The context size, in tokens, above which these prices hold; 0 for any.
    context_above: int = 0
    #: True when the person set at least one of the prices.
    is_own: bool = False
    token_rates: Tokens = (0, 0, 0, 0, 0)
    #: None when nothing is priced by the piece.
    count_rates: tuple[int, int, int, int] | None = None
    #: True where a call is at least one of what it is billed by, said or not.
    is_by_the_piece: bool = False
    is_free: bool = False

    def unit_price(self, kind: str) -> UnitPrice | None:
        """Return the price of one of KINDS: of a million tokens, or of one piece.

        The size is larger where a whole number of pico-dollars needs it.
        """
        index = KINDS.index(kind)
        pico = self.prices[index]
        if pico is None:
            return None
        size = self.divisor
        smallest = PER_MILLION if index < _TOKENS else 1
        while size > smallest and pico % 10 == 0:
            pico, size = pico // 10, size // 10
        return UnitPrice(pico, size)


class PriceOverride(msgspec.Struct, frozen=True, kw_only=True):
    """Prices that the person set: decimal dollars as text, None for what the list says.

    PersonError for text that is no amount, is negative, or is beyond MAX_PRICE_USD.
    """

    provider: str
    model: str
    #: First UTC day, ISO; None for always.
    effective_from: str | None = None
    input_usd_per_million: str | None = None
    output_usd_per_million: str | None = None
    cache_read_usd_per_million: str | None = None
    #: Written for five minutes.
    cache_write_usd_per_million: str | None = None
    #: Written for one hour.
    cache_write_1h_usd_per_million: str | None = None
    per_request_usd: str | None = None
    per_web_search_usd: str | None = None
    per_image_usd: str | None = None
    per_page_usd: str | None = None

    def __post_init__(self) -> None:
        self.usd()

    def usd(self) -> dict[str, UnitUsd]:
        """Return the prices that were set, by kind."""
        stated = {
            "input": self.input_usd_per_million,
            "cache_read": self.cache_read_usd_per_million,
            "cache_write_5m": self.cache_write_usd_per_million,
            "cache_write_1h": self.cache_write_1h_usd_per_million,
            "output": self.output_usd_per_million,
            "request": self.per_request_usd,
            "web_search": self.per_web_search_usd,
            "image": self.per_image_usd,
            "page": self.per_page_usd,
        }
        return {
            kind: UnitUsd(_own_price(text), PER_MILLION if kind in TOKEN_KINDS else 1)
            for kind, text in stated.items()
            if text is not None
        }


class Settled(NamedTuple):
    """A call with its cost: None and UNPRICED belong together."""

    cost_pico: int | None
    status: PriceStatus
    #: The prices used; None where the cost was reported, and where none are known.
    quote: Quote | None


def quote_of(
    usd: Mapping[str, UnitUsd],
    *,
    origin: str,
    list_date: str | None = None,
    effective: str | None = None,
    tier: str = "",
    context_above: int = 0,
    is_own: bool = False,
) -> Quote:
    """Return the quote of dollar prices by kind; kinds left out have no price."""
    exact = {kind: price.amount * PICO_PER_USD / price.size for kind, price in usd.items()}
    divisor = PER_MILLION
    while any(_is_broken(price, divisor) for price in exact.values()):
        divisor *= 10
    prices = tuple(int(exact[kind] * divisor) if kind in exact else None for kind in KINDS)
    rates = tuple(price or 0 for price in prices)
    counts = rates[_TOKENS:]
    return Quote(
        prices=prices,
        divisor=divisor,
        origin=origin,
        list_date=list_date,
        effective=effective,
        tier=tier,
        context_above=context_above,
        is_own=is_own,
        token_rates=(rates[0], rates[1], rates[2], rates[3], rates[4]),
        count_rates=(counts[0], counts[1], counts[2], counts[3]) if any(counts) else None,
        is_by_the_piece=bool(counts[0]) or not any(rates[:_TOKENS]),
        is_free=bool(exact) and not any(rates),
    )


def _is_broken(price: Decimal, divisor: int) -> bool:
    scaled = price * divisor
    return scaled != scaled.to_integral_value()


def _own_price(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        message = f'"{text:.40}" is not a price. Write dollars as 1.25.'
        raise PersonError(message) from error
    if not amount.is_finite() or not 0 <= amount <= MAX_PRICE_USD:
        message = f"A price lies between $0 and ${MAX_PRICE_USD:,}, not at {text:.40}."
        raise PersonError(message)
    return amount


def price(call: Call, quote: Quote) -> int | None:
    """Return the cost of *call* at *quote*, pico-dollars rounded once, half to even.

    None when the call counts something, and nothing that it counts has a price.
    """
    cost = _token_sums((tokens_of(call),), quote.token_rates)[0]
    rates = quote.count_rates
    if rates is not None:
        if quote.is_by_the_piece:
            cost += _cost_of_counts(call, quote)
        else:
            cost += call.web_searches * rates[1] + call.images * rates[2] + call.pages * rates[3]
    if cost == 0 and not _is_covered(call, quote):
        return None
    return _rounded(cost, quote.divisor)


def tokens_of(call: Call) -> Tokens:
    """Return how many tokens of each of TOKEN_KINDS *call* has."""
    return (
        call.input_tokens,
        call.cache_read_tokens,
        call.cache_write_5m_tokens,
        call.cache_write_1h_tokens,
        call.output_tokens,
    )


def token_costs(tokens: Iterable[Tokens], quote: Quote) -> list[int]:
    """Return what ``price`` says of each call that counts *tokens* and nothing else.

    A cost of 0 says nothing: ``price`` knows whether what was counted has a price.
    """
    common = gcd(quote.divisor, *quote.token_rates)
    plain, read, write_5m, write_1h, output = (rate // common for rate in quote.token_rates)
    costs = _token_sums(tokens, (plain, read, write_5m, write_1h, output))
    # Most prices are a whole number of pico-dollars for each token.
    divisor = quote.divisor // common
    return costs if divisor == 1 else [_rounded(cost, divisor) for cost in costs]


def _token_sums(tokens: Iterable[Tokens], rates: Tokens) -> list[int]:
    plain, read, write_5m, write_1h, output = rates
    return [
        a * plain + b * read + c * write_5m + d * write_1h + e * output for a, b, c, d, e in tokens
    ]


def _rounded(cost: int, divisor: int) -> int:
    """Return *cost* over *divisor*, half to even."""
    whole, rest = divmod(cost, divisor)
    rest *= 2
    if rest > divisor or (rest == divisor and whole & 1):
        whole += 1
    return whole


def counts_of(call: Call, quote: Quote) -> tuple[int, ...]:
    """Return how much of each of KINDS *call* is billed for at *quote*.

    A call is at least one of what it is billed by: one request, or one image or page where
    nothing else is priced. A failed call is nothing unless it says so.
    """
    prices = quote.prices
    least = 1 if quote.is_by_the_piece and not call.is_error else 0
    requests = call.requests or (least if prices[_TOKENS] else 0)
    alone = 0 if prices[_TOKENS] else least
    return (
        *tokens_of(call),
        requests,
        call.web_searches,
        call.images or (alone if prices[_TOKENS + 2] else 0),
        call.pages or (alone if prices[_TOKENS + 3] else 0),
    )


def settle(call: Call, quote: Quote | None) -> Settled:
    """Return what *call* costs and how that came about.

    An own price outranks the cost that the provider reported, which outranks any list.
    """
    reported = call.reported_cost_pico
    if reported is not None and not (quote is not None and quote.is_own):
        return Settled(reported, PriceStatus.REPORTED, None)
    if quote is None:
        return Settled(None, PriceStatus.UNPRICED, None)
    cost_pico = price(call, quote)
    if cost_pico is None:
        return Settled(None, PriceStatus.UNPRICED, None)
    if quote.is_free:
        return Settled(cost_pico, PriceStatus.FREE, quote)
    return Settled(cost_pico, priced_status(is_flat_rate=call.is_flat_rate), quote)


def priced_status(*, is_flat_rate: bool) -> PriceStatus:
    """Return how the cost came about of a call that a list or an own price has one for."""
    return PriceStatus.LIST_EQUIVALENT if is_flat_rate else PriceStatus.PRICED


def status_of(call: Call, quote: Quote | None) -> PriceStatus:
    """Return how the cost of *call* comes about with *quote*."""
    return settle(call, quote).status


def lines_of(call: Call, quote: Quote | None) -> tuple[TokenLine, ...]:
    """Return the parts of *call*'s bill; without a quote the counts alone.

    Each line is rounded by itself for reading; the call's cost is the exact sum's rounding.
    """
    return tuple(_lines(call, quote))


def _lines(call: Call, quote: Quote | None) -> Iterator[TokenLine]:
    counts = counts_of(call, quote) if quote else counts_of(call, _NO_PRICES)
    for kind, quantity in zip(KINDS, counts, strict=True):
        unit = quote.unit_price(kind) if quote else None
        if not quantity:
            continue
        if unit is None:
            size = PER_MILLION if kind in TOKEN_KINDS else 1
            yield TokenLine(kind, quantity, None, size, None)
        else:
            cost_pico = round(Decimal(unit.pico * quantity) / unit.size)
            yield TokenLine(kind, quantity, unit.pico, unit.size, cost_pico)


def _cost_of_counts(call: Call, quote: Quote) -> int:
    counts = counts_of(call, quote)[_TOKENS:]
    rates = quote.count_rates or ()
    return sum(count * rate for count, rate in zip(counts, rates, strict=True))


def _is_covered(call: Call, quote: Quote) -> bool:
    counts = counts_of(call, quote)
    counted = [price for count, price in zip(counts, quote.prices, strict=True) if count]
    return not counted or any(price is not None for price in counted)


_NO_PRICES: Final = Quote(prices=(None,) * len(KINDS), divisor=PER_MILLION, origin="")
