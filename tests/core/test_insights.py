"""What a report holds only when it is asked for: activity and spending, from the ledger."""

from __future__ import annotations

from typing import Final

import pytest

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.documents import report_document
from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.errors import UsageError
from alwrity_desktop.core.domain.insight_values import ACTIVITY, INSIGHTS, SPENDING
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.results import PeriodChoice
from tests.core.trees import NOW_MS, one_call

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
MONTH: Final = PeriodChoice("month", timezone="UTC")


def test_that_nothing_is_worked_out_that_nobody_asked_for(context: Context) -> None:
    context.record([one_call()])
    report = context.report(LOCAL_ACCOUNT, MONTH)
    assert report.activity == ()
    assert report.spending is None
    document = report_document(report)
    assert (document["activity"], document["spending"]) == ([], None)


def test_that_activity_and_spending_are_no_groups(context: Context) -> None:
    context.record([one_call()])
    report = context.report(LOCAL_ACCOUNT, MONTH, ("provider", *INSIGHTS))
    assert list(report.groups) == ["provider"]
    assert report.answers(("provider", *INSIGHTS))
    assert not context.report(LOCAL_ACCOUNT, MONTH).answers((ACTIVITY,))
    with pytest.raises(UsageError):
        context.report(LOCAL_ACCOUNT, MONTH, ("weather",))


def test_that_the_hours_of_the_week_add_up_to_the_period(context: Context) -> None:
    context.record(
        [
            one_call(identity=f"record:{ago}", occurred_at_ms=NOW_MS - ago * HOUR_MS)
            for ago in range(1, 60)
        ]
    )
    report = context.report(LOCAL_ACCOUNT, MONTH, (ACTIVITY,))
    by_kind = {one.kind: one for one in report.activity}
    assert sum(cell.amount for cell in by_kind[LimitKind.CALLS].week) == report.totals.calls
    assert sum(cell.amount for cell in by_kind[LimitKind.COST].week) == report.totals.cost_pico
    assert sum(cell.amount for cell in by_kind[LimitKind.TOKENS].week) == report.totals.tokens


def test_that_an_unusual_day_names_its_provider(context: Context) -> None:
    usual = [
        one_call(identity=f"record:{ago}", occurred_at_ms=NOW_MS - ago * DAY_MS)
        for ago in range(1, 50)
    ]
    burst = [
        one_call(
            identity=f"record:burst:{number}",
            occurred_at_ms=NOW_MS - 12 * DAY_MS,
            provider="openai",
            model="gpt-4o",
            input_tokens=20_000,
        )
        for number in range(10)
    ]
    context.record([*usual, *burst])
    cost = context.report(LOCAL_ACCOUNT, MONTH, (ACTIVITY,)).activity[0]
    assert [one.day for one in cost.unusual] == ["2026-11-08"]
    assert cost.unusual[0].causes[0].key == "openai"


def test_that_models_stand_side_by_side_with_what_caching_saved(context: Context) -> None:
    context.record(
        [
            one_call(cache_read_tokens=10_000, duration_ms=2_000, status_code=200),
            one_call(identity="record:2", provider="openai", model="gpt-4o", status_code=500),
        ]
    )
    report = context.report(LOCAL_ACCOUNT, MONTH, (SPENDING,))
    spending = report.spending
    assert spending is not None
    first, second = spending.models
    assert first.cache is not None
    # A cached token costs a tenth of a plain one: $0.30 instead of $3.00 a million.
    assert first.cache.saved_pico == 10_000 * 2_700_000
    assert spending.cache.saved_pico == first.cache.saved_pico
    assert second.performance.figures.error_rate_percent == 100.0
    assert spending.errors.calls == 1
    assert {rate.name for rate in spending.velocities} == {"now", "today", "week"}
    document = report_document(report)["spending"]
    assert document["models"][0]["cache"]["saved_usd"] == "0.027"
    assert document["per_call_usd"] is not None
