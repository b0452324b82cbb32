"""What the trend chart is given to draw."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alwrity_desktop.core.domain import breakdown
from alwrity_desktop.core.domain.periods import WEEKDAYS
from alwrity_desktop.core.domain.report import Amounts, Point
from alwrity_desktop.ui.charts.trend_data import TrendData
from alwrity_desktop.ui.docks._trend_bins import (
    OTHER,
    bins_of,
    leading_providers,
    provider_values,
    reached,
    weekly,
)
from alwrity_desktop.ui.docks._trend_views import View, bins_for, trend_data
from tests import builders
from tests.builders_unpriced import an_unpriced_report

DAYS = st.lists(
    st.dictionaries(
        st.sampled_from([f"p{n}" for n in range(9)]),
        st.integers(min_value=0, max_value=10**15),
        max_size=9,
    ),
    min_size=1,
    max_size=120,
)


def points(days: list[dict[str, int]]) -> list[Point]:
    first = date(2026, 7, 3)
    found = []
    for place, costs in enumerate(days):
        split = {name: Amounts(cost, 1, 2) for name, cost in costs.items()}
        total = Amounts(sum(costs.values()), len(costs), 2 * len(costs))
        found.append(Point((first + timedelta(days=place)).isoformat(), total, split))
    return found


@given(DAYS, st.sampled_from(["monday", "sunday", "saturday"]))
def test_that_weeks_lose_nothing(days: list[dict[str, int]], week_starts: str) -> None:
    made = points(days)
    last = made[-1].start
    found = weekly(breakdown.weeks(made, week_starts, last), last, 12)
    first_weekday = WEEKDAYS.index(week_starts)
    assert {date.fromisoformat(item.start).weekday() for item in found} == {first_weekday}
    assert found[-1].last_day == last
    assert sum(item.total.cost_pico for item in found) == sum(
        point.total.cost_pico for point in made
    )
    assert sum(item.total.calls for item in found) == sum(point.total.calls for point in made)


def test_that_only_the_weeks_of_the_chosen_months_are_drawn() -> None:
    made = points([{"p1": 1}] * 120)
    last = made[-1].start
    found = weekly(breakdown.weeks(made, "monday", last), last, 3)
    first = date.fromisoformat(last) - timedelta(days=90)
    assert date.fromisoformat(found[0].start) <= first < date.fromisoformat(found[1].start)


@given(DAYS)
def test_that_curves_and_other_add_up_to_the_whole(days: list[dict[str, int]]) -> None:
    bins = bins_of(points(days))
    providers = leading_providers(bins, "tokens")
    assert len(providers) <= 6
    values = provider_values(bins, providers, "tokens")
    assert sum(sum(row) for row in values.values()) == sum(item.total.tokens for item in bins)
    assert OTHER not in providers[:-1]


def test_that_days_to_come_are_not_drawn_as_zero() -> None:
    bins = bins_of(builders.november_points())
    assert len(bins) == 30
    assert len(reached(bins)) == 20


def test_that_the_curve_of_the_pictures_is_drawn() -> None:
    data = trend_data(builders.a_report(), View())
    curve = data.curves[0]
    assert curve.xs[0] == curve.ys[0] == 0.0
    assert curve.ys[-1] == pytest.approx(83.85)
    assert 19 < curve.xs[-1] < 20
    assert data.x_max == 30.0
    assert [tick.text for tick in data.ticks] == ["1 Nov", "5", "10", "15", "20", "25", "30"]
    assert [tick.is_bold for tick in data.ticks].index(True) == 4
    assert data.now is not None
    assert data.now.text == "$83.85 today"
    assert data.budget is not None
    assert (data.budget.y, data.budget.text) == (125.0, "Budget $125.00")
    assert data.comparison is not None
    assert data.comparison.label == "October"
    assert [(peak.note, peak.text) for peak in data.peaks] == [("Peak, 12 Nov:", "$7.79")]
    assert [text for _, text in data.axis] == ["$0", "$25", "$50", "$75", "$100", "$125"]


def test_that_the_forecast_goes_on_from_the_present_point() -> None:
    data = trend_data(builders.a_report(), View())
    first, last = data.band[0], data.band[-1]
    assert data.now is not None
    assert (first.x, first.middle) == (data.now.x, data.now.y)
    assert first.low == first.high == first.middle
    ends = (last.x, last.low, last.middle, last.high)
    assert ends == pytest.approx((30.0, 115.75, 120.96, 126.18))
    assert data.band_ends == ("$126.18 high", "$120.96", "$115.75 low")


@pytest.mark.parametrize("measure", ["calls", "tokens"])
def test_that_only_cost_has_a_budget_and_a_forecast(measure: str) -> None:
    data = trend_data(builders.a_report(), View(measure=measure))
    assert data.budget is None
    assert not data.band
    assert data.comparison is not None


def test_that_a_refused_forecast_draws_no_band() -> None:
    refused = builders.an_empty_report().forecast
    assert not trend_data(builders.a_report(forecast=refused), View()).band


def test_that_six_months_are_weeks_with_the_present_one_unfinished() -> None:
    data = trend_data(builders.a_report(), View("6m", style="provider"))
    assert [curve.label for curve in data.curves][:3] == ["Anthropic", "OpenAI", "Gemini"]
    assert all(curve.unfinished == 1 for curve in data.curves)
    assert 26 <= len(data.curves[0].xs) <= 28
    assert [tick.text for tick in data.ticks][-6:] == ["Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]
    assert data.peaks[0].provider == "anthropic"


def test_that_single_days_are_columns() -> None:
    data = trend_data(builders.a_report(), View(style="each"))
    assert [column.is_unfinished for column in data.columns] == [False] * 19 + [True]
    assert data.columns[11].y == pytest.approx(7.79)
    assert data.readouts[11].lines == ("$7.79",)


def test_that_the_hours_of_a_day_are_told_by_the_clock() -> None:
    hours = tuple(
        Point(f"2026-11-20T{hour:02d}:00", Amounts(10**12, 1, 10), is_unfinished=hour >= 14)
        for hour in range(24)
    )
    period = builders.a_period("2026-11-20", "2026-11-20", "today")
    report = builders.a_report(points=hours, period=period, comparison=None)
    data = trend_data(report, View())
    assert [tick.text for tick in data.ticks][:3] == ["00:00", "03:00", "06:00"]
    assert len(data.curves[0].xs) == 16
    assert 14.0 < data.curves[0].xs[-1] <= 15.0


def test_that_a_past_period_has_no_today() -> None:
    october = builders.a_comparison().days
    period = builders.a_period("2026-10-01", "2026-10-31")
    refused = builders.an_empty_report().forecast
    report = builders.a_report(points=october, period=period, forecast=refused, comparison=None)
    data = trend_data(report, View())
    assert data.now is not None
    assert data.now.text == "$115.00"
    assert data.curves[0].xs[-1] == 31.0
    assert not any(tick.is_bold for tick in data.ticks)


def test_that_nothing_is_drawn_from_nothing() -> None:
    empty = builders.an_empty_report()
    for view in (View(), View("12m", "tokens", "provider"), View("3m", "calls", "each")):
        assert not trend_data(empty, view).curves
        assert bins_for(empty, view) == ()


def test_that_the_chart_is_told_in_a_sentence() -> None:
    sentence = trend_data(builders.a_report(), View()).sentence
    assert sentence == "Cumulative, cost: $83.85 in all, most $7.79 on Thu 12 Nov"


def test_that_the_forecast_of_a_billing_period_begins_where_its_first_call_lies() -> None:
    report = builders.a_report()
    wide = (*builders.history_days()[-25:-20], *report.points)
    data = trend_data(replace(report, points=wide), View("days", "cost", "cumulative"))
    plain = trend_data(report, View("days", "cost", "cumulative"))
    moved = len(wide) - len(report.points)
    assert [point.x for point in data.band] == [point.x + moved for point in plain.band]
    assert data.now is not None
    assert plain.now is not None
    assert data.now.x == pytest.approx(plain.now.x + moved, abs=0.01)


def test_that_a_servers_distant_limit_does_not_flatten_the_curve() -> None:
    limit = builders.a_limit("cost", limit=builders.usd(100_000), budget_id=None, origin="server")
    far = trend_data(builders.a_report(limits=(limit,)), View("days", "cost", "cumulative"))
    assert far.budget is None
    near = replace(limit, limit=builders.usd(12_500))
    drawn = trend_data(builders.a_report(limits=(near,)), View("days", "cost", "cumulative"))
    assert drawn.budget is not None
    assert drawn.budget.text == "Limit $125.00"


@pytest.mark.parametrize("style", ["cumulative", "each", "provider"])
def test_that_a_curve_without_a_price_says_that_it_is_not_known(style: str) -> None:
    priced = Point("2026-11-01", Amounts(2 * 10**12, 1, 5), {"x": Amounts(2 * 10**12, 1, 5)})
    unpriced = Point("2026-11-02", Amounts(0, 3, 9, 3), {"x": Amounts(0, 3, 9, 3)})
    report = an_unpriced_report(points=(unpriced, replace(priced, start="2026-11-03")))
    said = [readout.lines for readout in trend_data(report, View(style=style)).readouts]
    assert (
        said
        == {
            "cumulative": [("— so far", "— on this day"), ("$2.00 so far", "$2.00 on this day")],
            "each": [("—",), ("$2.00",)],
            "provider": [("x  —",), ("x  $2.00",)],
        }[style]
    )


def drawn_in_part(style: str, costs: list[int | None]) -> TrendData:
    """Return the chart of days of which those without a cost have a call without a price."""
    amounts = [Amounts(0, 1, 5, 1) if cost is None else Amounts(cost, 1, 5) for cost in costs]
    days = tuple(
        Point(f"2026-11-{place:02d}", one, {"x": one}) for place, one in enumerate(amounts, 1)
    )
    return trend_data(an_unpriced_report(points=days), View(style=style))


def test_that_a_day_without_a_price_is_a_gap_in_its_providers_curve() -> None:
    dollar = 10**12
    (curve,) = drawn_in_part("provider", [dollar, dollar, None, dollar, None]).curves
    assert curve.unknown == {2, 4}
    assert curve.runs == (range(2), range(3, 4))
    assert curve.lonely == ((3.5, 1.0),)
    assert curve.end == (3.5, 1.0)


def test_that_a_sum_is_drawn_from_where_it_is_known() -> None:
    dollar = 10**12
    late = drawn_in_part("cumulative", [None, None, dollar, None, dollar])
    (curve,) = late.curves
    assert curve.unknown == {0, 1, 2}
    assert curve.ys[3:] == (1.0, 1.0, 2.0)
    assert late.now is not None
    assert late.now.is_known
    never = drawn_in_part("cumulative", [None, None])
    assert never.curves[0].runs == ()
    assert never.now is not None
    assert (never.now.text, never.now.is_known) == ("—", False)


def test_that_calls_and_tokens_have_no_gaps() -> None:
    report = an_unpriced_report()
    for measure in ("calls", "tokens"):
        for style in ("cumulative", "provider"):
            data = trend_data(report, View("days", measure, style))
            assert not any(curve.unknown for curve in data.curves)


def test_that_a_day_without_a_price_has_no_column() -> None:
    data = drawn_in_part("each", [10**12, None, 10**12])
    assert [column.x for column in data.columns] == [0.5, 2.5]
    assert [readout.x for readout in data.readouts] == [0.5, 1.5, 2.5]
