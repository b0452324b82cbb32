"""Databases of other tools: read in every state they are found in, and left as they were."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlite

from alwrity_desktop.core import tool_databases
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.log_reading import UNREADABLE, LogCursor, LogReading, plan, read_log
from alwrity_desktop.core.sources import base
from alwrity_desktop.core.sources.copilot_cli import DATABASE, SOURCE
from alwrity_desktop.core.tool_databases import NoDatabaseError
from tests.logs import NOW_MS, START_MS, iso

SCHEMA = """
CREATE TABLE sessions (id TEXT PRIMARY KEY, cwd TEXT);
CREATE TABLE assistant_usage_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT, model TEXT, input_tokens INTEGER,
    output_tokens INTEGER, created_at TEXT);
INSERT INTO sessions VALUES ('s-1', '/home/ada/engine');
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "tool" / DATABASE
    path.parent.mkdir()
    with closing(sqlite.connect(str(path))) as connection:
        connection.executescript(SCHEMA)
    return path


@pytest.fixture
def writer(store: Path) -> Iterator[Any]:
    """The tool itself, which has its database open and writes ahead."""
    with closing(sqlite.connect(str(store), isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        yield connection


def add(connection: Any, tokens: int, at_ms: int = START_MS) -> None:  # noqa: ANN401 - untyped library
    connection.execute(
        "INSERT INTO assistant_usage_events (session_id, model, input_tokens, output_tokens, "
        "created_at) VALUES ('s-1', 'gpt-5', ?, 1, ?)",
        (tokens, iso(at_ms)),
    )
    connection.commit()


def read(root: Path, cursor: LogCursor | None = None, now_ms: int = NOW_MS) -> LogReading | None:
    known = {cursor.path: cursor} if cursor else {}
    tasks = plan(SOURCE, [root], known).tasks
    return read_log(tasks[0], now_ms) if tasks else None


def first(root: Path) -> LogReading:
    reading = read(root)
    assert reading is not None
    return reading


def inputs(calls: list[Call]) -> list[int]:
    return [call.input_tokens for call in calls]


def traces(folder: Path) -> dict[str, bytes]:
    """Return what lies in *folder*, without the index of a log, which is shared memory."""
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    return {name: data for name, data in found.items() if not name.endswith("-shm")}


def test_that_rows_are_read_while_the_tool_writes_ahead(store: Path, writer: Any) -> None:  # noqa: ANN401
    add(writer, 10)
    before, names = traces(store.parent), sorted(path.name for path in store.parent.iterdir())
    reading = first(store.parent)
    assert (inputs(reading.calls), reading.rejected) == ([10], [])
    assert (reading.calls[0].project, reading.is_from_start) == ("engine", True)
    assert traces(store.parent) == before
    assert sorted(path.name for path in store.parent.iterdir()) == names


def test_that_a_later_reading_brings_what_is_new_or_changed(store: Path, writer: Any) -> None:  # noqa: ANN401
    add(writer, 10)
    known = first(store.parent)
    assert read(store.parent, known.cursor) is None
    add(writer, 20)
    grown = read(store.parent, known.cursor)
    assert grown is not None
    assert (inputs(grown.calls)[-1], grown.is_from_start) == (20, False)
    assert len({call.identity for call in known.calls + grown.calls}) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="names are text on other systems")
def test_that_a_folder_whose_name_is_no_text_can_be_read(store: Path, writer: Any) -> None:  # noqa: ANN401
    add(writer, 10)
    odd = store.parent.parent / os.fsdecode(b"\xff")
    shutil.copytree(store.parent, odd)

    reading = first(odd)

    assert (inputs(reading.calls), reading.rejected) == ([10], [])


def test_that_a_closed_database_is_read_without_a_trace(store: Path) -> None:
    for mode in ("WAL", "DELETE"):
        with closing(sqlite.connect(str(store))) as connection:
            connection.execute(f"PRAGMA journal_mode = {mode}")
            add(connection, 10)
        before = traces(store.parent)
        assert inputs(first(store.parent).calls)[-1] == 10
        assert traces(store.parent) == before
        assert list(store.parent.iterdir()) == [store]


def test_that_a_copy_with_its_log_alone_is_read_without_a_trace(
    store: Path,
    writer: Any,  # noqa: ANN401 - untyped library
    tmp_path: Path,
) -> None:
    add(writer, 10)
    copied = tmp_path / "copied"
    copied.mkdir()
    for name in (DATABASE, f"{DATABASE}-wal"):
        shutil.copy(store.with_name(name), copied / name)
    before = traces(copied)
    assert inputs(first(copied).calls) == [10]
    assert traces(copied) == before


def test_that_a_folder_that_cannot_be_joined_in_is_copied(
    store: Path,
    writer: Any,  # noqa: ANN401 - untyped library
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add(writer, 10)
    # Root may write anywhere, so that taking the permission away would test nothing.
    monkeypatch.setattr(tool_databases, "_answers", lambda _address: False)
    assert inputs(first(store.parent).calls) == [10]
    monkeypatch.setattr(tool_databases, "MAX_COPY_BYTES", 10)
    assert [each.reason for each in first(store.parent).rejected] == [base.NOT_DATABASE]


def test_that_a_database_in_the_place_of_another_is_read_whole(store: Path) -> None:
    with closing(sqlite.connect(str(store))) as connection:
        add(connection, 10)
        add(connection, 20)
    known = first(store.parent)
    store.unlink()
    with closing(sqlite.connect(str(store))) as connection:
        connection.executescript(SCHEMA)
        add(connection, 30)
    again = read(store.parent, known.cursor)
    assert again is not None
    assert inputs(again.calls) == [30]


def test_that_a_table_that_was_emptied_is_read_whole(store: Path) -> None:
    with closing(sqlite.connect(str(store))) as connection:
        add(connection, 10)
        add(connection, 20)
        known = first(store.parent)
        connection.execute("DELETE FROM assistant_usage_events")
        connection.execute("DELETE FROM sqlite_sequence")
        add(connection, 30)
    again = read(store.parent, known.cursor)
    assert again is not None
    assert inputs(again.calls) == [30]


def test_that_rows_of_the_future_are_looked_at_again(store: Path) -> None:
    with closing(sqlite.connect(str(store))) as connection:
        add(connection, 10, START_MS)
        add(connection, 20, NOW_MS + 10**7)
    known = first(store.parent)
    assert ([each.reason for each in known.rejected], inputs(known.calls)) == (
        [base.FUTURE_TIME],
        [10],
    )
    later = read(store.parent, known.cursor, NOW_MS + 10**7)
    assert later is not None
    assert (inputs(later.calls), later.rejected) == ([10, 20], [])


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 50, b"SQLite format 3\0" * 99])
def test_that_what_is_no_database_is_named(store: Path, content: bytes) -> None:
    store.write_bytes(content)
    reading = first(store.parent)
    assert ([each.reason for each in reading.rejected], reading.calls) == ([base.NOT_DATABASE], [])


