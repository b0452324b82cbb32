"""The price book: own prices, then the maintained list, then the ALwrity table."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from alwrity_desktop.core.domain.price_list import (
    OUR_NAMES,
    STANDARD_TIERS,
    Found,
    ListPrice,
    PriceList,
    at_context,
    prices_at,
    segment_of,
    start_ms,
    thresholds_of,
    turns_of,
)
from alwrity_desktop.core.domain.pricing import (
    KINDS,
    PriceOverride,
    Quote,
    Settled,
    UnitUsd,
    quote_of,
    settle,
)
from alwrity_desktop.core.domain.usage import Call

OWN_ORIGIN: Final = "own price"

_FALLBACKS: Final = (
    ("cache_read", "input"),
    ("cache_write_5m", "input"),
    ("cache_write_1h", "cache_write_5m"),
)
"""A kind without a price of its own takes the other one's, as the maintained list does."""

_LIST_KINDS: Final = {"cache_write": "cache_write_5m"}

_ONE_HOUR_FACTORS: Final = {"anthropic": Decimal(2)}
"""Price of a cache write for one hour over that of plain input, for own prices."""


class PriceEntry(msgspec.Struct, frozen=True):
    """All that is known of a model's prices at one moment."""

    provider: str
    model: str
    quote: Quote
    #: For contexts beyond a threshold, rising.
    longer: tuple[Quote, ...] = ()
    #: Variants such as batch, where they differ.
    variants: tuple[Quote, ...] = ()


class SteadyQuote(NamedTuple):
    """A quote that holds from the instant that was asked about on."""

    quote: Quote
    #: The largest context that it holds for, in tokens; None for any.
    upto_tokens: int | None
    #: The first instant at which it no longer holds; None for always.
    until_ms: int | None


class PriceBook:
    """Answers what a call costs. Lists outrank one another in the order given.

    Not thread-safe while it is written to; the answers are kept, so one book serves a
    whole import.
    """

    def __init__(self, lists: Sequence[PriceList], overrides: Sequence[PriceOverride] = ()) -> None:
        """Take the price lists, the best first, and the person's own prices."""
        self._lists = tuple(lists)
        self._own: dict[tuple[str, str], list[PriceOverride]] = {}
        for override in overrides:
            key = (override.provider.strip().lower(), override.model.strip().lower())
            self._own.setdefault(key, []).append(override)
        self._shelves: dict[tuple[str, str, str], _Shelf] = {}

    def quote(
        self,
        provider: str,
        model: str,
        at_ms: int,
        service_tier: str = "",
        context_tokens: int = 0,
    ) -> Quote | None:
        """Return the unit prices in force, or None when no list and no own price has any.

        *context_tokens* is all of the input, cached or not; tiers hold for the whole
        request. The same prices are always the same object.
        """
        shelf = self._shelf_of((provider, model, service_tier))
        if shelf.is_constant:
            return shelf.constant
        return shelf.quote(at_ms, context_tokens)

    def settle(self, call: Call) -> Settled:
        """Return what *call* costs, and how that came about."""
        shelf = self._shelf_of((call.provider, call.model, call.service_tier))
        if shelf.is_constant:
            return settle(call, shelf.constant)
        segment = shelf.segment(call.occurred_at_ms)
        if not segment.thresholds:
            return settle(call, segment.plain)
        return settle(call, segment.quote(call.tokens - call.output_tokens))

    def steady_quote(
        self, provider: str, model: str, service_tier: str, from_ms: int
    ) -> SteadyQuote | None:
        """Return what a model's calls of short context are settled with from an instant on.

        None where no price is known, and where it depends on the time of day.
        """
        return self._shelf_of((provider, model, service_tier)).steady_quote(from_ms)

    def describe(self, provider: str, model: str, at_ms: int) -> PriceEntry | None:
        """Return a model's prices at a moment, with its tiers and variants; None if unknown."""
        quote = self.quote(provider, model, at_ms)
        if quote is None:
            return None
        shelf = self._shelves[provider, model, ""]
        longer = [shelf.quote(at_ms, start + 1) for start in shelf.thresholds(at_ms)]
        variants = [self.quote(provider, model, at_ms, tier) for tier in _TIERS]
        return PriceEntry(
            provider,
            model,
            quote,
            tuple(each for each in longer if each is not None),
            tuple(each for each in variants if each is not None and each.tier),
        )

    def all_prices(self, at_ms: int, provider: str | None = None) -> Iterator[PriceEntry]:
        """Yield every priced model once, own prices first; of one provider if it is named."""
        seen: set[tuple[str, str]] = set()
        for name, model in self._known(provider):
            quote = None if (name, model) in seen else self.quote(name, model, at_ms)
            seen.add((name, model))
            if quote is not None:
                yield PriceEntry(name, model, quote)

    def _known(self, provider: str | None) -> Iterator[tuple[str, str]]:
        for name, model in self._own:
            if provider is None or provider == name:
                yield name, model
        for prices in self._lists:
            ids = prices.provider_ids() if provider is None else prices.ids_for(provider)
            for known in ids:
                for entry in prices.provider(known).models:
                    yield provider or OUR_NAMES.get(known, known), entry.id

    def _shelf_of(self, key: tuple[str, str, str]) -> _Shelf:
        shelf = self._shelves.get(key)
        if shelf is None:
            shelf = self._shelves[key] = self._shelf(*key)
        return shelf

    def _shelf(self, provider: str, model: str, tier: str) -> _Shelf:
        own = self._own.get((provider.strip().lower(), model.strip().lower()), [])
        tier = "" if tier.lower() in STANDARD_TIERS else tier.lower()
        for prices in self._lists:
            found = prices.find(provider, model)
            if found is not None:
                return _Shelf(provider, tier, own, prices, found)
        return _Shelf(provider, tier, own, None, None)


