"""Reads logs in worker processes when there is much to read, and prices what they hold."""

from __future__ import annotations

import mmap
import os
import signal
import sys
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Final, NamedTuple, Self

import msgspec

from alwrity_desktop.core.call_sheets import Book, CallSheet, sheet_of
from alwrity_desktop.core.domain.pricing import Quote
from alwrity_desktop.core.log_reading import Haul, LogReading, LogTask, read_log

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess

LARGE_BYTES: Final = 8 * 1024 * 1024
"""More unread bytes than this are worth the start of worker processes."""

_CHUNK_BYTES: Final = 4 * 1024 * 1024
_CHUNK_FILES: Final = 64
_MOST_WORKERS: Final = 4

_SHELF_BYTES: Final = 64 * 1024 * 1024
"""What answers may wait in: room for half a gigabyte of logs. Only what is used takes memory."""

_MOST_AHEAD: Final = 32
"""So many chunks a worker knows of at most: more could fill the pipe, and block the parent."""

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
    with _Crew(processes, workers, desk) as crew:
        for answer in crew.answers(chunks):
            packed = answer.packed
            if shelf is not None and not packed:
                packed = shelf[answer.place : answer.place + answer.size]
            readings, sheet = _DECODER.decode(packed)
            yield Haul(readings, sheet, answer.quotes)
    # What nobody answered: the chunks of workers that the system ended, for want of memory say.
    for chunk in crew.left:
        yield _read_some(ordered[chunk.first : chunk.after], now_ms, book)


class _Crew:
    """The workers, each with a pipe of its own.

    Nothing is shared that one of them could hold when it ends, as the queues and locks of a
    ``multiprocessing.Pool`` are: that waits for ever for a worker that is killed, and now and
    then for those that it ends itself.
    """

    def __init__(self, processes: BaseContext, workers: int, desk: _Desk) -> None:
        """Start so many *workers* at *desk*."""
        self._processes: list[BaseProcess] = []
        #: By the parent's end of each worker's pipe, the chunks that it has not answered.
        self._owed: dict[Connection, deque[_Chunk]] = {}
        #: Chunks that no worker has got yet, or none will answer any more.
        self.left: deque[_Chunk] = deque()
        with suppress(OSError):  # The system may allow no more processes: those there are do.
            for _ in range(workers):
                self._start(processes, desk)

    def _start(self, processes: BaseContext, desk: _Desk) -> None:
        ours, theirs = processes.Pipe()
        # A forked worker has the parent's end too, and would not see it closed.
        others = ours if processes.get_start_method() == "fork" else None
        process = processes.Process(target=_work, args=(desk, theirs, others), daemon=True)  # type: ignore[attr-defined]
        with closing(theirs):
            process.start()
        self._processes.append(process)
        self._owed[ours] = deque()

    def __enter__(self) -> Self:
        """Do nothing: the workers wait already."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the workers, whatever they do: they only read, and hold nothing."""
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.join()
        for pipe in self._owed:
            pipe.close()

    def answers(self, chunks: Iterable[_Chunk]) -> Iterator[_Answer]:
        """Hand out *chunks* and yield the answers; see ``left`` afterwards."""
        from multiprocessing.connection import wait  # noqa: PLC0415 - only where there is much to read

        self.left.extend(chunks)
        for pipe in self._owed:
            self._hand_out(pipe)
        while busy := [pipe for pipe, owed in self._owed.items() if owed]:
            ready = wait(busy)
            for pipe in [each for each in busy if each in ready]:
                try:
                    answer = pipe.recv()
                except (EOFError, OSError):
                    self.left.extend(self._owed.pop(pipe))
                    pipe.close()
                    continue
                self._owed[pipe].popleft()
                self._hand_out(pipe)
                yield answer

    def _hand_out(self, pipe: Connection) -> None:
        """Let a worker know of enough chunks not to wait, and of few enough to end with others."""
        owed = self._owed[pipe]
        fair = len(self.left) // (2 * len(self._owed))
        while self.left and len(owed) <= min(fair, _MOST_AHEAD):
            chunk = self.left.popleft()
            owed.append(chunk)
            # One that has ended is noticed where its answer is waited for.
            with suppress(OSError):
                pipe.send(chunk)


def _work(desk: _Desk, pipe: Connection, others: Connection | None) -> None:
    """Answer chunks until the parent ends this worker, or has ended itself.

    Ctrl+C reaches the whole group: the parent alone answers it. What goes wrong here goes wrong
    again where the parent reads the chunk itself, and is told there.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if others is not None:
        others.close()
    with suppress(Exception):
        while True:
            pipe.send(_answer(desk, pipe.recv()))


def _read_some(tasks: Iterable[LogTask], now_ms: int, book: Book) -> Haul:
    readings = [read_log(task, now_ms) for task in tasks]
    sheet, quotes = sheet_of([reading.calls for reading in readings], book)
    for reading in readings:
        reading.calls.clear()
    return Haul(readings, sheet, quotes)


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


def _answer(desk: _Desk, chunk: _Chunk) -> _Answer:
    """Read some logs in a worker.

    The parent has other things to do, and a pipe holds less than an answer: the worker would
    stand still until the parent reads. So answers are laid where both can see them.
    """
    now_ms, book, tasks, shelf = desk
    readings, sheet, quotes = _read_some(tasks[chunk.first : chunk.after], now_ms, book)
    packed = _ENCODER.encode((readings, sheet))
    if shelf is None or len(packed) > chunk.room:
        return _Answer(0, 0, packed, quotes)
    shelf[chunk.place : chunk.place + len(packed)] = packed
    return _Answer(chunk.place, len(packed), b"", quotes)


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(tuple[list[LogReading], CallSheet])
