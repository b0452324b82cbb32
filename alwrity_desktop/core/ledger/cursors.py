"""How far each log was read, and which of its lines were refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.log_reading import LogCursor, LogReading, RejectedLines

_COLUMNS: Final = (
    "source, path, device, inode, size_bytes, mtime_ns, next_offset, prefix_bytes,"
    " prefix_hash, state"
)
_UPSERT: Final = (
    f"INSERT INTO files ({_COLUMNS}, read_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
    " ON CONFLICT (source, path) DO UPDATE SET device = excluded.device,"
    " inode = excluded.inode, size_bytes = excluded.size_bytes,"
    " mtime_ns = excluded.mtime_ns, next_offset = excluded.next_offset,"
    " prefix_bytes = excluded.prefix_bytes, prefix_hash = excluded.prefix_hash,"
    " state = excluded.state, read_at_ms = excluded.read_at_ms"
)
_AMONG: Final = "FROM files WHERE source = ? AND path IN (SELECT value FROM json_each(?))"
_STOOD: Final = f"SELECT path, next_offset {_AMONG}"
_IDS: Final = f"SELECT path, id {_AMONG}"
_REJECT: Final = (
    "INSERT INTO rejects (file_id, reason, lines, example_offset, at_ms) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (file_id, reason) DO UPDATE SET lines = lines + excluded.lines,"
    " example_offset = excluded.example_offset, at_ms = excluded.at_ms"
)


def load(connection: Connection, source: str) -> Iterable[LogCursor]:
    """Return the cursors of *source*."""
    query = f"SELECT {_COLUMNS} FROM files WHERE source = ?"  # noqa: S608 - constants
    return [LogCursor(*row) for row in connection.execute(query, (source,))]


def is_unread(connection: Connection, source: str) -> bool:
    """Return whether no log of *source* was read yet."""
    query = "SELECT 1 FROM files WHERE source = ? LIMIT 1"
    return connection.execute(query, (source,)).first() is None


def note_read(connection: Connection, source: str, now_ms: int) -> None:
    """Note that *source* was read at *now_ms* and had nothing new."""
    query = (
        "UPDATE files SET read_at_ms = ? WHERE id ="
        " (SELECT id FROM files WHERE source = ? ORDER BY read_at_ms DESC LIMIT 1)"
    )
    connection.execute(query, (now_ms, source))


def save(
    connection: Connection, source: str, readings: Sequence[LogReading], now_ms: int
) -> list[int]:
    """Note how far logs of *source* were read; return the id of each file, in order.

    A reading that went on from where another program has gone on meanwhile is left out, so
    that a line which both refused is counted once.
    """
    if not readings:
        return []
    paths = msgspec.json.encode([reading.cursor.path for reading in readings]).decode()
    stood = {}
    if not all(reading.is_from_start for reading in readings):
        rows = connection.execute(_STOOD, (source, paths))
        stood = {row[0]: row[1] for row in rows}
    current = [
        reading
        for reading in readings
        if reading.is_from_start or stood.get(reading.cursor.path) == reading.begun_at
    ]
    if current:
        marks = [(*_values(reading.cursor), now_ms) for reading in current]
        connection.execute_many(_UPSERT, marks)
    ids = {row[0]: row[1] for row in connection.execute(_IDS, (source, paths))}
    files = [(ids[each.cursor.path], each.rejected, each.is_from_start) for each in current]
    _save_rejects(connection, files, now_ms)
    return [int(ids[reading.cursor.path]) for reading in readings]


def _values(cursor: LogCursor) -> tuple[str | int | bytes, ...]:
    return (
        cursor.source,
        cursor.path,
        cursor.device,
        cursor.inode,
        cursor.size_bytes,
        cursor.mtime_ns,
        cursor.next_offset,
        cursor.prefix_bytes,
        cursor.prefix_hash,
        cursor.state,
    )


def keep_refused(
    connection: Connection,
    door: str,
    path: str,
    refused: Iterable[RejectedLines],
    now_ms: int,
    *,
    is_anew: bool,
) -> None:
    """Keep what *door* refused of *path*: a row of ``files`` stands for it, which no log has."""
    cursor = LogCursor(door, path, 0, 0, -1, 0, 0, 0, b"", b"")
    connection.execute(_UPSERT, (*_values(cursor), now_ms))
    query = "SELECT id FROM files WHERE source = ? AND path = ?"
    file_id = int(connection.execute(query, (door, path)).scalar_one())
    _save_rejects(connection, [(file_id, refused, is_anew)], now_ms)


def _save_rejects(
    connection: Connection, files: Iterable[tuple[int, Iterable[RejectedLines], bool]], now_ms: int
) -> None:
    """Keep what was refused of *files*; True for one that was read from its start."""
    reread = []
    refused = []
    for file_id, rejected, is_from_start in files:
        if is_from_start:
            reread.append((file_id,))
        refused += [
            (file_id, lines.reason, lines.lines, lines.example_offset, now_ms) for lines in rejected
        ]
    if reread:
        connection.execute_many("DELETE FROM rejects WHERE file_id = ?", reread)
    if refused:
        connection.execute_many(_REJECT, refused)
