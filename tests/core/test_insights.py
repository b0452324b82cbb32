"""What a report holds only when it is asked for: activity and spending, from the ledger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
import pytest

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.documents import report_document
from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.errors import UsageError
from alwrity_desktop.core.domain.insight_values import ACTIVITY, INSIGHTS, SPENDING
from alwrity_desktop.core.domain.pricing import PriceOverride
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT, Call
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


def a_life_with_a_burst() -> list[Call]:
    """Return a call a day, and ten dear ones within one hour of a day."""
    usual = [
        one_call(
            identity=f"record:{ago}", occurred_at_ms=NOW_MS - ago * DAY_MS, project="site", agent=""
        )
        for ago in range(1, 50)
    ]
    burst = [
        one_call(
            identity=f"record:burst:{number}",
            occurred_at_ms=NOW_MS - 12 * DAY_MS,
            provider="openai",
            model="gpt-4o" if number < 8 else "gpt-4o-mini",
            input_tokens=20_000,
            project="shop",
            agent="",
        )
        for number in range(10)
    ]
    return [*usual, *burst]


def test_that_what_is_unusual_names_provider_model_and_project(context: Context) -> None:
    context.record(a_life_with_a_burst())
    cost = context.report(LOCAL_ACCOUNT, MONTH, (ACTIVITY,)).activity[0]
    day, hour = cost.unusual
    assert (day.day, day.hour) == ("2026-11-08", None)
    for one in (day, hour):
        assert {cause.dimension: cause.key for cause in one.causes} == {
            "provider": "openai",
            "model": "gpt-4o",
            "project": "shop",
        }


def test_that_what_is_unusual_names_the_key_that_paid(context: Context) -> None:
    context.record(
        [
            msgspec.structs.replace(call, api_key="Blog" if number < 52 else "key 3f9a21")
            for number, call in enumerate(a_life_with_a_burst())
        ]
    )
    report = context.report(LOCAL_ACCOUNT, MONTH, (ACTIVITY,))
    for one in report.activity[0].unusual:
        assert {cause.dimension: cause.key for cause in one.causes}["api_key"] == "key 3f9a21"
    (_, *causes) = report_document(report)["activity"][0]["unusual"][0]["causes"]
    assert ("api_key", "key 3f9a21") in [(each["dimension"], each["key"]) for each in causes]


def test_that_an_unusual_hour_is_named_by_day_and_hour(context: Context) -> None:
    context.record(a_life_with_a_burst())
    report = context.report(LOCAL_ACCOUNT, MONTH, (ACTIVITY,))
    hour = report.activity[0].unusual[1]
    at = datetime.fromtimestamp(NOW_MS / 1000, UTC) - timedelta(days=12)
    assert (hour.day, hour.hour) == (at.date().isoformat(), at.hour)
    assert report_document(report)["activity"][0]["unusual"][1]["hour"] == at.hour


def test_that_the_hour_under_way_is_not_judged(context: Context) -> None:
    calls = a_life_with_a_burst()[:49]
    now = [
        one_call(identity=f"record:now:{number}", occurred_at_ms=NOW_MS, input_tokens=90_000)
        for number in range(9)
    ]
    context.record([*calls, *now])
    cost = context.report(LOCAL_ACCOUNT, MONTH, (ACTIVITY,)).activity[0]
    assert cost.unusual == ()


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


def test_that_a_new_price_moves_no_past_kinds_and_savings(context: Context) -> None:
    context.record(
        [
            one_call(cache_read_tokens=10_000),
            one_call(identity="record:2", provider="acme", model="odd", input_tokens=7),
        ]
    )
    before = context.report(LOCAL_ACCOUNT, MONTH, (SPENDING,)).spending
    for provider, model in (("anthropic", "claude-sonnet-4-5"), ("acme", "odd")):
        dear = PriceOverride(provider=provider, model=model, input_usd_per_million="90")
        context.set_price(dear)
    report = context.report(LOCAL_ACCOUNT, MONTH, (SPENDING,))
    spending = report.spending
    assert before is not None
    assert spending is not None
    assert (spending.kinds, spending.cache) == (before.kinds, before.cache)
    assert sum(kind.cost_pico or 0 for kind in spending.kinds) == report.totals.cost_pico
    assert spending.kinds[0].unpriced_quantity == 7
    # The tokens without a price are not among those that the money bought.
    paid = report.totals.tokens - 507
    assert spending.units.per_million_tokens_pico == round(
        report.totals.cost_pico * 1_000_000 / paid
    )


def test_that_agents_and_projects_stand_side_by_side_too(context: Context) -> None:
    context.record(
        [
            one_call(identity="record:1", project="site", agent="", input_tokens=9_000),
            one_call(identity="record:2", project="shop", agent=""),
        ]
    )
    report = context.report(LOCAL_ACCOUNT, MONTH, (SPENDING,))
    spending = report.spending
    assert spending is not None
    assert "agent" not in spending.sides
    assert [one.key for one in spending.sides["project"]] == ["site", "shop"]
    assert sum(one.figures.cost_pico for one in spending.sides["project"]) == (
        report.totals.cost_pico
    )
    sides = report_document(report)["spending"]["sides"]
    assert [row["key"] for row in sides["provider"]] == ["anthropic"]


def test_that_hours_of_the_week_are_those_of_the_hours(context: Context) -> None:
    """The week is summed by the ledger where no single hour is asked for, across DST too."""
    context.record(
        [
            one_call(identity=f"record:{ago}", occurred_at_ms=NOW_MS - ago * 7 * HOUR_MS)
            for ago in range(1, 150)
        ]
    )
    choice = PeriodChoice("year", timezone="Europe/Berlin")
    folded = context.report(LOCAL_ACCOUNT, choice, (ACTIVITY, "weekday_hour"))
    each = context.report(LOCAL_ACCOUNT, choice, (ACTIVITY, "weekday_hour", "hour"))
    assert folded.groups["weekday_hour"] == each.groups["weekday_hour"]
    assert folded.activity == each.activity
    assert len(folded.groups["weekday_hour"]) < len(each.groups["hour"])


def test_that_the_dearest_calls_and_conversations_are_named(context: Context) -> None:
    context.record(
        one_call(
            identity=f"record:{number}",
            input_tokens=1_000 * number,
            conversation=f"talk {number % 3}",
            project="site",
        )
        for number in range(1, 15)
    )
    report = context.report(LOCAL_ACCOUNT, MONTH, (SPENDING,))
    assert report.spending is not None
    dear = report.spending.dearest_calls
    assert [one.call.identity for one in dear] == [f"record:{14 - place}" for place in range(10)]
    assert (dear[0].times_average or 0) > 1
    document = report_document(report)["spending"]
    first = document["dearest_calls"][0]
    assert (first["id"], first["conversation"], first["project"], first["input_tokens"]) == (
        "record:14",
        "talk 2",
        "site",
        14_000,
    )
    talks = document["dearest_conversations"]
    assert [one["key"] for one in talks] == ["talk 2", "talk 1", "talk 0"]
    assert sum(one["calls"] for one in talks) == report.totals.calls
    assert round(sum(one["share_percent"] for one in talks)) == 100


@pytest.mark.parametrize(("days", "times"), [(1, None), (6, None), (14, 1.0), (60, 1.0)])
def test_that_a_rate_is_held_against_days_since_the_first_use(
    context: Context, days: int, times: float | None
) -> None:
    """Days before anything was used would make any use unusual."""
    context.record(
        one_call(
            identity=f"record:{ago}:{hour}",
            occurred_at_ms=NOW_MS - ago * DAY_MS - hour * HOUR_MS,
            input_tokens=10_000,
        )
        for ago in range(days)
        for hour in range(24)
    )
    report = context.report(LOCAL_ACCOUNT, MONTH, (SPENDING,))
    assert report.spending is not None
    rates = {rate.name: rate for rate in report.spending.velocities}
    if times is None:
        assert {rate.times_usual for rate in rates.values()} == {None}
    else:
        assert rates["week"].times_usual == pytest.approx(times, abs=0.1)


def test_that_hours_and_days_without_a_price_are_named(context: Context) -> None:
    unpriced = {"provider": "acme", "model": "nobody-9"}
    context.record([one_call(identity="record:u", **unpriced)])
    answer = context.report(LOCAL_ACCOUNT, PeriodChoice("month"), (ACTIVITY,))
    cost, calls, _tokens = answer.activity
    assert cost.kind is LimitKind.COST
    assert set(cost.unpriced_days) == {"2026-11-20"}
    (place,) = cost.unpriced_hours
    assert [(one.weekday, one.hour) for one in calls.week if one.amount] == [place]
    assert not calls.unpriced_days
    assert not calls.unpriced_hours

    context.record([one_call()])
    cost, _calls, _tokens = context.report(
        LOCAL_ACCOUNT, PeriodChoice("month"), (ACTIVITY,)
    ).activity
    assert not cost.unpriced_days
    assert not cost.unpriced_hours
