"""Connections to the accounts' servers: one network, and one door for each account."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from alwrity_desktop.core.account_tokens import PROGRAM, TokenKeeper
from alwrity_desktop.core.accounts import Account
from alwrity_desktop.core.asking.asker import DEADLINE_S, Asker
from alwrity_desktop.core.asking.network import Network
from alwrity_desktop.core.asking.tokens import (
    BEARER,
    CommandToken,
    FixedToken,
    TokenForm,
    TokenSource,
)
from alwrity_desktop.core.domain.errors import (
    AskingStoppedError,
    AuthRefusedError,
    SecretsUnavailableError,
    UnreachableError,
)

MARK_READ: Final = "/mark-read"
"""The one thing that is asked with POST and may be asked twice."""

TOKEN_FORMS: Final = {
    "anthropic-admin": TokenForm("x-api-key", "", (("anthropic-version", "2023-06-01"),))
}
"""Where the token goes for kinds of servers that want it elsewhere than usual."""

REFUSED_REST_S: Final = 900.0
"""A token that was refused is tried again so rarely: a server may have been mistaken."""


class Connection(msgspec.Struct):
    """The way to one account's server, kept between syncs: it remembers a refused token."""

    account: Account
    asker: Asker
    tokens: TokenSource
    #: None where a command prints the token.
    kept: FixedToken | None
    #: One thing is asked of an account at a time.
    lock: threading.Lock = msgspec.field(default_factory=threading.Lock)
    #: Whether the last token was refused, or there was none.
    is_refused: bool = True
    #: When a refused token may be tried once more, in the pauses' seconds.
    trial_at_s: float | None = None

    def note(self, *, is_refused: bool, now_s: float) -> None:
        """Note whether the token was refused; the first refusal begins its rest."""
        self.is_refused = is_refused
        if not is_refused:
            self.trial_at_s = None
        elif self.trial_at_s is None:
            self.trial_at_s = now_s + REFUSED_REST_S

    def is_trial_due(self, now_s: float) -> bool:
        """Return whether to try a refused token once more, and begin its rest anew."""
        if self.trial_at_s is None or now_s < self.trial_at_s:
            return False
        self.trial_at_s = now_s + REFUSED_REST_S
        return True


class Talk(msgspec.Struct):
    """Asks one account's server within one time limit. Satisfies the sources' ``Ask``."""

    connection: Connection
    elapsed_s: Callable[[], float]
    until_s: float
    is_cancelled: Callable[[], bool]
    #: How long the server took for the last answer; None before the first.
    duration_ms: int | None = None

    @property
    def origin(self) -> str:
        """Host and port of the server."""
        return self.connection.account.origin

    def __call__(
        self,
        method: str,
        path: str,
        params: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - JSON is parsed by the source into its own types
        """Return the body of the answer. Raises the AskingErrors."""
        if self.is_cancelled():
            raise AskingStoppedError("It was stopped before the server had answered everything.")
        left_s = self.until_s - self.elapsed_s()
        if left_s <= 0:
            name = self.connection.asker.address.label
            message = f"{name} was too slow to answer everything. It is tried again later."
            raise UnreachableError(message)
        is_idempotent = method == "GET" or path.endswith(MARK_READ)
        answer = self.connection.asker.ask(
            method,
            path,
            params,
            body,
            deadline_s=min(DEADLINE_S, left_s),
            is_idempotent=is_idempotent,
        )
        self.duration_ms = answer.duration_ms
        return answer.body


class Connections:
    """The connections of all accounts, opened when they are needed. For any thread."""

    def __init__(self, network: Network, keeper: TokenKeeper) -> None:
        self.network = network
        self._keeper = keeper
        self._lock = threading.Lock()
        self._open: dict[str, Connection] = {}

    def of(self, account: Account) -> Connection:
        """Return the connection of an account as it is set up now."""
        with self._lock:
            found = self._open.get(account.name)
            if found is None or found.account != account:
                found = self._open[account.name] = self._connect(account, "")
            return found

    def with_token(self, account: Account, token: str) -> Connection:
        """Return a connection of its own that asks with *token*, to try it."""
        return self._connect(account, token)

    def replace_token(self, account: Account, token: str) -> None:
        """Ask with *token* from now on."""
        found = self.of(account)
        if found.kept is not None:
            found.kept.replace(token)
        found.asker.allow_trial()

    def forget(self, name: str) -> None:
        """Drop the connection of an account."""
        with self._lock:
            self._open.pop(name, None)

    def renew(self, connection: Connection) -> None:
        """Look for a token where none was yet, or where the last one was refused.

        Raises AuthRefusedError, naming what to do, when there is none.
        """
        if connection.kept is None or not connection.is_refused:
            return
        try:
            token = self._keeper.token(connection.account)
        except SecretsUnavailableError as error:
            raise AuthRefusedError(str(error)) from error
        if not token:
            account = connection.account
            raise AuthRefusedError(
                f'The account "{account.name}" has no token. Give it one with: {PROGRAM} accounts '
                f"token {account.name} --token-stdin, or in {account.token_variable}."
            )
        connection.kept.replace(token)

    def talk(
        self, connection: Connection, deadline_s: float, is_cancelled: Callable[[], bool]
    ) -> Talk:
        """Return a talk with the server that ends after *deadline_s* seconds."""
        elapsed_s = self.network.pauses.elapsed_s
        return Talk(connection, elapsed_s, elapsed_s() + deadline_s, is_cancelled)

    def close(self) -> None:
        """End all talks and the network's thread."""
        self.network.close()

    def _connect(self, account: Account, token: str) -> Connection:
        kept: FixedToken | None = None
        source: TokenSource
        if account.token_command and not token:
            source = CommandToken(account.token_command, pauses=self.network.pauses)
        else:
            source = kept = FixedToken(token)
        asker = Asker(
            account.url,
            source,
            network=self.network,
            account=account.name,
            token_form=TOKEN_FORMS.get(account.kind, BEARER),
        )
        return Connection(account, asker, source, kept, is_refused=not token)
