"""The filter follows levels, changes and growth, and is not led astray by a single day."""

from __future__ import annotations

from math import exp, log
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.forecast_filter import LevelFilter, Told

NOISE = 0.3


def followed(levels: list[float | None], noise: float = NOISE) -> LevelFilter:
    level_filter = LevelFilter(noise)
    for level in levels:
        level_filter.add(level)
    return level_filter


def told(levels: list[float | None], noise: float = NOISE) -> Told:
    answer = followed(levels, noise).told()
    assert answer is not None
    return answer


def noisy(days: int, growth: float = 0.0, seed: int = 1) -> list[float | None]:
    chance = Random(seed)
    return [exp(growth * day + chance.gauss(0, NOISE)) for day in range(days)]


def test_that_nothing_is_told_before_the_first_day_of_use() -> None:
    assert LevelFilter(NOISE).told() is None
    assert followed([None, None]).told() is None
    assert followed([]).last_change() == 0


def test_that_a_steady_level_has_no_growth() -> None:
    level, growth = told(noisy(90))
    assert level == pytest.approx(NOISE**2 / 2, abs=0.12)
    assert abs(growth) < 0.002


@pytest.mark.parametrize("growth", [0.012, -0.012])
def test_that_growth_is_told_at_its_rate(growth: float) -> None:
    level, found = told(noisy(90, growth))
    assert found == pytest.approx(growth, rel=0.25)
    assert level == pytest.approx(growth * 90, abs=0.2)


def test_that_growth_goes_on_through_days_without_use() -> None:
    days = noisy(90, 0.012)
    quiet = told([*days, *[None] * 10])
    assert quiet.level - told(days).level == pytest.approx(10 * quiet.growth, rel=0.1)


def test_that_a_new_level_is_believed_after_some_days() -> None:
    doubled = [*noisy(60), *[3 * (level or 0) for level in noisy(8, seed=2)]]
    level, _ = told(doubled)
    assert level == pytest.approx(log(3), abs=0.25)
    assert followed(doubled).last_change() == pytest.approx(8, abs=2)


def test_that_growth_survives_a_change_of_level() -> None:
    grown = noisy(120, 0.01)
    stepped = [(level or 0) * (0.4 if day >= 90 else 1) for day, level in enumerate(grown)]
    assert told(list(stepped)).growth == pytest.approx(0.01, rel=0.35)


def test_that_one_odd_day_moves_little() -> None:
    calm = noisy(60)
    odd = [*calm, 20.0]
    assert told(odd).level - told(calm).level < 0.3
    assert followed(odd).last_change() == 0


def test_that_an_absurd_day_pulls_no_more_than_an_odd_one() -> None:
    days = noisy(12)
    odd, absurd = (told([*days, level]).level for level in (50.0, 1e9))
    assert absurd == pytest.approx(odd, abs=0.15)


@given(
    levels=st.lists(
        st.none() | st.floats(min_value=1e-12, max_value=1e18), min_size=1, max_size=200
    ),
    noise=st.floats(min_value=0.06, max_value=3.0),
)
def test_that_any_days_have_an_answer_in_bounds(levels: list[float | None], noise: float) -> None:
    answer = followed(levels, noise).told()
    used = [log(level) for level in levels if level is not None]
    if not used:
        assert answer is None
        return
    assert answer is not None
    reach = 0.04 * len(levels) + 1
    assert min(used) - reach - 40 <= answer.level <= max(used) + reach + 40
    assert abs(answer.growth) <= 0.04
