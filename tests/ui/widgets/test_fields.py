"""Fields whose outlines are seen in both themes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.widgets import CheckBox, EditCombo

THEMES: tuple[theme.Choice, ...] = ("light", "dark")


def colours(widget: QWidget) -> set[str]:
    """Return the colours in which *widget* is painted."""
    image = widget.grab().toImage()
    points = (QPoint(x, y) for x in range(image.width()) for y in range(image.height()))
    return {image.pixelColor(point).name() for point in points}


def colour(role: str) -> str:
    return theme.current().colour(role).name()


@pytest.mark.parametrize("name", THEMES)
def test_that_a_box_is_seen_whether_it_is_checked_or_not(
    qtbot: QtBot, qapp: QApplication, name: theme.Choice
) -> None:
    theme.apply(qapp, name)
    box = CheckBox("Notifications")
    qtbot.addWidget(box)
    box.show()
    assert colour("control") in colours(box)
    assert colour("primary") not in colours(box)
    box.setChecked(True)
    assert colour("primary") in colours(box)
    box.setEnabled(False)
    assert colour("primary") not in colours(box)


def test_that_a_box_shows_the_focus_and_is_checked_by_keyboard(qtbot: QtBot) -> None:
    box = CheckBox("Notifications")
    qtbot.addWidget(box)
    box.show()
    assert colour("focus") not in colours(box)
    box.activateWindow()
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    assert colour("focus") in colours(box)
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert box.isChecked()


@pytest.mark.parametrize("name", THEMES)
def test_that_the_outline_of_a_line_with_choices_is_seen(
    qtbot: QtBot, qapp: QApplication, name: theme.Choice
) -> None:
    theme.apply(qapp, name)
    combo = EditCombo()
    qtbot.addWidget(combo)
    combo.addItems(["", "Europe/Berlin"])
    combo.resize(240, 32)
    combo.show()
    image = combo.grab().toImage()
    assert image.pixelColor(120, 0).name() == colour("control")
    edit = combo.lineEdit()
    assert edit is not None
    assert edit.geometry().right() < 240 - 20
    combo.setCurrentText("Mars/Olympus")
    assert (combo.currentText(), combo.count()) == ("Mars/Olympus", 2)
