"""Live updates of the accounts whose servers have them: hints at what to fetch, nothing more."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final
from urllib.parse import quote

from alwrity_desktop.core.account_connections import Connection, Connections
from alwrity_desktop.core.accounts import Account
from alwrity_desktop.core.asking.live import LiveUpdates
from alwrity_desktop.core.asking.live_messages import LiveMessage
from alwrity_desktop.core.domain.errors import AuthRefusedError
from alwrity_desktop.core.sources.servers.base import PARTS, STATUS, TRENDS, USAGE

OnHint = Callable[[str, Collection[str]], None]
"""Called in the network's thread with an account and the parts that changed; returns at once."""

LIVE_KIND: Final = "alwrity"
"""The kind of account whose servers may have live updates."""

_PARTS_OF: Final[Mapping[str, Collection[str]]] = {
    "usage": (USAGE,),
    "alert": (USAGE,),
    "health": (STATUS,),
    "projection": (TRENDS,),
}


class AccountLive:
    """At most one listener for each account. For any thread."""

    def __init__(self, connections: Connections, on_hint: OnHint) -> None:
        self._connections = connections
        self._on_hint = on_hint
        self._lock = threading.Lock()
        self._listeners: dict[str, tuple[Connection, LiveUpdates]] = {}

    def listen(self, accounts: Sequence[Account]) -> None:
        """Listen to exactly these accounts from now on; those without live updates are left out."""
        wanted = {account.name: account for account in accounts if account.kind == LIVE_KIND}
        with self._lock:
            for name in [name for name in self._listeners if name not in wanted]:
                self._listeners.pop(name)[1].close()
            for account in wanted.values():
                self._listen_to(account)

    def restart(self, name: str) -> None:
        """Begin anew with an account whose token was replaced."""
        with self._lock:
            found = self._listeners.get(name)
            if found is not None:
                found[1].close()
                found[1].start()

    def close(self) -> None:
        """Listen to nobody any more."""
        self.listen(())

    def _listen_to(self, account: Account) -> None:
        connection = self._connections.of(account)
        found = self._listeners.get(account.name)
        if found is not None:
            if found[0] is connection:
                return
            found[1].close()
        # Without a token the listener waits, until it is restarted with one.
        with contextlib.suppress(AuthRefusedError):
            self._connections.renew(connection)

        def on_message(message: LiveMessage) -> None:
            self._on_hint(account.name, _PARTS_OF.get(message.type, PARTS[:3]))

        listener = LiveUpdates(
            account.url,
            f"/ws/billing/{quote(account.user, safe='')}",
            connection.tokens,
            on_message,
            network=self._connections.network,
            account=account.name,
        )
        self._listeners[account.name] = (connection, listener)
        listener.start()
