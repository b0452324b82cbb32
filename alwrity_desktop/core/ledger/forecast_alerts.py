"""Alerts ahead of time: each risk once, and again only after it was gone."""

from __future__ import annotations

from collections.abc import Sequence

from alwrity_desktop.core.domain.alerts import Alert, AlertKind
from alwrity_desktop.core.domain.forecast_risks import RiskAlert, Watched, risk_alerts
from alwrity_desktop.core.ledger import alerting
from alwrity_desktop.core.ledger.connection import Connection

_TOLD = "SELECT 1 FROM alerts WHERE once_key = ?"
#: What was told of a risk that is gone makes room for its next time.
_FORGET = "UPDATE alerts SET once_key = once_key || ':' || id WHERE once_key = ?"


def is_due(connection: Connection, watched: Sequence[Watched]) -> bool:
    """Return whether anything would have to be written."""
    told = _told(connection, watched)
    found = risk_alerts(told, watched)
    return bool(found.alerts) or found.told != told


def warn(
    connection: Connection, account: str, watched: Sequence[Watched], now_ms: int
) -> list[Alert]:
    """Raise the alerts about limits that will be reached, and re-arm those of risks gone."""
    told = _told(connection, watched)
    found = risk_alerts(told, watched)
    for key in told - found.told:
        connection.execute(_FORGET, (_once(key),))
    born = (_insert(connection, account, alert, now_ms) for alert in found.alerts)
    return [alerting.find(connection, one) for one in born if one is not None]


def _once(key: str) -> str:
    return f"forecast:{key}"


def _told(connection: Connection, watched: Sequence[Watched]) -> frozenset[str]:
    execute = connection.execute
    return frozenset(
        one.key for one in watched if execute(_TOLD, (_once(one.key),)).first() is not None
    )


def _insert(connection: Connection, account: str, alert: RiskAlert, now_ms: int) -> int | None:
    limit = alert.limit
    values = (
        _once(alert.key),
        _once(alert.key),
        limit.account or account,
        AlertKind.FORECAST,
        alert.severity,
        None,
        alert.title,
        alert.message,
        now_ms,
        None,
        limit.budget_id,
        limit.provider,
        "pending",
    )
    found: int | None = connection.execute(alerting.INSERT, values).scalar()
    return found
