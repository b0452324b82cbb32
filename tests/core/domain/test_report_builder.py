"""Building a report: from one state of the ledger, with every figure from the same rows."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from alwrity_desktop.core.domain.budgets import Limit, LimitKind, Status
from alwrity_desktop.core.domain.health import overall_health
from alwrity_desktop.core.domain.periods import like_for_like, period_of, previous
from alwrity_desktop.core.domain.report import AccountView, Figures
from alwrity_desktop.core.domain.report_builder import EarlierFacts, Facts, build
from alwrity_desktop.core.domain.sums import DurationCount, SeriesSums, SlotSums

ZONE = "Europe/Berlin"
NOW_MS = 1_795_181_520_000
"""Friday 2026-11-20, 14:32 in Berlin."""
TODAY_SLOT = 20_777
DAY_MS = 86_400_000


def facts(**how: Any) -> Facts:  # noqa: ANN401 - any field
    """Return facts of a month with three calls on two days, two of them priced."""
    series = [
        SeriesSums(
            {
                "provider": "anthropic",
                "model": "claude",
                "status_code": 200,
                "price_status": "priced",
            },
            Figures(calls=2, input_tokens=20, cost_pico=700, status_calls=2),
        ),
        SeriesSums(
            {"provider": "acme", "model": "x", "status_code": 0, "price_status": "unpriced"},
            Figures(calls=1, input_tokens=5, unpriced_calls=1),
        ),
    ]
    slots = [
        SlotSums(TODAY_SLOT, 3600, "anthropic", Figures(calls=1, input_tokens=10, cost_pico=300)),
        SlotSums(
            TODAY_SLOT - 3, 3600, "anthropic", Figures(calls=1, input_tokens=10, cost_pico=400)
        ),
        SlotSums(TODAY_SLOT - 3, 3600, "acme", Figures(calls=1, input_tokens=5, unpriced_calls=1)),
        # Of the month before: in the history, not in the period.
        SlotSums(TODAY_SLOT - 30, 3600, "acme", Figures(calls=9, cost_pico=90)),
    ]
    known = Facts(
        account=AccountView("local", "This computer"),
        period=period_of("month", NOW_MS, ZONE),
        now_ms=NOW_MS,
        dimensions=("provider", "day"),
        week_starts="monday",
        series=series,
        day_slots=slots,
        hour_slots=(),
        history_start="2025-12-01",
        durations=[DurationCount("anthropic", "claude", 100, 3)],
        earlier=None,
        limits=(),
        alerts=(),
        health=overall_health((), ()),
        last_read_ms=None,
        calls_ever=12,
    )
    return replace(known, **how)


def test_that_totals_groups_and_points_are_of_the_period_alone() -> None:
    report = build(facts())

    assert (report.totals.calls, report.totals.cost_pico) == (3, 700)
    assert [group.key for group in report.groups["provider"]] == ["anthropic", "acme"]
    assert [group.key for group in report.groups["day"]] == ["2026-11-17", "2026-11-20"]
    assert sum(point.total.calls for point in report.points) == 3
    assert [(one.model, one.calls) for one in report.unpriced] == [("x", 1)]
    assert report.as_of_ms == NOW_MS
    assert report.p50_duration_ms == report.p95_duration_ms


def test_that_the_history_holds_the_days_before_too() -> None:
    report = build(facts())

    assert report.history_days[0].start == "2025-12-01"
    assert report.history_days[-1].start == "2026-11-20"
    assert sum(point.total.calls for point in report.history_days) == 12
    assert [point.total.calls for point in report.history_months[-2:]] == [9, 3]
    assert sum(point.total.calls for point in report.history_weeks) == 12


@pytest.mark.parametrize(
    ("week_starts", "last"),
    [("monday", "2026-11-16"), ("sunday", "2026-11-15"), ("saturday", "2026-11-14")],
)
def test_that_weeks_begin_on_the_chosen_day(week_starts: str, last: str) -> None:
    report = build(facts(week_starts=week_starts))

    assert report.history_weeks[-1].start == last
    assert report.history_weeks[-1].is_unfinished


def test_that_the_status_is_the_worst_of_the_limits() -> None:
    limit = Limit(
        "B", "account", LimitKind.COST, 8, 10, 80.0, Status.WARNING, "budget", "month", "2026-12-01"
    )
    assert build(facts()).status == Status.ACTIVE
    assert build(facts(limits=(limit,))).status == Status.WARNING
    reached = replace(limit, status=Status.LIMIT_REACHED)
    assert build(facts(limits=(limit, reached))).status == Status.LIMIT_REACHED


def test_that_the_comparison_is_with_the_same_part_of_the_month_before() -> None:
    month = period_of("month", NOW_MS, ZONE)
    before, span = previous(month), like_for_like(month, NOW_MS)
    assert before is not None
    assert span is not None
    then = EarlierFacts(span, before, Figures(calls=6, cost_pico=1400), ())

    comparison = build(facts(earlier=then)).comparison

    assert comparison is not None
    assert (comparison.start, comparison.end) == ("2026-10-01", "2026-10-20")
    assert (comparison.cost_percent, comparison.calls_percent) == (-50.0, -50.0)
    assert comparison.tokens_percent is None
    assert len(comparison.days) == 31
    assert build(facts()).comparison is None


def test_that_a_day_is_shown_by_its_hours() -> None:
    hours = [SlotSums(TODAY_SLOT * 24 + 9, 3600, "anthropic", Figures(calls=2, cost_pico=5))]
    day = period_of("today", NOW_MS, ZONE)

    report = build(facts(period=day, hour_slots=hours, dimensions=("hour", "weekday_hour")))

    assert len(report.points) == 24
    assert report.points[9].total.calls == 2
    assert report.points[14].is_unfinished
    assert [group.key for group in report.groups["hour"]] == ["2026-11-20T09:00+01:00"]
    assert [group.key for group in report.groups["weekday_hour"]] == ["Fri 09"]


def test_that_nothing_at_all_is_zeros_and_unknowns() -> None:
    report = build(facts(series=(), day_slots=(), durations=(), calls_ever=0))

    assert report.totals == Figures()
    assert report.groups["provider"] == ()
    assert (report.p50_duration_ms, report.last_read_ms) == (None, None)
    assert report.forecast.cost_pico is None
    assert report.unread_alerts == 0


def test_that_a_comparison_with_calls_without_a_price_says_nothing_of_cost() -> None:
    period = period_of("month", NOW_MS, ZONE)
    before = previous(period)
    assert before is not None
    span = like_for_like(period, NOW_MS)
    assert span is not None
    then = EarlierFacts(span, before, Figures(calls=2, unpriced_calls=2), ())
    comparison = build(facts(earlier=then)).comparison
    assert comparison is not None
    assert (comparison.cost_percent, comparison.calls_percent) == (None, 50.0)

    unpriced = [row for row in facts().series if row.dimensions["provider"] == "acme"]
    priced = replace(then, totals=Figures(calls=2, cost_pico=9))
    report = build(facts(earlier=priced, series=unpriced))
    assert report.comparison is not None
    assert report.comparison.cost_percent is None
    assert report.known_cost_pico is None


def test_that_a_limit_of_cost_is_unknown_until_something_was_read() -> None:
    limit = Limit(
        "B", "account", LimitKind.COST, 0, 10, 0.0, Status.ACTIVE, "budget", "month", "2026-12-01"
    )
    calls = replace(limit, kind=LimitKind.CALLS)
    nothing: dict[str, Any] = {"series": (), "day_slots": (), "limits": (limit, calls)}
    never = build(facts(**nothing, calls_ever=0))
    assert never.known_cost_pico is None
    assert [one.known_used for one in never.limits] == [None, 0]
    for read in ({"calls_ever": 3}, {"calls_ever": 0, "last_read_ms": NOW_MS}):
        report = build(facts(**nothing, **read))
        assert report.known_cost_pico == 0
        assert [one.known_used for one in report.limits] == [0, 0]


def test_that_days_know_which_of_their_calls_lack_a_price() -> None:
    report = build(facts())
    days = {point.start: point for point in report.points}
    first = days["2026-11-17"]
    assert (first.total.unpriced_calls, first.total.known_cost_pico) == (1, 400)
    assert first.by_provider["acme"].known_cost_pico is None
    assert report.history_months[-1].by_provider["acme"].known_cost_pico is None
