"""Paints cells and headers of tables: swatches, status marks, small curves, plain text."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.charts.sparkline import paint_sparkline
from alwrity_desktop.ui.formatting import UNKNOWN
from alwrity_desktop.ui.tables.columns import Look, Share, Spark, StatusMark, Swatch
from alwrity_desktop.ui.tables.model import DECORATION_ROLE, LOOK_ROLE
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets.bars import paint_bar

_GAP = 8
_MARKER = 3
_SPARK_HEIGHT = 10.0


def paint_swatch(painter: QPainter, place: QPoint, provider: str) -> None:
    """Paint the square of a provider with its upper left corner at *place*."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    is_dark = theme.current().is_dark
    painter.setPen(Qt.PenStyle.NoPen if is_dark else QPen(theme.provider_line(provider), 1))
    painter.setBrush(theme.provider_fill(provider))
    box = QRectF(place.x(), place.y(), SIZES.swatch, SIZES.swatch)
    if not is_dark:
        box.adjust(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(box, SIZES.radius_swatch, SIZES.radius_swatch)
    painter.restore()


def cell_width(text: str, look: object, decoration: object) -> int:
    """Return the room that a cell needs for *text*, set as *look* says, and *decoration*."""
    weight = look.weight if isinstance(look, Look) else 400
    width = QFontMetrics(theme.font("body-dense", weight)).horizontalAdvance(text)
    if isinstance(decoration, Swatch):
        width += SIZES.swatch + _GAP
    elif isinstance(decoration, StatusMark):
        width += theme.scaled(SIZES.icon_pill) + 5
    return width + 2 * SIZES.cell_padding + 2


class TableDelegate(QStyledItemDelegate):
    """Paints the cells of a table row; the view says which row is under the pointer."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Make a delegate that knows of no pointer."""
        super().__init__(parent)
        self.hovered_row = -1
        self.current_row = -1

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint ground, decoration, text and the rule below."""
        box = option.rect
        state = option.state
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        self._paint_ground(painter, box, index, is_selected=is_selected)
        padding = SIZES.cell_padding
        inner = box.adjusted(padding, 0, -padding, -1)
        decoration = index.data(DECORATION_ROLE)
        if isinstance(decoration, Spark):
            self._paint_spark(painter, inner, decoration)
        elif isinstance(decoration, Share):
            bar = QRectF(inner.left(), inner.center().y() - 3, inner.width(), SIZES.bar)
            paint_bar(painter, bar, decoration.fraction, decoration.colour, decoration.tick)
        else:
            inner.setLeft(self._paint_decoration(painter, inner, decoration))
            self._paint_text(painter, inner, index, is_selected=is_selected)
        painter.restore()

    def _paint_ground(
        self,
        painter: QPainter,
        box: QRect,
        index: QModelIndex | QPersistentModelIndex,
        *,
        is_selected: bool,
    ) -> None:
        look = theme.current()
        if is_selected:
            painter.fillRect(box, look.colour("selbg"))
            if index.column() == 0:
                marker = QRect(box.left(), box.top(), _MARKER, box.height() - 1)
                painter.fillRect(marker, look.colour("focus"))
        elif index.row() == self.hovered_row:
            painter.fillRect(box, look.colour("hover"))
        if index.row() < index.model().rowCount() - 1:
            rule = QRect(box.left(), box.bottom(), box.width(), 1)
            painter.fillRect(rule, look.colour("border"))

    @staticmethod
    def _paint_spark(painter: QPainter, inner: QRect, spark: Spark) -> None:
        if not any(value is not None for value in spark.values):
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.current().colour("muted"))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(inner, right, UNKNOWN)
            return
        top = inner.center().y() - _SPARK_HEIGHT / 2
        box = QRectF(inner.left(), top, inner.width(), _SPARK_HEIGHT)
        paint_sparkline(painter, box, spark.values, spark.colour)

    def _paint_decoration(self, painter: QPainter, inner: QRect, decoration: object) -> int:
        """Paint what stands before the text; return where the text begins."""
        middle = inner.center().y()
        if isinstance(decoration, Swatch):
            place = QPoint(inner.left(), middle - SIZES.swatch // 2 + 1)
            paint_swatch(painter, place, decoration.provider)
            return inner.left() + SIZES.swatch + _GAP
        if isinstance(decoration, StatusMark):
            edge = theme.scaled(SIZES.icon_pill)
            ratio = painter.device().devicePixelRatio()
            pixmap = theme.icon_pixmap(decoration.icon, decoration.colour, edge, ratio)
            painter.drawPixmap(QPoint(inner.left(), middle - edge // 2 + 1), pixmap)
            return inner.left() + edge + 5
        return inner.left()

    @staticmethod
    def _paint_text(
        painter: QPainter,
        inner: QRect,
        index: QModelIndex | QPersistentModelIndex,
        *,
        is_selected: bool,
    ) -> None:
        text = str(index.data() or "")
        look = index.data(LOOK_ROLE)
        style = look if isinstance(look, Look) else Look()
        colour = "muted" if text == UNKNOWN else style.colour
        painter.setFont(theme.font("body-dense", style.weight))
        chosen = "seltext" if is_selected and colour == "text" else colour
        painter.setPen(QColor(theme.current().hex(chosen)))
        alignment = Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole))
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, alignment, elided)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the room that the cell's text and decoration need."""
        look = index.data(LOOK_ROLE)
        decoration = index.data(DECORATION_ROLE)
        width = cell_width(str(index.data() or ""), look, decoration)
        return QSize(width, QFontMetrics(theme.font("body-dense")).height())


class TableHeader(QHeaderView):
    """A quiet header: captions, an arrow beside the sorted one, a hairline below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a header whose captions can be clicked."""
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(20)
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        """Return the height of the tokens, more for larger text."""
        height = QFontMetrics(theme.font("caption")).height() + 8
        return QSize(super().sizeHint().width(), max(theme.scaled(SIZES.table_header), height))

    def caption_width(self, section: int) -> int:
        """Return the room that a caption with its arrow needs."""
        title = str(self.model().headerData(section, self.orientation()) or "")
        metrics = QFontMetrics(theme.font("caption", 600))
        arrow = theme.scaled(SIZES.icon_pill) + 2 if self._is_sorted(section) else 0
        return metrics.horizontalAdvance(title) + arrow + 2 * SIZES.cell_padding + 2

    def _is_sorted(self, section: int) -> bool:
        return self.isSortIndicatorShown() and self.sortIndicatorSection() == section

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint one caption."""
        look = theme.current()
        painter.save()
        is_sorted = self._is_sorted(section)
        title = str(self.model().headerData(section, self.orientation()) or "")
        role = Qt.ItemDataRole.TextAlignmentRole
        alignment = Qt.AlignmentFlag(self.model().headerData(section, self.orientation(), role))
        painter.setFont(theme.font("caption", 600 if is_sorted else 500))
        painter.setPen(look.colour("text" if is_sorted else "muted"))
        inner = rect.adjusted(SIZES.cell_padding, 0, -SIZES.cell_padding, -1)
        if is_sorted:
            self._paint_arrow(painter, inner, title, alignment)
        painter.drawText(inner, alignment, title)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, look.colour("border"))
        painter.restore()

    def _paint_arrow(
        self, painter: QPainter, inner: QRect, title: str, alignment: Qt.AlignmentFlag
    ) -> None:
        """Paint the arrow after the caption, and take its room from *inner*."""
        edge = theme.scaled(SIZES.icon_pill)
        is_descending = self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
        name = "arrow-down" if is_descending else "arrow-up"
        pixmap = theme.icon_pixmap(name, "text", edge, self.devicePixelRatioF())
        top = inner.center().y() - edge // 2
        if alignment & Qt.AlignmentFlag.AlignRight:
            painter.drawPixmap(QPoint(inner.right() + 1 - edge, top), pixmap)
            inner.setRight(inner.right() - edge - 1)
        else:
            left = inner.left() + painter.fontMetrics().horizontalAdvance(title) + 2
            painter.drawPixmap(QPoint(left, top), pixmap)
