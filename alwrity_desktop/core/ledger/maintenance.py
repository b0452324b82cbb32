"""Looking after the ledger: backups that were verified, checks that name what is wrong."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import sqlcipher3.dbapi2 as sqlite

from alwrity_desktop.core.domain.errors import LedgerUnavailableError
from alwrity_desktop.core.ledger import coarse_rows
from alwrity_desktop.core.ledger.connection import Connection, Connections
from alwrity_desktop.core.ledger.engine import reading

_SUMS: Final = (
    "count(*) AS calls, sum(input_tokens) AS input_tokens,"
    " sum(cache_read_tokens) AS cache_read_tokens,"
    " sum(cache_write_5m_tokens + cache_write_1h_tokens) AS cache_write_tokens,"
    " sum(output_tokens) AS output_tokens, coalesce(sum(cost_pico / 1000000), 0) AS cost_micro,"
    " coalesce(sum(cost_pico % 1000000), 0) AS cost_rest_pico,"
    " coalesce(sum(duration_ms), 0) AS duration_ms, count(duration_ms) AS duration_calls"
)

CURRENT: Final = """
SELECT {columns} FROM calls WHERE NOT EXISTS
  (SELECT 1 FROM corrections k WHERE k.call_id = calls.id)
  AND calls.id NOT IN (SELECT seen_id FROM sightings WHERE NOT is_counted)
UNION ALL
SELECT {columns} FROM corrections WHERE id IN
  (SELECT max(id) FROM corrections GROUP BY call_id)
  AND call_id NOT IN (SELECT seen_id FROM sightings WHERE NOT is_counted)
"""
"""Each call once, as its newest correction has it, whatever other sources saw it."""

_COLUMNS: Final = (
    "series_id, occurred_at_ms, input_tokens, cache_read_tokens, cache_write_5m_tokens,"
    " cache_write_1h_tokens, output_tokens, cost_pico, duration_ms"
)

_FROM_CALLS: Final = (
    f"SELECT occurred_at_ms / 900000 AS quarter, series_id, {_SUMS}"  # noqa: S608 - constants
    f" FROM ({CURRENT.format(columns=_COLUMNS)}) GROUP BY quarter, series_id"
)

_FROM_ROLLUPS: Final = (
    "SELECT quarter, series_id, calls, input_tokens, cache_read_tokens, cache_write_tokens,"
    " output_tokens, cost_micro, cost_rest_pico, duration_ms, duration_calls FROM rollups"
    " WHERE calls <> 0"
)


def rollup_differences(connection: Connection) -> int:
    """Return in how many rows the rollups, or the sums above them, differ from the calls."""
    query = (
        f"SELECT count(*) FROM (SELECT * FROM ({_FROM_CALLS} EXCEPT {_FROM_ROLLUPS})"  # noqa: S608
        f" UNION ALL SELECT * FROM ({_FROM_ROLLUPS} EXCEPT {_FROM_CALLS}))"
    )
    found = int(connection.execute(query).scalar_one())
    return found + coarse_rows.differences(connection)


def damage(connection: Connection) -> str | None:
    """Return the first thing that SQLite finds wrong with the file, or None."""
    answer = str(connection.execute("PRAGMA quick_check(1)").scalar_one())
    return None if answer == "ok" else answer


def backup(connections: Connections, path: Path) -> None:
    """Copy the ledger to *path* by SQLite's own backup, and open the copy to verify it.

    Raises LedgerUnavailableError when the copy is not whole; *path* is then left as it was.
    """
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT, 0o600))
    with reading(connections) as connection:
        copy = sqlite.connect(str(unfinished))
        try:
            connection.driver.backup(copy)
            is_whole = copy.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
            calls = "SELECT count(*), total(cost_pico) FROM calls"
            is_same = copy.execute(calls).fetchone() == tuple(connection.execute(calls).one())
        finally:
            copy.close()
    if not (is_whole and is_same):
        unfinished.unlink()
        sentence = f"The backup {path} could not be verified, so nothing was changed."
        raise LedgerUnavailableError(sentence)
    unfinished.replace(path)
