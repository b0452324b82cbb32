"""Imports calls from a table: which column is what, and what the first rows would become."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from alwrity_desktop.core.domain.table_mapping import FIELDS, TableMapping, TablePreview
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.ui import formatting, theme
from alwrity_desktop.ui.dialogs.base import Sheet
from alwrity_desktop.ui.dialogs.small import scrolled
from alwrity_desktop.ui.events import TableBooked, TablePreviewed
from alwrity_desktop.ui.tables.columns import Column, Swatch
from alwrity_desktop.ui.tables.model import RowsModel
from alwrity_desktop.ui.tables.view import TableView
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.translation import QT_TRANSLATE_NOOP
from alwrity_desktop.ui.widgets import CheckBox, Combo, PlainLabel

_WIDTH: Final = 640
_NAMES: Final = {
    "at": QT_TRANSLATE_NOOP("TableDialog", "Time"),
    "provider": QT_TRANSLATE_NOOP("TableDialog", "Provider"),
    "model": QT_TRANSLATE_NOOP("TableDialog", "Model"),
    "input_tokens": QT_TRANSLATE_NOOP("TableDialog", "Input tokens"),
    "output_tokens": QT_TRANSLATE_NOOP("TableDialog", "Output tokens"),
    "cache_read_tokens": QT_TRANSLATE_NOOP("TableDialog", "Cache read"),
    "cache_write_tokens": QT_TRANSLATE_NOOP("TableDialog", "Cache written"),
    "reasoning_tokens": QT_TRANSLATE_NOOP("TableDialog", "Reasoning"),
    "requests": QT_TRANSLATE_NOOP("TableDialog", "Requests"),
    "images": QT_TRANSLATE_NOOP("TableDialog", "Images"),
    "pages": QT_TRANSLATE_NOOP("TableDialog", "Pages"),
    "cost": QT_TRANSLATE_NOOP("TableDialog", "Cost"),
    "id": QT_TRANSLATE_NOOP("TableDialog", "Call's id"),
    "project": QT_TRANSLATE_NOOP("TableDialog", "Project"),
    "agent": QT_TRANSLATE_NOOP("TableDialog", "Agent"),
    "conversation": QT_TRANSLATE_NOOP("TableDialog", "Conversation"),
    "endpoint": QT_TRANSLATE_NOOP("TableDialog", "Endpoint"),
    "api_key": QT_TRANSLATE_NOOP("TableDialog", "Name of the key"),
    "status_code": QT_TRANSLATE_NOOP("TableDialog", "Status"),
    "duration": QT_TRANSLATE_NOOP("TableDialog", "Duration"),
}
_UNITS: Final = (
    ("usd", QT_TRANSLATE_NOOP("TableDialog", "US dollars")),
    ("cents", QT_TRANSLATE_NOOP("TableDialog", "US cents")),
    ("other", QT_TRANSLATE_NOOP("TableDialog", "Another currency: not taken")),
)


def _tr(text: str) -> str:
    return QCoreApplication.translate("TableDialog", text)


def _call_columns(timezone: str) -> tuple[Column[Call], ...]:
    """Return the columns; they hold no dialog, so that one ends as soon as it is let go."""
    return (
        Column(
            "at", _tr("Time"),
            lambda row: formatting.moment(row.occurred_at_ms, timezone),
        ),
        Column(
            "model", _tr("Model"), lambda row: row.model, is_stretched=True,
            decoration=lambda row: Swatch(row.provider),
        ),
        Column(
            "input", _tr("Input"),
            lambda row: formatting.count(
                row.input_tokens + row.cache_read_tokens + row.cache_write_tokens
            ),
            is_number=True, priority=2,
        ),
        Column(
            "output", _tr("Output"), lambda row: formatting.count(row.output_tokens),
            is_number=True, priority=1,
        ),
        Column(
            "cost", _tr("Cost"),
            lambda row: formatting.money_small(row.reported_cost_pico), is_number=True,
        ),
    )  # fmt: skip


class TableDialog(Sheet):
    """One table: its columns, its first rows, and how far its booking is."""

    #: A path and the ``TableMapping`` to look at it with, None for a guess.
    preview_asked = Signal(object, object)
    #: A path and the ``TableMapping`` to book it with.
    book_asked = Signal(object, object)

    def __init__(self, path: Path, timezone: str, parent: QWidget | None = None) -> None:
        """Wait for the first look at *path*; times are shown in *timezone*."""
        super().__init__(self.tr("Import a table"), self.tr("Import"), parent)
        self.setMinimumWidth(theme.scaled(_WIDTH))
        self._path = path
        self._mapping: TableMapping | None = None
        self._combos: dict[str, Combo] = {}
        self._is_filling = False
        self.add_words(path.name, "body", "text")
        self._add_columns()
        self._add_options()
        self._rows: RowsModel[Call] = RowsModel(_call_columns(timezone), self)
        self._table = TableView(self._rows, self.tr("The first rows"), SIZES.row_calls)
        self._table.setMinimumHeight(theme.scaled(96))
        self.column.addWidget(self._table, 1)
        self._said = PlainLabel(self.tr("Reading the table…"), "caption", "muted")
        self._said.setWordWrap(True)
        self.column.addWidget(self._said)
        self._accept.setEnabled(False)

    def _add_columns(self) -> None:
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        for index, name in enumerate(FIELDS):
            words = _tr(_NAMES[name])
            combo = Combo(words, is_small=True)
            combo.setObjectName(name)
            combo.currentIndexChanged.connect(self._choose)
            self._combos[name] = combo
            row, side = divmod(index, 2)
            grid.addWidget(PlainLabel(words, "caption", "text2", 500), row, side * 2)
            grid.addWidget(combo, row, side * 2 + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        area = scrolled(inside)
        area.setMinimumHeight(theme.scaled(84))
        area.setMaximumHeight(theme.scaled(170))
        self.column.addWidget(area)

    def _add_options(self) -> None:
        self._unit = Combo(self.tr("Amounts are in"), is_small=False)
        words = ((key, _tr(text)) for key, text in _UNITS)
        self._unit.set_items(tuple(words))
        self._unit.currentIndexChanged.connect(self._choose)
        self.add_row(self.tr("Amounts are in"), self._unit)
        self._day_first = CheckBox(self.tr("03/04/2026 is the third of April"))
        self._cache_inside = CheckBox(self.tr("Input tokens include the cached ones"))
        for box in (self._day_first, self._cache_inside):
            box.toggled.connect(self._choose)
            self.column.addWidget(box)

    @Slot(object)
    def take_event(self, event: object) -> None:
        """Show what came of a look, or how far the booking is."""
        if isinstance(event, TablePreviewed) and event.path == self._path:
            self._show(event.preview)
        elif isinstance(event, TableBooked):
            self._show_progress(event)

    def _show(self, preview: TablePreview) -> None:
        self._mapping = preview.mapping
        self._is_filling = True
        nothing = (None, self.tr("not in the table"))
        for name, combo in self._combos.items():
            combo.set_items((nothing, *((each, each) for each in preview.header)))
            combo.setCurrentIndex(max(0, combo.findData(preview.mapping.header_of(name))))
        self._unit.setCurrentIndex(max(0, self._unit.findData(preview.mapping.cost_unit)))
        self._day_first.setChecked(preview.mapping.is_day_first)
        self._cache_inside.setChecked(preview.mapping.is_cache_inside)
        self._is_filling = False
        self._rows.set_rows(preview.calls)
        self._accept.setEnabled(bool(preview.calls))
        self._said.set_plain(" ".join(self._remarks(preview)))

    def _remarks(self, preview: TablePreview) -> list[str]:
        if preview.mapping.missing:
            wanted = (_tr(_NAMES[name]) for name in preview.mapping.missing)
            return [self.tr("Choose the columns of: {names}.").format(names=", ".join(wanted))]
        remarks = [
            self.tr("Row {row} is refused: {reason}.").format(row=each.row, reason=each.reason)
            for each in preview.refused[:3]
        ]
        return [*remarks, *preview.notes]

    @Slot()
    def _choose(self) -> None:
        """Look at the table anew, with what is chosen now."""
        if self._is_filling or self._mapping is None:
            return
        chosen: dict[str, Any] = {
            name: combo.currentData() for name, combo in self._combos.items() if combo.currentData()
        }
        self._mapping = replace(
            self._mapping,
            columns=tuple(chosen.items()),
            cost_unit=self._unit.currentData(),
            is_day_first=self._day_first.isChecked(),
            is_cache_inside=self._cache_inside.isChecked(),
        )
        self.preview_asked.emit(self._path, self._mapping)

    def _show_progress(self, event: TableBooked) -> None:
        text = self.tr("{added} calls added, {known} known already, {refused} rows refused.")
        words = text.format(
            added=formatting.count(event.added), known=formatting.count(event.known),
            refused=formatting.count(event.refused),
        )  # fmt: skip
        self._said.set_plain(words)
        if event.is_done:
            self._accept.setText(self.tr("Close"))
            self._accept.setEnabled(True)
            self._mapping = None

    def apply(self) -> bool:
        """Book the table and stay open until it is; then close."""
        if self._mapping is None:
            return True
        self._accept.setEnabled(False)
        for part in (*self._combos.values(), self._unit, self._day_first, self._cache_inside):
            part.setEnabled(False)
        self._said.set_plain(self.tr("Booking…"))
        self.book_asked.emit(self._path, self._mapping)
        return False
