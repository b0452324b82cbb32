"""Bringing a ledger file to the present schema, with a verified backup before."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

import sqlcipher3.dbapi2 as sqlite

from alwrity_desktop.core.domain.errors import LedgerUnavailableError
from alwrity_desktop.core.ledger.connection import Connection, Connections
from alwrity_desktop.core.ledger.engine import APPLICATION_ID, sentences, writing
from alwrity_desktop.core.ledger.maintenance import backup

HEAD: Final = "0006"
"""The newest migration; a test holds it against the scripts."""

KNOWN: Final = ("0001", "0002", "0003", "0004", "0005", "0006")

MIGRATIONS: Final = Path(__file__).parent / "migrations"

SCHEMA: Final = Path(__file__).parent / "schema.sql"
"""What makes all tables, written by ``make schema``; a blank line is between two statements."""

_TABLES: Final = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"

_WAL_ATTEMPTS: Final = 100
_WAL_PAUSE_S: Final = 0.05


def prepare(connections: Connections) -> None:
    """Make the tables of a new ledger, or migrate an older one after a verified backup.

    A new file gets the present tables straight away, without the libraries that declare and
    migrate them: their import alone takes longer than all else at start.

    Raises LedgerUnavailableError for a file that is newer than this program, or not ours.
    """
    path = connections.path
    with sentences(path):
        version = _version(connections)
        if version == HEAD:
            return
        if version is None:
            _create(connections)
        elif version in KNOWN:
            backup(connections, path.with_name(f"{path.name}.before-{version}-to-{HEAD}"))
            _upgrade(connections)
        else:
            sentence = (
                f"{path} was written by a newer version of this program. "
                "Nothing was changed; install the newer version."
            )
            raise LedgerUnavailableError(sentence)


def _version(connections: Connections) -> str | None:
    """Return the migration that the file stands at; None for an empty file."""
    with connections.connect() as connection:
        tables = _tables(connection)
        if not tables:
            return None
        if "alembic_version" not in tables:
            sentence = f"{connections.path} is not a ledger of this program. Move it away."
            raise LedgerUnavailableError(sentence)
        return str(connection.execute("SELECT version_num FROM alembic_version").scalar())


def _tables(connection: Connection) -> set[str]:
    return {name for (name,) in connection.execute(_TABLES)}


def _create(connections: Connections) -> None:
    """Make all tables in one transaction; a second program doing the same waits for it."""
    _use_wal(connections)
    with writing(connections) as connection:
        if _tables(connection):
            return
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        for statement in SCHEMA.read_text(encoding="utf-8").split("\n\n"):
            connection.execute(statement)
        stamp(connection)


def stamp(connection: Connection) -> None:
    """Note that the tables are those of the newest migration."""
    connection.execute(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.execute("INSERT INTO alembic_version VALUES (?)", (HEAD,))


def _use_wal(connections: Connections) -> None:
    """Switch to write-ahead logging; the switch does not wait for locks by itself."""
    with connections.connect() as connection:
        for attempt in range(_WAL_ATTEMPTS):
            try:
                connection.execute("PRAGMA journal_mode=WAL")
            except sqlite.OperationalError:
                if attempt == _WAL_ATTEMPTS - 1:
                    raise
                time.sleep(_WAL_PAUSE_S)
            else:
                return


def _upgrade(connections: Connections) -> None:
    """Run the migrations in one transaction with foreign keys off.

    Rebuilding a parent table with foreign keys on would delete its children's rows, and
    the switch is ignored inside a transaction: so it is set before, on one connection.
    """
    from alembic import command  # noqa: PLC0415 - slow to import, needed once a version
    from alembic.config import Config  # noqa: PLC0415 - as above
    from sqlalchemy import create_engine  # noqa: PLC0415 - as above
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415 - as above
    from sqlalchemy.pool import StaticPool  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    driver = connections.open()
    engine = create_engine("sqlite://", module=sqlite, creator=lambda: driver, poolclass=StaticPool)
    try:
        with engine.connect() as connection:
            driver.execute("PRAGMA foreign_keys=OFF")
            driver.execute("BEGIN IMMEDIATE")
            config.attributes["connection"] = connection
            command.upgrade(config, HEAD)
            if driver.execute("PRAGMA foreign_key_check").fetchone() is not None:
                sentence = "The ledger could not be brought to the new version; nothing changed."
                raise LedgerUnavailableError(sentence)
            driver.commit()
    except DBAPIError as error:
        raise error.orig or error from error
    finally:
        engine.dispose()
        driver.close()
