"""A limit as a bar with its name, amounts and percentage."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.tokens import SIZES, STATUS_ICONS
from alwrity_desktop.ui.widgets.focus import Clickable
from alwrity_desktop.ui.widgets.labels import plain_tooltip
from alwrity_desktop.ui.widgets.motion import Tween

_TICK_OVERHANG = 2
_PERCENT_GAP = 14


def paint_bar(
    painter: QPainter, box: QRectF, fraction: float, mark: str, tick: float | None = None
) -> None:
    """Paint a bar filled to *fraction*, with a tick at the fraction *tick*."""
    look = theme.current()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour("track"))
    radius = box.height() / 2
    painter.drawRoundedRect(box, radius, radius)
    if fraction > 0:
        filled = QRectF(box)
        filled.setWidth(max(box.height(), box.width() * min(fraction, 1.0)))
        painter.setBrush(look.colour(mark))
        painter.drawRoundedRect(filled, radius, radius)
    if tick is not None and 0 < tick < 1:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(QPen(look.colour("muted"), 1))
        x = round(box.left() + box.width() * tick)
        top, bottom = round(box.top()) - _TICK_OVERHANG, round(box.bottom()) + _TICK_OVERHANG
        painter.drawLine(x, top, x, bottom)
    painter.restore()


class LimitBar(Clickable):
    """One limit: name, what is used of it, percent and bar. It can be clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a bar without a limit."""
        super().__init__(parent)
        self._name = self._amount = self._percent_text = ""
        self._status = "info"
        self._tick: float | None = None
        self._shown = 0.0
        self._tween = Tween(self, "fill", self._set_shown)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_limit(self, name: str, amount: str, percent_text: str, percent: float) -> None:
        """Show a limit that *percent* are used of."""
        self._name, self._amount, self._percent_text = name, amount, percent_text
        self.setAccessibleName(f"{name}: {amount}, {percent_text}")
        self._tween.go(percent / 100)
        self._describe()
        self.update()

    def set_marks(self, status: str, tick_percent: int | None) -> None:
        """Take the colour of *status* ("info", "warning", "danger") and the threshold's tick."""
        self._status = status
        self._tick = None if tick_percent is None else tick_percent / 100
        self.update()

    def _set_shown(self, value: float) -> None:
        self._shown = value
        self.update()

    def sizeHint(self) -> QSize:
        """Return a row of the height that the text needs."""
        height = QFontMetrics(theme.font("body-dense")).height() + 6 + SIZES.bar + 4
        return QSize(260, max(theme.scaled(SIZES.limit_row), height))

    def minimumSizeHint(self) -> QSize:
        """Return what holds the amounts and a little of the name."""
        return QSize(150, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say the whole name in the tooltip where it no longer fits."""
        super().resizeEvent(event)
        self._describe()

    def _describe(self) -> None:
        needed = QFontMetrics(theme.font("body-dense", 600)).horizontalAdvance(self._name)
        is_cut = needed > self._name_room()
        plain_tooltip(self, f"{self._name}: {self._amount}" if is_cut else "")

    def _has_icon(self) -> bool:
        return self._status != "info"

    def _amount_right(self) -> int:
        widest = QFontMetrics(theme.font("body-dense", 600)).horizontalAdvance("100%")
        needed = QFontMetrics(theme.font("body-dense", 600)).horizontalAdvance(self._percent_text)
        return self.width() - max(widest, needed) - _PERCENT_GAP + 4

    def _name_room(self) -> int:
        amount = QFontMetrics(theme.font("caption")).horizontalAdvance(self._amount)
        icon = theme.scaled(SIZES.icon_pill) + 6 if self._has_icon() else 0
        return self._amount_right() - amount - 8 - icon

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the words above the bar."""
        look = theme.current()
        painter = QPainter(self)
        line = QRect(0, 0, self.width(), QFontMetrics(theme.font("body-dense")).height())
        left = self._paint_icon(painter, line)
        warns = self._has_icon()
        self._paint_name(painter, line.adjusted(left, 0, 0, 0), 600 if warns else 400)
        painter.setFont(theme.font("caption"))
        painter.setPen(look.colour("muted"))
        vertical = Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight
        amounts = QRect(0, 0, self._amount_right(), line.height())
        painter.drawText(amounts, vertical | right, self._amount)
        painter.setFont(theme.font("body-dense", 600))
        painter.setPen(look.colour(f"{self._status}.text" if warns else "text"))
        painter.drawText(line, vertical | right, self._percent_text)
        bar = QRectF(0, line.bottom() + 6, self.width(), SIZES.bar)
        paint_bar(painter, bar, self._shown, f"{self._status}.mark", self._tick)
        self.paint_focus(painter)

    def _paint_icon(self, painter: QPainter, line: QRect) -> int:
        if not self._has_icon():
            return 0
        edge = theme.scaled(SIZES.icon_pill)
        pixmap = theme.icon_pixmap(
            STATUS_ICONS[self._status], f"{self._status}.mark", edge, self.devicePixelRatioF()
        )
        painter.drawPixmap(QPoint(0, (line.height() - edge) // 2), pixmap)
        return edge + 6

    def _paint_name(self, painter: QPainter, box: QRect, weight: int) -> None:
        painter.setFont(theme.font("body-dense", weight))
        painter.setPen(theme.current().colour("text"))
        name = painter.fontMetrics().elidedText(
            self._name, Qt.TextElideMode.ElideRight, self._name_room()
        )
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)
