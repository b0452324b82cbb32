"""Hashes that only this profile can make: they tell whether two texts are equal, and no more."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from typing import TYPE_CHECKING, Final, Self

from alwrity_desktop.core.domain.errors import WorldError

if TYPE_CHECKING:
    from pathlib import Path

    from alwrity_desktop.core.profile import Profile

SECRET_BYTES: Final = 32

MAX_NAMES: Final = 1_000
"""So many names of keys are remembered."""

_REQUEST: Final = b"request"
_REQUEST_BYTES: Final = 8
_KEY: Final = b"key"
_KEY_BYTES: Final = 3


class KeyedHash:
    """Makes hashes with one secret. Another secret gives others, so nobody can try texts out."""

    def __init__(self, secret: bytes) -> None:
        """Hash with *secret*."""
        self._secret = secret
        #: By a number that Python makes of a key, another one in each run: no key is held.
        self._names: dict[int, str] = {}

    @classmethod
    def of_this_run(cls) -> Self:
        """Return hashes that mean nothing to any other run."""
        return cls(secrets.token_bytes(SECRET_BYTES))

    def begin_request(self, *names: str) -> hashlib.blake2b:
        """Return the beginning of a request's hash: to be fed with its text and then asked.

        *names* say what the text is asked of: the same text for another model is another
        request. The hash is 16 hexadecimal digits.
        """
        parts = (_bytes(name) for name in names)
        # The lengths keep ("ab", "c") and ("a", "bc") apart.
        data = b"".join(b"%d:%b" % (len(part), part) for part in parts)
        return hashlib.blake2b(data, digest_size=_REQUEST_BYTES, key=self._secret, person=_REQUEST)

    def name_of_key(self, key: str) -> str:
        """Return a name for an API *key*, such as "key 3f9a21", that tells nothing of it."""
        number = hash(key)
        name = self._names.get(number)
        if name is None:
            data = _bytes(key)
            hashed = hashlib.blake2b(data, digest_size=_KEY_BYTES, key=self._secret, person=_KEY)
            name = f"key {hashed.hexdigest()}"
            if len(self._names) < MAX_NAMES:
                self._names[number] = name
        return name


def open_hashes(profile: Profile) -> KeyedHash:
    """Return the hashes of *profile*; its secret is made when it is first needed.

    Raises WorldError where the secret can be neither read nor kept.
    """
    path = profile.hash_secret
    try:
        return KeyedHash(_kept(path) or _made(path))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise WorldError(f"The file {path} cannot be used ({reason}).") from error


def _kept(path: Path) -> bytes:
    """Return the secret in *path*, nothing where there is none or not a whole one."""
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        return b""
    return found if len(found) == SECRET_BYTES else b""


def _made(path: Path) -> bytes:
    """Return a new secret, or the one that another program made meanwhile."""
    secret = secrets.token_bytes(SECRET_BYTES)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a file that is open already
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        if path.exists() and not _kept(path):
            # What is there is no secret: nothing was hashed with it.
            path.unlink()
        with contextlib.suppress(FileExistsError):
            # Whole or not at all, and never in the place of one that is there.
            os.link(beside, path)
        return _kept(path) or secret
    finally:
        beside.unlink()


def _bytes(text: str) -> bytes:
    """Return *text* as bytes; what arguments bring may hold half characters."""
    return text.encode("utf-8", "surrogatepass")
