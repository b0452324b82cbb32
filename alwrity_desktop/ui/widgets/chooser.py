"""A choice among many, found by typing any of its words."""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Sequence
from typing import Any

import msgspec
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QAction,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QMoveEvent,
    QPainter,
    QPalette,
)
from PySide6.QtWidgets import (
    QCompleter,
    QLineEdit,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.tokens import SIZES

_WIDTH = 260
_LEAST_WIDTH = 150
_LIST_WIDTH = 520
_SHOWN_ROWS = 10
_MEASURED_ROWS = 30
_GAP = 16
_PADDING = 10
_INDEX = QModelIndex | QPersistentModelIndex
_STAYING = frozenset({Qt.FocusReason.MouseFocusReason, Qt.FocusReason.PopupFocusReason})
_NOTE_ROLE = Qt.ItemDataRole.UserRole + 1


class Option(msgspec.Struct, frozen=True):
    """One thing to choose."""

    #: What the program calls it.
    key: Hashable
    text: str
    #: What stands at the right end of its row: a price, a cost.
    note: str = ""
    #: Further words by which it is found.
    words: str = ""


class _Options(QAbstractListModel):
    """The options that hold all the words that were typed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._all: Sequence[tuple[Option, str]] = ()
        self.shown: list[Option] = []

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer *options*."""
        self._all = [
            (option, f"{option.text} {option.note} {option.words}".casefold()) for option in options
        ]
        self.keep("")

    def keep(self, typed: str) -> None:
        """Keep the options with every word of *typed*."""
        words = typed.casefold().split()
        self.beginResetModel()
        self.shown = [option for option, text in self._all if all(word in text for word in words)]
        self.endResetModel()

    def rowCount(self, parent: _INDEX = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        """Return how many options are kept."""
        return 0 if parent.isValid() else len(self.shown)

    def data(self, index: _INDEX, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - as Qt declares it
        """Return an option's text, or the note beside it."""
        option = self.shown[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole}:
            return option.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{option.text}, {option.note}" if option.note else option.text
        return option.note if role == _NOTE_ROLE else None


class _Delegate(QStyledItemDelegate):
    """Paints an option's text, and its note at the right end."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _INDEX) -> None:
        """Draw one row."""
        look, box = theme.current(), self._box(option)
        is_chosen = bool(self._state(option) & QStyle.StateFlag.State_Selected)
        painter.save()
        if is_chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("primary"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.drawRoundedRect(box, SIZES.radius_title_button, SIZES.radius_title_button)
        inner = box.adjusted(_PADDING, 0, -_PADDING, 0)
        note = str(index.data(_NOTE_ROLE) or "")
        painter.setFont(theme.font("caption"))
        metrics = painter.fontMetrics()
        painter.setPen(look.colour("onprimary" if is_chosen else "muted"))
        flags = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, flags | Qt.AlignmentFlag.AlignRight, note)
        left = inner.adjusted(0, 0, -(metrics.horizontalAdvance(note) + _GAP) if note else 0, 0)
        painter.setPen(look.colour("onprimary" if is_chosen else "text"))
        text = metrics.elidedText(str(index.data()), Qt.TextElideMode.ElideMiddle, left.width())
        painter.drawText(left, flags, text)
        painter.restore()

    def _box(self, option: Any) -> QRect:  # noqa: ANN401 - the stubs know no fields of options
        return QRect(option.rect)

    def _state(self, option: Any) -> QStyle.StateFlag:  # noqa: ANN401 - the stubs know no fields
        return QStyle.StateFlag(option.state)

    def sizeHint(self, option: QStyleOptionViewItem, index: _INDEX) -> QSize:
        """Return the room of one row."""
        return QSize(10, theme.scaled(SIZES.row_dense))


class _List(QListView):
    """The list below the box, as a whole on the screen."""

    def moveEvent(self, event: QMoveEvent) -> None:
        """Move to the left where the right end would be beyond the screen."""
        super().moveEvent(event)
        beyond = self.geometry().right() - self.screen().availableGeometry().right()
        if beyond > 0:
            self.move(self.x() - beyond, self.y())


class Chooser(QLineEdit):
    """A box that shows what is chosen; typing in it looks for something else."""

    #: The key of what was chosen.
    chosen = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """Make a box named *name* for screen readers."""
        super().__init__(parent)
        self._options: dict[Hashable, Option] = {}
        self._key: Hashable = None
        self._model = _Options(self)
        self._list = _List()
        self._list.setObjectName("choices")
        self._list.setUniformItemSizes(True)
        self._completer = QCompleter(self._model, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setMaxVisibleItems(_SHOWN_ROWS)
        self._completer.setPopup(self._list)
        # The completer puts a delegate of its own on its popup.
        self._list.setItemDelegate(_Delegate(self._list))
        # The stubs do not know that this signal comes in two forms.
        self._completer.activated[QModelIndex].connect(self._take_row)  # type: ignore[index]
        self._after = QTimer(self)
        self._after.setSingleShot(True)
        self._after.timeout.connect(self._write)
        self.setCompleter(self._completer)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._chevron = QAction(self)
        self._chevron.triggered.connect(self.show_all)
        self.addAction(self._chevron, QLineEdit.ActionPosition.TrailingPosition)
        self.textEdited.connect(self._model.keep)
        self._dress()
        theme.bus().changed.connect(self._dress)

    @property
    def key(self) -> Hashable:
        """What is chosen; None for nothing."""
        return self._key

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer *options*; what was chosen stays chosen where it is still among them."""
        self._options = {option.key: option for option in options}
        self._model.set_options(options)
        self._fit_list()
        if self._key not in self._options:
            self._key = None
        if not self.hasFocus() or not self.isModified():
            self._write()

    def choose(self, key: Hashable) -> None:
        """Choose *key* without telling anyone; what is not offered is nothing."""
        self._key = key if key in self._options else None
        self._write()

    @Slot()
    def show_all(self) -> None:
        """Open the list with everything in it."""
        self._model.keep("")
        self.selectAll()
        self._completer.complete()

    def _fit_list(self) -> None:
        """Give the list the room for its longest row, as far as that is no hindrance."""
        metrics = self.fontMetrics()
        rows = (option.text + option.note for option in self._options.values())
        # To measure thousands of rows takes longer than a frame: the widest has many letters.
        longest = heapq.nlargest(_MEASURED_ROWS, rows, key=len)
        widths = (metrics.horizontalAdvance(row) for row in longest)
        widest = max(widths, default=0) + 2 * _PADDING + _GAP + theme.scaled(28)
        screen = self.screen().availableGeometry().width()
        self._list.setMinimumWidth(min(widest, theme.scaled(_LIST_WIDTH), screen - 16))

    def _write(self) -> None:
        option = self._options.get(self._key)
        self.setText("" if option is None else option.text)
        self.setCursorPosition(0)
        self.setModified(False)
        if self.hasFocus():
            # What is typed next takes its place.
            self.selectAll()

    @Slot(QModelIndex)
    def _take_row(self, index: QModelIndex) -> None:
        # The completer has a model of its own around the options, in the same order.
        if 0 <= index.row() < len(self._model.shown):
            self._take(self._model.shown[index.row()])

    def _take(self, option: Option) -> None:
        self._list.hide()
        is_other = option.key != self._key
        self._key = option.key
        # The completer writes into the box after it has told of the choice.
        self._after.start()
        self._write()
        if is_other:
            self.chosen.emit(option.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the list with Down, take the first that fits with Return, leave with Escape."""
        key = Qt.Key(event.key())
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self._list.isVisible() and self._list.currentIndex().isValid():
                # The completer takes the row that the keys went to.
                event.ignore()
            elif self.isModified() and self._model.shown:
                self._take(self._model.shown[0])
        elif key == Qt.Key.Key_Down and not self._list.isVisible():
            self.show_all()
        elif key == Qt.Key.Key_Escape and (self.isModified() or self._list.isVisible()):
            self._list.hide()
            self._write()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select what is there, so that typing replaces it."""
        super().focusInEvent(event)
        if event.reason() not in _STAYING and not self.isModified():
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show again what is chosen; half a word chooses nothing."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._write()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the list with a click."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.isModified():
            self.show_all()

    @Slot()
    def _dress(self) -> None:
        look = theme.current()
        self.setFont(theme.font("caption", 500))
        self._list.setFont(theme.font("caption"))
        self._fit_list()
        self._chevron.setIcon(theme.icon("chevron-down", "text2", SIZES.icon_pill))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.PlaceholderText, look.colour("muted"))
        self.setPalette(palette)
        height = max(theme.scaled(SIZES.button_small), self.fontMetrics().height() + 6)
        self.setFixedHeight(height)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the room for a model's name."""
        return QSize(theme.scaled(_WIDTH), self.height())

    def minimumSizeHint(self) -> QSize:
        """Return less: the rest of a name is scrolled to."""
        return QSize(theme.scaled(_LEAST_WIDTH), self.height())
