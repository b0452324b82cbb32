"""What the person said of tips: one row for each tip of an account."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

import msgspec

from alwrity_desktop.core.domain.tip_states import KeptTip
from alwrity_desktop.core.ledger.connection import Connection

_SAVE: Final = (
    "INSERT INTO tip_states (account, tip_id, state, set_at_ms, body) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (account, tip_id) DO UPDATE SET state = excluded.state,"
    " set_at_ms = excluded.set_at_ms, body = excluded.body"
)


def load(connection: Connection, accounts: Sequence[str]) -> list[KeptTip]:
    """Return what was said of the tips of *accounts*, in the order of their names."""
    query = (
        "SELECT body FROM tip_states WHERE account IN (SELECT value FROM json_each(?))"
        " ORDER BY account, tip_id"
    )
    rows = connection.execute(query, (json.dumps(list(accounts)),))
    return [msgspec.json.decode(body, type=KeptTip) for (body,) in rows]


def save(connection: Connection, kept: KeptTip) -> None:
    """Keep what was said of a tip; what was said before is replaced."""
    body = msgspec.json.encode(kept).decode()
    row = (kept.account, kept.tip_id, kept.state.value, kept.set_at_ms, body)
    connection.execute(_SAVE, row)


def forget(connection: Connection, account: str, tip_id: str) -> bool:
    """Forget what was said of a tip; return whether anything was."""
    query = "DELETE FROM tip_states WHERE account = ? AND tip_id = ?"
    return bool(connection.execute(query, (account, tip_id)).changed)
