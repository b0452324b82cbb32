"""The words of the header."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alwrity_desktop.core.domain.budgets import Status
from alwrity_desktop.core.domain.forecast import Forecast
from alwrity_desktop.core.domain.health import HealthStatus
from alwrity_desktop.core.domain.report import AccountView, Figures, Report
from alwrity_desktop.ui import account_text, header_text
from alwrity_desktop.ui.sentence import plain, runs
from tests import builders
from tests.builders_unpriced import an_unpriced_report


@pytest.fixture
def report() -> Report:
    return builders.a_report()


def test_that_the_ten_second_answer_reads_as_in_the_picture(report: Report) -> None:
    assert header_text.used_caption(report) == "This month you've used"
    assert plain(header_text.used_runs(report)) == "across 14,760 API calls, 84.7M tokens"
    words = plain(header_text.forecast_runs(report) + header_text.margin_runs(report))
    assert words == ("You're on track to spend $120.96 this month  $4.04 under your $125.00 budget")
    assert header_text.comparison_caption(report) == "Against 1 – 20 October"
    assert plain(header_text.comparison_runs(report)) == "15% more ($72.87 by then)"
    assert header_text.period_range(report) == "1 – 30 Nov, 10 days left"
    assert header_text.summary(report) == "$83.85 of $125.00 (67%), on track for $120.96"


def test_that_a_refused_forecast_says_why_and_promises_nothing(report: Report) -> None:
    refused = replace(report, forecast=Forecast(None, None, None, refused="Too little history."))
    assert plain(header_text.forecast_runs(refused)) == "Too little history."
    assert header_text.margin_runs(refused) == ()
    assert header_text.summary(refused) == "$83.85 of $125.00 (67%)"


def test_that_without_a_budget_only_the_cost_is_told(report: Report) -> None:
    free = replace(report, limits=())
    assert header_text.used_words(free) == "$83.85"
    assert header_text.margin_runs(free) == ()


def test_that_calls_without_a_price_cost_nobody_knows_what(report: Report) -> None:
    unpriced = an_unpriced_report()
    assert header_text.cost_words(unpriced) == "—"
    assert header_text.summary(unpriced) == "—"
    told = plain(header_text.used_runs(unpriced))
    assert told == "across 7 API calls, 8.40k tokens  none has a price"
    assert header_text.lacks_prices(unpriced)
    single = replace(unpriced, totals=Figures(calls=1, input_tokens=5, unpriced_calls=1))
    assert plain(header_text.used_runs(single)).endswith("  it has no price")
    assert not header_text.lacks_prices(report)


def test_that_a_comparison_with_what_nobody_knows_is_none(report: Report) -> None:
    unpriced = an_unpriced_report()
    words = plain(header_text.comparison_runs(unpriced))
    assert words == "None of the calls by then has a price"
    never = builders.an_empty_report(comparison=report.comparison)
    assert header_text.comparison_runs(never) == ()
    assert header_text.comparison_caption(never) == ""
    known_then = replace(unpriced, comparison=report.comparison)
    assert plain(header_text.comparison_runs(known_then)) == "$72.87 by then"


def test_that_a_limit_of_an_unknown_cost_has_no_percentage() -> None:
    limit = builders.a_limit(used=0, is_unknown=True)
    unpriced = an_unpriced_report(limits=(limit,))
    assert header_text.used_words(unpriced) == "— of $125.00"


def test_that_a_period_without_calls_costs_nothing_where_something_was_read() -> None:
    assert header_text.cost_words(builders.an_empty_report()) == "—"
    assert header_text.cost_words(builders.an_empty_report(calls_ever=3)) == "$0.00"
    read = builders.an_empty_report(last_read_ms=builders.NOW_MS)
    assert header_text.cost_words(read) == "$0.00"


@pytest.mark.parametrize(("unpriced", "words"), [(14, ""), (148, " at least")])
def test_that_a_sum_that_lacks_many_prices_is_told_as_a_floor(
    report: Report, unpriced: int, words: str
) -> None:
    floor = replace(report, totals=replace(report.totals, unpriced_calls=unpriced))
    assert header_text.used_caption(floor) == f"This month you've used{words}"
    assert header_text.cost_words(floor) == "$83.85"


def test_that_a_budget_that_will_be_passed_is_said_in_the_danger_tone(report: Report) -> None:
    forecast = replace(report.forecast, cost_pico=builders.usd(13_000))
    (run,) = header_text.margin_runs(replace(report, forecast=forecast))
    assert run.text == "$5.00 over your $125.00 budget"
    assert run.colour == "danger.text"


@pytest.mark.parametrize(
    ("percent", "words"),
    [
        (-12.4, "12% less ($72.87 by then)"),
        (0.2, "The same ($72.87 by then)"),
        (None, "Nothing was spent by then"),
    ],
)
def test_that_a_comparison_reads_well_both_ways(
    report: Report, percent: float | None, words: str
) -> None:
    assert report.comparison is not None
    other = replace(report, comparison=replace(report.comparison, cost_percent=percent))
    assert plain(header_text.comparison_runs(other)) == words


@pytest.mark.parametrize(
    ("kind", "start", "end", "title"),
    [
        ("month", "2026-11-01", "2026-11-30", "November 2026"),
        ("year", "2026-01-01", "2026-12-31", "2026"),
        ("week", "2026-11-16", "2026-11-22", "16 – 22 Nov"),
        ("today", "2026-11-20", "2026-11-20", "20 Nov 2026"),
        ("all", "2026-01-01", "2026-11-20", "All time"),
        ("custom", "2026-10-28", "2026-11-03", "28 Oct – 3 Nov"),
    ],
)
def test_that_every_kind_of_period_has_a_name(kind: str, start: str, end: str, title: str) -> None:
    assert header_text.period_title(builders.a_period(start, end, kind)) == title


def test_that_a_past_period_is_not_called_this_month(report: Report) -> None:
    past = replace(report, period=builders.a_period("2026-09-01", "2026-09-30"))
    assert header_text.used_caption(past) == "In this period you've used"
    assert header_text.period_range(past) == "1 – 30 Sep"


@pytest.mark.parametrize(
    ("status", "health", "tone", "word"),
    [
        (Status.LIMIT_REACHED, HealthStatus.FAILED, "danger", "Limit reached"),
        (Status.WARNING, HealthStatus.FAILED, "danger", "Failed"),
        (Status.WARNING, HealthStatus.HEALTHY, "warning", "Warning"),
        (Status.ACTIVE, HealthStatus.WARNING, "warning", "Warning"),
        (Status.ACTIVE, HealthStatus.HEALTHY, "success", "Healthy"),
        (Status.ACTIVE, HealthStatus.NO_DATA, "neutral", "No data"),
    ],
)
def test_that_the_pill_shows_the_worst(
    report: Report, status: Status, health: HealthStatus, tone: str, word: str
) -> None:
    state = header_text.state_of(
        replace(report, status=status, health=replace(report.health, status=health))
    )
    assert (state.tone, state.word) == (tone, word)
    assert state.reason


def test_that_sample_data_is_marked_in_every_line_about_the_account(report: Report) -> None:
    sample = replace(report, account=AccountView("sample", "Sample data", "sample"))
    assert account_text.account_words(sample) == ("Sample data", "made up")
    assert header_text.updated(sample, builders.NOW_MS, 1_000) == "Figures are made up"


def test_that_the_age_says_when_it_is_read_next(report: Report) -> None:
    words = header_text.updated(report, builders.NOW_MS, 180_000)
    assert words == "Updated 2 min ago · next in 3 min"
    assert header_text.updated(report, builders.NOW_MS, None) == "Updated 2 min ago"
    never = replace(report, last_read_ms=None)
    assert header_text.updated(never, builders.NOW_MS, 1) == "Nothing read yet"


@given(st.text(alphabet=st.characters(exclude_characters="{}")), st.text())
def test_that_words_from_outside_stay_as_they_are(name: str, value: str) -> None:
    line = runs(f"{name}{{value}}", value=value)
    assert plain(line) == name + value
