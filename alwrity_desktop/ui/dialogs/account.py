"""Connects a server: its kind, address and user, a name, and where the token comes from."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from PySide6.QtCore import QCoreApplication, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from alwrity_desktop.core.accounts import PRESETS, Account, checked
from alwrity_desktop.core.domain.errors import PersonError
from alwrity_desktop.ui.dialogs.base import Row, line_edit
from alwrity_desktop.ui.dialogs.token import TryingSheet
from alwrity_desktop.ui.translation import QT_TRANSLATE_NOOP
from alwrity_desktop.ui.widgets import Combo, PlainLabel

KINDS: Final = (
    ("alwrity", QT_TRANSLATE_NOOP("AccountDialog", "ALwrity server")),
    ("agent-billing", QT_TRANSLATE_NOOP("AccountDialog", "Agent platform")),
    ("openai-admin", QT_TRANSLATE_NOOP("AccountDialog", "OpenAI bill")),
    ("anthropic-admin", QT_TRANSLATE_NOOP("AccountDialog", "Anthropic bill")),
    ("openrouter", QT_TRANSLATE_NOOP("AccountDialog", "OpenRouter bill")),
)
_PRESET_WORDS: Final = {
    "production": QT_TRANSLATE_NOOP("AccountDialog", "Production"),
    "staging": QT_TRANSLATE_NOOP("AccountDialog", "Staging"),
    "development": QT_TRANSLATE_NOOP("AccountDialog", "This computer"),
}
_USUAL_NAMES: Final = {
    "agent-billing": "agents",
    "openai-admin": "openai-bill",
    "anthropic-admin": "anthropic-bill",
    "openrouter": "openrouter-bill",
}
_BILLS: Final = frozenset({"openai-admin", "anthropic-admin", "openrouter"})
_WITH_USER: Final = frozenset({"alwrity"})


def _word(text: str) -> str:
    return QCoreApplication.translate("AccountDialog", text)


def free_name(kind: str, taken: Collection[str]) -> str:
    """Return the usual name of an account of *kind*, numbered where it is taken."""
    usual = _USUAL_NAMES.get(kind, kind)
    names = (usual, *(f"{usual}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


class AccountDialog(TryingSheet):
    """One server's account; it is tried before it is kept."""

    def __init__(self, taken: Collection[str], parent: QWidget | None = None) -> None:
        """Ask for an account whose name is not among *taken*."""
        super().__init__(_word("Connect a server"), _word("Connect"), parent)
        self._taken = frozenset(taken)
        self._kind = Combo(self.tr("Kind"), is_small=False)
        self._kind.set_items(tuple((key, _word(text)) for key, text in KINDS))
        self._preset = Combo(self.tr("Where"), is_small=False)
        self._url = line_edit("", "https://…")
        self._user = line_edit("", "user_…")
        self._name = line_edit()
        self._name.setMaxLength(40)
        self._add_choices()
        self.add_row(self.tr("Address"), self._url)
        self._user_row = self.add_row(
            self.tr("User"), self._user, self.tr("Your id on the server, as it writes it.")
        )
        self.add_row(self.tr("Name"), self._name, self.tr("What the account is called here."))
        self._bill = PlainLabel(
            self.tr(
                "The bill is asked with an admin key of your organisation, not with a key that "
                "makes calls."
            ),
            "caption",
            "muted",
        )
        self._bill.setWordWrap(True)
        self.column.addWidget(self._bill)
        self.finish_rows()
        self._kind.currentIndexChanged.connect(self._offer_kind)
        self._preset.currentIndexChanged.connect(self._take_preset)
        for field in (self._url, self._user, self._name):
            field.textEdited.connect(self.forget)
        self._url.textEdited.connect(self._mark_own_address)
        self._offer_kind()

    def _add_choices(self) -> None:
        beside = QWidget()
        row = QHBoxLayout(beside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(Row(self.tr("Kind"), self._kind), 0, top)
        row.addWidget(Row(self.tr("Where"), self._preset), 0, top)
        row.addStretch(1)
        self.column.addWidget(beside)

    @Slot()
    def _offer_kind(self) -> None:
        """Offer what goes with the kind: its addresses, its user, its usual name."""
        kind = str(self._kind.currentData())
        presets = [(name, _word(words)) for name, words in _PRESET_WORDS.items()]
        known = [(name, words) for name, words in presets if name in PRESETS.get(kind, {})]
        self._preset.set_items((*known, (None, self.tr("Another address"))))
        self._preset.setCurrentIndex(0)
        self._user_row.setVisible(kind in _WITH_USER)
        self._bill.setVisible(kind in _BILLS)
        self._name.setPlaceholderText(free_name(kind, self._taken))
        self._take_preset()

    @Slot()
    def _take_preset(self) -> None:
        name = self._preset.currentData()
        if name is not None:
            self._url.setText(PRESETS[str(self._kind.currentData())][name])
        self.forget()

    @Slot()
    def _mark_own_address(self) -> None:
        self._preset.blockSignals(True)
        self._preset.setCurrentIndex(self._preset.count() - 1)
        self._preset.blockSignals(False)
        self._preset.update()

    def entered(self) -> tuple[Account, str | None]:
        """Return the account and its token. Raises PersonError for what cannot be."""
        kind = str(self._kind.currentData())
        user = self._user.text().strip() if kind in _WITH_USER else ""
        name = self._name.text().strip() or self._name.placeholderText()
        self._user_row.show_problem("")
        if kind in _WITH_USER and not user:
            sentence = self.tr("Write your user id on the server.")
            self._user_row.show_problem(sentence)
            raise PersonError(sentence)
        token, command = self.tokens.entered()
        return checked(Account(name, kind, self._url.text(), user, command)), token
