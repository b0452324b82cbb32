"""Where tokens are kept: the system's key store, an encrypted file by choice, or this run only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

from alwrity_desktop.core.domain.errors import SecretsUnavailableError
from alwrity_desktop.core.key_store import CALL_DEADLINE_S, open_key_store
from alwrity_desktop.core.profile import APPLICATION, HOME_VARIABLE, Profile
from alwrity_desktop.core.sealed_file import SealedFile

PASSPHRASE_VARIABLE: Final = "ALWRITY_DESKTOP_PASSPHRASE"  # noqa: S105 - a variable's name
"""Gives the passphrase of the encrypted file, for programs that nobody sits at."""

SEALED_FILE: Final = "tokens.sealed"


class SecretStore(Protocol):
    """Keeps secrets by name. Each call raises SecretsUnavailableError when it cannot."""

    @property
    def is_lasting(self) -> bool:
        """Whether what is kept is still there in the next run."""
        ...

    def get(self, name: str, /) -> str | None:
        """Return the secret called *name*, None when there is none."""
        ...

    def set(self, name: str, secret: str, /) -> None:
        """Keep *secret* under *name*."""
        ...

    def delete(self, name: str, /) -> None:
        """Remove the secret called *name*; one that is not there is no error."""
        ...

    def describe(self) -> str:
        """Return one sentence that says where tokens are, for the doctor."""
        ...


class SessionStore:
    """Secrets of this run: gone when the program ends."""

    is_lasting: Final = False

    def __init__(self, reason: str = "") -> None:
        """Begin empty; *reason* says why nothing lasting is there."""
        self._reason = reason
        self._kept: dict[str, str] = {}

    def get(self, name: str, /) -> str | None:
        """Return the secret called *name*, None when there is none."""
        return self._kept.get(name)

    def set(self, name: str, secret: str, /) -> None:
        """Keep *secret* under *name* until the program ends."""
        self._kept[name] = secret

    def delete(self, name: str, /) -> None:
        """Remove the secret called *name*; one that is not there is no error."""
        self._kept.pop(name, None)

    def describe(self) -> str:
        """Return one sentence or two that say where tokens are, and why."""
        return f"Tokens are kept only until the program ends. {self._reason}".strip()


class LockedFile:
    """The encrypted file while nobody gave its passphrase."""

    is_lasting: Final = True

    def __init__(self, path: Path) -> None:
        self._sentence = (
            f"Tokens are kept in the encrypted file {path}, which is locked. "
            f"Give its passphrase, in the window or in {PASSPHRASE_VARIABLE}."
        )

    def get(self, _name: str, /) -> str | None:
        """Raise SecretsUnavailableError: nothing can be read."""
        raise SecretsUnavailableError(self._sentence)

    def set(self, _name: str, _secret: str, /) -> None:
        """Raise SecretsUnavailableError: nothing can be written."""
        raise SecretsUnavailableError(self._sentence)

    def delete(self, _name: str, /) -> None:
        """Raise SecretsUnavailableError: nothing can be removed."""
        raise SecretsUnavailableError(self._sentence)

    def describe(self) -> str:
        """Return the sentence that says what is missing."""
        return self._sentence


def open_secret_store(
    profile: Profile,
    environ: Mapping[str, str],
    *,
    passphrase: str = "",
    deadline_s: float = CALL_DEADLINE_S,
) -> SecretStore:
    """Return where tokens are kept.

    The encrypted file where the person chose it, else the system's key store when it passes
    its test, else memory; never plain text. It may take *deadline_s* twice: open it when a
    token is needed, and not in the thread that paints. Raises PersonError for a passphrase
    that does not fit, SecretsUnavailableError for a damaged file.
    """
    path = sealed_path(profile)
    if path.exists():
        given = passphrase or environ.get(PASSPHRASE_VARIABLE, "")
        return SealedFile(path, given) if given else LockedFile(path)
    try:
        return open_key_store(service_name(profile, environ), environ, deadline_s=deadline_s)
    except SecretsUnavailableError as error:
        return SessionStore(str(error))


def choose_sealed_file(profile: Profile, passphrase: str) -> SecretStore:
    """Keep tokens in the encrypted file from now on, made when it is not there.

    Raises PersonError for a passphrase that is too short or does not fit.
    """
    return SealedFile(sealed_path(profile), passphrase)


def sealed_path(profile: Profile) -> Path:
    """Return where the encrypted file is, or would be."""
    return profile.config / SEALED_FILE


def service_name(profile: Profile, environ: Mapping[str, str]) -> str:
    """Return the name under which a profile's tokens stand; another profile has another."""
    if not environ.get(HOME_VARIABLE, "").strip():
        return APPLICATION
    return f"{APPLICATION} {hashlib.sha256(str(profile.config).encode()).hexdigest()[:12]}"
