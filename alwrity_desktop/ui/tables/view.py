"""The table of the docks: fits its columns to the room, copies plain numbers, reads by keys."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFrame, QTableView, QWidget

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.tables.columns import Column
from alwrity_desktop.ui.tables.delegate import TableDelegate, TableHeader, cell_width
from alwrity_desktop.ui.tables.model import DECORATION_ROLE, LOOK_ROLE, PLAIN_ROLE, TableModel
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets.focus import BY_KEYBOARD

_MEASURED_ROWS = 60
_MIN_STRETCHED = 84
_ROW_PADDING = 6


class TableView(QTableView):
    """A quiet table over a :class:`TableModel`."""

    #: The row that was clicked or opened with Return.
    row_opened = Signal(int)
    #: The row under the pointer, -1 for none.
    row_hovered = Signal(int)

    def __init__(
        self,
        model: TableModel[Any],
        name: str,
        row_height: int = SIZES.row,
        parent: QWidget | None = None,
    ) -> None:
        """Show *model* in rows of *row_height* at 100 % text size."""
        super().__init__(parent)
        self.setAccessibleName(name)
        keys = self.tr("Return opens a row, S sorts by the next column, R turns the order round.")
        self.setAccessibleDescription(keys)
        self._model = model
        self._row_height = row_height
        self._unwanted: frozenset[str] = frozenset()
        self._sorted = -1
        self._least_width = 0
        self._widths: dict[int, int] = {}
        self._order = Qt.SortOrder.DescendingOrder
        self._delegate = TableDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setHorizontalHeader(TableHeader(self))
        self.setModel(model)
        self._set_manners()
        self._dress()
        model.modelReset.connect(self._measure_anew)
        model.layoutChanged.connect(self._measure_anew)
        model.dataChanged.connect(self._forget_widths)
        self.clicked.connect(self._open)
        header = self.horizontalHeader()
        header.sectionClicked.connect(self._sort_by)
        theme.bus().changed.connect(self._dress)

    def _set_manners(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.viewport().setAutoFillBackground(False)

    @Slot()
    def _dress(self) -> None:
        needed = QFontMetrics(theme.font("body-dense")).height() + _ROW_PADDING
        height = max(theme.scaled(self._row_height), needed)
        rows = self.verticalHeader()
        rows.setMinimumSectionSize(1)
        rows.setSectionResizeMode(rows.ResizeMode.Fixed)
        rows.setDefaultSectionSize(height)
        self._measure_anew()
        self.viewport().update()

    def set_row_height(self, row_height: int) -> None:
        """Take rows of another height at 100 % text size."""
        if row_height != self._row_height:
            self._row_height = row_height
            self._dress()

    def set_unwanted(self, keys: frozenset[str]) -> None:
        """Hide the columns that the person does not want."""
        self._unwanted = keys
        self.fit()

    def show_sorted(self, section: int, order: Qt.SortOrder) -> None:
        """Show the arrow at a column; the rows are sorted already."""
        self._sorted, self._order = section, order
        header = self.horizontalHeader()
        header.setSortIndicatorShown(section >= 0)
        header.setSortIndicator(section, order)
        self.fit()

    @Slot(int)
    def _sort_by(self, section: int) -> None:
        if section < 0:
            return
        column = self._model.columns[section]
        if column.sort_key is None:
            return
        descending, ascending = Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder
        order = descending if column.is_descending_first else ascending
        if section == self._sorted:
            order = ascending if self._order == descending else descending
        self.sort_rows(section, order)

    def _sort_next(self) -> None:
        """Sort by the next column that is shown and can be sorted by."""
        count = len(self._model.columns)
        after = (*range(self._sorted + 1, count), *range(self._sorted + 1))
        for section in after:
            is_shown = section >= 0 and not self.isColumnHidden(section)
            if is_shown and self._model.columns[section].sort_key is not None:
                self._sort_by(section)
                return

    def sort_rows(self, section: int, order: Qt.SortOrder) -> None:
        """Sort the rows by a column and show the arrow there."""
        self._model.sort(section, order)
        self.show_sorted(section, order)

    @Slot()
    def _forget_widths(self) -> None:
        self._widths.clear()

    @Slot()
    def _measure_anew(self) -> None:
        self._widths.clear()
        self.fit()

    @Slot()
    def fit(self) -> None:
        """Give each column its room; hide the least needed ones where there is too little."""
        columns = self._model.columns
        room = self.viewport().width()
        widths = [self._needed(index, column) for index, column in enumerate(columns)]
        shown = [index for index, column in enumerate(columns) if column.key not in self._unwanted]
        while sum(widths[index] for index in shown) > room:
            droppable = [index for index in shown if columns[index].priority > 0]
            if not droppable:
                break
            shown.remove(max(droppable, key=lambda index: (columns[index].priority, index)))
        spare = max(0, room - sum(widths[index] for index in shown))
        stretched = [index for index in shown if columns[index].is_stretched]
        for index in range(len(columns)):
            self.setColumnHidden(index, index not in shown)
            extra = spare // len(stretched) if index in stretched else 0
            if index in shown:
                self.setColumnWidth(index, widths[index] + extra)

    def _needed(self, section: int, column: Column[Any]) -> int:
        header = self.horizontalHeader()
        caption = header.caption_width(section) if isinstance(header, TableHeader) else 0
        if column.width:
            return max(caption, theme.scaled(column.width))
        needed = self._widths.get(section)
        if needed is None:
            needed = self._widths[section] = self._measured(column)
        if column.is_stretched and column.priority == 0:
            needed = min(needed, theme.scaled(_MIN_STRETCHED * 2))
        return max(caption, needed)

    def _measured(self, column: Column[Any]) -> int:
        """Return the room that the first rows need; asked of the model without Qt between."""
        model = self._model
        widths = []
        for number in range(min(model.rowCount(), _MEASURED_ROWS)):
            row = model.row_at(number)
            if row is not None:
                text, look, decoration = (
                    model.cell(row, column, role, number)
                    for role in (Qt.ItemDataRole.DisplayRole, LOOK_ROLE, DECORATION_ROLE)
                )
                widths.append(cell_width(str(text), look, decoration))
        return max(widths, default=0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns to the new room."""
        super().resizeEvent(event)
        self.fit()

    def content_height(self) -> int:
        """Return the height of header and all rows."""
        rows = self._model.rowCount() * self.verticalHeader().defaultSectionSize()
        return self.horizontalHeader().sizeHint().height() + rows

    def minimumSizeHint(self) -> QSize:
        """Return the room for the header, two rows and the columns that always stay."""
        height = self.horizontalHeader().sizeHint().height()
        rows = 2 * self.verticalHeader().defaultSectionSize()
        return QSize(self._least_width, height + rows)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        self.row_opened.emit(index.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Return, sort with S and R; copy the plain values of the selected row."""
        is_plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._open(self.currentIndex())
        elif event.key() == Qt.Key.Key_S and is_plain:
            self._sort_next()
        elif event.key() == Qt.Key.Key_R and is_plain:
            self._sort_by(self._sorted)
        elif is_plain and event.text().isalnum():
            # A letter is a key of the dock, such as T: the table does not search for it.
            event.ignore()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_row()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin at the first row, where the focus came by the keyboard."""
        super().focusInEvent(event)
        if event.reason() in BY_KEYBOARD and not self.selectionModel().hasSelection():
            shown = (n for n in range(len(self._model.columns)) if not self.isColumnHidden(n))
            row = max(self.currentIndex().row(), 0)
            self.setCurrentIndex(self._model.index(row, next(shown, 0)))

    def copy_row(self) -> None:
        """Put the selected row on the clipboard, tab separated, numbers plain."""
        row = self.currentIndex().row()
        if row < 0:
            return
        cells = [
            str(self._model.index(row, section).data(PLAIN_ROLE) or "")
            for section in range(len(self._model.columns))
            if not self.isColumnHidden(section)
        ]
        QApplication.clipboard().setText("\t".join(cells))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Lift the row under the pointer."""
        super().mouseMoveEvent(event)
        self.hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """Put the row down."""
        super().leaveEvent(event)
        self.hover(-1)

    def hover(self, row: int) -> None:
        """Lift *row*, -1 for none."""
        if row != self._delegate.hovered_row:
            self._delegate.hovered_row = row
            self.row_hovered.emit(row)
            self.viewport().update()
