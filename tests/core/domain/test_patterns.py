"""Hours of the week, the calendar, the season and the peaks are what they were made from."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.patterns import (
    calendar_weeks,
    monthly_season,
    peak_days,
    peak_hours,
    week_grid,
    weekly_season,
)

MONDAY = date(2026, 3, 2)


def day(number: int) -> str:
    return (MONDAY + timedelta(days=number)).isoformat()


hour_rows = st.lists(
    st.tuples(st.integers(0, 400).map(day), st.integers(0, 23), st.integers(0, 10**15)), max_size=60
)


@given(hour_rows)
def test_that_the_grid_holds_all_that_was_used(rows: list[tuple[str, int, int]]) -> None:
    grid = week_grid(rows)
    assert [(cell.weekday, cell.hour) for cell in grid] == [
        (weekday, hour) for weekday in range(7) for hour in range(24)
    ]
    whole = sum(amount for _, _, amount in rows)
    assert sum(cell.amount for cell in grid) == whole
    shares = [cell.share_percent for cell in grid if cell.share_percent is not None]
    assert sum(shares) == pytest.approx(100, abs=9) if whole else shares == []


def test_that_an_hour_lands_on_its_weekday() -> None:
    grid = week_grid([(day(1), 14, 5), (day(8), 14, 7), (day(2), 0, 12)])
    by_place = {(cell.weekday, cell.hour): cell for cell in grid}
    assert (by_place[1, 14].amount, by_place[1, 14].share_percent) == (12, 50.0)


@given(st.integers(0, 400), st.integers(1, 120), st.sampled_from(("monday", "sunday", "wednesday")))
def test_that_the_calendar_has_each_day_once(first: int, count: int, starts: str) -> None:
    days = [(day(first + number), number) for number in range(count)]
    weeks = calendar_weeks(days, starts)
    cells = [cell for week in weeks for cell in week.amounts]
    assert [cell for cell in cells if cell is not None] == list(range(count))
    assert all(len(week.amounts) == 7 for week in weeks)
    assert {date.fromisoformat(week.start).strftime("%A").lower() for week in weeks} == {starts}
    assert any(cell is not None for cell in weeks[0].amounts)


def test_that_a_day_left_out_is_empty_and_beyond_the_span_is_nothing() -> None:
    (week,) = calendar_weeks([(day(1), 4), (day(4), 6)])
    assert week.amounts == (None, 4, 0, 0, 6, None, None)
    assert calendar_weeks([]) == ()


def test_that_days_that_tower_are_peaks_and_their_neighbours_are_not() -> None:
    costs = {20: 9, 21: 8, 50: 5, 80: 30}
    days = [(day(number), costs.get(number, 2)) for number in range(100)]
    assert [(peak.key, peak.amount, peak.times) for peak in peak_days(days)] == [
        (day(80), 30, 15.0),
        (day(20), 9, 4.5),
        (day(50), 5, 2.5),
    ]
    assert peak_days(days, 1)[0].kind == "day"
    assert peak_days([(name, 2) for name, _ in days]) == ()
    assert peak_days([]) == ()


def test_that_peak_hours_weekdays_and_hours_of_the_week_are_named() -> None:
    rows = [(day(number), hour, 10) for number in range(28) for hour in (9, 10, 14)]
    rows += [(day(7 * week + 1), 14, 200) for week in range(4)]
    peaks = peak_hours(week_grid(rows))
    first = {
        kind: next(peak for peak in peaks if peak.kind == kind) for kind in ("hour", "weekday")
    }
    assert (first["hour"].key, first["weekday"].key) == ("14", "tuesday")
    assert next(peak.key for peak in peaks if peak.kind == "weekday_hour") == "tuesday 14"
    assert first["weekday"].times == 3.9
    assert peak_hours(week_grid([])) == ()


def test_that_weekdays_are_told_through_growth() -> None:
    random = Random(3)
    days = [
        (
            day(number),
            round(
                1000 * 1.01**number * (0.2 if number % 7 >= 5 else 1.32) * random.uniform(0.8, 1.2)
            ),
        )
        for number in range(84)
    ]
    season = {part.key: part for part in weekly_season(days)}
    assert next(iter(season)) == "monday"
    assert season["saturday"].percent == pytest.approx(20, abs=5)
    assert season["tuesday"].percent == pytest.approx(132, abs=12)
    assert season["saturday"].is_clear
    assert sum(part.percent for part in season.values()) == pytest.approx(700, abs=4)


def test_that_chance_is_no_season() -> None:
    random = Random(4)
    clear, days = 0, [(day(0), 0)]
    for _ in range(40):
        days = [(day(number), round(random.lognormvariate(7, 0.4))) for number in range(84)]
        clear += sum(part.is_clear for part in weekly_season(days))
    assert clear <= 14
    assert weekly_season(days[:27]) == ()
    assert weekly_season([(name, 0) for name, _ in days]) == ()


def test_that_the_end_of_the_month_is_told_from_its_beginning() -> None:
    first = date(2026, 1, 1)
    names = [first + timedelta(days=number) for number in range(181)]
    days = [(name.isoformat(), 30 if name.day > 20 else 10) for name in names]
    season = {part.key: part for part in monthly_season(days)}
    assert list(season) == ["1-10", "11-20", "21-31"]
    assert season["21-31"].percent == pytest.approx(181, abs=4)
    assert season["21-31"].is_clear
    assert monthly_season(days[5:80]) == ()
