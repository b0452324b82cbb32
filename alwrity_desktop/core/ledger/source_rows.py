"""What each source brought: its calls and files, when it was read, and the lines it refused."""

from __future__ import annotations

from alwrity_desktop.core.domain.health import STANDARD_INPUT
from alwrity_desktop.core.domain.sums import RejectedReason, Scope, SourceTotals, scope_of
from alwrity_desktop.core.ledger.coarse_rows import DAYS
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.reading import SPAN, joined, table_of_all, whose_series
from alwrity_desktop.core.ledger.schema import QUARTER_MS


def sources(connection: Connection, account: str | Scope) -> list[SourceTotals]:
    """Return every source that brought calls or files."""
    brought = _brought(connection, scope_of(account))
    read = {
        source: (files, at_ms)
        for source, files, at_ms in connection.execute(
            "SELECT source, sum(path <> ?), max(read_at_ms) FROM files GROUP BY 1",
            (STANDARD_INPUT,),
        )
    }
    booked = {
        row[0]: row[1]
        for row in connection.execute("SELECT door, max(booked_at_ms) FROM batches GROUP BY 1")
    }
    found = []
    for source in sorted(brought.keys() | read.keys()):
        files, read_ms = read.get(source, (0, booked.get(source)))
        calls, newest_ms = brought.get(source, (0, None))
        times = [at_ms for at_ms in (read_ms, booked.get(source)) if at_ms is not None]
        found.append(SourceTotals(source, files, calls, newest_ms, max(times, default=None)))
    return found


def _brought(connection: Connection, scope: Scope) -> dict[str, tuple[int, int]]:
    """Return by source its calls, and the start of the newest quarter with any."""
    whose, parameters = whose_series(scope)
    execute, table = connection.execute, table_of_all(connection, scope)
    found = {}
    for source, calls, newest in execute(
        f"SELECT s.source, sum(r.calls), max(r.quarter){joined(connection, scope, table)} {whose}"
        " AND r.calls <> 0 GROUP BY 1",
        parameters,
    ).all():
        last = (
            f"SELECT max(r.quarter){joined(connection, scope)} {SPAN} {whose}"
            " AND r.calls <> 0 AND s.source = ?"
        )
        bounds = (newest, newest + DAYS.quarters)
        quarter = execute(last, (*bounds, *parameters, source)).scalar_one()
        found[source] = (calls, (newest if quarter is None else quarter) * QUARTER_MS)
    return found


def rejects(connection: Connection) -> list[RejectedReason]:
    """Return the refused lines by source and reason, with the newest example of each."""
    query = (
        "SELECT f.source, r.reason, sum(r.lines), f.path, r.example_offset, max(r.at_ms)"
        " FROM rejects r JOIN files f ON f.id = r.file_id GROUP BY 1, 2 ORDER BY 1, 3 DESC"
    )
    return [RejectedReason(*row[:5]) for row in connection.execute(query)]
