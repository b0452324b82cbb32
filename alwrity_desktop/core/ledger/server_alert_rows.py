"""Alerts that a server raised: one row for all its repeats, read here and there alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from alwrity_desktop.core.domain.alerts import Alert, AlertKind, Severity, limit_key
from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.server import ServerAlert
from alwrity_desktop.core.ledger import alerting
from alwrity_desktop.core.ledger.batches import Batch
from alwrity_desktop.core.ledger.connection import Connection

_SEVERITIES: Final = {"error": Severity.CRITICAL, "warning": Severity.WARNING}

_DAY_MS: Final = 86_400_000
"""The clocks of two machines may differ; a day is more than they ever do."""


def merge(
    connection: Connection, batch: Batch, first_ok_ms: int | None, billing_period: str
) -> list[Alert]:
    """Keep the alerts that the server raised; return those that were not known.

    Nothing is notified at the first sync, nor later what is older than it or belongs to
    another period than *billing_period*, the present one.
    """
    born = []
    # The lowest threshold first, so that only the highest waits to be notified.
    for alert in sorted(batch.server_alerts, key=lambda one: one.threshold_percent or 0):
        once_key, group = _keys(batch.account, alert)
        alert_id = _known(connection, batch.account, once_key, alert)
        if alert_id is None:
            is_present = alert.billing_period in {"", billing_period}
            is_new = first_ok_ms is not None and (
                alert.created_at_ms is None or alert.created_at_ms >= first_ok_ms - _DAY_MS
            )
            is_waiting = is_present and is_new and not alert.is_read
            alert_id = _insert(connection, batch, alert, (once_key, group), is_waiting=is_waiting)
            born.append(alerting.find(connection, alert_id))
        _keep_ids(connection, batch, alert, alert_id)
    return born


def _keys(account: str, alert: ServerAlert) -> tuple[str, str]:
    """Return what makes the alert once, and what its thresholds share."""
    if alert.provider and alert.threshold_percent is not None and alert.billing_period:
        group = limit_key(account, alert.provider, LimitKind.CALLS, alert.billing_period)
        return f"{group}:{alert.threshold_percent}", group
    at_ms = alert.created_at_ms
    month = "" if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m")
    key = f"server:{account}:{alert.severity}:{alert.title}:{alert.billing_period or month}"
    return key, key


def _known(connection: Connection, account: str, once_key: str, alert: ServerAlert) -> int | None:
    """Return the row of the alert: under its key, or under one of its ids with its title."""
    query = "SELECT id FROM alerts WHERE once_key = ?"
    found = connection.execute(query, (once_key,)).scalar()
    if found is not None or once_key.startswith("limit:"):
        return None if found is None else int(found)
    query = (
        "SELECT a.id FROM server_alerts s JOIN alerts a ON a.id = s.alert_id"
        " WHERE s.account = ? AND s.server_id = ? AND a.title = ?"
    )
    for server_id in alert.ids:
        found = connection.execute(query, (account, server_id, alert.title)).scalar()
        if found is not None:
            return int(found)
    return None


def _insert(
    connection: Connection,
    batch: Batch,
    alert: ServerAlert,
    keys: tuple[str, str],
    *,
    is_waiting: bool,
) -> int:
    at_ms = batch.now_ms if alert.created_at_ms is None else alert.created_at_ms
    alert_id = connection.execute(
        alerting.INSERT,
        (
            *keys,
            batch.account,
            AlertKind.SERVER,
            _SEVERITIES.get(alert.severity, Severity.INFO),
            alert.threshold_percent,
            alert.title,
            alert.message,
            at_ms,
            None,
            None,
            alert.provider,
            "pending" if is_waiting else "silent",
        ),
    ).scalar_one()
    if alert.threshold_percent is not None and is_waiting:
        alerting.silence_lower(connection, keys[1], alert.threshold_percent)
    return int(alert_id)


def _keep_ids(connection: Connection, batch: Batch, alert: ServerAlert, alert_id: int) -> None:
    """Note the server's ids of the row; what was read there is read here too."""
    query = (
        "INSERT INTO server_alerts (account, server_id, alert_id, is_read_there)"
        " VALUES (?, ?, ?, ?) ON CONFLICT (account, server_id) DO UPDATE SET"
        # A server that was set up anew gives its ids to other alerts.
        " is_read_there = CASE WHEN alert_id = excluded.alert_id"
        " THEN max(is_read_there, excluded.is_read_there) ELSE excluded.is_read_there END,"
        " alert_id = excluded.alert_id"
    )
    rows = [(batch.account, one, alert_id, int(alert.is_read)) for one in alert.ids]
    if rows:
        connection.execute_many(query, rows)
    if alert.is_read:
        query = "UPDATE alerts SET read_at_ms = ? WHERE id = ? AND read_at_ms IS NULL"
        connection.execute(query, (batch.now_ms, alert_id))


def unread_to_carry(connection: Connection, account: str) -> tuple[str, ...]:
    """Return the server's ids of the alerts that were read here and not there."""
    query = (
        "SELECT s.server_id FROM server_alerts s JOIN alerts a ON a.id = s.alert_id"
        " WHERE s.account = ? AND NOT s.is_read_there AND a.read_at_ms IS NOT NULL"
        " ORDER BY s.rowid"
    )
    return tuple(row[0] for row in connection.execute(query, (account,)))


def confirm_carried(connection: Connection, account: str, ids: Iterable[str]) -> None:
    """Note that the server has these as read."""
    query = "UPDATE server_alerts SET is_read_there = 1 WHERE account = ? AND server_id = ?"
    rows: Sequence[tuple[str, str]] = [(account, one) for one in ids]
    if rows:
        connection.execute_many(query, rows)
