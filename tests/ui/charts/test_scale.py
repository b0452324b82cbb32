"""The round steps of axes."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.ui.charts.scale import axis_steps

COUNTS = st.integers(min_value=1, max_value=10**15)
AMOUNTS = st.floats(min_value=1e-12, max_value=1e12)


@pytest.mark.parametrize(
    ("top", "steps"),
    [
        # The two axes of the pictures.
        (126.18, (0, 25, 50, 75, 100, 125)),
        (15.82, (0, 5, 10, 15, 20)),
        (7.79, (0, 2, 4, 6, 8)),
        (3.78, (0, 1, 2, 3, 4)),
        (0.4, (0, 0.1, 0.2, 0.3, 0.4)),
        (0.0, (0,)),
        (-1.0, (0,)),
        (math.inf, (0,)),
        (math.nan, (0,)),
    ],
)
def test_that_axes_have_round_steps(top: float, steps: tuple[float, ...]) -> None:
    assert axis_steps(top) == steps


@pytest.mark.parametrize(
    ("most", "steps"),
    [
        (1, (0, 1)),
        (2, (0, 1, 2)),
        (3, (0, 1, 2, 3)),
        (5, (0, 1, 2, 3, 4, 5)),
        (6, (0, 2, 4, 6)),
        (12, (0, 5, 10, 15)),
        (51, (0, 10, 20, 30, 40, 50)),
        (112, (0, 25, 50, 75, 100, 125)),
    ],
)
def test_that_counts_have_whole_steps(most: int, steps: tuple[float, ...]) -> None:
    assert axis_steps(most, 1.0) == steps


@given(COUNTS)
def test_that_an_axis_of_counts_never_parts_a_unit(most: int) -> None:
    steps = axis_steps(most, 1.0)
    assert all(step.is_integer() for step in steps)
    assert min(most + 1, 4) <= len(steps) <= 6


@given(AMOUNTS)
def test_that_an_axis_has_four_to_six_lines(top: float) -> None:
    assert 4 <= len(axis_steps(top)) <= 6


@given(st.one_of(AMOUNTS, COUNTS.map(float)), st.sampled_from([0.0, 1e-12, 1.0]))
def test_that_an_axis_covers_the_largest_value_and_no_more(top: float, least: float) -> None:
    steps = axis_steps(top, least)
    assert steps[-1] >= top * 0.98 * (1 - 1e-9)
    assert steps[-2] < top


@given(st.one_of(AMOUNTS, COUNTS.map(float)), st.sampled_from([0.0, 1e-12, 1.0]))
def test_that_steps_are_even_and_round(top: float, least: float) -> None:
    steps = axis_steps(top, least)
    step = steps[1]
    assert steps[0] == 0
    assert step >= least
    assert all(after - before == pytest.approx(step) for before, after in pairwise(steps))
    digits = f"{step:.15e}".split("e")[0].rstrip("0").rstrip(".")
    assert digits in ({"1", "2", "2.5", "5"} if step >= 10 else {"1", "2", "5"})


@given(st.floats(min_value=2.6, max_value=1e9))
def test_that_a_money_axis_has_whole_dollars(top: float) -> None:
    assert all(step.is_integer() for step in axis_steps(top))
