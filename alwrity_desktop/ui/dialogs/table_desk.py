"""Opens the dialog that imports a table, and turns what is chosen in it into jobs."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.table_mapping import TableMapping
from alwrity_desktop.ui.dialogs.table import TableDialog
from alwrity_desktop.ui.jobs import Job
from alwrity_desktop.ui.table_jobs import BookTable, PreviewTable


class Desk(Protocol):
    """What the import needs to know of the controller."""

    context: Context

    def submit(self, job: Job) -> None:
        """Have *job* done."""


class TableDialogs(QObject):
    """Asks for a file, then for its columns; nothing waits."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        """Open nothing yet."""
        super().__init__(window)
        self._desk = desk
        self._window = window

    def ask_file(self) -> None:
        """Ask which table to import."""
        dialog = QFileDialog(self._window, self.tr("Import a table"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        tables = self.tr("Tables (*.csv *.tsv *.json *.jsonl *.ndjson)")
        dialog.setNameFilters([tables, self.tr("All files (*)")])
        dialog.fileSelected.connect(self.open_table)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def open_table(self, name: str) -> None:
        """Show the columns and the first rows of the table *name*."""
        dialog = TableDialog(Path(name), self._desk.context.timezone(), self._window)
        dialog.preview_asked.connect(self._preview)
        dialog.book_asked.connect(self._book)
        dialog.open()
        self._preview(Path(name), None)

    @Slot(object, object)
    def _preview(self, path: Path, mapping: TableMapping | None) -> None:
        self._desk.submit(PreviewTable(path, mapping))

    @Slot(object, object)
    def _book(self, path: Path, mapping: TableMapping) -> None:
        self._desk.submit(BookTable(path, mapping, self._desk.submit))

    @Slot(object)
    def on_event(self, event: object) -> None:
        """Hand an event to the dialog that is open."""
        for dialog in self._window.findChildren(TableDialog):
            if dialog.isVisible():
                dialog.take_event(event)
