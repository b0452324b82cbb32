"""A dated price list: finds a model by the list's own rules, and its prices at a moment.

The rules are those of the maintained list: conditional prices are tried from the last to
the first, variants override price by price, and a context tier holds for the whole request.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

import msgspec

SCHEMA: Final = "alwrity-desktop/prices/1"

STANDARD_TIERS: Final = frozenset({"", "standard", "default", "auto", "on_demand"})

PROVIDER_NAMES: Final[Mapping[str, str]] = {
    "gemini": "google",
    "z-ai": "zai",
    "moonshot": "moonshotai",
    "vertex": "google",
    "bedrock": "aws",
    "xai": "x-ai",
}
"""The list's names of providers that this program names otherwise."""

OUR_NAMES: Final = {"google": "gemini", "zai": "z-ai", "moonshotai": "moonshot"}
"""This program's names of the list's providers, where they differ."""

CONTEXTS_OF_TIER: Final[Mapping[str, Mapping[str, str]]] = {
    "batch": {"processing": "batch"},
    "priority": {"service_tier": "priority"},
    "flex": {"service_tier": "flex"},
    "fast": {"service_tier": "fast", "speed": "fast"},
}
"""What a call's service tier is called in the list's price variants."""

MS_PER_DAY: Final = 86_400_000
_MINUTE_MS: Final = 60_000
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()

_COMPACT_DATE: Final = re.compile(r"-(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)")
#: What routers and other hosts put before and behind a model's own name.
_ROUTE_BEFORE: Final = re.compile(r"^(?:[\w.-]+/)+|^models/|^(?:[a-z]{2,6}\.)?[a-z0-9]+\.(?=[a-z])")
_ROUTE_BEHIND: Final = re.compile(r"(?:\[\w+\]|-v\d+:\d+|@\w+|:\w+)$")


class TieredPrice(msgspec.Struct, frozen=True, array_like=True):
    """A price that another one replaces for a longer context."""

    base: str
    #: (tokens above which the price holds for the whole request, price), rising.
    above: tuple[tuple[int, str], ...]


ListPrice = str | TieredPrice


