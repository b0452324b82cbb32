"""A field of several lines, one thing in each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy

from alwrity_desktop.ui import theme

_SHOWN: Final = 3
_AROUND: Final = 20
"""The frame, and the margins of the text."""


class LinesEdit(QPlainTextEdit):
    """Tab leaves it as it leaves any field; Return begins another line."""

    #: The person went to another field.
    left = Signal()

    def __init__(self, lines: Iterable[str], example: str) -> None:
        """Show *lines*; *example* stands where there are none."""
        super().__init__()
        self.setPlainText("\n".join(lines))
        self.setPlaceholderText(example)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines with something in them."""
        found = (line.strip() for line in self.toPlainText().split("\n"))
        return tuple(line for line in found if line)

    def sizeHint(self) -> QSize:
        """Return the room of three lines; more of them scroll."""
        height = self.fontMetrics().lineSpacing() * _SHOWN + theme.scaled(_AROUND)
        return QSize(super().sizeHint().width(), height)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the field was left."""
        super().focusOutEvent(event)
        self.left.emit()
