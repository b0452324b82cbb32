"""The spool: what was counted, on the disk before its call is over, until the ledger has it."""

from __future__ import annotations

import errno
import json
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.files import replacing

BEGUN: Final = 0
DONE: Final = 1

ROTATE_BYTES: Final = 4 << 20
"""A longer segment is followed by the next one; booked segments are removed."""

MAX_RECORD_BYTES: Final = 1 << 20

_FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
_FRAME: Final = struct.Struct("<II")
_NAME: Final = "spool-{:08d}.log"
_PATTERN: Final = "spool-*.log"
_STATE: Final = "booked.json"


class Record(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One line of the spool: a call that was begun, or one that is done."""

    kind: int
    #: The call's own key, which no provider chose.
    key: str
    call: Call


class Place(msgspec.Struct, frozen=True, order=True):
    """A place in the spool: all before it was read."""

    segment: int = 0
    offset: int = 0


class State(msgspec.Struct, frozen=True):
    """How far the spool was booked."""

    booked: Place = Place()
    #: Calls that were begun before the place, and not done.
    begun: dict[str, Call] = {}


_ENCODER: Final = msgspec.msgpack.Encoder()
_RECORDS: Final = msgspec.msgpack.Decoder(Record)
_STATES: Final = msgspec.json.Decoder(State)


def framed(record: Record) -> bytes:
    """Return *record* with its length and checksum before it."""
    payload = _ENCODER.encode(record)
    return _FRAME.pack(len(payload), zlib.crc32(payload)) + payload


class SpoolWriter:
    """Appends to the newest segment: one write for one record, whole or not at all."""

    def __init__(self, folder: Path, after: Place) -> None:
        """Write to a segment of its own in *folder*, later than *after*. Raises OSError."""
        self._folder = folder
        self._segment = max((after.segment, *segments(folder)))
        self._descriptor = -1
        self._offset = 0
        self.rotate()

    def append(self, record: Record) -> Place:
        """Write *record* and return the place after it. Raises OSError; then nothing is kept."""
        data = framed(record)
        if self._offset + len(data) > ROTATE_BYTES:
            self.rotate()
        written = 0
        try:
            written = os.write(self._descriptor, data)
        finally:
            if written != len(data):
                self._forget_half()
        if written != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._offset += written
        return Place(self._segment, self._offset)

    def rotate(self) -> None:
        """Begin a new segment."""
        number = self._segment + 1
        descriptor = os.open(self._folder / _NAME.format(number), _FLAGS, 0o600)
        self.close()
        self._descriptor, self._segment, self._offset = descriptor, number, 0

    def _forget_half(self) -> None:
        """Cut off a half record, which would hide all that follows it."""
        try:
            os.ftruncate(self._descriptor, self._offset)
        except OSError:
            # What follows goes to a segment of its own.
            self._offset = ROTATE_BYTES

    @property
    def place(self) -> Place:
        """The place after the last record."""
        return Place(self._segment, self._offset)

    def close(self) -> None:
        """Close the segment."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def segments(folder: Path) -> list[int]:
    """Return the numbers of the segments in *folder*, rising."""
    names = (path.stem.removeprefix("spool-") for path in folder.glob(_PATTERN))
    return sorted(int(name) for name in names if name.isdecimal())


def read_records(
    folder: Path, start: Place, newest: int, most: int
) -> Iterator[tuple[Record, Place]]:
    """Yield up to *most* records from *start* to the segment *newest*, and the place after each.

    A record that is not whole ends its segment. Raises OSError.
    """
    for number in segments(folder):
        if not start.segment <= number <= newest or most <= 0:
            continue
        offset = start.offset if number == start.segment else 0
        data = _read_from(folder / _NAME.format(number), offset)
        place = 0
        while most > 0:
            found = _record_at(data, place)
            if found is None:
                break
            record, place = found
            most -= 1
            yield record, Place(number, offset + place)


def _read_from(path: Path, offset: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(ROTATE_BYTES)


def _record_at(data: bytes, place: int) -> tuple[Record, int] | None:
    begin = place + _FRAME.size
    if begin > len(data):
        return None
    length, checksum = _FRAME.unpack_from(data, place)
    end = begin + length
    payload = data[begin:end]
    if length > MAX_RECORD_BYTES or end > len(data) or zlib.crc32(payload) != checksum:
        return None
    try:
        return _RECORDS.decode(payload), end
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def load_state(folder: Path) -> State:
    """Return how far the spool was booked; from the beginning where that is not known."""
    try:
        return _STATES.decode((folder / _STATE).read_bytes())
    except (OSError, msgspec.DecodeError):
        return State()


def save_state(folder: Path, state: State) -> None:
    """Keep *state*, whole or not at all. Raises OSError."""
    with replacing(folder / _STATE) as file:
        json.dump(msgspec.to_builtins(state), file)


def remove_booked(folder: Path, state: State, newest: int) -> None:
    """Remove the segments that are booked to their end; the one being written stays."""
    for number in segments(folder):
        if number < min(state.booked.segment, newest):
            (folder / _NAME.format(number)).unlink(missing_ok=True)
