"""A line of words in which some are stronger: no markup, so that nothing can slip in."""

from __future__ import annotations

import re
from typing import Final

import msgspec
from PySide6.QtCore import QRect, QSize, Qt, Slot
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.widgets import plain_tooltip

_PLACE: Final = re.compile(r"\{(\w+)\}")


class Run(msgspec.Struct, frozen=True):
    """Words in one look."""

    text: str
    is_strong: bool = False
    #: Space before the run, logical pixels.
    gap: int = 0
    #: Type and colour where they differ from the line's own.
    type_role: str = ""
    colour: str = ""


def runs(template: str, **strong: str) -> tuple[Run, ...]:
    """Return *template* as runs, with each ``{name}`` replaced by its strong words.

    >>> runs("{calls} calls", calls="14")
    (Run(text='14', is_strong=True, gap=0, type_role='', colour=''), Run(text=' calls', ...))
    """
    found: list[Run] = []
    for index, part in enumerate(_PLACE.split(template)):
        is_strong = index % 2 == 1
        if part:
            found.append(Run(strong[part] if is_strong else part, is_strong))
    return tuple(found)


def plain(line: tuple[Run, ...]) -> str:
    """Return the words of *line* as one text."""
    return "".join(("  " if run.gap else "") + run.text for run in line)


class Sentence(QWidget):
    """Paints runs on one line; what does not fit is shortened, and whole in the tooltip."""

    def __init__(
        self,
        type_role: str = "body",
        colour: str = "text2",
        *,
        is_right: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Make an empty line in a type and a colour of the theme."""
        super().__init__(parent)
        self._type_role = type_role
        self._colour = colour
        self._is_right = is_right
        self._runs: tuple[Run, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.bus().changed.connect(self._dress)

    def set_runs(self, line: tuple[Run, ...]) -> None:
        """Show *line*."""
        if line == self._runs:
            return
        self._runs = line
        self.setAccessibleName(plain(line))
        self._dress()

    @Slot()
    def _dress(self) -> None:
        self.updateGeometry()
        self._describe()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say everything in the tooltip where it no longer fits."""
        super().resizeEvent(event)
        self._describe()

    def _describe(self) -> None:
        is_cut = self.sizeHint().width() > self.width()
        plain_tooltip(self, plain(self._runs) if is_cut else "")

    def sizeHint(self) -> QSize:
        """Return the room for all the words."""
        width = sum(
            run.gap + QFontMetrics(self._font(run)).horizontalAdvance(run.text)
            for run in self._runs
        )
        return QSize(width + 1, QFontMetrics(theme.font(self._type_role)).height())

    def minimumSizeHint(self) -> QSize:
        """Return little width: the line can be shortened."""
        return QSize(40, self.sizeHint().height())

    def _font(self, run: Run) -> QFont:
        return theme.font(run.type_role or self._type_role, 600 if run.is_strong else None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw run after run on one base line."""
        look = theme.current()
        painter = QPainter(self)
        line = QFontMetrics(theme.font(self._type_role))
        base = (self.height() - line.height()) // 2 + line.ascent()
        left = max(0, self.width() - self.sizeHint().width()) if self._is_right else 0
        for run in self._runs:
            painter.setFont(self._font(run))
            if run.gap:
                left += run.gap
                # An aside is whole or absent; the tooltip has it.
                if left + painter.fontMetrics().horizontalAdvance(run.text) > self.width():
                    break
            painter.setPen(look.colour(run.colour or ("text" if run.is_strong else self._colour)))
            metrics = painter.fontMetrics()
            text = metrics.elidedText(run.text, Qt.TextElideMode.ElideRight, self.width() - left)
            top = base - metrics.ascent()
            box = QRect(left, top, self.width() - left, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, text)
            left += metrics.horizontalAdvance(run.text)
            if left >= self.width():
                break
