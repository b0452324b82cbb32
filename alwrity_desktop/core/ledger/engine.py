"""Opening the ledger file: one SQLite library, durable settings, errors as sentences."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import sqlcipher3.dbapi2 as sqlite

from alwrity_desktop.core.domain.errors import LedgerUnavailableError
from alwrity_desktop.core.ledger.connection import Connection, Connections

APPLICATION_ID: Final = 0x414C4457
""""ALDW": tells a ledger from any other SQLite file."""

OLDEST_SQLITE: Final = (3, 51, 3)
"""Older ones can corrupt a WAL file when a checkpoint races a commit."""

_HEADER_BYTES: Final = 100

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
    (
        "disk is full",
        (
            "The disk is full, so this could not be booked; what was booked before is safe."
            " Free some space and try again."
        ),
    ),
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


def open_file(path: Path) -> Connections:
    """Return connections to the ledger at *path*; the file is made with mode 0600.

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
    return Connections(path, _prepare)


def _prepare(driver: Any) -> None:  # noqa: ANN401 - the driver has no types
    """Set up what the driver gave."""
    for pragma in _PRAGMAS:
        driver.execute(f"PRAGMA {pragma}")


@contextmanager
def reading(connections: Connections) -> Iterator[Connection]:
    """Yield a connection that sees one state of the ledger."""
    with _transaction(connections, "BEGIN") as connection:
        yield connection


@contextmanager
def writing(connections: Connections) -> Iterator[Connection]:
    """Yield a connection whose changes are committed as one, or not at all.

    The write lock is taken at once: a read that turns write can fail halfway.
    """
    with _transaction(connections, "BEGIN IMMEDIATE") as connection:
        yield connection


@contextmanager
def _transaction(connections: Connections, begin: str) -> Iterator[Connection]:
    with sentences(connections.path), connections.connect() as connection:
        connection.execute(begin)
        yield connection
        connection.commit()


@contextmanager
def sentences(path: Path) -> Iterator[None]:
    """Turn the driver's errors that are the world's fault into sentences about *path*."""
    try:
        yield
    except sqlite.DatabaseError as error:
        if isinstance(error, sqlite.IntegrityError | sqlite.ProgrammingError):
            raise
        text = str(error).lower()
        for sign, sentence in _SENTENCES:
            if sign in text:
                said = _NO_ROOM if sign == "disk i/o" and _is_out_of_room(path) else sentence
                raise LedgerUnavailableError(said.format(path=path)) from error
        raise


def _is_out_of_room(path: Path) -> bool:
    with suppress(OSError):
        return shutil.disk_usage(path.parent).free < _LEAST_ROOM_BYTES
    return False
