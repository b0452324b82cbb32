"""The ledger file: made, recognised, brought up to date, or left alone to the last byte."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlite
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from alwrity_desktop.core.domain.errors import LedgerUnavailableError
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.report import CallQuery
from alwrity_desktop.core.ledger import engine, migrate
from alwrity_desktop.core.ledger.ledger import Ledger
from tests.core.ledger.calls import NOW_MS, a_call, a_log, from_logs, from_script, totals

ROOT = Path(__file__).parents[3]


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    return ScriptDirectory.from_config(config)


def migrated(path: Path) -> None:
    """Make a ledger by running every migration on an empty file."""
    opened = engine.open_file(path)
    migrate._upgrade(opened)
    opened.close()


def described(path: Path) -> dict[str, object]:
    """Return the tables, indexes, triggers and columns of a file, whatever they are called by."""
    with sqlite.connect(str(path)) as connection:
        found: dict[str, object] = {
            f"{kind} {name}": " ".join(str(sql).split())
            for kind, name, sql in connection.execute(
                "SELECT type, name, sql FROM sqlite_master WHERE type = 'trigger'"
            )
        }
        tables = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not str(name).startswith("sqlite_")
        ]
        for table in tables:
            for pragma in ("table_info", "foreign_key_list", "index_list"):
                rows = connection.execute(f"PRAGMA {pragma}({table})").fetchall()
                # Foreign keys and indexes are numbered in the order in which they were made.
                unnumbered = rows if pragma == "table_info" else [row[1:] for row in rows]
                found[f"{pragma} {table}"] = sorted(unnumbered, key=repr)
            for _, index, *_ in connection.execute(f"PRAGMA index_list({table})").fetchall():
                columns = connection.execute(f"PRAGMA index_info({index})").fetchall()
                found[f"index {index}"] = columns
            kind = "SELECT wr, strict FROM pragma_table_list WHERE name = ?"
            found[f"kind {table}"] = connection.execute(kind, (table,)).fetchall()
    connection.close()
    return found


def master(path: Path) -> dict[tuple[str, str], str]:
    """Return what SQLite keeps of every table, index and trigger, without spacing."""
    connection = sqlite.connect(str(path))
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    found = {(kind, name): "".join(sql.split()).replace('"', "") for kind, name, sql in rows}
    connection.close()
    return found


def test_that_a_new_ledger_is_what_the_migrations_make(tmp_path: Path) -> None:
    Ledger(tmp_path / "made.sqlite3").close()
    migrated(tmp_path / "migrated.sqlite3")

    made, grown = described(tmp_path / "made.sqlite3"), described(tmp_path / "migrated.sqlite3")

    assert made == grown
    assert len(made) > 40
    assert master(tmp_path / "made.sqlite3").keys() == master(tmp_path / "migrated.sqlite3").keys()


def test_that_the_statements_of_a_new_ledger_are_those_of_the_declared_tables() -> None:
    script = ROOT / "packaging" / "ledger_schema.py"
    answer = subprocess.run([sys.executable, str(script), "--check"], check=False)

    assert answer.returncode == 0, "schema.sql is stale: run `make schema`"


def test_that_the_known_versions_are_those_of_the_scripts() -> None:
    revisions = [script.revision for script in scripts().walk_revisions()]

    assert scripts().get_current_head() == migrate.HEAD
    assert list(migrate.KNOWN) == sorted(revisions)


def test_that_a_new_ledger_stands_at_the_newest_migration(ledger: Ledger) -> None:
    with engine.reading(ledger._file) as connection:
        query = "SELECT version_num FROM alembic_version"
        assert connection.execute(query).all() == [(migrate.HEAD,)]


def test_that_a_new_ledger_is_ours_and_durable(ledger: Ledger) -> None:
    with engine.reading(ledger._file) as connection:
        answers = {
            name: connection.execute(f"PRAGMA {name}").scalar()
            for name in ("application_id", "journal_mode", "synchronous", "foreign_keys")
        }
    assert answers == {
        "application_id": engine.APPLICATION_ID,
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
    }
    assert ledger.path.stat().st_mode & 0o077 == 0


def test_that_a_newer_ledger_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    Ledger(path).close()
    connection = sqlite.connect(str(path), isolation_level=None)
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = path.read_bytes()

    with pytest.raises(LedgerUnavailableError, match="written by a newer version"):
        Ledger(path)

    assert path.read_bytes() == before


def test_that_another_programs_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    connection = sqlite.connect(str(path), isolation_level=None)
    connection.execute("CREATE TABLE songs (title TEXT)")
    connection.close()
    before = path.read_bytes()

    with pytest.raises(LedgerUnavailableError, match="not a ledger of this program"):
        Ledger(path)

    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [b"this is no ledger" * 1000, b"SQLite format 3\0" + b"\xff" * 5000, b"\0" * 4096],
    ids=["text", "damaged head", "zeros"],
)
def test_that_a_file_that_is_no_ledger_is_refused_and_not_touched(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "ledger.sqlite3"
    path.write_bytes(content)

    with pytest.raises(LedgerUnavailableError, match=str(path)):
        Ledger(path)

    assert path.read_bytes() == content


def test_that_an_empty_file_becomes_a_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    path.touch()

    opened = Ledger(path)

    assert opened.rollup_differences() == 0
    opened.close()


def test_that_programs_that_start_together_make_one_ledger(tmp_path: Path, book: PriceBook) -> None:
    path = tmp_path / "ledger.sqlite3"

    def start(number: int) -> int:
        opened = Ledger(path)
        added = opened.record(from_logs(a_log([a_call(f"msg_{number}")])), book).added
        opened.close()
        return added

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(start, range(8))) == [1] * 8
    opened = Ledger(path)
    assert totals(opened).calls == 8
    assert opened.rollup_differences() == 0
    opened.close()


def age(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the file at *path* look as if an older version of the program had written it."""
    connection = sqlite.connect(str(path), isolation_level=None)
    connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.close()
    monkeypatch.setattr(migrate, "KNOWN", ("0000", "0001"))


