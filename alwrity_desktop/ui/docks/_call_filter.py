"""The tools above the list of calls: search, filters, columns, export."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QMenu, QSizePolicy, QWidget

from alwrity_desktop.ui import formatting, theme
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import Combo, FlowLayout, PushButton

_PAUSE_MS = 250
_SEARCH_WIDTH = 210
_KEY_HINT = "Ctrl+F"


class SearchBox(QLineEdit):
    """A search box that tells its text after a short pause in typing."""

    searched = Signal(str)

    def __init__(self) -> None:
        """Make an empty box."""
        super().__init__()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._tell)
        self.textEdited.connect(self._wait)
        self.returnPressed.connect(self._tell)
        self.setClearButtonEnabled(True)
        self.setMaxLength(200)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._glass = QAction(self)
        self.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self.setAccessibleName(self.tr("Search calls"))
        self._dress()
        theme.bus().changed.connect(self._dress)

    @Slot()
    def _dress(self) -> None:
        self.setFont(theme.font("caption"))
        self._glass.setIcon(theme.icon("search", "muted", SIZES.icon_row))
        height = max(theme.scaled(SIZES.button_small), self.fontMetrics().height() + 6)
        self.setFixedHeight(height)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the room for the placeholder and the key that leads here."""
        words = self.fontMetrics().horizontalAdvance(self.placeholderText() + _KEY_HINT)
        return QSize(max(theme.scaled(_SEARCH_WIDTH), words + 70), self.height())

    def minimumSizeHint(self) -> QSize:
        """Return less: the placeholder may be shortened."""
        return QSize(theme.scaled(120), self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the key that leads here, while the box is empty."""
        super().paintEvent(event)
        if self.text() or self.hasFocus():
            return
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("badge", 500))
        width = painter.fontMetrics().horizontalAdvance(_KEY_HINT) + 10
        height = painter.fontMetrics().height() + 1
        box = self.rect()
        box.setRect(box.right() - width - 6, (box.height() - height) // 2, width, height)
        painter.setPen(QPen(look.colour("control"), 1))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(look.colour("muted"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, _KEY_HINT)

    @Slot()
    def _wait(self) -> None:
        self._pause.start(_PAUSE_MS)

    @Slot()
    def _tell(self) -> None:
        self._pause.stop()
        self.searched.emit(self.text().strip())


class CallFilter(QWidget):
    """Search, provider, state, what came from elsewhere, columns and export."""

    changed = Signal()
    export_wanted = Signal()
    columns_changed = Signal(object)
    #: What was opened from elsewhere (a model, some days) is to be forgotten.
    cleared = Signal()

    def __init__(self, columns: Sequence[tuple[str, str]], hidden: frozenset[str]) -> None:
        """Make the tools; *columns* are ``(key, title)``, *hidden* those not shown."""
        super().__init__()
        self.search = SearchBox()
        self.search.searched.connect(self._tell)
        self.providers = Combo(self.tr("Provider"))
        self.states = Combo(self.tr("Status"))
        self.states.set_items(
            (
                (None, self.tr("Any status")),
                ("ok", self.tr("Answered")),
                ("error", self.tr("Errors")),
                ("unpriced", self.tr("Unpriced")),
                ("estimated", self.tr("Estimated")),
                ("paid", self.tr("Paid")),
                ("repeated", self.tr("Repeated")),
            )
        )
        for combo in (self.providers, self.states):
            combo.currentIndexChanged.connect(self._tell)
        self._scope = PushButton("", icon="x", is_small=True)
        self._scope.setToolTip(self.tr("Show all calls of the period again"))
        self._scope.clicked.connect(self.cleared)
        self._scope.hide()
        self._columns = PushButton(self.tr("Columns"), icon="columns-3", is_small=True)
        self._columns.setMenu(self._make_menu(columns, hidden))
        export = PushButton(self.tr("Export"), icon="download", is_small=True)
        export.clicked.connect(self.export_wanted)
        flow = FlowLayout(self)
        flow.setContentsMargins(SIZES.dock_padding_x, 8, SIZES.dock_padding_x, 8)
        for widget in (self.search, self.providers, self.states, self._scope):
            flow.addWidget(widget)
        flow.add_stretch()
        flow.addWidget(self._columns)
        flow.addWidget(export)

    def _make_menu(self, columns: Sequence[tuple[str, str]], hidden: frozenset[str]) -> QMenu:
        menu = QMenu(self)
        for key, title in columns:
            action = menu.addAction(title)
            action.setData(key)
            action.setCheckable(True)
            action.setChecked(key not in hidden)
        menu.triggered.connect(self._choose_columns)
        return menu

    def hidden_columns(self) -> frozenset[str]:
        """Return the columns that are not wanted."""
        menu = self._columns.menu()
        return frozenset(str(a.data()) for a in menu.actions() if not a.isChecked())

    def hide_columns(self, hidden: frozenset[str]) -> None:
        """Show all columns but the *hidden* ones."""
        for action in self._columns.menu().actions():
            action.setChecked(action.data() not in hidden)
        self.columns_changed.emit(self.hidden_columns())

    @Slot(QAction)
    def _choose_columns(self, _action: QAction) -> None:
        self.columns_changed.emit(self.hidden_columns())

    def set_providers(self, providers: Sequence[str]) -> None:
        """Offer *providers*."""
        named = [(name, formatting.provider_label(name)) for name in providers]
        self.providers.set_items(((None, self.tr("All providers")), *named))

    def set_total(self, total: int) -> None:
        """Say in the search box how many calls there are."""
        text = self.tr("Search {count} calls").format(count=formatting.count(total))
        if text != self.search.placeholderText():
            self.search.setPlaceholderText(text)
            self.search.updateGeometry()

    def set_scope(self, text: str) -> None:
        """Name what was opened from elsewhere; "" for nothing."""
        self._scope.setText(text)
        self._scope.setVisible(bool(text))

    @Slot()
    def _tell(self) -> None:
        self.changed.emit()
