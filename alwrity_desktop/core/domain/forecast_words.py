"""A forecast in words: what it rests on, and what is coming."""

from __future__ import annotations

from datetime import date
from typing import Final

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.projection import Grounds, Projection
from alwrity_desktop.core.domain.words import amount_words

#: A weekend that differs by less from a working day is not worth a word.
_LIKE_A_WORKING_DAY: Final = range(85, 116)
_TEENS: Final = range(11, 14)
_ORDINALS: Final = {1: "st", 2: "nd", 3: "rd"}
_UNITS: Final = {LimitKind.COST: "", LimitKind.CALLS: " calls", LimitKind.TOKENS: " tokens"}


def sentence_of(projection: Projection) -> str:
    """Return one sentence that says what a projection rests on; "" where it was refused."""
    grounds = projection.grounds
    if grounds is None:
        return ""
    unit = _UNITS[projection.kind]
    per_day = amount_words(grounds.per_day, projection.kind)
    parts = [f"{per_day}{unit} a day at the present rate, from the last {_days(grounds)}"]
    parts += _weekend(grounds)
    if growth := grounds.growth_percent_per_week:
        parts.append(f"{'growing' if growth > 0 else 'falling'} {abs(growth):.0f}% a week")
    if grounds.changed_on and grounds.change_percent is not None:
        change = f"{abs(grounds.change_percent)}%"
        way = "up" if grounds.change_percent > 0 else "down"
        parts.append(f"{way} {change} since {day_words(grounds.changed_on)}")
    if grounds.bursts:
        days = "1 unusual day" if grounds.bursts == 1 else f"{grounds.bursts} unusual days"
        parts.append(f"{days} set aside")
    return f"{', '.join(parts)}."


def day_words(iso_day: str) -> str:
    """Return a day as people write it in running text.

    >>> day_words("2026-11-03")
    'Nov 3'
    """
    day = date.fromisoformat(iso_day)
    return f"{day:%b} {day.day}"


def ordinal(number: int) -> str:
    """Return a number of a day.

    >>> ordinal(23)
    '23rd'
    """
    return f"{number}{'th' if number in _TEENS else _ORDINALS.get(number % 10, 'th')}"


def _days(grounds: Grounds) -> str:
    return f"{grounds.history_days} days"


def _weekend(grounds: Grounds) -> list[str]:
    percent = grounds.weekend_percent
    if percent is None:
        return ["next to nothing on working days"] if grounds.per_day else []
    if percent in _LIKE_A_WORKING_DAY:
        return []
    return [f"weekends at {percent}% of a working day" if percent else "nothing on weekends"]