def test_that_an_older_ledger_is_backed_up_before_it_is_migrated(
    tmp_path: Path, book: PriceBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.sqlite3"
    first = Ledger(path)
    first.record(from_logs(a_log([a_call()])), book)
    first.close()
    age(path, monkeypatch)
    seen: list[Path] = []

    def upgrade(_engine: object) -> None:
        (kept,) = tmp_path.glob("*.before-*")
        seen.append(kept)
        connection = sqlite.connect(str(path), isolation_level=None)
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        connection.close()

    monkeypatch.setattr(migrate, "_upgrade", upgrade)
    Ledger(path).close()

    (kept,) = seen
    assert kept.name == f"ledger.sqlite3.before-0000-to-{migrate.HEAD}"
    assert kept.stat().st_mode & 0o077 == 0
    monkeypatch.undo()
    connection = sqlite.connect(str(kept))
    calls = connection.execute("SELECT count(*), sum(cost_pico) FROM calls").fetchone()
    connection.close()
    assert calls == (1, 10_500_000_000)


def test_that_a_ledger_of_the_first_version_keeps_its_calls_and_sums(
    tmp_path: Path, book: PriceBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.sqlite3"
    monkeypatch.setattr(migrate, "HEAD", "0001")
    migrated(path)
    monkeypatch.undo()
    connection = sqlite.connect(str(path), isolation_level=None)
    connection.execute(
        "INSERT INTO series VALUES (7, 'local', 'claude-code', 'anthropic', 'm', '', '', '', '', 0,"
        " 'priced')"
    )
    connection.execute(
        "INSERT INTO rollups VALUES (1994646, 7, 1, 1000, 0, 0, 500, 10500, 0, 0, 0)"
    )
    connection.close()

    opened = Ledger(path)
    assert (totals(opened).calls, totals(opened).cost_pico) == (1, 10_500_000_000)
    with opened.snapshot() as snapshot:
        (row,) = snapshot.by_series("local", 0, NOW_MS, ("billing_period", "model"))
    opened.record(from_logs(a_log([a_call()])), book)

    assert (row.dimensions["billing_period"], row.dimensions["model"]) == ("", "m")
    assert totals(opened).calls == 2
    opened.close()
    assert (tmp_path / f"ledger.sqlite3.before-0001-to-{migrate.HEAD}").exists()


def test_that_calls_before_keys_and_requests_were_known_stay_and_new_ones_tell_them(
    tmp_path: Path, book: PriceBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.sqlite3"
    monkeypatch.setattr(migrate, "HEAD", "0004")
    migrated(path)
    monkeypatch.undo()
    connection = sqlite.connect(str(path), isolation_level=None)
    connection.execute(
        "INSERT INTO series VALUES (7, 'local', 'gateway', 'anthropic', 'm', 'p', 'a', 'c', 'e',"
        " '', 200, 'priced')"
    )
    connection.execute(
        "INSERT INTO calls VALUES (3, 'gateway::k', 7, 1795181400000, 1, NULL, 1000, 0, 0, 0, 500,"
        " 0, 0, 0, 0, 0, 900, 10500, NULL, 0)"
    )
    connection.execute(
        "INSERT INTO rollups VALUES (1994646, 7, 1, 1000, 0, 0, 500, 10500, 0, 900, 1)"
    )
    connection.close()

    opened = Ledger(path)
    new = a_call(identity="gateway::n", source="gateway", api_key="Blog", request_hash="0" * 16)
    opened.record(from_script(new), book)
    with opened.snapshot() as snapshot:
        rows = snapshot.by_series("local", 0, NOW_MS, ("api_key", "project", "endpoint"))
    calls = opened.page("local", CallQuery(0, NOW_MS, is_descending=False)).rows
    opened.close()

    assert {tuple(row.dimensions.values())[:3] for row in rows} == {
        ("", "p", "e"),
        ("Blog", "", ""),
    }
    assert sorted((call.identity, call.api_key) for call in calls) == [
        ("gateway::k", ""),
        ("gateway::n", "Blog"),
    ]
    assert (tmp_path / f"ledger.sqlite3.before-0004-to-{migrate.HEAD}").exists()


def test_that_a_migration_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.sqlite3"
    Ledger(path).close()
    age(path, monkeypatch)
    before = master(path)

    # The tables exist already, so the first migration cannot make them.
    with pytest.raises(Exception, match=r"0000|already exists"):
        Ledger(path)

    assert master(path) == before
    opened = sqlite.connect(str(path))
    assert opened.execute("SELECT version_num FROM alembic_version").fetchone() == ("0000",)
    opened.close()


def test_that_a_migration_that_breaks_a_reference_is_taken_back(
    tmp_path: Path, book: PriceBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.sqlite3"
    opened = Ledger(path)
    opened.record(from_logs(a_log([a_call()])), book)

    def lose_a_parent(config: Config, _head: str) -> None:
        connection: Connection = config.attributes["connection"]
        connection.exec_driver_sql("DELETE FROM series")

    monkeypatch.setattr("alembic.command.upgrade", lose_a_parent)
    with pytest.raises(LedgerUnavailableError, match="nothing changed"):
        migrate._upgrade(opened._file)

    assert totals(opened).calls == 1
    opened.close()


def test_that_a_migration_may_rebuild_a_parent_without_losing_its_children(
    tmp_path: Path, book: PriceBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.sqlite3"
    opened = Ledger(path)
    opened.record(from_logs(a_log([a_call()])), book)

    def rebuild(config: Config, _head: str) -> None:
        connection: Connection = config.attributes["connection"]
        for statement in (
            "CREATE TABLE files_new AS SELECT * FROM files",
            "DROP TABLE files",
            "CREATE TABLE files (id INTEGER PRIMARY KEY, path TEXT)",
            "INSERT INTO files SELECT id, path FROM files_new",
            "DROP TABLE files_new",
        ):
            connection.exec_driver_sql(statement)

    monkeypatch.setattr("alembic.command.upgrade", rebuild)
    migrate._upgrade(opened._file)

    assert totals(opened).calls == 1
    with engine.reading(opened._file) as connection:
        assert connection.execute("SELECT count(file_id) FROM calls").scalar() == 1
        assert connection.execute("PRAGMA foreign_keys").scalar() == 1
    opened.close()


def test_that_a_note_of_one_line_is_left_alone(tmp_path: Path) -> None:
    note = tmp_path / "ledger.sqlite3"
    note.write_text("not a ledger\n")

    with pytest.raises(LedgerUnavailableError, match="not a ledger"):
        Ledger(note)

    assert note.read_text() == "not a ledger\n"
