"""How far each log was read, and which of its lines were refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection

from alwrity_desktop.core.ledger.batches import Batch
from alwrity_desktop.core.log_reading import LogCursor

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
_REJECT: Final = (
    "INSERT INTO rejects (file_id, reason, lines, example_offset, at_ms) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (file_id, reason) DO UPDATE SET lines = lines + excluded.lines,"
    " example_offset = excluded.example_offset, at_ms = excluded.at_ms"
)


def load(connection: Connection, source: str) -> Iterable[LogCursor]:
    """Return the cursors of *source*."""
    query = f"SELECT {_COLUMNS} FROM files WHERE source = ?"  # noqa: S608 - constants
    return [LogCursor(*row) for row in connection.exec_driver_sql(query, (source,))]


def is_unread(connection: Connection, source: str) -> bool:
    """Return whether no log of *source* was read yet."""
    query = "SELECT 1 FROM files WHERE source = ? LIMIT 1"
    return connection.exec_driver_sql(query, (source,)).first() is None


def save(connection: Connection, batch: Batch) -> list[int]:
    """Note how far the batch's logs were read; return the id of each file, in order."""
    if not batch.readings:
        return []
    rows = [(*_values(reading.cursor), batch.now_ms) for reading in batch.readings]
    connection.exec_driver_sql(_UPSERT, rows)
    query = "SELECT path, id FROM files WHERE source = ?"
    ids = {row[0]: row[1] for row in connection.exec_driver_sql(query, (batch.door,))}
    file_ids = [int(ids[reading.cursor.path]) for reading in batch.readings]
    _save_rejects(connection, batch, file_ids)
    return file_ids


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


def _save_rejects(connection: Connection, batch: Batch, file_ids: list[int]) -> None:
    reread = []
    refused = []
    for reading, file_id in zip(batch.readings, file_ids, strict=True):
        if reading.is_from_start:
            reread.append((file_id,))
        for lines in reading.rejected:
            row = (file_id, lines.reason, lines.lines, lines.example_offset, batch.now_ms)
            refused.append(row)
    if reread:
        connection.exec_driver_sql("DELETE FROM rejects WHERE file_id = ?", reread)
    if refused:
        connection.exec_driver_sql(_REJECT, refused)
