"""A ring of shares with a figure in its middle; hover and click name a slice."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets.labels import plain_tooltip
from alwrity_desktop.ui.widgets.motion import Tween

_FULL = 360.0
_TOP = 90.0
_GAP = 2.4
_PRINTED_SHARE = 0.12
_SMALL_RING = 120


class Slice(msgspec.Struct, frozen=True):
    """One share of the ring."""

    key: str
    value: float
    fill: QColor
    line: QColor
    #: What is printed in the slice, where there is room.
    caption: str
    #: Colour of the caption; None keeps it outside.
    caption_colour: QColor | None
    tooltip: str


class RingChart(QWidget):
    """A ring; the table beside it is its legend."""

    #: The key of the slice that was clicked.
    slice_clicked = Signal(str)
    #: The key of the slice under the pointer, "" for none.
    slice_hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make an empty ring."""
        super().__init__(parent)
        self._slices: tuple[Slice, ...] = ()
        self._heading = self._caption = ""
        self._hovered = ""
        self._reveal = 1.0
        self._tween = Tween(self, "fill", self._set_reveal)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_slices(self, slices: Sequence[Slice], heading: str, caption: str) -> None:
        """Show *slices* with *heading* and *caption* in the middle."""
        self._slices = tuple(slices)
        self._heading, self._caption = heading, caption
        self.setAccessibleName("; ".join((f"{heading}, {caption}", *(s.tooltip for s in slices))))
        self._tween.go(1.0)
        self.update()

    def highlight(self, key: str) -> None:
        """Lift the slice *key* out, "" for none."""
        if key != self._hovered:
            self._hovered = key
            self.update()

    def _set_reveal(self, value: float) -> None:
        self._reveal = value
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the tokens."""
        return QSize(2 * SIZES.ring_outer + 4, 2 * SIZES.ring_outer + 4)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest ring that can be read."""
        return QSize(90, 90)

    def _geometry(self) -> tuple[QPointF, float, float]:
        """Return the centre and the radii."""
        outer = min(self.width() / 2 - 2, self.height() / 2 - 2, theme.scaled(SIZES.ring_outer))
        inner = outer * SIZES.ring_inner / SIZES.ring_outer
        return QPointF(self.width() / 2, self.height() / 2), outer, inner

    def _angles(self) -> list[tuple[Slice, float, float]]:
        """Return each slice with its start and extent in degrees, clockwise from the top."""
        total = sum(part.value for part in self._slices)
        found = []
        start = 0.0
        for part in self._slices:
            extent = part.value / total * _FULL * self._reveal if total else 0.0
            found.append((part, start, extent))
            start += extent
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw slices, captions and the middle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre, outer, inner = self._geometry()
        angles = self._angles()
        if not any(extent for _part, _start, extent in angles):
            self._paint_empty(painter, centre, (outer + inner) / 2, outer - inner)
        gap = _GAP if len(angles) > 1 else 0.0
        for part, start, extent in angles:
            lift = 2.0 if part.key == self._hovered else 0.0
            path = _slice_path(centre, outer + lift, inner, start, extent, gap)
            painter.setPen(Qt.PenStyle.NoPen if theme.current().is_dark else QPen(part.line, 1))
            painter.setBrush(part.fill)
            painter.drawPath(path)
        for part, start, extent in angles:
            self._paint_caption(painter, part, start + extent / 2, extent)
        self._paint_middle(painter, centre, inner)

    @staticmethod
    def _paint_empty(painter: QPainter, centre: QPointF, radius: float, width: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.current().colour("track"), width))
        painter.drawEllipse(centre, radius, radius)

    def _paint_caption(self, painter: QPainter, part: Slice, angle: float, extent: float) -> None:
        centre, outer, inner = self._geometry()
        if (
            part.caption_colour is None
            or extent < _FULL * _PRINTED_SHARE
            or outer < SIZES.ring_inner
        ):
            return
        if QFontMetrics(theme.font("caption", 600)).horizontalAdvance(part.caption) > outer - inner:
            return
        middle = _on_circle(centre, (outer + inner) / 2, angle)
        painter.setFont(theme.font("caption", 600))
        painter.setPen(part.caption_colour)
        box = QRectF(middle.x() - 24, middle.y() - 10, 48, 20)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, part.caption)

    def _paint_middle(self, painter: QPainter, centre: QPointF, inner: float) -> None:
        look = theme.current()
        heading = _fitted(theme.font("subheading", 700), self._heading, inner * 1.75)
        height = QFontMetrics(heading).height()
        painter.setFont(heading)
        painter.setPen(look.colour("text"))
        has_caption = 2 * inner > _SMALL_RING / 2
        top = centre.y() - (height if has_caption else height / 2) + 2
        box = QRectF(centre.x() - inner, top, 2 * inner, height)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._heading)
        if has_caption:
            painter.setFont(_fitted(theme.font("caption"), self._caption, inner * 1.75))
            painter.setPen(look.colour("muted"))
            box.translate(0, height - 2)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._caption)

    def _slice_at(self, place: QPointF) -> Slice | None:
        centre, outer, inner = self._geometry()
        offset = place - centre
        if not inner <= math.hypot(offset.x(), offset.y()) <= outer + 2:
            return None
        angle = (math.degrees(math.atan2(offset.x(), -offset.y()))) % _FULL
        return next(
            (part for part, start, extent in self._angles() if start <= angle < start + extent),
            None,
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which slice is under the pointer."""
        found = self._slice_at(event.position())
        key = found.key if found else ""
        if key != self._hovered:
            plain_tooltip(self, found.tooltip if found else "")
            self.setCursor(
                Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor
            )
            self.highlight(key)
            self.slice_hovered.emit(key)

    def leaveEvent(self, event: QHelpEvent) -> None:  # type: ignore[override]  # any QEvent
        """Put the slice down."""
        self.highlight("")
        self.slice_hovered.emit("")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell which slice was clicked."""
        found = self._slice_at(event.position())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self.slice_clicked.emit(found.key)


def _on_circle(centre: QPointF, radius: float, clockwise_degrees: float) -> QPointF:
    angle = math.radians(clockwise_degrees)
    return QPointF(centre.x() + radius * math.sin(angle), centre.y() - radius * math.cos(angle))


def _slice_path(
    centre: QPointF, outer: float, inner: float, start: float, extent: float, gap: float
) -> QPainterPath:
    """Return a slice whose sides are parallel to its neighbours, a gap apart."""
    gap_outer = math.degrees(gap / 2 / outer)
    gap_inner = math.degrees(gap / 2 / inner)
    path = QPainterPath()
    if extent <= 2 * gap_inner:
        return path
    boxes = [QRectF(centre.x() - r, centre.y() - r, 2 * r, 2 * r) for r in (outer, inner)]
    path.arcMoveTo(boxes[0], _TOP - start - gap_outer)
    path.arcTo(boxes[0], _TOP - start - gap_outer, -(extent - 2 * gap_outer))
    path.arcTo(boxes[1], _TOP - start - extent + gap_inner, extent - 2 * gap_inner)
    path.closeSubpath()
    return path


def _fitted(font: QFont, text: str, width: float) -> QFont:
    """Return *font*, smaller where *text* would not fit into *width*."""
    needed = QFontMetrics(font).horizontalAdvance(text)
    if needed > width > 0:
        font.setPixelSize(max(9, int(font.pixelSize() * width / needed)))
    return font
