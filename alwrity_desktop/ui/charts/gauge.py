"""A half-circle gauge: how much of a limit is used, where it warns, where it will end."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets.motion import Tween

_HALF_TURN = 180.0
_SIXTEENTHS = 16
_TICK_OVERHANG = 5
_FORECAST_RADIUS = 4.5
_LABEL_ROOM = 19


def _radius() -> int:
    return theme.scaled(SIZES.gauge_radius)


def _stroke() -> int:
    return theme.scaled(SIZES.gauge_stroke)


class Gauge(QWidget):
    """A gauge with its percentage in the middle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make an empty gauge."""
        super().__init__(parent)
        self._shown = 0.0
        self._heading = self._caption = ""
        self._status = "info"
        self._tick_percent: int | None = None
        self._forecast_percent: float | None = None
        self._tween = Tween(self, "fill", self._set_shown)
        theme.bus().changed.connect(self.updateGeometry)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_value(self, percent: float, heading: str, caption: str, status: str) -> None:
        """Show *percent* in the colour of *status*, with *heading* and *caption* inside."""
        self._heading, self._caption, self._status = heading, caption, status
        self.setAccessibleName(f"{heading} {caption}")
        self._tween.go(percent)
        self.update()

    def set_marks(self, tick_percent: int | None, forecast_percent: float | None) -> None:
        """Mark the first threshold, and where the period will end."""
        self._tick_percent, self._forecast_percent = tick_percent, forecast_percent
        self.update()

    def _set_shown(self, value: float) -> None:
        self._shown = value
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for the arc and the tick's label."""
        width = 2 * _radius() + _stroke() + 2 * theme.scaled(_LABEL_ROOM)
        return QSize(width, _radius() + _stroke() + theme.scaled(_LABEL_ROOM))

    def minimumSizeHint(self) -> QSize:
        """Return the same: a gauge keeps its shape."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw track, value, marks and words."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre = QPointF(self.width() / 2, self.height() - _stroke() / 2 - 6)
        box = QRectF(centre.x() - _radius(), centre.y() - _radius(), 2 * _radius(), 2 * _radius())
        pen = QPen(look.colour("track"), _stroke())
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawArc(box, 0, round(_HALF_TURN * _SIXTEENTHS))
        share = min(self._shown, 100.0) / 100
        if share > 0:
            pen.setColor(look.colour(f"{self._status}.mark"))
            painter.setPen(pen)
            start = round(_HALF_TURN * _SIXTEENTHS)
            painter.drawArc(box, start, -max(1, round(_HALF_TURN * share * _SIXTEENTHS)))
        self._paint_tick(painter, centre)
        self._paint_forecast(painter, centre)
        self._paint_words(painter, centre)

    def _paint_tick(self, painter: QPainter, centre: QPointF) -> None:
        if self._tick_percent is None or self._tick_percent >= 100:  # noqa: PLR2004 - percent
            return
        look = theme.current()
        half = _stroke() / 2 + _TICK_OVERHANG - 2
        inner = _at(centre, _radius() - half, self._tick_percent)
        outer = _at(centre, _radius() + half, self._tick_percent)
        painter.setPen(QPen(look.colour("warning.mark"), 2))
        painter.drawLine(inner, outer)
        painter.setFont(theme.font("caption"))
        painter.setPen(look.colour("muted"))
        place = _at(centre, _radius() + half + theme.scaled(12), self._tick_percent)
        half = theme.scaled(18)
        words = QRectF(place.x() - half, place.y() - half, 2 * half, 2 * half)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, str(self._tick_percent))

    def _paint_forecast(self, painter: QPainter, centre: QPointF) -> None:
        if self._forecast_percent is None:
            return
        look = theme.current()
        place = _at(centre, _radius(), min(self._forecast_percent, 100.0))
        painter.setPen(QPen(look.colour("text2"), 2))
        painter.setBrush(look.colour("surface"))
        painter.drawEllipse(place, _FORECAST_RADIUS, _FORECAST_RADIUS)

    def _paint_words(self, painter: QPainter, centre: QPointF) -> None:
        look = theme.current()
        caption_height = QFontMetrics(theme.font("caption")).height()
        heading_height = QFontMetrics(theme.font("heading")).height()
        width = 2 * _radius()
        bottom = centre.y() + 6
        box = QRectF(centre.x() - _radius(), bottom - caption_height, width, caption_height)
        painter.setFont(theme.font("caption"))
        painter.setPen(look.colour("muted"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._caption)
        box = QRectF(box.left(), box.top() - heading_height + 2, width, heading_height)
        painter.setFont(theme.font("heading"))
        painter.setPen(look.colour("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._heading)


def _at(centre: QPointF, radius: float, percent: float) -> QPointF:
    angle = math.radians(_HALF_TURN * (1 - percent / 100))
    return QPointF(centre.x() + radius * math.cos(angle), centre.y() - radius * math.sin(angle))
