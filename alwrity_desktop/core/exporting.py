"""Writes a period to a file or a folder: asks for what the export needs, and says what failed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alwrity_desktop.core import forecast_history, plan_comparison
from alwrity_desktop.core.domain.errors import UsageError, WorldError
from alwrity_desktop.core.domain.insight_values import INSIGHTS
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.exports.base import formats
from alwrity_desktop.core.exports.contents import CHECK, PLANS, Contents, Part
from alwrity_desktop.core.exports.parts import PARTS
from alwrity_desktop.core.results import PeriodChoice

if TYPE_CHECKING:
    from alwrity_desktop.core.context import Context

__all__ = ["ALL_PARTS", "PARTED", "export", "format_of", "parts_of"]

ALL_PARTS: Final = "all"
"""What a person asks for who wants every table."""

PARTED: Final = "csv"
"""The format in which each table is a file of its own."""

_GROUPS: Final = ("provider", "model", "source", "project", "agent", "day")
"""What is summed where groups are wanted and nobody said by what."""


def format_of(path: Path, name: str | None = None) -> str:
    """Return the format of that *name*, or the one that the file's name ends with.

    Raises UsageError for one that there is not.
    """
    found = name or path.suffix.removeprefix(".").lower()
    if found not in formats():
        known = ", ".join(formats())
        wrong = f'There is no format "{found:.40}"' if found else "The file's name tells no format"
        message = f"{wrong}; there are {known}. Choose one with --format."
        raise UsageError(message)
    return found


def parts_of(name: str | None) -> tuple[Part, ...]:
    """Return the table of that *name*, all of them, or none for the usual one.

    Raises UsageError for one that there is not.
    """
    if name is None:
        return ()
    if name == ALL_PARTS:
        return tuple(PARTS.values())
    if name not in PARTS:
        known = ", ".join((*PARTS, ALL_PARTS))
        message = f'There is no part "{name:.40}". There are: {known}.'
        raise UsageError(message)
    return (PARTS[name],)


def export(
    context: Context,
    account: str,
    choice: PeriodChoice,
    path: Path,
    *,
    format_name: str,
    parts: Sequence[Part] = (),
    dimensions: Sequence[str] = (),
) -> Report:
    """Write a period of *account* to *path*, and return its report.

    Raises WorldError when it cannot be written.
    """
    kind = formats()[format_name]
    needs = kind.needs(parts)
    asked = tuple(dimensions)
    if not asked and any(part.name == "groups" for part in parts):
        asked = _GROUPS
    insights = tuple(name for name in INSIGHTS if name in needs)
    report = context.report(account, choice, (*asked, *insights))
    contents = Contents(
        report,
        context.iterate_calls(account, choice),
        forecast_history.check_forecast(context, account) if CHECK in needs else None,
        plan_comparison.compare_plans(context, account) if PLANS in needs else None,
    )
    try:
        kind.write(contents, path, parts)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"{path} cannot be written ({reason}). Choose another place."
        raise WorldError(message) from error
    return report
