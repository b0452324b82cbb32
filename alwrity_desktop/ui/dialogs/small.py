"""Small dialogs: a period by dates, a name, the keyboard, the checks, what closing does."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDate, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDateEdit, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from alwrity_desktop import __version__
from alwrity_desktop.core.results import Check
from alwrity_desktop.ui import theme
from alwrity_desktop.ui.actions import ACTIONS, Actions
from alwrity_desktop.ui.dialogs.base import Row, Sheet, line_edit
from alwrity_desktop.ui.widgets import IconLabel, PlainLabel, PushButton

_ISO = "yyyy-MM-dd"
_LIST_HEIGHT = 380


class PeriodDialog(Sheet):
    """Two days, both included."""

    #: First and last day, ISO.
    chosen = Signal(str, str)

    def __init__(self, first: str, last: str, parent: QWidget | None = None) -> None:
        """Offer the days from *first* to *last*."""
        super().__init__(self.tr("From … to …"), self.tr("Show"), parent)
        self._first, self._last = self._day(first), self._day(last)
        self._last_row = Row(self.tr("Last day"), self._last)
        self.add_beside(Row(self.tr("First day"), self._first), self._last_row)

    @staticmethod
    def _day(iso: str) -> QDateEdit:
        edit = QDateEdit(QDate.fromString(iso, _ISO))
        edit.setDisplayFormat(_ISO)
        edit.setCalendarPopup(True)
        return edit

    def apply(self) -> bool:
        """Show the period, unless it ends before it begins."""
        first, last = self._first.date(), self._last.date()
        if last < first:
            self._last_row.show_problem(self.tr("The last day lies before the first."))
            return False
        self.chosen.emit(first.toString(_ISO), last.toString(_ISO))
        return True


class NameDialog(Sheet):
    """A name for something of the person's own."""

    chosen = Signal(str)

    def __init__(self, title: str, taken: Sequence[str], parent: QWidget | None = None) -> None:
        """Ask for a name that is not among *taken*."""
        super().__init__(title, self.tr("Keep"), parent)
        self._taken = {name.casefold() for name in taken}
        self._name = line_edit()
        self._name.setMaxLength(40)
        self._row = self.add_row(self.tr("Name"), self._name)
        self._name.setFocus()

    def apply(self) -> bool:
        """Take the name, unless it is empty, taken or cannot be kept."""
        name = self._name.text().strip()
        problem = ""
        if not name:
            problem = self.tr("Write a name.")
        elif name.casefold() in self._taken:
            problem = self.tr("There is a layout of this name already.")
        elif "/" in name or "\\" in name:
            problem = self.tr("A name cannot have a slash.")
        self._row.show_problem(problem)
        if not problem:
            self.chosen.emit(name)
        return not problem


class KeysDialog(Sheet):
    """Every action that has a key."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        """List the keys of *actions*."""
        super().__init__(self.tr("Keyboard"), "", parent)
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setVerticalSpacing(7)
        given = [
            (actions[each.id].text().replace("&", ""), each.shortcut)
            for each in ACTIONS
            if each.shortcut
        ]
        given += [
            (self.tr("Layouts"), "Ctrl+1 … Ctrl+4"),
            (self.tr("A chart as a table, and back"), "T"),
            (self.tr("Open a row, a day or a month"), "Return"),
            (self.tr("Sort a table by its next column"), "S"),
            (self.tr("Turn a table's order round"), "R"),
        ]
        for place, (text, key) in enumerate(given):
            native = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) or key
            grid.addWidget(PlainLabel(text, "body-dense"), place, 0)
            right = Qt.AlignmentFlag.AlignRight
            grid.addWidget(PlainLabel(native, "body-dense", "text2"), place, 1, right)
        self.column.addWidget(scrolled(inside))


class ChecksDialog(Sheet):
    """What the doctor found."""

    def __init__(self, checks: Sequence[Check], parent: QWidget | None = None) -> None:
        """List *checks*, those that failed first."""
        bad = sum(not check.is_ok for check in checks)
        title = self.tr("Everything is well") if not bad else self.tr("Something needs you")
        super().__init__(title, "", parent)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(10)
        for check in sorted(checks, key=lambda check: check.is_ok):
            column.addWidget(self._line(check))
        self.column.addWidget(scrolled(inside))

    @staticmethod
    def _line(check: Check) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        icon, role = ("circle-check", "success") if check.is_ok else ("circle-x", "danger")
        row.addWidget(IconLabel(icon, role), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(PlainLabel(check.name, "body-dense", weight=600))
        detail = PlainLabel(check.detail, "caption", "text2")
        detail.setWordWrap(True)
        words.addWidget(detail)
        row.addLayout(words, 1)
        return line


class AboutDialog(Sheet):
    """Name, version and licence."""

    def __init__(self, folder: str, parent: QWidget | None = None) -> None:
        """Name the *folder* that holds everything."""
        super().__init__("ALwrity Desktop", "", parent)
        self.add_words(self.tr("Version {version}").format(version=__version__))
        self.add_words(self.tr("Shows what AI calls cost. Nothing leaves this computer."))
        self.add_words(self.tr("Everything is kept in {folder}.").format(folder=folder), "caption")
        self.add_words(
            self.tr("MIT licence. Icons by Lucide (ISC), type Inter (OFL)."), "caption", "muted"
        )


class CloseDialog(Sheet):
    """Asked at the first close: go on in the tray, or end."""

    #: True to keep running.
    chosen = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Explain what closing does from now on."""
        super().__init__(self.tr("Keep running in the tray?"), self.tr("Keep running"), parent)
        self.add_words(
            self.tr(
                "The icon in the tray goes on watching your budgets. A click on it opens the "
                "window again. You can change this in the settings."
            )
        )
        end = PushButton(self.tr("Quit"))
        end.clicked.connect(self._quit)
        self.add_button(end)

    def apply(self) -> bool:
        """Keep running."""
        self.chosen.emit(True)
        return True

    @Slot()
    def _quit(self) -> None:
        self.chosen.emit(False)
        self.accept()


class MessageDialog(Sheet):
    """One sentence that says why something cannot be done here."""

    def __init__(self, title: str, text: str, parent: QWidget | None = None) -> None:
        """Say *text*."""
        super().__init__(title, "", parent)
        self.add_words(text)


class ConfirmDialog(Sheet):
    """One question whose answer cannot be taken back."""

    confirmed = Signal()

    def __init__(
        self, title: str, text: str, accept_text: str, parent: QWidget | None = None
    ) -> None:
        """Ask *text*; the first button is named *accept_text*."""
        super().__init__(title, accept_text, parent)
        self.add_words(text)

    def apply(self) -> bool:
        """Tell that it was confirmed."""
        self.confirmed.emit()
        return True


def scrolled(inside: QWidget) -> QScrollArea:
    """Return *inside* in an area that scrolls where it is long."""
    area = QScrollArea()
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setWidget(inside)
    area.viewport().setAutoFillBackground(False)
    inside.setAutoFillBackground(False)
    area.setMinimumHeight(min(theme.scaled(_LIST_HEIGHT), inside.sizeHint().height() + 4))
    return area
