"""Reports of servers' accounts: their own periods and limits, and nothing counted twice."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.breakdown import total_of
from alwrity_desktop.core.domain.budgets import Budget, LimitKind, Status
from alwrity_desktop.core.domain.health import HealthStatus
from alwrity_desktop.core.domain.server import Renewal, ServerFacts, ServerHealth, Subscription
from alwrity_desktop.core.domain.statements import ALL_TIME, SUMMARY, StatementKind
from alwrity_desktop.core.domain.usage import Call
from tests.core.servers import (
    ALL,
    ALWRITY,
    CENT,
    DAY_MS,
    PLATFORM,
    PRO,
    a_row,
    limit,
    platform_statements,
    report,
    said,
    sync,
)
from tests.core.trees import NOW_MS, one_call

FREE: Final = Subscription("Free", "free", "free", is_active=True)


def test_that_a_month_is_what_the_server_booked_to_its_period(context: Context) -> None:
    calls = [
        a_row(1),
        # Half a millisecond inside the bounds, and booked before the renewal.
        a_row(2, occurred_at_ms=NOW_MS - 5 * DAY_MS, billing_period="2026-10"),
        # Booked to the new period though it happened before it.
        a_row(3, occurred_at_ms=NOW_MS - 6 * DAY_MS),
    ]
    sync(context, calls=calls, facts=ServerFacts(subscription=PRO))

    found = report(context, ALWRITY, "month", "day", "provider", "hour")

    assert (found.period.billing_period, found.period.start) == ("2026-11", "2026-11-15")
    assert found.totals.calls == 2
    assert found.period.start_ms == NOW_MS - 5 * DAY_MS
    for groups in found.groups.values():
        assert total_of(group.figures for group in groups) == found.totals
    assert sum(point.total.calls for point in found.points) == 2
    assert found.points[0].start == "2026-11-14"


def test_that_earlier_months_are_the_keys_that_were_booked_before(context: Context) -> None:
    renewal = Renewal(
        "1",
        "new",
        "Pro",
        "",
        "monthly",
        NOW_MS - 35 * DAY_MS,
        NOW_MS - 4 * DAY_MS,
        None,
        "paid",
        None,
        None,
    )
    calls = [
        a_row(1),
        a_row(2, billing_period="2026-10", occurred_at_ms=NOW_MS - 30 * DAY_MS),
        a_row(3, billing_period="2026-07", occurred_at_ms=NOW_MS - 120 * DAY_MS),
    ]
    facts = ServerFacts(subscription=PRO, renewals=(renewal,))
    sync(context, calls=calls, facts=facts, statements=[said("2026-09", calls=0)])

    keys = [report(context, offset=-back).period.billing_period for back in range(4)]
    before = report(context, offset=-1)

    assert keys == ["2026-11", "2026-10", "2026-07", "2026-06"]
    assert (before.period.start, before.period.end_ms) == ("2026-10-16", PRO.period_start_ms)
    assert [report(context, offset=-back).totals.calls for back in range(4)] == [1, 1, 1, 0]


def test_that_without_a_subscription_that_holds_a_month_is_the_calendars(
    context: Context,
) -> None:
    expired = replace(PRO, period_end_ms=NOW_MS - DAY_MS)
    calls = [a_row(1, billing_period="2026-10")]
    for subscription in (FREE, expired):
        sync(context, calls=calls, facts=ServerFacts(subscription=subscription))
        found = report(context)
        assert (found.period.billing_period, found.period.start) == ("", "2026-11-01")
        assert found.totals.calls == 1


def test_that_other_kinds_of_periods_go_by_time(context: Context) -> None:
    sync(context, calls=[a_row(1), a_row(2, occurred_at_ms=NOW_MS - 40 * DAY_MS)])

    assert report(context, ALWRITY, "today").totals.calls == 1
    assert report(context, ALWRITY, "year").totals.calls == 2
    assert report(context, ALWRITY, "all").totals.calls == 2


def test_that_the_period_before_is_compared_up_to_as_long_after_its_start(
    context: Context,
) -> None:
    start_ms = NOW_MS - 35 * DAY_MS
    calls = [
        a_row(1),
        a_row(2, billing_period="2026-10", occurred_at_ms=start_ms + DAY_MS),
        a_row(3, billing_period="2026-10", occurred_at_ms=start_ms + 20 * DAY_MS),
    ]
    renewal = Renewal(
        "1", "new", "Pro", "", "monthly", start_ms, PRO.period_start_ms, None, "paid", None, None
    )
    sync(context, calls=calls, facts=ServerFacts(subscription=PRO, renewals=(renewal,)))

    comparison = report(context).comparison

    assert comparison is not None
    assert (comparison.totals.calls, comparison.cost_percent) == (1, 0.0)
    assert sum(point.total.calls for point in comparison.days) == 2


def test_that_a_forecast_spans_the_billing_period(context: Context) -> None:
    calls = [
        a_row(
            number,
            occurred_at_ms=NOW_MS - number * DAY_MS,
            billing_period="2026-11" if number < 6 else "2026-10",
        )
        for number in range(40)
    ]
    sync(context, calls=calls, facts=ServerFacts(subscription=PRO))

    found = report(context)

    assert found.forecast.cost_pico is not None
    assert found.totals.cost_pico == 6 * CENT
    # A cent a day, for the thirty days of the period.
    assert 27 * CENT <= found.forecast.cost_pico <= 33 * CENT
    assert found.forecast.curve[-1].day == found.period.end


def test_that_limits_stand_against_the_larger_of_calls_and_statements(context: Context) -> None:
    limits = (
        limit("tavily_calls", 10, "tavily"),
        limit("video_calls", 2, "video"),
        limit("ai_text_generation_calls", 50, "gemini", "openai"),
        limit("gemini_tokens", 1000, "gemini", kind=LimitKind.TOKENS),
        limit("cost", 2 * 100 * CENT, kind=LimitKind.COST),
        replace(limit("exa_calls", 0, "exa"), limit=None),
    )
    statements = [
        said(kind=StatementKind.PROVIDER, key="video", calls=3),
        said(kind=StatementKind.PROVIDER, key="tavily", calls=1),
        said(calls=1, cost_pico=CENT),
        said(calls=9000, cost_pico=9000 * CENT, origin=SUMMARY),
        said("2026-10", kind=StatementKind.PROVIDER, key="gemini", calls=99),
    ]
    gemini = {"provider": "gemini", "model": "gemini-2.5-pro", "input_tokens": 600}
    calls = [a_row(number) for number in range(8)] + [a_row(9, **gemini), a_row(10, **gemini)]
    facts = ServerFacts(subscription=PRO, limits=limits)
    sync(context, calls=calls, statements=statements, facts=facts)

    found = report(context)

    used = {each.name: (each.used, each.percent, each.status) for each in found.limits}
    assert used == {
        "tavily_calls": (8, 80.0, Status.WARNING),
        "video_calls": (3, 150.0, Status.LIMIT_REACHED),
        "ai_text_generation_calls": (2, 4.0, Status.ACTIVE),
        "gemini_tokens": (1200, 120.0, Status.LIMIT_REACHED),
        "cost": (10 * CENT, 5.0, Status.ACTIVE),
    }
    assert found.status is Status.LIMIT_REACHED
    assert found.cost_limit is not None
    assert (found.cost_limit.origin, found.cost_limit.resets_on) == ("server", "2026-12-15")
    assert {each.scope for each in found.limits if each.provider} == {"provider"}


def test_that_limits_without_a_subscription_stand_in_the_key_that_is_booked(
    context: Context,
) -> None:
    facts = ServerFacts(
        subscription=FREE, limits=(limit("tavily_calls", 2, "tavily"),), billing_period="2026-10"
    )
    calls = [a_row(number, billing_period="2026-10") for number in range(3)]
    sync(context, calls=calls, facts=facts)

    (found,) = report(context).limits

    assert (found.used, found.percent, found.resets_on) == (3, 150.0, "")


def test_that_a_statement_that_is_rounded_to_cents_reaches_no_limit(context: Context) -> None:
    limits = (limit("cost", 2 * CENT, kind=LimitKind.COST),)
    calls = [a_row(1, reported_cost_pico=2 * CENT - 5)]
    said_cents = [said(cost_pico=2 * CENT)]
    facts = ServerFacts(subscription=PRO, limits=limits)
    sync(context, calls=calls, statements=said_cents, facts=facts)

    (found,) = report(context).limits
    assert (found.used, found.percent) == (2 * CENT - 5, 99.9)


def test_that_a_budget_of_a_servers_account_keeps_the_calendars_months(context: Context) -> None:
    context.ledger("work").set_budget(
        Budget(0, "Mine", LimitKind.CALLS, 10, "month", account="work"), NOW_MS, "UTC", "monday"
    )
    calls = [a_row(1), a_row(2, billing_period="2026-10", occurred_at_ms=NOW_MS - 10 * DAY_MS)]
    sync(context, calls=calls, facts=ServerFacts(subscription=PRO))

    (found,) = report(context).limits
    assert (found.used, found.account) == (2, "work")


@pytest.mark.parametrize(
    ("health", "status"),
    [
        (None, HealthStatus.NO_DATA),
        (ServerHealth(None, 0, 0, reasons=("no data",)), HealthStatus.NO_DATA),
        (ServerHealth("healthy", 20, 0), HealthStatus.HEALTHY),
        (ServerHealth("warning", 20, 2), HealthStatus.WARNING),
        (ServerHealth("critical", 20, 9), HealthStatus.FAILED),
        (ServerHealth("splendid"), HealthStatus.NO_DATA),
    ],
)
def test_that_health_is_the_servers_and_never_well_without_data(
    context: Context, health: ServerHealth | None, status: HealthStatus
) -> None:
    sync(context, calls=[a_row(1)], facts=ServerFacts(subscription=PRO, health=health))

    found = report(context)
    assert found.health.status is status
    assert found.last_read_ms == NOW_MS
    assert found.totals.error_rate_percent is None


def test_that_a_refused_token_is_told_and_the_figures_stay(context: Context) -> None:
    sync(context, calls=[a_row(1)], facts=ServerFacts(subscription=PRO))
    context.ledger("work").note_sync("work", NOW_MS + 9, "auth", "The token was refused.")

    found = report(context)

    assert (found.health.status, found.totals.calls) == (HealthStatus.FAILED, 1)
    assert "The token was refused." in found.health.reason
    assert found.server is not None
    assert (found.server.state, found.server.last_sync_ms) == ("auth", NOW_MS)


def test_that_the_servers_claims_stand_beside_the_sums(context: Context) -> None:
    statements = [
        said(calls=49, tokens=0, cost_pico=49 * CENT),
        said(origin="dashboard", calls=1, cost_pico=49 * CENT),
        said(origin=SUMMARY, calls=52),
        said(ALL_TIME, origin="usage", calls=52),
    ]
    calls = [a_row(number) for number in range(49)]
    calls += [a_row(100 + number, billing_period="2026-10") for number in range(3)]
    facts = ServerFacts(subscription=PRO)
    sync(context, calls=calls, statements=statements, facts=facts)

    rows = report(context).reconciliation

    told = [(row.what, row.calls_say, row.server_says, row.difference) for row in rows]
    assert ("calls 2026-11", "49", "1", "48") in told
    assert ("calls 2026-11", "49", "52", "-3") in told
    assert ("calls all time", "52", "52", "0") in told
    by_value = {row.server_says: row.likely for row in rows if row.what == "calls 2026-11"}
    assert by_value["49"] == ""
    assert "loses calls" in by_value["1"]
    assert "sum of all time" in by_value["52"]
    assert report(context, ALWRITY, "month", offset=-1).reconciliation


def test_that_all_accounts_add_up_and_each_call_counts_once(context: Context) -> None:
    context.record([one_call()])
    sync(context, calls=[a_row(1), a_row(2)], facts=ServerFacts(subscription=PRO))
    sync(context, calls=[a_row(1), a_row(2)])
    sync(context, PLATFORM, statements=platform_statements())

    found = report(context, ALL, "month", "provider", "agent", "source")

    assert (found.totals.calls, found.totals.messages) == (3, 5)
    assert found.totals.cost_pico == 10_500_000_000 + 2 * CENT + 5 * CENT
    assert found.period.billing_period == ""
    for groups in found.groups.values():
        assert total_of(one.figures for one in groups).cost_pico == found.totals.cost_pico
    days = report(context, ALL, "year", "day")
    assert sum(one.figures.messages or 0 for one in days.groups["day"]) == 5
    assert {source.source for source in found.health.sources} >= {"alwrity", "agent-billing"}


def test_that_all_accounts_have_the_alerts_and_limits_of_each(context: Context) -> None:
    facts = ServerFacts(subscription=PRO, limits=(limit("tavily_calls", 1, "tavily"),))
    sync(context, calls=[a_row(1)], facts=facts)
    context.set_budget(Budget(0, "All", LimitKind.CALLS, 10, "month"))
    context.ledger("all").set_budget(
        Budget(0, "Both", LimitKind.CALLS, 2, "month", account="all"), NOW_MS, "UTC", "monday"
    )
    context.record([one_call()])

    found = report(context, ALL)

    assert {each.account for each in found.limits} == {"local", "work", "all"}
    assert next(each.used for each in found.limits if each.account == "all") == 2
    assert {alert.account for alert in found.alerts} == {"work", "all"}
    unread = [alert for alert in found.alerts if not alert.is_read]
    assert len(unread) == 2
    assert context.ledger("all").mark_alerts_read("all", None, NOW_MS) == len(unread)


@st.composite
def rows(draw: st.DrawFn) -> list[Call]:
    """Draw rows of the server's log, some booked to other periods than their own."""
    count = draw(st.integers(0, 12))
    return [
        a_row(
            number,
            occurred_at_ms=NOW_MS - draw(st.integers(0, 200 * DAY_MS)),
            billing_period=draw(st.sampled_from(["2026-09", "2026-10", "2026-11"])),
            provider=draw(st.sampled_from(["tavily", "gemini"])),
            reported_cost_pico=draw(st.integers(0, 10**13)),
            input_tokens=draw(st.integers(0, 10**6)),
        )
        for number in range(count)
    ]


