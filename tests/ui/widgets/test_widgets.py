"""The small widgets."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.requests import ReadLogs
from alwrity_desktop.ui.widgets import (
    Badge,
    Card,
    Combo,
    EmptyState,
    FlowLayout,
    IconButton,
    InlineMessage,
    LimitBar,
    Pill,
    PlainLabel,
    PushButton,
    Segments,
    Skeleton,
    Tween,
    plain_tooltip,
)


def test_that_a_label_never_reads_markup(qtbot: QtBot) -> None:
    label = PlainLabel("<b>bold</b>")
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText


def test_that_a_click_on_a_button_leaves_the_focus_where_it_was(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    edit, button, icon = QLineEdit(), PushButton("Keep"), IconButton("x", "Close")
    for widget in (edit, button, icon):
        row.addWidget(widget)
    window.show()
    edit.setFocus()
    for clicked in (button, icon):
        QTest.mouseClick(clicked, Qt.MouseButton.LeftButton)
        assert window.focusWidget() is edit
    QTest.keyClick(edit, Qt.Key.Key_Tab)
    assert window.focusWidget() is button


def test_that_a_tooltip_never_reads_markup(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    plain_tooltip(widget, "<img src=x>\nnext")
    assert widget.toolTip() == "<span>&lt;img src=x&gt;<br>next</span>"


def test_that_a_shortened_label_has_its_whole_text_in_the_tooltip(qtbot: QtBot) -> None:
    label = PlainLabel("a rather long name of a model").set_elided()
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.show()
    assert label.text().endswith("…")
    assert "a rather long name of a model" in label.toolTip()
    label.resize(600, 20)
    assert label.text() == "a rather long name of a model"
    assert not label.toolTip()


def test_that_a_label_takes_the_new_themes_colour(qtbot: QtBot, qapp: QApplication) -> None:
    label = PlainLabel("x", colour="muted")
    qtbot.addWidget(label)
    theme.apply(qapp, "dark")
    assert label.palette().color(label.foregroundRole()) == theme.DARK.colour("muted")


def test_that_a_pill_has_room_for_its_word(qtbot: QtBot) -> None:
    pill = Pill()
    qtbot.addWidget(pill)
    pill.set_status("danger", "Limit reached")
    assert pill.sizeHint().width() > pill.fontMetrics().horizontalAdvance("Limit reached") + 14
    assert pill.accessibleName() == "Limit reached"


def test_that_segments_choose_exactly_one(qtbot: QtBot) -> None:
    segments = Segments((("a", "First"), ("b", "Second")), "Choice")
    qtbot.addWidget(segments)
    segments.show()
    with qtbot.waitSignal(segments.chosen) as told:
        QTest.mouseClick(segments._buttons["b"], Qt.MouseButton.LeftButton)
    assert told.args == ["b"]
    assert segments.key == "b"
    segments.choose("a")
    assert segments.key == "a"


def test_that_a_combo_keeps_its_choice_when_its_items_change(qtbot: QtBot) -> None:
    combo = Combo("Provider")
    qtbot.addWidget(combo)
    combo.set_items(((None, "All"), ("openai", "OpenAI")))
    combo.setCurrentIndex(1)
    combo.set_items(((None, "All"), ("gemini", "Gemini"), ("openai", "OpenAI")))
    assert combo.currentData() == "openai"
    combo.set_items(((None, "All"),))
    assert combo.currentData() is None


def test_that_a_badge_hides_at_none(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    badge = Badge(parent)
    badge.set_number(3)
    assert not badge.isHidden()
    badge.set_number(0)
    assert badge.isHidden()


def test_that_a_limit_bar_says_itself(qtbot: QtBot) -> None:
    bar = LimitBar()
    qtbot.addWidget(bar)
    bar.set_marks("warning", 80)
    bar.set_limit("Anthropic tokens", "37.2M of 44.0M", "85%", 84.5)
    assert bar.accessibleName() == "Anthropic tokens: 37.2M of 44.0M, 85%"
    bar.show()
    with qtbot.waitSignal(bar.clicked):
        QTest.keyClick(bar, Qt.Key.Key_Return)
    with qtbot.waitSignal(bar.clicked):
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton)


def test_that_an_empty_state_hands_its_request_on(qtbot: QtBot) -> None:
    state = EmptyState("bell", "Nothing", "Nothing yet.", (("Read logs", "", ReadLogs()),))
    qtbot.addWidget(state)
    button = state.findChild(QPushButton)
    assert isinstance(button, QPushButton)
    with qtbot.waitSignal(state.chosen) as told:
        button.click()
    assert told.args == [ReadLogs()]


def test_that_a_message_shows_its_button_only_with_an_action(qtbot: QtBot) -> None:
    message = InlineMessage()
    qtbot.addWidget(message)
    message.show_message("danger", "circle-x", "It failed.", "Retry")
    assert not message._button.isHidden()
    message.show_message("neutral", "clock", "It is old.")
    assert message._button.isHidden()


def test_that_a_skeleton_stands_still_with_reduced_motion(qtbot: QtBot) -> None:
    skeleton = Skeleton(((0.5, 0.5),))
    qtbot.addWidget(skeleton)
    skeleton.resize(200, 200)
    skeleton.show()
    assert skeleton._shimmer.state() == skeleton._shimmer.State.Stopped
    theme.set_reduced_motion(False)
    skeleton.start()
    assert skeleton._shimmer.state() == skeleton._shimmer.State.Running
    skeleton.hide()
    assert skeleton._shimmer.state() == skeleton._shimmer.State.Stopped


def test_that_an_unchanged_target_moves_nothing(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    steps: list[float] = []
    tween = Tween(widget, "fill", steps.append)
    tween.go(5.0)
    tween.go(5.0)
    assert steps == [5.0]
    theme.set_reduced_motion(False)
    tween.go(9.0)
    qtbot.waitUntil(lambda: steps[-1] == 9.0)
    assert len(steps) > 1


def test_that_a_card_is_painted_with_its_border(qtbot: QtBot) -> None:
    card = Card()
    qtbot.addWidget(card)
    card.resize(120, 90)
    pixmap = QPixmap(card.size())
    card.render(pixmap)
    inner = card.contentsRect()
    middle = pixmap.toImage().pixelColor(inner.center())
    assert middle.lightness() > theme.LIGHT.colour("border").lightness()
    edge = pixmap.toImage().pixelColor(inner.left(), inner.center().y())
    assert edge == theme.LIGHT.colour("border")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    widths=st.lists(st.integers(min_value=10, max_value=200), min_size=1, max_size=8),
    room=st.integers(min_value=60, max_value=700),
)
def test_that_a_flow_never_overlaps_and_never_leaves_its_room(
    qapp: QApplication, widths: list[int], room: int
) -> None:
    parent = QWidget()
    flow = FlowLayout(parent, 6)
    for place, width in enumerate(widths):
        widget = QWidget()
        widget.setFixedSize(min(width, room), 20)
        flow.addWidget(widget)
        if place == len(widths) // 2:
            flow.add_stretch()
    height = flow.heightForWidth(room)
    flow.setGeometry(QRect(0, 0, room, height))
    boxes = [flow._items[place].geometry() for place in range(flow.count())]
    assert all(box.left() >= 0 and box.right() < room and box.bottom() < height for box in boxes)
    for place, box in enumerate(boxes):
        assert not any(box.intersects(other) for other in boxes[place + 1 :])


@pytest.mark.parametrize("percent", [100, 200])
def test_that_buttons_grow_with_the_text(qtbot: QtBot, qapp: QApplication, percent: int) -> None:
    theme.apply(qapp, "light", percent)
    segments = Segments((("a", "Cumulative"),), "View")
    qtbot.addWidget(segments)
    button = segments._buttons["a"]
    assert button.sizeHint().width() > button.fontMetrics().horizontalAdvance("Cumulative")
    assert button.sizeHint().height() >= button.fontMetrics().height()


def test_that_a_move_can_be_replayed(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    steps: list[float] = []
    tween = Tween(widget, "reveal", steps.append)
    tween.replay(0.0, 1.0)
    tween.replay(0.0, 1.0)
    assert steps == [1.0, 1.0]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_that_buttons_are_pressed_with_return_as_with_space(qtbot: QtBot, key: Qt.Key) -> None:
    for button in (PushButton("Save"), IconButton("x", "Close")):
        qtbot.addWidget(button)
        button.show()
        with qtbot.waitSignal(button.clicked, timeout=1000):
            QTest.keyClick(button, key)
