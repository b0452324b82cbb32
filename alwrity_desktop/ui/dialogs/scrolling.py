"""A dialog whose rows scroll where the screen is too low for them."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.dialogs.base import Sheet
from alwrity_desktop.ui.dialogs.small import scrolled

_AROUND: Final = 190
"""Heading, buttons and margins."""
_SIDES: Final = 56
_BAR: Final = 8


class ScrollingSheet(Sheet):
    """Add rows to ``column`` as in any sheet, then call ``fit_rows``."""

    def __init__(self, title: str, accept_text: str, parent: QWidget | None) -> None:
        """Make a dialog without rows."""
        super().__init__(title, accept_text, parent)
        self._inside = QWidget()
        outer, self.column = self.column, QVBoxLayout(self._inside)
        self.column.setContentsMargins(0, 0, _BAR, 0)
        self.column.setSpacing(10)
        self._area = scrolled(self._inside)
        outer.addWidget(self._area)
        self._is_filled = False
        layout = self.layout()
        if isinstance(layout, QVBoxLayout):
            # The rows take what there is, and not the gap above the buttons.
            layout.setStretch(layout.indexOf(outer), 1)
            layout.setStretch(layout.count() - 2, 0)

    def fit_rows(self) -> None:
        """Give the rows their room, as far as the screen has it; the rest scrolls."""
        if not self._is_filled:
            self._is_filled = True
            self.column.addStretch(1)
        room = self.screen().availableGeometry().height() - theme.scaled(_AROUND)
        needed = self.column.totalHeightForWidth(self.minimumWidth() - _SIDES)
        needed = max(needed, self._inside.sizeHint().height()) + 4
        self._area.setMinimumHeight(min(room, needed))
        self._area.setMinimumWidth(self._inside.minimumSizeHint().width() + 2 * _BAR)
        self.grow()

    def show_row(self, row: QWidget) -> None:
        """Bring *row* into view."""
        self._area.ensureWidgetVisible(row)
