"""Sums over calls: what is known of their cost, and what is not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.figures import Amounts, Figures
from alwrity_desktop.core.domain.report import Group

COUNTS = st.integers(0, 10**6)
COSTS = st.integers(0, 10**15)


def test_that_no_calls_cost_nothing() -> None:
    assert Figures().known_cost_pico == 0
    assert Amounts().known_cost_pico == 0
    assert not Figures().is_floor


@given(st.integers(1, 10**6))
def test_that_the_cost_of_calls_without_a_price_is_not_known(calls: int) -> None:
    assert Figures(calls=calls, unpriced_calls=calls).known_cost_pico is None
    assert Amounts(calls=calls, unpriced_calls=calls).known_cost_pico is None


@given(COSTS, COUNTS, COUNTS)
def test_that_one_price_makes_a_sum_a_floor(cost: int, priced: int, unpriced: int) -> None:
    calls = priced + 1 + unpriced
    found = Figures(calls=calls, unpriced_calls=unpriced, cost_pico=cost)
    assert found.known_cost_pico == cost
    assert Amounts(cost, calls, 0, unpriced).known_cost_pico == cost


def test_that_free_calls_cost_nothing_and_are_known() -> None:
    assert Figures(calls=3).known_cost_pico == 0


def test_that_what_a_server_states_is_known_beside_calls_without_a_price() -> None:
    unpriced = Figures(calls=2, unpriced_calls=2)
    assert (unpriced + Figures(messages=4)).known_cost_pico == 0
    assert (unpriced + Figures(cost_pico=7)).known_cost_pico == 7


def test_that_a_floor_is_told_from_one_call_in_a_hundred_on() -> None:
    assert Figures(calls=100, unpriced_calls=1, cost_pico=5).is_floor
    assert not Figures(calls=101, unpriced_calls=1, cost_pico=5).is_floor
    assert Figures(calls=1, unpriced_calls=1).is_floor


@given(st.lists(st.tuples(COSTS, COUNTS, COUNTS), max_size=5))
def test_that_amounts_add_up_as_figures_do(parts: list[tuple[int, int, int]]) -> None:
    figures, amounts = Figures(), Amounts()
    for cost, priced, unpriced in parts:
        calls = priced + unpriced
        one = Figures(calls=calls, input_tokens=calls, cost_pico=cost, unpriced_calls=unpriced)
        figures += one
        amounts += Amounts(cost, calls, calls, unpriced)
    assert amounts == Amounts(
        figures.cost_pico, figures.calls, figures.tokens, figures.unpriced_calls
    )
    assert amounts.known_cost_pico == figures.known_cost_pico


def test_that_the_share_of_an_unknown_cost_is_not_known() -> None:
    assert Group("x", Figures(calls=1, unpriced_calls=1), 0.0).known_share_percent is None
    assert Group("x", Figures(calls=1, cost_pico=1), 40.0).known_share_percent == 40.0
