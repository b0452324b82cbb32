"""Prices that the person set."""

from __future__ import annotations

import json
from collections.abc import Iterable

import msgspec

from alwrity_desktop.core.domain.pricing import PriceOverride
from alwrity_desktop.core.ledger.connection import Connection


def load(connection: Connection) -> Iterable[PriceOverride]:
    """Return the person's own prices."""
    query = "SELECT body FROM prices ORDER BY provider, model, effective_from"
    return [PriceOverride(**json.loads(body)) for (body,) in connection.execute(query)]


def save(connection: Connection, override: PriceOverride, now_ms: int) -> None:
    """Keep *override*; it replaces one of the same model and first day."""
    query = (
        "INSERT INTO prices (provider, model, effective_from, body, set_at_ms)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (provider, model, effective_from)"
        " DO UPDATE SET body = excluded.body, set_at_ms = excluded.set_at_ms"
    )
    body = json.dumps(msgspec.structs.asdict(override), sort_keys=True)
    since = override.effective_from or ""
    connection.execute(query, (override.provider, override.model, since, body, now_ms))
