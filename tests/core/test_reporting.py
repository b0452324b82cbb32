"""Reports: what is known is told, what is not is unknown, and each limit in its own period."""

from __future__ import annotations

from typing import Final

import pytest
from msgspec.structs import fields, replace

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.budgets import Budget, LimitKind
from alwrity_desktop.core.domain.dimensions import DIMENSIONS
from alwrity_desktop.core.domain.errors import PersonError, UsageError
from alwrity_desktop.core.domain.insight_values import ACTIVITY, INSIGHTS
from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.results import PeriodChoice
from tests.core.single_calls import Reads
from tests.core.tips import flash
from tests.core.trees import NOW_MS, one_call

DAY_MS: Final = 86_400_000
HOUR_MS: Final = 3_600_000


def test_that_an_empty_ledger_reports_zeros_and_unknowns(context: Context) -> None:
    report = context.report(LOCAL_ACCOUNT, PeriodChoice("month"), tuple(DIMENSIONS))

    assert report.totals == Figures()
    assert all(groups == () for groups in report.groups.values())
    assert report.calls_ever == 0
    assert report.totals.avg_duration_ms is None
    assert report.totals.error_rate_percent is None
    assert report.forecast.cost_pico is None
    assert report.forecast.refused
    assert (report.last_read_ms, report.p50_duration_ms) == (None, None)


def test_that_an_unpriced_call_is_counted_beside_the_sum(context: Context) -> None:
    context.record([one_call(), one_call(identity="record:2", provider="acme", model="x")])

    report = context.report(LOCAL_ACCOUNT, PeriodChoice("today"))

    assert (report.totals.calls, report.totals.unpriced_calls) == (2, 1)
    assert report.totals.cost_pico == 10_500_000_000
    assert [(one.provider, one.model, one.calls) for one in report.unpriced] == [("acme", "x", 1)]
    shares = {group.key: group.share_percent for group in report.groups["provider"]}
    assert shares == {"anthropic": 100.0, "acme": 0.0}


def test_that_the_period_before_is_compared_up_to_the_same_point(context: Context) -> None:
    context.record(
        [
            one_call(),
            one_call(identity="record:2", occurred_at_ms=NOW_MS - 31 * DAY_MS - HOUR_MS),
            # Later than the same point in the month before.
            one_call(identity="record:3", occurred_at_ms=NOW_MS - 31 * DAY_MS + HOUR_MS),
        ]
    )

    comparison = context.report(LOCAL_ACCOUNT, PeriodChoice("month", timezone="UTC")).comparison

    assert comparison is not None
    assert comparison.totals.calls == 1
    assert (comparison.cost_percent, comparison.calls_percent) == (0.0, 0.0)
    assert len(comparison.days) == 31
    assert sum(point.total.calls for point in comparison.days) == 2


def test_that_a_comparison_with_nothing_has_no_percentage(context: Context) -> None:
    context.record([one_call()])

    comparison = context.report(LOCAL_ACCOUNT, PeriodChoice("month")).comparison

    assert comparison is not None
    assert comparison.cost_percent is None


def test_that_the_history_holds_twelve_months_that_sum_alike(context: Context) -> None:
    context.record(
        one_call(identity=f"record:{number}", occurred_at_ms=NOW_MS - number * 11 * DAY_MS)
        for number in range(30)
    )

    report = context.report(LOCAL_ACCOUNT, PeriodChoice("today", timezone="Europe/Berlin"))

    assert len(report.history_months) == 12
    assert report.history_months[0].start == "2025-12-01"
    assert report.history_months[-1].is_unfinished
    for points in (report.history_days, report.history_weeks, report.history_months):
        assert sum(point.total.calls for point in points) == 30
    assert len(report.points) == 24


def test_that_limits_stand_in_their_own_period_the_accounts_first(context: Context) -> None:
    context.record([one_call(), one_call(identity="record:2", occurred_at_ms=NOW_MS - 10 * DAY_MS)])
    for budget in (
        Budget(0, "Small", LimitKind.CALLS, 1, "day", provider="anthropic"),
        Budget(0, "All", LimitKind.COST, 10**13, "month"),
    ):
        context.set_budget(budget)

    report = context.report(LOCAL_ACCOUNT, PeriodChoice("month", timezone="UTC"))

    assert [(limit.name, limit.used) for limit in report.limits] == [
        ("All", 21_000_000_000),
        ("Small", 1),
    ]
    assert report.status == "limit_reached"
    assert report.cost_limit is not None


def test_that_a_past_period_shows_how_its_limits_stood_then(context: Context) -> None:
    context.record([one_call(occurred_at_ms=NOW_MS - 31 * DAY_MS)])
    context.set_budget(Budget(0, "All", LimitKind.CALLS, 10, "month"))

    past = context.report(LOCAL_ACCOUNT, PeriodChoice("month", offset=-1, timezone="UTC"))

    assert [(limit.used, limit.resets_on) for limit in past.limits] == [(1, "2026-11-01")]


def test_that_unknown_words_are_told(context: Context) -> None:
    with pytest.raises(UsageError, match='no grouping by "colour"'):
        context.report(LOCAL_ACCOUNT, PeriodChoice("month"), ("colour",))
    with pytest.raises(PersonError, match="no time zone"):
        context.report(LOCAL_ACCOUNT, PeriodChoice("month", timezone="Mars/Olympus"))
    with pytest.raises(PersonError):
        context.report(LOCAL_ACCOUNT, PeriodChoice("custom"))


def test_that_figures_add_field_by_field() -> None:
    ones = Figures(**{field.name: 1 for field in fields(Figures)})
    twos = Figures(**{field.name: 2 for field in fields(Figures)})

    # A conversation may be in both: only the server can count them over more.
    assert ones + ones == replace(twos, conversations=1)
    assert ones + Figures() == ones
    assert replace(ones, calls=5) + ones == replace(ones + ones, calls=6)


def test_that_messages_are_unknown_only_where_neither_knows_them() -> None:
    assert (Figures() + Figures()).messages is None
    assert (Figures() + Figures(messages=3)).messages == 3
    assert (Figures(messages=2) + Figures(messages=3)).messages == 5


def test_that_tips_can_be_left_out_and_nothing_else_is(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    context.record([flash(1)])
    whole = context.report(LOCAL_ACCOUNT, PeriodChoice(), INSIGHTS)
    assert whole.tips
    bare = context.report(LOCAL_ACCOUNT, PeriodChoice(), INSIGHTS, has_tips=False)
    assert bare == replace(whole, tips=())
    reads = Reads(monkeypatch)
    context.report(LOCAL_ACCOUNT, PeriodChoice(), (ACTIVITY,), has_tips=False)
    assert reads.count == 0
