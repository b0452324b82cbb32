"""A call that one batch tells twice is answered as one that is told again later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.ledger.batches import Booked
from alwrity_desktop.core.ledger.ledger import Ledger
from tests.core.ledger.calls import a_call, from_script, totals


def told(name: str, tokens: int) -> Call:
    return a_call(identity=f"record:{name}", input_tokens=tokens)


def answers(ledger: Ledger, book: PriceBook, *batches: Iterable[Call]) -> list[Booked]:
    return [one for calls in batches for one in ledger.record(from_script(*calls), book).booked]


def flags(booked: Sequence[Booked]) -> list[tuple[bool, bool]]:
    return [(one.is_new, one.is_different) for one in booked]


def test_that_the_second_of_one_id_is_known_and_its_figures_are_told_apart(
    ledger: Ledger, book: PriceBook
) -> None:
    calls = [told("a", 1), told("a", 1), told("a", 2), told("b", 1), told("a", 1)]
    booked = answers(ledger, book, calls)
    assert flags(booked) == [
        (True, False),
        (False, False),
        (False, True),
        (True, False),
        (False, False),
    ]
    assert len({one.cost_pico for one in booked}) == 1
    assert (totals(ledger).calls, totals(ledger).input_tokens) == (2, 2)


def test_that_repeats_are_held_against_what_was_booked_before(
    ledger: Ledger, book: PriceBook
) -> None:
    answers(ledger, book, [told("a", 1)])
    booked = answers(ledger, book, [told("a", 2), told("a", 1), told("a", 3)])
    assert flags(booked) == [(False, True), (False, False), (False, True)]


@given(
    st.lists(
        st.lists(
            st.builds(told, st.sampled_from(["a", "b", "b:c", "b:"]), st.integers(1, 3)),
            min_size=1,
            max_size=5,
        ),
        min_size=1,
        max_size=3,
    )
)
@settings(max_examples=20)
def test_that_calls_together_are_answered_as_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, book: PriceBook, batches: list[list[Call]]
) -> None:
    folder: Path = tmp_path_factory.mktemp("ledgers")
    together, apart = Ledger(folder / "together.sqlite3"), Ledger(folder / "apart.sqlite3")
    try:
        one_by_one = [[call] for calls in batches for call in calls]
        assert answers(together, book, *batches) == answers(apart, book, *one_by_one)
    finally:
        together.close()
        apart.close()
