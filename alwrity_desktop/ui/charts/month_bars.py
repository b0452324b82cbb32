"""Bars of the last months; the present one is hatched up to its forecast."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.charts.pens import painter_pen
from alwrity_desktop.ui.tokens import PAST_BAR_OPACITY
from alwrity_desktop.ui.widgets.focus import BY_KEYBOARD
from alwrity_desktop.ui.widgets.labels import plain_tooltip
from alwrity_desktop.ui.widgets.motion import Tween

_BAR_SHARE = 0.66
_MAX_BAR = 56.0
_RADIUS = 2.0
_BESIDE = 2.0
"""So many pixels a caption may be wider than the bar that it stands in."""
_HEADROOM = 1.08
_LINES_WITH_CHANGES = 8
"""A lower chart has no room for a second line below its bars."""

_OPENING = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space})
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class Bar(msgspec.Struct, frozen=True):
    """One month."""

    label: str
    value: float
    #: What stands on the bar.
    caption: str
    tooltip: str
    is_unfinished: bool = False
    #: Where an unfinished bar will end, and its caption.
    expected: float | None = None
    expected_caption: str = ""
    #: Against the month before; "" where nothing can be said.
    change: str = ""


class MonthBars(QWidget):
    """Bars on one zero line, with an optional budget line."""

    #: The index of the bar that was clicked.
    bar_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a chart without bars."""
        super().__init__(parent)
        self._bars: tuple[Bar, ...] = ()
        self._budget: float | None = None
        self._budget_label = ""
        self._reveal = 1.0
        self._hovered = -1
        self._at = -1
        self._tween = Tween(self, "fill", self._set_reveal)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_bars(self, bars: Sequence[Bar], budget: float | None, budget_label: str) -> None:
        """Show *bars* and, where there is one, the line of a budget."""
        self._bars = tuple(bars)
        self._budget, self._budget_label = budget, budget_label
        self.setAccessibleName("; ".join(bar.tooltip for bar in bars))
        self._tween.go(1.0)
        self.update()

    def _set_reveal(self, value: float) -> None:
        self._reveal = value
        self.update()

    def sizeHint(self) -> QSize:
        """Return a size beside the curve."""
        return QSize(276, 220)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size with legible labels."""
        return QSize(160, 100)

    def _plot(self) -> QRectF:
        line = QFontMetrics(theme.font("caption")).height()
        below = line * 2 + 2 if self._has_changes() else line
        return QRectF(self.rect()).adjusted(2, line + 4, -2, -below - 8)

    def _has_changes(self) -> bool:
        """Return whether there is room for a line of changes, and something to say in it."""
        metrics = QFontMetrics(theme.font("caption"))
        widest = max((metrics.horizontalAdvance(bar.change) for bar in self._bars), default=0)
        room = self.width() / max(1, len(self._bars))
        return 0 < widest <= room and self.height() >= metrics.height() * _LINES_WITH_CHANGES

    def _top_value(self) -> float:
        values = [max(bar.value, bar.expected or 0.0) for bar in self._bars]
        return max(*values, self._budget or 0.0, 1e-9) * _HEADROOM if values else 1.0

    def _bar_box(self, index: int, value: float) -> QRectF:
        plot = self._plot()
        slot = plot.width() / len(self._bars)
        width = min(slot * _BAR_SHARE, _MAX_BAR)
        height = value / self._top_value() * plot.height() * self._reveal
        left = plot.left() + slot * (index + 0.5) - width / 2
        return QRectF(left, plot.bottom() - height, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bars, budget line and labels."""
        if not self._bars:
            return
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot = self._plot()
        for index, bar in enumerate(self._bars):
            self._paint_bar(painter, index, bar)
        painter.setPen(QPen(look.colour("axis"), 1))
        base = round(plot.bottom()) + 0.5
        painter.drawLine(QPointF(plot.left(), base), QPointF(plot.right(), base))
        self._paint_budget(painter, plot)
        for index, bar in enumerate(self._bars):
            self._paint_label(painter, index, bar)
        if self.hasFocus() and 0 <= self._at < len(self._bars):
            slot = plot.width() / len(self._bars)
            box = QRectF(plot.left() + slot * self._at, 1, slot, self.height() - 2)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look.colour("focus"), 2))
            painter.drawRoundedRect(box, 4, 4)

    def _paint_bar(self, painter: QPainter, index: int, bar: Bar) -> None:
        look = theme.current()
        if bar.expected is not None and bar.expected > bar.value:
            box = self._bar_box(index, bar.expected).adjusted(0.75, 0.75, -0.75, 0)
            hatch = QBrush(look.colour("info.mark", 0.55), Qt.BrushStyle.BDiagPattern)
            painter.fillRect(box, look.colour("info.mark", 0.08))
            painter.fillRect(box, hatch)
            pen = QPen(look.colour("info.mark"), 1.5)
            pen.setDashPattern([2.6, 2])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, _RADIUS, _RADIUS)
        opacity = 1.0 if bar.is_unfinished or index == self._hovered else PAST_BAR_OPACITY
        box = self._bar_box(index, bar.value)
        path = QPainterPath()
        path.addRoundedRect(box.adjusted(0, 0, 0, _RADIUS), _RADIUS, _RADIUS)
        painter.save()
        painter.setClipRect(box)
        painter.fillPath(path, look.colour("info.mark", opacity))
        painter.restore()

    def _paint_budget(self, painter: QPainter, plot: QRectF) -> None:
        if self._budget is None:
            return
        y = plot.bottom() - self._budget / self._top_value() * plot.height()
        painter.setPen(painter_pen("budget", "danger.mark"))
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        painter.setFont(theme.font("caption", 600))
        painter.setPen(theme.current().colour("danger.text"))
        height = painter.fontMetrics().height()
        words = QRectF(plot.left(), y - height - 2, plot.width(), height)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft, self._budget_label)

    def _paint_label(self, painter: QPainter, index: int, bar: Bar) -> None:
        look = theme.current()
        plot = self._plot()
        slot = plot.width() / len(self._bars)
        left = plot.left() + slot * index
        painter.setFont(theme.font("caption", 600 if bar.is_unfinished else 400))
        height = painter.fontMetrics().height()
        painter.setPen(look.colour("text" if bar.is_unfinished else "muted"))
        below = QRectF(left - 8, plot.bottom() + 6, slot + 16, height)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, bar.label)
        if self._has_changes():
            painter.setFont(theme.font("caption"))
            painter.setPen(look.colour("muted"))
            below.translate(0, height + 2)
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, bar.change)
            painter.setFont(theme.font("caption", 600 if bar.is_unfinished else 400))
        value = bar.value if bar.expected is None else max(bar.value, bar.expected)
        caption = bar.expected_caption if bar.expected is not None else bar.caption
        box = self._bar_box(index, value)
        is_narrow = painter.fontMetrics().horizontalAdvance(caption) <= box.width() + _BESIDE
        fits_inside = box.height() > height + 6 and is_narrow and bar.expected is None
        top = box.top() + 3 if fits_inside else box.top() - height - 1
        top = self._clear_of_budget(top, height)
        words = QRectF(left - 8, top, slot + 16, height)
        painter.setPen(look.colour("text"))
        painter.drawText(words, Qt.AlignmentFlag.AlignHCenter, caption)

    def _clear_of_budget(self, top: float, height: int) -> float:
        """Return where a caption stands so that the budget line does not cross it."""
        if self._budget is None:
            return top
        plot = self._plot()
        y = plot.bottom() - self._budget / self._top_value() * plot.height()
        return y - height - 1 if top - 1 < y < top + height + 1 else top

    def _bar_at(self, x: float) -> int:
        plot = self._plot()
        if not self._bars or not plot.left() <= x <= plot.right():
            return -1
        return min(int((x - plot.left()) / plot.width() * len(self._bars)), len(self._bars) - 1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Name the bar under the pointer."""
        index = self._bar_at(event.position().x())
        if index != self._hovered:
            self._hovered = index
            plain_tooltip(self, self._bars[index].tooltip if index >= 0 else "")
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from bar to bar with the arrows; open one with Return."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None and self._bars:
            self._go(self._at + step)
        elif event.key() in _OPENING and self._at >= 0:
            self.bar_clicked.emit(self._at)
        else:
            super().keyPressEvent(event)

    def _go(self, index: int) -> None:
        self._at = min(max(index, 0), len(self._bars) - 1)
        self.setAccessibleDescription(self._bars[self._at].tooltip)
        place = self._bar_box(self._at, self._bars[self._at].value).topLeft().toPoint()
        QToolTip.showText(self.mapToGlobal(place), self._bars[self._at].tooltip, self)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin at the present month, where the focus came by the keyboard."""
        super().focusInEvent(event)
        if event.reason() in BY_KEYBOARD and self._bars:
            self._go(self._at if self._at >= 0 else len(self._bars) - 1)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the mark of the keys away."""
        super().focusOutEvent(event)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell which bar was clicked."""
        index = self._bar_at(event.position().x())
        if index >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.bar_clicked.emit(index)
