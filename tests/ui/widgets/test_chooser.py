"""A choice among many: found by any of its words, shown again when nothing was chosen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.widgets.chooser import Chooser, Option
from alwrity_desktop.ui.widgets.slider import StopSlider

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
"""Without a screen no list can be raised above others."""

OPTIONS = (
    Option("a", "claude-sonnet", "Anthropic, $3.00", "Claude Sonnet 4.5"),
    Option("b", "gemini-flash", "Gemini, $0.30"),
    Option("c", "gemini-pro", "Gemini, $1.25"),
    Option("d", "gemini-pro", "Elsewhere, $9.00"),
)


@pytest.fixture
def chooser(qtbot: QtBot) -> Iterator[Chooser]:
    """Give a chooser with something beside it to go to."""
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    box = Chooser("Model")
    column.addWidget(box)
    column.addWidget(QLineEdit())
    box.set_options(OPTIONS)
    box.choose("a")
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    box.setFocus(Qt.FocusReason.TabFocusReason)
    yield box
    page.hide()


def told(chooser: Chooser) -> list[object]:
    found: list[object] = []
    chooser.chosen.connect(found.append)
    return found


def kept(chooser: Chooser) -> list[object]:
    return [option.key for option in chooser._model.shown]


def test_that_any_words_in_any_order_find_an_option(chooser: Chooser) -> None:
    keys = told(chooser)
    QTest.keyClicks(chooser, "PRO gem")
    assert kept(chooser) == ["c", "d"]
    QTest.keyClicks(chooser, " 9.00")
    assert kept(chooser) == ["d"]
    QTest.keyClick(chooser, Qt.Key.Key_Return)
    assert (chooser.key, chooser.text(), keys) == ("d", "gemini-pro", ["d"])


def test_that_an_option_is_found_by_what_people_call_it(chooser: Chooser) -> None:
    QTest.keyClicks(chooser, "sonnet 4.5")
    assert kept(chooser) == ["a"]


def test_that_half_a_word_chooses_nothing(chooser: Chooser) -> None:
    keys = told(chooser)
    QTest.keyClicks(chooser, "gem")
    QTest.keyClick(chooser, Qt.Key.Key_Escape)
    assert (chooser.key, chooser.text(), keys) == ("a", "claude-sonnet", [])
    QTest.keyClicks(chooser, "nothing like it")
    QTest.keyClick(chooser, Qt.Key.Key_Return)
    assert (chooser.key, keys) == ("a", [])
    chooser.clearFocus()
    assert chooser.text() == "claude-sonnet"


def test_that_all_are_shown_by_the_arrow_and_by_a_click(chooser: Chooser) -> None:
    QTest.keyClicks(chooser, "gem")
    QTest.keyClick(chooser, Qt.Key.Key_Escape)
    chooser._list.hide()
    QTest.keyClick(chooser, Qt.Key.Key_Down)
    assert kept(chooser) == ["a", "b", "c", "d"]
    assert chooser._list.isVisible()
    chooser._list.hide()
    QTest.mouseClick(chooser, Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    assert chooser._list.isVisible()


def test_that_of_two_of_one_name_the_one_that_was_pointed_at_is_taken(chooser: Chooser) -> None:
    keys = told(chooser)
    chooser.show_all()
    index: QModelIndex = chooser._model.index(3, 0)
    chooser._take_row(index)
    assert (chooser.key, keys) == ("d", ["d"])
    chooser._take_row(index)
    assert keys == ["d"]


def test_that_what_is_chosen_stays_while_it_is_offered(chooser: Chooser) -> None:
    keys = told(chooser)
    chooser.set_options(OPTIONS[:2])
    assert chooser.key == "a"
    chooser.set_options(OPTIONS[1:])
    assert [chooser.key, chooser.text(), *keys] == [None, ""]
    chooser.choose("nobody")
    assert chooser.key is None


def test_that_typing_is_not_disturbed_by_new_options(chooser: Chooser) -> None:
    QTest.keyClicks(chooser, "gem")
    chooser.set_options(OPTIONS)
    assert chooser.text() == "gem"


@pytest.mark.parametrize("name", ["light", "dark"])
def test_that_the_rows_are_painted_with_their_notes(
    chooser: Chooser, qapp: QApplication, name: Literal["light", "dark"]
) -> None:
    theme.apply(qapp, name)
    chooser.show_all()
    chooser._list.setCurrentIndex(chooser._model.index(1, 0))
    image = chooser._list.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(60)}
    assert theme.current().hex("primary") in colours
    assert theme.current().hex("surface") in colours


def a_slider(qtbot: QtBot) -> tuple[StopSlider, list[int]]:
    slider = StopSlider("Volume", (10, 50, 100, 200, 500), lambda percent: f"{percent}%", 100)
    qtbot.addWidget(slider)
    slider.resize(240, 30)
    slider.show()
    found: list[int] = []
    slider.moved_to.connect(found.append)
    return slider, found


def test_that_a_slider_goes_from_stop_to_stop_by_keys(qtbot: QtBot) -> None:
    slider, found = a_slider(qtbot)
    assert (slider.stop, slider.accessibleName()) == (100, "Volume: 100%")
    for key in (Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Home, Qt.Key.Key_0):
        QTest.keyClick(slider, key)
    assert found == [200, 500, 10, 100]
    assert slider.accessibleName() == "Volume: 100%"


def test_that_a_slider_follows_the_pointer(qtbot: QtBot) -> None:
    slider, found = a_slider(qtbot)
    middle = slider.height() // 2
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 2, middle))
    QTest.mouseMove(slider, QPoint(2, middle))
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(2, middle))
    assert found[0] == 500
    assert slider.stop == 10
    QTest.mouseDClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(2, middle))
    assert slider.stop == 100
