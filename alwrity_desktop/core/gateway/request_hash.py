"""Hashes by which a request is told again, and the name of its key; neither text is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

import msgspec

from alwrity_desktop.core.domain.key_names import MAX_KEY_NAME, is_key_itself
from alwrity_desktop.core.gateway.addresses import Address
from alwrity_desktop.core.keyed_hash import KeyedHash

MAX_CANONICAL_BYTES: Final = 64 << 10
"""A larger body is hashed as it came: putting it in order would hold up other calls."""

_KEY_HEADERS: Final = ("X-API-Key", "X-Goog-Api-Key", "Api-Key", "Authorization")
_KEY_QUERIES: Final = frozenset({"key", "api_key"})

#: Beginnings of tokens of people who signed in. They are renewed every hour: each would be
#: another key.
_PASSING: Final = ("sk-ant-oat", "ya29.", "eyJ")

_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class RequestHash:
    """Hashes one request as it passes: provider, path and body, without the query."""

    def __init__(self, hashes: KeyedHash, address: Address, content_type: str = "") -> None:
        """Begin with the address; the model may be a part of it."""
        path = address.target.partition("?")[0]
        self._boundary = _boundary_of(content_type)
        #: The end of a form's piece, in which its boundary may begin.
        self._rest = b""
        self._begun = hashes.begin_request(address.upstream.provider, path)
        #: The body as long as it is small enough to be put in order.
        self._held: list[bytes] | None = []
        self._size = 0
        self._ended = ""

    def feed(self, chunk: bytes) -> None:
        """Take a piece of the body."""
        if self._boundary:
            # Each form has a boundary of its own, made by chance.
            data = (self._rest + chunk).replace(self._boundary, b"")
            cut = max(len(data) - len(self._boundary) + 1, 0)
            chunk, self._rest = data[:cut], data[cut:]
        self._take(chunk)

    def _take(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._held is None:
            self._begun.update(chunk)
            return
        self._held.append(chunk)
        if self._size > MAX_CANONICAL_BYTES:
            held, self._held = self._held, None
            for each in held:
                self._begun.update(each)

    def end(self) -> str:
        """Return the hash of the whole request; "" where it has no body to tell it by."""
        rest, self._rest = self._rest, b""
        self._take(rest)
        if self._size and not self._ended:
            if self._held is not None:
                self._begun.update(canonical(b"".join(self._held)))
                self._held = None
            self._ended = self._begun.hexdigest()
        return self._ended


def _boundary_of(content_type: str) -> bytes:
    """Return what stands between the parts of a form; b"" for what is no form."""
    kind, _, parameters = content_type.partition(";")
    if kind.strip().lower() != "multipart/form-data":
        return b""
    _, found, value = parameters.partition("boundary=")
    return (
        value.partition(";")[0].strip().strip('"').encode(errors="surrogateescape")
        if found
        else b""
    )


def canonical(body: bytes) -> bytes:
    """Return a JSON *body* with its keys in order and no blanks, any other as it is."""
    try:
        return msgspec.json.encode(msgspec.json.decode(body), order="deterministic")
    except _UNREADABLE:
        return body


def key_name(headers: Mapping[str, str], address: Address, hashes: KeyedHash) -> str:
    """Return a name for the key of a request: the one that its address says, else one of ours.

    "" for a request without a key, or with one that does not last.
    """
    named, target = address.tags.get("api_key", ""), address.target
    if named:
        return hashes.name_of_key(named) if is_key_itself(named) else named[:MAX_KEY_NAME]
    found = next((headers[name] for name in _KEY_HEADERS if headers.get(name)), "")
    if not found and "?" in target:
        query = parse_qsl(target.partition("?")[2])
        found = next((value for name, value in query if name in _KEY_QUERIES), "")
    scheme, _, token = found.strip().rpartition(" ")
    if not token or scheme.lower() not in {"", "bearer"} or token.startswith(_PASSING):
        return ""
    return hashes.name_of_key(token)
