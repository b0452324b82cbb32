"""The rules tell the days to come from days of use, growth and pauses."""

from __future__ import annotations

from math import exp
from random import Random

import pytest

from alwrity_desktop.core.domain.forecast_levels import Levels, levels_of, reach_of
from alwrity_desktop.core.domain.forecast_model import outlook
from alwrity_desktop.core.domain.forecast_season import split


def last(amounts: list[float]) -> Levels:
    """Return the findings after the last of *amounts*, the first of which was a Monday."""
    return levels_of(split(amounts, 0), len(amounts))[0][-1]


def working(days: int, growth: float = 0.0) -> list[float]:
    chance = Random(3)
    return [100 * exp(growth * day + chance.gauss(0, 0.2)) for day in range(days)]


def test_that_growth_is_carried_into_the_days_to_come() -> None:
    grown = last(working(90, 0.01))
    near, far = (grown.ahead(30, reach)[-1] for reach in (0.0, reach_of(30)))
    assert far == pytest.approx(near * exp(0.01 * reach_of(30)), rel=0.03)
    told = outlook(working(90, 0.01), 0, 15.0)
    assert sum(told.by_weekday) / 7 > 100 * exp(0.9)
    assert told.growth_per_day > 0.006


def test_that_a_trend_fades() -> None:
    assert reach_of(1) == pytest.approx(0.98)
    assert reach_of(30) < 15.5 * 0.9
    assert reach_of(60) < 2 * reach_of(30)


def test_that_a_pause_does_not_lower_what_a_day_of_use_costs() -> None:
    days = working(60)
    before = last(days)
    after = last([*days, *[0.0] * 8])
    assert after.followed
    assert before.followed
    assert after.followed.level == pytest.approx(before.followed.level, abs=0.02)
    assert after.pauses.is_paused
    assert after.ahead(10, 0.0)[-1] < 0.9 * before.ahead(10, 0.0)[-1]


def test_that_frequent_pauses_lower_what_is_to_come() -> None:
    chance = Random(5)
    days = working(160)
    left = 0
    for day in range(160):
        if not left and chance.random() < 0.08:
            left = 6
        if left:
            left -= 1
            days[day] = 0.0
    told = outlook(days, 0, 30.0)
    assert sum(told.by_weekday) / 7 < 85


def test_that_someone_who_works_now_and_then_is_told_by_the_mean() -> None:
    chance = Random(8)
    days = [amount if chance.random() < 0.3 else 0.0 for amount in working(150)]
    told = outlook(days, 0, 30.0)
    assert sum(told.by_weekday) / 7 == pytest.approx(sum(days) / 150, rel=0.2)


def test_that_free_weekends_are_no_pauses() -> None:
    office = [0.0 if day % 7 in {5, 6} else amount for day, amount in enumerate(working(63))]
    findings = last(office)
    assert not findings.pauses.is_paused
    assert findings.ahead(15, 0.0)[-1] == pytest.approx(100 * 5 / 7, rel=0.1)
