"""The encrypted file for tokens: opened by a passphrase, written whole, never plain."""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from alwrity_desktop.core.domain.errors import PersonError, SecretsUnavailableError
from alwrity_desktop.core.files import replacing

SCRYPT_N: Final = 2**16
"""64 MB and a fifth of a second for one guess at the passphrase."""

SHORTEST_PASSPHRASE: Final = 8

_SCRYPT_R: Final = 8
_SCRYPT_P: Final = 1
_LARGEST_N: Final = 2**18
_KEY_BYTES: Final = 32
_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_FORMAT: Final = "alwrity-desktop tokens 1"
_MAX_FILE_BYTES: Final = 5_000_000


class _Sealed(msgspec.Struct, frozen=True):
    """The file; the bytes in base64."""

    format: str
    scrypt_n: int
    salt: str
    nonce: str
    data: str


class SealedFile:
    """Secrets in one file, encrypted with AES-GCM under a key that scrypt makes of a passphrase."""

    is_lasting: Final = True

    def __init__(self, path: Path, passphrase: str, *, scrypt_n: int = SCRYPT_N) -> None:
        """Open *path*, or make it. Raises PersonError for a passphrase that does not fit."""
        if len(passphrase) < SHORTEST_PASSPHRASE:
            message = f"The passphrase needs at least {SHORTEST_PASSPHRASE} characters."
            raise PersonError(message)
        self._path = path
        self._passphrase = passphrase
        self._scrypt_n = scrypt_n
        self._salt = b""
        self._key = b""
        if path.exists():
            self._load()
        else:
            self._make_key(os.urandom(_SALT_BYTES), scrypt_n)
            self._save({})

    def get(self, name: str, /) -> str | None:
        """Return the secret called *name*, None when there is none."""
        return self._load().get(name)

    def set(self, name: str, secret: str, /) -> None:
        """Keep *secret* under *name*."""
        self._save({**self._load(), name: secret})

    def delete(self, name: str, /) -> None:
        """Remove the secret called *name*; one that is not there is no error."""
        kept = self._load()
        if kept.pop(name, None) is not None:
            self._save(kept)

    def describe(self) -> str:
        """Return one sentence that says where tokens are."""
        return f"Tokens are kept in the encrypted file {self._path}."

    def _load(self) -> dict[str, str]:
        """Read the file anew: another program may have written it meanwhile."""
        sealed = self._read()
        try:
            salt, nonce, data = (
                base64.b64decode(text, validate=True)
                for text in (sealed.salt, sealed.nonce, sealed.data)
            )
            self._make_key(salt, sealed.scrypt_n)
            plain = AESGCM(self._key).decrypt(nonce, data, _bound(salt, sealed.scrypt_n))
            return msgspec.json.decode(plain, type=dict[str, str])
        except InvalidTag:
            raise PersonError(
                "The passphrase does not open the file of tokens, or the file was changed."
            ) from None
        except (binascii.Error, ValueError, msgspec.DecodeError):
            raise SecretsUnavailableError(self._damaged()) from None

    def _read(self) -> _Sealed:
        try:
            with self._path.open("rb") as file:
                sealed = msgspec.json.decode(file.read(_MAX_FILE_BYTES), type=_Sealed)
        except OSError as error:
            message = f"The file of tokens {self._path} cannot be read. Check its permission."
            raise SecretsUnavailableError(message) from error
        except msgspec.DecodeError:
            raise SecretsUnavailableError(self._damaged()) from None
        n = sealed.scrypt_n
        if sealed.format != _FORMAT or not 1 < n <= _LARGEST_N or n & (n - 1):
            raise SecretsUnavailableError(self._damaged())
        return sealed

    def _make_key(self, salt: bytes, scrypt_n: int) -> None:
        if salt == self._salt and scrypt_n == self._scrypt_n:
            return
        kind = Scrypt(salt=salt, length=_KEY_BYTES, n=scrypt_n, r=_SCRYPT_R, p=_SCRYPT_P)
        self._key = kind.derive(self._passphrase.encode())
        self._salt, self._scrypt_n = salt, scrypt_n

    def _save(self, kept: dict[str, str]) -> None:
        nonce = os.urandom(_NONCE_BYTES)
        bound = _bound(self._salt, self._scrypt_n)
        data = AESGCM(self._key).encrypt(nonce, msgspec.json.encode(kept), bound)
        texts = (base64.b64encode(part).decode() for part in (self._salt, nonce, data))
        sealed = _Sealed(_FORMAT, self._scrypt_n, *texts)
        try:
            with replacing(self._path) as file:
                file.write(msgspec.json.encode(sealed).decode())
        except OSError as error:
            message = (
                f"The file of tokens {self._path} cannot be written. Check space and permission."
            )
            raise SecretsUnavailableError(message) from error

    def _damaged(self) -> str:
        return (
            f"The file of tokens {self._path} is damaged. Remove it, and give the accounts "
            "their tokens again."
        )


def _bound(salt: bytes, scrypt_n: int) -> bytes:
    """Return what is not secret and must not be changed."""
    return f"{_FORMAT} {scrypt_n} ".encode() + salt
