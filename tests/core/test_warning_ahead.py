"""Alerts ahead of time: a limit tells when it is reached, and each risk is told once."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.context import SAMPLE_ACCOUNT, Context
from alwrity_desktop.core.domain.alerts import Alert, AlertKind
from alwrity_desktop.core.domain.budgets import Budget, LimitKind
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.results import PeriodChoice
from tests.core.trees import NOW_MS, one_call

DAY_MS: Final = 86_400_000
DAYS: Final = 60
EACH_PICO: Final = 10_500_000_000
"""What one call costs."""


def habit(context: Context, project: str = "site") -> None:
    """Book one call on each of the last days."""
    context.record(
        [
            one_call(
                identity=f"record:{project}:{ago}",
                occurred_at_ms=NOW_MS - ago * DAY_MS - 3_600_000,
                project=project,
            )
            for ago in range(DAYS)
        ]
    )


def report_of(context: Context) -> Report:
    return context.report(LOCAL_ACCOUNT, PeriodChoice("month", timezone="UTC"))


def budget(calls: int, project: str | None = None) -> Budget:
    limit = calls * EACH_PICO
    return Budget(0, "Month", LimitKind.COST, limit, "month", project=project)


def test_that_a_budget_about_to_be_reached_warns_once(context: Context) -> None:
    habit(context)
    context.set_budget(budget(25))
    report = report_of(context)
    assert report.limits[0].reaches_on is not None

    born = context.warn_ahead(report)

    assert [alert.kind for alert in born] == [AlertKind.FORECAST]
    assert born[0].title.startswith("Month reaches 100% on the ")
    assert context.warn_ahead(report_of(context)) == ()
    waiting = context.take_notifications(LOCAL_ACCOUNT)
    assert born[0].title in {alert.title for alert in waiting}


def test_that_a_risk_warns_again_only_after_it_was_gone(context: Context) -> None:
    habit(context)
    saved = context.set_budget(budget(25))
    assert len(context.warn_ahead(report_of(context))) == 1
    watched = report_of(context).watched[0]
    gone = replace(watched.limit, limit=1000 * EACH_PICO)
    far = replace(report_of(context), watched=(replace(watched, limit=gone),))

    assert context.warn_ahead(far) == ()
    again: tuple[Alert, ...] = context.warn_ahead(report_of(context))

    assert len(again) == 1
    assert again[0].budget_id == saved.id


def test_that_a_budget_is_foreseen_before_its_period_sees_a_call(context: Context) -> None:
    context.record(
        [
            one_call(identity=f"record:{ago}", occurred_at_ms=NOW_MS - ago * DAY_MS + 3_600_000)
            for ago in range(1, DAYS)
        ]
    )
    context.set_budget(Budget(0, "Day", LimitKind.COST, EACH_PICO // 10, "day"))
    limit = report_of(context).limits[0]
    assert limit.used == 0
    assert limit.reaches_on == "2026-11-20"


def test_that_a_budget_far_away_warns_nobody(context: Context) -> None:
    habit(context)
    context.set_budget(budget(500))
    report = report_of(context)
    assert report.watched
    assert context.warn_ahead(report) == ()


def test_that_a_projects_budget_looks_at_its_own_calls_alone(context: Context) -> None:
    habit(context, "site")
    habit(context, "shop")
    context.set_budget(budget(35, project="site"))
    report = report_of(context)
    assert report.limits[0].used == report.totals.cost_pico // 2
    assert report.limits[0].reaches_on is None
    assert report.limits[0].expected is not None
    assert report.limits[0].expected <= 31 * EACH_PICO


def test_that_the_look_at_a_past_month_neither_warns_nor_re_arms(context: Context) -> None:
    habit(context)
    context.set_budget(budget(25))
    assert len(context.warn_ahead(report_of(context))) == 1
    past = context.report(LOCAL_ACCOUNT, PeriodChoice("month", offset=-1, timezone="UTC"))
    assert context.warn_ahead(past) == ()
    assert context.warn_ahead(report_of(context)) == ()


def test_that_sample_data_warns_nobody(context: Context, clock: Clock) -> None:
    habit(context)
    context.set_budget(budget(25))
    report = report_of(context)
    sample = replace(report, account=context.account(SAMPLE_ACCOUNT))
    assert clock.now_ms() == NOW_MS
    assert context.warn_ahead(sample) == ()
