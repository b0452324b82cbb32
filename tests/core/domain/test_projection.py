"""Projections follow weekdays, growth and new levels, and say when a limit is reached."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.day_shape import DayShape, shape_of
from alwrity_desktop.core.domain.periods import Period, custom, period_of, start_of_day
from alwrity_desktop.core.domain.projection import (
    Projection,
    ProjectionPoint,
    Reach,
    naive_end,
    project,
    reach_date,
    reach_of,
    scaled,
)

BERLIN = "Europe/Berlin"
USD = 10**12
HOUR_MS = 3_600_000
NOW_MS = start_of_day("2026-11-16", BERLIN)
NOVEMBER = period_of("month", NOW_MS, BERLIN)
Days = list[tuple[str, int]]


def days_until(last: str, amounts: list[int]) -> Days:
    end = date.fromisoformat(last)
    count = len(amounts)
    return [
        ((end - timedelta(days=count - 1 - index)).isoformat(), amount)
        for index, amount in enumerate(amounts)
    ]


def cost(days: Days, period: Period = NOVEMBER, now_ms: int = NOW_MS) -> Projection:
    return project(LimitKind.COST, days, period, now_ms)


def test_that_steady_growth_goes_on_but_ever_less() -> None:
    grown = [round(USD * 1.01**index) for index in range(120)]
    result = cost(days_until("2026-11-15", grown))
    flat = result.so_far + 15 * grown[-1]
    on = result.so_far + sum(round(grown[-1] * 1.01**ahead) for ahead in range(1, 16))
    assert result.amount is not None
    assert flat < result.amount < on * 1.01
    assert result.grounds is not None
    assert 4 < result.grounds.growth_percent_per_week < 8


def test_that_a_new_level_is_noticed_named_and_believed() -> None:
    # A little unrest, as days have it.
    unrest = [9, 11, 10, 12, 8, 10, 9, 11, 10, 10, 12, 9, 11]
    amounts = [unrest[index % 13] * USD // 10 * (3 if index >= 90 else 1) for index in range(100)]
    result = cost(days_until("2026-11-15", amounts))
    grounds = result.grounds
    assert grounds is not None
    assert grounds.changed_on == "2026-11-06"
    assert grounds.change_percent == pytest.approx(200, abs=25)
    assert grounds.per_day == pytest.approx(3 * USD, rel=0.15)


def test_that_a_burst_is_set_aside() -> None:
    calm = [USD] * 100
    burst = [*calm[:92], 30 * USD, *calm[93:]]
    quiet, loud = (cost(days_until("2026-11-15", days)) for days in (calm, burst))
    assert quiet.amount is not None
    assert loud.amount is not None
    assert loud.grounds is not None
    assert loud.grounds.bursts == 1
    assert loud.amount - loud.so_far == pytest.approx(quiet.amount - quiet.so_far, rel=0.05)


def test_that_calls_and_tokens_are_told_in_their_own_words() -> None:
    quiet = days_until("2026-11-15", [*[5] * 40, *[0] * 14])
    refused = {kind: project(kind, quiet, NOVEMBER, NOW_MS).refused for kind in LimitKind}
    assert refused == {
        LimitKind.COST: "Nothing was spent in the last 14 days.",
        LimitKind.CALLS: "Nothing was used in the last 14 days.",
        LimitKind.TOKENS: "Nothing was used in the last 14 days.",
    }


def test_that_spending_after_a_long_silence_is_too_little_to_go_by() -> None:
    old = days_until("2026-03-01", [USD] * 40)
    result = cost([*old, ("2026-11-16", USD)], now_ms=NOW_MS + 12 * HOUR_MS)
    assert result.refused == "Too little history: 0 complete days so far, 7 are needed."


def test_that_a_billing_period_ends_at_its_moment_and_not_at_midnight() -> None:
    end_ms = start_of_day("2026-11-20", BERLIN) + 12 * HOUR_MS
    start_ms = start_of_day("2026-10-20", BERLIN) + 12 * HOUR_MS
    billing = Period("month", "2026-10-20", "2026-11-20", BERLIN, start_ms, end_ms, "2026-10")
    result = cost(days_until("2026-11-15", [USD] * 90), billing)
    assert result.amount is not None
    assert result.amount - result.so_far == pytest.approx(4.5 * USD, rel=1e-6)
    assert result.curve[-1].day == "2026-11-20"


def test_that_the_days_on_which_clocks_change_are_days() -> None:
    now_ms = start_of_day("2026-10-20", BERLIN)
    october = period_of("month", now_ms, BERLIN)
    result = cost(days_until("2026-10-19", [USD] * 90), october, now_ms)
    assert result.amount == pytest.approx(31 * USD, rel=1e-6)
    assert [point.amount for point in result.curve][5] == pytest.approx(25 * USD, rel=1e-6)


def test_that_the_rest_of_today_follows_the_hours_of_work() -> None:
    days = days_until("2026-11-19", [USD] * 60)
    mornings = shape_of([(day, hour, 100) for day, _ in days for hour in range(8, 12)])
    for hour, rest in ((6, 1.0), (10, 0.5), (13, 0.02)):
        now_ms = start_of_day("2026-11-20", BERLIN) + hour * HOUR_MS
        today = period_of("today", now_ms, BERLIN)
        result = project(LimitKind.COST, days, today, now_ms, mornings)
        assert result.amount == pytest.approx(rest * USD, abs=0.03 * USD)


def test_that_a_limit_is_reached_on_the_day_that_the_curve_says() -> None:
    points = [
        ProjectionPoint(f"2026-11-{day}", 10 * day, 10 * day - 15, 10 * day + 25)
        for day in range(20, 31)
    ]
    assert reach_date(points, 230) == "2026-11-23"
    assert reach_of(points, 230) == Reach("2026-11-23", "2026-11-21", "2026-11-25")
    assert reach_of(points, 301) == Reach(None, "2026-11-28", None)
    assert reach_of(points, 1) == Reach("2026-11-20", "2026-11-20", "2026-11-20")
    assert reach_date((), 1) is None


def test_that_the_naive_rate_is_so_far_by_the_time() -> None:
    assert naive_end(15 * USD, NOVEMBER, NOW_MS) == 30 * USD
    assert naive_end(0, NOVEMBER, NOVEMBER.start_ms) is None
    assert naive_end(7, NOVEMBER, NOVEMBER.end_ms + 1) == 7


def test_that_scaling_leaves_what_was_used_as_it_is() -> None:
    result = cost(days_until("2026-11-15", [USD] * 90))
    double = scaled(result, 2.0)
    assert (double.so_far, double.grounds) == (result.so_far, result.grounds)
    assert double.amount == pytest.approx(15 * USD + 30 * USD, rel=1e-6)
    refused = cost([])
    assert scaled(refused, 2.0) == refused


amounts_of_days = st.lists(st.integers(0, 10**18), min_size=7, max_size=200)


@given(amounts=amounts_of_days, ahead=st.integers(0, 400), hour=st.integers(0, 23))
def test_that_any_history_gives_a_sound_curve(amounts: list[int], ahead: int, hour: int) -> None:
    now_ms = NOW_MS + hour * HOUR_MS
    end = date(2026, 11, 16) + timedelta(days=ahead)
    period = custom("2026-11-01", end.isoformat(), BERLIN)
    result = cost(days_until("2026-11-15", amounts), period, now_ms)
    if result.amount is None:
        assert result.refused
        return
    assert len(result.curve) == ahead + 1
    before = result.so_far
    for point in result.curve:
        assert result.so_far <= point.low <= point.amount <= point.high
        assert before <= point.amount
        before = point.amount


@given(amounts=amounts_of_days, factor=st.integers(2, 1000))
def test_that_the_unit_of_the_amounts_does_not_matter(amounts: list[int], factor: int) -> None:
    small = [amount // 10**6 for amount in amounts]
    one = cost(days_until("2026-11-15", small))
    many = cost(days_until("2026-11-15", [amount * factor for amount in small]))
    if one.amount is None:
        assert many.refused == one.refused
        return
    assert many.amount == pytest.approx(one.amount * factor, rel=1e-6, abs=2 * factor)


shares = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 23), st.integers(0, 10**12)), max_size=80
)


@given(rows=shares, cut=st.integers(0, 25 * 3600), zone=st.sampled_from((BERLIN, "Asia/Gaza")))
def test_that_the_parts_of_a_day_are_the_whole_of_it(
    rows: list[tuple[int, int, int]], cut: int, zone: str
) -> None:
    first = date(2026, 8, 1)
    shape = shape_of(
        ((first + timedelta(days=day)).isoformat(), hour, amount) for day, hour, amount in rows
    )
    for name in ("2026-10-25", "2026-03-29", "2026-11-20", "2026-10-24", "2026-03-28"):
        after = (date.fromisoformat(name) + timedelta(days=1)).isoformat()
        day = (name, start_of_day(name, zone), start_of_day(after, zone))
        at_ms = min(day[1] + cut * 1000, day[2])
        before = shape.part(day, day[1], at_ms, zone)
        rest = shape.part(day, at_ms, day[2], zone)
        assert 0 <= before <= 1
        assert before + rest == pytest.approx(1.0)
        assert shape.part(day, day[2], day[2] + 1, zone) == 0.0


def test_that_a_dear_day_does_not_speak_for_all_days() -> None:
    rows = [(f"2026-11-{day:02d}", 9, 10) for day in range(2, 7)]
    shape = shape_of([*rows, ("2026-11-09", 22, 10**9)])
    assert shape.working_day[12] > 0.6
    assert shape_of(rows[:2]) == DayShape()


def test_that_weekends_have_their_own_hours() -> None:
    working = [(f"2026-11-{day:02d}", 9, 10) for day in (2, 3, 4, 5, 6)]
    weekend = [(f"2026-11-{day:02d}", 21, 10) for day in (1, 7, 8)]
    shape = shape_of([*working, *weekend])
    assert shape.working_day[12] > 0.8
    assert shape.weekend[12] < 0.2
