"""A titled table that is as high as its rows, for places that hold several things."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.tables.columns import Column
from alwrity_desktop.ui.tables.model import RowsModel
from alwrity_desktop.ui.tables.view import TableView
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import PlainLabel

Row = TypeVar("Row")


class TableSection(QWidget):
    """A caption with a note, and a table below that never scrolls up and down by itself."""

    def __init__(self, title: str, row_height: int = SIZES.row_dense) -> None:
        """Make a section without rows or columns."""
        super().__init__()
        self._title = PlainLabel(title, "body-dense", weight=600)
        self._note = PlainLabel("", "caption", "muted").set_elided()
        self.model: RowsModel[Any] = RowsModel((), self)
        self.table = TableView(self.model, title, row_height)
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._bar = self.table.horizontalScrollBar()
        head = QHBoxLayout()
        head.setContentsMargins(SIZES.cell_padding, 10, SIZES.cell_padding, 4)
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addWidget(self._note, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 8, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.table)
        self.model.modelReset.connect(self.fit)
        self._bar.rangeChanged.connect(self.fit)
        theme.bus().changed.connect(self.fit)

    def set_rows(
        self,
        columns: Sequence[Column[Row]],
        rows: Sequence[Row],
        note: str = "",
        footer: Row | None = None,
    ) -> None:
        """Show *rows* under *columns*, *footer* below them and *note* beside the caption."""
        self.model.columns = tuple(columns)
        self.model.set_rows(rows, footer)
        self._note.set_plain(note)

    def set_title(self, title: str) -> None:
        """Give the section another caption."""
        self._title.set_plain(title)
        self.table.setAccessibleName(title)

    @Slot()
    def fit(self) -> None:
        """Make the table as high as its rows, and the bar below them where there is one."""
        bar = self._bar.sizeHint().height() if self._bar.maximum() > 0 else 0
        self.table.setFixedHeight(self.table.content_height() + bar)
