"""Alerts as JSON documents, apart from the report's: an import answers with no report."""

from __future__ import annotations

from collections.abc import Iterable

from alwrity_desktop.core.document_values import Document, moment
from alwrity_desktop.core.domain.alerts import Alert


def alert_document(alert: Alert) -> Document:
    """Return one alert."""
    return {
        "id": alert.id,
        "kind": alert.kind.value,
        "threshold_percent": alert.threshold_percent,
        "severity": alert.severity.value,
        "title": alert.title,
        "message": alert.message,
        "at": moment(alert.at_ms),
        "read": alert.is_read,
        "provider": alert.provider,
        "budget": alert.budget_id,
        "account": alert.account,
    }


def alerts_document(alerts: Iterable[Alert]) -> Document:
    """Return the alert centre."""
    return {"alerts": [alert_document(alert) for alert in alerts]}
