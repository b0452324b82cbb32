"""The sample: a ledger of its own, that looks like the pictures at the pictures' moment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from alwrity_desktop.core import profile
from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.context import SAMPLE_ACCOUNT, Context
from alwrity_desktop.core.domain.health import HealthStatus
from alwrity_desktop.core.domain.money import PICO_PER_USD
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.results import PeriodChoice
from tests.core.trees import EVER, NOW_MS

ZONE = "Europe/Berlin"
DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """Make the sample once; these tests only read it."""
    folder = tmp_path_factory.mktemp("sample")
    environ = {**os.environ, profile.HOME_VARIABLE: str(folder), "TZ": ZONE}
    before = os.umask(0o077)
    found = profile.find(environ)
    profile.prepare(found)
    context = Context(found, Clock(NOW_MS), environ)
    context.make_sample()
    yield context
    context.close()
    os.umask(before)


@pytest.fixture(scope="module")
def month(made: Context) -> Report:
    return made.report(SAMPLE_ACCOUNT, PeriodChoice("month"))


def test_that_the_month_is_near_the_pictures(month: Report) -> None:
    assert 82 < month.totals.cost_pico / PICO_PER_USD < 87
    assert 14_400 < month.totals.calls < 15_300
    assert 82_000_000 < month.totals.tokens < 88_000_000
    assert month.totals.priced_percent > 99
    assert month.totals.error_rate_percent is not None
    assert month.totals.error_rate_percent < 3
    assert month.groups["provider"][0].key == "anthropic"
    assert len(month.groups["provider"]) == 6
    assert month.account.is_sample


def test_that_the_forecast_lies_under_the_budget_and_over_what_is_spent(month: Report) -> None:
    limit, outlook = month.cost_limit, month.forecast
    assert limit is not None
    assert limit.limit == 125 * PICO_PER_USD
    assert 60 < limit.percent < 75
    assert outlook.cost_pico is not None
    assert month.totals.cost_pico < outlook.cost_pico
    assert outlook.low_pico is not None
    assert outlook.high_pico is not None
    assert outlook.low_pico < outlook.cost_pico < outlook.high_pico


def test_that_it_has_something_to_show_everywhere(month: Report) -> None:
    assert len(month.limits) == 5
    assert month.status == "warning"
    assert 1 <= month.unread_alerts <= 4
    assert any(alert.is_read for alert in month.alerts)
    assert month.comparison is not None
    assert month.comparison.cost_percent is not None
    assert all(point.total.cost_pico for point in month.history_months[-6:])
    assert month.health.status == HealthStatus.WARNING
    assert len(month.unpriced) == 2


def test_that_the_sums_agree_with_the_calls(made: Context) -> None:
    assert made.ledger(SAMPLE_ACCOUNT).rollup_differences() == 0
    assert made.report(SAMPLE_ACCOUNT, EVER).totals.calls > 60_000


def test_that_nothing_of_it_is_in_the_persons_own_figures(made: Context) -> None:
    assert made.report(LOCAL_ACCOUNT, EVER).calls_ever == 0
    assert made.alerts(LOCAL_ACCOUNT) == ()
    assert made.take_notifications(SAMPLE_ACCOUNT) == ()


def test_that_it_is_made_once_and_anew_when_it_is_old(
    made: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled: list[int] = []

    def fill(_ledger: object, _book: object, now_ms: int, *_: object) -> None:
        filled.append(now_ms)

    monkeypatch.setattr("alwrity_desktop.core.sample_ledger.fill", fill)
    told: list[float] = []
    made.make_sample(told.append)
    assert (filled, told) == ([], [1.0])
    copy = tmp_path / "profile"
    copy.mkdir(mode=0o700)
    made.ledger(SAMPLE_ACCOUNT).backup(copy / "sample.sqlite3")

    environ = {**os.environ, profile.HOME_VARIABLE: str(copy)}
    later = Context(profile.find(environ), Clock(NOW_MS + 2 * DAY_MS), environ)
    later.make_sample()

    assert filled == [NOW_MS + 2 * DAY_MS]
    assert later.report(SAMPLE_ACCOUNT, EVER).calls_ever == 0
    later.close()
