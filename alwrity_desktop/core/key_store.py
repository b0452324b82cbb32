"""The system's key store: only the kinds that encrypt, tried out first, never waited for long."""

from __future__ import annotations

import importlib
import queue
import secrets
import threading
from collections.abc import Callable, Mapping
from typing import Final, Protocol, TypeVar

from alwrity_desktop.core.domain.errors import SecretsUnavailableError

CALL_DEADLINE_S: Final = 15.0
"""How long the key store may think: with a dialog of its own open, some think for ever."""

ALLOWED: Final[Mapping[str, str]] = {
    "keyring.backends.SecretService.Keyring": "the Secret Service",
    "keyring.backends.kwallet.DBusKeyring": "KWallet",
    "keyring.backends.macOS.Keyring": "the macOS Keychain",
    "keyring.backends.Windows.WinVaultKeyring": "the Windows Credential Manager",
}
"""The kinds of key store that are used. Others keep secrets as plain text, or nowhere."""

BACKEND_VARIABLE: Final = "PYTHON_KEYRING_BACKEND"
#: With less, a backend says of itself that it is no safe choice.
_LEAST_PRIORITY: Final = 1
_PROBE: Final = "self-test"
_Result = TypeVar("_Result")


class Backend(Protocol):
    """What is used of a backend of keyring, which is loaded by need."""

    def get_password(self, service: str, username: str, /) -> str | None:
        """Return the secret, None when there is none."""
        ...

    def set_password(self, service: str, username: str, password: str, /) -> None:
        """Keep the secret."""
        ...

    def delete_password(self, service: str, username: str, /) -> None:
        """Remove the secret."""
        ...


class KeyStore:
    """Secrets in the system's key store, under one service name."""

    is_lasting: Final = True

    def __init__(
        self,
        backend: Backend,
        title: str,
        service: str,
        *,
        deadline_s: float = CALL_DEADLINE_S,
    ) -> None:
        """Use *backend*, which people call *title*. Raises nothing; ``check`` tries it."""
        self._backend = backend
        self._title = title
        self._service = service
        self._deadline_s = deadline_s
        self._lock = threading.Lock()
        self._is_stuck = False

    def get(self, name: str, /) -> str | None:
        """Return the secret called *name*, None when there is none."""
        return self._call(lambda: self._backend.get_password(self._service, name))

    def set(self, name: str, secret: str, /) -> None:
        """Keep *secret* under *name*."""
        self._call(lambda: self._backend.set_password(self._service, name, secret))

    def delete(self, name: str, /) -> None:
        """Remove the secret called *name*; one that is not there is no error."""
        if self.get(name) is not None:
            self._call(lambda: self._backend.delete_password(self._service, name))

    def describe(self) -> str:
        """Return one sentence that says where tokens are."""
        return f"Tokens are kept in {self._title}."

    def check(self) -> None:
        """Write, read and remove a made-up secret. Raises SecretsUnavailableError."""
        secret = secrets.token_urlsafe(16)
        self.set(_PROBE, secret)
        found = self.get(_PROBE)
        self.delete(_PROBE)
        if found != secret or self.get(_PROBE) is not None:
            message = f"What is put into {self._title} does not come out again. {_WHAT_ELSE}"
            raise SecretsUnavailableError(message)

    def _call(self, work: Callable[[], _Result]) -> _Result:
        with self._lock:
            if self._is_stuck:
                raise SecretsUnavailableError(_silent(self._title))
            try:
                return within(work, self._deadline_s)
            except TimeoutError:
                self._is_stuck = True
            # Backends raise what they like, and it may quote the secret.
            except Exception as error:  # noqa: BLE001 - see above
                reason = type(error).__name__
                message = f"{self._title} refuses ({reason}). Unlock it, and try again."
                raise SecretsUnavailableError(message[0].upper() + message[1:]) from None
        raise SecretsUnavailableError(_silent(self._title))


def open_key_store(
    service: str, environ: Mapping[str, str], *, deadline_s: float = CALL_DEADLINE_S
) -> KeyStore:
    """Return the system's key store, tried out. Raises SecretsUnavailableError when none is safe.

    keyring's own choice is not asked: its settings may name any class, and code to load it
    from. Only a class of ``ALLOWED`` may be named in PYTHON_KEYRING_BACKEND.
    """
    named = environ.get(BACKEND_VARIABLE, "").strip()
    if named and named not in ALLOWED:
        message = f"{BACKEND_VARIABLE} names a key store that is not safe enough. {_WHAT_ELSE}"
        raise SecretsUnavailableError(message)
    try:
        found = within(lambda: _best_backend((named,) if named else tuple(ALLOWED)), deadline_s)
    except TimeoutError:
        raise SecretsUnavailableError(_silent("the system's key store")) from None
    if found is None:
        raise SecretsUnavailableError(f"This system has no key store that runs. {_WHAT_ELSE}")
    backend, name = found
    store = KeyStore(backend, ALLOWED[name], service, deadline_s=deadline_s)
    store.check()
    return store


def within(work: Callable[[], _Result], deadline_s: float) -> _Result:
    """Do *work* in a thread of its own and return its result, or raise its error.

    Raises TimeoutError when it takes longer; the thread is then left behind, and ends with
    the program.
    """
    box: queue.SimpleQueue[tuple[_Result | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            box.put((work(), None))
        # Handed over and raised by the one who waits.
        except BaseException as error:  # noqa: BLE001 - see above
            box.put((None, error))

    thread = threading.Thread(target=run, name="key store", daemon=True)
    thread.start()
    try:
        result, error = box.get(timeout=deadline_s)
    except queue.Empty:
        raise TimeoutError from None
    thread.join()
    if error is not None:
        raise error
    return result  # type: ignore[return-value] # without an error it is the result


def _best_backend(names: tuple[str, ...]) -> tuple[Backend, str] | None:
    """Return the backend of the highest priority that runs here, with its name."""
    found: list[tuple[float, Callable[[], Backend], str]] = []
    for name in names:
        module, _, class_name = name.rpartition(".")
        # A backend that does not fit this system says so by whatever error comes to hand.
        try:
            kind = getattr(importlib.import_module(module), class_name)
            priority = float(kind.priority)
        except Exception:  # noqa: BLE001, S112 - see above
            continue
        if priority >= _LEAST_PRIORITY:
            found.append((priority, kind, name))
    if not found:
        return None
    _, kind, name = max(found, key=lambda entry: entry[0])
    return kind(), name


_WHAT_ELSE: Final = (
    "Give the token in the account's environment variable, by a token command, "
    "or choose the encrypted file."
)


def _silent(title: str) -> str:
    return f"{title[0].upper()}{title[1:]} does not answer. Unlock it, or restart it. {_WHAT_ELSE}"
