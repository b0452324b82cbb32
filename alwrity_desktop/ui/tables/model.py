"""An item model over rows of a report, with an optional total row that stays last."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from alwrity_desktop.ui.tables.columns import Column, Look

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex

DECORATION_ROLE = Qt.ItemDataRole.UserRole + 1
LOOK_ROLE = Qt.ItemDataRole.UserRole + 2
PLAIN_ROLE = Qt.ItemDataRole.UserRole + 3
NOWHERE = QModelIndex()
_NUMBER_ALIGNMENT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_TEXT_ALIGNMENT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class TableModel(QAbstractTableModel, Generic[Row]):
    """What all tables share: cells written by their columns."""

    def __init__(self, columns: Sequence[Column[Row]], parent: QObject | None = None) -> None:
        """Make an empty table of *columns*."""
        super().__init__(parent)
        self.columns = tuple(columns)

    def row_at(self, row: int) -> Row | None:
        """Return the value of a row; None where it is not there (yet)."""
        raise NotImplementedError

    def is_footer(self, row: int) -> bool:
        """Return whether *row* is the total."""
        return False

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's title and alignment."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _NUMBER_ALIGNMENT if column.is_number else _TEXT_ALIGNMENT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        row = self.row_at(index.row())
        if row is None:
            return "" if role == Qt.ItemDataRole.DisplayRole else None
        return self.cell(row, self.columns[index.column()], role, index.row())

    def cell(self, row: Row, column: Column[Row], role: int, number: int) -> object:
        """Return what *column* says of *row*, which is number *number*, for *role*."""
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return column.text(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _NUMBER_ALIGNMENT if column.is_number else _TEXT_ALIGNMENT
        if role == Qt.ItemDataRole.ToolTipRole and column.tooltip is not None:
            text = html.escape(column.tooltip(row)).replace("\n", "<br>")
            return f"<span>{text}</span>" if text else None
        return self._extra(row, column, role, number)

    def _extra(self, row: Row, column: Column[Row], role: int, number: int) -> object:
        """Return what the delegate and the clipboard ask for."""
        if role == PLAIN_ROLE:
            return column.plain(row) if column.plain is not None else column.text(row)
        if role == DECORATION_ROLE:
            return column.decoration(row) if column.decoration is not None else None
        if role == LOOK_ROLE:
            look = column.look(row) if column.look is not None else Look()
            return Look(look.colour, 600) if self.is_footer(number) else look
        return None


class RowsModel(TableModel[Row]):
    """Rows that are all there; sorted by their columns' keys."""

    def __init__(self, columns: Sequence[Column[Row]], parent: QObject | None = None) -> None:
        """Make an empty table of *columns*."""
        super().__init__(columns, parent)
        self._rows: list[Row] = []
        self._footer: Row | None = None
        self._sort_column = -1
        self._order = Qt.SortOrder.DescendingOrder

    def set_rows(self, rows: Sequence[Row], footer: Row | None = None) -> None:
        """Show *rows*, and *footer* always below them."""
        self.beginResetModel()
        self._rows = list(rows)
        self._footer = footer
        self._arrange()
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return how many rows there are, the total included."""
        if parent.isValid():
            return 0
        return len(self._rows) + (self._footer is not None)

    def row_at(self, row: int) -> Row | None:
        """Return the value of a row."""
        return self._footer if row == len(self._rows) else self._rows[row]

    def is_footer(self, row: int) -> bool:
        """Return whether *row* is the total."""
        return row == len(self._rows) and self._footer is not None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 keeps the order in which the rows came."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        kept = [self.row_at(index.row()) for index in before]
        self._sort_column, self._order = column, order
        self._arrange()
        places = {id(row): place for place, row in enumerate([*self._rows, self._footer])}
        after = [
            self.index(places[id(row)], index.column())
            for row, index in zip(kept, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        if not 0 <= self._sort_column < len(self.columns):
            return
        key = self.columns[self._sort_column].sort_key
        if key is not None:
            is_descending = self._order == Qt.SortOrder.DescendingOrder
            self._rows.sort(key=key, reverse=is_descending)
