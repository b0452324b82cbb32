"""A connection to the ledger file, what it answers, and those that wait for their next use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any, Final

import sqlcipher3.dbapi2 as sqlite

_KEPT: Final = 4
"""Connections that wait for their next use; to open one takes a millisecond."""

Values = tuple[object, ...]
Row = tuple[Any, ...]


class Rows:
    """What a statement answers. Can be gone through once."""

    def __init__(self, cursor: Any) -> None:  # noqa: ANN401 - the driver has no types
        """Take over *cursor*."""
        self._cursor = cursor

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows that are left, as they are asked for."""
        return iter(self._cursor)

    @property
    def changed(self) -> int:
        """How many rows a statement changed."""
        return int(self._cursor.rowcount)

    def all(self) -> list[Row]:
        """Return the rows that are left."""
        rows: list[Row] = self._cursor.fetchall()
        return rows

    def first(self) -> Row | None:
        """Return the first row, None where there is none."""
        row: Row | None = self._cursor.fetchone()
        self._cursor.close()
        return row

    def one(self) -> Row:
        """Return the first row of a statement that always has one."""
        row = self.first()
        if row is None:
            raise LookupError("A statement that always has a row had none.")
        return row

    def scalar(self) -> Any:  # noqa: ANN401 - whatever the column holds
        """Return the first value of the first row, None where there is none."""
        row = self.first()
        return None if row is None else row[0]

    def scalar_one(self) -> Any:  # noqa: ANN401 - whatever the column holds
        """Return the first value of a statement that always has a row."""
        return self.one()[0]

    def named(self) -> Iterator[dict[str, Any]]:
        """Yield the rows that are left, their values by the names of the columns."""
        names = [column[0] for column in self._cursor.description]
        return (dict(zip(names, row, strict=True)) for row in self._cursor)


class Connection:
    """One connection, for one thread at a time. Statements are SQL with a "?" for each value."""

    def __init__(self, driver: Any) -> None:  # noqa: ANN401 - the driver has no types
        """Speak through *driver*, the SQLite library's own connection."""
        #: For what must happen outside transactions.
        self.driver = driver

    def execute(self, statement: str, values: Values = ()) -> Rows:
        """Run *statement* once."""
        return Rows(self.driver.execute(statement, values))

    def execute_many(self, statement: str, rows: Iterable[Values]) -> None:
        """Run *statement* for each of *rows*, which are asked for one by one."""
        self.driver.executemany(statement, rows)

    def commit(self) -> None:
        """Bring the transaction to the disk."""
        self.driver.commit()

    def roll_back(self) -> None:
        """Undo the transaction; SQLite may have done so already."""
        if self.driver.in_transaction:
            self.driver.rollback()


class Connections:
    """The connections to one ledger file, for any thread; each is kept for its next use."""

    def __init__(self, path: Path, prepare: Callable[[Any], None]) -> None:
        """Connect to *path*; *prepare* sets up what the driver gives."""
        self.path = path
        self._prepare = prepare
        self._lock = Lock()
        self._idle: list[Connection] = []
        self._is_closed = False

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Lend a connection; what was not committed is undone at the end."""
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            connection = Connection(self.open())
        is_sound = False
        try:
            yield connection
            connection.roll_back()
            is_sound = True
        finally:
            self._take_back(connection, is_sound=is_sound)

    def open(self) -> Any:  # noqa: ANN401 - the driver has no types
        """Return a connection of the driver's own, which the caller closes."""
        driver = sqlite.connect(str(self.path), check_same_thread=False, isolation_level=None)
        self._prepare(driver)
        return driver

    def close(self) -> None:
        """Close the connections that wait; those that are lent close when they come back."""
        with self._lock:
            idle, self._idle = self._idle, []
            self._is_closed = True
        for connection in idle:
            connection.driver.close()

    def _take_back(self, connection: Connection, *, is_sound: bool) -> None:
        if is_sound:
            with self._lock:
                if len(self._idle) < _KEPT and not self._is_closed:
                    self._idle.append(connection)
                    return
        # Closing undoes what was not committed.
        with suppress(sqlite.Error):
            connection.driver.close()
