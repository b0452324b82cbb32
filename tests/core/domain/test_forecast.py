"""The forecast follows weekdays and the present rate, and refuses what it cannot know."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.forecast import MIN_HISTORY_DAYS, Forecast, forecast
from alwrity_desktop.core.domain.periods import KINDS, all_time, custom, days, local_day, period_of

BERLIN = "Europe/Berlin"
USD = 10**12
Costs = list[tuple[str, int]]


def ms(text: str, zone: str = BERLIN) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


NOON_MS = ms("2026-11-20T12:00")
NOVEMBER = period_of("month", NOON_MS, BERLIN)


def history(last: str, count: int, cost_of: dict[int, int] | int = USD) -> Costs:
    """Return days up to *last*; the cost is one for all, or one for each weekday."""
    end = date.fromisoformat(last)
    named = [end - timedelta(days=back) for back in reversed(range(count))]
    return [
        (day.isoformat(), cost_of if isinstance(cost_of, int) else cost_of.get(day.weekday(), 0))
        for day in named
    ]


def test_that_a_steady_rate_goes_on() -> None:
    result = forecast(history("2026-11-19", 70), NOVEMBER, NOON_MS)
    assert result.refused is None
    assert result.cost_pico == pytest.approx(29.5 * USD, rel=1e-6)
    assert [point.day for point in result.curve] == [f"2026-11-{day}" for day in range(20, 31)]


def test_that_weekends_stay_free_for_someone_who_never_works_then() -> None:
    office = history("2026-11-19", 84, dict.fromkeys(range(5), USD))
    result = forecast(office, NOVEMBER, NOON_MS)
    curve = {point.day: point.cost_pico for point in result.curve}
    friday = curve["2026-11-20"]
    assert curve["2026-11-22"] - friday < USD // 5
    assert curve["2026-11-23"] - curve["2026-11-22"] > USD * 4 // 5
    assert result.cost_pico == pytest.approx(20.5 * USD, rel=0.03)


def test_that_the_recent_rate_outweighs_the_old_one() -> None:
    doubled = [
        (day, cost * (2 if day >= "2026-10-21" else 1)) for day, cost in history("2026-11-19", 84)
    ]
    result = forecast(doubled, NOVEMBER, NOON_MS)
    assert result.cost_pico is not None
    assert 38 * USD + 10 * USD * 1.6 < result.cost_pico < 60 * USD


def test_that_what_was_spent_today_counts_and_the_rest_of_it_is_expected() -> None:
    so_far = [*history("2026-11-19", 70), ("2026-11-20", 5 * USD)]
    result = forecast(so_far, NOVEMBER, NOON_MS)
    assert result.curve[0].cost_pico == pytest.approx(24.5 * USD, rel=1e-6)
    late = forecast(so_far, NOVEMBER, NOVEMBER.end_ms - 1)
    assert late.cost_pico == pytest.approx(24 * USD, rel=0.001)


def test_that_a_day_alone_has_a_forecast() -> None:
    today = period_of("today", NOON_MS, BERLIN)
    result = forecast([*history("2026-11-19", 70), ("2026-11-20", USD)], today, NOON_MS)
    assert result.cost_pico == pytest.approx(1.5 * USD, rel=1e-6)


def test_that_a_noisier_past_gives_a_wider_band() -> None:
    random = Random(7)
    noisy = [(day, int(cost * random.uniform(0, 2))) for day, cost in history("2026-11-19", 84)]
    steady = forecast(history("2026-11-19", 84), NOVEMBER, NOON_MS)
    wide = forecast(noisy, NOVEMBER, NOON_MS)
    assert _width(wide) > 1.3 * _width(steady)
    assert (wide.confidence_percent, wide.method) == (80, "weekday run rate")


def _width(result: Forecast) -> int:
    assert result.high_pico is not None
    assert result.low_pico is not None
    return result.high_pico - result.low_pico


@pytest.mark.parametrize(
    ("costs", "words"),
    [
        ([], "Too little history: 0 complete days"),
        ([("2026-11-20", USD)], "Too little history: 0 complete days"),
        (history("2026-11-19", 1), "Too little history: 1 complete day so far, 7 are needed"),
        (history("2026-11-19", 6), "Too little history: 6 complete days"),
        ([*history("2026-11-13", 60, 0), *history("2026-11-19", 6)], "Too little history: 6"),
        ([*history("2026-11-05", 40), *history("2026-11-19", 14, 0)], "Nothing was spent"),
    ],
)
def test_that_too_little_to_go_by_is_refused_in_words(costs: Costs, words: str) -> None:
    result = forecast(costs, NOVEMBER, NOON_MS)
    assert result.refused is not None
    assert result.refused.startswith(words)
    assert (result.cost_pico, result.low_pico, result.high_pico, result.curve) == (
        None,
        None,
        None,
        (),
    )


def test_that_the_needed_days_are_enough() -> None:
    assert forecast(history("2026-11-19", MIN_HISTORY_DAYS), NOVEMBER, NOON_MS).refused is None


def test_that_periods_without_an_end_ahead_are_refused() -> None:
    costs = history("2026-11-19", 84)
    october = period_of("month", NOON_MS, BERLIN, -1)
    december = period_of("month", NOON_MS, BERLIN, 1)
    past = custom("2026-11-01", "2026-11-19", BERLIN)
    forever = all_time(None, NOON_MS, BERLIN)
    assert forecast(costs, october, NOON_MS).refused == "This period is over."
    assert forecast(costs, past, NOON_MS).refused == "This period is over."
    assert forecast(costs, december, NOON_MS).refused == "This period has not begun."
    assert forecast(costs, forever, NOON_MS).refused == "All time has no end to forecast."


def test_that_costs_before_the_period_do_not_count_as_spent() -> None:
    dear_october = [
        (day, cost * (1000 if day < "2026-09-20" else 1)) for day, cost in history("2026-11-19", 84)
    ]
    result = forecast(dear_october, NOVEMBER, NOON_MS)
    low = result.low_pico
    assert low is not None
    assert low >= 19 * USD
    assert result.cost_pico is not None
    assert result.cost_pico < 10_000 * USD


def test_that_days_in_the_future_are_not_believed() -> None:
    costs = [*history("2026-11-19", 70), ("2026-11-25", 10**6 * USD)]
    assert forecast(costs, NOVEMBER, NOON_MS) == forecast(costs[:-1], NOVEMBER, NOON_MS)


histories = st.lists(st.integers(min_value=0, max_value=10**15), min_size=0, max_size=100)
moments = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - Hypothesis wants naive bounds
    max_value=datetime(2030, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)
zones = st.sampled_from(
    ("UTC", BERLIN, "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati", "Asia/Gaza")
)


@given(costs=histories, moment=moments, zone=zones, kind=st.sampled_from(KINDS))
def test_that_a_forecast_is_never_less_than_what_was_spent(
    costs: list[int], moment: datetime, zone: str, kind: str
) -> None:
    now_ms = int(moment.timestamp() * 1000)
    today = date.fromisoformat(local_day(now_ms, zone))
    named = [((today - timedelta(days=back)).isoformat(), cost) for back, cost in enumerate(costs)]
    period = period_of(kind, now_ms, zone)
    result = forecast(named[::-1], period, now_ms)
    assert result == forecast(named, period, now_ms)
    if result.refused is not None:
        assert result.cost_pico is None
        return
    spent = sum(cost for day, cost in named if period.start <= day)
    last = result.curve[-1]
    assert (result.cost_pico, result.low_pico, result.high_pico) == (
        last.cost_pico,
        last.low_pico,
        last.high_pico,
    )
    assert [point.day for point in result.curve] == [
        day for day, _, _ in days(period) if day >= today.isoformat()
    ]
    for point in result.curve:
        assert spent <= point.low_pico <= point.cost_pico <= point.high_pico
    for one, two in itertools.pairwise(result.curve):
        assert one.cost_pico <= two.cost_pico
        assert one.low_pico <= two.low_pico
        assert one.high_pico <= two.high_pico
