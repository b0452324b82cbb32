"""Opens the dialogs about connected servers, and turns what is chosen in them into jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from alwrity_desktop.core.accounts import Account, AccountState
from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.server import ServerFacts
from alwrity_desktop.ui import events, requests, server_jobs
from alwrity_desktop.ui.dialogs.account import AccountDialog
from alwrity_desktop.ui.dialogs.accounts import AccountsDialog
from alwrity_desktop.ui.dialogs.base import ServerSheet
from alwrity_desktop.ui.dialogs.pages import OpenPageDialog, UpgradeDialog
from alwrity_desktop.ui.dialogs.preflight import PreflightDialog
from alwrity_desktop.ui.dialogs.small import ConfirmDialog
from alwrity_desktop.ui.dialogs.token import TokenDialog
from alwrity_desktop.ui.docks._plan_columns import dearer_plans, own_plan
from alwrity_desktop.ui.jobs import Job

CHECKOUT = "checkout"


class Servers(Protocol):
    """What these dialogs need of the connected servers."""

    states: tuple[AccountState, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the connected accounts."""

    def ask(self, job: Job) -> None:
        """Have a job done that waits for a server."""

    def start(self) -> None:
        """Look which servers are connected."""


class Desk(Protocol):
    """What these dialogs need to know of the controller."""

    context: Context
    account: str
    report: Report | None

    @property
    def servers(self) -> Servers:
        """The connected servers."""


class ServerDialogs(QObject):
    """One method for each dialog; none of them waits."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        """Open nothing yet."""
        super().__init__(window)
        self._desk = desk
        self._window = window

    @Slot(object)
    def take(self, request: object) -> None:
        """Open the dialog that answers *request*."""
        match request:
            case requests.ConnectServer():
                self.connect_server()
            case requests.ManageAccounts():
                self.manage_accounts()
            case requests.EnterToken():
                self.enter_token(self._desk.account)
            case requests.AskPrice():
                self.ask_price()
            case requests.OpenServerPage(what):
                self._open_page_of(what)
            case _:
                """Others answer it."""

    @Slot(object)
    def on_event(self, event: object) -> None:
        """Hand an event to the dialogs that are open; a page is shown before it is opened."""
        if isinstance(event, events.PageReady):
            OpenPageDialog(event.url, self._window).open()
        for dialog in self._window.findChildren(ServerSheet):
            if dialog.isVisible():
                dialog.take_event(event)

    @Slot()
    def connect_server(self) -> None:
        """Ask for a server to connect."""
        dialog = AccountDialog(self._desk.servers.names, self._window)
        dialog.tried.connect(self._try)
        dialog.kept.connect(self._add)
        dialog.open()
        self._desk.servers.ask(server_jobs.FindTokenPlace())

    @Slot()
    def manage_accounts(self) -> None:
        """List the connected servers."""
        now_ms = self._desk.context.clock.now_ms()
        dialog = AccountsDialog(self._desk.servers.states, now_ms, self._window)
        dialog.add_asked.connect(self.connect_server)
        dialog.token_asked.connect(self.enter_token)
        dialog.removal_asked.connect(self._ask_removal)
        dialog.open()
        self._desk.servers.start()
        self._desk.servers.ask(server_jobs.FindTokenPlace())

    @Slot(str)
    def enter_token(self, name: str) -> None:
        """Ask for a new token of an account; for the list of accounts where it has none."""
        account = self._account(name)
        if account is None:
            self.manage_accounts()
            return
        dialog = TokenDialog(account, self._window)
        dialog.tried.connect(self._try)
        dialog.kept.connect(self._replace_token)
        dialog.open()
        self._desk.servers.ask(server_jobs.FindTokenPlace())

    def _account(self, name: str) -> Account | None:
        states = self._desk.servers.states
        return next((each.account for each in states if each.account.name == name), None)

    @Slot(object, object)
    def _try(self, account: Account, token: str | None) -> None:
        self._desk.servers.ask(server_jobs.TryAccount(account, token))

    @Slot(object, object)
    def _add(self, account: Account, token: str | None) -> None:
        self._desk.servers.ask(server_jobs.AddAccount(account, token))

    @Slot(object, object)
    def _replace_token(self, account: Account, token: str | None) -> None:
        job = server_jobs.ReplaceToken(account.name, token, account.token_command)
        self._desk.servers.ask(job)

    @Slot(str)
    def _ask_removal(self, name: str) -> None:
        question = ConfirmDialog(
            self.tr("Remove this account?"),
            self.tr(
                "{name} is asked no more, and its token is forgotten. Its calls stay in the ledger."
            ).format(name=name),
            self.tr("Remove"),
            self._window,
        )
        question.confirmed.connect(self._remover(name))
        question.open()

    def _remover(self, name: str) -> Callable[[], None]:
        def remove() -> None:
            self._desk.servers.ask(server_jobs.RemoveAccount(name))

        return remove

    @Slot()
    def ask_price(self) -> None:
        """Plan operations whose price the account's server is asked."""
        account = self._account(self._desk.account)
        if account is None:
            self.manage_accounts()
            return
        dialog = PreflightDialog(account.name, self._facts().prices or (), self._window)
        dialog.asked.connect(self._ask_preflight)
        dialog.open()

    @Slot(object)
    def _ask_preflight(self, operations: tuple[dict[str, str | int], ...]) -> None:
        job = server_jobs.AskPreflight(self._desk.account, operations)
        self._desk.servers.ask(job)

    def _facts(self) -> ServerFacts:
        report = self._desk.report
        return ServerFacts() if report is None or report.server is None else report.server.facts

    def _open_page_of(self, what: str) -> None:
        facts = self._facts()
        if what != CHECKOUT:
            self._desk.servers.ask(server_jobs.FetchPage(self._desk.account, what))
            return
        plans = facts.plans or ()
        dearer = dearer_plans(plans, own_plan(plans, facts.subscription))
        dialog = UpgradeDialog(dearer, self._window)
        dialog.chosen.connect(self._fetch_checkout)
        dialog.open()

    @Slot(str, str)
    def _fetch_checkout(self, tier: str, cycle: str) -> None:
        job = server_jobs.FetchPage(self._desk.account, CHECKOUT, tier, cycle)
        self._desk.servers.ask(job)
