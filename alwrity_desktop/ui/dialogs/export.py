"""Asks what to export and where to: the report as a whole, one of its tables, or all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from alwrity_desktop.core.exporting import ALL_PARTS, PARTED
from alwrity_desktop.core.exports.base import formats
from alwrity_desktop.core.exports.parts import PARTS

_USUAL: Final = ("groups", "calls")
"""The tables that are offered first."""


class _Choice(NamedTuple):
    """A kind of file: how it is named in the list, and how its name ends."""

    words: str
    suffix: str
    #: A table, all of them, or "" for what the format holds.
    part: str = ""

    @property
    def pattern(self) -> str:
        return f"{self.words} (*.{self.suffix})" if self.suffix else f"{self.words} (*)"


class ExportDialog(QFileDialog):
    """A file dialog whose kinds of files are the formats and the tables."""

    #: The file or folder, and a table, all of them, or "" for what the format holds.
    chosen = Signal(object, str)

    def __init__(self, month: str, parent: QWidget) -> None:
        """Propose a name with *month* in it, such as "2026-11"."""
        super().__init__(parent, parent.tr("Export"))
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        tables = {name: _Choice(f"CSV: {part.title}", PARTED, name) for name, part in PARTS.items()}
        choices = [
            *(tables.pop(name) for name in _USUAL),
            *(_Choice(each.TITLE, name) for name, each in formats().items() if name != PARTED),
            _Choice(self.tr("Every table, as CSV files in a folder"), "", ALL_PARTS),
            *tables.values(),
        ]
        self._choices = {choice.pattern: choice for choice in choices}
        self._stem = f"ai-costs-{month}"
        self.setNameFilters(list(self._choices))
        self._take_filter(choices[0].pattern)
        self.filterSelected.connect(self._take_filter)
        self.fileSelected.connect(self._choose)
        self.finished.connect(self.deleteLater)

    @property
    def _choice(self) -> _Choice:
        first = next(iter(self._choices))
        return self._choices.get(self.selectedNameFilter(), self._choices[first])

    @Slot(str)
    def _take_filter(self, pattern: str) -> None:
        """Let the file's name end as the kind that was chosen has it."""
        choice = self._choices[pattern]
        self.setDefaultSuffix(choice.suffix)
        part = "" if choice.part in {"", ALL_PARTS} else f"-{choice.part}"
        ending = f".{choice.suffix}" if choice.suffix else ""
        self.selectFile(f"{self._stem}{part}{ending}")

    @Slot(str)
    def _choose(self, name: str) -> None:
        """Tell what was chosen; a name that ends otherwise gets the ending of its kind."""
        choice, path = self._choice, Path(name)
        endings = {choice.suffix} if choice.part else formats()
        if choice.suffix and path.suffix.removeprefix(".").lower() not in endings:
            path = path.with_name(f"{path.name}.{choice.suffix}")
        self.chosen.emit(path, choice.part)
