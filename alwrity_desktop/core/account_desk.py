"""The desk for accounts on servers: connect them, ask them, and say how each stands."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from alwrity_desktop.core.accounts import Account, AccountState, AccountStore, SyncResult, checked
from alwrity_desktop.core.desk_core import DeskCore
from alwrity_desktop.core.domain.errors import AskingError, AskingStoppedError
from alwrity_desktop.core.domain.usage import ALL_ACCOUNTS
from alwrity_desktop.core.polling import STALE_AFTER_MS
from alwrity_desktop.core.sources.servers.base import PARTS
from alwrity_desktop.core.sources.servers.registry import server_source

if TYPE_CHECKING:
    from alwrity_desktop.core.account_connections import Connections, Talk
    from alwrity_desktop.core.account_live import AccountLive, OnHint
    from alwrity_desktop.core.account_tokens import TokenKeeper
    from alwrity_desktop.core.asking.network import Network
    from alwrity_desktop.core.domain.report import Report
    from alwrity_desktop.core.domain.server import Preflight, ServerView
    from alwrity_desktop.core.secrets import SecretStore
    from alwrity_desktop.core.sources.servers.base import ServerSource

QUESTION_DEADLINE_S: Final = 30.0
"""How long a person waits for a check, a preflight or a link."""

MARKS_DEADLINE_S: Final = 10.0
"""How long marking alerts read may keep a person waiting."""

_MAX_AT_ONCE: Final = 8
_NEVER_ASKED: Final = "Not asked yet."


class AccountDesk:
    """Everything that is done with accounts on servers. For any thread but the one that paints.

    What speaks to servers is loaded and started by the first question.
    """

    def __init__(
        self,
        core: DeskCore,
        environ: Mapping[str, str],
        make_network: Callable[[], Network] | None = None,
    ) -> None:
        self._core = core
        self._environ = environ
        self._make_network = make_network
        self._store = AccountStore(core.profile.accounts)
        self._lock = threading.Lock()
        self._keeper: TokenKeeper | None = None
        self._connections: Connections | None = None
        self._live: AccountLive | None = None
        self._next_ms: dict[str, int] = {}
        self._is_closed = False

    def accounts(self) -> tuple[Account, ...]:
        """Return the connected accounts. Raises PersonError for a damaged file."""
        return self._store.accounts()

    def account(self, name: str) -> Account:
        """Return one account. Raises NotFoundError, naming those that there are."""
        return self._store.account(name)

    def list(self) -> tuple[AccountState, ...]:
        """Return how each account stands, from the ledger: no server is asked."""
        return tuple(map(self._state, self.accounts()))

    def add(self, account: Account, token: str | None) -> str:
        """Connect *account* and keep *token*; return a sentence that says where it is kept.

        Raises PersonError for an account that clashes with another, and for text that is no
        token; then nothing has changed.
        """
        from alwrity_desktop.core.asking.tokens import sound_token  # noqa: PLC0415 - slow

        sound = checked(account)
        if token is not None:
            sound_token(token)
        self._store.add(sound)
        if sound.token_command:
            return "The token comes from the command."
        if token is not None:
            return self.keeper.keep(sound, token)
        if self.keeper.is_in_environment(sound):
            return f"The token comes from {sound.token_variable}."
        return f"It has no token yet. {self.keeper.ways(sound)}"

    def remove(self, name: str) -> None:
        """Disconnect an account and forget its token; its calls stay. Raises NotFoundError."""
        account = self._store.remove(name)
        self.keeper.forget(account)
        if self._connections is not None:
            self._connections.forget(name)

    def set_token(self, name: str, token: str) -> str:
        """Replace the account's token; return a sentence that says where it is kept."""
        account = self.account(name)
        sentence = self.keeper.keep(account, token)
        self._store.set_token_command(name, ())
        self.connections.replace_token(self.account(name), token)
        if self._live is not None:
            self._live.restart(name)
        return sentence

    def set_token_command(self, name: str, command: tuple[str, ...]) -> None:
        """Have the account's token printed by *command* from now on. Raises NotFoundError."""
        self.keeper.forget(self.account(name))
        self._store.set_token_command(name, command)

    def check(self, account: Account, token: str | None = None) -> str:
        """Try *account* and return a sentence that says what answers; nothing is kept.

        Without *token* the one that is kept is tried. Raises AskingError and PersonError.
        """
        sound = checked(account)
        connections = self.connections
        connection = connections.with_token(sound, token or "")
        connections.renew(connection)
        connection.asker.allow_trial()
        talk = connections.talk(connection, QUESTION_DEADLINE_S, lambda: False)
        return server_source(sound.kind).check(talk, sound.user)

    def sync(
        self,
        names: Sequence[str] = (),
        parts: Collection[str] = PARTS,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> tuple[SyncResult, ...]:
        """Ask the accounts called *names*, or all, because the person wants it.

        Raises NotFoundError before anything is asked; what servers do is in the results.
        """
        wanted = names or tuple(account.name for account in self.accounts())
        for name in wanted:
            self.account(name)
        asked = dict.fromkeys(wanted, frozenset(parts))
        return self.sync_each(asked, asked.keys(), is_cancelled)

    def sync_each(
        self,
        parts: Mapping[str, Collection[str]],
        hastened: Collection[str] = (),
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> tuple[SyncResult, ...]:
        """Ask each account for its parts, all at once, and wait for them.

        An account in *hastened* is tried though its server failed lately. An account that is
        not there any more has a result that says so.
        """
        if not parts:
            return ()
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - slow

        from alwrity_desktop.core.account_sync import Errand, sync_account  # noqa: PLC0415 - slow

        connections, known = self.connections, {each.name: each for each in self.accounts()}
        errands = [
            Errand(connections.of(known[name]), frozenset(wanted), is_cancelled, name in hastened)
            for name, wanted in parts.items()
            if name in known
        ]
        gone = [_gone(name) for name in parts if name not in known]
        with ThreadPoolExecutor(min(len(parts), _MAX_AT_ONCE), "sync") as pool:
            each = [pool.submit(sync_account, self._core, connections, one) for one in errands]
            try:
                return (*gone, *(future.result() for future in each))
            except BaseException:
                # An impatient person: nobody waits for a slow server's answer any more.
                self.close()
                raise

    def carry_marks(self, name: str) -> None:
        """Tell the server at once which alerts were read, if it answers; else a sync does it.

        *name* is an account's, or that of all accounts.
        """
        for account in self.accounts():
            if name in {account.name, ALL_ACCOUNTS}:
                self._carry_marks(account)

    def _carry_marks(self, account: Account) -> None:
        if not self._core.ledger(account.name).unread_to_carry(account.name):
            return
        from alwrity_desktop.core.account_sync import carry_marks  # noqa: PLC0415 - slow

        with contextlib.suppress(AskingError):
            connections = self.connections
            connection = connections.of(account)
            connections.renew(connection)
            talk = connections.talk(connection, MARKS_DEADLINE_S, lambda: False)
            carry_marks(self._core, talk, None)

    def preflight(self, name: str, operations: Sequence[Mapping[str, str | int]]) -> Preflight:
        """Ask what *operations* would cost on the account's server. Raises AskingError."""
        source, talk = self._talk(name)
        return source.preflight(talk, tuple(operations))

    def link(self, name: str, what: str, tier: str = "", cycle: str = "monthly") -> str:
        """Return the address of the account's "checkout" or "portal" page. Raises AskingError."""
        source, talk = self._talk(name)
        return source.link(talk, what, tier, cycle)

    def listen(self, names: Sequence[str], on_hint: OnHint) -> None:
        """Listen to the live updates of exactly these accounts, where their servers have any.

        *on_hint* is called in another thread, with an account and what of it changed.
        """
        from alwrity_desktop.core.account_live import AccountLive  # noqa: PLC0415 - slow

        wanted = [account for account in self.accounts() if account.name in names]
        if self._live is None:
            if not wanted:
                return
            self._live = AccountLive(self.connections, on_hint)
        self._live.listen(wanted)

    def note_next(self, name: str, at_ms: int | None) -> None:
        """Note when the account is asked next, UTC milliseconds; None when nobody polls it."""
        with self._lock:
            if at_ms is None:
                self._next_ms.pop(name, None)
            else:
                self._next_ms[name] = at_ms

    def next_due_ms(self, name: str) -> int | None:
        """Return when the account is asked next, UTC milliseconds; None when nobody polls it."""
        with self._lock:
            return self._next_ms.get(name)

    def dressed(self, report: Report) -> Report:
        """Return *report* with the age of its server's figures, and when it is asked next."""
        if report.server is None:
            return report
        view = report.server
        next_ms = self.next_due_ms(report.account.name)
        state = state_now(view, self._core.clock.now_ms())
        return replace(report, server=replace(view, state=state, next_sync_ms=next_ms))

    def where_tokens_are(self) -> str:
        """Return a sentence that says where tokens are kept. Raises SecretsUnavailableError."""
        return self.keeper.describe()

    def choose_encrypted_file(self, passphrase: str) -> None:
        """Keep tokens in the encrypted file from now on, or open the one that is there.

        Raises PersonError for a passphrase that is too short or does not fit.
        """
        from alwrity_desktop.core.secrets import choose_sealed_file  # noqa: PLC0415 - slow

        self.keeper.use_store(choose_sealed_file(self._core.profile, passphrase))

    @property
    def keeper(self) -> TokenKeeper:
        """Where tokens are found and kept."""
        from alwrity_desktop.core.account_tokens import TokenKeeper  # noqa: PLC0415 - slow

        with self._lock:
            if self._keeper is None:
                self._keeper = TokenKeeper(self._environ, self._open_secrets)
            return self._keeper

    @property
    def connections(self) -> Connections:
        """The connections to the servers. Raises AskingStoppedError after ``close``."""
        keeper = self.keeper
        from alwrity_desktop.core.account_connections import Connections  # noqa: PLC0415 - slow
        from alwrity_desktop.core.asking.network import Network  # noqa: PLC0415 - slow

        with self._lock:
            if self._is_closed:
                raise AskingStoppedError("The program is closing; nothing is asked any more.")
            if self._connections is None:
                make = self._make_network or (lambda: Network(self._core.clock))
                self._connections = Connections(make(), keeper)
            return self._connections

    def close(self) -> None:
        """Call off what is asked, for good, and end the network's thread."""
        with self._lock:
            self._is_closed = True
            opened, self._connections = self._connections, None
        if opened is not None:
            opened.close()

    def _open_secrets(self) -> SecretStore:
        from alwrity_desktop.core.secrets import open_secret_store  # noqa: PLC0415 - slow

        return open_secret_store(self._core.profile, self._environ)

    def _talk(self, name: str) -> tuple[ServerSource, Talk]:
        account = self.account(name)
        connection = self.connections.of(account)
        self.connections.renew(connection)
        return server_source(account.kind), self.connections.talk(
            connection, QUESTION_DEADLINE_S, lambda: False
        )

    def _state(self, account: Account) -> AccountState:
        if not self._core.profile.ledger.exists():
            return AccountState(account, None, "stale", _NEVER_ASKED)
        view = self._core.ledger(account.name).server_view(account.name)
        return account_state(
            account, view, self._core.clock.now_ms(), self.next_due_ms(account.name)
        )


def _gone(name: str) -> SyncResult:
    sentence = f'There is no account "{name:.60}" any more.'
    return SyncResult(
        name, is_ok=False, calls_added=0, statements=0, error=sentence, seconds=0.0, state="error"
    )


def account_state(
    account: Account, view: ServerView | None, now_ms: int, next_ms: int | None
) -> AccountState:
    """Return how *account* stands by what the ledger knows of its server."""
    if view is None or (view.last_sync_ms is None and not view.trouble):
        return AccountState(account, None, "stale", _NEVER_ASKED, next_ms)
    state = state_now(view, now_ms)
    return AccountState(account, view.last_sync_ms, state, view.trouble, next_ms)


def state_now(view: ServerView, now_ms: int) -> str:
    """Return the state of the last sync, or "stale" once that was too long ago."""
    if view.state == "ok" and now_ms - (view.last_sync_ms or 0) > STALE_AFTER_MS:
        return "stale"
    return view.state
