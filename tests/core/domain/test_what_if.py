"""What if: sums move to other models as the calls would, and what cannot move is counted."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alwrity_desktop.core.domain.errors import NotFoundError, UsageError
from alwrity_desktop.core.domain.model_offers import model_offers, suggestion
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.pricing import PriceOverride
from alwrity_desktop.core.domain.usage import PriceStatus
from alwrity_desktop.core.domain.usage_sums import UsageSums, repriced
from alwrity_desktop.core.domain.what_if import MAX_VOLUME, at_volume, work_out
from alwrity_desktop.core.domain.what_if_values import WhatIf
from alwrity_desktop.core.prices import open_price_book
from tests.core.trees import NOW_MS

USD: Final = 10**12
BOOK: Final = open_price_book()
HAIKU: Final = ("anthropic", "claude-haiku-4-5")


def rows(**how: object) -> UsageSums:
    known = {
        "provider": "anthropic",
        "model": "claude-sonnet-4-5",
        "at_ms": NOW_MS,
        "calls": 10,
        "input_tokens": 1_000_000,
        "output_tokens": 100_000,
        "cost_pico": 5 * USD,
    }
    return UsageSums(**{**known, **how})  # type: ignore[arg-type]


SEARCHES: Final = rows(
    provider="tavily", model="search", calls=7, input_tokens=0, output_tokens=0,
    silent_requests=7, cost_pico=USD,
)  # fmt: skip
IMAGES: Final = rows(
    provider="stability", model="image", calls=3, input_tokens=0, output_tokens=0, images=3,
    cost_pico=USD,
)  # fmt: skip


def test_that_the_same_calls_cost_what_they_would_one_by_one() -> None:
    outcome = work_out([rows(), rows(cost_pico=USD)], WhatIf(*HAIKU), BOOK)
    assert outcome.cost_pico == 6 * USD
    assert outcome.instead_pico == repriced([rows(), rows()], BOOK, *HAIKU) == 3 * USD
    assert (outcome.saving_pico, outcome.difference_pico) == (3 * USD, -3 * USD)
    assert outcome.difference_percent == -50
    assert (outcome.unpriced_calls, outcome.unfit_calls) == (0, 0)


def test_that_calls_that_cannot_move_are_in_neither_sum_and_are_counted() -> None:
    unpriced = rows(price_status=PriceStatus.UNPRICED, calls=4, cost_pico=0)
    outcome = work_out([rows(), SEARCHES, IMAGES, unpriced], WhatIf(*HAIKU), BOOK)
    assert (outcome.calls, outcome.cost_pico) == (10, 5 * USD)
    assert (outcome.unfit_calls, outcome.unpriced_calls) == (10, 4)


def test_that_texts_do_not_become_searches() -> None:
    outcome = work_out([rows(), SEARCHES], WhatIf("serper", "search"), BOOK)
    assert (outcome.calls, outcome.unfit_calls) == (7, 10)
    with pytest.raises(NotFoundError, match="has no price for these calls"):
        work_out([rows()], WhatIf("serper", "search"), BOOK)


def test_that_images_do_not_become_searches() -> None:
    with pytest.raises(NotFoundError, match="has no price for these calls"):
        work_out([replace(IMAGES, images=0)], WhatIf("serper", "search"), BOOK)


def test_that_a_model_without_a_price_for_searches_does_not_take_calls_that_search() -> None:
    own = PriceOverride(
        provider="acme", model="m", input_usd_per_million="1", output_usd_per_million="1"
    )
    book = PriceBook((), (own,))
    outcome = work_out([rows(), rows(web_searches=2, calls=1)], WhatIf("acme", "m"), book)
    assert (outcome.calls, outcome.unfit_calls) == (10, 1)


def test_that_only_the_calls_that_are_asked_for_move() -> None:
    other = rows(provider="openai", model="gpt-5", cost_pico=USD)
    found = [rows(), other]
    for question, cost in (
        (WhatIf(*HAIKU), 6 * USD),
        (WhatIf(*HAIKU, "openai"), USD),
        (WhatIf(*HAIKU, None, "claude-sonnet-4-5"), 5 * USD),
    ):
        assert work_out(found, question, BOOK).cost_pico == cost
    with pytest.raises(NotFoundError, match="no priced calls to mistral"):
        work_out(found, WhatIf(*HAIKU, "mistral"), BOOK)


@given(st.fractions(min_value=Fraction(1, 100), max_value=MAX_VOLUME))
def test_that_another_volume_is_the_same_as_asking_for_it(volume: Fraction) -> None:
    once = work_out([rows(), SEARCHES], WhatIf(*HAIKU), BOOK)
    asked = work_out([rows(), SEARCHES], WhatIf(*HAIKU, volume=volume), BOOK)
    assert at_volume(once, volume) == asked
    assert asked.as_now_at_volume_pico == round(5 * USD * volume)
    assert asked.difference_pico == asked.at_volume_pico - 5 * USD


@pytest.mark.parametrize("volume", [Fraction(0), Fraction(-1), Fraction(MAX_VOLUME + 1)])
def test_that_no_volume_is_refused(volume: Fraction) -> None:
    outcome = work_out([rows()], WhatIf(*HAIKU), BOOK)
    with pytest.raises(UsageError, match="The volume is more than 0"):
        at_volume(outcome, volume)


def test_that_used_models_are_offered_first_by_the_names_that_calls_give_them() -> None:
    dated = ("openai", "gpt-5-mini-2025-08-07")
    offers = model_offers(BOOK, NOW_MS, {dated, ("acme", "nobody-prices-it")})
    assert (offers[0].provider, offers[0].model, offers[0].is_used) == (*dated, True)
    assert not any(offer.is_used for offer in offers[1:])
    names = [(offer.provider, offer.model) for offer in offers]
    assert len(names) == len(set(names))
    assert names.index(("gemini", "gemini-2.5-flash")) < names.index(("openai", "gpt-4"))
    search = next(offer for offer in offers if offer.provider == "tavily")
    assert (search.input_pico, search.request_pico) == (None, USD // 1000)


def test_that_the_suggestion_is_a_model_of_the_same_maker() -> None:
    offers = model_offers(BOOK, NOW_MS, set())
    found = suggestion(offers, "anthropic", "claude-sonnet-4-5")
    assert found is not None
    assert (found.provider, found.model) == HAIKU
    first = suggestion(offers, None, None)
    assert first == offers[0]
    assert suggestion((), None, None) is None
    assert suggestion(offers[:1], offers[0].provider, offers[0].model) is None