def test_that_a_damaged_database_is_named(store: Path) -> None:
    with closing(sqlite.connect(str(store))) as connection:
        for number in range(500):
            add(connection, number)
    data = bytearray(store.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    store.write_bytes(data)
    assert [each.reason for each in first(store.parent).rejected] == [base.NOT_DATABASE]


def test_that_a_database_of_something_else_has_no_calls(store: Path) -> None:
    with closing(sqlite.connect(str(store))) as connection:
        connection.execute("DROP TABLE assistant_usage_events")
        connection.execute("CREATE VIEW assistant_usage_events AS SELECT 1 AS id")
    assert [each.reason for each in first(store.parent).rejected] == [base.NOT_TABLE]


def test_that_a_missing_database_is_no_error_and_a_hidden_one_is(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = plan(SOURCE, [store.parent], {}).tasks[0]

    def refuse(*_arguments: object, **_more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tool_databases, "_uses_write_ahead_log", refuse)
    assert [each.reason for each in read_log(task, NOW_MS).rejected] == [UNREADABLE]
    store.unlink()
    assert read_log(task, NOW_MS).rejected == []


def test_that_no_file_of_another_kind_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "a b?#%.db"
    with closing(sqlite.connect(str(path))) as connection:
        connection.executescript(SCHEMA)
    with tool_databases.opened_tables(str(path), SOURCE.tables, {}) as tables:
        assert tables["sessions"].is_there
    with (
        pytest.raises(NoDatabaseError),
        tool_databases.opened_tables(__file__, SOURCE.tables, {}),
    ):
        pass
