"""Rows of comma-separated values, read from where reading stopped, with their place in the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final, cast

from alwrity_desktop.core.sources.base import BAD_ROW, TOO_LONG, Reject
from alwrity_desktop.core.sources.blocks import (
    BLOCK_BYTES,
    BYTE_ORDER_MARK,
    MAX_LINE_BYTES,
    MAX_REJECTS,
)

DELIMITERS: Final = (",", ";", "\t", "|")

_HEAD_BYTES: Final = 65_536


class CsvRows:
    """Iterates over the rows of one file, as (offset, values); quoted values may hold line ends.

    Afterwards it says how far it came and what it refused. A last row without a line end is
    given when it is whole, and read again when the file has grown; so is one that a quotation
    mark holds open until the end, which is refused until then.
    """

    def __init__(self, file: BinaryIO, offset: int = 0, header: Sequence[str] = ()) -> None:
        """Begin at *offset*, or at the header when there is none known yet."""
        self.next_offset = offset
        self.bytes_read = 0
        self.rejects: list[Reject] = []
        self._buffer = io.BufferedReader(cast("Any", file), _HEAD_BYTES)
        self._begun_at = offset
        self._ended_whole = True
        self._is_over = False
        self._buffer.seek(0)
        self.delimiter = _delimiter(self._buffer.peek(_HEAD_BYTES))
        self._buffer.seek(offset)
        self.header: tuple[str, ...] = tuple(header)

    def reject(self, reason: str, offset: int) -> None:
        """Note that the row at *offset* was refused."""
        if len(self.rejects) < MAX_REJECTS:
            self.rejects.append(Reject(reason, offset))

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        before = csv.field_size_limit(MAX_LINE_BYTES)
        try:
            yield from self._rows()
        except csv.Error:
            self.reject(TOO_LONG, self.next_offset)
            while data := self._buffer.read(BLOCK_BYTES):
                self.bytes_read += len(data)
            self.next_offset = self._begun_at + self.bytes_read
        finally:
            csv.field_size_limit(before)
            # The file is the caller's, and closing the buffer would close it.
            self._buffer.detach()

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        start = self.next_offset
        for values in csv.reader(self._lines(), delimiter=self.delimiter):
            offset, start = start, self._begun_at + self.bytes_read
            if self._is_over:
                self.reject(BAD_ROW, offset)
                return
            if not self._ended_whole and len(values) != len(self.header):
                return
            if any(values):
                yield from self._row(offset, values)
            if self._ended_whole:
                self.next_offset = start

    def _row(self, offset: int, values: list[str]) -> Iterator[tuple[int, list[str]]]:
        if not self.header:
            self.header = tuple(value.strip() for value in values)
        elif len(values) != len(self.header):
            self.reject(BAD_ROW, offset)
        else:
            yield offset, values

    def _lines(self) -> Iterator[str]:
        while line := self._buffer.readline(MAX_LINE_BYTES + 1):
            self.bytes_read += len(line)
            if len(line) > MAX_LINE_BYTES:
                raise csv.Error
            self._ended_whole = line.endswith(b"\n")
            text = line.removeprefix(BYTE_ORDER_MARK) if self.bytes_read == len(line) else line
            yield text.decode("utf-8", "replace").replace("\0", "")
        self._is_over = True


def header_of(head: bytes) -> tuple[str, ...]:
    """Return the names in the first line of *head*, of which there may be more lines."""
    line = head.removeprefix(BYTE_ORDER_MARK).partition(b"\n")[0].decode("utf-8", "replace")
    rows = csv.reader([line.replace("\0", "")], delimiter=_delimiter(head))
    return tuple(value.strip() for value in next(rows, []))


def _delimiter(head: bytes) -> str:
    """Return what parts the values of the first line, a comma where nothing does."""
    line = head.partition(b"\n")[0].decode("utf-8", "replace")
    return max(DELIMITERS, key=line.count) if line else DELIMITERS[0]
