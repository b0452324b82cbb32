"""Reads the SQLite databases of other tools: never written, whatever state they are found in."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import sqlcipher3.dbapi2 as sqlite

from alwrity_desktop.core.sources.base import Cell, Table

MAX_COPY_BYTES: Final = 2 * 1024**3
"""A database that must be copied to be read, and is larger than this, is left alone."""

MAX_ROWS: Final = 5_000_000
"""More rows than this in one table are no history of calls."""

_BUSY_S: Final = 2.0
_SIDE_FILES: Final = ("-wal", "-journal")
#: Where the header says how the database is written, and what stands there for a write-ahead log.
_VERSION_AT: Final = 18
_WAL_VERSION: Final = 2
_HEADER_BYTES: Final = 100
_MAGIC: Final = b"SQLite format 3\0"

Row = Sequence[Cell]


class NoDatabaseError(Exception):
    """What lies there is no database that can be read; the text is never shown."""


class TableRows:
    """The rows of one table, read while they are asked for, and how far they went."""

    def __init__(self, connection: Any, table: Table, known: Cell) -> None:  # noqa: ANN401 - untyped library
        self.is_there = False
        #: The largest value of the table's ``since``, for the next reading.
        self.newest: Cell = known
        self._connection = connection
        self._table = table
        self._have = _columns(connection, table.name)
        self.is_there = bool(self._have & set(table.columns))

    def __iter__(self) -> Iterator[Row]:
        if not self.is_there:
            return
        since = self._table.since if self._table.since in self._have else ""
        after = self._first(since)
        chosen = (_quoted(name) if name in self._have else "NULL" for name in self._table.columns)
        columns = ", ".join((_quoted(since) if since else "NULL", *chosen))
        where = f" WHERE {_quoted(since)} >= ?" if after is not None else ""
        rows = self._connection.execute(
            f"SELECT {columns} FROM {_quoted(self._table.name)}{where} LIMIT {MAX_ROWS}",  # noqa: S608 - quoted names of our own
            () if after is None else (after,),
        )
        newest: int | float | None = None
        for value, *row in rows:
            if isinstance(value, (int, float)) and (newest is None or value > newest):
                newest = value
            yield row
        self.newest = newest if newest is not None else self.newest

    def _first(self, since: str) -> Cell:
        """Return where reading goes on; None for a table that began anew, or was never read."""
        if not since or self.newest is None:
            return None
        column, table = _quoted(since), _quoted(self._table.name)
        found = self._connection.execute(
            f"SELECT 1 FROM {table} WHERE {column} >= ? LIMIT 1",  # noqa: S608 - as above
            (self.newest,),
        )
        return self.newest if found.fetchone() else None


@contextmanager
def opened_tables(
    path: str, tables: Sequence[Table], known: Mapping[str, Cell]
) -> Iterator[dict[str, TableRows]]:
    """Open the database at *path* and give its *tables*, each from what is *known* of it on.

    Raises OSError for a file that cannot be read, NoDatabaseError for one that is no database or
    is damaged. Both may come while rows are read.
    """
    try:
        with _readable(path) as address, closing(_connect(address)) as connection:
            yield {
                table.name: TableRows(connection, table, known.get(table.name)) for table in tables
            }
    except sqlite.Error as error:
        raise NoDatabaseError(type(error).__name__) from None


@contextmanager
def _readable(path: str) -> Iterator[str]:
    """Give an address under which *path* can be read without a trace beside it.

    A database that is being written has its log and the log's index beside it: reading joins in.
    A log without its index is what a copy or a crash leaves: joining in would make files, so it
    is copied. Without a log nobody writes, and each page stands where it belongs.
    """
    has_log = _size(f"{path}-wal") > 0
    has_index = os.path.exists(f"{path}-shm")  # noqa: PTH110 - a path of the walk is a str
    uses_log = _uses_write_ahead_log(path)
    if uses_log and not has_log:
        yield _address(path, "immutable=1")
        return
    if has_index or not uses_log:
        address = _address(path, "mode=ro")
        if _answers(address):
            yield address
            return
    with _copied(path) as copy:
        yield _address(copy, "mode=rwc")


def _uses_write_ahead_log(path: str) -> bool:
    with open(path, "rb") as file:  # noqa: PTH123 - a path of the walk is a str
        header = file.read(_HEADER_BYTES)
    if not header.startswith(_MAGIC):
        raise NoDatabaseError("header")
    return header[_VERSION_AT] == _WAL_VERSION


@contextmanager
def _copied(path: str) -> Iterator[str]:
    """Give a copy of *path* with what waits beside it, in a folder that only we can read."""
    names = [path, *(path + suffix for suffix in _SIDE_FILES)]
    if sum(map(_size, names)) > MAX_COPY_BYTES:
        raise NoDatabaseError("size")
    with tempfile.TemporaryDirectory(prefix="alwrity-") as folder:
        copy = os.path.join(folder, "copy.db")  # noqa: PTH118 - a str, as SQLite wants it
        for name in names:
            if _size(name) > 0:
                shutil.copyfile(name, copy + name[len(path) :])
        yield copy


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - a path of the walk is a str
    except OSError:
        return 0


def _address(path: str, how: str) -> str:
    return f"file:{quote(os.fsencode(Path(path).absolute().as_posix()))}?{how}"


def _answers(address: str) -> bool:
    try:
        with closing(_connect(address)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite.OperationalError:
        return False
    return True


def _connect(address: str) -> Any:  # noqa: ANN401 - the library ships no types
    connection = sqlite.connect(address, uri=True, timeout=_BUSY_S, isolation_level=None)
    connection.text_factory = bytes
    connection.execute("PRAGMA query_only = ON")
    # What another program wrote into its schema runs nothing here.
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def _columns(connection: Any, table: str) -> frozenset[str]:  # noqa: ANN401 - as above
    """Return the names of the columns of *table*, none when there is no such table."""
    found = connection.execute(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
    )
    if not found.fetchone()[0]:
        return frozenset()
    rows = connection.execute(f"PRAGMA table_info({_quoted(table)})")
    return frozenset(row[1].decode("utf-8", "replace") for row in rows)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
