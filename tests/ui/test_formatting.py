"""Figures and dates as text."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.money import PICO_PER_CENT, PICO_PER_USD
from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.ui import formatting
from tests import builders

AMOUNTS = st.integers(min_value=0, max_value=10**18)


@pytest.mark.parametrize(
    ("pico", "text"),
    [
        (None, "—"),
        (0, "$0.00"),
        (1, "<$0.01"),
        (PICO_PER_CENT // 2, "<$0.01"),
        (PICO_PER_CENT // 2 + 1, "$0.01"),
        (8385 * PICO_PER_CENT, "$83.85"),
        (1_234_567 * PICO_PER_USD, "$1,234,567.00"),
        (-5 * PICO_PER_USD, "-$5.00"),
    ],
)
def test_that_money_has_two_decimals_and_never_hides_a_trifle(pico: int | None, text: str) -> None:
    assert formatting.money(pico) == text


@given(AMOUNTS)
def test_that_money_is_never_half_a_cent_off(pico: int) -> None:
    text = formatting.money(pico)
    if text == "<$0.01":
        assert 0 < pico <= PICO_PER_CENT // 2
    else:
        shown = Decimal(text.strip("$").replace(",", "")) * PICO_PER_USD
        assert abs(shown - pico) <= PICO_PER_CENT // 2


@given(AMOUNTS)
def test_that_the_plain_number_is_exact(pico: int) -> None:
    assert Decimal(formatting.money_plain(pico)) * PICO_PER_USD == pico


@pytest.mark.parametrize(
    ("pico", "text"),
    [
        (None, "—"),
        (0, "$0.0000"),
        (10**7, "<$0.0001"),
        (24_500_000_000, "$0.0245"),
        (12 * PICO_PER_USD, "$12.0000"),
    ],
)
def test_that_small_money_has_four_decimals(pico: int | None, text: str) -> None:
    assert formatting.money_small(pico) == text


@pytest.mark.parametrize(
    ("pico", "text"),
    [
        (PICO_PER_USD * 15, "$15.00"),
        (75 * PICO_PER_USD // 1000, "$0.075"),
        (PICO_PER_USD // 10_000, "$0.0001"),
        (None, "—"),
    ],
)
def test_that_a_price_has_the_decimals_it_needs(pico: int | None, text: str) -> None:
    assert formatting.unit_price(pico) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, "—"),
        (0, "0"),
        (940, "940"),
        (1000, "1.00k"),
        (12_345, "12.3k"),
        (999_499, "999k"),
        (999_999, "1.00M"),
        (4_556_000, "4.56M"),
        (84_682_800, "84.7M"),
        (10**12, "1.00T"),
    ],
)
def test_that_tokens_have_three_digits(count: int | None, text: str) -> None:
    assert formatting.tokens(count) == text


@given(st.integers(min_value=1000, max_value=10**15))
def test_that_tokens_are_within_half_a_percent(count: int) -> None:
    text = formatting.tokens(count)
    unit = {"k": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}[text[-1]]
    shown = Decimal(text[:-1].replace(",", "")) * unit
    assert abs(shown - count) * 200 <= count


def test_that_a_column_of_tokens_keeps_its_decimals() -> None:
    assert [formatting.tokens(n, 1) for n in (4_110_300, 62_000, 37_213_400)] == [
        "4.1M", "62.0k", "37.2M",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [(84.58, "85%"), (79.9, "79%"), (89.6, "89%"), (99.99, "99%"), (100.0, "100%"), (None, "—")],
)
def test_that_whole_percent_never_reaches_a_threshold_early(value: float | None, text: str) -> None:
    assert formatting.percent_whole(value) == text


@given(st.floats(min_value=0, max_value=500))
def test_that_whole_percent_stays_on_its_side_of_every_threshold(value: float) -> None:
    shown = int(formatting.percent_whole(value).rstrip("%"))
    assert all((value >= mark) == (shown >= mark) for mark in (80, 90, 100))


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (None, "—"),
        (610, "610 ms"),
        (1480, "1.48 s"),
        (11_800, "11.8 s"),
        (59_980, "1 min 0 s"),
        (65_000, "1 min 5 s"),
        (5_640_000, "1 h 34 min"),
    ],
)
def test_that_durations_read_well(milliseconds: int | None, text: str) -> None:
    assert formatting.duration(milliseconds) == text


def test_that_times_are_told_as_short_as_they_can_be() -> None:
    now, zone = builders.NOW_MS, builders.ZONE
    moments = (
        "2026-11-20T11:05:00",
        "2026-11-18T09:00:00",
        "2026-11-13T23:00:00",
        "2025-11-20T11:05:00",
    )
    told = [formatting.stamp(builders.at(moment), now, zone) for moment in moments]
    assert told == ["11:05", "Wed", "13 Nov", "20 Nov 2025"]


def test_that_ages_read_well() -> None:
    ages = [formatting.ago(builders.NOW_MS - ms, builders.NOW_MS) for ms in (5000, 120_000)]
    assert [*ages, formatting.ago(None, 0)] == ["just now", "2 min ago", "—"]
    assert formatting.age(94 * 60_000) == "1 h 34 min"
    assert formatting.age(3 * 86_400_000) == "3 days"


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("2026-11-01", "2026-11-30", "1 – 30 Nov"),
        ("2026-11-12", "2026-11-12", "12 Nov"),
        ("2026-10-28", "2026-11-03", "28 Oct – 3 Nov"),
        ("2025-12-30", "2026-01-02", "30 Dec 2025 – 2 Jan 2026"),
    ],
)
def test_that_spans_say_nothing_twice(first: str, last: str, text: str) -> None:
    assert formatting.span(first, last) == text


def test_that_a_limit_is_told_in_its_own_unit() -> None:
    assert formatting.limit_amount(builders.a_limit()) == "$83.85 of $125.00"
    tokens = builders.a_limit("t", 37_213_400, 44_000_000, LimitKind.TOKENS)
    assert formatting.limit_amount(tokens) == "37.2M of 44.0M"
    calls = builders.a_limit("c", 5675, 10_000, LimitKind.CALLS)
    assert formatting.limit_amount(calls) == "5,675 of 10,000"


def test_that_names_from_outside_stay_as_they_came() -> None:
    assert formatting.provider_label("anthropic") == "Anthropic"
    assert formatting.provider_label("<b>acme</b>") == "<b>acme</b>"
    assert formatting.source_label("claude-code") == "Claude Code"


@pytest.mark.parametrize(
    ("sentence", "written"),
    [
        ("It stops on 2026-09-03, at 5.", "It stops on 3 Sep 2026, at 5."),
        ("from 2026-08-01 to 2026-10-31", "from 1 Aug 2026 to 31 Oct 2026"),
        ("gpt-4o-2024-05-13x and 2026-02-31 stay", "gpt-4o-2024-05-13x and 2026-02-31 stay"),
        ("", ""),
    ],
)
def test_that_sentences_of_the_core_name_days_as_the_window_does(
    sentence: str, written: str
) -> None:
    assert formatting.dated(sentence) == written


def test_that_what_is_missing_in_a_sum_is_said() -> None:
    def said(calls: int, unpriced: int, cost_pico: int = 0) -> str:
        figures = Figures(calls=calls, unpriced_calls=unpriced, cost_pico=cost_pico)
        return formatting.unpriced_words(figures)

    assert said(3, 0) == said(0, 0) == ""
    assert said(1, 1) == "The call has no price"
    assert said(1200, 1200) == "None of the 1,200 calls has a price"
    assert said(3, 1, 5) == "1 call has no price and is not in this sum"
    assert said(3, 2) == "2 calls have no price and are not in this sum"
