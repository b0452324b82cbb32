"""Alerts ahead of time: which limits will be reached before they are, once for each risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

import msgspec

from alwrity_desktop.core.domain.alerts import Severity
from alwrity_desktop.core.domain.budgets import REACHED_PERCENT, Limit, has_reached
from alwrity_desktop.core.domain.forecast_words import ordinal
from alwrity_desktop.core.domain.projection import Projection, reach_date
from alwrity_desktop.core.domain.words import amount_words, name_words

#: A risk is gone when the end lies this far below the limit: a forecast wavers by a little.
_GONE_PERCENT: Final = 95


#: Two budgets for the same, one a week and one a month, are told apart.
_SPANS: Final[Mapping[str, str]] = MappingProxyType(
    {"day": " today", "week": " this week", "month": " this month", "year": " this year"}
)


class Watched(msgspec.Struct, frozen=True):
    """A limit with where its own period will end for what it counts."""

    #: What tells this limit in this period from all others, such as "budget:7:2:2026-11".
    key: str
    limit: Limit
    projection: Projection


class RiskAlert(msgspec.Struct, frozen=True):
    """A limit that is expected to be reached."""

    key: str
    limit: Limit
    #: ISO day on which it will be.
    day: str
    severity: Severity
    title: str
    message: str


class Risks(msgspec.Struct, frozen=True):
    """The risks that were told and still stand, and those to tell now."""

    told: frozenset[str]
    alerts: tuple[RiskAlert, ...]


def risk_alerts(told: frozenset[str], watched: Sequence[Watched]) -> Risks:
    """Return which risks are new, and which ones count as told from now on.

    A risk is told once, and again only after it was gone. Where nothing can be told of a
    limit its risk neither comes nor goes; one that is reached is no risk any more, and one
    that is watched no longer is forgotten.
    """
    standing: set[str] = set()
    alerts = []
    for one in watched:
        is_told = one.key in told
        amount = one.projection.amount
        if amount is None or has_reached(one.limit.used, one.limit.limit, REACHED_PERCENT):
            standing |= {one.key} & told
            continue
        day = reach_date(one.projection.curve, one.limit.limit)
        if day is not None and not is_told:
            alerts.append(_alert(one, amount, day))
        if day is not None or (is_told and has_reached(amount, one.limit.limit, _GONE_PERCENT)):
            standing.add(one.key)
    return Risks(frozenset(standing), tuple(alerts))


def _alert(watched: Watched, amount: int, day: str) -> RiskAlert:
    limit = watched.limit
    first = watched.projection.curve[0].day
    name = name_words(limit.name)
    used, most, end = (amount_words(one, limit.kind) for one in (limit.used, limit.limit, amount))
    return RiskAlert(
        watched.key,
        limit,
        day,
        Severity.WARNING,
        f"{name} reaches 100% {_when(day, first)}",
        f"{name}: {used} of {most}{_SPANS.get(limit.period, '')}, on track for {end}",
    )


def _when(day: str, today: str) -> str:
    """Return a day ahead in words: "today", "on the 23rd", "on March 3rd"."""
    if day == today:
        return "today"
    ahead = date.fromisoformat(day)
    number = ordinal(ahead.day)
    return f"on the {number}" if day[:7] == today[:7] else f"on {ahead:%B} {number}"
