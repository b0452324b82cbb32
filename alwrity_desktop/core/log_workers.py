"""Reads logs in worker processes when there is much to read, and prices what they hold."""

from __future__ import annotations

import mmap
import os
import signal
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from alwrity_desktop.core.call_sheets import Book, CallSheet, sheet_of
from alwrity_desktop.core.domain.pricing import Quote
from alwrity_desktop.core.log_reading import Haul, LogReading, LogTask, read_log

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

LARGE_BYTES: Final = 8 * 1024 * 1024
"""More unread bytes than this are worth the start of worker processes."""

_CHUNK_BYTES: Final = 4 * 1024 * 1024
_CHUNK_FILES: Final = 64
_MOST_WORKERS: Final = 4

_SHELF_BYTES: Final = 32 * 1024 * 1024
"""What answers may wait in; more of them than a worker gives while the parent is not looking."""

_TURN_S: Final = 0.0005

_ANSWER_SHARE: Final = 8
"""So many bytes of logs are taken to give one of answer; a longer one goes through a pipe."""


class _Chunk(NamedTuple):
    """A worker's next piece of work: some of the tasks, and the room for its answer."""

    first: int
    after: int
    place: int
    room: int


class _Answer(NamedTuple):
    """What a worker says of a chunk."""

    place: int
    size: int
    #: The encoded calls; empty where they lie on the shelf.
    packed: bytes
    quotes: list[Quote | None]


class _Desk(NamedTuple):
    """What a worker works with."""

    now_ms: int
    book: Book
    tasks: Sequence[LogTask]
    #: Memory that the parent shares; None where it cannot be shared by forking.
    shelf: mmap.mmap | None


def read_all(tasks: Sequence[LogTask], now_ms: int, book: Book) -> Generator[Haul, None, None]:
    """Yield what is new in each log, in no fixed order; much of it is read by workers.

    Closing the iterator early stops the workers.
    """
    unread = sum(task.unread_bytes for task in tasks)
    workers = min(os.cpu_count() or 1, _MOST_WORKERS, len(tasks))
    if unread < LARGE_BYTES or workers == 1:
        for task in tasks:
            yield _read_some((task,), now_ms, book)
        return
    # The largest files first, so that none comes last.
    ordered = sorted(tasks, key=lambda task: -task.unread_bytes)
    chunks = list(_chunks(ordered))
    processes = _processes()
    is_forked = processes.get_start_method() == "fork"
    shelf = mmap.mmap(-1, _SHELF_BYTES) if is_forked else None
    desk = _Desk(now_ms, book, ordered, shelf)
    with processes.Pool(workers, _begin_worker, desk) as pool, _prompt_threads():
        for answer in pool.imap_unordered(_read_chunk, chunks):
            packed = answer.packed
            if shelf is not None and not packed:
                packed = shelf[answer.place : answer.place + answer.size]
            readings, sheet = _DECODER.decode(packed)
            yield Haul(readings, sheet, answer.quotes)


@contextmanager
def _prompt_threads() -> Iterator[None]:
    """Let the threads that hand out the work have their turn at once, whatever else is done.

    They wait for as long before each chunk as a worker takes to read one.
    """
    before_s = sys.getswitchinterval()
    sys.setswitchinterval(_TURN_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before_s)


def _read_some(tasks: Iterable[LogTask], now_ms: int, book: Book) -> Haul:
    readings = [read_log(task, now_ms) for task in tasks]
    sheet, quotes = sheet_of([reading.calls for reading in readings], book)
    for reading in readings:
        reading.calls.clear()
    return Haul(readings, sheet, quotes)


def _begin_worker(
    now_ms: int, book: Book, tasks: Sequence[LogTask], shelf: mmap.mmap | None
) -> None:
    """Keep what all chunks are read with, and leave interruptions to the parent.

    Ctrl+C reaches the whole group: the parent alone answers it, and ends the workers.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _DESKS[:] = [_Desk(now_ms, book, tasks, shelf)]


def _processes() -> BaseContext:
    """Return how workers start: forked where that is safe, which spares them all imports.

    Only from a process without other threads: a lock that one of them holds would stay
    locked in the child for ever.
    """
    import multiprocessing  # noqa: PLC0415 - only where there is much to read

    is_alone = sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208
    return multiprocessing.get_context("fork" if is_alone else "spawn")


def _chunks(tasks: Sequence[LogTask]) -> Iterator[_Chunk]:
    """Yield the tasks in pieces of work, as long as the shelf lasts with room for the answer."""
    first = size = place = 0
    for after, task in enumerate(tasks, start=1):
        size += task.unread_bytes
        if size >= _CHUNK_BYTES or after - first >= _CHUNK_FILES or after == len(tasks):
            room = min(size // _ANSWER_SHARE, _SHELF_BYTES - place)
            yield _Chunk(first, after, place, room)
            first, size, place = after, 0, place + room


def _read_chunk(chunk: _Chunk) -> _Answer:
    """Read some logs in a worker.

    The parent has other things to do, and a pipe holds less than an answer: the worker would
    stand still until the parent reads. So answers are laid where both can see them.
    """
    now_ms, book, tasks, shelf = _DESKS[0]
    readings, sheet, quotes = _read_some(tasks[chunk.first : chunk.after], now_ms, book)
    packed = _ENCODER.encode((readings, sheet))
    if shelf is None or len(packed) > chunk.room:
        return _Answer(0, 0, packed, quotes)
    shelf[chunk.place : chunk.place + len(packed)] = packed
    return _Answer(chunk.place, len(packed), b"", quotes)


_DESKS: Final[list[_Desk]] = []
"""In a worker: its one desk."""

_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(tuple[list[LogReading], CallSheet])
