"""By how much each month differs from the month before, where both are whole."""

from __future__ import annotations

from collections.abc import Sequence

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.figures import Amounts
from alwrity_desktop.core.domain.report import Point

_MONTH = len("2026-11")


def month_changes(
    months: Sequence[Point], days: Sequence[Point], kind: LimitKind
) -> tuple[float | None, ...]:
    """Return each month's change in percent against the month before.

    None for the first, for a month that is not over, and beside a month of nothing, of unknown
    cost, or one that began before the first use: they would say nothing. *days* are those of the
    same span.
    """
    used = (day.start for day in days if day.total.calls or day.total.tokens)
    first_use = next(used, "")
    found: list[float | None] = []
    for index, month in enumerate(months):
        before = months[index - 1] if index else None
        change = None
        if before is not None and not month.is_unfinished and _is_whole(before, first_use):
            was, is_now = (_amount(each.total, kind) for each in (before, month))
            change = None if is_now is None or not was else 100 * (is_now - was) / was
        found.append(change)
    return tuple(found)


def _amount(amounts: Amounts, kind: LimitKind) -> int | None:
    if kind is LimitKind.COST:
        return amounts.known_cost_pico
    return amounts.calls if kind is LimitKind.CALLS else amounts.tokens


def _is_whole(month: Point, first_use: str) -> bool:
    """Return whether all of *month* lies after the first use."""
    day = first_use[:10]
    return bool(day) and (month.start[:_MONTH] > day[:_MONTH] or day.endswith("-01"))
