"""The trend chart drawn with pyqtgraph: axes, curves, areas, bands and columns."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QWidget

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.charts.pens import plot_pen, scaled
from alwrity_desktop.ui.charts.trend_data import Column, Curve, TrendData
from alwrity_desktop.ui.charts.trend_labels import TrendLabels
from alwrity_desktop.ui.tokens import AREA_OPACITY, BAND_OPACITY, PAST_BAR_OPACITY
from alwrity_desktop.ui.widgets.focus import BY_KEYBOARD
from alwrity_desktop.ui.widgets.motion import Tween

_COLUMN_WIDTH = 0.7
_HEADROOM = 1.06
_EDGE = 1.01
"""So much above the highest line, which would be cut in half at the very edge."""
_AXIS_GAP = 8
_DOT = 5
_BAND_EDGE = 0.4


def series_colour(curve: Curve) -> QColor:
    """Return the colour of a curve: its provider's, or the one of a single series."""
    if curve.provider:
        return theme.provider_line(curve.provider)
    return theme.current().colour("info.mark")


class TrendPlot(pg.PlotWidget):  # type: ignore[misc]  # the library ships no types
    """Draws one :class:`TrendData`; the pointer or the arrow keys read it."""

    place_clicked = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make an empty plot that neither pans nor zooms."""
        super().__init__(parent, background=None, enableMenu=False)
        self.setAntialiasing(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("background: transparent")
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        self._data: TrendData | None = None
        self._top = 1.0
        self._labels = TrendLabels()
        self._revealed = 1.0
        self._tween = Tween(self, "reveal", self._set_revealed)
        item = self.getPlotItem()
        item.hideButtons()
        item.setMouseEnabled(x=False, y=False)
        item.getViewBox().setDefaultPadding(0)
        item.hideAxis("bottom")
        axis = item.getAxis("left")
        axis.enableAutoSIPrefix(False)
        axis.setStyle(
            tickLength=0, tickAlpha=0, tickTextOffset=_AXIS_GAP, autoExpandTextSpace=False
        )
        self.setMouseTracking(True)

    def set_data(self, data: TrendData) -> None:
        """Draw *data* in the colours of the theme."""
        self._data = data
        self._labels.set_data(data)
        item = self.getPlotItem()
        item.clear()
        axis = data.axis
        self._top = max(axis[-1][0] * _EDGE, data.y_max * _HEADROOM) or 1.0
        item.setXRange(0, data.x_max, padding=0)
        item.setYRange(0, self._top, padding=0)
        self._set_axis(axis)
        self._add_columns(data.columns)
        self._add_band(data)
        if data.comparison is not None:
            pen = self._pen("comparison", "muted")
            self._add_line(data.comparison.xs, data.comparison.ys, pen)
        for curve in reversed(data.curves):
            self._add_curve(curve)
        if data.budget is not None:
            item.addItem(_level(data.budget.y, self._pen("budget", "danger.mark")))
        self._lay_out()
        self.viewport().update()

    def _pen(self, token: str, colour: QColor | str) -> QPen:
        return plot_pen(token, colour, self.devicePixelRatioF())

    def event(self, event: QEvent) -> bool:
        """Draw anew where the window came to a screen of another scale."""
        data = getattr(self, "_data", None)
        if event.type() == QEvent.Type.DevicePixelRatioChange and data is not None:
            self.set_data(data)
        return bool(super().event(event))

    def reveal(self) -> None:
        """Let the curves appear from left to right."""
        self._tween.replay(0.0, 1.0)

    def _set_revealed(self, share: float) -> None:
        self._revealed = share
        self.viewport().update()

    def _set_axis(self, ticks: tuple[tuple[float, str], ...]) -> None:
        look = theme.current()
        item = self.getPlotItem()
        axis = item.getAxis("left")
        font = theme.font("caption")
        axis.setTickFont(font)
        axis.setPen(QPen(Qt.PenStyle.NoPen))
        axis.setTextPen(look.colour("muted"))
        axis.setTicks([list(ticks), []])
        metrics = QFontMetrics(font)
        axis.setWidth(max(metrics.horizontalAdvance(text) for _, text in ticks) + _AXIS_GAP + 4)
        for value, _ in ticks:
            role = "grid" if value else "axis"
            item.addItem(_level(value, self._pen("grid", role)))

    def _add_line(self, xs: tuple[float, ...], ys: tuple[float, ...], pen: QPen) -> None:
        self.getPlotItem().addItem(
            pg.PlotCurveItem(np.asarray(xs), np.asarray(ys), pen=pen, antialias=True)
        )

    def _add_curve(self, curve: Curve) -> None:
        colour = series_colour(curve)
        solid = len(curve.xs) - curve.unfinished
        for run in curve.runs:
            if curve.has_area:
                self._add_area(curve, run, colour)
            self._add_run(curve, run[: max(solid - run.start, 0)], self._pen("series", colour))
            if curve.unfinished:
                rest = run[max(solid - 1 - run.start, 0) :]
                self._add_run(curve, rest, self._pen("unfinished", colour))
        if curve.lonely:
            xs, ys = zip(*curve.lonely, strict=True)
            dots = pg.ScatterPlotItem(xs, ys, size=_DOT, brush=QBrush(colour), pen=None)
            self.getPlotItem().addItem(dots)

    def _add_run(self, curve: Curve, run: range, pen: QPen) -> None:
        if len(run) > 1:
            self._add_line(_of(curve.xs, run), _of(curve.ys, run), pen)

    def _add_area(self, curve: Curve, run: range, colour: QColor) -> None:
        gradient = QLinearGradient(0, 1, 0, 0)
        gradient.setCoordinateMode(QLinearGradient.CoordinateMode.ObjectMode)
        for place, opacity in zip((0.0, 1.0), AREA_OPACITY, strict=True):
            shade = QColor(colour)
            shade.setAlphaF(opacity)
            gradient.setColorAt(place, shade)
        self.getPlotItem().addItem(
            pg.PlotCurveItem(
                np.asarray(_of(curve.xs, run)), np.asarray(_of(curve.ys, run)),
                pen=QPen(Qt.PenStyle.NoPen), fillLevel=0, brush=QBrush(gradient), antialias=True,
            )
        )  # fmt: skip

    def _add_band(self, data: TrendData) -> None:
        if not data.band:
            return
        xs = np.asarray([point.x for point in data.band])
        edge = QPen(theme.current().colour("info.mark", _BAND_EDGE), 1)
        edge.setCosmetic(True)
        edge = scaled(edge, self.devicePixelRatioF())
        low = pg.PlotCurveItem(xs, np.asarray([point.low for point in data.band]), pen=edge)
        high = pg.PlotCurveItem(xs, np.asarray([point.high for point in data.band]), pen=edge)
        shade = theme.current().colour("info.mark", BAND_OPACITY)
        item = self.getPlotItem()
        item.addItem(low)
        item.addItem(high)
        item.addItem(pg.FillBetweenItem(low, high, brush=QBrush(shade)))
        middle = tuple(point.middle for point in data.band)
        self._add_line(tuple(xs), middle, self._pen("forecast", "info.mark"))

    def _add_columns(self, columns: tuple[Column, ...]) -> None:
        look = theme.current()
        kinds = (
            (False, QBrush(look.colour("info.mark", PAST_BAR_OPACITY + 0.2))),
            (True, QBrush(look.colour("info.mark"), Qt.BrushStyle.BDiagPattern)),
        )
        for is_unfinished, brush in kinds:
            chosen = [column for column in columns if column.is_unfinished == is_unfinished]
            if chosen:
                pen = self._pen("unfinished", "info.mark") if is_unfinished else None
                self.getPlotItem().addItem(
                    pg.BarGraphItem(
                        x=np.asarray([column.x for column in chosen]),
                        height=np.asarray([column.y for column in chosen]),
                        width=_COLUMN_WIDTH, brush=brush, pen=pen or QPen(Qt.PenStyle.NoPen),
                    )
                )  # fmt: skip

    def _lay_out(self) -> None:
        """Leave room for the words around the plot."""
        if self._data is None:
            return
        margins = self._labels.margins(self.width())
        self.getPlotItem().layout.setContentsMargins(*margins)

    def _plot_box(self) -> QRectF:
        return QRectF(self.getViewBox().sceneBoundingRect())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave room for the words at the new size."""
        super().resizeEvent(event)
        if getattr(self, "_data", None) is not None:
            self._lay_out()

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Draw words and marks in pixels, over the curves."""
        if self._data is None:
            return
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self._plot_box()
        if self._revealed < 1:
            hidden = QRectF(box)
            hidden.setLeft(box.left() + self._revealed * box.width())
            painter.fillRect(hidden, theme.current().colour("surface"))
        is_whole = self._revealed >= 1
        self._labels.paint(painter, box, self._top, self.width(), is_whole=is_whole)
        painter.restore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read the chart at the pointer."""
        self._labels.point_at(self._plot_box(), event.position())
        self.viewport().update()

    def leaveEvent(self, event: QMouseEvent) -> None:
        """Put the reading away."""
        self._labels.point_at(QRectF(), QPointF())
        self.viewport().update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the focus, so that the arrow keys read on from here."""
        self.setFocus()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell which place was clicked."""
        place = self._labels.place
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.place_clicked.emit(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Do nothing beyond what a click does."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Read the newest place, where the focus came by the keyboard."""
        super().focusInEvent(event)
        if event.reason() in BY_KEYBOARD and self._labels.place is None:
            self._labels.step(-1)
            self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Put the reading away."""
        super().focusOutEvent(event)
        self._labels.point_at(QRectF(), QPointF())
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Read the place before or after; Return opens it."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps:
            self._labels.step(steps[Qt.Key(event.key())])
            self.viewport().update()
        elif event.key() == Qt.Key.Key_Return and self._labels.place is not None:
            self.place_clicked.emit(self._labels.place)
        else:
            event.ignore()


def _of(values: tuple[float, ...], run: range) -> tuple[float, ...]:
    return values[run.start : run.stop]


def _level(y: float, pen: QPen) -> pg.InfiniteLine:
    line = pg.InfiniteLine(pos=y, angle=0, pen=pen, movable=False)
    line.setZValue(-10)
    return line
