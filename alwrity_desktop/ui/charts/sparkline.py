"""A small curve without axes, with gaps where nothing ran."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.charts.pens import painter_pen

_END_POINT = 2.0
_CALM_SHARE = 0.8


def paint_sparkline(
    painter: QPainter, box: QRectF, values: Sequence[float | None], colour: str
) -> None:
    """Paint *values* into *box* in the colour of a role; None leaves a gap."""
    known = [value for value in values if value is not None]
    if not known:
        return
    low, high = min(known), max(known)
    # A calm series stays calm: small changes are not blown up to the full height.
    spread = max(high - low, _CALM_SHARE * (high + low) / 2) or 1.0
    base = (high + low - spread) / 2
    step = (box.width() - 2 * _END_POINT) / max(1, len(values) - 1)
    path = QPainterPath()
    is_drawing = False
    last = QPointF()
    for index, value in enumerate(values):
        if value is None:
            is_drawing = False
            continue
        share = (value - base) / spread
        point = QPointF(box.left() + _END_POINT + index * step, box.bottom() - share * box.height())
        if is_drawing:
            path.lineTo(point)
        else:
            path.moveTo(point)
        is_drawing, last = True, point
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(painter_pen("sparkline", colour))
    painter.drawPath(path)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.current().colour(colour))
    painter.drawEllipse(last, _END_POINT, _END_POINT)
    painter.restore()
