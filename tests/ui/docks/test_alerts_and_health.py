"""The docks Alerts and Health: what they list, and where a click leads."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.alerts import AlertKind
from alwrity_desktop.ui.docks._parts import ScrollBody
from alwrity_desktop.ui.docks.alerts import AlertsDock
from alwrity_desktop.ui.docks.health import HealthDock
from alwrity_desktop.ui.requests import MarkAlertsRead, OpenCalls, OpenDock, ShowPrices
from tests import builders
from tests.ui.looks import fits, shown, texts


def test_that_unread_alerts_come_first_and_open_their_cause(qtbot: QtBot) -> None:
    dock = AlertsDock()
    asked = shown(dock, qtbot)
    assert dock._model.rowCount() == 11
    listed = [dock._model.alert_at(row) for row in range(11)]
    assert [alert.is_read for alert in listed if alert] == [False] * 3 + [True] * 8
    place = dock._list.visualRect(dock._model.index(1)).center()
    QTest.mouseClick(dock._list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.requests == [MarkAlertsRead((11,)), OpenCalls("anthropic")]


@pytest.mark.parametrize(
    ("kind", "request_"),
    [
        (AlertKind.UNPRICED, ShowPrices()),
        (AlertKind.SOURCE, OpenDock("health")),
        (AlertKind.FORECAST, OpenDock("trends")),
        (AlertKind.BUDGET, OpenDock("limits")),
    ],
)
def test_that_each_kind_of_alert_leads_somewhere(
    kind: AlertKind, request_: object, qtbot: QtBot
) -> None:
    dock = AlertsDock()
    alert = builders.an_alert(5, kind=kind, provider=None, is_read=True)
    asked = shown(dock, qtbot, builders.a_report(alerts=(alert,)))
    dock._list.setCurrentIndex(dock._model.index(0))
    QTest.keyClick(dock._list, Qt.Key.Key_Return)
    assert asked.requests == [request_]


def test_that_alerts_are_filtered_and_all_marked_read(qtbot: QtBot) -> None:
    dock = AlertsDock()
    asked = shown(dock, qtbot)
    dock._chips.choose("unread")
    dock._list_alerts()
    assert dock._model.rowCount() == 3
    dock._chips.choose("all")
    dock._list_alerts()
    dock._severities.setCurrentIndex(1)
    assert dock._model.rowCount() == 1
    dock.mark_all.click()
    assert asked.last == MarkAlertsRead()
    QTest.keyClick(dock._list, Qt.Key.Key_M)
    assert len(asked.requests) == 1


def test_that_nothing_can_be_marked_read_where_there_is_nothing(qtbot: QtBot) -> None:
    dock = AlertsDock()
    shown(dock, qtbot, builders.a_report(alerts=()))
    assert not dock.mark_all.isEnabled()
    dock.show_report(builders.a_report())
    assert dock.mark_all.isEnabled()


def test_that_m_marks_the_chosen_alert_read(qtbot: QtBot) -> None:
    dock = AlertsDock()
    asked = shown(dock, qtbot)
    dock._list.setCurrentIndex(dock._model.index(2))
    QTest.keyClick(dock._list, Qt.Key.Key_M)
    assert asked.requests == [MarkAlertsRead((9,))]


def test_that_health_names_sources_reasons_and_providers(qtbot: QtBot) -> None:
    dock = HealthDock()
    asked = shown(dock, qtbot)
    assert "Mistral: 6.4% errors, p95 11.8 s" in texts(dock)
    refused = "Codex: 3 × Token count is not a whole number (rollout-7.jsonl, byte 812)"
    assert refused in texts(dock)
    sources = [dock._sources.index(1, column).data() for column in range(5)]
    assert sources == ["Codex", "2 min ago", "38", "5,680", "3"]
    providers = [dock._providers.index(4, column).data() for column in range(4)]
    assert providers == ["Stability", "No data", "—", "—"]
    dock._provider_table.row_opened.emit(3)
    assert asked.last == OpenCalls("mistral", state="error")


def test_that_a_long_path_takes_no_room_from_the_columns(qtbot: QtBot) -> None:
    dock = HealthDock()
    report = builders.a_report()
    source = report.health.sources[1]
    path = f"/home/ada/{'a-project-of-many-words/' * 4}{'0123456789abcdef' * 8}.jsonl"
    rejection = replace(source.rejections[0], example_path=path)
    health = replace(report.health, sources=(replace(source, rejections=(rejection,)),))
    shown(dock, qtbot, replace(report, health=health))
    dock.resize(330, 200)
    (area,) = dock.findChildren(ScrollBody)
    qtbot.waitUntil(lambda: area.viewport().width() < 330)
    assert fits(area)
