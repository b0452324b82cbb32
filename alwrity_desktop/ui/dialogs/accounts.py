"""The connected servers: how each stands, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from alwrity_desktop.core.accounts import AccountState
from alwrity_desktop.ui import account_text, formatting
from alwrity_desktop.ui.dialogs.base import ServerSheet
from alwrity_desktop.ui.dialogs.small import scrolled
from alwrity_desktop.ui.events import AccountsListed, TokenPlaceReady
from alwrity_desktop.ui.widgets import IconButton, IconLabel, PlainLabel, PushButton


class AccountRow(QWidget):
    """One account with its state and its buttons."""

    token_asked = Signal(str)
    removal_asked = Signal(str)

    def __init__(self, state: AccountState, now_ms: int) -> None:
        """Show *state* as seen at *now_ms*."""
        super().__init__()
        self._name = state.account.name
        tone = account_text.state_tone(state.state)
        icon = account_text.state_icon(state.account.kind, state.state)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(PlainLabel(self._name, "body-dense", weight=600).set_elided())
        where = f"{account_text.kind_words(state.account.kind)}, {state.account.url}"
        if state.account.user:
            where = f"{where}, {state.account.user}"
        words.addWidget(PlainLabel(where, "caption", "text2").set_elided())
        standing = PlainLabel(self._standing(state, now_ms), "caption", f"{tone}.text")
        standing.set_wrapping()
        words.addWidget(standing)
        token = IconButton("key-round", self.tr("A new token"), is_title=True)
        token.clicked.connect(self._ask_token)
        remove = IconButton("trash-2", self.tr("Remove this account"), is_title=True)
        remove.clicked.connect(self._ask_removal)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(10)
        row.addWidget(IconLabel(icon, f"{tone}.mark"), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(token, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(remove, 0, Qt.AlignmentFlag.AlignTop)

    def _standing(self, state: AccountState, now_ms: int) -> str:
        words = account_text.state_word(state.state)
        if state.trouble and state.state != account_text.OK:
            words = f"{words}: {state.trouble}"
        if state.last_sync_ms is None:
            return words
        age = self.tr("{words} · figures of {age}")
        return age.format(words=words, age=formatting.ago(state.last_sync_ms, now_ms))

    @Slot()
    def _ask_token(self) -> None:
        self.token_asked.emit(self._name)

    @Slot()
    def _ask_removal(self) -> None:
        self.removal_asked.emit(self._name)


class AccountsDialog(ServerSheet):
    """The list of the connected servers."""

    add_asked = Signal()
    token_asked = Signal(str)
    removal_asked = Signal(str)

    def __init__(
        self, states: Sequence[AccountState], now_ms: int, parent: QWidget | None = None
    ) -> None:
        """List *states*."""
        super().__init__(self.tr("Accounts"), "", parent)
        self._list = QWidget()
        self.column.addWidget(self._list)
        self._place = PlainLabel("", "caption", "muted")
        self._place.setWordWrap(True)
        self.column.addWidget(self._place)
        add = PushButton(self.tr("Connect a server"), icon="plug")
        add.clicked.connect(self.add_asked)
        self.add_button(add)
        self._now_ms = now_ms
        self.show_states(states)

    def take_event(self, event: object) -> None:
        """List the accounts anew, or say where tokens are kept."""
        match event:
            case AccountsListed(_, states):
                self.show_states(states)
            case TokenPlaceReady(sentence):
                self._place.set_plain(sentence)
            case _:
                """For another dialog."""

    def show_states(self, states: Sequence[AccountState]) -> None:
        """List *states* instead of what was listed."""
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(4)
        for state in states:
            row = AccountRow(state, self._now_ms)
            row.token_asked.connect(self.token_asked)
            row.removal_asked.connect(self.removal_asked)
            column.addWidget(row)
        if not states:
            none = self.tr("No server is connected. The logs of this computer are always there.")
            words = PlainLabel(none, "body-dense", "text2")
            words.setWordWrap(True)
            column.addWidget(words)
        area = scrolled(inside)
        self.column.replaceWidget(self._list, area)
        self._list.deleteLater()
        self._list = area
