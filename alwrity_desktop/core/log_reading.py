"""Reading logs where reading stopped."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import msgspec

from alwrity_desktop.core.call_sheets import CallSheet
from alwrity_desktop.core.domain.pricing import Quote
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.path_names import path_text
from alwrity_desktop.core.sources.base import (
    FUTURE_TIME,
    NOT_DATABASE,
    NOT_TABLE,
    Cell,
    DatabaseSource,
    LogFile,
    LogSource,
    Reject,
    WalkProblem,
    is_database_of,
    log_file,
    walk,
)

UNREADABLE: Final = "The file cannot be read"

_PREFIX_BYTES: Final = 4096


class LogCursor(msgspec.Struct, frozen=True, array_like=True):
    """How far one log has been read, and by which signs it is known again."""

    source: str
    path: str
    device: int
    inode: int
    #: -1 for a file that could not be read, or not all of it: it is read again each time.
    size_bytes: int
    mtime_ns: int
    next_offset: int
    prefix_bytes: int
    prefix_hash: bytes
    state: bytes


class RejectedLines(msgspec.Struct, frozen=True, array_like=True):
    """Lines of one file that were refused for one reason."""

    reason: str
    lines: int
    #: Byte offset of the newest one.
    example_offset: int


class LogReading(msgspec.Struct, frozen=True, array_like=True):
    """What was read of one log: its calls, its refused lines, and where reading goes on."""

    cursor: LogCursor
    calls: list[Call]
    rejected: list[RejectedLines]
    #: Where this reading began. At 0 it is a reading from the start: earlier refusals are
    #: then replaced.
    begun_at: int
    bytes_read: int

    @property
    def is_from_start(self) -> bool:
        """Whether the whole file was read."""
        return self.begun_at == 0


class Haul(NamedTuple):
    """What was read of some logs at once, with the calls priced and in columns."""

    #: In the order that the sheet's ``log_of`` counts, without their calls.
    readings: list[LogReading]
    sheet: CallSheet
    #: What the sheet's ``quote_of`` counts.
    quotes: list[Quote | None]


class LogTask(msgspec.Struct, frozen=True):
    """One log that has something unread."""

    source: str
    path: str
    #: Size when it was found, and how much of it seems to be unread.
    size_bytes: int
    unread_bytes: int
    cursor: LogCursor | None

    @property
    def known_as(self) -> str:
        """The path as the ledger has it."""
        return path_text(self.path)


class Plan(msgspec.Struct, frozen=True):
    """What there is to read of one source."""

    source: str
    files: int
    tasks: tuple[LogTask, ...]

    @property
    def unread_bytes(self) -> int:
        """How much there seems to be to read."""
        return sum(task.unread_bytes for task in self.tasks)

    @property
    def files_unchanged(self) -> int:
        """Files that are as they were when they were last read."""
        return max(0, self.files - len(self.tasks))


def plan(source: LogSource, roots: Iterable[Path], cursors: Mapping[str, LogCursor]) -> Plan:
    """Return what there is to read below *roots*, given how far each file was read."""
    files = 0
    tasks = []
    troubled = {path: one for path, one in cursors.items() if one.size_bytes < 0}
    for root in roots:
        for found in walk(root, source):
            files += 1
            path = found.path
            known_as = path_text(path)
            cursor = cursors.get(known_as)
            troubled.pop(known_as, None)
            if isinstance(found, WalkProblem):
                tasks.append(LogTask(source.name, path, 0, 0, cursor))
                continue
            signs = (found.device, found.inode, found.size, found.mtime_ns)
            if cursor is not None and signs == (
                cursor.device,
                cursor.inode,
                cursor.size_bytes,
                cursor.mtime_ns,
            ):
                continue
            read = 0 if cursor is None else min(cursor.next_offset, found.size)
            unread = found.size - read
            tasks.append(LogTask(source.name, path, found.size, unread, cursor))
    tasks += [LogTask(source.name, path, 0, 0, one) for path, one in troubled.items()]
    return Plan(source.name, files, tuple(tasks))


def read_log(task: LogTask, now_ms: int) -> LogReading:
    """Read what is new in one log; a file that was rewritten is read from its start."""
    source = _source(task.source)
    if is_database_of(source, task.path):
        return _read_database(source, task, now_ms)
    try:
        # Closed by the block below; opening alone may fail.
        file = open(task.path, "rb", buffering=0)  # noqa: SIM115, PTH123 - a str path is faster
    except OSError:
        return _unreadable(task)
    with closing(file):
        try:
            return _read(source, file, task, now_ms)
        except OSError:
            return _unreadable(task)


@cache
def _source(name: str) -> LogSource:
    from alwrity_desktop.core.sources.registry import source_named  # noqa: PLC0415 - loads what it names

    return source_named(name)


def _read(source: LogSource, file: BinaryIO, task: LogTask, now_ms: int) -> LogReading:
    signs = os.fstat(file.fileno())
    cursor = task.cursor
    is_known = cursor is not None and _is_continued(file, signs, cursor)
    offset, state = (cursor.next_offset, cursor.state) if cursor and is_known else (0, b"")
    result = source.read(file, offset, state, now_ms, task.known_as)
    prefix = _prefix(file, min(result.next_offset, _PREFIX_BYTES))
    # A clock that runs behind refuses good lines: they are looked at again when it is right.
    is_due_again = any(reject.reason == FUTURE_TIME for reject in result.rejects)
    return LogReading(
        cursor=LogCursor(
            source=source.name,
            path=task.known_as,
            device=signs.st_dev,
            inode=signs.st_ino,
            size_bytes=-1 if is_due_again else signs.st_size,
            mtime_ns=signs.st_mtime_ns,
            next_offset=result.next_offset,
            prefix_bytes=len(prefix),
            prefix_hash=_hash(prefix),
            state=result.state,
        ),
        calls=result.calls,
        rejected=_by_reason(result.rejects),
        begun_at=offset,
        bytes_read=result.bytes_read,
    )


def _read_database(source: DatabaseSource, task: LogTask, now_ms: int) -> LogReading:
    """Read the rows that are new or changed; a database in another's place is read whole."""
    from alwrity_desktop.core import tool_databases  # noqa: PLC0415 - slow; most logs are text

    path, cursor = task.path, task.cursor
    try:
        signs = log_file(path, os.stat(path))  # noqa: PTH116 - a str path is faster
        known = _marks(cursor, signs) if cursor is not None else {}
        with tool_databases.opened_tables(path, source.tables, known) as tables:
            calls, rejects = source.read_rows(tables, now_ms)
        if not tables[source.tables[-1].name].is_there:
            rejects.append(Reject(NOT_TABLE, 0))
    except tool_databases.NoDatabaseError:
        return _unreadable(task, NOT_DATABASE)
    except OSError:
        return _unreadable(task)
    marks = {name: rows.newest for name, rows in tables.items() if rows.newest is not None}
    is_due_again = any(reject.reason == FUTURE_TIME for reject in rejects)
    return LogReading(
        cursor=LogCursor(
            source=source.name,
            path=task.known_as,
            device=signs.device,
            inode=signs.inode,
            size_bytes=-1 if is_due_again else signs.size,
            mtime_ns=signs.mtime_ns,
            next_offset=signs.size,
            prefix_bytes=0,
            prefix_hash=b"",
            state=_ENCODER.encode(marks),
        ),
        calls=calls,
        rejected=_by_reason(rejects),
        begun_at=1 if known else 0,
        bytes_read=signs.size,
    )


