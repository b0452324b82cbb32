"""A slider over a few chosen values, with its value in words beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.widgets.focus import BY_KEYBOARD

_PAGE = 5
_WIDTH = 240
_LEAST_WIDTH = 120
_KNOB = 8
_TRACK = 4


class StopSlider(QSlider):
    """A slider that stops at *stops* only, evenly spaced whatever lies between them."""

    #: The value at the stop.
    moved_to = Signal(int)

    def __init__(
        self,
        name: str,
        stops: Sequence[int],
        write: Callable[[int], str],
        home: int,
        parent: QWidget | None = None,
    ) -> None:
        """Make a slider called *name*; *write* puts a value in words, *home* is marked."""
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._name = name
        self._stops = tuple(stops)
        self._write = write
        self._home = home
        self._has_focus_ring = False
        self.setRange(0, len(self._stops) - 1)
        self.setPageStep(_PAGE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setValue(self._stops.index(home))
        self._describe()
        self.valueChanged.connect(self._tell)
        theme.bus().changed.connect(self.updateGeometry)

    @property
    def stop(self) -> int:
        """The value where the slider stands."""
        return self._stops[self.value()]

    def go(self, stop: int) -> None:
        """Move to one of the stops."""
        self.setValue(self._stops.index(stop))

    @Slot()
    def _tell(self) -> None:
        self._describe()
        self.moved_to.emit(self.stop)

    def _describe(self) -> None:
        self.setAccessibleName(f"{self._name}: {self._write(self.stop)}")

    def _knob(self) -> int:
        return theme.scaled(_KNOB)

    def _x(self, place: int) -> float:
        knob = self._knob()
        room = self.width() - 2 * knob - 4
        return knob + 2 + room * place / max(1, self.maximum())

    def _place(self, x: float) -> int:
        room = max(1.0, self._x(self.maximum()) - self._x(0))
        share = (x - self._x(0)) / room
        return min(max(round(share * self.maximum()), 0), self.maximum())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the stop nearest to the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setValue(self._place(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer from stop to stop."""
        if self.isSliderDown():
            self.setValue(self._place(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stay where the pointer let go; a double click or the middle button changes nothing."""
        self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go home."""
        self.go(self._home)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go home with 0; the arrows, Page up and down, Home and End do what they always do."""
        self._has_focus_ring = True
        self.update()
        if event.key() == Qt.Key.Key_0:
            self.go(self._home)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring, where the focus came by the keyboard."""
        super().focusInEvent(event)
        self._has_focus_ring = event.reason() in BY_KEYBOARD
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for the track and the knob with its ring."""
        return QSize(theme.scaled(_WIDTH), 2 * self._knob() + 8)

    def minimumSizeHint(self) -> QSize:
        """Return the shortest track on which the stops can be told apart."""
        return QSize(theme.scaled(_LEAST_WIDTH), 2 * self._knob() + 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the track, the mark at home, and the knob."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, height = self.height() / 2, theme.scaled(_TRACK)
        left, right, at = self._x(0), self._x(self.maximum()), self._x(self.value())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("track"))
        painter.drawRoundedRect(QRectF(left, middle - height / 2, right - left, height), 2, 2)
        painter.setBrush(look.colour("info.mark"))
        painter.drawRoundedRect(QRectF(left, middle - height / 2, at - left, height), 2, 2)
        home = self._x(self._stops.index(self._home))
        painter.setPen(QPen(look.colour("muted"), 1))
        painter.drawLine(QPointF(home, middle - height - 2), QPointF(home, middle + height + 2))
        painter.setPen(QPen(look.colour("surface"), 2))
        painter.setBrush(look.colour("info.mark"))
        painter.drawEllipse(QPointF(at, middle), self._knob() - 1, self._knob() - 1)
        if self.hasFocus() and self._has_focus_ring:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look.colour("focus"), 2))
            painter.drawEllipse(QPointF(at, middle), self._knob() + 2, self._knob() + 2)