class Match(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whether a name is meant: any of these holds, all in lower case."""

    equals: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    regex: tuple[str, ...] = ()
    #: Groups of which each part must hold.
    every: tuple[tuple[Match, ...], ...] = ()

    def holds(self, name: str) -> bool:
        """Return whether *name*, in lower case, is meant."""
        return (
            name in self.equals
            or name.startswith(self.starts)
            or name.endswith(self.ends)
            or any(part in name for part in self.contains)
            or any(re.search(pattern, name) for pattern in self.regex)
            or any(all(part.holds(name) for part in group) for group in self.every)
        )


class Block(msgspec.Struct, frozen=True, omit_defaults=True):
    """Prices by kind, and when they hold."""

    prices: dict[str, ListPrice]
    #: First UTC day, ISO.
    since: str | None = None
    #: From and to, UTC "HH:MM"; to may be before from, over midnight.
    daily: tuple[str, str] | None = None
    #: The request's context that selects a variant; empty for standard prices.
    when: dict[str, str] = {}

    def is_active(self, at_ms: int) -> bool:
        """Return whether the prices hold at an instant."""
        if self.since is not None and at_ms < start_ms(self.since):
            return False
        if self.daily is None:
            return True
        start, end = (minutes_ms(clock) for clock in self.daily)
        moment = at_ms % MS_PER_DAY
        if end < start:
            return moment >= start or moment < end
        return start <= moment < end


class Model(msgspec.Struct, frozen=True, omit_defaults=True):
    """A model: its names and its prices over time."""

    id: str
    match: Match
    blocks: tuple[Block, ...]
    variants: tuple[Block, ...] = ()


class Provider(msgspec.Struct, frozen=True, omit_defaults=True):
    """A provider's models."""

    models: tuple[Model, ...]
    match: Match = Match()
    #: Providers whose models it offers at their prices.
    fallback: tuple[str, ...] = ()


class ListFile(msgspec.Struct, frozen=True):
    """The file of a price list; each provider is decoded when it is first asked for."""

    schema: str
    name: str
    version: str
    #: ISO day on which the list was taken.
    date: str
    #: Units that a price is for, by kind.
    units: dict[str, int]
    providers: dict[str, msgspec.Raw]


class Found(msgspec.Struct, frozen=True):
    """A model as the list knows it."""

    provider_id: str
    provider: Provider
    model: Model
    #: False for another provider's model, whose variants do not apply.
    has_variants: bool


class PriceList:
    """One price list, decoded provider by provider as they are asked for."""

    def __init__(self, data: bytes) -> None:
        """Read the list's outline; msgspec.DecodeError when it is none."""
        self.file = msgspec.json.decode(data, type=ListFile)
        self._providers: dict[str, Provider] = {}

    def provider_ids(self) -> tuple[str, ...]:
        """Return the list's own names of its providers."""
        return tuple(self.file.providers)

    def provider(self, provider_id: str) -> Provider:
        """Return one of ``provider_ids``."""
        known = self._providers.get(provider_id)
        if known is None:
            known = msgspec.json.decode(self.file.providers[provider_id], type=Provider)
            self._providers[provider_id] = known
        return known

    def ids_for(self, provider: str) -> tuple[str, ...]:
        """Return the list's own name of a provider, or nothing when it does not know it."""
        provider_id = self._provider_id(provider)
        return () if provider_id is None else (provider_id,)

    def find(self, provider: str, model: str) -> Found | None:
        """Return the list's entry of a model, or None when the list does not know it."""
        provider_id = self._provider_id(provider)
        if provider_id is None:
            return None
        name = model.lower()
        for form in (name, _with_dashed_date(name), *_bare_forms(name)):
            found = self._find_as(provider_id, form)
            if found is not None:
                return found
        return None

    def _provider_id(self, provider: str) -> str | None:
        name = provider.strip().lower()
        name = PROVIDER_NAMES.get(name, name)
        if name in self.file.providers:
            return name
        if not name:
            return None
        ids = self.file.providers
        return next((known for known in ids if self.provider(known).match.holds(name)), None)

    def _find_as(self, provider_id: str, name: str) -> Found | None:
        own = self.provider(provider_id)
        for owner_id in (provider_id, *own.fallback):
            owner = self.provider(owner_id)
            for model in owner.models:
                if model.match.holds(name):
                    return Found(owner_id, owner, model, owner_id == provider_id)
        return None


def prices_at(found: Found, at_ms: int, tier: str) -> tuple[dict[str, ListPrice], str | None, bool]:
    """Return a model's prices at an instant, their first day, and whether *tier* changed them."""
    model = found.model
    active = [block for block in model.blocks if block.is_active(at_ms)]
    block = active[-1] if active else model.blocks[0]
    prices = dict(block.prices)
    contexts = CONTEXTS_OF_TIER.get(tier)
    if contexts is None or not found.has_variants:
        return prices, block.since, False
    overrides: dict[str, ListPrice] = {}
    since = block.since
    for variant in model.variants:
        is_meant = all(contexts.get(key) == value for key, value in variant.when.items())
        if is_meant and variant.is_active(at_ms):
            overrides = {**variant.prices, **overrides}
            since = variant.since or since
    return {**prices, **overrides}, since, bool(overrides)


def turns_of(found: Found) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the instants, and the milliseconds in the UTC day, at which prices may change."""
    blocks = (*found.model.blocks, *found.model.variants)
    instants = {start_ms(block.since) for block in blocks if block.since is not None}
    clocks = {minutes_ms(clock) for block in blocks for clock in block.daily or ()}
    return tuple(sorted(instants)), tuple(sorted(clocks))


def at_context(price: ListPrice, context_tokens: int) -> Decimal:
    """Return the price that holds for a context of so many tokens."""
    if isinstance(price, str):
        return Decimal(price)
    index = bisect_left([start for start, _ in price.above], context_tokens)
    return Decimal(price.above[index - 1][1] if index else price.base)


def thresholds_of(prices: Mapping[str, ListPrice]) -> tuple[int, ...]:
    """Return the context sizes above which any of *prices* changes, rising."""
    tiered = [price for price in prices.values() if isinstance(price, TieredPrice)]
    return tuple(sorted({start for price in tiered for start, _ in price.above}))


def segment_of(at_ms: int, instants: tuple[int, ...], clocks: tuple[int, ...]) -> tuple[int, int]:
    """Return which stretch between the turns of ``turns_of`` an instant lies in."""
    return bisect_right(instants, at_ms), bisect_right(clocks, at_ms % MS_PER_DAY)


def start_ms(day: str) -> int:
    """Return the UTC midnight that begins an ISO day, milliseconds."""
    return (date.fromisoformat(day).toordinal() - _EPOCH_ORDINAL) * MS_PER_DAY


def minutes_ms(clock: str) -> int:
    """Return "HH:MM" in milliseconds since midnight."""
    hour, minute = clock.split(":")
    return (int(hour) * 60 + int(minute)) * _MINUTE_MS


def _with_dashed_date(name: str) -> str:
    """Return gpt-5.2-20251211 as gpt-5.2-2025-12-11, which is how lists write it."""

    def dashed(match: re.Match[str]) -> str:
        text = "-".join(match.groups())
        try:
            date.fromisoformat(text)
        except ValueError:
            return match.group(0)
        return f"-{text}"

    return _COMPACT_DATE.sub(dashed, name)


def _bare_forms(name: str) -> tuple[str, ...]:
    """Return the name without what routers and hosts add to it, where they added anything."""
    behind = name
    while (shorter := _ROUTE_BEHIND.sub("", behind)) != behind:
        behind = shorter
    bare = _ROUTE_BEFORE.sub("", behind)
    while (shorter := _ROUTE_BEFORE.sub("", bare)) != bare:
        bare = shorter
    forms = {form: None for form in (behind, bare) if form and form != name}
    return tuple(dict.fromkeys(form for one in forms for form in (one, _with_dashed_date(one))))