def _marks(cursor: LogCursor, signs: LogFile) -> dict[str, Cell]:
    """Return how far each table was read, nothing for a database that took another's place."""
    if cursor.size_bytes < 0 or (cursor.device, cursor.inode) != (signs.device, signs.inode):
        return {}
    return _MARKS.decode(cursor.state) if cursor.state else {}


def _is_continued(file: BinaryIO, signs: os.stat_result, cursor: LogCursor) -> bool:
    """Return whether the file is the one that was read, grown or unchanged."""
    if (signs.st_dev, signs.st_ino) != (cursor.device, cursor.inode):
        return False
    if signs.st_size < cursor.next_offset or cursor.size_bytes < 0:
        return False
    return _hash(_prefix(file, cursor.prefix_bytes)) == cursor.prefix_hash


def _prefix(file: BinaryIO, size: int) -> bytes:
    file.seek(0)
    return file.read(size)


def _hash(prefix: bytes) -> bytes:
    return hashlib.blake2b(prefix, digest_size=16).digest()


def _by_reason(rejects: Iterable[Reject]) -> list[RejectedLines]:
    lines: Counter[str] = Counter()
    offsets: dict[str, int] = {}
    for reject in rejects:
        lines[reject.reason] += 1
        offsets[reject.reason] = reject.offset
    return [RejectedLines(reason, count, offsets[reason]) for reason, count in lines.items()]


def _unreadable(task: LogTask, reason: str = UNREADABLE) -> LogReading:
    """Return the refusal of a file or folder, or its end where nothing is in the way any more."""
    cursor = LogCursor(task.source, task.known_as, 0, 0, -1, 0, 0, 0, b"", b"")
    refused = [RejectedLines(reason, 1, 0)] if _is_refused(task.path) else []
    return LogReading(cursor, [], refused, begun_at=0, bytes_read=0)


def _is_refused(path: str) -> bool:
    """Return whether what lies at *path* may not be looked into."""
    try:
        with os.scandir(path):
            return False
    except NotADirectoryError:
        return True
    except FileNotFoundError:
        return False
    except OSError:
        return True


_ENCODER: Final = msgspec.msgpack.Encoder()
_MARKS: Final = msgspec.msgpack.Decoder(dict[str, Cell])
"""How far each table of a database was read."""
