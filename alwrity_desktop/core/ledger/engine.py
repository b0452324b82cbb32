"""Opening the ledger file: one SQLite library, durable settings, errors as sentences."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import sqlcipher3.dbapi2 as sqlite
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from alwrity_desktop.core.domain.errors import LedgerUnavailableError

APPLICATION_ID: Final = 0x414C4457
""""ALDW": tells a ledger from any other SQLite file."""

OLDEST_SQLITE: Final = (3, 51, 3)
"""Older ones can corrupt a WAL file when a checkpoint races a commit."""

_HEADER_BYTES: Final = 100

_WRITE: Final = "alwrity_write"

_PRAGMAS: Final = (
    "busy_timeout=30000",
    "foreign_keys=ON",
    "synchronous=FULL",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "temp_store=MEMORY",
    "mmap_size=0",
    "journal_size_limit=67108864",
    "cache_size=-65536",
)

_SENTENCES: Final = (
    ("disk is full", "The disk is full, so nothing was booked. Free some space and try again."),
    ("readonly", "The ledger cannot be written. Check the permissions of {path}."),
    ("unable to open", "The ledger cannot be opened. Check the permissions of {path}."),
    ("locked", "Another program has held the ledger for too long. Try again in a moment."),
    ("not a database", "{path} is not a ledger, or it is damaged. Move it away or restore it."),
    ("malformed", "The ledger {path} is damaged. Nothing was changed; restore a backup."),
    ("disk i/o", "The disk refused to read or write {path}. Nothing was lost that was booked."),
)

_NO_ROOM: Final = (
    "The disk is full: the ledger {path} can be neither read nor written."
    " Free some space and try again."
)
_LEAST_ROOM_BYTES: Final = 65_536
"""What SQLite needs beside a ledger even to read it."""


def open_engine(path: Path) -> Engine:
    """Return an engine for the ledger at *path*; the file is made with mode 0600.

    Raises LedgerUnavailableError when the file or the SQLite library cannot be used.
    """
    if sqlite.sqlite_version_info < OLDEST_SQLITE:
        found = sqlite.sqlite_version
        sentence = f"SQLite {found} is too old for the ledger; 3.51.3 or newer is needed."
        raise LedgerUnavailableError(sentence)
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        size = os.fstat(file).st_size
        os.close(file)
    except OSError as error:
        reason = error.strerror or "unknown error"
        sentence = f"The ledger {path} cannot be opened: {reason}. Check the folder's permissions."
        raise LedgerUnavailableError(sentence) from error
    if 0 < size < _HEADER_BYTES:
        # SQLite would take so short a file for an empty database and write over it.
        raise LedgerUnavailableError(f"{path} is not a ledger, or it is damaged. Move it away.")
    engine = create_engine(f"sqlite:///{path}", module=sqlite)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver has no types
    """Set up a new connection; transactions are begun by ``_begin`` alone."""
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Take the write lock at once when writing: a read that turns write can fail halfway."""
    is_write = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")


def driver_of(connection: Connection) -> Any:  # noqa: ANN401 - the driver has no types
    """Return the driver's own connection, for what must happen outside transactions."""
    driver = connection.connection.dbapi_connection
    if driver is None:
        raise LedgerUnavailableError("The ledger's connection was closed. Start again.")
    return driver


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Yield a connection that sees one state of the ledger."""
    with sentences(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Yield a connection whose changes are committed as one, or not at all."""
    with (
        sentences(engine),
        engine.connect().execution_options(**{_WRITE: True}) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def sentences(engine: Engine) -> Iterator[None]:
    """Turn the driver's errors that are the world's fault into sentences."""
    try:
        yield
    except (DBAPIError, sqlite.DatabaseError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(cause, sqlite.IntegrityError | sqlite.ProgrammingError):
            raise
        text = str(cause).lower()
        for sign, sentence in _SENTENCES:
            if sign in text:
                path = str(engine.url.database)
                said = _NO_ROOM if sign == "disk i/o" and _is_out_of_room(path) else sentence
                raise LedgerUnavailableError(said.format(path=path)) from error
        raise


def _is_out_of_room(path: str) -> bool:
    with suppress(OSError):
        return shutil.disk_usage(Path(path).parent).free < _LEAST_ROOM_BYTES
    return False
