"""The Live dock: what goes on, what was refused and why, and what can be done about it."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.live import GatewayState, LiveView
from alwrity_desktop.core.domain.report import AccountView
from alwrity_desktop.ui import theme
from alwrity_desktop.ui.docks._parts import ScrollBody
from alwrity_desktop.ui.docks.live import LiveDock
from alwrity_desktop.ui.requests import (
    AllowModel,
    OpenCall,
    OpenCalls,
    OpenDock,
    ShowPrices,
    StartGateway,
    StopGateway,
    TrackProgram,
)
from alwrity_desktop.ui.widgets import ActionButton
from tests import builders
from tests.ui.lives import URL, a_block, a_gateway, a_view
from tests.ui.looks import Asked, fits, shown, texts


def fed(qtbot: QtBot, view: LiveView) -> tuple[LiveDock, Asked]:
    dock = LiveDock()
    asked = shown(dock, qtbot)
    dock.show_live(view)
    QApplication.processEvents()
    return dock, asked


def press(dock: LiveDock, words: str) -> None:
    buttons = [each for each in dock.findChildren(ActionButton) if each.text() == words]
    next(each for each in buttons if each.isVisible()).click()


def test_that_this_minute_the_hour_and_the_last_calls_are_told(qtbot: QtBot) -> None:
    dock, asked = fed(qtbot, a_view())
    said = texts(dock)
    assert f"The gateway listens at {URL}." in said
    assert {"3", "8 in the last hour", "$0.0200", "$0.0300 in the last hour"} <= set(said)
    assert dock._calls.rowCount() == 4
    assert dock._under_way.index(0, 3).data() == "7 s"
    dock._call_table.row_opened.emit(1)
    row = dock._calls.row_at(1)
    assert row is not None
    assert asked.requests == [OpenCalls(row.provider, row.model), OpenCall(row.id)]


def test_that_a_refused_call_names_its_budget_and_leads_to_it(qtbot: QtBot) -> None:
    dock, asked = fed(qtbot, a_view(a_gateway(blocks=(a_block(),))))
    cells = [dock._blocks.index(0, column).data() for column in range(1, 5)]
    assert cells == ["gpt-4o", "Day", "$5.00 of $5.00", "Used up"]
    assert not dock._unpriced.isVisible()
    dock._block_table.row_opened.emit(0)
    assert asked.last == OpenDock("limits")


def test_that_a_model_without_a_price_is_let_pass_by_one_click(qtbot: QtBot) -> None:
    block = a_block(code="unpriced_model", model="new-model")
    dock, asked = fed(qtbot, a_view(a_gateway(blocks=(block,))))
    assert dock._unpriced.isVisible()
    dock._unpriced.triggered.emit()
    assert asked.last == AllowModel("openai", "new-model")
    dock._block_table.row_opened.emit(0)
    assert asked.last == ShowPrices()


def test_that_an_idle_gateway_is_offered_to_be_started(qtbot: QtBot) -> None:
    dock, asked = fed(qtbot, a_view(GatewayState(url=URL), calls=()))
    assert "The gateway is not running" in texts(dock)
    assert any(URL in text for text in texts(dock))
    press(dock, "Start the gateway")
    press(dock, "Track a program")
    assert asked.requests == [StartGateway(), TrackProgram()]


def test_that_calls_of_logs_are_live_without_a_gateway(qtbot: QtBot) -> None:
    dock, asked = fed(qtbot, a_view(GatewayState(url=URL)))
    assert "The gateway is not running." in texts(dock)
    assert dock._call_table.isVisible()
    assert not dock._under_way_table.isVisible()
    press(dock, "Start the gateway")
    dock.show_live(a_view())
    press(dock, "Stop")
    assert asked.requests == [StartGateway(), StopGateway()]


def test_that_a_ledger_that_cannot_be_read_is_unknown_and_not_nothing(qtbot: QtBot) -> None:
    dock, _asked = fed(qtbot, a_view(is_unread=True, calls=()))
    assert texts(dock).count("—") == 2
    assert "— in the last hour" in texts(dock)


def test_that_sample_data_has_no_live_calls(qtbot: QtBot) -> None:
    dock, _asked = fed(qtbot, a_view())
    dock.show_report(builders.a_report(account=AccountView("sample", "Sample data", "sample")))
    assert "Sample data stands still" in texts(dock)
    dock.show_report(builders.a_report())
    assert f"The gateway listens at {URL}." in texts(dock)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_that_every_state_is_painted_and_nothing_is_cut_off(
    name: str, qtbot: QtBot, qapp: QApplication
) -> None:
    theme.apply(qapp, "dark" if name == "dark" else "light")
    dock, _asked = fed(qtbot, a_view(a_gateway(blocks=(a_block(), a_block(code="new")))))
    for view in (a_view(), a_view(calls=()), a_view(GatewayState(url=URL, trouble="Stranger."))):
        dock.show_live(view)
        dock.render(QPixmap(dock.size()))
    dock.resize(330, 200)
    (area,) = dock.findChildren(ScrollBody)
    qtbot.waitUntil(lambda: area.viewport().width() < 330)
    assert fits(area)
