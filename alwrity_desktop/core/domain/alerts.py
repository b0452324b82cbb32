"""Alerts: what crossed which threshold, once for each limit and period."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AlertKind(StrEnum):
    """What an alert is about."""

    BUDGET = "budget"
    LIMIT = "limit"
    FORECAST = "forecast"
    UNPRICED = "unpriced"
    SOURCE = "source"
    SERVER = "server"


class Severity(StrEnum):
    """How much an alert matters."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Alert:
    """One row of the alert centre."""

    id: int
    kind: AlertKind
    severity: Severity
    title: str
    #: The second line: it names the limit, the source or the models.
    message: str
    #: When it was born, UTC milliseconds.
    at_ms: int
    is_read: bool = False
    threshold_percent: int | None = None
    budget_id: int | None = None
    provider: str | None = None
    account: str = "local"
