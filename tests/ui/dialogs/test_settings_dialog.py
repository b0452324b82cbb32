"""The settings of the gateway: port, own servers, reports; and what keeps the dialog open."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.settings import Settings
from alwrity_desktop.ui import theme
from alwrity_desktop.ui.dialogs.settings import SettingsDialog
from tests.ui.looks import dressed, texts

__all__ = ["dressed"]

GROQ = "groq=https://api.groq.com/openai"


class Opened:
    """A dialog with what it told."""

    def __init__(self, qtbot: QtBot, settings: Settings) -> None:
        self.dialog = SettingsDialog(settings)
        qtbot.addWidget(self.dialog)
        self.told: list[tuple[str, object]] = []
        self.dialog.changed.connect(lambda name, value: self.told.append((name, value)))
        self.dialog.show()
        (self.port,) = self.dialog.findChildren(QLineEdit, "gateway_port")
        (self.servers,) = self.dialog.findChildren(QPlainTextEdit, "gateway_upstreams")
        (self.reports,) = self.dialog.findChildren(QCheckBox, "receive_otlp")

    def type_port(self, text: str) -> None:
        self.port.setText(text)
        self.port.editingFinished.emit()

    def type_servers(self, text: str) -> None:
        self.servers.setFocus()
        self.servers.setPlainText(text)
        self.port.setFocus()

    def says(self, words: str) -> bool:
        return any(words in text for text in texts(self.dialog))


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def opened(qtbot: QtBot, settings: Settings | None = None) -> Opened:
    found = Opened(qtbot, settings or Settings())
    found.dialog.activateWindow()
    qtbot.waitUntil(found.dialog.isActiveWindow)
    return found


def test_that_the_settings_of_the_gateway_stand_as_they_are_kept(qtbot: QtBot) -> None:
    kept = replace(
        Settings(), gateway_port=8080, gateway_upstreams=(GROQ, "lan=http://10.0.0.2"),
        receive_otlp=True,
    )  # fmt: skip
    found = opened(qtbot, kept)
    assert found.port.text() == "8080"
    assert found.servers.toPlainText() == f"{GROQ}\nlan=http://10.0.0.2"
    assert found.reports.isChecked()
    assert found.says("stop it and start it again")


def test_that_a_port_is_told_as_a_number(qtbot: QtBot) -> None:
    found = opened(qtbot)
    found.type_port(" 8080 ")
    assert found.told == [("gateway_port", 8080)]


def test_that_an_empty_port_is_the_usual_one(qtbot: QtBot) -> None:
    found = opened(qtbot, replace(Settings(), gateway_port=8080))
    found.type_port("")
    assert found.told == [("gateway_port", 4815)]


@pytest.mark.parametrize("text", ["80", "65536", "eighty", "-4815", "4815.0", "٤٨١٥", "9" * 5000])
def test_that_what_is_no_port_is_named_beside_the_field(qtbot: QtBot, text: str) -> None:
    found = opened(qtbot)
    found.type_port(text)
    assert found.told == []
    assert found.says("This must be a port from 1024 to 65535.")
    found.type_port("4816")
    assert found.told == [("gateway_port", 4816)]
    assert not found.says("This must be")


def test_that_own_servers_are_told_line_by_line(qtbot: QtBot) -> None:
    found = opened(qtbot)
    found.type_servers(f"\n  {GROQ} \n\nlocal=http://127.0.0.1:11434\n")
    assert found.told == [("gateway_upstreams", (GROQ, "local=http://127.0.0.1:11434"))]


def test_that_no_own_server_is_left_when_the_lines_are_empty(qtbot: QtBot) -> None:
    found = opened(qtbot, replace(Settings(), gateway_upstreams=(GROQ,)))
    found.type_servers(" \n")
    assert found.told == [("gateway_upstreams", ())]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("hello", "Write it as groq=https://api.groq.com/openai."),
        ("groq=http://api.groq.com/openai", "must be https"),
        (f"{GROQ}\nGroq=https://other.example", "Two lines begin with the same name."),
        ("healthz=https://a.example", "Write it as"),
        (f"{GROQ}/\x07", "This must be up to 100 lines"),
        ("\n".join(f"a{n}={n}" for n in range(101)), "This must be up to 100 lines"),
    ],
)
def test_that_a_server_which_cannot_be_is_named_beside_the_field(
    qtbot: QtBot, lines: str, words: str
) -> None:
    found = opened(qtbot)
    found.type_servers(lines)
    assert found.told == []
    assert found.says(words)


def test_that_reports_are_switched(qtbot: QtBot) -> None:
    found = opened(qtbot)
    found.reports.click()
    assert found.told == [("receive_otlp", True)]


def test_that_the_dialog_stays_open_at_what_cannot_be_taken(qtbot: QtBot) -> None:
    found = opened(qtbot)
    found.servers.setPlainText("hello")
    found.dialog._accept.click()
    assert found.dialog.isVisible()
    assert focused() is found.servers
    assert found.says("Write it as")
    found.servers.setPlainText(GROQ)
    found.dialog._accept.click()
    assert not found.dialog.isVisible()
    assert found.told == [("gateway_upstreams", (GROQ,))]


def test_that_a_change_counts_when_the_dialog_is_left_by_escape(qtbot: QtBot) -> None:
    found = opened(qtbot)
    found.servers.setFocus()
    found.servers.setPlainText(GROQ)
    QTest.keyClick(found.servers, Qt.Key.Key_Escape)
    assert not found.dialog.isVisible()
    assert found.told == [("gateway_upstreams", (GROQ,))]


def test_that_tab_goes_through_the_gateway_from_top_to_bottom(qtbot: QtBot) -> None:
    found = opened(qtbot)
    found.port.setFocus()
    visited = [focused().objectName()]
    for _ in range(2):
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
        visited.append(focused().objectName())
    assert visited == ["gateway_port", "gateway_upstreams", "receive_otlp"]
    QTest.keyClick(focused(), Qt.Key.Key_Tab)
    assert focused() is found.dialog._accept
    assert found.servers.toPlainText() == ""


@pytest.mark.parametrize("name", ["light", "dark"])
def test_that_no_words_are_cut_off_in_a_narrow_dialog(
    qtbot: QtBot, qapp: QApplication, name: theme.Choice
) -> None:
    theme.apply(qapp, name)
    found = opened(qtbot)
    found.dialog.resize(found.dialog.minimumSizeHint())
    found.type_port("x")
    found.type_servers("groq=http://api.groq.com/openai")

    def fits() -> bool:
        hints = [row._hint for row in found.dialog._rows.values()]
        return all(hint.height() >= hint.heightForWidth(hint.width()) for hint in hints)

    qtbot.waitUntil(fits)
    area = found.dialog._area
    assert area.horizontalScrollBar().maximum() == 0
