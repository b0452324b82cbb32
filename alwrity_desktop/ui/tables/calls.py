"""An item model over calls that are fetched page by page as they come into view."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal

from alwrity_desktop.core.domain.report import CallPage, CallRow
from alwrity_desktop.ui.tables.columns import Column
from alwrity_desktop.ui.tables.model import NOWHERE, Index, TableModel

PAGE_SIZE = 200
_KEPT_PAGES = 25


class CallsModel(TableModel[CallRow]):
    """As many rows as the ledger says; the rows themselves come when they are looked at."""

    #: The number of a page that is not there yet.
    page_wanted = Signal(int)
    #: The key of the column to sort by, and whether the largest comes first.
    sort_wanted = Signal(str, bool)

    def __init__(self, columns: Sequence[Column[CallRow]], parent: QObject | None = None) -> None:
        """Make an empty list of calls."""
        super().__init__(columns, parent)
        self._total = 0
        self._pages: OrderedDict[int, tuple[CallRow, ...]] = OrderedDict()
        self._asked: set[int] = set()

    @property
    def total(self) -> int:
        """How many calls answer the query."""
        return self._total

    def reset(self) -> None:
        """Forget all rows, because the query is another one."""
        self.beginResetModel()
        self._total = 0
        self._pages.clear()
        self._asked.clear()
        self.endResetModel()

    def take_page(self, page: CallPage) -> None:
        """Take the rows of one page; another total means that the list has grown or shrunk."""
        number = page.query.offset // PAGE_SIZE
        if page.total != self._total:
            self.beginResetModel()
            self._total = page.total
            self._pages.clear()
            self._asked.clear()
            self._keep(number, page.rows)
            self.endResetModel()
            return
        self._keep(number, page.rows)
        first = number * PAGE_SIZE
        last = min(first + len(page.rows), self._total) - 1
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))

    def _keep(self, number: int, rows: tuple[CallRow, ...]) -> None:
        self._pages[number] = rows
        self._asked.discard(number)
        while len(self._pages) > _KEPT_PAGES:
            self._pages.popitem(last=False)

    def renew(self, first_row: int, last_row: int) -> None:
        """Ask for the rows in view anew; what lies out of view is asked for when it is seen."""
        wanted = set(range(first_row // PAGE_SIZE, last_row // PAGE_SIZE + 1))
        for number in [number for number in self._pages if number not in wanted]:
            del self._pages[number]
        self._asked = set(wanted)
        for number in sorted(wanted):
            self.page_wanted.emit(number)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return how many calls there are."""
        return 0 if parent.isValid() else self._total

    def row_at(self, row: int) -> CallRow | None:
        """Return a call, or None after asking for its page."""
        number, place = divmod(row, PAGE_SIZE)
        rows = self._pages.get(number)
        if rows is None:
            if number not in self._asked:
                self._asked.add(number)
                self.page_wanted.emit(number)
            return None
        return rows[place] if place < len(rows) else None

    def loaded(self, row: int) -> CallRow | None:
        """Return a call if it is there, without asking for it."""
        number, place = divmod(row, PAGE_SIZE)
        rows = self._pages.get(number, ())
        return rows[place] if place < len(rows) else None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Ask for the calls in another order."""
        if 0 <= column < len(self.columns) and self.columns[column].sort_key is not None:
            is_descending = order == Qt.SortOrder.DescendingOrder
            self.sort_wanted.emit(self.columns[column].key, is_descending)
