"""Sums of calls that share what prices depend on, and what they would cost at other prices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec.structs import replace

from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.pricing import Quote, price
from alwrity_desktop.core.domain.usage import Call, PriceStatus

_FAILED: Final = 500


class UsageSums(msgspec.Struct, frozen=True, kw_only=True):
    """The sums over calls of one model, price status, frozen prices and size of context.

    Their cost at any quote is the sum of the calls' costs, but for what each call's own
    rounding to a pico-dollar adds.
    """

    provider: str
    model: str
    price_status: PriceStatus = PriceStatus.PRICED
    service_tier: str = ""
    #: The calls' context is larger than this: a threshold of the prices that are compared.
    context_above: int = 0
    is_error: bool = False
    #: A moment at which the prices are those of all the calls, UTC milliseconds.
    at_ms: int = 0
    calls: int = 0
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    output_tokens: int = 0
    requests: int = 0
    #: Calls that went well and did not say how many requests they were: one each.
    silent_requests: int = 0
    web_searches: int = 0
    images: int = 0
    pages: int = 0
    cost_pico: int = 0
    #: The prices that the calls were booked with, as the ledger numbers them; 0 for none.
    quote_id: int = 0

    @property
    def tokens(self) -> int:
        """The sum of all the disjoint token kinds."""
        return (
            self.input_tokens
            + self.cache_read_tokens
            + self.cache_write_5m_tokens
            + self.cache_write_1h_tokens
            + self.output_tokens
        )

    @property
    def cache_tokens(self) -> int:
        """Tokens read from the cache or written to it."""
        return self.cache_read_tokens + self.cache_write_5m_tokens + self.cache_write_1h_tokens

    def cost_at(self, quote: Quote) -> int | None:
        """Return what the calls cost at *quote*; None where it does not price them."""
        requests = self.requests + (self.silent_requests if quote.is_by_the_piece else 0)
        return price(
            Call(
                identity="",
                occurred_at_ms=self.at_ms,
                source="",
                provider=self.provider,
                model=self.model,
                input_tokens=self.input_tokens,
                cache_read_tokens=self.cache_read_tokens,
                cache_write_5m_tokens=self.cache_write_5m_tokens,
                cache_write_1h_tokens=self.cache_write_1h_tokens,
                output_tokens=self.output_tokens,
                requests=requests,
                web_searches=self.web_searches,
                images=self.images,
                pages=self.pages,
                # The silent ones are counted already: none may be added for the whole.
                status_code=_FAILED,
            ),
            quote,
        )

    def uncached(self) -> UsageSums:
        """Return the same calls without any cache: all of it plain input."""
        return replace(
            self,
            input_tokens=self.input_tokens + self.cache_tokens,
            cache_read_tokens=0,
            cache_write_5m_tokens=0,
            cache_write_1h_tokens=0,
        )

    def half_cached(self) -> UsageSums:
        """Return the same calls with half of the plain input read from the cache."""
        moved = self.input_tokens // 2
        return replace(
            self,
            input_tokens=self.input_tokens - moved,
            cache_read_tokens=self.cache_read_tokens + moved,
        )


class PricedSpan(msgspec.Struct, frozen=True):
    """A span in which no price changes that is compared."""

    start_ms: int
    end_ms: int


def cost_of(rows: Iterable[UsageSums]) -> int:
    """Return what the calls cost as they were booked, pico-dollars."""
    return sum(row.cost_pico for row in rows)


def calls_of(rows: Iterable[UsageSums]) -> int:
    """Return how many calls they are."""
    return sum(row.calls for row in rows)


def repriced(
    rows: Iterable[UsageSums],
    book: PriceBook,
    provider: str,
    model: str,
    service_tier: str | None = None,
) -> int | None:
    """Return what the calls would cost on *model* of *provider*, pico-dollars.

    Each keeps its service tier unless one is named. None where any has no price there.
    """
    whole = 0
    for row in rows:
        tier = row.service_tier if service_tier is None else service_tier
        context = row.context_above + 1 if row.context_above else 0
        quote = book.quote(provider, model, row.at_ms, tier, context)
        cost = None if quote is None else row.cost_at(quote)
        if cost is None:
            return None
        whole += cost
    return whole
