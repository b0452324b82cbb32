"""The accounts in the menu: those on servers come and go while the program runs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from alwrity_desktop.core.accounts import AccountState
from alwrity_desktop.core.domain.report import AccountView
from alwrity_desktop.ui import account_text, theme

_FIXED = frozenset({"local", "sample"})


class AccountMenu(QObject):
    """Puts the accounts that are not always there into the menu of accounts."""

    #: The name of the account that was chosen.
    chosen = Signal(str)

    def __init__(self, menu: QMenu, before: QAction, parent: QObject) -> None:
        """Add to *menu*, in front of *before*."""
        super().__init__(parent)
        self._menu = menu
        self._before = before
        self._shown = ""
        self._listed: tuple[tuple[AccountView, ...], dict[str, AccountState]] = ((), {})
        self._actions: list[QAction] = []
        theme.bus().changed.connect(self._fill)

    def show_accounts(self, views: Sequence[AccountView], states: Sequence[AccountState]) -> None:
        """Offer *views*; *states* say how those on servers stand."""
        by_name = {state.account.name: state for state in states}
        listed = (tuple(view for view in views if view.kind not in _FIXED), by_name)
        if listed != self._listed:
            self._listed = listed
            self._fill()

    def check(self, name: str) -> None:
        """Mark the account *name* as the one that is shown."""
        self._shown = name
        for action in self._actions:
            action.setChecked(action.data() == name)

    @Slot()
    def _fill(self) -> None:
        for old in self._actions:
            self._menu.removeAction(old)
            old.deleteLater()
        views, states = self._listed
        self._actions = [self._action(view, states.get(view.name)) for view in views]
        self._menu.insertActions(self._before, self._actions)
        self.check(self._shown)

    def _action(self, view: AccountView, state: AccountState | None) -> QAction:
        standing = account_text.OK if state is None else state.state
        # A sign "&" would be taken for a shortcut; a tab puts the state at the right.
        words = account_text.name_of(view.kind, view.label).replace("&", "&&")
        if standing != account_text.OK:
            words = f"{words}\t{account_text.state_word(standing)}"
        icon = theme.icon(account_text.state_icon(view.kind, standing))
        action = QAction(icon, words, self)
        action.setCheckable(True)
        action.setData(view.name)
        action.triggered.connect(self._choose)
        return action

    @Slot()
    def _choose(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.check(self._shown)
            self.chosen.emit(str(action.data()))
