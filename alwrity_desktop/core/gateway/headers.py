"""Headers: which stop at the gateway, and how the others pass on as they came."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from multidict import CIMultiDict

RawHeaders = Iterable[tuple[bytes, bytes]]

KEY_HEADER: Final = "X-Gateway-Key"

_HOP_BY_HOP: Final = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
#: Answered by the gateway itself, or meant for it alone.
_OURS: Final = frozenset({b"host", b"expect", KEY_HEADER.lower().encode()})


def for_upstream(raw: RawHeaders) -> CIMultiDict[str]:
    """Return a request's headers for the provider. Raises ValueError for text that is none."""
    return _passed(raw, _HOP_BY_HOP | _OURS)


def for_client(raw: RawHeaders) -> CIMultiDict[str]:
    """Return an answer's headers for the client."""
    return _passed(raw, _HOP_BY_HOP)


def _passed(raw: RawHeaders, stopped: frozenset[bytes]) -> CIMultiDict[str]:
    pairs = [(name.lower(), name, value) for name, value in raw]
    named = b",".join(value for lower, _, value in pairs if lower == b"connection")
    if named:
        stopped |= {each.strip().lower() for each in named.split(b",")}
    # The client takes a name that is spelled in two ways for one that replaces the other.
    spelled: dict[bytes, bytes] = {}
    return CIMultiDict(
        (spelled.setdefault(lower, name).decode(), value.decode())
        for lower, name, value in pairs
        if lower not in stopped
    )
