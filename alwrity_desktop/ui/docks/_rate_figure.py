"""A figure of this minute, with the last hour minute by minute below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.widgets import PlainLabel

_HEIGHT = 34
_LEAST_WIDTH = 90
_PAST = 0.55


class HourBars(QWidget):
    """The last hour, a bar for each minute."""

    def __init__(self) -> None:
        """Make bars without values."""
        super().__init__()
        self._values: tuple[int, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_values(self, values: Sequence[int]) -> None:
        """Show *values*, oldest first."""
        if tuple(values) != self._values:
            self._values = tuple(values)
            self.update()

    def sizeHint(self) -> QSize:
        """Return a small height."""
        return QSize(theme.scaled(_LEAST_WIDTH * 2), theme.scaled(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Return the least room in which the bars can be told apart."""
        return QSize(theme.scaled(_LEAST_WIDTH), theme.scaled(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the zero line, and a bar for each minute in which something ran."""
        look = theme.current()
        painter = QPainter(self)
        bottom = self.height() - 2
        painter.fillRect(0, bottom, self.width(), 1, look.colour("axis"))
        most = max(self._values, default=0)
        step = self.width() / max(1, len(self._values))
        last = len(self._values) - 1
        for index, value in enumerate(self._values):
            if value <= 0:
                continue
            height = max(2.0, (bottom - 2) * value / most)
            box = QRectF(index * step, bottom - height, max(1.0, step - 1), height)
            painter.fillRect(box, look.colour("info.mark", 1 if index == last else _PAST))


class RateFigure(QWidget):
    """Caption, value, bars and a note."""

    def __init__(self, caption: str, note: str) -> None:
        """Make a figure without a value; *note* says what the bars are."""
        super().__init__()
        self._caption = caption
        self._value = PlainLabel("", "subheading", weight=700)
        self._most = PlainLabel(note, "caption", "muted")
        self.bars = HourBars()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(PlainLabel(caption, "caption", "muted"))
        column.addWidget(self._value)
        column.addWidget(self.bars)
        column.addWidget(self._most)

    def show_rate(
        self, now: int | None, hour: Sequence[int], write: Callable[[int | None], str], note: str
    ) -> None:
        """Show this minute's value and those of the hour, as *write* puts them."""
        self._value.set_plain(write(now))
        self.bars.set_values(hour)
        self._most.set_plain(note)
        self.setAccessibleName(f"{self._caption}: {write(now)}. {note}")
