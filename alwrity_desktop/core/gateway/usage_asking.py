"""Asks a stream to count itself, where the person allows it, and keeps the answer to itself."""

from __future__ import annotations

from typing import Any, Final

import msgspec

_BREAK: Final = b"\n\n"
_FIELD: Final = b"data:"


def asking(body: bytes, field: bytes) -> bytes:
    """Return the JSON object *body* with *field* as its first one."""
    return b"{" + field + b"," + body.lstrip()[1:]


class _Chunk(msgspec.Struct, gc=False):
    choices: list[msgspec.Raw] | None = None
    usage: Any = None


_CHUNKS: Final = msgspec.json.Decoder(_Chunk)


class UsageKeeper:
    """Passes a stream on without the event that was asked for; holds no more than one event."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> bytes:
        """Return what of *chunk*, and of what was held before, the client would have got."""
        *events, self._rest = (self._rest + chunk).split(_BREAK)
        return b"".join(event + _BREAK for event in events if not _is_extra(event))

    def end(self) -> bytes:
        """Return what was held."""
        rest, self._rest = self._rest, b""
        return rest


def _is_extra(event: bytes) -> bool:
    """Return whether *event* counts and answers nothing: what only those get who ask for it."""
    if not event.startswith(_FIELD) or b'"usage"' not in event:
        return False
    try:
        found = _CHUNKS.decode(event[len(_FIELD) :].strip())
    except msgspec.DecodeError:
        return False
    return found.usage is not None and not found.choices
