"""The tray icon: what it shows, and what happens without a tray."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QObject, QSize
from PySide6.QtWidgets import QMenuBar, QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.report import AccountView
from alwrity_desktop.ui.actions import Actions
from alwrity_desktop.ui.tray import Tray, tooltip, tray_icon
from tests import builders
from tests.builders_unpriced import an_unpriced_report
from tests.ui.looks import dressed

__all__ = ["dressed"]


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def tray(window: QWidget) -> Iterator[Tray]:
    actions = Actions(window)
    bar = QMenuBar(window)
    actions.fill(bar)
    owner = QObject()
    made = Tray(actions, owner)
    yield made
    made.stop()


def test_that_the_tooltip_tells_state_cost_and_forecast() -> None:
    assert tooltip(builders.a_report()) == (
        "This computer: Warning\n$83.85 of $125.00 (67%)\nOn track for $120.96"
    )
    assert tooltip(builders.an_empty_report(), "Paused until 15:30").splitlines() == [
        "This computer: No data",
        "—",
        "Paused until 15:30",
    ]


def test_that_the_tooltip_says_which_prices_are_missing() -> None:
    assert tooltip(an_unpriced_report()).splitlines() == [
        "This computer: Warning",
        "—",
        "None of the 7 calls has a price",
    ]
    report = builders.a_report(limits=())
    floor = replace(report, totals=replace(report.totals, unpriced_calls=1000))
    assert tooltip(floor).splitlines()[1:3] == [
        "$83.85",
        "1,000 calls have no price and are not in this sum",
    ]


def test_that_every_state_has_a_shape_of_its_own(qapp: object) -> None:
    pictures = {
        tone: tray_icon(tone).pixmap(QSize(22, 22)).toImage()
        for tone in ("success", "warning", "danger", "neutral")
    }
    grey = [image.convertToFormat(image.Format.Format_Alpha8) for image in pictures.values()]
    for index, image in enumerate(grey):
        assert all(image != other for other in grey[index + 1 :])


def test_that_the_menu_holds_accounts_with_cost_and_everything_reachable(tray: Tray) -> None:
    sample = replace(builders.a_report(), account=AccountView("sample", "Sample", "sample"))
    tray.show_report(builders.a_report())
    tray.show_report(sample)
    tray._menu.aboutToShow.emit()
    words = [action.text() for action in tray._menu.actions() if not action.isSeparator()]
    assert words[:3] == ["This computer\t$83.85", "Sample data\t$83.85", "Open window"]
    assert [word.replace("&", "") for word in words[3:]] == [
        "Refresh",
        "Pause for",
        "Start the gateway",
        "Stop the gateway",
        "Settings…",
        "Quit",
    ]


def test_that_an_account_can_be_chosen_and_the_window_opened(qtbot: QtBot, tray: Tray) -> None:
    tray.show_report(builders.a_report())
    tray._menu.aboutToShow.emit()
    with qtbot.waitSignal(tray.account_chosen) as chosen:
        tray._menu.actions()[0].trigger()
    assert chosen.args == ["local"]
    with qtbot.waitSignal(tray.clicked):
        next(a for a in tray._menu.actions() if a.text() == "Open window").trigger()


@pytest.mark.qt_log_ignore("No such signal QPlatformNativeInterface")
def test_that_a_tray_that_comes_later_is_used(
    qtbot: QtBot, tray: Tray, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not tray.is_available
    assert not tray.show_message(builders.an_alert())
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    with qtbot.waitSignal(tray.availability_changed):
        tray.look()
    assert tray.is_available
