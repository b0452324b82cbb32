"""Reports of servers that state only sums: their totals, their days, and what is unknown."""

from __future__ import annotations

from typing import Final

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.breakdown import total_of
from alwrity_desktop.core.domain.budgets import Budget, LimitKind
from alwrity_desktop.core.domain.server import ServerFacts, Subscription
from alwrity_desktop.core.domain.statements import StatementKind
from tests.core.servers import (
    ALWRITY,
    CENT,
    DAY_MS,
    PLATFORM,
    platform_statements,
    report,
    said,
    stated,
    sync,
)
from tests.core.trees import NOW_MS

FREE: Final = Subscription("Free", "free", "free", is_active=True)


def test_that_a_server_that_lists_no_rows_is_reported_by_its_statements(
    context: Context,
) -> None:
    statements = [
        said(origin="usage", calls=1250, tokens=210_000, cost_pico=1575 * CENT),
        said(calls=1249, tokens=210_000, cost_pico=1575 * CENT),
        said(
            origin="usage",
            kind=StatementKind.PROVIDER,
            key="gemini",
            calls=800,
            cost_pico=10 * CENT,
        ),
        said("2026-10", calls=50, cost_pico=CENT),
    ]
    facts = ServerFacts(subscription=FREE, abilities=(("usage_logs", False),))
    sync(context, statements=statements, facts=facts, is_whole=True)

    month, year = report(context), report(context, ALWRITY, "year")
    day = report(context, ALWRITY, "today")

    assert (month.totals.calls, month.totals.tokens) == (1250, 210_000)
    assert [(one.key, one.figures.calls) for one in month.groups["provider"]] == [
        ("gemini", 800),
        ("not itemised", 450),
    ]
    assert not month.is_unknown
    assert year.totals.calls == 1300
    assert day.is_unknown
    assert {row.calls_say for row in month.reconciliation} == {None}


def test_that_a_platform_is_reported_by_what_it_states(context: Context) -> None:
    sync(context, PLATFORM, statements=platform_statements())

    month = report(context, PLATFORM, "month", "agent", "model", "provider", "conversation", "day")

    assert month.is_stated
    assert (month.totals.messages, month.totals.conversations, month.totals.tokens) == (5, 2, 150)
    assert month.totals.cost_per_message_pico == CENT
    agents = [(one.key, one.label, one.figures.cost_pico) for one in month.groups["agent"]]
    assert agents == [("a-1", "Bot", 3 * CENT), ("not itemised", "", 2 * CENT)]
    assert [one.key for one in month.groups["provider"]] == ["openai"]
    assert [one.key for one in month.groups["conversation"]] == ["not itemised"]
    for name in ("agent", "model", "provider", "conversation"):
        figures = total_of(one.figures for one in month.groups[name])
        assert (figures.cost_pico, figures.messages) == (5 * CENT, 5)


def test_that_other_spans_of_a_platform_are_its_days(context: Context) -> None:
    sync(context, PLATFORM, statements=platform_statements())

    october = report(context, PLATFORM, "month", "day", offset=-1)
    some = report(context, PLATFORM, "custom", first="2026-11-01", last="2026-11-03")
    before = report(context, PLATFORM, "custom", first="2025-01-01", last="2025-01-31")

    assert (october.totals.cost_pico, october.totals.messages) == (CENT, 2)
    assert len(october.groups["day"]) == 31
    assert (some.totals.cost_pico, some.totals.input_tokens) == (3 * CENT, 30)
    assert before.is_unknown


def test_that_yesterdays_today_is_not_todays(context: Context) -> None:
    statements = [stated(StatementKind.TOTAL, "today", cost_pico=CENT, messages=1)]
    sync(context, PLATFORM, statements=statements)

    assert report(context, PLATFORM, "today").totals.messages == 1
    tomorrow = report(context, PLATFORM, "today", now_ms=NOW_MS + DAY_MS)
    assert tomorrow.is_unknown


def test_that_a_platforms_budget_stands_by_what_is_stated(context: Context) -> None:
    sync(context, PLATFORM, statements=platform_statements())
    for kind, most in ((LimitKind.COST, 10 * CENT), (LimitKind.CALLS, 5)):
        context.ledger("bots").set_budget(
            Budget(0, kind, kind, most, "month", account="bots"), NOW_MS, "UTC", "monday"
        )

    (found,) = report(context, PLATFORM).limits
    assert (found.used, found.percent) == (5 * CENT, 50.0)
    more = stated(StatementKind.TOTAL, "month", cost_pico=9 * CENT, messages=8)
    sync(context, PLATFORM, NOW_MS + 1, statements=[more])
    (waiting,) = context.ledger("bots").waiting_notifications("bots", NOW_MS)
    assert (waiting.threshold_percent, waiting.title) == (
        90,
        "You've used 90% of your monthly budget",
    )
