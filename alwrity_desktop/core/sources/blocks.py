"""Finds the lines that matter in a log, in constant memory whatever the log holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from alwrity_desktop.core.sources.base import NOT_JSON, NOT_TEXT, TOO_LONG, Reject

BLOCK_BYTES: Final = 2 * 1024 * 1024
MAX_LINE_BYTES: Final = 64 * 1024 * 1024
MAX_REJECTS: Final = 10_000
"""Rejects that one reading lists; a text that is no log at all has millions of lines."""

HEAD_BYTES: Final = 4096
"""How much of a file is looked at to tell text from anything else."""

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
BLANKS: Final = b"\r\n\t \0"
BRACE: Final = ord("}")


class _Block(NamedTuple):
    """Whole lines, ``data[:end]``; what follows *end* belongs to the next block."""

    offset: int
    data: bytes
    end: int


class LogReader:
    """Iterates over the lines of one file that hold a marker, as (offset, line).

    Afterwards it says how far it came and what it refused. A last line without a line end
    waits for the next reading. A line of more than 64 MB is passed over without being held,
    and refused when a marker is in it. A line that ends before its record does is refused.
    """

    def __init__(self, file: BinaryIO, offset: int, markers: tuple[bytes, ...]) -> None:
        self.next_offset = offset
        self.bytes_read = 0
        self.rejects: list[Reject] = []
        self._file = file
        self._markers = markers
        file.seek(offset)

    def reject(self, reason: str, offset: int) -> None:
        """Note that the line at *offset* was refused."""
        if len(self.rejects) < MAX_REJECTS:
            self.rejects.append(Reject(reason, offset))

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        for offset, data, end in self._blocks():
            find, rfind = data.find, data.rfind
            first, *others = self._markers
            start = 0
            while start < end:
                stop = find(b"\n", start, end)
                # From the line's end: usage stands behind the message's text, which is long.
                if rfind(first, start, stop) >= 0 or (
                    others and any(rfind(marker, start, stop) >= 0 for marker in others)
                ):
                    yield offset + start, data[start:stop]
                elif data[stop - 1] != BRACE:
                    self._reject_torn(data[start:stop], offset + start)
                start = stop + 1

    def _blocks(self) -> Iterator[_Block]:
        held: list[bytes] = []
        held_bytes = 0
        while data := self._read():
            if self.next_offset == 0 and not held and _is_binary(data):
                self._give_up()
                return
            end = data.rfind(b"\n") + 1
            if not end and held_bytes + len(data) > MAX_LINE_BYTES:
                data = self._pass_over([*held, data])
                held = []
                held_bytes = 0
                end = data.rfind(b"\n") + 1
            if not end:
                held.append(data)
                held_bytes += len(data)
                continue
            if held_bytes:
                data = b"".join([*held, data])
                end += held_bytes
            yield _Block(self.next_offset, data, end)
            self.next_offset += end
            held = [data[end:]]
            held_bytes = len(data) - end

    def _read(self) -> bytes:
        data = self._file.read(BLOCK_BYTES)
        self.bytes_read += len(data)
        return data

    def _pass_over(self, held: list[bytes]) -> bytes:
        """Skip the rest of a line that is too long to hold; return what follows it."""
        overlap = max(map(len, self._markers))
        line = b"".join(held)
        length = len(line)
        is_marked = self._has_marker(line)
        while data := self._read():
            end = data.find(b"\n") + 1
            line = line[-overlap:] + data[: end or len(data)]
            is_marked = is_marked or self._has_marker(line)
            if end:
                if is_marked:
                    self.reject(TOO_LONG, self.next_offset)
                self.next_offset += length + end
                return data[end:]
            length += len(data)
        return b""

    def _has_marker(self, line: bytes) -> bool:
        return any(marker in line for marker in self._markers)

    def _give_up(self) -> None:
        """Leave a file that is not text, once for all of its present content."""
        self.reject(NOT_TEXT, 0)
        while self._read():
            pass
        self.next_offset = self.bytes_read

    def _reject_torn(self, line: bytes, offset: int) -> None:
        line = line.strip(BLANKS)
        if line and line[-1] != BRACE:
            self.reject(NOT_JSON, offset)


def _is_binary(data: bytes) -> bool:
    """Return whether *data*, the beginning of a file, is not text.

    Zero bytes alone do not say so: a lost power supply leaves runs of them in logs whose other
    lines are good.
    """
    head = data[:HEAD_BYTES]
    return b"\0" in head and head.lstrip(BLANKS + BYTE_ORDER_MARK)[:1] != b"{"
