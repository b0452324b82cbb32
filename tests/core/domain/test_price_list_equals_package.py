"""The snapshot of the maintained list gives the package's own results, to the pico-dollar."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal

import genai_prices
import pytest
from genai_prices import data, types

from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.pricing import price
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.prices import maintained_list

BOOK = PriceBook((maintained_list(),))
KEYS = {
    "input_mtok",
    "output_mtok",
    "cache_read_mtok",
    "cache_write_mtok",
    "cache_write_1h_mtok",
    "web_searches_kcount",
    "requests_kcount",
    "input_document_kpages",
}
#: uncached input, cache read, cache write 5m, cache write 1h, output, web searches
MIXES = (
    (1_003, 0, 0, 0, 517, 0),
    (7, 150_001, 30_003, 19_989, 1_999, 2),
    (8, 150_001, 30_003, 19_989, 1_999, 0),
    (700_001, 320_000, 0, 11, 3, 1),
)
#: What response or batch contexts the package calls our service tiers.
CONTEXTS = {
    "": None,
    "batch": {"processing": "batch"},
    "priority": {"service_tier": "priority"},
    "flex": {"service_tier": "flex"},
    "fast": {"service_tier": "fast", "speed": "fast"},
}
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def moments_of(model: types.ModelInfo) -> Iterator[datetime]:
    """Yield the present, and the last and first moment around each change of prices."""
    yield NOON
    yield datetime(2024, 2, 29, 3, 30, tzinfo=UTC)
    blocks = [] if isinstance(model.prices, types.ModelPrice) else model.prices
    constraints = [block.constraint for block in blocks]
    constraints += [variant.constraint for variant in model.price_variants or ()]
    for constraint in constraints:
        match constraint:
            case types.StartDateConstraint(start_date=day):
                start = datetime.combine(day, datetime.min.time(), UTC)
                yield from (start - timedelta(milliseconds=1), start)
            case types.TimeOfDateConstraint(start_time=start_time, end_time=end_time):
                for clock in (start_time, end_time):
                    start = datetime.combine(date(2026, 11, 19), clock)
                    yield from (start - timedelta(milliseconds=1), start)


def name_of(provider: types.Provider, model: types.ModelInfo) -> str | None:
    """Return a name that the package itself takes for this model."""
    leaves = [model.match]
    names = [model.id]
    for leaf in leaves:
        leaves.extend(getattr(leaf, "or_", ()))
        names.extend(vars(leaf).get(key, "") for key in ("equals", "starts_with", "contains"))
    tried = (name for name in names if name)
    return next((name for name in tried if provider.find_model(name) is model), None)


def price_keys(model: types.ModelInfo) -> set[str]:
    prices = model.prices
    blocks = [prices] if isinstance(prices, types.ModelPrice) else [each.prices for each in prices]
    return {key for block in blocks for key, value in vars(block).items() if value is not None}


def ours(
    provider: str, model: str, moment: datetime, tier: str, mix: tuple[int, ...]
) -> int | None:
    call = Call(
        identity="",
        occurred_at_ms=int(moment.timestamp() * 1000),
        source="test",
        provider=provider,
        model=model,
        input_tokens=mix[0],
        cache_read_tokens=mix[1],
        cache_write_5m_tokens=mix[2],
        cache_write_1h_tokens=mix[3],
        output_tokens=mix[4],
        web_searches=mix[5],
        pages=4,
        service_tier=tier,
    )
    quote = BOOK.quote(provider, model, call.occurred_at_ms, tier, sum(mix[:4]))
    return None if quote is None else price(call, quote)


def theirs(provider: str, model: str, moment: datetime, tier: str, mix: tuple[int, ...]) -> int:
    usage = genai_prices.Usage(
        input_tokens=sum(mix[:4]),
        cache_read_tokens=mix[1],
        cache_write_tokens=mix[2] + mix[3],
        cache_write_5m_tokens=mix[2],
        cache_write_1h_tokens=mix[3],
        output_tokens=mix[4],
        web_searches=mix[5],
        input_document_pages=4,
    )
    result = genai_prices.calc_price(
        usage,
        model,
        provider_id=provider,
        genai_request_timestamp=moment,
        price_context=CONTEXTS[tier],
    )
    exact = Context(prec=60).multiply(result.total_price, Decimal(10**12))
    return int(exact.to_integral_value(ROUND_HALF_EVEN))


def cases(model: types.ModelInfo) -> Iterator[tuple[datetime, str, tuple[int, ...]]]:
    moments = sorted(set(moments_of(model)))
    tiers = CONTEXTS if model.price_variants else {"": None}
    for index, moment in enumerate(moments):
        for tier in tiers:
            if moment == NOON or tier:
                yield from ((moment, tier, mix) for mix in MIXES)
            else:
                yield moment, tier, MIXES[index % len(MIXES)]


@pytest.mark.parametrize("provider", data.providers, ids=lambda provider: str(provider.id))
def test_that_every_model_of_the_package_costs_the_same(provider: types.Provider) -> None:
    checked = skipped = 0
    for model in provider.models:
        keys = price_keys(model)
        name = name_of(provider, model)
        if not keys & KEYS or name is None:
            skipped += 1
            continue
        # The package prices a one-hour write that its list leaves out as one of five minutes.
        is_doubled = provider.id == "anthropic" and "cache_write_1h_mtok" not in keys
        for moment, tier, mix in cases(model):
            if is_doubled and mix[3]:
                continue
            where = (provider.id, name, moment.isoformat(), tier, mix)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                expected = theirs(provider.id, name, moment, tier, mix)
            assert ours(provider.id, name, moment, tier, mix) == expected, where
            checked += 1
    assert checked or skipped == len(provider.models)
    assert skipped <= max(6, len(provider.models) // 5), "too many models were left out"


def test_that_a_model_priced_only_by_what_no_call_counts_has_no_price() -> None:
    left_out = [
        (provider.id, model.id)
        for provider in data.providers
        for model in provider.models
        if not price_keys(model) & KEYS and price_keys(model)
    ]
    assert left_out
    for provider_id, model_id in left_out:
        assert ours(provider_id, model_id, NOON, "", MIXES[0]) is None


def test_that_a_dated_name_without_dashes_is_found_like_the_dashed_one() -> None:
    for name in ("gpt-4o-20241120", "gpt-4o-2024-11-20", "GPT-4o", "gpt-4o-mini-2024-07-18"):
        assert ours("openai", name, NOON, "", MIXES[0]) == theirs(
            "openai", name, NOON, "", MIXES[0]
        )
