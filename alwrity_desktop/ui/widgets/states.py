"""The faces of a dock without good figures: nothing yet, reading, stale, failed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, QVariantAnimation, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QLinearGradient,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.requests import Request
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets.buttons import ActionButton, PushButton
from alwrity_desktop.ui.widgets.labels import IconLabel, PlainLabel

_TEXT_WIDTH = 300
_EMBLEM = 72
_RETRY = "refresh-cw"


class InlineMessage(QWidget):
    """A bar beside its context: what happened, and one action."""

    triggered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a bar without a message."""
        super().__init__(parent)
        self._status = "neutral"
        self._icon = IconLabel("info")
        self._label = PlainLabel("", "caption", "text2")
        self._label.setWordWrap(True)
        self._button = PushButton("", icon=_RETRY, is_small=True)
        self._button.clicked.connect(self.triggered)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SIZES.dock_padding_x, 5, 8, 5)
        layout.setSpacing(8)
        layout.addWidget(self._icon)
        layout.addWidget(self._label, 1)
        layout.addWidget(self._button)

    def show_message(
        self, status: str, icon: str, sentence: str, action: str = "", action_icon: str = _RETRY
    ) -> None:
        """Show *sentence* in the colours of *status*, with a button where *action* names one."""
        self._status = status
        self._icon.set_icon(icon, f"{status}.mark")
        self._label.set_plain(sentence)
        self._label.set_colour(f"{status}.text")
        self._button.setText(action)
        self._button.set_icon(action_icon)
        self._button.setVisible(bool(action))
        self.setAccessibleName(sentence)
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tinted ground with its hairline."""
        tone = theme.current().status(self._status)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tone.fill))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(tone.border))


class EmptyState(QWidget):
    """What is missing, and the buttons that mend it."""

    #: The ``Request`` of the button that was pressed.
    chosen = Signal(object)

    def __init__(
        self, icon: str, title: str, text: str, actions: Sequence[tuple[str, str, Request]] = ()
    ) -> None:
        """Show *title*, *text* and one button for each ``(text, icon, request)``."""
        super().__init__()
        self._icon = icon
        self._said = (title, text, tuple(actions))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 16)
        layout.setSpacing(6)
        layout.addStretch(1)
        layout.addSpacing(_EMBLEM + 10)
        heading = PlainLabel(title, "body", weight=600)
        sentence = PlainLabel(text, "body-dense", "text2")
        for label in (heading, sentence):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        sentence.setMaximumWidth(theme.scaled(_TEXT_WIDTH))
        layout.addWidget(heading)
        centred = QHBoxLayout()
        centred.addWidget(sentence)
        layout.addLayout(centred)
        layout.addSpacing(8)
        layout.addLayout(self._buttons(actions))
        layout.addStretch(1)
        self._heading = heading

    def says_the_same(self, other: EmptyState) -> bool:
        """Return whether *other* has the same words and buttons."""
        return self._said == other._said

    def _buttons(self, actions: Sequence[tuple[str, str, Request]]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for index, (text, icon, request) in enumerate(actions):
            button = ActionButton(text, request, "secondary" if index else "primary", icon)
            button.chosen.connect(self.chosen)
            row.addWidget(button)
        row.addStretch(1)
        return row

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the grey emblem above the words, where there is room."""
        top = self._heading.y() - _EMBLEM - 14
        if top < 0:
            return
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF((self.width() - _EMBLEM) / 2, top, _EMBLEM, _EMBLEM)
        pen = QPen(look.colour("track"), 8)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([0.8, 0.25])
        painter.setPen(pen)
        painter.drawEllipse(box.adjusted(5, 5, -5, -5))
        edge = 24
        pixmap = theme.icon_pixmap(self._icon, "muted", edge, self.devicePixelRatioF())
        painter.drawPixmap(box.center() - QPointF(edge / 2, edge / 2), pixmap)


class Skeleton(QWidget):
    """Grey shapes in the final layout while figures are being read."""

    def __init__(self, rows: tuple[tuple[float, ...], ...], *, has_ring: bool = False) -> None:
        """Draw each row as fractions of the width."""
        super().__init__()
        self._rows = rows
        self._has_ring = has_ring
        self._phase = 0.0
        self._shimmer = QVariantAnimation(self)
        self._shimmer.setStartValue(0.0)
        self._shimmer.setEndValue(1.0)
        self._shimmer.setLoopCount(-1)
        self._shimmer.valueChanged.connect(self._step)
        self._label = PlainLabel("", "caption", "muted")
        self._label.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.dock_padding_x, 0, SIZES.dock_padding_x, 10)
        layout.addStretch(1)
        layout.addWidget(self._label)

    def set_sentence(self, sentence: str) -> None:
        """Say what is being read."""
        self._label.set_plain(sentence)
        self.setAccessibleName(sentence)

    def start(self) -> None:
        """Let the shapes shimmer while they are in view, unless motion is reduced."""
        milliseconds = theme.duration_ms("shimmer")
        if milliseconds and self.isVisible():
            self._shimmer.setDuration(milliseconds)
            self._shimmer.start()

    def stop(self) -> None:
        """Hold the shapes still."""
        self._shimmer.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """Shimmer when coming into view."""
        super().showEvent(event)
        self.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stand still out of view."""
        super().hideEvent(event)
        self.stop()

    @Slot(object)
    def _step(self, phase: float) -> None:
        self._phase = phase
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows as rounded bars."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        width = self.width()
        gradient = QLinearGradient(width * (self._phase * 2 - 1), 0, width * self._phase * 2, 0)
        gradient.setColorAt(0, look.colour("skel"))
        gradient.setColorAt(0.5, look.colour("skel2"))
        gradient.setColorAt(1, look.colour("skel"))
        painter.setBrush(gradient)
        left = float(SIZES.dock_padding_x)
        room = width - 2 * left
        top = 18.0
        height = theme.scaled(10)
        bottom = self._label.y() - 2 * height
        while top < bottom:
            for row in self._rows:
                self._paint_row(painter, row, QRectF(left, top, room, height))
                top += theme.scaled(SIZES.row)
                if top >= bottom:
                    break

    @staticmethod
    def _paint_row(painter: QPainter, row: tuple[float, ...], room: QRectF) -> None:
        offset = room.left()
        for index, fraction in enumerate(row):
            part = fraction * room.width()
            if index % 2 == 0:
                box = QRectF(offset, room.top(), part * 0.9, room.height())
                painter.drawRoundedRect(box, room.height() / 2, room.height() / 2)
            offset += part
