"""What is known of the servers: dated facts, how the syncs went, where new rows begin."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, get_type_hints

import msgspec

from alwrity_desktop.core.domain.server import PlanLimit, ServerFacts, ServerView
from alwrity_desktop.core.domain.statements import StatementKind
from alwrity_desktop.core.ledger import statement_rows
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.schema import QUARTER_MS
from alwrity_desktop.core.sources.servers.base import KnownRows

_TYPES: Final[dict[str, Any]] = get_type_hints(ServerFacts)

_WITHOUT_HISTORY: Final = frozenset({"health", "standing"})
"""Facts that change at every look: only the newest is kept."""

_NEWEST_CALLS: Final = 1000

_NEWEST_FACTS: Final = (
    "SELECT id, name, body, confirmed_at_ms FROM server_facts WHERE id IN"
    " (SELECT max(id) FROM server_facts WHERE account = ? GROUP BY name)"
)


def save_facts(connection: Connection, account: str, facts: ServerFacts, now_ms: int) -> None:
    """Keep the fields of *facts* that were learnt at *now_ms*; the others stay as they are."""
    known = {row[1]: row for row in connection.execute(_NEWEST_FACTS, (account,))}
    for name in _TYPES:
        value = getattr(facts, name)
        if value is None:
            continue
        body = msgspec.json.encode(value).decode()
        row_id, _, old, _ = known.get(name, (None, name, None, 0))
        if row_id is not None and (old == body or name in _WITHOUT_HISTORY):
            query = "UPDATE server_facts SET body = ?, confirmed_at_ms = ? WHERE id = ?"
            connection.execute(query, (body, now_ms, row_id))
        else:
            connection.execute(
                "INSERT INTO server_facts (account, name, body, said_at_ms, confirmed_at_ms)"
                " VALUES (?, ?, ?, ?, ?)",
                (account, name, body, now_ms, now_ms),
            )


def facts(connection: Connection, account: str) -> tuple[ServerFacts, tuple[tuple[str, int], ...]]:
    """Return what is known of the server of *account*, and when each fact was confirmed."""
    found, confirmed = {}, []
    for _, name, body, confirmed_ms in connection.execute(_NEWEST_FACTS, (account,)):
        if name in _TYPES:
            found[name] = msgspec.json.decode(body, type=_TYPES[name])
            confirmed.append((name, confirmed_ms))
    return ServerFacts(**found), tuple(sorted(confirmed))


def limits_since(
    connection: Connection, account: str, start_ms: int
) -> list[tuple[PlanLimit, ...]]:
    """Return the limits that *account* had at or after an instant, the oldest first."""
    query = (
        "SELECT body FROM server_facts WHERE account = ? AND name = 'limits'"
        " AND confirmed_at_ms >= ? ORDER BY id"
    )
    rows = connection.execute(query, (account, start_ms))
    return [msgspec.json.decode(body, type=tuple[PlanLimit, ...]) for (body,) in rows]


def view(connection: Connection, account: str) -> ServerView | None:
    """Return what a report shows of the server of *account*; None before its first sync."""
    known, confirmed = facts(connection, account)
    query = "SELECT last_ok_ms, state, trouble FROM sync_states WHERE account = ?"
    row = connection.execute(query, (account,)).first()
    if row is None and not confirmed:
        return None
    last_ok_ms, state, trouble = (None, "ok", "") if row is None else row
    return ServerView(known, confirmed, state, trouble, last_ok_ms)


def note_sync(connection: Connection, account: str, at_ms: int, state: str, trouble: str) -> None:
    """Note how a sync of *account* ended at *at_ms*: "ok", or what went wrong."""
    ok_ms = at_ms if state == "ok" else None
    connection.execute(
        "INSERT INTO sync_states (account, first_ok_ms, last_ok_ms, is_whole, state, trouble)"
        " VALUES (?, ?, ?, 0, ?, ?) ON CONFLICT (account) DO UPDATE SET"
        " first_ok_ms = coalesce(first_ok_ms, excluded.first_ok_ms),"
        " last_ok_ms = coalesce(excluded.last_ok_ms, last_ok_ms),"
        " state = excluded.state, trouble = excluded.trouble",
        (account, ok_ms, ok_ms, state, trouble),
    )


def begin(connection: Connection, account: str) -> None:
    """Note that *account* is one of a server."""
    connection.execute(
        "INSERT INTO sync_states (account, is_whole, state, trouble) VALUES (?, 0, 'ok', '')"
        " ON CONFLICT (account) DO NOTHING",
        (account,),
    )


def note_whole(connection: Connection, account: str) -> None:
    """Note that all rows which the server lists were read."""
    query = "UPDATE sync_states SET is_whole = 1 WHERE account = ?"
    connection.execute(query, (account,))


def first_ok_ms(connection: Connection, account: str) -> int | None:
    """Return when a sync of *account* went well for the first time."""
    query = "SELECT first_ok_ms FROM sync_states WHERE account = ?"
    found = connection.execute(query, (account,)).scalar()
    return None if found is None else int(found)


def known_rows(connection: Connection, account: str) -> KnownRows:
    """Return what the ledger holds of *account*: how far a pull has to go back."""
    query = "SELECT is_whole FROM sync_states WHERE account = ?"
    is_whole = bool(connection.execute(query, (account,)).scalar())
    known, confirmed = facts(connection, account)
    newest = frozenset(_newest_identities(connection, account))
    said = statement_rows.load(connection, (account,))
    merged = tuple(one for one in said if one.kind is StatementKind.MERGED)
    return KnownRows(newest, is_whole, known, confirmed_ms=dict(confirmed), merged=merged)


def _newest_identities(connection: Connection, account: str) -> Sequence[str]:
    """Return the identities of the newest calls: quarters with calls first, then their rows."""
    query = (
        "SELECT r.quarter, sum(r.calls) FROM rollups r CROSS JOIN series s ON s.id = r.series_id"
        " WHERE s.account = ? AND r.calls > 0 GROUP BY 1 ORDER BY 1 DESC"
    )
    quarters, calls = [], 0
    for quarter, count in connection.execute(query, (account,)):
        quarters.append(quarter)
        calls += count
        if calls >= _NEWEST_CALLS:
            break
    found = connection.execute(
        "SELECT c.identity FROM json_each(?) q CROSS JOIN calls c"  # noqa: S608 - a constant
        f" ON c.occurred_at_ms >= q.value * {QUARTER_MS}"
        f" AND c.occurred_at_ms < (q.value + 1) * {QUARTER_MS}"
        " JOIN series s ON s.id = c.series_id WHERE s.account = ?",
        (json.dumps(quarters), account),
    )
    return [identity for (identity,) in found]
