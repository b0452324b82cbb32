"""What holds for every dock, and what each of them asks for."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.budgets import Status
from alwrity_desktop.core.domain.report import Figures, Group
from alwrity_desktop.ui import theme
from alwrity_desktop.ui.docks import dock_types
from alwrity_desktop.ui.docks.activity import ActivityDock
from alwrity_desktop.ui.docks.base import DockView
from alwrity_desktop.ui.docks.limits import LimitRow, LimitsDock
from alwrity_desktop.ui.docks.overview import OverviewDock
from alwrity_desktop.ui.docks.providers import ProvidersDock
from alwrity_desktop.ui.docks.trends import TrendsDock
from alwrity_desktop.ui.requests import (
    EditBudget,
    OpenCalls,
    OpenDock,
    ReadLogs,
    RemoveBudget,
    Retry,
    SelectPeriod,
    ShowPrices,
)
from alwrity_desktop.ui.widgets import ActionButton, LimitBar, Pill, PlainLabel
from tests import builders, builders_servers
from tests.builders_unpriced import an_unpriced_report
from tests.ui.looks import SIZES, shown, texts


def test_that_the_docks_are_found_by_being_there() -> None:
    assert [dock.name for dock in dock_types()] == [
        "overview", "trends", "providers", "limits", "alerts", "health", "live", "calls",
        "activity", "models", "tips", "agents", "plans", "reconciliation",
    ]  # fmt: skip
    assert all(dock.title and dock.icon and dock.about.endswith(".") for dock in dock_types())


@pytest.mark.parametrize("dock_type", dock_types(), ids=lambda dock: dock.name)
@pytest.mark.parametrize("name", ["light", "dark"])
def test_that_every_dock_paints_every_face(
    dock_type: type[DockView], name: str, qtbot: QtBot, qapp: QApplication
) -> None:
    theme.apply(qapp, "dark" if name == "dark" else "light")
    dock = dock_type()
    shown(dock, qtbot)
    picture = QPixmap(dock.size())
    dock.render(picture)
    for report in (
        builders.an_empty_report(),
        builders.an_empty_report(calls_ever=3),
        builders.a_report(limits=(), comparison=None, forecast=builders.an_empty_report().forecast),
        builders.a_report(points=(), history_days=(), history_months=(), alerts=()),
        builders_servers.a_server_report(),
        builders_servers.an_agent_report(),
    ):
        dock.show_report(report)
        dock.render(picture)
    dock.show_loading("Reading November, 9,412 calls so far")
    dock.render(picture)
    dock.show_report(builders.a_report())
    dock.show_stale("Offline. Figures are 1 h 34 min old")
    dock.render(picture)
    assert any("1 h 34 min" in text for text in texts(dock))
    dock.show_stale(None)
    assert not any("1 h 34 min" in text for text in texts(dock))


@pytest.mark.parametrize("dock_type", dock_types(), ids=lambda dock: dock.name)
@pytest.mark.parametrize("percent", [100, 200])
def test_that_no_words_are_cut_off(
    dock_type: type[DockView], percent: int, qtbot: QtBot, qapp: QApplication
) -> None:
    theme.apply(qapp, "light", percent)
    dock = dock_type()
    shown(dock, qtbot)
    width, height = SIZES[dock.name]
    dock.resize(max(width * percent // 100, dock.minimumSizeHint().width()), height * 3)
    QApplication.processEvents()
    cut = [
        label.text()
        for label in dock.findChildren(PlainLabel)
        if label.isVisible()
        and not label.wordWrap()
        and not label._is_elided
        and label.width() < label.fontMetrics().horizontalAdvance(label.text())
    ]
    assert not cut


@pytest.mark.parametrize("dock_type", dock_types(), ids=lambda dock: dock.name)
def test_that_words_from_outside_are_never_markup(dock_type: type[DockView], qtbot: QtBot) -> None:
    hostile = "<img src='file:///etc/passwd'>"
    group = Group(hostile, Figures(calls=3, input_tokens=5, cost_pico=10**12), 100.0)
    report = builders.a_report(
        groups={"provider": (group,), "model": (replace(group, provider=hostile),)},
        limits=(builders.a_limit(hostile),),
        alerts=(builders.an_alert(1, title=hostile, message=hostile),),
    )
    dock = dock_type()
    shown(dock, qtbot, report)
    for label in dock.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText
    for widget in dock.findChildren(QWidget):
        assert "<img" not in widget.toolTip()


@pytest.mark.parametrize("dock_type", dock_types(), ids=lambda dock: dock.name)
def test_that_every_button_has_a_name(dock_type: type[DockView], qtbot: QtBot) -> None:
    dock = dock_type()
    shown(dock, qtbot)
    for button in dock.findChildren(QPushButton):
        assert not button.isVisible() or button.text() or button.accessibleName()


@pytest.mark.parametrize(
    "dock_type", [dock for dock in dock_types() if dock.name in {"providers", "calls", "trends"}]
)
def test_that_an_empty_dock_offers_what_mends_it(dock_type: type[DockView], qtbot: QtBot) -> None:
    dock = dock_type()
    asked = shown(dock, qtbot, builders.an_empty_report())
    dock.findChildren(ActionButton)[-1].click()
    assert asked.last == ReadLogs()
    dock.show_report(builders.an_empty_report(calls_ever=12))
    buttons = [button for button in dock.findChildren(ActionButton) if button.isVisible()]
    buttons[0].click()
    assert asked.last == SelectPeriod("month", -1)


def test_that_a_stale_dock_can_be_retried(qtbot: QtBot) -> None:
    dock = ProvidersDock()
    asked = shown(dock, qtbot)
    dock.show_stale("Offline.")
    dock._message._button.click()
    assert asked.last == Retry()


def test_that_no_dock_opens_windows_of_its_own(qtbot: QtBot, qapp: QApplication) -> None:
    before = set(qapp.topLevelWidgets())
    docks = [dock_type() for dock_type in dock_types()]
    for dock in docks:
        shown(dock, qtbot)
    others = set(qapp.topLevelWidgets()) - before - set(docks)
    assert not [widget for widget in others if widget.isVisible()]


def test_that_the_overview_tells_the_ten_second_story(qtbot: QtBot) -> None:
    dock = OverviewDock()
    shown(dock, qtbot)
    told = texts(dock)
    for words in ("$120.96", "80% likely $116 – $126", "14,760", "+13% on Oct", "84.7M", "1.48 s"):
        assert words in told
    for words in ("p95 5.12 s", "0.63%", "93 calls", "1 limit above 80%"):
        assert words in told
    bars = [bar.accessibleName() for bar in dock.findChildren(LimitBar) if bar.isVisible()]
    assert bars[0] == "Anthropic tokens: 37.2M of 44.0M, 85%"
    assert len(bars) == 5


def test_that_what_is_not_known_is_a_dash(qtbot: QtBot) -> None:
    dock = OverviewDock()
    totals = Figures(calls=5, input_tokens=10, cost_pico=10**12)
    refused = builders.an_empty_report().forecast
    shown(dock, qtbot, builders.a_report(totals=totals, forecast=refused, p95_duration_ms=None))
    told = texts(dock)
    assert told.count("—") == 3
    assert "No calls in the last 28 days." in told


def test_that_an_overview_without_a_budget_offers_one(qtbot: QtBot) -> None:
    dock = OverviewDock()
    asked = shown(dock, qtbot, builders.a_report(limits=(), status=Status.ACTIVE))
    button = next(b for b in dock.findChildren(ActionButton) if b.text() == "Set a budget")
    assert button.isVisible()
    button.click()
    assert asked.last == EditBudget()
    bars = [bar for bar in dock.findChildren(LimitBar) if bar.isVisible()]
    assert bars[0].accessibleName() == "claude-sonnet-4-5: 1,599 calls, $34.49"
    QTest.mouseClick(bars[0], Qt.MouseButton.LeftButton)
    assert asked.last == OpenCalls("anthropic", "claude-sonnet-4-5")
    assert not [pill for pill in dock.findChildren(Pill) if pill.isVisible()]


def test_that_every_key_figure_opens_its_calls(qtbot: QtBot) -> None:
    dock = OverviewDock()
    asked = shown(dock, qtbot)
    for figure in dock._key_figures.figures:
        QTest.mouseClick(figure, Qt.MouseButton.LeftButton)
    assert asked.requests == [OpenCalls(), OpenCalls(), OpenCalls(), OpenCalls(state="error")]
    QTest.mouseClick(dock._bars[0], Qt.MouseButton.LeftButton)
    assert asked.last == OpenDock("limits")


def test_that_a_provider_opens_its_models_and_a_model_its_calls(qtbot: QtBot) -> None:
    dock = ProvidersDock()
    asked = shown(dock, qtbot)
    assert dock._model.index(0, 0).data() == "Anthropic"
    assert dock._model.index(6, 0).data() == "Total"
    dock._table.row_opened.emit(0)
    assert [dock._model.index(row, 0).data() for row in range(3)] == [
        "claude-sonnet-4-5", "claude-haiku-4-5", "Total",
    ]  # fmt: skip
    dock._table.row_opened.emit(1)
    assert asked.last == OpenCalls("anthropic", "claude-haiku-4-5")
    dock._go_back()
    assert dock._model.rowCount() == 7


def test_that_an_opened_provider_stays_open_over_a_refresh(qtbot: QtBot) -> None:
    dock = ProvidersDock()
    shown(dock, qtbot)
    dock._open_key("openai")
    dock.show_report(builders.a_report())
    assert dock._model.index(0, 0).data() == "gpt-5"
    dock.show_report(builders.a_report(groups={"provider": builders.provider_groups()[:1]}))
    assert dock._model.index(0, 0).data() == "Anthropic"


def test_that_an_unpriced_model_has_no_cost_rather_than_none_to_pay(qtbot: QtBot) -> None:
    dock = ProvidersDock()
    shown(dock, qtbot)
    dock._open_key("openai")
    assert dock._model.index(2, 0).data() == "gpt-5-codex-preview"
    assert dock._model.index(2, 3).data() == "—"
    assert "99.9% of calls priced: 2 models unpriced, 14 calls" in texts(dock)


def test_that_missing_prices_can_be_set(qtbot: QtBot) -> None:
    dock = ProvidersDock()
    asked = shown(dock, qtbot)
    dock._set_prices.click()
    assert asked.last == ShowPrices()


def test_that_budgets_are_set_changed_and_removed(qtbot: QtBot) -> None:
    dock = LimitsDock()
    asked = shown(dock, qtbot)
    row = dock.findChildren(LimitRow)[0]
    row._edit.click()
    row._remove.click()
    row._bar.clicked.emit()
    assert asked.requests == [EditBudget(2), RemoveBudget(2), OpenCalls("anthropic")]
    assert "Anthropic, monthly · resets on 1 Dec · 10 days left" in texts(dock)


def test_that_a_servers_limit_cannot_be_changed_here(qtbot: QtBot) -> None:
    dock = LimitsDock()
    limit = builders.a_limit(origin="alwrity", budget_id=None)
    shown(dock, qtbot, builders.a_report(limits=(limit,)))
    row = dock.findChildren(LimitRow)[0]
    assert row._edit.isHidden()
    assert row._remove.isHidden()


def test_that_the_fullest_limit_comes_first(qtbot: QtBot) -> None:
    reverse = builders.limits()[::-1]
    for dock in (OverviewDock(), LimitsDock()):
        shown(dock, qtbot, builders.a_report(limits=reverse))
        assert dock.findChildren(LimitBar)[0].accessibleName().startswith("Anthropic tokens")


def test_that_fewer_limits_leave_no_empty_rows(qtbot: QtBot) -> None:
    dock = LimitsDock()
    shown(dock, qtbot)
    dock.show_report(builders.a_report(limits=(builders.a_limit(),)))
    assert [row.isHidden() for row in dock.findChildren(LimitRow)] == [False, *[True] * 4]


def test_that_t_shows_the_figures_of_the_chart(qtbot: QtBot) -> None:
    dock = TrendsDock()
    asked = shown(dock, qtbot)
    QTest.keyClick(dock, Qt.Key.Key_T)
    assert dock._table.isVisible()
    assert [dock._model.index(0, column).data() for column in range(2)] == ["Fri 20 Nov", "$7.42"]
    dock._table.row_opened.emit(0)
    assert asked.last == OpenCalls(day_start="2026-11-20", day_end="2026-11-20")
    QTest.keyClick(dock, Qt.Key.Key_T)
    assert not dock._table.isVisible()


@pytest.mark.parametrize("dock_type", [ActivityDock, TrendsDock])
def test_that_t_is_left_to_what_has_a_use_for_it(
    qtbot: QtBot, dock_type: type[ActivityDock | TrendsDock]
) -> None:
    dock = dock_type()
    shown(dock, qtbot)
    page = dock._pages.currentWidget()
    QTest.keyClick(dock, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(dock._measures, Qt.Key.Key_T)
    assert dock._measures.measure == "tokens"
    assert dock._pages.currentWidget() is page
    QTest.keyClick(dock._pages, Qt.Key.Key_T)
    assert dock._pages.currentWidget() is not page


def test_that_the_chart_can_be_opened_at_a_day_and_a_month(qtbot: QtBot) -> None:
    dock = TrendsDock()
    asked = shown(dock, qtbot)
    dock._chart.place_clicked.emit(12.0)
    assert asked.last == OpenCalls(day_start="2026-11-12", day_end="2026-11-12")
    dock._months_box.bars.bar_clicked.emit(4)
    assert asked.last == OpenCalls(day_start="2026-10-01", day_end="2026-10-31")


def test_that_the_months_stand_beside_the_curve_only_with_room(qtbot: QtBot) -> None:
    dock = TrendsDock()
    shown(dock, qtbot)
    assert dock._months_box.isVisible()
    dock.resize(620, 320)
    assert not dock._months_box.isVisible()


def test_that_a_click_beside_the_ring_asks_for_nothing(qtbot: QtBot) -> None:
    dock = ProvidersDock()
    asked = shown(dock, qtbot)
    QTest.mouseClick(dock._ring, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert not asked.requests


def test_that_an_empty_dock_keeps_its_button_over_a_refresh(qtbot: QtBot) -> None:
    dock = ProvidersDock()
    shown(dock, qtbot, builders.an_empty_report())
    button = dock.findChildren(ActionButton)[-1]
    dock.show_report(builders.an_empty_report(as_of_ms=builders.NOW_MS + 60_000))
    assert dock.findChildren(ActionButton)[-1] is button
    dock.show_report(builders.a_report())
    dock.show_report(builders.an_empty_report(calls_ever=9))
    assert any("Calls of other periods" in text for text in texts(dock))


@pytest.mark.parametrize("dock_type", dock_types(), ids=lambda dock: dock.name)
def test_that_no_dock_tells_a_cost_that_nobody_knows(
    dock_type: type[DockView], qtbot: QtBot
) -> None:
    dock = dock_type()
    shown(dock, qtbot, an_unpriced_report())
    assert not [words for words in texts(dock) if "$0" in words]


def test_that_an_overview_without_a_price_asks_for_one(qtbot: QtBot) -> None:
    dock = OverviewDock()
    asked = shown(dock, qtbot, an_unpriced_report())
    words = (
        "None of the 7 calls has a price, so the cost is not known. "
        "Set a price, then apply it to past calls."
    )
    assert words in texts(dock)
    button = next(b for b in dock.findChildren(ActionButton) if b.text() == "Set prices")
    button.click()
    assert asked.last == ShowPrices()
    bars = [bar for bar in dock.findChildren(LimitBar) if bar.isVisible()]
    assert bars[0].accessibleName() == "nobody-9: 7 calls, —"
    dock.show_report(builders.a_report(limits=()))
    assert not button.isVisible()


def test_that_a_limit_of_an_unknown_cost_is_not_called_kept(qtbot: QtBot) -> None:
    limits = (builders.a_limit(used=0, is_unknown=True),)
    for dock in (OverviewDock(), LimitsDock()):
        shown(dock, qtbot, an_unpriced_report(limits=limits))
        (bar,) = (bar for bar in dock.findChildren(LimitBar) if bar.isVisible())
        assert bar.accessibleName() == "Monthly budget: — of $125.00, —"
        (pill,) = (pill for pill in dock.findChildren(Pill) if pill.isVisible())
        assert pill.accessibleName() == "Not known"
    overview = OverviewDock()
    shown(overview, qtbot, an_unpriced_report(limits=limits))
    assert "What is used of 1 limit is not known" in texts(overview)


def test_that_a_group_without_a_price_has_neither_cost_nor_share(qtbot: QtBot) -> None:
    dock = ProvidersDock()
    shown(dock, qtbot, an_unpriced_report())
    for row, name in enumerate(("x", "Total")):
        cells = [dock._model.index(row, column).data() for column in range(5)]
        assert cells == [name, "7", "8.4k", "—", "—"]
    assert dock._ring.accessibleName().count("—") == 1


def test_that_days_and_months_without_a_price_have_no_cost(qtbot: QtBot) -> None:
    dock = TrendsDock()
    shown(dock, qtbot, an_unpriced_report())
    QTest.keyClick(dock, Qt.Key.Key_T)
    assert dock._model.index(0, 1).data() == "—"
    dock._measures.setCurrentIndex(dock._measures.findData("cost"))
    dock._draw()
    bar = dock._months_box.bars._bars[0]
    assert bar.caption == "—"
    assert bar.tooltip == "October 2026: —, 7 calls, 8.40k tokens"
