"""Where an account's token is found and kept: the environment, a command, the key store."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from alwrity_desktop.core.accounts import Account
from alwrity_desktop.core.asking.tokens import sound_token
from alwrity_desktop.core.domain.errors import SecretsUnavailableError

if TYPE_CHECKING:
    from alwrity_desktop.core.secrets import SecretStore

PROGRAM: Final = "alwrity-desktop"

_PREFIX: Final = "account:"


class TokenKeeper:
    """Finds and keeps the tokens of accounts that have no command for it. For any thread.

    The key store is opened by the first token that is not in the environment: it may ask the
    person to unlock it.
    """

    def __init__(self, environ: Mapping[str, str], open_store: Callable[[], SecretStore]) -> None:
        self._environ = environ
        self._open_store = open_store
        self._lock = threading.Lock()
        self._store: SecretStore | None = None
        #: Tokens that could not be kept: they hold for this run.
        self._of_this_run: dict[str, str] = {}

    def token(self, account: Account) -> str:
        """Return the account's token, "" where there is none.

        Raises SecretsUnavailableError when the key store does not answer.
        """
        given = self._environ.get(account.token_variable, "").strip()
        if given:
            return sound_token(given)
        if account.name in self._of_this_run:
            return self._of_this_run[account.name]
        return self._secrets().get(_PREFIX + account.name) or ""

    def is_in_environment(self, account: Account) -> bool:
        """Return whether this run was given the account's token."""
        return bool(self._environ.get(account.token_variable, "").strip())

    def keep(self, account: Account, token: str) -> str:
        """Keep a token, and return a sentence that says where, or what to do where it cannot be.

        Raises PersonError for text that is no token.
        """
        sound = sound_token(token)
        try:
            store = self._secrets()
            store.set(_PREFIX + account.name, sound)
        except SecretsUnavailableError as error:
            self._of_this_run[account.name] = sound
            return f"{error}\n{self.ways(account)}"
        self._of_this_run.pop(account.name, None)
        if store.is_lasting:
            return store.describe()
        return f"Its token was not kept: this system has no key store.\n{self.ways(account)}"

    def forget(self, account: Account) -> None:
        """Remove the token from wherever it is kept."""
        self._of_this_run.pop(account.name, None)
        with contextlib.suppress(SecretsUnavailableError):
            self._secrets().delete(_PREFIX + account.name)

    def can_keep(self) -> bool:
        """Return whether a token that is kept is there in the next run."""
        try:
            return self._secrets().is_lasting
        except SecretsUnavailableError:
            return False

    def use_store(self, store: SecretStore) -> None:
        """Keep tokens in *store* from now on."""
        with self._lock:
            self._store = store

    def ways(self, account: Account) -> str:
        """Return what a person can do where the account has no token that lasts, line by line."""
        again = f"{PROGRAM} accounts token {account.name}"
        if self.can_keep():
            return f"Give it one with: {again} --token-stdin."
        return (
            "Choose one of these:\n"
            f"- give it in {account.token_variable} at each run\n"
            f'- name a command that prints it: {again} --token-command "COMMAND"\n'
            f"- keep it in an encrypted file: {again} --token-stdin --encrypted-file"
        )

    def describe(self) -> str:
        """Return a sentence that says where tokens are kept. Raises SecretsUnavailableError."""
        return self._secrets().describe()

    def _secrets(self) -> SecretStore:
        with self._lock:
            if self._store is None:
                self._store = self._open_store()
            return self._store
