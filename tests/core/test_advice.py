"""Tips from a real ledger: each saving is the difference of two sums over the calls it names."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Final

import pytest

from alwrity_desktop.core.advice import Advice
from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain import price_turns
from alwrity_desktop.core.domain.errors import NotFoundError, UsageError
from alwrity_desktop.core.domain.money import PICO_PER_CENT
from alwrity_desktop.core.domain.pricing import PriceOverride, price
from alwrity_desktop.core.domain.report import CallQuery
from alwrity_desktop.core.domain.tip import Tip, TipClass, TipState
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT, Call
from alwrity_desktop.core.domain.what_if_values import WhatIf
from alwrity_desktop.core.results import PeriodChoice
from tests.core.single_calls import Reads
from tests.core.tips import flash, named, sum_of_group
from tests.core.trees import NOW_MS, one_call

DAY_MS: Final = 86_400_000

MODELS: Final = (
    ("gemini", "gemini-2.5-flash"),
    ("gemini", "gemini-2.5-pro"),
    ("anthropic", "claude-opus-4-1-20250805"),
    ("anthropic", "claude-sonnet-4-5-20250929"),
    ("openai", "gpt-5"),
    ("openai", "gpt-4.1"),
    ("mistral", "mistral-large-latest"),
    ("exa", "search"),
)


def some_calls(seed: int, count: int = 120) -> list[Call]:
    """Return calls of all sizes, kinds of tokens and outcomes, this month."""
    chance = random.Random(seed)
    calls = []
    for number in range(count):
        provider, model = chance.choice(MODELS)
        is_search = model == "search"
        caches = provider == "anthropic" and chance.random() < 0.7
        calls.append(
            one_call(
                identity=f"record:{seed}:{number}",
                occurred_at_ms=NOW_MS - chance.randrange(19 * DAY_MS),
                provider=provider,
                model=model,
                input_tokens=0 if is_search else chance.choice((7, 900, 33_333, 150_000)),
                output_tokens=0 if is_search else chance.randrange(40_000),
                cache_read_tokens=chance.choice((0, 90_001, 199_999)) if caches else 0,
                cache_write_5m_tokens=chance.randrange(60_000) if caches else 0,
                cache_write_1h_tokens=chance.randrange(60_000) if caches else 0,
                requests=chance.choice((0, 1, 3)) if is_search else 0,
                status_code=chance.choice((None, 200, 200, 500)),
            )
        )
    return calls


def calls_behind(tip: Tip, calls: list[Call]) -> list[Call]:
    query = tip.query
    return [
        call
        for call in calls
        if (query.provider, query.model) == (call.provider, call.model)
        and (query.state != "error" or call.is_error)
    ]


def booked(context: Context, query: CallQuery) -> int:
    return sum(row.cost_pico or 0 for row in context.calls(LOCAL_ACCOUNT, query).rows)


@pytest.mark.parametrize("seed", range(6))
def test_that_a_saving_is_the_difference_of_two_sums_to_the_cent(
    context: Context, seed: int
) -> None:
    calls = some_calls(seed)
    context.record(calls)
    report = context.report(LOCAL_ACCOUNT, PeriodChoice(), ("provider", "model"))
    moves = [tip for tip in report.tips if tip.kind in {"cheaper_model", "dear_provider"}]
    assert len(moves) >= 4
    book = context.price_book()
    for tip in moves:
        behind = calls_behind(tip, calls)
        assert tip.calls == len(behind)
        elsewhere = 0
        for call in behind:
            quote = book.quote(
                tip.instead_provider or "",
                tip.instead_model or "",
                call.occurred_at_ms,
                "",
                call.tokens - call.output_tokens,
            )
            assert quote is not None
            elsewhere += price(call, quote) or 0
        saving = sum_of_group(report, tip) - elsewhere
        assert abs(saving - (tip.saving_pico or 0)) <= len(behind)
        assert (tip.saving_pico or 0) >= PICO_PER_CENT // 2


@pytest.mark.parametrize("seed", range(3))
def test_that_the_query_of_a_tip_lists_the_calls_it_counts(context: Context, seed: int) -> None:
    context.record(some_calls(seed))
    for tip in context.report(LOCAL_ACCOUNT, PeriodChoice()).tips:
        query = CallQuery(
            tip.query.start_ms,
            tip.query.end_ms,
            provider=tip.query.provider,
            model=tip.query.model,
            state=tip.query.state,
        )
        assert context.calls(LOCAL_ACCOUNT, query).total == tip.calls
        assert booked(context, query) == tip.cost_pico
        assert tip.saving_pico == (tip.cost_pico or 0) - (tip.instead_pico or 0)


def test_that_a_cheaper_model_is_named_with_what_it_saves(context: Context) -> None:
    context.record([flash(number) for number in range(10)])
    tip = named(context.advice.tips(LOCAL_ACCOUNT), "cheaper_model")
    # 10 × 0.1M × ($0.30 + $2.50) less 10 × 0.1M × ($0.075 + $0.30)
    assert (tip.cost_pico, tip.instead_pico) == (280 * PICO_PER_CENT, 375 * PICO_PER_CENT // 10)
    assert tip.text == "Consider using Gemini 2.0 Flash Lite for 86% cost savings"
    assert (tip.tip_class, tip.calls) == (TipClass.HABIT, 10)


def test_that_a_newer_model_is_not_called_an_older_one(context: Context) -> None:
    context.record([one_call(provider="openai", model="gpt-4o-mini", input_tokens=120_000)])
    tip = named(context.advice.tips(LOCAL_ACCOUNT), "cheaper_model")
    assert tip.instead_model == "gpt-5-nano"
    assert "older" not in tip.assumption


def test_that_a_model_that_costs_more_is_never_advised(context: Context) -> None:
    dear = PriceOverride(
        provider="gemini",
        model="gemini-2.0-flash-lite",
        input_usd_per_million="9",
        output_usd_per_million="9",
    )
    also = PriceOverride(
        provider="gemini",
        model="gemini-2.5-flash-lite",
        input_usd_per_million="9",
        output_usd_per_million="9",
    )
    context.set_price(dear)
    context.set_price(also)
    context.record([flash(1)])
    assert not [tip for tip in context.advice.tips(LOCAL_ACCOUNT) if tip.kind == "cheaper_model"]


def test_that_what_a_flat_rate_paid_saves_nothing(context: Context) -> None:
    context.record([flash(1, is_flat_rate=True)])
    assert context.advice.tips(LOCAL_ACCOUNT) == ()


def test_that_of_mixed_calls_only_the_paid_ones_are_meant(context: Context) -> None:
    context.record([flash(1, is_flat_rate=True), flash(2)])
    tip = named(context.advice.tips(LOCAL_ACCOUNT), "cheaper_model")
    assert (tip.calls, tip.query.state) == (1, "paid")


def test_that_an_own_price_from_the_middle_of_the_period_is_told_apart(context: Context) -> None:
    day = "2026-11-10"
    own = PriceOverride(
        provider="gemini",
        model="gemini-2.0-flash-lite",
        effective_from=day,
        input_usd_per_million="0",
        output_usd_per_million="0.01",
    )
    context.set_price(own)
    before, after = flash(1, occurred_at_ms=NOW_MS - 15 * DAY_MS), flash(2)
    context.record([before, after])
    tip = named(context.advice.tips(LOCAL_ACCOUNT), "cheaper_model")
    assert tip.instead_model == "gemini-2.0-flash-lite"
    assert tip.instead_pico == 375 * PICO_PER_CENT // 100 + PICO_PER_CENT // 10


def test_that_a_call_longer_than_a_model_takes_is_not_moved_there(context: Context) -> None:
    gpt = {"provider": "openai", "model": "gpt-4.1"}
    context.record([one_call(identity="short", input_tokens=250_000, **gpt)])
    short = named(context.advice.tips(LOCAL_ACCOUNT), "cheaper_model")
    context.record([one_call(identity="long", input_tokens=900_000, **gpt)])
    long = named(context.advice.tips(LOCAL_ACCOUNT), "cheaper_model")
    assert (short.instead_model, long.instead_model) == ("gpt-5.1", "gpt-4.1-mini")


def test_that_failures_that_cost_are_told(context: Context) -> None:
    context.record(
        [flash(1), flash(2, status_code=500), flash(3, status_code=500, output_tokens=0)]
    )
    tip = named(context.advice.tips(LOCAL_ACCOUNT), "paid_failures")
    assert (tip.calls, tip.saving_pico) == (2, 31 * PICO_PER_CENT)
    assert tip.query.state == "error"
    assert tip.text == "2 failed calls to Gemini 2.5 Flash cost $0.31"


def test_that_a_cache_that_is_only_written_does_not_pay(context: Context) -> None:
    sonnet = {"input_tokens": 0, "output_tokens": 0, "cache_write_1h_tokens": 1_000_000}
    context.record([one_call(**sonnet)])
    tip = named(context.advice.tips(LOCAL_ACCOUNT), "caching_not_paying")
    # $6 for a million tokens written for an hour where plain input is $3; beyond 200,000 double.
    assert (tip.cost_pico, tip.instead_pico) == (1200 * PICO_PER_CENT, 600 * PICO_PER_CENT)


def test_that_a_cache_that_pays_is_left_alone(context: Context) -> None:
    context.record([one_call(cache_read_tokens=150_000, cache_write_5m_tokens=1000)])
    kinds = {tip.kind for tip in context.advice.tips(LOCAL_ACCOUNT)}
    assert not kinds & {"caching_not_paying", "caching_unused"}


def test_that_caching_is_advised_where_much_is_sent_and_none_is_cached(context: Context) -> None:
    context.record([flash(number, output_tokens=10) for number in range(20)])
    tip = named(context.advice.tips(LOCAL_ACCOUNT), "caching_unused")
    assert tip.text == "Enable caching to reduce redundant API calls"
    # Half of 2M tokens at $0.03 instead of $0.30.
    assert tip.saving_pico == 27 * PICO_PER_CENT
    assert tip.basis == "estimated"


def test_that_calls_of_no_conversation_can_wait_for_batch_prices(context: Context) -> None:
    context.record([flash(1)])
    tip = named(context.advice.tips(LOCAL_ACCOUNT), "batch_price")
    assert (tip.saving_pico, tip.basis) == (14 * PICO_PER_CENT, "estimated")
    context.record([flash(2, conversation="talk")])
    kinds = {tip.kind for tip in context.advice.tips(LOCAL_ACCOUNT)}
    assert "batch_price" not in kinds


def test_that_many_small_requests_are_told_without_a_saving(context: Context) -> None:
    small = [flash(number, input_tokens=90, output_tokens=10) for number in range(100)]
    context.record(small)
    tip = named(context.advice.tips(LOCAL_ACCOUNT), "small_requests")
    assert (tip.text, tip.saving_pico, tip.calls) == (
        "Batch similar requests to reduce API call costs",
        None,
        100,
    )


def searches(day: int, count: int, provider: str = "tavily") -> list[Call]:
    return [
        one_call(
            identity=f"{provider}:{day}:{number}",
            provider=provider,
            model="search",
            occurred_at_ms=NOW_MS - day * DAY_MS,
            input_tokens=0,
            output_tokens=0,
        )
        for number in range(count)
    ]


def test_that_more_searches_than_usual_are_told_by_how_much(context: Context) -> None:
    context.record([call for day in range(20, 60) for call in searches(day, 2)])
    context.record([call for day in range(20) for call in searches(day, 7)])
    tip = named(context.advice.tips(LOCAL_ACCOUNT), "more_searches")
    assert tip.text == "Your search API usage is 3.5x higher than average"
    assert tip.calls == 140


def test_that_as_many_searches_as_always_are_no_news(context: Context) -> None:
    context.record([call for day in range(60) for call in searches(day, 2)])
    assert context.advice.tips(LOCAL_ACCOUNT) == ()


def test_that_a_cheaper_search_is_named(context: Context) -> None:
    context.record(searches(1, 10, "exa"))
    tip = named(context.advice.tips(LOCAL_ACCOUNT), "dear_provider")
    assert (tip.cost_pico, tip.instead_pico) == (3 * PICO_PER_CENT, PICO_PER_CENT)
    assert tip.text == "Tavily searches for 66% less than Exa"


@pytest.fixture
def advised(context: Context) -> tuple[Advice, Tip]:
    context.record([flash(number) for number in range(10)])
    return context.advice, named(context.advice.tips(LOCAL_ACCOUNT), "cheaper_model")


def ids(advice: Advice) -> set[str]:
    return {tip.id for tip in advice.tips(LOCAL_ACCOUNT)}


def test_that_a_dismissed_tip_stays_away_until_it_is_reopened(advised: tuple[Advice, Tip]) -> None:
    advice, tip = advised
    advice.mark(LOCAL_ACCOUNT, tip.id, TipState.DISMISSED)
    assert tip.id not in ids(advice)
    assert [kept.state for kept in advice.put_off(LOCAL_ACCOUNT)] == [TipState.DISMISSED]
    advice.mark(LOCAL_ACCOUNT, tip.id, TipState.OPEN)
    assert tip.id in ids(advice)
    with pytest.raises(NotFoundError):
        advice.mark(LOCAL_ACCOUNT, tip.id, TipState.OPEN)


def test_that_a_tip_that_is_not_there_cannot_be_put_off(advised: tuple[Advice, Tip]) -> None:
    advice, tip = advised
    with pytest.raises(NotFoundError):
        advice.mark(LOCAL_ACCOUNT, "cheaper_model:none", TipState.DONE)
    with pytest.raises(UsageError):
        advice.mark(LOCAL_ACCOUNT, tip.id, TipState.SNOOZED, snooze_days=0)


@pytest.fixture
def later(context: Context, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], tuple[Tip, ...]]:
    """Return a way to see the tips of the last days, some days later."""

    def tips_after(days: int) -> tuple[Tip, ...]:
        monkeypatch.setattr(context, "clock", Clock(NOW_MS + days * DAY_MS))
        return context.advice.tips(LOCAL_ACCOUNT, PeriodChoice("all"))

    return tips_after


def test_that_a_snoozed_tip_comes_back_after_its_days(
    advised: tuple[Advice, Tip], later: Callable[[int], tuple[Tip, ...]]
) -> None:
    advice, tip = advised
    advice.mark(LOCAL_ACCOUNT, tip.id, TipState.SNOOZED, snooze_days=3)
    assert tip.id not in {each.id for each in later(2)}
    assert tip.id in {each.id for each in later(3)}


def test_that_a_done_tip_says_after_seven_days_what_it_brought(
    context: Context, advised: tuple[Advice, Tip], later: Callable[[int], tuple[Tip, ...]]
) -> None:
    advice, tip = advised
    advice.mark(LOCAL_ACCOUNT, tip.id, TipState.DONE)
    lite = {"model": "gemini-2.0-flash-lite"}
    context.record([flash(20, occurred_at_ms=NOW_MS + 2 * DAY_MS, **lite)])
    context.record([flash(21, occurred_at_ms=NOW_MS + 8 * DAY_MS, **lite)])
    assert tip.id not in {each.id for each in later(6)}
    (done,) = [each for each in later(9) if each.id == tip.id]
    assert (done.state, done.calls, done.saving_pico) == (TipState.DONE, 1, None)
    # One call of 28 cents for 3.75: the one of the eighth day is beyond the seven.
    assert done.brought_pico == 2425 * PICO_PER_CENT // 100
    assert done.text.startswith("Done, and it brought $0.24 in 7 days: Consider using")
    # After a month the advice may come again.
    assert [each.state for each in later(40) if each.id == tip.id] == [TipState.OPEN]


def test_that_a_done_tip_about_failures_is_held_against_as_many_calls_before(
    context: Context, later: Callable[[int], tuple[Tip, ...]]
) -> None:
    context.record([flash(1), flash(2, status_code=500)])
    tip = named(context.advice.tips(LOCAL_ACCOUNT), "paid_failures")
    context.advice.mark(LOCAL_ACCOUNT, tip.id, TipState.DONE)
    after = [flash(number, occurred_at_ms=NOW_MS + DAY_MS) for number in range(10, 14)]
    context.record(after)
    (done,) = [each for each in later(7) if each.id == tip.id]
    # Half of the calls failed at 28 cents before: of four, two would have.
    assert done.brought_pico == 56 * PICO_PER_CENT


def test_that_a_price_by_the_time_of_day_is_asked_for_by_the_quarter(context: Context) -> None:
    book = context.price_book()
    models = [("deepseek", "deepseek-chat")]
    start_ms = 1_751_328_000_000
    cut = price_turns.turns(book, models, start_ms, start_ms + DAY_MS, price_turns.QUARTER_MS)
    prices = [book.quote(*models[0], begin_ms) for begin_ms, _ in cut]
    assert cut[0][0] == start_ms
    assert cut[-1][1] == start_ms + DAY_MS
    assert all(one is not other for one, other in itertools.pairwise(prices))
    for begin_ms, end_ms in cut:
        quotes = {id(book.quote(*models[0], at_ms)) for at_ms in range(begin_ms, end_ms, 900_000)}
        assert len(quotes) == 1


def test_that_what_if_reads_single_calls_once(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    context.record([flash(1)])
    reads = Reads(monkeypatch)
    outcome = context.advice.what_if(LOCAL_ACCOUNT, WhatIf("gemini", "gemini-2.5-pro"))
    assert outcome.calls == 1
    assert reads.count == 1
