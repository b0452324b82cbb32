"""The dialogs about servers: tried before kept, hosts shown before they are opened."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.accounts import KINDS, PRESETS, Account, AccountState
from alwrity_desktop.core.domain.server import Preflight, PreflightOperation, ServerPrice
from alwrity_desktop.ui import account_text, events
from alwrity_desktop.ui.dialogs.account import AccountDialog, free_name
from alwrity_desktop.ui.dialogs.accounts import AccountRow, AccountsDialog
from alwrity_desktop.ui.dialogs.base import Row
from alwrity_desktop.ui.dialogs.pages import OpenPageDialog, UpgradeDialog, host_of
from alwrity_desktop.ui.dialogs.preflight import OperationRow, PreflightDialog
from alwrity_desktop.ui.dialogs.token import TokenDialog, TryingSheet
from tests import builders, builders_servers
from tests.ui.looks import dressed, texts

__all__ = ["dressed"]

ACCOUNT = Account("work", "alwrity", "http://localhost:8000", "user_1")
PRICES = (ServerPrice("gemini", "gemini-2.5-pro", ()), ServerPrice("exa", "exa-search", ()))


class Heard:
    """What a dialog asked to try and to keep."""

    def __init__(self, dialog: TryingSheet) -> None:
        self.tried: list[tuple[Account, str | None]] = []
        self.kept: list[tuple[Account, str | None]] = []
        dialog.tried.connect(lambda account, token: self.tried.append((account, token)))
        dialog.kept.connect(lambda account, token: self.kept.append((account, token)))


def an_account_dialog(qtbot: QtBot) -> tuple[AccountDialog, Heard]:
    dialog = AccountDialog(("alwrity",))
    qtbot.addWidget(dialog)
    dialog.open()
    dialog._preset.setCurrentIndex(dialog._preset.findData("development"))
    dialog._user.setText("user_1")
    dialog.tokens.token.setText("canary")
    return dialog, Heard(dialog)


def test_that_a_server_is_tried_before_it_is_kept(qtbot: QtBot) -> None:
    dialog, heard = an_account_dialog(qtbot)
    dialog._accept.click()
    entered = Account("alwrity-2", "alwrity", "http://localhost:8000", "user_1")
    assert heard.tried == [(entered, "canary")]
    assert heard.kept == []
    assert not dialog._accept.isEnabled()
    dialog.take_event(events.AccountTried(is_ok=True, sentence="Pro plan."))
    assert heard.kept == [(entered, "canary")]
    assert dialog.isVisible()
    dialog.take_event(events.AccountKept("alwrity-2", "Kept.", is_new=True))
    assert not dialog.isVisible()


def test_that_a_test_keeps_nothing(qtbot: QtBot) -> None:
    dialog, heard = an_account_dialog(qtbot)
    dialog._test.click()
    dialog.take_event(events.AccountTried(is_ok=True, sentence="Pro plan until 16 December."))
    assert heard.kept == []
    assert "Pro plan until 16 December." in texts(dialog)


def test_that_a_server_that_is_away_can_be_kept_by_insisting(qtbot: QtBot) -> None:
    dialog, heard = an_account_dialog(qtbot)
    dialog._accept.click()
    dialog.take_event(events.AccountTried(is_ok=False, sentence="localhost cannot be reached."))
    assert "localhost cannot be reached." in texts(dialog)
    assert dialog._accept.text() == "Connect anyway"
    long = "http://localhost:8000 cannot be reached (connection refused). " * 4
    dialog.take_event(events.AccountTried(is_ok=False, sentence=long))
    QApplication.processEvents()
    for row in dialog.findChildren(Row):
        assert not row.isVisible() or row.height() >= row.heightForWidth(row.width())
    dialog._accept.click()
    assert len(heard.kept) == 1
    dialog._set_busy(is_busy=False)
    dialog.tokens.token.textEdited.emit("canary-2")
    assert dialog._accept.text() == "Connect"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda dialog: dialog._user.clear(), "Write your user id on the server."),
        (lambda dialog: dialog.tokens.token.clear(), "Paste the token here."),
        (lambda dialog: dialog._name.setText("a b"), "An account's name has up to 40"),
        (lambda dialog: dialog._url.setText("nonsense"), "address"),
    ],
)
def test_that_what_cannot_be_is_said_and_not_asked(
    qtbot: QtBot, change: Callable[[AccountDialog], None], sentence: str
) -> None:
    dialog, heard = an_account_dialog(qtbot)
    change(dialog)
    dialog._accept.click()
    assert heard.tried == []
    assert any(sentence in text for text in texts(dialog))


def test_that_an_agent_platform_asks_for_no_user(qtbot: QtBot) -> None:
    dialog, heard = an_account_dialog(qtbot)
    dialog._kind.setCurrentIndex(dialog._kind.findData("agent-billing"))
    assert not dialog._user_row.isVisible()
    assert dialog._url.text() == "http://localhost:4000"
    dialog._accept.click()
    assert heard.tried[0][0] == Account("agents", "agent-billing", "http://localhost:4000")


def test_that_a_token_is_never_readable_and_says_where_it_is_kept(qtbot: QtBot) -> None:
    dialog, _ = an_account_dialog(qtbot)
    assert dialog.tokens.token.echoMode() == QLineEdit.EchoMode.Password
    dialog.take_event(events.TokenPlaceReady("It is kept in the system's key store."))
    assert "It is kept in the system's key store." in texts(dialog)


def test_that_names_are_numbered_where_they_are_taken() -> None:
    assert free_name("alwrity", ()) == "alwrity"
    assert free_name("alwrity", ("alwrity", "alwrity-2")) == "alwrity-3"


def test_that_a_new_token_is_tried_and_replaces_the_old_one(qtbot: QtBot) -> None:
    dialog = TokenDialog(ACCOUNT)
    qtbot.addWidget(dialog)
    dialog.open()
    heard = Heard(dialog)
    dialog.tokens.token.setText(" canary ")
    dialog._accept.click()
    assert heard.tried == [(ACCOUNT, "canary")]
    dialog.take_event(events.AccountTried(is_ok=True, sentence="Pro plan."))
    assert heard.kept == [(ACCOUNT, "canary")]


def test_that_a_command_takes_the_place_of_a_token(qtbot: QtBot) -> None:
    dialog = TokenDialog(Account("work", "alwrity", ACCOUNT.url, "user_1", ("old", "command")))
    qtbot.addWidget(dialog)
    dialog.open()
    heard = Heard(dialog)
    assert dialog.tokens.command.text() == "old command"
    dialog.tokens.command.setText("print-token --for 'two words'")
    dialog._accept.click()
    account, token = heard.tried[0]
    assert token is None
    assert account.token_command == ("print-token", "--for", "two words")


def test_that_a_command_that_is_none_is_said_beside_it(qtbot: QtBot) -> None:
    dialog = TokenDialog(ACCOUNT)
    qtbot.addWidget(dialog)
    dialog.open()
    heard = Heard(dialog)
    dialog.tokens.choice._buttons["command"].click()
    dialog._accept.click()
    assert heard.tried == []
    assert any("This is no command." in text for text in texts(dialog))


def test_that_accounts_are_listed_with_how_they_stand(qtbot: QtBot) -> None:
    refused = AccountState(ACCOUNT, builders.NOW_MS - 120_000, "auth", "The token was refused.")
    dialog = AccountsDialog((refused,), builders.NOW_MS)
    qtbot.addWidget(dialog)
    dialog.open()
    said = "Token expired: The token was refused. · figures of 2 min ago"
    assert said in texts(dialog)
    asked: list[str] = []
    dialog.token_asked.connect(asked.append)
    dialog.removal_asked.connect(asked.append)
    row = dialog.findChildren(AccountRow)[0]
    row._ask_token()
    row._ask_removal()
    assert asked == ["work", "work"]
    dialog.take_event(events.AccountsListed((), ()))
    QApplication.processEvents()
    assert any("No server is connected" in text for text in texts(dialog))


def a_preflight(qtbot: QtBot) -> tuple[PreflightDialog, list[tuple[dict[str, object], ...]]]:
    dialog = PreflightDialog("work", PRICES)
    qtbot.addWidget(dialog)
    dialog.open()
    asked: list[tuple[dict[str, object], ...]] = []
    dialog.asked.connect(asked.append)
    return dialog, asked


def test_that_several_operations_are_asked_at_once(qtbot: QtBot) -> None:
    dialog, asked = a_preflight(qtbot)
    dialog._rows[0].choose("gemini", "gemini-2.5-pro")
    dialog._rows[0].tokens.setText("12,000")
    dialog._add.click()
    dialog._rows[1].choose("exa", None)
    dialog._ask.click()
    assert asked == [
        (
            {
                "provider": "gemini",
                "operation_type": "text_generation",
                "model": "gemini-2.5-pro",
                "tokens_requested": 12_000,
            },
            {"provider": "exa", "operation_type": "search"},
        )
    ]
    assert not dialog._ask.isEnabled()


def test_that_the_answer_has_each_operation_and_the_whole(qtbot: QtBot) -> None:
    dialog, _ = a_preflight(qtbot)
    operations = (
        PreflightOperation(
            "gemini", "text_generation", "gemini-2.5-pro", 15 * 10**9, True, "", 4, 5
        ),
        PreflightOperation("video", "video_generation", "", None, False, "Limit reached", 3, None),
    )
    answer = Preflight(False, 15 * 10**9, operations, ("Output tokens are not counted.",))
    dialog.take_event(events.PreflightReady(answer))
    model = dialog.table.model
    cells = [
        [str(model.index(row, column).data()) for column in range(4)]
        for row in range(model.rowCount())
    ]
    assert cells == [
        ["Gemini writes text, gemini-2.5-pro", "Let through", "4 of 5", "$0.0150"],
        ["Video makes a video", "Blocked", "3 of unlimited", "—"],
        ["All together", "Blocked", "", "$0.0150"],
    ]
    assert "Not all of it would go through." in texts(dialog)
    assert "Limit reached\nOutput tokens are not counted." in texts(dialog)


def test_that_an_answer_goes_away_when_the_question_changes(qtbot: QtBot) -> None:
    dialog, _ = a_preflight(qtbot)
    dialog.take_event(events.PreflightReady(Preflight(True, 0)))
    assert dialog.table.isVisible()
    dialog._add.click()
    assert not dialog.table.isVisible()
    assert len(dialog._rows) == 2
    dialog._rows[0].removal_asked.emit()
    assert len(dialog._rows) == 1
    dialog._rows[0].removal_asked.emit()
    assert len(dialog.findChildren(OperationRow)) >= 1
    assert len(dialog._rows) == 1


def test_that_tokens_that_are_no_number_are_not_asked_about(qtbot: QtBot) -> None:
    dialog, asked = a_preflight(qtbot)
    dialog._rows[0].tokens.setText("many")
    dialog._ask.click()
    assert asked == []
    assert "Write a number of tokens, such as 1,000." in texts(dialog)


def test_that_a_failed_question_says_why(qtbot: QtBot) -> None:
    dialog, _ = a_preflight(qtbot)
    dialog.take_event(events.PreflightReady(None, "localhost cannot be reached."))
    assert "localhost cannot be reached." in texts(dialog)
    assert dialog._ask.isEnabled()


def test_that_a_plan_is_chosen_before_its_page_is_asked_for(qtbot: QtBot) -> None:
    dialog = UpgradeDialog(builders_servers.plans()[3:])
    qtbot.addWidget(dialog)
    chosen: list[tuple[str, str]] = []
    dialog.chosen.connect(lambda tier, cycle: chosen.append((tier, cycle)))
    dialog._cycle.setCurrentIndex(1)
    dialog._accept.click()
    assert chosen == [("enterprise", "yearly")]


def test_that_a_page_is_opened_only_after_its_host_was_seen(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def take(url: QUrl) -> bool:
        opened.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", take)
    url = "https://good.example@checkout.example:8443/pay?session=canary"
    assert host_of(url) == "checkout.example:8443"
    dialog = OpenPageDialog(url)
    qtbot.addWidget(dialog)
    dialog.open()
    assert opened == []
    shown = [label.text() for label in dialog.findChildren(QLabel)]
    assert "checkout.example:8443" in shown
    assert not any("canary" in text for text in shown)
    dialog._accept.click()
    assert opened == [url]


@pytest.mark.parametrize("kind", KINDS)
def test_that_every_kind_of_account_can_be_connected(kind: str, qtbot: QtBot) -> None:
    dialog = AccountDialog(())
    qtbot.addWidget(dialog)
    dialog.show()
    dialog._kind.setCurrentIndex(dialog._kind.findData(kind))
    assert dialog._kind.currentData() == kind
    assert account_text.kind_words(kind) != kind
    assert dialog._bill.isVisible() == (kind not in {"alwrity", "agent-billing"})
    assert dialog._user_row.isVisible() == (kind == "alwrity")
    assert dialog._url.text() in PRESETS[kind].values()
    assert free_name(kind, ())