@given(calls=rows(), offset=st.integers(-3, 0), merged=st.integers(0, 50))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_that_every_scope_sums_to_its_groups(
    context: Context, calls: list[Call], offset: int, merged: int
) -> None:
    context.close()
    for path in context.profile.data.glob("ledger.sqlite3*"):
        path.unlink()
    old = said(
        "2026-10",
        kind=StatementKind.MERGED,
        origin="usage-logs",
        key="1",
        label="gemini",
        calls=merged,
        cost_pico=7 * merged,
        occurred_at_ms=NOW_MS - 60 * DAY_MS,
    )
    facts = ServerFacts(subscription=PRO)
    sync(context, calls=calls, statements=[old], facts=facts, is_whole=True)

    names = ("provider", "model", "source", "endpoint", "status", "day", "hour", "weekday_hour")
    for kind, back in (("month", offset), ("all", 0), ("year", 0)):
        found = report(context, ALWRITY, kind, *names, offset=back)
        key = found.period.billing_period
        expected = [call for call in calls if key in {"", call.billing_period}]
        if kind != "year":
            extra = merged if key in {"", "2026-10"} else 0
            assert found.totals.calls == len(expected) + extra
        for name, groups in found.groups.items():
            assert total_of(one.figures for one in groups) == found.totals, name
        assert sum(point.total.cost_pico for point in found.points) == found.totals.cost_pico
