"""The window with the threads behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.forecast_check import ForecastCheck
from alwrity_desktop.core.results import FoundLogs, PeriodChoice
from alwrity_desktop.ui import events, jobs, requests
from alwrity_desktop.ui.docks._forecast_check import ForecastGrounds
from alwrity_desktop.ui.docks.calls import CallsDock
from alwrity_desktop.ui.header import Fold
from alwrity_desktop.ui.layout_store import LayoutStore
from alwrity_desktop.ui.layouts import LAYOUTS, Layout, Room, docks_of
from alwrity_desktop.ui.widgets import PushButton
from tests import builders
from tests.builders_unpriced import an_unpriced_report
from tests.ui.desks import Desk, desk
from tests.ui.fakes import FakeContext
from tests.ui.looks import dressed, texts

__all__ = ["desk", "dressed"]


def test_that_the_first_figures_fill_header_docks_and_title(qtbot: QtBot, desk: Desk) -> None:
    desk.start(qtbot)
    assert desk.window.windowTitle() == "ALwrity Desktop – This computer: $83.85"
    assert desk.window.header._cost.text() == "$83.85"
    assert desk.window.header._bell.accessibleName() == "3 unread alerts"
    assert desk.window.area.names_in_view() == (
        "overview",
        "trends",
        "providers",
        "alerts",
        "health",
    )


def test_that_the_forecasts_errors_reach_the_dock_that_asked(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answer(_context: object, account: str) -> ForecastCheck:
        asked.append(account)
        return ForecastCheck(account, "UTC", refused="No month is over.")

    monkeypatch.setattr(jobs, "check_forecast", answer)
    desk.start(qtbot)
    trends = desk.window.views["trends"]
    (grounds,) = trends.findChildren(ForecastGrounds)
    grounds.findChildren(PushButton)[0].click()
    qtbot.waitUntil(lambda: "No month is over." in texts(trends))
    assert asked == ["local"]


def test_that_a_commit_of_another_program_is_in_view_soon(qtbot: QtBot, desk: Desk) -> None:
    desk.start(qtbot)
    asked = len(desk.context.questions)
    desk.context.commit()
    qtbot.waitUntil(lambda: len(desk.context.questions) > asked, timeout=5_000)


def test_that_a_failed_refresh_keeps_the_figures_and_offers_the_retry(
    qtbot: QtBot, desk: Desk
) -> None:
    desk.start(qtbot)
    desk.context.fail_next("The ledger is locked.")
    desk.controller.ask_report()
    qtbot.waitUntil(lambda: desk.window.notices.sentences == ("The ledger is locked.",))
    assert desk.window.header._cost.text() == "$83.85"
    desk.window.notices._message.triggered.emit()
    qtbot.waitUntil(lambda: not desk.window.notices.isVisible())
    qtbot.waitUntil(lambda: len(desk.context.questions) > 1)


def test_that_our_own_fault_is_one_quiet_line_with_details_to_copy(
    qtbot: QtBot, desk: Desk, qapp: QApplication
) -> None:
    desk.start(qtbot)
    desk.bridge.post(events.Crashed("KeyError\n  file.py:1 in f"))
    assert desk.window.notices.sentences == (
        "Something went wrong in the program. Your data is safe.",
    )
    desk.window.notices._message.triggered.emit()
    assert qapp.clipboard().text() == "KeyError\n  file.py:1 in f"


def test_that_the_period_can_be_stepped_back_and_not_into_the_future(
    qtbot: QtBot, desk: Desk
) -> None:
    desk.start(qtbot)
    desk.controller.step_period(1)
    assert desk.controller.choice == PeriodChoice()
    desk.controller.step_period(-1)
    assert desk.controller.choice == PeriodChoice("month", offset=-1)
    earlier = ("local", PeriodChoice("month", offset=-1))
    qtbot.waitUntil(lambda: earlier in desk.context.questions)


def test_that_a_first_start_without_calls_offers_the_logs(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    desk.context.calls_ever = 0
    desk.context.logs = (
        FoundLogs("claude-code", "Claude Code", (tmp_path,), 212, 9),
        FoundLogs("codex", "Codex", (tmp_path,), 38, 9),
    )
    desk.start(qtbot)
    assert desk.window.is_first_run
    logs = desk.window.first_run._logs
    qtbot.waitUntil(lambda: logs._button.text() == "Read 250 files")
    assert "Claude Code (212 files) and Codex (38 files)" in logs._text.text()


def test_that_calls_from_elsewhere_end_the_first_start(qtbot: QtBot, desk: Desk) -> None:
    desk.context.calls_ever = 0
    desk.start(qtbot)
    assert desk.window.is_first_run
    desk.context.calls_ever = 1
    desk.context.commit()
    qtbot.waitUntil(lambda: not desk.window.is_first_run, timeout=5_000)


def test_that_set_up_later_shows_docks_that_hold_the_button_that_mends(
    qtbot: QtBot, desk: Desk
) -> None:
    desk.context.calls_ever = 0
    desk.start(qtbot)
    desk.window.first_run.later_asked.emit()
    assert not desk.window.is_first_run
    qtbot.waitUntil(lambda: desk.controller.settings.first_run_done)
    desk.controller.ask_report()
    qtbot.waitUntil(lambda: not desk.window.is_first_run)


def test_that_the_sample_is_made_then_shown_and_marked(qtbot: QtBot, desk: Desk) -> None:
    desk.start(qtbot)
    desk.commands.do("account.sample")
    qtbot.waitUntil(lambda: "Sample data" in desk.window.windowTitle(), timeout=5_000)
    assert desk.context.is_sample_made
    assert desk.window.status_line._source.text() == "Sample data, made up"
    desk.commands.do("account.local")
    qtbot.waitUntil(lambda: "This computer" in desk.window.windowTitle(), timeout=5_000)


def test_that_every_declared_action_does_something(desk: Desk) -> None:
    assert set(desk.window.actions_._actions) == desk.commands.known


def test_that_no_shortcut_stands_for_two_actions(desk: Desk) -> None:
    actions = [*desk.window.actions_._actions.values(), *desk.window.keeper._actions.values()]
    keys = [each.shortcut().toString() for each in actions if not each.shortcut().isEmpty()]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("size", "fold", "is_narrow"),
    [
        ((1440, 900), Fold.WIDE, False),
        ((1024, 768), Fold.MEDIUM, False),
        ((640, 900), Fold.NARROW, True),
        ((640, 480), Fold.LINE, True),
    ],
)
def test_that_the_window_folds_and_nothing_of_the_header_is_cut(
    qtbot: QtBot, desk: Desk, size: tuple[int, int], fold: Fold, is_narrow: bool
) -> None:
    desk.start(qtbot)
    desk.window.resize(*size)
    qtbot.waitUntil(lambda: desk.window.header._fold is fold)
    assert desk.window.is_narrow is is_narrow
    assert (desk.window.width(), desk.window.height()) == size
    header = desk.window.header
    for widget in (header.account, header.period, header._pill, header._bell):
        qtbot.waitUntil(lambda w=widget: w.width() >= w.minimumSizeHint().width())  # type: ignore[misc]
        assert header.rect().contains(widget.geometry()), widget


def test_that_views_come_back_from_tabs_into_docks(qtbot: QtBot, desk: Desk) -> None:
    desk.start(qtbot)
    desk.window.resize(640, 900)
    assert desk.window.narrow.isAncestorOf(desk.window.views["overview"])
    desk.window.open_dock("alerts")
    assert desk.window.narrow.current == "alerts"
    assert desk.window.views["alerts"].isVisible()
    desk.window.resize(1440, 900)
    for name, view in desk.window.views.items():
        assert desk.window.area.frames[name].isAncestorOf(view)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
@pytest.mark.parametrize("room", list(Room))
def test_that_each_layout_shows_its_docks(
    qtbot: QtBot, desk: Desk, layout: Layout, room: Room
) -> None:
    desk.start(qtbot)
    desk.window.resize(1440 if room is Room.WIDE else 1000, 900)
    desk.window.keeper.open(layout.name)
    wanted = set(docks_of(layout.tree(room)))
    assert set(desk.window.area.names_in_view()) == wanted


def test_that_an_arrangement_is_kept_between_runs(
    qtbot: QtBot, desk: Desk, context: FakeContext
) -> None:
    desk.start(qtbot)
    desk.window.resize(1440, 900)
    desk.window.area.frames["health"].close()
    desk.window.keep()
    again = LayoutStore(context.profile.window)
    assert again.layout() == "overview"
    state = again.state("overview", Room.WIDE)
    assert state is not None
    other = Desk(context)
    other.start(qtbot)
    other.window.resize(1440, 900)
    assert "health" not in other.window.area.names_in_view()
    other.window.keeper.put_back()
    assert "health" in other.window.area.names_in_view()
    other.stop()


def test_that_a_layout_of_ones_own_can_be_kept_and_opened(qtbot: QtBot, desk: Desk) -> None:
    desk.start(qtbot)
    desk.window.area.frames["trends"].close()
    desk.window.keeper.save_as("Mine")
    desk.window.keeper.open("costs")
    desk.window.keeper.open("Mine")
    assert "trends" not in desk.window.area.names_in_view()
    assert "Mine" in desk.window.keeper.names()


def test_that_ctrl_f_leads_to_the_search_of_the_calls(qtbot: QtBot, desk: Desk) -> None:
    desk.start(qtbot)
    desk.window.activateWindow()
    QTest.keyClick(desk.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    calls = desk.window.views["calls"]
    assert isinstance(calls, CallsDock)
    qtbot.waitUntil(calls.filter.search.hasFocus)


def test_that_a_click_on_the_bell_opens_the_alerts(qtbot: QtBot, desk: Desk) -> None:
    desk.start(qtbot)
    desk.window.area.frames["alerts"].close()
    desk.window.header._bell.click()
    assert "alerts" in desk.window.area.names_in_view()


def test_that_a_click_on_the_cost_opens_the_calls(qtbot: QtBot, desk: Desk) -> None:
    desk.start(qtbot)
    desk.window.area.frames["calls"].close()
    QTest.mouseClick(desk.window.header._cost, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(desk.window.views["calls"].isVisible)


def test_that_the_dearest_button_sets_a_budget_until_there_is_one(qtbot: QtBot, desk: Desk) -> None:
    desk.start(qtbot)
    header = desk.window.header
    assert header._export.isVisible()
    header.show_report(replace(builders.a_report(), limits=()))
    assert header._budget.isVisible()
    with qtbot.waitSignal(header.requested) as asked:
        header._budget.click()
    assert asked.args == [requests.EditBudget()]


def test_that_prices_are_asked_for_where_no_call_has_one(qtbot: QtBot, desk: Desk) -> None:
    desk.start(qtbot)
    header = desk.window.header
    header.show_report(builders.a_report())
    assert header._cost.accessibleDescription() == (
        "14 calls have no price and are not in this sum"
    )
    desk.window.show_report(an_unpriced_report())
    assert (header._cost.text(), header._cost.accessibleName()) == ("—", "—")
    assert "None of the 7 calls has a price" in header._cost.toolTip()
    assert desk.window.windowTitle().endswith(": —")
    assert desk.window.status_line._summary.text() == "—"
    assert header._prices.isVisible()
    assert not header._budget.isVisible()
    with qtbot.waitSignal(header.requested) as asked:
        header._prices.click()
    assert asked.args == [requests.ShowPrices()]
    header.show_report(builders.a_report())
    assert header._cost.text() == "$83.85"
    assert header._export.isVisible()


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_that_notified_alerts_open_and_are_read(qtbot: QtBot, desk: Desk) -> None:
    desk.start(qtbot)
    desk.bridge.post(events.NotificationChosen(7, "open"))
    qtbot.waitUntil(lambda: desk.context.marked == [(7,)])


def test_that_a_snooze_lasts_until_the_zones_midnight(qtbot: QtBot, desk: Desk) -> None:
    desk.start(qtbot)
    desk.bridge.post(events.NotificationChosen(7, "snooze"))
    qtbot.waitUntil(lambda: desk.controller.settings.snooze_until == "2026-11-20T23:00:00+00:00")


def test_that_a_pause_is_said_and_ends(qtbot: QtBot, desk: Desk) -> None:
    desk.start(qtbot)
    desk.commands.do("pause.60")
    assert desk.window.status_line._source.text() == "Paused until 15:32"
    desk.commands.do("pause.end")
    assert desk.window.status_line._source.text() == "Local logs"


def test_that_two_changes_of_settings_are_both_kept(qtbot: QtBot, desk: Desk) -> None:
    desk.start(qtbot)
    desk.controller.change_settings(theme="dark")
    desk.controller.change_settings(notify=False)
    qtbot.waitUntil(lambda: not desk.controller.settings.notify)
    assert desk.controller.settings.theme == "dark"
