"""Keyboard focus that is seen when it came by the keyboard, and not after a click."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from alwrity_desktop.ui import theme

BY_KEYBOARD = frozenset(
    {
        Qt.FocusReason.TabFocusReason,
        Qt.FocusReason.BacktabFocusReason,
        Qt.FocusReason.ShortcutFocusReason,
    }
)
"""Reasons for which the focus is shown."""

BUTTON_FOCUS = Qt.FocusPolicy.TabFocus
"""A click on a button leaves the focus where it was: a ring would stay behind, and a button
that is disabled by its own click would hand it to whatever comes next."""


class Clickable(QWidget):
    """A painted widget that is opened by a click, by Return or by Space."""

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a widget that takes the focus."""
        super().__init__(parent)
        self._has_focus_ring = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def paint_focus(self, painter: QPainter) -> None:
        """Draw the focus ring, where the focus came by the keyboard."""
        if self._has_focus_ring:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.current().colour("focus"), 2))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self._has_focus_ring = event.reason() in BY_KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self._has_focus_ring = False
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open with a click."""
        is_inside = self.rect().contains(event.position().toPoint())
        if is_inside and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Return or Space."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.clicked.emit()
        else:
            super().keyPressEvent(event)
