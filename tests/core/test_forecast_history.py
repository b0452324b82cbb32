"""The forecast checked on an account's own past months: which months, and what they held."""

from __future__ import annotations

from typing import Final

import pytest

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.forecast_documents import forecast_check_document
from alwrity_desktop.core.forecast_history import PERIODS, check_forecast
from alwrity_desktop.core.results import PeriodChoice
from tests.core.trees import NOW_MS, one_call

DAY_MS: Final = 86_400_000
SINCE_JUNE_DAYS: Final = 150
"""So many days before the tests' clock, November 20th, lies June 23rd."""


def habit(context: Context, days: int) -> None:
    """Book more on each weekend day than on others, on each of the last days."""
    context.record(
        [
            one_call(
                identity=f"record:{ago}",
                occurred_at_ms=NOW_MS - ago * DAY_MS,
                output_tokens=900 if ago % 7 in {5, 6} else 300,
            )
            for ago in range(days + 1)
        ]
    )


def test_that_every_whole_month_since_the_first_call_is_checked(context: Context) -> None:
    habit(context, SINCE_JUNE_DAYS)

    check = check_forecast(context, LOCAL_ACCOUNT)

    assert check.refused is None
    assert [row.start for row in check.rows[::3]] == [
        "2026-10-01",
        "2026-09-01",
        "2026-08-01",
        "2026-07-01",
    ]
    assert [row.passed_percent for row in check.rows[:3]] == [25, 50, 75]
    past = context.report(LOCAL_ACCOUNT, PeriodChoice("month", offset=-1))
    assert check.rows[0].actual == past.totals.cost_pico


def test_that_a_habit_of_weekdays_is_told_closer_than_by_days(context: Context) -> None:
    habit(context, SINCE_JUNE_DAYS)
    quarter = check_forecast(context, LOCAL_ACCOUNT).summaries[0]
    assert quarter.periods == 4
    assert quarter.median_error_percent < quarter.median_naive_error_percent
    assert quarter.held_percent == 100.0


@pytest.mark.parametrize("kind", [LimitKind.CALLS, LimitKind.TOKENS])
def test_that_calls_and_tokens_are_checked_as_well(context: Context, kind: LimitKind) -> None:
    habit(context, SINCE_JUNE_DAYS)

    check = check_forecast(context, LOCAL_ACCOUNT, kind)

    assert check.kind is kind
    past = context.report(LOCAL_ACCOUNT, PeriodChoice("month", offset=-1)).totals
    october = {LimitKind.CALLS: past.calls, LimitKind.TOKENS: past.tokens}
    assert check.rows[0].actual == october[kind]
    assert [one.periods for one in check.summaries] == [4, 4, 4]


def test_that_no_more_than_a_year_is_checked(context: Context) -> None:
    habit(context, 600)
    rows = check_forecast(context, LOCAL_ACCOUNT).rows
    assert len({row.start for row in rows}) == PERIODS
    assert rows[-1].start == "2025-11-01"


def test_that_a_month_begun_before_the_first_call_is_left_out(context: Context) -> None:
    habit(context, 40)
    check = check_forecast(context, LOCAL_ACCOUNT)
    assert check.rows == ()
    assert check.refused == "No month that was in use from its first day is over yet."


def test_that_without_calls_it_says_so(context: Context) -> None:
    check = check_forecast(context, LOCAL_ACCOUNT)
    assert check.rows == ()
    assert check.refused == "There are no single calls to check a forecast by."
    assert check.summaries == ()


def test_that_the_document_has_each_months_points(context: Context) -> None:
    habit(context, SINCE_JUNE_DAYS)
    check = check_forecast(context, LOCAL_ACCOUNT)

    document = forecast_check_document(check)

    assert document["refused"] is None
    assert [one["passed_percent"] for one in document["points"]] == [25, 50, 75]
    newest = document["periods"][0]
    assert (newest["start"], newest["end"]) == ("2026-10-01", "2026-10-31")
    assert len(newest["points"]) == 3
    half = newest["points"][1]
    assert half["held"] is check.rows[1].is_held
    assert half["error_percent"] == check.rows[1].error_percent
    assert float(half["low_usd"]) <= float(half["forecast_usd"]) <= float(half["high_usd"])
