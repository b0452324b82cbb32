"""What would this cost? Planned operations, and what the server says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.server import Preflight, PreflightOperation, ServerPrice
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.dialogs.base import ServerSheet, line_edit
from alwrity_desktop.ui.dialogs.token import AnswerLine
from alwrity_desktop.ui.events import PreflightReady
from alwrity_desktop.ui.tables.columns import Column, Decoration, Look, StatusMark
from alwrity_desktop.ui.tables.section import TableSection
from alwrity_desktop.ui.tokens import STATUS_ICONS
from alwrity_desktop.ui.translation import QT_TRANSLATE_NOOP
from alwrity_desktop.ui.widgets import Combo, IconButton, PlainLabel, PushButton

MAX_OPERATIONS: Final = 12
MAX_TOKENS: Final = 10_000_000
_WIDTH: Final = 620
_WORDS: Final = "text_generation"
#: Provider and what is asked of it; every other one writes text.
OPERATIONS: Final = {
    "gemini": _WORDS,
    "openai": _WORDS,
    "anthropic": _WORDS,
    "mistral": _WORDS,
    "wavespeed": _WORDS,
    "tavily": "search",
    "serper": "search",
    "metaphor": "search",
    "exa": "search",
    "firecrawl": "extract",
    "stability": "image_generation",
    "image_edit": "image_editing",
    "video": "video_generation",
    "audio": "audio_generation",
}
_OPERATION_WORDS: Final = {
    _WORDS: QT_TRANSLATE_NOOP("PreflightDialog", "writes text"),
    "search": QT_TRANSLATE_NOOP("PreflightDialog", "searches"),
    "extract": QT_TRANSLATE_NOOP("PreflightDialog", "reads a page"),
    "image_generation": QT_TRANSLATE_NOOP("PreflightDialog", "makes an image"),
    "image_editing": QT_TRANSLATE_NOOP("PreflightDialog", "edits an image"),
    "video_generation": QT_TRANSLATE_NOOP("PreflightDialog", "makes a video"),
    "audio_generation": QT_TRANSLATE_NOOP("PreflightDialog", "makes sound"),
}
_COUNTED_IN_TOKENS: Final = frozenset({_WORDS, "audio_generation"})
_USUAL_TOKENS: Final = 1000

Operation = Mapping[str, str | int]


def _tr(text: str) -> str:
    return QCoreApplication.translate("PreflightDialog", text)


def operation_words(operation: str) -> str:
    """Return what an operation does, in words; unknown ones as the server calls them."""
    if operation in _OPERATION_WORDS:
        return _tr(_OPERATION_WORDS[operation])
    return operation.replace("_", " ")


class OperationRow(QWidget):
    """One planned operation: who does it, with which model, and how many tokens go in."""

    changed = Signal()
    removal_asked = Signal()

    def __init__(self, models: Mapping[str, Sequence[str]]) -> None:
        """Offer the providers of *models* with the models that the server has prices for."""
        super().__init__()
        self._models = models
        self._provider = Combo(self.tr("Provider"), is_small=False)
        self._provider.set_items(
            tuple((name, formatting.provider_label(name)) for name in OPERATIONS)
        )
        self._what = PlainLabel("", "body-dense", "text2")
        self._model = Combo(self.tr("Model"), is_small=False)
        self._model.setEditable(False)
        self._tokens = line_edit(f"{_USUAL_TOKENS:,}")
        self._tokens.setAccessibleName(self.tr("Tokens that go in"))
        self._tokens.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._tokens.setFixedWidth(90)
        self._unit = PlainLabel(self.tr("tokens in"), "caption", "muted")
        remove = IconButton("x", self.tr("Take this operation out"), is_title=True)
        remove.clicked.connect(self.removal_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        left: tuple[QWidget, ...] = (self._provider, self._what, self._model)
        for widget in left:
            row.addWidget(widget)
        row.addStretch(1)
        right: tuple[QWidget, ...] = (self._tokens, self._unit, remove)
        for widget in right:
            row.addWidget(widget)
        self._provider.currentIndexChanged.connect(self._offer)
        self._model.currentIndexChanged.connect(self.changed)
        self._tokens.textEdited.connect(self.changed)
        self._offer()

    @Slot()
    def _offer(self) -> None:
        provider = str(self._provider.currentData())
        operation = OPERATIONS[provider]
        self._what.set_plain(operation_words(operation))
        models = self._models.get(provider, ())
        usual = ((None, self.tr("Usual model")),)
        self._model.set_items((*usual, *((model, model) for model in models)))
        is_counted = operation in _COUNTED_IN_TOKENS
        self._tokens.setVisible(is_counted)
        self._unit.setVisible(is_counted)
        self.changed.emit()

    @property
    def tokens(self) -> QLineEdit:
        """The field with the number of tokens."""
        return self._tokens

    @property
    def chosen(self) -> tuple[str, str | None]:
        """The provider and the model, None for the usual one."""
        return str(self._provider.currentData()), self._model.currentData()

    def choose(self, provider: str, model: str | None) -> None:
        """Take *provider* and *model*."""
        self._provider.setCurrentIndex(max(0, self._provider.findData(provider)))
        self._model.setCurrentIndex(max(0, self._model.findData(model)))

    def entered(self) -> Operation:
        """Return the operation as the server is asked. Raises ValueError for what is no count."""
        provider, model = self.chosen
        asked: dict[str, str | int] = {
            "provider": provider,
            "operation_type": OPERATIONS[provider],
        }
        if model is not None:
            asked["model"] = model
        if OPERATIONS[provider] in _COUNTED_IN_TOKENS:
            asked["tokens_requested"] = _count_of(self._tokens.text())
        return asked


def _count_of(text: str) -> int:
    plain = text.replace(",", "").replace(" ", "")
    if not plain.isdecimal() or int(plain) > MAX_TOKENS:
        raise ValueError(text)
    return int(plain)


class _Row(msgspec.Struct, frozen=True):
    operation: PreflightOperation
    is_total: bool = False


def _mark(row: _Row) -> Decoration | None:
    if row.is_total:
        return None
    role = {True: "success", False: "danger", None: "neutral"}[row.operation.is_allowed]
    return StatusMark(STATUS_ICONS[role], f"{role}.mark")


def _allowed_words(row: _Row) -> str:
    words = {True: _tr("Let through"), False: _tr("Blocked"), None: formatting.UNKNOWN}
    return words[row.operation.is_allowed]


def _used_words(row: _Row) -> str:
    operation = row.operation
    if operation.used is None:
        return formatting.UNKNOWN
    if operation.limit is None:
        return _tr("{used} of unlimited").format(used=formatting.count(operation.used))
    return _tr("{used} of {limit}").format(
        used=formatting.count(operation.used), limit=formatting.count(operation.limit)
    )


def _name(row: _Row) -> str:
    if row.is_total:
        return _tr("All together")
    operation = row.operation
    provider = formatting.provider_label(operation.provider)
    words = f"{provider} {operation_words(operation.operation)}"
    return f"{words}, {operation.model}" if operation.model else words


def _columns() -> tuple[Column[_Row], ...]:
    return (
        Column(
            "name", _tr("Operation"), _name, is_stretched=True,
            tooltip=lambda row: row.operation.message,
        ),
        Column(
            "allowed", _tr("Would it go through"), _allowed_words, decoration=_mark,
            tooltip=lambda row: row.operation.message,
        ),
        Column(
            "used", _tr("Used so far"), lambda row: "" if row.is_total else _used_words(row),
            is_number=True, priority=1, look=lambda _row: Look("text2"),
        ),
        Column(
            "cost", _tr("Cost"), lambda row: formatting.money_small(row.operation.cost_pico),
            is_number=True, look=lambda _row: Look("text", 600),
            plain=lambda row: formatting.money_plain(row.operation.cost_pico),
        ),
    )  # fmt: skip


class PreflightDialog(ServerSheet):
    """Planned operations above, the server's answer below."""

    #: The operations to ask about.
    asked = Signal(object)

    def __init__(
        self, account: str, prices: Sequence[ServerPrice], parent: QWidget | None = None
    ) -> None:
        """Plan one operation on the server of *account*; *prices* say which models it knows."""
        super().__init__(_tr("What would this cost?"), "", parent)
        self.setMinimumWidth(_WIDTH)
        self.add_words(
            self.tr("{account} is asked before anything is spent.").format(account=account)
        )
        self._models: dict[str, list[str]] = {}
        for price in prices:
            self._models.setdefault(price.provider, []).append(price.model)
        self._rows: list[OperationRow] = []
        self._plan = QVBoxLayout()
        self._plan.setSpacing(6)
        self.column.addLayout(self._plan)
        self._add = PushButton(self.tr("One more"), icon="plus", is_small=True)
        self._add.clicked.connect(self.add_operation)
        self._ask = PushButton(self.tr("Ask the server"), "primary", "calculator", is_small=True)
        self._ask.clicked.connect(self._try_asking)
        below = QHBoxLayout()
        below.addWidget(self._add)
        below.addStretch(1)
        below.addWidget(self._ask)
        self.column.addLayout(below)
        self.answer = AnswerLine()
        self.column.addWidget(self.answer)
        self.table = TableSection(self.tr("What the server says"))
        self.table.hide()
        self.column.addWidget(self.table)
        self._notes = PlainLabel("", "caption", "text2")
        self._notes.setWordWrap(True)
        self._notes.hide()
        self.column.addWidget(self._notes)
        self.add_operation()

    @Slot()
    def add_operation(self) -> None:
        """Plan one more operation, like the last one."""
        row = OperationRow(self._models)
        if self._rows:
            row.choose(*self._rows[-1].chosen)
        row.removal_asked.connect(self._remove)
        row.changed.connect(self._forget)
        self._rows.append(row)
        self._plan.addWidget(row)
        self._forget()

    @Slot()
    def _remove(self) -> None:
        row = self.sender()
        if isinstance(row, OperationRow) and len(self._rows) > 1:
            self._rows.remove(row)
            self._plan.removeWidget(row)
            row.deleteLater()
            self._forget()

    @Slot()
    def _forget(self) -> None:
        """Take the answer away: it was about something else."""
        self._add.setEnabled(len(self._rows) < MAX_OPERATIONS)
        self.answer.say("neutral", "info", "")
        self.table.hide()
        self._notes.hide()

    @Slot()
    def _try_asking(self) -> None:
        operations = []
        for row in self._rows:
            try:
                operations.append(row.entered())
            except ValueError:
                words = self.tr("Write a number of tokens, such as 1,000.")
                self.answer.say("danger", "circle-x", words)
                row.tokens.setFocus()
                return
        self._forget()
        self._ask.setEnabled(False)
        self.answer.say("neutral", "clock", self.tr("Asking the server…"))
        self.asked.emit(tuple(operations))

    def take_event(self, event: object) -> None:
        """Show the answer that *event* brings."""
        if isinstance(event, PreflightReady):
            self.show_answer(event.preflight, event.sentence)

    def show_answer(self, preflight: Preflight | None, sentence: str) -> None:
        """Show what the server says, or *sentence* that says why nothing came."""
        self._ask.setEnabled(True)
        if preflight is None:
            self.answer.say("danger", "circle-x", sentence)
            return
        if preflight.is_allowed is None:
            words = self.tr("The server does not say whether it would let this through.")
            self.answer.say("neutral", "circle-help", words)
        elif preflight.is_allowed:
            self.answer.say("success", "circle-check", self.tr("All of it would go through."))
        else:
            words = self.tr("Not all of it would go through.")
            self.answer.say("danger", "circle-x", words)
        total = PreflightOperation("", "", "", preflight.cost_pico, preflight.is_allowed)
        rows = [_Row(operation) for operation in preflight.operations]
        self.table.set_rows(_columns(), rows, "", _Row(total, is_total=True))
        self.table.show()
        self.table.fit()
        messages = [each.message for each in preflight.operations if each.message]
        notes = dict.fromkeys((*messages, *preflight.notes))
        self._notes.set_plain("\n".join(notes))
        self._notes.setVisible(bool(notes))
        self.grow()
