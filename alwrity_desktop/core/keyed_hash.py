"""Hashes that only this profile can make: they tell whether two texts are equal, and no more."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from typing import TYPE_CHECKING, Final, Self

from alwrity_desktop.core.domain.errors import WorldError

if TYPE_CHECKING:
    from pathlib import Path

    from alwrity_desktop.core.profile import Profile

SECRET_BYTES: Final = 32

_REQUEST: Final = "request"
_KEY: Final = "key"
_REQUEST_DIGITS: Final = 16
_KEY_DIGITS: Final = 6


class KeyedHash:
    """Makes hashes with one secret. Another secret gives others, so nobody can try texts out."""

    def __init__(self, secret: bytes) -> None:
        """Hash with *secret*."""
        self._secret = secret

    @classmethod
    def of_this_run(cls) -> Self:
        """Return hashes that mean nothing to any other run."""
        return cls(secrets.token_bytes(SECRET_BYTES))

    def begin_request(self, *names: str) -> hmac.HMAC:
        """Return the beginning of a request's hash; its text is to be added, then it is ended.

        *names* say what the text is asked of: the same text for another model is another request.
        """
        return self._begun(_REQUEST, names)

    def end_request(self, begun: hmac.HMAC) -> str:
        """Return the hash of a whole request, 16 hexadecimal digits."""
        return begun.hexdigest()[:_REQUEST_DIGITS]

    def name_of_key(self, key: str) -> str:
        """Return a name for an API *key*, such as "key 3f9a21", that tells nothing of it."""
        begun = self._begun(_KEY, ())
        begun.update(_bytes(key))
        return f"key {begun.hexdigest()[:_KEY_DIGITS]}"

    def _begun(self, purpose: str, names: tuple[str, ...]) -> hmac.HMAC:
        begun = hmac.new(self._secret, digestmod=hashlib.sha256)
        for part in (purpose, *names):
            data = _bytes(part)
            # The lengths keep ("ab", "c") and ("a", "bc") apart.
            begun.update(b"%d:" % len(data) + data)
        return begun


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
