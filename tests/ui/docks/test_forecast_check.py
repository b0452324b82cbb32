"""How far off the forecast was, in the Trends dock: asked for, waited for, shown, left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.forecast import ProviderForecast
from alwrity_desktop.core.domain.forecast_check import BacktestRow, ForecastCheck
from alwrity_desktop.core.domain.projection import Projection
from alwrity_desktop.core.domain.report import AccountView
from alwrity_desktop.ui import jobs
from alwrity_desktop.ui.docks._forecast_check import ForecastGrounds
from alwrity_desktop.ui.docks.trends import TrendsDock
from alwrity_desktop.ui.events import ForecastChecked
from alwrity_desktop.ui.forecast_view import ForecastView
from alwrity_desktop.ui.requests import CheckForecast, OpenCalls
from alwrity_desktop.ui.widgets import PushButton
from tests import builders
from tests.ui.looks import shown, texts

if TYPE_CHECKING:
    import pytest

    from alwrity_desktop.core.context import Context
    from alwrity_desktop.ui.events import Event

OCTOBER = ("2026-10-01", "2026-10-31")


def a_check(account: str = "local") -> ForecastCheck:
    """Return the check of one month: 10 % off half-way, the days 30 %."""
    return ForecastCheck(account, "UTC", (BacktestRow(*OCTOBER, 50, 1000, 900, 800, 1100, 1300),))


def link(dock: TrendsDock) -> PushButton:
    (line,) = dock.findChildren(ForecastGrounds)
    (button,) = line.findChildren(PushButton)
    return button


def cells(dock: TrendsDock) -> list[list[str]]:
    model = dock._check.section.model
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_that_the_errors_are_worked_out_only_when_asked_for(qtbot: QtBot) -> None:
    dock = TrendsDock()
    asked = shown(dock, qtbot, builders.a_report())
    assert asked.requests == []

    link(dock).click()

    assert asked.requests == [CheckForecast()]
    assert any("Working it out" in words for words in texts(dock))
    assert isinstance(dock, ForecastView)
    dock.show_forecast_check(a_check())
    assert cells(dock) == [["Half-way", "10.0%", "30.0%", "100%", "1"]]
    assert not any("Working it out" in words for words in texts(dock))


def test_that_the_same_link_leads_back_to_the_curve(qtbot: QtBot) -> None:
    dock = TrendsDock()
    asked = shown(dock, qtbot, builders.a_report())
    link(dock).click()
    assert link(dock).text() == "Back to the curve"
    link(dock).click()
    assert link(dock).text() == "More about it"
    assert dock._chart.isVisible()
    assert len(asked.requests) == 1


def test_that_each_provider_has_its_forecast_and_opens_its_calls(qtbot: QtBot) -> None:
    report = builders.a_report()
    cost = Projection(LimitKind.COST, 10**12, 2 * 10**12, 10**12, 3 * 10**12)
    none = Projection(LimitKind.TOKENS, 0, refused="Too little history.")
    providers = (ProviderForecast("openai", cost, none, none),)
    dock = TrendsDock()
    forecast = replace(report.forecast, providers=providers)
    asked = shown(dock, qtbot, replace(report, forecast=forecast))
    link(dock).click()
    model = dock._check.providers.model
    row = [model.index(0, column).data() for column in range(model.columnCount())]
    assert row == ["OpenAI", "$1.00", "$2.00", "$1.00 – $3.00"]
    dock._check.providers.table.row_opened.emit(0)
    assert asked.requests[1:] == [OpenCalls("openai")]
    dock._check.show_forecast(forecast, "tokens")
    assert not dock._check.providers.isVisible()


def test_that_without_history_the_reason_is_said(qtbot: QtBot) -> None:
    dock = TrendsDock()
    shown(dock, qtbot, builders.a_report())
    link(dock).click()
    dock.show_forecast_check(ForecastCheck("local", "UTC", refused="No month is over."))
    assert "No month is over." in texts(dock)
    assert not dock._check.section.isVisible()


def test_that_another_accounts_errors_are_never_shown(qtbot: QtBot) -> None:
    dock = TrendsDock()
    shown(dock, qtbot, builders.a_report())
    link(dock).click()
    dock.show_forecast_check(a_check("work"))
    assert cells(dock) == []
    dock.show_report(builders.a_report(account=AccountView("work", "Work", "server")))
    assert dock._chart.isVisible()
    assert link(dock).text() == "More about it"


def test_that_the_job_posts_what_the_ledger_says(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(_context: Context, account: str) -> ForecastCheck:
        asked.append(account)
        return a_check(account)

    monkeypatch.setattr(jobs, "check_forecast", answer)
    posted: list[Event] = []
    jobs.CheckForecast("work").run(None, posted.append)  # type: ignore[arg-type]
    assert asked == ["work"]
    assert posted == [ForecastChecked(a_check("work"))]
