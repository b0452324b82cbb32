"""Connected servers while the window is open: asked in turn, watched, and their troubles told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, assert_never

from PySide6.QtCore import QObject, Signal, Slot

from alwrity_desktop.core.accounts import AccountState, SyncResult
from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.usage import ALL_ACCOUNTS
from alwrity_desktop.core.sources.servers.base import USAGE
from alwrity_desktop.ui import account_text, events
from alwrity_desktop.ui.jobs import Job, Post
from alwrity_desktop.ui.loop_thread import LoopThread
from alwrity_desktop.ui.main_window import MainWindow
from alwrity_desktop.ui.notices import Notice
from alwrity_desktop.ui.plans_view import PlansView
from alwrity_desktop.ui.server_jobs import ListAccounts
from alwrity_desktop.ui.server_threads import PollLoop, QuestionLoop

ServerEvent = (
    events.AccountsListed
    | events.Synced
    | events.AccountTried
    | events.AccountKept
    | events.TokenPlaceReady
    | events.PreflightReady
    | events.PlansCompared
    | events.PageReady
)
ENTER_TOKEN: Final = "token"  # noqa: S105 - the id of a button
_TROUBLE: Final = "trouble"
_UNREAD: Final = "unread"


class Servers(QObject):
    """Owns the threads that speak to servers; starts them when there is a server to speak to."""

    #: The accounts on servers may be others than before.
    listed = Signal()
    #: An event that an open dialog waits for.
    dialog_wanted = Signal(object)
    #: The name of an account that was just connected.
    connected = Signal(str)

    def __init__(
        self, context: Context, window: MainWindow, submit: Callable[[Job], None], post: Post
    ) -> None:
        """Start nothing yet."""
        super().__init__(window)
        self._context = context
        self._window = window
        self._submit = submit
        self._polls = PollLoop(context, post)
        self._questions = QuestionLoop(context, post)
        self._threads: dict[str, LoopThread] = {}
        self._is_hidden = False
        self._is_paused = False
        self._asked_for: set[str] = set()
        self._told = ("", "")
        self.states: tuple[AccountState, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the connected accounts."""
        return tuple(state.account.name for state in self.states)

    def start(self) -> None:
        """Look which servers are connected; those that are will be asked from then on."""
        self._submit(ListAccounts())

    def stop(self) -> tuple[str, ...]:
        """Stop the threads and wait for them; return the names of those that hang."""
        if not self._threads:
            return ()
        self._polls.stop()
        self._questions.stop()
        # Calls off whatever is being asked, so that nobody waits for a slow server.
        self._context.desk.close()
        return tuple(name for name, thread in self._threads.items() if not thread.end())

    def _run(self, name: str, loop: PollLoop | QuestionLoop) -> None:
        if name not in self._threads:
            self._threads[name] = LoopThread(loop, name, self)
            self._threads[name].start()

    def ask(self, job: Job) -> None:
        """Have a job done that waits for a server."""
        self._run("questions", self._questions)
        self._questions.submit(job)

    def set_hidden(self, *, is_hidden: bool) -> None:
        """Ask less often while nobody looks."""
        if is_hidden != self._is_hidden:
            self._is_hidden = is_hidden
            self._watch()

    def set_paused(self, *, is_paused: bool) -> None:
        """Ask nothing of its own accord, or go on."""
        self._is_paused = is_paused
        self._watch()

    def _watch(self) -> None:
        if self.states:
            self._run("servers", self._polls)
        if "servers" in self._threads:
            self._polls.watch(() if self._is_paused else self.names, is_hidden=self._is_hidden)

    def refresh(self, account: str) -> None:
        """Ask the servers behind *account* at once, because the person wants it."""
        wanted = set(self.names) if account == ALL_ACCOUNTS else {account} & set(self.names)
        if not wanted:
            return
        self._asked_for |= wanted
        self._watch()
        for name in wanted:
            self._polls.hasten(name)

    def is_asking(self, account: str) -> bool:
        """Return whether the answer to :meth:`refresh` is still to come."""
        return account in self._asked_for

    def next_ask_ms(self, account: str) -> int | None:
        """Return the wait until *account* is asked next; None when nobody asks it."""
        names = self.names if account == ALL_ACCOUNTS else (account,)
        waits = [self._polls.remaining_ms(name) for name in names]
        return min((wait for wait in waits if wait is not None), default=None)

    def carry_marks(self, account: str) -> None:
        """Let the server know soon which of its alerts were read."""
        for name in self.names if account == ALL_ACCOUNTS else (account,):
            self._polls.hint(name, (USAGE,))

    def on_event(self, event: ServerEvent) -> None:
        """Take an event of this part."""
        match event:
            case events.AccountsListed(views, states):
                self.states = states
                self._window.account_menu.show_accounts(views, states)
                self._watch()
                self.listed.emit()
                self.dialog_wanted.emit(event)
            case events.Synced(results):
                self._on_synced(results)
            case events.AccountKept(name, _, is_new):
                self.dialog_wanted.emit(event)
                self.tell_again()
                self.refresh(name)
                if is_new:
                    self.connected.emit(name)
            case events.PlansCompared(account, comparison):
                view: object = self._window.views.get("plans")
                if isinstance(view, PlansView):
                    view.show_comparison(account, comparison)
            case (
                events.AccountTried()
                | events.TokenPlaceReady()
                | events.PreflightReady()
                | events.PageReady()
            ):
                self.dialog_wanted.emit(event)
            case _:
                assert_never(event)

    def _on_synced(self, results: tuple[SyncResult, ...]) -> None:
        for result in results:
            if result.name in self._asked_for:
                self._tell_unread(result)
            self._asked_for.discard(result.name)
        if not results:
            self._asked_for.clear()
        self._window.notices.clear(events.Topic.SERVER)
        self.start()

    def _tell_unread(self, result: SyncResult) -> None:
        """Tell a person who asked what could not be read although the server answered."""
        if not result.troubles:
            self._window.notices.clear(_UNREAD)
            return
        words = self.tr("{account}: {trouble}")
        sentence = words.format(account=result.name, trouble=result.troubles[0])
        self._window.notices.post(_UNREAD, Notice("warning", sentence))

    def show_trouble(self, report: Report) -> None:
        """Say above the figures why they are old; not again what was dismissed."""
        refused = account_text.refused_sentence(report)
        sentence = refused or account_text.stale_sentence(report)
        notices = self._window.notices
        told, state = self._told, "" if report.server is None else report.server.state
        self._told = (report.account.name, state)
        if not sentence:
            notices.clear(_TROUBLE)
        elif (told == self._told and not notices.holds(_TROUBLE)) or sentence in notices.sentences:
            """It was dismissed, or stands there."""
        elif refused:
            action = self.tr("Enter a new token…")
            notices.post(_TROUBLE, Notice("danger", sentence, action, ENTER_TOKEN))
        else:
            notices.post(_TROUBLE, Notice("neutral", sentence, self.tr("Ask again"), "retry"))

    @Slot()
    def tell_again(self) -> None:
        """Let the next report say its trouble anew: its button was pressed, nothing mended yet."""
        self._told = ("", "")
