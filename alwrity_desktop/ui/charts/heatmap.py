"""A heatmap: cells in rows and columns, read by pointer and by keys."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.widgets.focus import BY_KEYBOARD
from alwrity_desktop.ui.widgets.labels import plain_tooltip

_POWER = 0.8
_GAP = 2.0
_RADIUS = 2.0
_MIN_CELL = 7
_MAX_CELL = 26
_LABEL_GAP = 6
_MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class HeatCell(msgspec.Struct, frozen=True):
    """One cell: how much it holds, and what is said of it."""

    amount: float
    words: str


class HeatData(msgspec.Struct, frozen=True):
    """Rows of cells; None where there is none."""

    rows: tuple[tuple[HeatCell | None, ...], ...]
    row_labels: tuple[str, ...]
    #: (column, text), told where they fit.
    column_labels: tuple[tuple[int, str], ...]


class Heatmap(QWidget):
    """Cells from nothing to the most, the busiest outlined."""

    #: Row and column of the cell that was clicked or opened with Return.
    opened = Signal(int, int)
    #: The words of the cell to which the keys went.
    told = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """Make an empty map called *name*."""
        super().__init__(parent)
        self._name = name
        self._data = HeatData((), (), ())
        self._most = 0.0
        self._busiest: tuple[int, int] | None = None
        self._at: tuple[int, int] | None = None
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.bus().changed.connect(self._fit)

    def set_data(self, data: HeatData, summary: str) -> None:
        """Show *data*; *summary* is what a screen reader is told of it."""
        self._data = data
        cells = [
            (cell.amount, (row, column))
            for row, cells in enumerate(data.rows)
            for column, cell in enumerate(cells)
            if cell is not None
        ]
        self._most = max((amount for amount, _ in cells), default=0.0)
        self._busiest = max(cells)[1] if self._most > 0 else None
        if self._at is not None and self.cell(*self._at) is None:
            self._at = None
        self.setAccessibleName(f"{self._name}. {summary}")
        self._fit()
        self.update()

    def cell(self, row: int, column: int) -> HeatCell | None:
        """Return a cell, None where there is none."""
        if not (0 <= row < len(self._data.rows) and 0 <= column < len(self._data.rows[row])):
            return None
        return self._data.rows[row][column]

    def sizeHint(self) -> QSize:
        """Return the height of the rows at the present width."""
        return QSize(360, self.heightForWidth(max(self.width(), 240)))

    def minimumSizeHint(self) -> QSize:
        """Return the smallest legible map."""
        return QSize(self._left() + self._columns() * _MIN_CELL, self.heightForWidth(0))

    def hasHeightForWidth(self) -> bool:
        """Cells grow with the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of the rows where the map is *width* wide."""
        line = QFontMetrics(theme.font("caption")).height()
        height = max(self._side(width), line) if len(self._data.row_labels) > 1 else line
        return line + _LABEL_GAP + round(height * len(self._data.rows)) + 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the height that the width asks for."""
        self._fit()

    @Slot()
    def _fit(self) -> None:
        self.setFixedHeight(self.heightForWidth(self.width()))

    def _columns(self) -> int:
        return max((len(row) for row in self._data.rows), default=1)

    def _left(self) -> int:
        metrics = QFontMetrics(theme.font("caption"))
        widest = max((metrics.horizontalAdvance(text) for text in self._data.row_labels), default=0)
        return widest + _LABEL_GAP

    def _side(self, width: int) -> float:
        room = max(0, width - self._left()) / max(1, self._columns())
        return min(max(room, _MIN_CELL), theme.scaled(_MAX_CELL))

    def _box(self, row: int, column: int) -> QRectF:
        line = QFontMetrics(theme.font("caption")).height()
        width = max(0, self.width() - self._left()) / max(1, self._columns())
        height = max(self._side(self.width()), line)
        width = min(width, height * 2)
        top = line + _LABEL_GAP + row * height
        box = QRectF(self._left() + column * width, top, width, height)
        return box.adjusted(0, 0, -_GAP, -_GAP)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw labels and cells."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_labels(painter)
        for row, cells in enumerate(self._data.rows):
            for column, cell in enumerate(cells):
                if cell is not None:
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(self._shade(cell.amount))
                    painter.drawRoundedRect(self._box(row, column), _RADIUS, _RADIUS)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._busiest is not None:
            box = self._box(*self._busiest)
            painter.setPen(QPen(theme.current().colour("surface"), 2))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), _RADIUS, _RADIUS)
            painter.setPen(QPen(theme.current().colour("text"), 1.5))
            painter.drawRoundedRect(box, _RADIUS, _RADIUS)
        if self._at is not None and self.hasFocus():
            painter.setPen(QPen(theme.current().colour("focus"), 2))
            painter.drawRoundedRect(self._box(*self._at).adjusted(-1, -1, 1, 1), 3, 3)

    def _paint_labels(self, painter: QPainter) -> None:
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.current().colour("muted"))
        metrics = painter.fontMetrics()
        for row, text in enumerate(self._data.row_labels):
            box = self._box(row, 0)
            box.setLeft(0)
            box.setWidth(self._left() - _LABEL_GAP)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        free_from = 0.0
        for column, text in self._data.column_labels:
            left = self._box(0, column).left()
            width = metrics.horizontalAdvance(text)
            if left >= free_from and left + width <= self.width():
                painter.drawText(QRectF(left, 0, width + 1, metrics.height()), text)
                free_from = left + width + _LABEL_GAP

    def _shade(self, amount: float) -> QColor:
        steps = theme.current().heat
        if amount <= 0 or self._most <= 0:
            return QColor(steps[0])
        place = (amount / self._most) ** _POWER * (len(steps) - 2)
        index = min(int(place), len(steps) - 3)
        one, other, part = QColor(steps[index + 1]), QColor(steps[index + 2]), place - index
        return QColor.fromRgbF(
            one.redF() + part * (other.redF() - one.redF()),
            one.greenF() + part * (other.greenF() - one.greenF()),
            one.blueF() + part * (other.blueF() - one.blueF()),
        )

    def _under(self, point: QPoint) -> tuple[int, int] | None:
        for row, cells in enumerate(self._data.rows):
            for column, cell in enumerate(cells):
                if cell is not None and self._box(row, column).contains(point):
                    return row, column
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what the cell under the pointer holds."""
        at = self._under(event.position().toPoint())
        cell = None if at is None else self.cell(*at)
        plain_tooltip(self, "" if cell is None else cell.words)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the cell that was clicked."""
        at = self._under(event.position().toPoint())
        if at is not None and event.button() == Qt.MouseButton.LeftButton:
            self._at = at
            self.opened.emit(*at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from cell to cell with the arrows; open one with Return."""
        move = _MOVES.get(Qt.Key(event.key()))
        if move is not None and self._data.rows:
            self._go(*move)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and self._at:
            self.opened.emit(*self._at)
        else:
            super().keyPressEvent(event)

    def _go(self, down: int, right: int) -> None:
        row, column = self._at or self._busiest or (0, 0)
        if self._at is not None:
            row, column = row + down, column + right
        cell = self.cell(row, column)
        if cell is None:
            return
        self._at = row, column
        self.setAccessibleDescription(cell.words)
        self.told.emit(cell.words)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys begin, where the focus came by the keyboard."""
        super().focusInEvent(event)
        if event.reason() in BY_KEYBOARD and self._at is None:
            self._go(0, 0)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the mark of the keys away."""
        super().focusOutEvent(event)
        self.update()
