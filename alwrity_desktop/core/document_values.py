"""Values as documents have them: decimal strings for money, ISO times, None for the unknown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.money import PICO_PER_CENT, cents_half_even, usd_text

Document = dict[str, Any]


def moment(ms: int | None) -> str | None:
    """Return UTC milliseconds as an ISO time, without a fraction when there is none."""
    if ms is None:
        return None
    seconds, rest = divmod(ms, 1000)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{rest:03d}Z" if rest else f"{text}Z"


def amount(pico: int | None) -> str | None:
    """Return pico-dollars as exact decimal dollars."""
    return None if pico is None else usd_text(pico)


def estimate(pico: int | None) -> str | None:
    """Return pico-dollars in whole cents: an estimate is not known any closer."""
    return None if pico is None else usd_text(cents_half_even(pico) * PICO_PER_CENT)


def quantity(kind: LimitKind, count: int) -> str | int:
    """Return what a limit counts: a decimal string for money, else a whole number."""
    return usd_text(count) if kind is LimitKind.COST else count


def expected(kind: LimitKind, count: int) -> str | int | None:
    """Return what is expected of a limit: whole cents for money, else a whole number."""
    return estimate(count) if kind is LimitKind.COST else count
