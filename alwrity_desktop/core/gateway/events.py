"""Server-sent events: the data of each, out of chunks that end anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

MAX_EVENT_BYTES: Final = 16 << 20
"""A longer event is skipped: it is held nowhere, and passes on all the same."""

_BREAK: Final = b"\n\n"
_FIELD: Final = b"data:"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class EventSplitter:
    """Takes the chunks of a stream and gives the data of each whole event."""

    def __init__(self) -> None:
        self._rest = b""
        self._is_first = True

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the data of the events that *chunk* completes."""
        if self._is_first:
            self._is_first = False
            chunk = chunk.removeprefix(_BYTE_ORDER_MARK)
        data = self._rest + chunk
        if b"\r" in data:
            # A lone return at the end may be half of a line's end.
            tail = b"\r" if data.endswith(b"\r") else b""
            data = data.removesuffix(b"\r").replace(b"\r\n", b"\n").replace(b"\r", b"\n") + tail
        *events, self._rest = data.split(_BREAK)
        if len(self._rest) > MAX_EVENT_BYTES:
            self._rest = b""
        for event in events:
            yield from _data_of(event)

    def end(self) -> Iterator[bytes]:
        """Yield the data of a last event that no empty line ends."""
        rest, self._rest = self._rest, b""
        yield from _data_of(rest)


def _data_of(event: bytes) -> Iterator[bytes]:
    if event.startswith(_FIELD) and b"\n" not in event:
        yield event[len(_FIELD) :].strip()
        return
    lines = [line[len(_FIELD) :] for line in event.split(b"\n") if line.startswith(_FIELD)]
    if lines:
        yield b"\n".join(line.removeprefix(b" ") for line in lines).strip()
