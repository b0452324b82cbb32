"""Sums of calls cost what the calls cost, at any prices and on both sides of any threshold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain import price_turns
from alwrity_desktop.core.domain.model_families import CARDS, alternatives, card_of, title_of
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.pricing import PriceOverride, price
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.domain.usage_sums import UsageSums, calls_of, repriced
from alwrity_desktop.core.prices import open_price_book
from tests.core.trees import NOW_MS, one_call

BOOK = open_price_book()
DAY_MS = 86_400_000
THRESHOLDS = (100_000, 128_000, 200_000, 272_000)
TARGETS = (
    ("anthropic", "claude-sonnet-4-5"),
    ("gemini", "gemini-2.5-pro"),
    ("gemini", "gemini-2.0-flash-lite"),
    ("openai", "gpt-5.5"),
    ("tavily", "search"),
)

_tokens = st.integers(0, 300_000)
CALLS = st.builds(
    one_call,
    input_tokens=_tokens,
    output_tokens=_tokens,
    cache_read_tokens=_tokens,
    cache_write_5m_tokens=_tokens,
    cache_write_1h_tokens=_tokens,
    requests=st.integers(0, 3),
    web_searches=st.integers(0, 3),
    status_code=st.sampled_from([None, 200, 500]),
)


def context_of(call: Call) -> int:
    return call.tokens - call.output_tokens


def summed(calls: Sequence[Call]) -> list[UsageSums]:
    """Return the sums as a ledger makes them."""
    groups: defaultdict[tuple[int, bool], list[Call]] = defaultdict(list)
    for call in calls:
        above = max((each for each in THRESHOLDS if context_of(call) > each), default=0)
        groups[above, call.is_error].append(call)
    return [
        UsageSums(
            provider="anthropic",
            model="m",
            context_above=above,
            is_error=is_error,
            at_ms=NOW_MS,
            calls=len(found),
            silent_requests=sum(not each.requests and not each.is_error for each in found),
            **{
                name: sum(getattr(each, name) for each in found)
                for name in (
                    "input_tokens",
                    "cache_read_tokens",
                    "cache_write_5m_tokens",
                    "cache_write_1h_tokens",
                    "output_tokens",
                    "requests",
                    "web_searches",
                )
            },
        )
        for (above, is_error), found in groups.items()
    ]


@given(st.lists(CALLS, max_size=8), st.sampled_from(TARGETS))
def test_that_the_sums_cost_what_the_calls_cost(calls: list[Call], target: tuple[str, str]) -> None:
    costs = []
    for call in calls:
        quote = BOOK.quote(*target, NOW_MS, "", context_of(call))
        assert quote is not None
        costs.append(price(call, quote))
    together = repriced(summed(calls), BOOK, *target)
    if together is None:
        assert None in costs
    else:
        assert abs(together - sum(cost or 0 for cost in costs)) <= len(calls)


@given(st.lists(CALLS, min_size=1, max_size=8))
def test_that_another_way_of_caching_keeps_every_token(calls: list[Call]) -> None:
    for row in summed(calls):
        assert row.uncached().tokens == row.half_cached().tokens == row.tokens
        assert row.uncached().cache_tokens == 0
    assert calls_of(summed(calls)) == len(calls)


def test_that_prices_turn_on_the_day_that_they_change() -> None:
    day_ms = NOW_MS // DAY_MS * DAY_MS
    own = PriceOverride(
        provider="acme", model="big", effective_from="2026-11-18", input_usd_per_million="1"
    )
    book = PriceBook((), (own,))
    models = (("acme", "big"),)
    start_ms, end_ms = day_ms - 9 * DAY_MS + 5, day_ms + 7
    assert price_turns.turns(book, models, start_ms, end_ms) == [
        (start_ms, day_ms - 2 * DAY_MS),
        (day_ms - 2 * DAY_MS, end_ms),
    ]
    assert price_turns.turns(BOOK, (("exa", "search"),), 5, 6) == [(5, 6)]


@pytest.mark.parametrize(
    ("provider", "model", "title"),
    [
        ("anthropic", "claude-sonnet-4-5-20250929", "Claude Sonnet 4.5"),
        ("anthropic", "claude-3-5-haiku-latest", "Claude Haiku 3.5"),
        ("gemini", "models/gemini-2.0-flash-lite-001", "Gemini 2.0 Flash Lite"),
        ("openai", "gpt-4.1-mini-2025-04-14", "GPT-4.1 mini"),
        ("openai", "gpt-5-image", "gpt-5-image"),
        ("gemini", "claude-sonnet-4-5", "claude-sonnet-4-5"),
    ],
)
def test_that_a_model_is_known_by_its_makers_names_and_by_no_other(
    provider: str, model: str, title: str
) -> None:
    assert title_of(provider, model) == title


def test_that_what_is_advised_has_a_price_today_and_is_of_the_same_maker() -> None:
    for card in CARDS:
        if card.is_advised:
            assert BOOK.quote(card.provider, card.model, NOW_MS) is not None, card
        for other in alternatives(card):
            assert (other.provider, other.does) == (card.provider, card.does)
            assert other.is_advised
            assert card.size - 1 <= other.size <= card.size
    assert card_of("openai", "gpt-5") is not None
