"""Amounts in words: nothing that was spent reads as nothing, nothing unknown as zero."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.money import PICO_PER_CENT, PICO_PER_USD
from alwrity_desktop.core.domain.words import (
    UNKNOWN,
    amount_words,
    money_words,
    name_words,
    tokens_words,
)


@pytest.mark.parametrize(
    ("pico", "words"),
    [
        (None, UNKNOWN),
        (0, "$0.00"),
        (1, "<$0.01"),
        (PICO_PER_CENT // 2, "<$0.01"),
        (PICO_PER_CENT // 2 + 1, "$0.01"),
        (PICO_PER_CENT, "$0.01"),
        (83_850_000_000_000, "$83.85"),
        (1_234_567 * PICO_PER_USD, "$1,234,567.00"),
        (-5 * PICO_PER_USD, "-$5.00"),
        (-1, "$0.00"),
    ],
)
def test_that_money_reads_as_people_write_it(pico: int | None, words: str) -> None:
    assert money_words(pico) == words


@given(st.integers(1, 10**20))
def test_that_what_was_spent_never_reads_as_nothing(pico: int) -> None:
    assert money_words(pico) != "$0.00"


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        (None, UNKNOWN),
        (0, "0"),
        (812, "812"),
        (1_000, "1.0k"),
        (12_345, "12.3k"),
        (4_560_000, "4.56M"),
        (84_700_000, "84.7M"),
        (1_250_000_000, "1.25B"),
    ],
)
def test_that_tokens_read_in_three_or_four_figures(tokens: int | None, words: str) -> None:
    assert tokens_words(tokens) == words


@pytest.mark.parametrize(
    ("kind", "words"),
    [(LimitKind.COST, "<$0.01"), (LimitKind.CALLS, "12,345"), (LimitKind.TOKENS, "12.3k")],
)
def test_that_each_kind_of_limit_has_its_unit(kind: LimitKind, words: str) -> None:
    assert amount_words(12_345, kind) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cost", "Cost"),
        ("my own_calls", "My own_calls"),
        ("gemini_tokens", "Gemini tokens"),
        ("ai_text_generation_calls", "AI text generation calls"),
        ("newcomer_calls", "Newcomer_calls"),
    ],
)
def test_that_a_servers_limit_reads_as_people_say_it(name: str, words: str) -> None:
    assert name_words(name) == words
