"""Alerts: what crossed which threshold, once for each limit and period."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec

from alwrity_desktop.core.domain.budgets import OWN_PERIOD, Limit, LimitKind, has_reached
from alwrity_desktop.core.domain.words import amount_words, name_words


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


class Alert(msgspec.Struct, frozen=True):
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


SEVERITY_OF_THRESHOLD: Final = ((100, Severity.CRITICAL), (90, Severity.WARNING))

_PERIOD_ADJECTIVES: Final = {
    "day": "daily",
    "week": "weekly",
    "month": "monthly",
    "year": "yearly",
    OWN_PERIOD: "billing period's",
}


def severity_of(threshold_percent: int) -> Severity:
    """Return how much it matters that a limit's threshold was passed."""
    return next(
        (severity for least, severity in SEVERITY_OF_THRESHOLD if threshold_percent >= least),
        Severity.INFO,
    )


def crossed(limit: Limit) -> tuple[int, ...]:
    """Return the thresholds that *limit* has reached, lowest first."""
    return tuple(
        threshold
        for threshold in sorted(limit.thresholds)
        if has_reached(limit.used, limit.limit, threshold)
    )


def threshold_words(limit: Limit) -> tuple[str, str]:
    """Return title and message of an alert about *limit*: the exact percentage, then its name."""
    is_budget = limit.kind == LimitKind.COST and limit.origin == "budget"
    what = "budget" if is_budget else "limit"
    adjective = _PERIOD_ADJECTIVES.get(limit.period, limit.period)
    title = f"You've used {int(limit.percent)}% of your {adjective} {what}"
    used = amount_words(limit.used, limit.kind)
    return title, f"{name_words(limit.name)}: {used} of {amount_words(limit.limit, limit.kind)}"


def limit_key(account: str, what: str, kind: LimitKind, billing_period: str) -> str:
    """Return what the alerts of one server limit in one billing period share.

    *what* is the provider, or the limit's name where it covers several.
    """
    return f"limit:{account}:{what}:{kind}:{billing_period}"


def unpriced_words(models: Sequence[str]) -> tuple[str, str]:
    """Return title and message of an alert about models that have no price."""
    count = len(models)
    title = f"{models[0]} has no price" if count == 1 else f"{count} models have no price"
    message = "Their calls are counted, but not in the sum"
    return title, message if count == 1 else f"{message}: {', '.join(models)}"