class _Shelf:
    """The quotes of one model and service tier, worked out when they are first asked for."""

    def __init__(
        self,
        provider: str,
        tier: str,
        own: Sequence[PriceOverride],
        prices: PriceList | None,
        found: Found | None,
    ) -> None:
        self._provider = provider
        self._tier = tier
        self._own = sorted(own, key=lambda override: override.effective_from or "")
        self._list = prices
        self._found = found
        instants, self._clocks = turns_of(found) if found else ((), ())
        starts = {start_ms(each.effective_from) for each in own if each.effective_from}
        self._instants = tuple(sorted(starts.union(instants)))
        self._segments: dict[tuple[int, int], _Segment] = {}
        segment = None if self._instants or self._clocks else self.segment(0)
        self.is_constant = segment is not None and not segment.thresholds
        self.constant = segment.quote(0) if segment is not None and self.is_constant else None

    def quote(self, at_ms: int, context_tokens: int) -> Quote | None:
        """Return the quote for an instant and a context."""
        return self.segment(at_ms).quote(context_tokens)

    def thresholds(self, at_ms: int) -> tuple[int, ...]:
        """Return the context sizes above which prices change at an instant."""
        return self.segment(at_ms).thresholds

    def steady_quote(self, from_ms: int) -> SteadyQuote | None:
        """Return what holds from an instant on; None where that depends on the time of day."""
        segment = self.segment(from_ms)
        if self._clocks or segment.plain is None:
            return None
        upto_tokens = segment.thresholds[0] if segment.thresholds else None
        turns = self._instants[bisect_right(self._instants, from_ms) :]
        return SteadyQuote(segment.plain, upto_tokens, turns[0] if turns else None)

    def segment(self, at_ms: int) -> _Segment:
        """Return the stretch of time without a turn in which an instant lies."""
        key = segment_of(at_ms, self._instants, self._clocks)
        segment = self._segments.get(key)
        if segment is None:
            segment = self._segments[key] = self._make_segment(at_ms)
        return segment

    def _make_segment(self, at_ms: int) -> _Segment:
        prices: dict[str, ListPrice] = {}
        outline = Quote(prices=(), divisor=1, origin="", is_own=False)
        if self._list is not None and self._found is not None:
            file = self._list.file
            prices, since, is_variant = prices_at(self._found, at_ms, self._tier)
            outline = replace(
                outline,
                origin=f"{file.name} {file.version}".strip(),
                list_date=file.date,
                effective=since,
                tier=self._tier if is_variant else "",
            )
        active = [
            each
            for each in self._own
            if each.effective_from is None or start_ms(each.effective_from) <= at_ms
        ]
        factor = _ONE_HOUR_FACTORS.get(self._provider.lower())
        units = self._list.file.units if self._list is not None else {}
        return _Segment(prices, units, active[-1] if active else None, factor, outline)


class _Segment:
    """The quotes of one stretch of time, by the size of the context."""

    def __init__(
        self,
        prices: dict[str, ListPrice],
        units: dict[str, int],
        own: PriceOverride | None,
        one_hour_factor: Decimal | None,
        outline: Quote,
    ) -> None:
        self.thresholds = thresholds_of(prices)
        self._quotes = [
            _make_quote(_at_start(prices, units, start), own, one_hour_factor, outline, start)
            for start in (0, *self.thresholds)
        ]
        #: What holds for the shortest context.
        self.plain = self._quotes[0]

    def quote(self, context_tokens: int) -> Quote | None:
        """Return the quote for a context of so many tokens."""
        return self._quotes[bisect_left(self.thresholds, context_tokens)]


def _at_start(
    prices: dict[str, ListPrice], units: dict[str, int], start: int
) -> dict[str, UnitUsd]:
    """Return the prices that hold for contexts above *start*, which is 0 for any."""
    context = start + 1 if start else 0
    return {
        _LIST_KINDS.get(kind, kind): UnitUsd(at_context(price, context), units[kind])
        for kind, price in prices.items()
    }


def _make_quote(
    usd: dict[str, UnitUsd],
    own: PriceOverride | None,
    one_hour_factor: Decimal | None,
    outline: Quote,
    start: int,
) -> Quote | None:
    stated = {} if own is None else own.usd()
    usd = {**usd, **stated}
    if not usd:
        return None
    plain = usd.get("input")
    if one_hour_factor is not None and plain is not None:
        doubled = UnitUsd(plain.amount * one_hour_factor, plain.size)
        usd.setdefault("cache_write_1h", doubled)
    for kind, other in _FALLBACKS:
        if other in usd:
            usd.setdefault(kind, usd[other])
    is_own = own is not None
    return quote_of(
        {kind: usd[kind] for kind in KINDS if kind in usd},
        origin=OWN_ORIGIN if is_own else outline.origin,
        list_date=None if is_own else outline.list_date,
        effective=own.effective_from if own is not None else outline.effective,
        tier=outline.tier,
        context_above=start,
        is_own=is_own,
    )


_TIERS: Final = ("batch", "flex", "priority", "fast")
