"""Words and marks around the curves of the trend chart, in pixels."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPolygonF

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.charts.free_place import beside, first_free
from alwrity_desktop.ui.charts.pens import painter_pen
from alwrity_desktop.ui.charts.trend_data import Comparison, Peak, TrendData

_SPACING = 15.0
_LEADER = 14.0
_NOW_RADIUS = 4.5
_RING_RADIUS = 3.5
_END_RADIUS = 3.0
_WIDE = 420
_TOP_ROOM = 22
_LABEL_GAP = 8.0


def _line_height(font_role: str = "caption") -> int:
    return QFontMetrics(theme.font(font_role)).height()


def _width(text: str, weight: int = 400) -> int:
    return QFontMetrics(theme.font("caption", weight)).horizontalAdvance(text)


class TrendLabels:
    """Paints ticks, ends of curves, peaks, the present moment and the reading."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._data = TrendData(1.0, lambda value, _: str(value), "")
        self._box = QRectF()
        self._top = 1.0
        self._index: int | None = None

    def set_data(self, data: TrendData) -> None:
        """Take *data*; a reading of older data is put away."""
        self._data = data
        self._index = None

    @property
    def place(self) -> float | None:
        """Where the chart is being read."""
        return None if self._index is None else self._data.readouts[self._index].x

    def margins(self, width: int) -> tuple[int, int, int, int]:
        """Return the room for words left, above, right and below of the plot."""
        top = _TOP_ROOM + _line_height() // 2
        right = self._right_room() if width >= _WIDE else 10
        return 0, top, right, _line_height() + 10

    def _right_room(self) -> int:
        if self._data.band_ends:
            return max(_width(text, 600) for text in self._data.band_ends) + 12
        named = [curve for curve in self._data.curves if curve.label]
        if not named:
            return 14
        names = max(_width(curve.label) for curve in named)
        amounts = max(_width(curve.amount) for curve in named)
        return int(_LEADER) + names + amounts + 28

    def paint(
        self, painter: QPainter, box: QRectF, top: float, width: int, *, is_whole: bool = True
    ) -> None:
        """Paint everything around and over the plot in *box*, whose upper edge is *top*.

        While the curves are still appearing, not *is_whole*, only the axis has words.
        """
        self._box, self._top = box, top
        is_wide = width >= _WIDE
        self._paint_ticks(painter)
        if not is_whole:
            return
        self._paint_budget(painter)
        self._paint_comparison(painter)
        self._paint_now(painter)
        self._paint_ends(painter, is_wide=is_wide)
        self._paint_band_ends(painter, is_wide=is_wide)
        for peak in self._data.peaks:
            self._paint_peak(painter, peak)
        self._paint_reading(painter)

    def _at(self, x: float, y: float) -> QPointF:
        return QPointF(
            self._box.left() + x / self._data.x_max * self._box.width(),
            self._box.bottom() - y / self._top * self._box.height(),
        )

    def _write(
        self, painter: QPainter, place: QPointF, text: str, role: str, *,
        weight: int = 400, align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:  # fmt: skip
        """Write *text* with its middle line at *place*."""
        painter.setFont(theme.font("caption", weight))
        painter.setPen(theme.current().colour(role))
        width = _width(text, weight) + 2
        height = _line_height()
        left = place.x()
        if align == Qt.AlignmentFlag.AlignRight:
            left -= width
        elif align == Qt.AlignmentFlag.AlignHCenter:
            left -= width / 2
        box = QRectF(left, place.y() - height / 2, width, height)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_ticks(self, painter: QPainter) -> None:
        y = self._box.bottom() + 8 + _line_height() / 2
        taken = self._box.left() - 40
        bold = [tick for tick in self._data.ticks if tick.is_bold]
        for tick in [*bold, *(tick for tick in self._data.ticks if not tick.is_bold)]:
            weight = 600 if tick.is_bold else 400
            half = _width(tick.text, weight) / 2
            x = self._at(tick.x, 0).x()
            clashes = any(
                other is not tick and abs(self._at(other.x, 0).x() - x)
                < half + _width(other.text, 600) / 2 + 6
                for other in bold
            )  # fmt: skip
            if tick.is_bold or (not clashes and x - half > taken):
                role = "text" if tick.is_bold else "muted"
                centre = Qt.AlignmentFlag.AlignHCenter
                self._write(painter, QPointF(x, y), tick.text, role, weight=weight, align=centre)
                taken = x + half + 8 if not tick.is_bold else taken

    def _paint_budget(self, painter: QPainter) -> None:
        if self._data.budget is None:
            return
        place = self._at(0, self._data.budget.y) + QPointF(_LABEL_GAP, -_line_height() / 2 - 1)
        self._write(painter, place, self._data.budget.text, "danger.text", weight=600)

    def _paint_comparison(self, painter: QPainter) -> None:
        past = self._data.comparison
        if past is None or not past.xs:
            return
        place = self._comparison_words(past)
        self._write(painter, QPointF(place.left(), place.center().y()), past.label, "muted")

    def _comparison_words(self, past: Comparison) -> QRectF:
        """Return where the period before is named: beside its curve, across no other."""
        points = self._past_line()
        size = QSizeF(_width(past.label), _line_height())
        taken = [self._budget_words(), self._now_words()]
        lines = [points, self._budget_line(), *self._drawn_lines()]
        return first_free(beside(points, size, self._box), taken, lines)

    def _drawn_lines(self) -> list[list[QPointF]]:
        """Return the curves, the lines of the band, and the one below the present moment."""
        return [[self._at(x, y) for x, y in line] for line in self._data.lines]

    def _paint_now(self, painter: QPainter) -> None:
        now = self._data.now
        if now is None:
            return
        if now.is_known:
            place = self._at(now.x, now.y)
            painter.setPen(painter_pen("now", "text2"))
            painter.drawLine(place, QPointF(place.x(), self._box.bottom()))
            painter.setPen(QPen(theme.current().colour("surface"), 2))
            painter.setBrush(theme.current().colour("info.mark"))
            painter.drawEllipse(place, _NOW_RADIUS, _NOW_RADIUS)
        centre = QPointF(self._now_words().center())
        middle = Qt.AlignmentFlag.AlignHCenter
        self._write(painter, centre, now.text, "text", weight=600, align=middle)

    def _now_words(self) -> QRectF:
        """Return where the present sum is written: above the curve, off the budget's line."""
        now = self._data.now
        if now is None:
            return QRectF()
        place = self._at(now.x, now.y)
        half = _width(now.text, 600) / 2
        x = min(max(place.x() - half / 2, self._box.left() + half + 4), self._box.right() - half)
        x = max(x - 8, self._box.left() + half + 4)
        height = _line_height()
        tops = [place.y() - height * lines for lines in (1.45, 2.1, 2.75)]
        places = [QRectF(x - half, top, 2 * half, height) for top in tops]
        lines = [self._budget_line(), self._past_line()]
        return first_free(places, [self._budget_words()], lines)

    def _past_line(self) -> list[QPointF]:
        """Return the curve of the period before."""
        return [self._at(x, y) for x, y in self._data.past_line]

    def _budget_words(self) -> QRectF:
        if self._data.budget is None:
            return QRectF()
        start = self._at(0, self._data.budget.y) + QPointF(_LABEL_GAP, -_line_height() - 1)
        return QRectF(start.x(), start.y(), _width(self._data.budget.text, 600), _line_height())

    def _budget_line(self) -> tuple[QPointF, ...]:
        budget = self._data.budget
        ends = (0.0, self._data.x_max)
        return () if budget is None else tuple(self._at(x, budget.y) for x in ends)

    def _paint_ends(self, painter: QPainter, *, is_wide: bool) -> None:
        """Name each curve at its right end, apart from one another, joined by a leader."""
        named = [curve for curve in self._data.curves if curve.label and curve.xs]
        for curve in named:
            if curve.unfinished and curve.end[0] == curve.xs[-1]:
                place = self._at(*curve.end)
                painter.setPen(QPen(theme.provider_line(curve.provider), 2))
                painter.setBrush(theme.current().colour("surface"))
                painter.drawEllipse(place, _END_RADIUS, _END_RADIUS)
        if not is_wide or not named:
            return
        named.sort(key=lambda curve: -curve.end[1])
        ends = [self._at(*curve.end) for curve in named]
        spacing = max(_SPACING, _line_height())
        heights = spread([end.y() for end in ends], spacing, self._box.bottom() + spacing / 2)
        right = self._box.right()
        amount_edge = right + self._right_room() - 2
        for curve, end, y in zip(named, ends, heights, strict=True):
            start = QPointF(max(end.x(), right) + 4, end.y())
            painter.setPen(painter_pen("leader", theme.provider_line(curve.provider)))
            painter.drawLine(start, QPointF(right + _LEADER, y))
            self._write(painter, QPointF(right + _LEADER + 4, y), curve.label, "text")
            self._write(
                painter, QPointF(amount_edge, y), curve.amount, "muted",
                align=Qt.AlignmentFlag.AlignRight,
            )  # fmt: skip

    def _paint_band_ends(self, painter: QPainter, *, is_wide: bool) -> None:
        ends = self._data.band_ends
        if not ends or not self._data.band:
            return
        last = self._data.band[-1]
        place = self._at(last.x, last.middle)
        if not is_wide:
            above = QPointF(self._box.right(), self._box.top() - _line_height() / 2 - 2)
            self._write(
                painter, above, ends[1], "text", weight=600, align=Qt.AlignmentFlag.AlignRight
            )
            return
        heights = [self._at(last.x, value).y() for value in (last.high, last.middle, last.low)]
        gap = _line_height()
        heights[0] = min(heights[0], heights[1] - gap)
        heights[2] = max(heights[2], heights[1] + gap)
        for index, (text, y) in enumerate(zip(ends, heights, strict=True)):
            role, weight = ("text", 600) if index == 1 else ("muted", 400)
            self._write(painter, QPointF(place.x() + 8, y), text, role, weight=weight)

    def _paint_peak(self, painter: QPainter, peak: Peak) -> None:
        look = theme.current()
        place = self._at(peak.x, peak.y)
        words = f"{peak.note} {peak.text}"
        if peak.provider:
            colour = theme.provider_line(peak.provider)
            _paint_triangle(painter, place + QPointF(0, -6), colour)
            above = place + QPointF(0, -_line_height() - 5)
            left = above.x() - (_width(peak.note) + _width(peak.text, 600) + 4) / 2
            left = min(max(left, self._box.left() + 2), self._box.right() - _width(words, 600))
            start = QPointF(left, above.y())
            self._write(painter, start, peak.note, "muted")
            start.setX(left + _width(peak.note) + 4)
            self._write(painter, start, peak.text, "text", weight=600)
            return
        painter.setPen(QPen(look.colour("info.mark"), 2))
        painter.setBrush(look.colour("surface"))
        painter.drawEllipse(place, _RING_RADIUS, _RING_RADIUS)
        found = self._peak_words(place, _width(words) + 2)
        self._write(painter, QPointF(found.left(), found.center().y()), words, "muted")

    def _peak_words(self, place: QPointF, width: int) -> QRectF:
        """Return where a peak is named: beside it, else below the curves at the right."""
        height = _line_height()
        left = max(place.x() - 10 - width, self._box.left() + 4)
        right = self._box.right() - 6
        below = min(place.y() + 0.45 * height, self._box.bottom() - height - 1)
        lowest = min(self._lowest_curve(right - width), self._box.bottom())
        corners = (
            QPointF(left, place.y() - 1.45 * height),
            QPointF(left, place.y() - 2.4 * height),
            QPointF(min(place.x() + 10, right - width), below),
            QPointF(min(place.x() + 28, right - width), below),
            QPointF(right - width, lowest - 0.2 * height),
        )
        places = [QRectF(corner.x(), corner.y(), width, height) for corner in corners]
        taken = [self._now_words(), self._budget_words()]
        return first_free(places, taken, [*self._drawn_lines(), self._budget_line()])

    def _lowest_curve(self, left: float) -> float:
        """Return the lowest pixel of the curves right of the pixel *left*."""
        places = [self._at(x, y) for line in self._data.curve_lines for x, y in line]
        before = [place.y() for place in places if place.x() < left]
        return max(
            [place.y() for place in places if place.x() >= left] + before[-1:], default=0.0
        ) + _line_height() * 0.5  # fmt: skip

    def point_at(self, box: QRectF, place: QPointF) -> None:
        """Read the chart at the pointer; outside of *box* nothing is read."""
        readouts = self._data.readouts
        if not readouts or not box.contains(place):
            self._index = None
            return
        x = (place.x() - box.left()) / box.width() * self._data.x_max
        self._index = min(range(len(readouts)), key=lambda index: abs(readouts[index].x - x))

    def step(self, by: int) -> None:
        """Read the place before or after."""
        count = len(self._data.readouts)
        if count:
            start = count if self._index is None and by < 0 else self._index
            self._index = min(max((-1 if start is None else start) + by, 0), count - 1)

    def _paint_reading(self, painter: QPainter) -> None:
        if self._index is None:
            return
        look = theme.current()
        reading = self._data.readouts[self._index]
        x = self._at(reading.x, 0).x()
        painter.setPen(QPen(look.colour("muted"), 1))
        painter.drawLine(QPointF(x, self._box.top()), QPointF(x, self._box.bottom()))
        widths = [_width(reading.heading, 600), *(_width(line) for line in reading.lines)]
        height = _line_height() + 1
        size = QPointF(max(widths) + 20, height * (len(reading.lines) + 1) + 14)
        left = x + 10 if x + 10 + size.x() < self._box.right() else x - 10 - size.x()
        ground = QRectF(max(left, 0.0), self._box.top() + 4, size.x(), size.y())
        painter.setPen(QPen(look.colour("control"), 1))
        painter.setBrush(look.colour("surface"))
        painter.drawRoundedRect(ground, 6, 6)
        start = QPointF(ground.left() + 10, ground.top() + 7 + height / 2)
        self._write(painter, start, reading.heading, "text", weight=600)
        for line in reading.lines:
            start.setY(start.y() + height)
            self._write(painter, start, line, "text2")


def _paint_triangle(painter: QPainter, tip: QPointF, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    corners = [tip, tip + QPointF(-4.5, -7), tip + QPointF(4.5, -7)]
    painter.drawPolygon(QPolygonF(corners))


def spread(heights: list[float], spacing: float, lowest: float) -> list[float]:
    """Return *heights*, ascending, moved apart to *spacing* and none below *lowest*."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + spacing) if placed else height)
    limit = lowest
    for index in range(len(placed) - 1, -1, -1):
        placed[index] = min(placed[index], limit)
        limit = placed[index] - spacing
    return placed
