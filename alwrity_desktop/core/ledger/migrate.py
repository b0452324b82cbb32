"""Bringing a ledger file to the present schema, with a verified backup before."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

import sqlcipher3.dbapi2 as sqlite
from sqlalchemy import Connection, Engine, inspect, text

from alwrity_desktop.core.domain.errors import LedgerUnavailableError
from alwrity_desktop.core.ledger.coarse_tables import METADATA
from alwrity_desktop.core.ledger.engine import APPLICATION_ID, driver_of, sentences, writing
from alwrity_desktop.core.ledger.maintenance import backup

HEAD: Final = "0006"
"""The newest migration; a test holds it against the scripts."""

KNOWN: Final = ("0001", "0002", "0003", "0004", "0005", "0006")

MIGRATIONS: Final = Path(__file__).parent / "migrations"

_WAL_ATTEMPTS: Final = 100
_WAL_PAUSE_S: Final = 0.05


def prepare(engine: Engine) -> None:
    """Make the tables of a new ledger, or migrate an older one after a verified backup.

    A new file gets the present tables straight away, without the migration library:
    its import alone takes longer than all else at start.

    Raises LedgerUnavailableError for a file that is newer than this program, or not ours.
    """
    with sentences(engine):
        version = _version(engine)
        if version == HEAD:
            return
        if version is None:
            _create(engine)
        elif version in KNOWN:
            backup(engine, _backup_path(engine, version))
            _upgrade(engine)
        else:
            sentence = (
                f"{engine.url.database} was written by a newer version of this program. "
                "Nothing was changed; install the newer version."
            )
            raise LedgerUnavailableError(sentence)


def _version(engine: Engine) -> str | None:
    """Return the migration that the file stands at; None for an empty file."""
    with engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        if not tables:
            return None
        if "alembic_version" not in tables:
            sentence = f"{engine.url.database} is not a ledger of this program. Move it away."
            raise LedgerUnavailableError(sentence)
        row = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return str(row)


def _create(engine: Engine) -> None:
    """Make all tables in one transaction; a second program doing the same waits for it."""
    _use_wal(engine)
    with writing(engine) as connection:
        if inspect(connection).get_table_names():
            return
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        METADATA.create_all(connection, checkfirst=False)
        stamp(connection)


def stamp(connection: Connection) -> None:
    """Note that the tables are those of the newest migration."""
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (HEAD,))


def _use_wal(engine: Engine) -> None:
    """Switch to write-ahead logging; the switch does not wait for locks by itself."""
    with engine.connect() as connection:
        driver = driver_of(connection)
        for attempt in range(_WAL_ATTEMPTS):
            try:
                driver.cursor().execute("PRAGMA journal_mode=WAL")
            except sqlite.OperationalError:
                if attempt == _WAL_ATTEMPTS - 1:
                    raise
                time.sleep(_WAL_PAUSE_S)
            else:
                return


def _upgrade(engine: Engine) -> None:
    """Run the migrations in one transaction with foreign keys off.

    Rebuilding a parent table with foreign keys on would delete its children's rows, and
    the switch is ignored inside a transaction: so it is set before, on one connection.
    """
    from alembic import command  # noqa: PLC0415 - slow to import, needed once a version
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect().execution_options(alwrity_write=True) as connection:
        driver = driver_of(connection)
        driver.cursor().execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                config.attributes["connection"] = connection
                command.upgrade(config, HEAD)
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken is not None:
                    sentence = (
                        "The ledger could not be brought to the new version; nothing changed."
                    )
                    raise LedgerUnavailableError(sentence)
        finally:
            driver.cursor().execute("PRAGMA foreign_keys=ON")


def _backup_path(engine: Engine, version: str) -> Path:
    path = Path(str(engine.url.database))
    return path.with_name(f"{path.name}.before-{version}-to-{HEAD}")
