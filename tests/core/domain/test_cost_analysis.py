"""Token kinds, caching, errors, velocity and models side by side add up to the calls' cost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alwrity_desktop.core.domain.cost_analysis import (
    PricedUse,
    cache_use,
    dear_calls,
    error_cost,
    kind_costs,
    performances,
    tokens_per_second,
    unit_costs,
    velocities,
)
from alwrity_desktop.core.domain.pricing import PER_MILLION, Quote, UnitUsd, quote_of
from alwrity_desktop.core.domain.report import Amounts, CallRow, Figures, Group
from alwrity_desktop.core.domain.usage import PriceStatus
from alwrity_desktop.core.domain.usage_sums import UsageSums

USD = 10**12
HOUR_MS = 3_600_000


def quote(**usd: str) -> Quote:
    sizes = {"request": 1, "web_search": 1, "image": 1, "page": 1}
    prices = {
        kind: UnitUsd(Decimal(text), sizes.get(kind, PER_MILLION)) for kind, text in usd.items()
    }
    return quote_of(prices, origin="test")


CLAUDE = quote(
    input="3",
    cache_read="0.3",
    cache_write_5m="3.75",
    cache_write_1h="6",
    output="15",
    web_search="0.01",
)
SUMS = UsageSums(
    provider="anthropic",
    model="claude-sonnet-4-5",
    calls=4,
    input_tokens=1_000_000,
    cache_read_tokens=8_000_000,
    cache_write_5m_tokens=1_000_000,
    output_tokens=200_000,
    web_searches=5,
)


def test_that_each_kind_costs_its_quantity_at_its_price() -> None:
    rows = {row.kind: row for row in kind_costs([PricedUse(SUMS, CLAUDE)])}
    costs = {kind: row.cost_pico for kind, row in rows.items()}
    assert costs == {
        "input": 3 * USD,
        "cache_read": 24 * USD // 10,
        "cache_write_5m": 375 * USD // 100,
        "output": 3 * USD,
        "web_search": USD // 20,
    }
    assert rows["output"].unit_cost_pico == 15 * USD
    assert rows["web_search"].unit_cost_pico == USD // 100
    assert rows["input"].share_percent == 24.6


def test_that_what_has_no_price_is_counted_and_costs_nothing_known() -> None:
    unknown = PricedUse(replace(SUMS, cache_read_tokens=0, cache_write_5m_tokens=0), None)
    rows = {row.kind: row for row in kind_costs([unknown])}
    assert (rows["output"].quantity, rows["output"].unpriced_quantity) == (200_000, 200_000)
    assert (rows["output"].cost_pico, rows["output"].share_percent) == (None, None)
    both = {row.kind: row for row in kind_costs([unknown, PricedUse(SUMS, CLAUDE)])}
    assert (both["output"].quantity, both["output"].unpriced_quantity) == (400_000, 200_000)
    assert both["output"].unit_cost_pico == 15 * USD
    assert kind_costs([]) == ()


counts = st.integers(0, 10**9)


@given(counts, counts, counts, counts, counts, st.integers(0, 100))
def test_that_the_kinds_add_up_to_the_calls(
    plain: int, read: int, short: int, long: int, output: int, searches: int
) -> None:
    sums = UsageSums(
        provider="anthropic",
        model="m",
        calls=1,
        input_tokens=plain,
        cache_read_tokens=read,
        cache_write_5m_tokens=short,
        cache_write_1h_tokens=long,
        output_tokens=output,
        web_searches=searches,
    )
    parts = kind_costs([PricedUse(sums, CLAUDE)])
    assert sum(part.cost_pico or 0 for part in parts) == pytest.approx(sums.cost_at(CLAUDE), abs=6)
    use = cache_use([PricedUse(sums, CLAUDE)])
    if read + short + long:
        gain = 27 * read - 75 * short // 10 - 30 * long
        assert use.saved_pico == pytest.approx(gain * 100_000, abs=100_000)
    else:
        assert use.saved_pico is None
    assert use.input_tokens == plain + read + short + long


def test_that_a_cache_that_is_only_written_to_does_not_pay() -> None:
    written = replace(SUMS, cache_read_tokens=0)
    use = cache_use([PricedUse(written, CLAUDE)])
    assert (use.saved_pico, use.hit_percent, use.written_tokens) == (
        -75 * USD // 100,
        0.0,
        1_000_000,
    )
    assert cache_use([PricedUse(SUMS, CLAUDE)]).hit_percent == 80.0


def test_that_the_saving_is_unknown_without_both_prices() -> None:
    for prices in (
        None,
        quote(input="3", output="15"),
        quote(cache_read="0.3", cache_write_5m="3.75"),
    ):
        use = cache_use([PricedUse(SUMS, prices)])
        assert (use.saved_pico, use.unpriced_tokens) == (None, 9_000_000)
    some = cache_use([PricedUse(SUMS, None), PricedUse(SUMS, CLAUDE)])
    assert some.saved_pico == cache_use([PricedUse(SUMS, CLAUDE)]).saved_pico
    assert some.unpriced_tokens == 9_000_000
    assert cache_use([]).hit_percent is None


def test_that_paid_failures_are_told_from_free_ones() -> None:
    rows = [
        replace(SUMS, cost_pico=9 * USD),
        replace(SUMS, is_error=True, calls=2, cost_pico=USD),
        replace(SUMS, is_error=True, calls=7),
    ]
    errors = error_cost(rows)
    assert (errors.calls, errors.paid_calls, errors.cost_pico, errors.share_percent) == (
        9,
        2,
        USD,
        10.0,
    )
    assert error_cost([]).share_percent is None


def test_that_velocity_is_cost_by_time_beside_the_usual() -> None:
    now_ms = 100 * HOUR_MS
    stretches = {
        "now": (now_ms - HOUR_MS // 2, Amounts(USD, 10, 3000)),
        "today": (now_ms - 10 * HOUR_MS, Amounts(5 * USD, 40, 9000)),
        "week": (now_ms, Amounts(USD)),
    }
    now, today = velocities(stretches, now_ms, (100 * HOUR_MS, Amounts(100 * USD)))
    assert (now.name, now.cost_per_hour_pico, now.calls_per_hour, now.tokens_per_hour) == (
        "now",
        2 * USD,
        20,
        6000,
    )
    assert (now.times_usual, today.times_usual) == (2.0, 0.5)
    assert today.cost_per_day_pico == 12 * USD
    assert velocities({"now": (0, Amounts(USD))}, HOUR_MS)[0].times_usual is None
    assert velocities({"now": (0, Amounts(USD))}, HOUR_MS, (5, Amounts()))[0].times_usual is None


def group(key: str, cost: int, p50: int | None, errors: int = 0, calls: int = 100) -> Group:
    figures = Figures(
        calls=calls,
        errors=errors,
        input_tokens=1000,
        output_tokens=9000,
        cost_pico=cost,
        status_calls=calls,
        duration_ms=30_000,
        duration_calls=calls // 2,
    )
    return Group(key, figures, 10.0, "openai", p50, None)


def test_that_the_best_models_are_named_side_by_side() -> None:
    rows = performances(
        [group("dear", 9 * USD, 400), group("slow", USD, 900, 1), group("few", 1, 1, 0, 10)]
    )
    assert [row.key for row in rows] == ["dear", "slow", "few"]
    assert [row.is_cheapest for row in rows] == [False, True, False]
    assert [row.is_fastest for row in rows] == [True, False, False]
    assert [row.is_most_reliable for row in rows] == [True, False, False]
    assert rows[0].tokens_per_second == 150.0
    alone = performances([group("one", USD, 400)])[0]
    assert not any((alone.is_cheapest, alone.is_fastest, alone.is_most_reliable))
    tied = performances([group("a", USD, None), group("b", USD, 4)])
    assert not any(row.is_cheapest or row.is_fastest or row.is_most_reliable for row in tied)


def test_that_speed_is_unknown_without_durations() -> None:
    assert tokens_per_second(Figures(calls=3, output_tokens=900)) is None
    assert tokens_per_second(Figures()) is None


def call(number: int, cost: int | None) -> CallRow:
    return CallRow(
        id=number,
        identity=f"call {number}",
        occurred_at_ms=number,
        provider="openai",
        model="gpt-5",
        source="record",
        project="",
        agent="",
        conversation="",
        endpoint="",
        input_tokens=1,
        cache_read_tokens=0,
        cache_write_tokens=0,
        output_tokens=1,
        reasoning_tokens=0,
        duration_ms=None,
        status_code=None,
        cost_pico=cost,
        price_status="priced",
        price_origin=None,
        price_date=None,
        is_estimated=False,
    )


def test_that_dear_calls_stand_beside_the_average_of_the_priced_ones() -> None:
    totals = Figures(calls=5, unpriced_calls=1, cost_pico=80)
    dear = dear_calls([call(3, 500), call(4, 30)], totals)
    assert [(one.call.id, one.times_average) for one in dear] == [(3, 25.0), (4, 1.5)]
    (alone,) = dear_calls([call(3, 7)], Figures())
    assert alone.times_average is None


def test_that_unit_costs_are_unknown_where_nothing_is_counted() -> None:
    figures = Figures(cost_pico=12 * USD, messages=6, conversations=3, unsplit_tokens=4_000_000)
    costs = unit_costs(figures)
    assert costs.per_call_pico is None
    assert (costs.per_message_pico, costs.per_conversation_pico) == (2 * USD, 4 * USD)
    assert costs.per_million_tokens_pico == 3 * USD
    assert unit_costs(Figures(calls=1)).per_conversation_pico is None


def test_that_a_reported_cost_is_split_as_the_listed_prices_would() -> None:
    listed = sum(row.cost_pico or 0 for row in kind_costs([PricedUse(SUMS, CLAUDE)]))
    half = replace(SUMS, price_status=PriceStatus.REPORTED, cost_pico=listed // 2)
    told = kind_costs([PricedUse(half, CLAUDE)])
    assert abs(sum(row.cost_pico or 0 for row in told) - listed // 2) <= len(told)
    for one, other in zip(told, kind_costs([PricedUse(SUMS, CLAUDE)]), strict=True):
        assert (one.quantity, one.share_percent) == (other.quantity, other.share_percent)


def test_that_tokens_without_a_price_do_not_make_the_others_cheaper() -> None:
    priced = Figures(calls=1, input_tokens=1_000_000, cost_pico=3 * USD)
    unpriced = Figures(calls=1, unpriced_calls=1, input_tokens=500, unpriced_tokens=500)
    assert unit_costs(priced + unpriced).per_million_tokens_pico == 3 * USD
    assert unit_costs(unpriced).per_million_tokens_pico is None
