"""What all dialogs share: a heading, rows with their problem beside them, two buttons."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import PlainLabel, PushButton

_MARGIN = 22
_WIDTH = 440


class Row(QWidget):
    """A named field with room for what is wrong with it."""

    def __init__(self, title: str, field: QWidget, hint: str = "") -> None:
        """Put *title* above *field*, and *hint* below."""
        super().__init__()
        self._hint_text = hint
        label = PlainLabel(title, "caption", "text2", 500)
        label.setBuddy(field)
        field.setAccessibleName(title)
        field.setMinimumHeight(theme.scaled(SIZES.button))
        field.setFont(theme.font("body-dense"))
        self._hint = PlainLabel(hint, "caption", "muted")
        self._hint.setWordWrap(True)
        self._hint.setVisible(bool(hint))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(label)
        layout.addWidget(field)
        layout.addWidget(self._hint)

    def set_hint(self, hint: str) -> None:
        """Say something else below the field."""
        self._hint_text = hint
        self.show_problem("")

    def show_problem(self, sentence: str) -> None:
        """Say what is wrong with the field; "" when nothing is."""
        self._hint.set_plain(sentence or self._hint_text)
        self._hint.set_colour("danger.text" if sentence else "muted")
        self._hint.setVisible(bool(sentence or self._hint_text))


class Sheet(QDialog):
    """A dialog that is opened and never waited for."""

    def __init__(self, title: str, accept_text: str, parent: QWidget | None) -> None:
        """Make a dialog titled *title* whose first button is named *accept_text*."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(theme.scaled(_WIDTH))
        self.column = QVBoxLayout()
        self.column.setSpacing(14)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        if accept_text:
            cancel = PushButton(self.tr("Cancel"))
            cancel.setAutoDefault(False)
            cancel.clicked.connect(self.reject)
            self._buttons.addWidget(cancel)
        self._accept = PushButton(accept_text or self.tr("Close"), "primary")
        self._accept.setDefault(True)
        self._accept.clicked.connect(self._try)
        self._buttons.addWidget(self._accept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN - 4, _MARGIN, _MARGIN - 4)
        layout.setSpacing(16)
        layout.addWidget(PlainLabel(title, "subheading"))
        layout.addLayout(self.column)
        layout.addStretch(1)
        layout.addLayout(self._buttons)

    def add_row(self, title: str, field: QWidget, hint: str = "") -> Row:
        """Add a named field."""
        row = Row(title, field, hint)
        self.column.addWidget(row)
        return row

    def add_beside(self, *rows: Row) -> None:
        """Add *rows* in one line of equal widths, each at the top whatever the others say."""
        line = QWidget()
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        for row in rows:
            layout.addWidget(row, 1, Qt.AlignmentFlag.AlignTop)
        self.column.addWidget(line)

    def add_words(self, text: str, type_role: str = "body-dense", colour: str = "text2") -> None:
        """Add a sentence."""
        label = PlainLabel(text, type_role, colour)
        label.setWordWrap(True)
        self.column.addWidget(label)

    def add_button(self, button: PushButton) -> None:
        """Add a button at the left of the others."""
        self._buttons.insertWidget(0, button)

    def grow(self) -> None:
        """Make room for words that wrap: Qt asks for that of one line alone."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            needed = layout.totalHeightForWidth(self.width())
            room = self.screen().availableGeometry().height()
            self.resize(self.width(), min(room, max(self.height(), needed)))

    @Slot()
    def _try(self) -> None:
        if self.apply():
            self.accept()

    def apply(self) -> bool:
        """Take what was entered; return False to stay open with the problem in view."""
        return True

    def sizeHint(self) -> QSize:
        """Return no more than the screen has."""
        return super().sizeHint().boundedTo(self.screen().availableGeometry().size())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground."""
        QPainter(self).fillRect(self.rect(), theme.current().colour("surface"))


class ServerSheet(Sheet):
    """A dialog that waits for what a server, or the place of tokens, has to say."""

    def take_event(self, event: object) -> None:
        """Show what *event* brings, if it is for this dialog. Each has its own."""
        raise NotImplementedError


def line_edit(text: str = "", placeholder: str = "") -> QLineEdit:
    """Return a line to type in."""
    edit = QLineEdit(text)
    edit.setPlaceholderText(placeholder)
    return edit
