"""The contract of a source: where its logs or tables lie, and how calls are read from them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, Protocol, TypeGuard

import msgspec

from alwrity_desktop.core.domain.usage import Call

NOT_JSON: Final = "Line is not valid JSON"
TOO_DEEP: Final = "Line is nested too deeply"
TOO_LONG: Final = "Line is longer than 64 MB"
TOO_LARGE: Final = "Document is larger than 256 MB"
NOT_TEXT: Final = "File is not text"
NOT_DATABASE: Final = "File is not a database that can be read"
NOT_TABLE: Final = "Database has no table of calls"
BAD_ROW: Final = "Row has another number of columns than the header"
BAD_COUNT: Final = "Token count is not a whole number"
NEGATIVE_COUNT: Final = "Token count is negative"
ABSURD_COUNT: Final = "Token count is above a billion"
BAD_TIME: Final = "Time is missing or not valid"
EARLY_TIME: Final = "Time is before 2015"
FUTURE_TIME: Final = "Time is in the future"
BAD_MODEL: Final = "Model is missing or not text"
BAD_COST: Final = "Cost is not an amount of money"
BAD_FIELD: Final = "A field has the wrong type"

ROLLOUT_PREFIX: Final = "rollout-"
"""How the names of Codex logs begin, by which two sources share a folder without reading twice."""

CHATS: Final = "chats"
"""The folder in which Gemini CLI keeps its sessions."""

DATABASE_SUFFIX: Final = ".db"
"""How the names of SQLite databases end; what was not yet moved into one lies in ``….db-wal``."""

_SNIFFED_BYTES: Final = 1024
_BEGINNINGS: Final = (
    (b'"session_meta"',),
    (b'"sessionId"', b'"projectHash"'),
    (b'"request_id"', b'"prompt_tokens"'),
)
"""What stands at the beginning of logs of Codex, of Gemini CLI and of LiteLLM."""

REASONS: Final = (
    NOT_JSON,
    TOO_DEEP,
    TOO_LONG,
    TOO_LARGE,
    NOT_TEXT,
    NOT_DATABASE,
    NOT_TABLE,
    BAD_ROW,
    BAD_COUNT,
    NEGATIVE_COUNT,
    ABSURD_COUNT,
    BAD_TIME,
    EARLY_TIME,
    FUTURE_TIME,
    BAD_MODEL,
    BAD_COST,
    BAD_FIELD,
)
"""Every sentence that a reject can give."""

EARLIEST_MS: Final = 1_420_070_400_000
"""2015-01-01: an earlier call is a clock that was never set."""

LATEST_AHEAD_MS: Final = 5 * 60 * 1000
"""How far a call may lie in the future: clocks of two machines differ."""


class Reject(msgspec.Struct, frozen=True, array_like=True):
    """A line that was refused. The line's text is never kept."""

    #: One of REASONS.
    reason: str
    #: Where the line begins in its file, bytes; in a table, the place of the row.
    offset: int


class ReadResult(msgspec.Struct, frozen=True, array_like=True):
    """What one reading of one file brought."""

    #: Each call once, the best of the copies that were read; beside it a copy that may belong to
    #: a call of another log, see ``core.domain.identity.candidates``.
    calls: list[Call]
    rejects: list[Reject]
    #: Where the next reading begins: after the last whole line.
    next_offset: int
    #: What the source has to remember for the next reading.
    state: bytes
    bytes_read: int


class LogFile(msgspec.Struct, frozen=True):
    """One log as it lies on the disk."""

    path: str
    size: int
    inode: int
    device: int
    mtime_ns: int


class WalkProblem(msgspec.Struct, frozen=True):
    """A file or folder that could not be looked at."""

    path: str
    #: The system's own word for it, such as "Permission denied".
    reason: str


class LogSource(Protocol):
    """A tool whose logs hold calls. One module of this package holds one, as ``SOURCE``."""

    @property
    def name(self) -> str:
        """The source's name in the ledger and on the command line."""

    @property
    def title(self) -> str:
        """What people call the tool."""

    def folders(self, environ: Mapping[str, str], home: Path) -> tuple[Path, ...]:
        """Return the log folders that exist in the usual places."""

    def accept(self, path: Path) -> tuple[Path, ...]:
        """Return what to walk when a person names *path*, nothing when it is not this source's.

        *path* is a log, a folder of logs, or the tool's own folder.
        """

    def is_log(self, name: str) -> bool:
        """Return whether a file of that name is a log of this source."""

    def enters(self, name: str) -> bool:
        """Return whether a folder of that name may hold logs of this source."""

    def read(self, file: BinaryIO, offset: int, state: bytes, now_ms: int, path: str) -> ReadResult:
        """Read the whole lines of *file* from *offset* on.

        *state* is what the reading before returned, empty at the start. Bad lines are
        rejected, never raised; OSError is the caller's.
        """


