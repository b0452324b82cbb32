"""The ground of docks and cards: a soft gradient, a hairline and a shadow drawn once."""

from __future__ import annotations

import functools

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.tokens import SIZES

SHADOW_MARGIN = 6
"""How far the shadow reaches beyond the card, in logical pixels."""
_CORNER = SHADOW_MARGIN + SIZES.radius_card + 2
_EDGE = 2 * _CORNER + 4


def paint_card(painter: QPainter, rect: QRect, radius: int = SIZES.radius_card) -> None:
    """Paint a card into *rect*, its shadow outside of it."""
    look = theme.current()
    ratio = painter.device().devicePixelRatio()
    _paint_shadow(painter, rect, _shadow(look.name, ratio))
    gradient = QLinearGradient(QPointF(rect.topLeft()), QPointF(rect.bottomLeft()))
    gradient.setColorAt(0, look.colour("surface"))
    gradient.setColorAt(1, look.colour("surface2"))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(look.colour("border"), 1))
    painter.setBrush(gradient)
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    painter.restore()


@functools.lru_cache(maxsize=8)
def _shadow(theme_name: str, ratio: float) -> QPixmap:
    """Return the shadow of a small card, to be stretched from its middle."""
    look = theme.DARK if theme_name == "dark" else theme.LIGHT
    pixmap = QPixmap(round(_EDGE * ratio), round(_EDGE * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    card = QRectF(0, 0, _EDGE, _EDGE).adjusted(
        SHADOW_MARGIN, SHADOW_MARGIN, -SHADOW_MARGIN, -SHADOW_MARGIN
    )
    for blur, offset, opacity in look.shadow:
        colour = QColor(17, 24, 39) if theme_name == "light" else QColor(0, 0, 0)
        colour.setAlphaF(opacity / blur)
        painter.setBrush(colour)
        for step in range(blur):
            grow = step - blur / 2 + 0.5
            box = card.translated(0, offset).adjusted(-grow, -grow, grow, grow)
            painter.drawRoundedRect(box, SIZES.radius_card + grow, SIZES.radius_card + grow)
    painter.end()
    return pixmap


def _paint_shadow(painter: QPainter, rect: QRect, shadow: QPixmap) -> None:
    outer = rect.adjusted(-SHADOW_MARGIN, -SHADOW_MARGIN, SHADOW_MARGIN, SHADOW_MARGIN)
    ratio = shadow.devicePixelRatio()
    columns = (
        (outer.left(), _CORNER, 0, _CORNER),
        (outer.left() + _CORNER, outer.width() - 2 * _CORNER, _CORNER, _EDGE - 2 * _CORNER),
        (outer.right() + 1 - _CORNER, _CORNER, _EDGE - _CORNER, _CORNER),
    )
    rows = (
        (outer.top(), _CORNER, 0, _CORNER),
        (outer.top() + _CORNER, outer.height() - 2 * _CORNER, _CORNER, _EDGE - 2 * _CORNER),
        (outer.bottom() + 1 - _CORNER, _CORNER, _EDGE - _CORNER, _CORNER),
    )
    for left, width, from_left, from_width in columns:
        for top, height, from_top, from_height in rows:
            part = QRectF(
                from_left * ratio, from_top * ratio, from_width * ratio, from_height * ratio
            )
            painter.drawPixmap(QRectF(left, top, width, height), shadow, part)


class Card(QWidget):
    """A widget on a card; its contents lie inside the shadow's margin."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make an empty card."""
        super().__init__(parent)
        margin = SIZES.dock_gap // 2
        self.setContentsMargins(margin, margin, margin, margin)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        paint_card(QPainter(self), self.contentsRect())
