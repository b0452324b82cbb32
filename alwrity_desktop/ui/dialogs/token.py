"""A token for an account: typed in, or printed by a command; tried before it is kept."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from alwrity_desktop.core.accounts import Account
from alwrity_desktop.core.asking.tokens import command_arguments
from alwrity_desktop.core.domain.errors import PersonError
from alwrity_desktop.ui.dialogs.base import Row, ServerSheet, line_edit
from alwrity_desktop.ui.events import AccountKept, AccountTried, TokenPlaceReady
from alwrity_desktop.ui.widgets import IconLabel, PlainLabel, PushButton, Segments

_MAX_TOKEN = 16_384
_TOKEN = "token"  # noqa: S105 - the key of a choice
_COMMAND = "command"


def _tr(text: str) -> str:
    return QCoreApplication.translate("TokenDialog", text)


class TokenFields(QWidget):
    """Where the token comes from, with a field for it and where it will be kept."""

    changed = Signal()

    def __init__(self) -> None:
        """Make empty fields for a token."""
        super().__init__()
        choices = ((_TOKEN, self.tr("A token")), (_COMMAND, self.tr("A command that prints one")))
        self.choice = Segments(choices, self.tr("Where the token comes from"))
        self.choice.chosen.connect(self._show_choice)
        self.token = line_edit()
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setMaxLength(_MAX_TOKEN)
        self.command = line_edit("", "gcloud auth print-identity-token")
        for field in (self.token, self.command):
            field.textEdited.connect(self.changed)
        self._token_row = Row(self.tr("Token"), self.token, self.tr("It is kept encrypted."))
        hint = self.tr("Run when the old token is refused. The first line that it prints counts.")
        self._command_row = Row(self.tr("Command"), self.command, hint)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.choice)
        column.addWidget(self._token_row)
        column.addWidget(self._command_row)
        self._show_choice()

    @Slot()
    def _show_choice(self) -> None:
        is_command = self.choice.key == _COMMAND
        self._token_row.setVisible(not is_command)
        self._command_row.setVisible(is_command)
        self.changed.emit()

    def show_place(self, sentence: str) -> None:
        """Say where a token is kept on this computer."""
        self._token_row.set_hint(sentence)

    def show_problem(self, sentence: str) -> None:
        """Say what is wrong with what was entered; "" when nothing is."""
        row = self._command_row if self.choice.key == _COMMAND else self._token_row
        row.show_problem(sentence)

    def entered(self) -> tuple[str | None, tuple[str, ...]]:
        """Return the token or None, and the command or (); says beside the field what is wrong.

        Raises PersonError then.
        """
        self.show_problem("")
        if self.choice.key == _COMMAND:
            try:
                return None, command_arguments(self.command.text())
            except PersonError as error:
                self.show_problem(str(error))
                raise
        token = self.token.text().strip()
        if not token:
            sentence = self.tr("Paste the token here.")
            self.show_problem(sentence)
            raise PersonError(sentence)
        return token, ()


class AnswerLine(QWidget):
    """What the server answered to a try, with an icon."""

    def __init__(self) -> None:
        """Make a line that says nothing yet."""
        super().__init__()
        self._icon = IconLabel("info", "neutral.mark")
        self._words = PlainLabel("", "body-dense", "text2")
        self._words.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self._words, 1)
        self.hide()

    def say(self, tone: str, icon: str, sentence: str) -> None:
        """Show *sentence*; nothing for ""."""
        self._icon.set_icon(icon, f"{tone}.mark")
        self._words.set_plain(sentence)
        self._words.set_colour(f"{tone}.text")
        self.setVisible(bool(sentence))


class TryingSheet(ServerSheet):
    """A dialog that tries an account before it keeps anything."""

    #: The ``Account`` to try and the token, or None.
    tried = Signal(object, object)
    #: The ``Account`` to keep and the token, or None.
    kept = Signal(object, object)

    def __init__(self, title: str, keep_text: str, parent: QWidget | None) -> None:
        """Make a dialog whose first button tries, then keeps."""
        super().__init__(title, keep_text, parent)
        self._keep_text = keep_text
        self._is_keeping = False
        self._may_keep = False
        self.tokens = TokenFields()
        self.answer = AnswerLine()
        self._test = PushButton(self.tr("Test"), icon="activity")
        self._test.setAutoDefault(False)
        self._test.clicked.connect(self._try_only)
        self.add_button(self._test)

    def finish_rows(self) -> None:
        """Put the token's fields and the answer below what was added before."""
        self.column.addWidget(self.tokens)
        self.column.addWidget(self.answer)
        self.tokens.changed.connect(self.forget)

    def entered(self) -> tuple[Account, str | None]:
        """Return what was entered. Raises PersonError, with the problem in view."""
        raise NotImplementedError

    @Slot()
    def forget(self) -> None:
        """Try again before keeping: something else was entered."""
        self._may_keep = False
        self._accept.setText(self._keep_text)
        self._say("neutral", "info", "")

    @Slot()
    def _try_only(self) -> None:
        self._is_keeping = False
        self._ask()

    def apply(self) -> bool:
        """Try what was entered, and keep it where it works or the person insists."""
        self._is_keeping = True
        if self._may_keep:
            self._keep()
        else:
            self._ask()
        return False

    def _ask(self) -> None:
        try:
            account, token = self.entered()
        except PersonError as error:
            self._say("danger", "circle-x", str(error))
            return
        self._set_busy(is_busy=True)
        self._say("neutral", "clock", self.tr("Asking the server…"))
        self.tried.emit(account, token)

    def _keep(self) -> None:
        try:
            account, token = self.entered()
        except PersonError as error:
            self._say("danger", "circle-x", str(error))
            return
        self._set_busy(is_busy=True)
        self.kept.emit(account, token)

    def _say(self, tone: str, icon: str, sentence: str) -> None:
        self.answer.say(tone, icon, sentence)
        self.grow()

    def _set_busy(self, *, is_busy: bool) -> None:
        self._accept.setEnabled(not is_busy)
        self._test.setEnabled(not is_busy)

    def take_event(self, event: object) -> None:
        """Show what the server answered, or close when all is kept."""
        match event:
            case AccountTried(is_ok, sentence):
                self.take_answer(sentence, is_ok=is_ok)
            case TokenPlaceReady(sentence):
                self.tokens.show_place(sentence)
            case AccountKept():
                self.accept()
            case _:
                """For another dialog."""

    def take_answer(self, sentence: str, *, is_ok: bool) -> None:
        """Show what the server answered; go on to keep what works."""
        self._set_busy(is_busy=False)
        tone, icon = ("success", "circle-check") if is_ok else ("danger", "circle-x")
        self._say(tone, icon, sentence)
        if is_ok and self._is_keeping:
            self._keep()
        elif not is_ok:
            self._may_keep = self._is_keeping
            anyway = self.tr("{verb} anyway").format(verb=self._keep_text)
            self._accept.setText(anyway if self._may_keep else self._keep_text)


class TokenDialog(TryingSheet):
    """Another token for an account that there is."""

    def __init__(self, account: Account, parent: QWidget | None = None) -> None:
        """Ask for a new token of *account*."""
        super().__init__(_tr("A new token"), _tr("Keep"), parent)
        self._account = account
        words = self.tr("For {name} at {address}. The figures that are there stay.")
        self.add_words(words.format(name=account.name, address=account.url))
        self.finish_rows()
        if account.token_command:
            self.tokens.choice.choose(_COMMAND)
            self.tokens.command.setText(" ".join(account.token_command))
            self.tokens.choice.chosen.emit(_COMMAND)
        else:
            self.tokens.token.setFocus()

    def entered(self) -> tuple[Account, str | None]:
        """Return the account with the token or the command that was entered."""
        token, command = self.tokens.entered()
        old = self._account
        return Account(old.name, old.kind, old.url, old.user, command), token
