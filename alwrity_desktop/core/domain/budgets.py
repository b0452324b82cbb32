"""Budgets, and the limits that a report shows: what is used, of how much, how it stands."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from alwrity_desktop.core.domain.usage import ALL_ACCOUNTS

DEFAULT_THRESHOLDS: Final = (80, 90, 100)
"""Percent of a limit at which an alert is born."""

WARNING_PERCENT: Final = 80
REACHED_PERCENT: Final = 100


OWN_PERIOD: Final = "own"
"""The billing period of a server's account, or the calendar's month where there is none."""


class LimitKind(StrEnum):
    """What a budget or limit counts."""

    COST = "cost"
    CALLS = "calls"
    TOKENS = "tokens"


class Status(StrEnum):
    """How a limit, or a whole period, stands. Derived, never taken from a server."""

    ACTIVE = "active"
    WARNING = "warning"
    LIMIT_REACHED = "limit_reached"


class Enforcement(StrEnum):
    """What happens when a budget is used up."""

    WARN = "warn"
    BLOCK = "block"


class Budget(msgspec.Struct, frozen=True):
    """A limit that the person set."""

    id: int
    name: str
    kind: LimitKind
    #: Pico-dollars for cost, else a count.
    limit: int
    #: "day", "week", "month", "year" or "own".
    period: str
    #: An account, or "all" for all of them together.
    account: str = "local"
    provider: str | None = None
    model: str | None = None
    enforcement: Enforcement = Enforcement.WARN
    thresholds: tuple[int, ...] = DEFAULT_THRESHOLDS
    #: Raised by each change of the limit; a new revision arms the thresholds again.
    revision: int = 1
    project: str | None = None

    @property
    def scope(self) -> str:
        """What the budget covers: "account", "provider", "project" or "model"."""
        if self.model is not None:
            return "model"
        if self.project is not None:
            return "project"
        return "account" if self.provider is None else "provider"

    @property
    def period_name(self) -> str:
        """What the period is called in a sentence."""
        return "billing period" if self.period == OWN_PERIOD else self.period

    def covers(self, account: str, provider: str, model: str, project: str) -> bool:
        """Return whether a call of that account, provider, model and project counts for it."""
        return (
            self.account in {account, ALL_ACCOUNTS}
            and self.provider in {None, provider}
            and self.model in {None, model}
            and self.project in {None, project}
        )


class Limit(msgspec.Struct, frozen=True):
    """A budget or a server's limit as it stands in one period."""

    name: str
    scope: str
    kind: LimitKind
    #: Pico-dollars for cost, else a count.
    used: int
    limit: int
    #: One decimal, never rounded up to a threshold that is not reached.
    percent: float
    status: Status
    #: "budget" for the person's own, else the server that set it.
    origin: str
    #: "day", "week", "month", "year" or "own".
    period: str
    #: First day after the period, ISO; "" where nobody knows when it begins anew.
    resets_on: str
    budget_id: int | None = None
    provider: str | None = None
    model: str | None = None
    enforcement: Enforcement = Enforcement.WARN
    thresholds: tuple[int, ...] = DEFAULT_THRESHOLDS
    #: Whose limit it is.
    account: str = ""
    project: str | None = None
    #: ISO day on which it is expected to be reached; None where it is not, or nobody knows.
    reaches_on: str | None = None
    #: The same by the upper bound of what may come.
    reaches_earliest: str | None = None
    #: What will stand against it at its period's end; None where that cannot be told.
    expected: int | None = None
    #: Whether it limits cost and nobody knows what is used of it: every call that counts lacks
    #: a price, or nothing was ever read.
    is_unknown: bool = False

    @property
    def known_used(self) -> int | None:
        """What is used as people read it; None where nobody knows."""
        return None if self.is_unknown else self.used

    @property
    def known_percent(self) -> float | None:
        """The percentage as people read it; None likewise."""
        return None if self.is_unknown else self.percent


def has_reached(used: int, limit: int, threshold_percent: int) -> bool:
    """Return whether *used* is at least *threshold_percent* of *limit*, in whole numbers.

    A limit of 0 is reached by the first use, and is never divided by.
    """
    if limit <= 0:
        return used > 0
    return used * 100 >= limit * threshold_percent


def percent_used(used: int, limit: int) -> float:
    """Return the percentage with one decimal, rounded down.

    Rounded down, so that 79.99 percent never reads as the threshold 80.
    """
    if limit <= 0:
        return 100.0 if used > 0 else 0.0
    return (used * 1000 // limit) / 10


def status_of(used: int, limit: int) -> Status:
    """Return how a limit stands: active below 80 percent, warning from 80, reached from 100."""
    if has_reached(used, limit, REACHED_PERCENT):
        return Status.LIMIT_REACHED
    if has_reached(used, limit, WARNING_PERCENT):
        return Status.WARNING
    return Status.ACTIVE


def worst(statuses: tuple[Status, ...]) -> Status:
    """Return the worst of *statuses*; active when there is none."""
    order = (Status.LIMIT_REACHED, Status.WARNING)
    return next((status for status in order if status in statuses), Status.ACTIVE)
