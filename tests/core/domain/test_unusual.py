"""Unusual days and hours are found, explained, and seldom imagined."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.unusual import MIN_DAYS, unusual_days, unusual_hours
from benchmarks.unusual_days import CALM, Score, scores

FIRST = date(2026, 3, 2)
Days = list[tuple[str, int]]


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def lives(seed: int, count: int = 120, noise: float = 0.3, growth: float = 0.0) -> Days:
    """Return days with quiet weekends."""
    random = Random(seed)
    found = []
    for number in range(count):
        level = math.exp(growth * number) * (0.2 if number % 7 >= 5 else 1.0)
        found.append((day(number), round(10**12 * level * math.exp(random.gauss(0, noise)))))
    return found


def with_times(days: Days, number: int, times: float) -> Days:
    return [
        (name, round(cost * times) if index == number else cost)
        for index, (name, cost) in enumerate(days)
    ]


@pytest.fixture(scope="module")
def found() -> dict[str, Score]:
    kinds: defaultdict[str, Score] = defaultdict(Score)
    for kind, one in scores(seed=11, lives=5):
        kinds[kind] += one
    return dict(kinds)


def test_that_planted_days_are_found_and_few_others_are_named(found: dict[str, Score]) -> None:
    whole = sum(found.values(), Score())
    assert len(found) == len(CALM)
    assert whole.planted > 400
    assert whole.found_percent >= 80
    assert whole.false_a_month <= 1


def test_that_no_kind_of_life_raises_many_false_alarms(found: dict[str, Score]) -> None:
    assert all(score.false_a_month <= 1 for score in found.values()), found


@pytest.mark.parametrize("number", [20, 62, 63, 68, 118, 119])
def test_that_a_dear_day_is_named_on_workdays_weekends_and_at_the_end(number: int) -> None:
    (one,) = [
        one
        for one in unusual_days(with_times(lives(3, noise=0.1), number, 6))
        if one.day == day(number)
    ]
    assert one.hour is None
    assert one.amount > 4 * one.usual
    assert one.deviations > 3


def test_that_a_far_too_cheap_day_is_named_too() -> None:
    days = with_times(lives(3, noise=0.1), 60, 0.05)
    (low,) = [one for one in unusual_days(days) if one.deviations < 0]
    assert low.day == day(60)


def test_that_growth_and_a_new_level_are_not_unusual() -> None:
    assert unusual_days(lives(5, noise=0.1, growth=0.02)) == ()
    stepped = [
        (name, cost * (4 if index >= 60 else 1))
        for index, (name, cost) in enumerate(lives(5, noise=0.1))
    ]
    assert len(unusual_days(stepped)) <= 1


def test_that_pauses_are_not_unusual() -> None:
    days = [
        (name, 0 if 50 <= index < 58 else cost)
        for index, (name, cost) in enumerate(lives(6, noise=0.1))
    ]
    assert unusual_days(days) == ()


@pytest.mark.parametrize(
    "days", [[], lives(1, MIN_DAYS - 1), [(day(number), 0) for number in range(90)]]
)
def test_that_too_short_or_empty_histories_have_none(days: Days) -> None:
    assert unusual_days(days) == ()


def test_that_the_largest_part_of_the_excess_explains_a_day() -> None:
    calm = lives(9, noise=0.1)
    jump = 8 * 10**12
    whole = [(name, cost + jump * (index == 60)) for index, (name, cost) in enumerate(calm)]
    parts = {
        "provider": {
            "openai": [
                (name, cost // 2 + jump * (index == 60)) for index, (name, cost) in enumerate(calm)
            ],
            "mistral": [(name, cost // 2) for name, cost in calm],
        },
        "model": {
            "gpt-5": [(day(60), jump * 6 // 10)],
            "gpt-5-mini": [(day(60), jump * 4 // 10)],
        },
        "project": {f"p{number}": [(day(60), jump // 10)] for number in range(10)},
        "key": {},
    }
    (one,) = unusual_days(whole, parts)
    assert [(cause.dimension, cause.key) for cause in one.causes] == [
        ("provider", "openai"),
        ("model", "gpt-5"),
    ]
    assert one.causes[0].share_percent == pytest.approx(100, abs=5)
    assert one.causes[0].excess == pytest.approx(jump, rel=0.05)
    assert one.causes[1].share_percent == pytest.approx(60, abs=5)


def work_hours(seed: int, weeks: int = 8) -> list[tuple[str, int, int]]:
    random = Random(seed)
    return [
        (day(number), hour, round(10**10 * random.lognormvariate(0, 0.4)))
        for number in range(weeks * 7)
        if number % 7 < 5
        for hour in range(9, 18)
    ]


def test_that_an_hour_beyond_its_usual_is_named() -> None:
    rows = work_hours(4)
    rows[100] = (*rows[100][:2], 12 * 10**10)
    (one,) = unusual_hours(rows)
    assert (one.day, one.hour, one.amount) == rows[100]
    assert one.usual == pytest.approx(10**10, rel=0.5)


def test_that_usual_hours_raise_few_alarms_and_planted_ones_are_found() -> None:
    false = found = planted = 0
    for seed in range(30):
        rows, random = work_hours(seed), Random(seed)
        chosen = set(random.sample(range(len(rows)), 6))
        rows = [
            (*row[:2], row[2] * random.randint(8, 20)) if index in chosen else row
            for index, row in enumerate(rows)
        ]
        named = {(one.day, one.hour) for one in unusual_hours(rows)}
        truth = {rows[index][:2] for index in chosen}
        planted, found, false = planted + 6, found + len(named & truth), false + len(named - truth)
    assert found >= 0.8 * planted
    assert false <= 30


def test_that_a_rare_hour_of_little_cost_is_not_named() -> None:
    rows = [*work_hours(4), (day(10), 3, 2 * 10**10)]
    assert unusual_hours(rows) == ()
    assert unusual_hours(rows[:20]) == ()


@given(st.lists(st.integers(0, 10**18), max_size=150))
def test_that_any_history_is_judged_without_fault(costs: list[int]) -> None:
    days = [(day(number), cost) for number, cost in enumerate(costs)]
    for one in unusual_days(days, {"provider": {"openai": days}}):
        assert (one.day, one.amount) in days
        assert one.amount != one.usual
        assert all(cause.share_percent >= 25 for cause in one.causes)


@given(st.lists(st.integers(1, 10**12), min_size=MIN_DAYS, max_size=60), st.integers(2, 1000))
def test_that_the_unit_does_not_matter(costs: list[int], factor: int) -> None:
    one = unusual_days([(day(number), cost) for number, cost in enumerate(costs)])
    many = unusual_days([(day(number), cost * factor) for number, cost in enumerate(costs)])
    assert [row.day for row in one] == [row.day for row in many]
