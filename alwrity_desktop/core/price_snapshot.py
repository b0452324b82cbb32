"""Turns the installed genai-prices package into a price list of this program's own format.

Imported only where that package is installed: the program itself reads the list that was
made with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from decimal import Decimal
from importlib.metadata import version
from typing import Final

import msgspec
from genai_prices import types
from genai_prices.data import providers

from alwrity_desktop.core.domain.price_list import (
    SCHEMA,
    Block,
    ListPrice,
    Match,
    Model,
    Provider,
    TieredPrice,
)

_KIND_OF_KEY: Final = {
    "input_mtok": "input",
    "output_mtok": "output",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_write",
    "cache_write_1h_mtok": "cache_write_1h",
    "web_searches_kcount": "web_search",
    "requests_kcount": "request",
    "input_document_kpages": "page",
}
_UNITS: Final = {
    kind: 1_000_000 if key.endswith("mtok") else 1_000 for key, kind in _KIND_OF_KEY.items()
}
_ATTRIBUTES: Final = {
    types.ClauseEquals: "equals",
    types.ClauseStartsWith: "starts_with",
    types.ClauseEndsWith: "ends_with",
    types.ClauseContains: "contains",
    types.ClauseRegex: "regex",
}
_FIELDS: Final = {
    types.ClauseEquals: "equals",
    types.ClauseStartsWith: "starts",
    types.ClauseEndsWith: "ends",
    types.ClauseContains: "contains",
    types.ClauseRegex: "regex",
}
_Constraint = types.StartDateConstraint | types.TimeOfDateConstraint


def snapshot(day: str) -> bytes:
    """Return the list's file as taken on an ISO day; the same package gives the same text."""
    listed = {provider.id: _provider(provider) for provider in providers}
    return msgspec.json.encode(
        {
            "schema": SCHEMA,
            "name": "maintained list genai-prices",
            "version": version("genai-prices"),
            "date": day,
            "units": _UNITS,
            "providers": listed,
        }
    )


def _provider(provider: types.Provider) -> Provider:
    return Provider(
        models=tuple(_model(model) for model in provider.models),
        match=_match(provider.provider_match) if provider.provider_match else Match(),
        fallback=tuple(provider.fallback_model_providers or ()),
    )


def _model(model: types.ModelInfo) -> Model:
    blocks = (
        [types.ConditionalPrice(prices=model.prices)]
        if isinstance(model.prices, types.ModelPrice)
        else model.prices
    )
    return Model(
        id=model.id,
        match=_match(model.match),
        blocks=tuple(_block(block.prices, block.constraint) for block in blocks),
        variants=tuple(
            _block(variant.prices, variant.constraint, variant.when)
            for variant in model.price_variants or ()
        ),
    )


def _block(
    prices: types.ModelPrice, constraint: _Constraint | None, when: dict[str, str] | None = None
) -> Block:
    since = daily = None
    if isinstance(constraint, types.StartDateConstraint):
        since = constraint.start_date.isoformat()
    elif isinstance(constraint, types.TimeOfDateConstraint):
        daily = (_clock(constraint.start_time), _clock(constraint.end_time))
    kept = {
        kind: _price(getattr(prices, key))
        for key, kind in _KIND_OF_KEY.items()
        if getattr(prices, key) is not None
    }
    return Block(prices=kept, since=since, daily=daily, when=when or {})


def _clock(moment: time) -> str:
    if moment.utcoffset() or moment.second or moment.microsecond:
        raise ValueError(f"{moment} is not a whole UTC minute: the snapshot cannot hold it.")
    return moment.strftime("%H:%M")


def _price(price: Decimal | types.TieredPrices) -> ListPrice:
    if isinstance(price, Decimal):
        return f"{price:f}"
    above = tuple((tier.start, f"{tier.price:f}") for tier in price.tiers)
    return TieredPrice(f"{price.base:f}", above)


def _match(clause: types.MatchLogic) -> Match:
    found: dict[str, list[str]] = {}
    every = []
    for part in _alternatives(clause):
        if isinstance(part, types.ClauseAnd):
            every.append(tuple(_match(each) for each in part.and_))
            continue
        kind = type(part)
        text = getattr(part, _ATTRIBUTES[kind])
        text = text if kind is types.ClauseRegex else text.lower()
        found.setdefault(_FIELDS[kind], []).append(text)
    fields = {field: tuple(values) for field, values in found.items()}
    return msgspec.convert({**fields, "every": every}, Match, from_attributes=True)


def _alternatives(clause: types.MatchLogic) -> Iterable[types.MatchLogic]:
    if not isinstance(clause, types.ClauseOr):
        return [clause]
    return [leaf for part in clause.or_ for leaf in _alternatives(part)]