Cell = bytes | int | float | None
"""One value of a table; text comes as its bytes."""


class Table(NamedTuple):
    """What is read of one table of another tool's database."""

    name: str
    #: Those that a table lacks are None in every row.
    columns: tuple[str, ...]
    #: The column that grows with each new or changed row; "" where the whole is read each time.
    since: str = ""


class DatabaseSource(LogSource, Protocol):
    """A source of which some logs are SQLite databases: they are read, and never written."""

    @property
    def tables(self) -> tuple[Table, ...]:
        """What is read, in this order; the last one holds the calls."""

    def read_rows(
        self, tables: Mapping[str, Iterable[Sequence[Cell]]], now_ms: int
    ) -> tuple[list[Call], list[Reject]]:
        """Return the calls in the rows of *tables*, each as long as the table's columns.

        Of a table with ``since`` only rows come that are new or changed since the last reading,
        and the last known one again.
        """


def is_database_of(source: LogSource, path: str) -> TypeGuard[DatabaseSource]:
    """Return whether *path* is a database that *source* reads as tables."""
    return path.endswith(DATABASE_SUFFIX) and hasattr(source, "read_rows")


def log_file(path: str, found: os.stat_result) -> LogFile:
    """Return *path* as it lies on the disk; a database with what waits beside it."""
    size, mtime_ns = found.st_size, found.st_mtime_ns
    if path.endswith(DATABASE_SUFFIX):
        with suppress(OSError):
            waiting = os.stat(f"{path}-wal")  # noqa: PTH116 - as in walk
            size += waiting.st_size
            mtime_ns = max(mtime_ns, waiting.st_mtime_ns)
    return LogFile(path, size, found.st_ino, found.st_dev, mtime_ns)


def walk(root: Path, source: LogSource) -> Iterator[LogFile | WalkProblem]:
    """Yield the logs of *source* under *root* in the order of their names; *root* may be a log.

    Each file comes once however many links lead to it, and what cannot be looked at comes as a
    problem.
    """
    seen: set[tuple[int, int]] = set()
    waiting = [os.fspath(root)]
    while waiting:
        path = waiting.pop()
        try:
            found = os.stat(path)  # noqa: PTH116 - Path objects double the cost of a large tree
            if (found.st_dev, found.st_ino) in seen:
                continue
            seen.add((found.st_dev, found.st_ino))
            if stat.S_ISDIR(found.st_mode):
                waiting += _entries(path, source)
            elif stat.S_ISREG(found.st_mode):
                yield log_file(path, found)
        except OSError as error:
            yield WalkProblem(path, error.strerror or "Not readable")


def _entries(folder: str, source: LogSource) -> list[str]:
    """Return the folders and logs in *folder*, last name first."""
    with os.scandir(folder) as entries:
        paths = [entry.path for entry in entries if _is_wanted(entry, source)]
    return sorted(paths, reverse=True)


def _is_wanted(entry: os.DirEntry[str], source: LogSource) -> bool:
    if source.is_log(entry.name):
        return True
    return source.enters(entry.name) and _is_folder(entry)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether *entry* is a folder; a link that leads in a circle is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def distinct_folders(folders: Iterable[Path]) -> tuple[Path, ...]:
    """Return those of *folders* that exist, each once whatever name it goes by.

    One that lies where nobody may look is taken to exist: walking it then names the problem.
    """
    found: dict[str, Path] = {}
    for folder in folders:
        if _may_be_folder(folder):
            found.setdefault(os.path.realpath(folder), folder)
    return tuple(found.values())


def _may_be_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except PermissionError:
        return True
    except OSError:
        return False


def begins_with(path: Path, *marks: bytes, size: int = _SNIFFED_BYTES) -> bool:
    """Return whether all *marks* are in the first *size* bytes of *path*.

    A file that cannot be read begins with nothing.
    """
    try:
        with path.open("rb") as file:
            head = file.read(size)
    except OSError:
        return False
    return all(mark in head for mark in marks)


def begins_with_session(path: Path) -> bool:
    """Return whether *path* begins as a log of Codex does."""
    return begins_with(path, b'"session_meta"')


def is_of_another(path: Path) -> bool:
    """Return whether the file *path* begins as a log of a tool other than Claude Code."""
    return any(begins_with(path, *marks) for marks in _BEGINNINGS)


def has_logs(root: Path, source: LogSource) -> bool:
    """Return whether there is any log of *source* under *root*."""
    return any(isinstance(found, LogFile) for found in walk(root, source))


def last_folder(path: str) -> str:
    """Return the last name of *path*, which may come from another system than this one."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]
