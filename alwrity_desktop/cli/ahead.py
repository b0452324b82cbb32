"""Warns of limits that will be reached, for those who look without the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alwrity_desktop.core.context import Context
    from alwrity_desktop.core.domain.report import Report


def warn(context: Context, report: Report) -> bool:
    """Raise the alerts about limits of *report* that will be reached, each risk once.

    Return whether there were any that *report* does not hold yet. One as of an earlier time,
    with calls after it, warns nobody: what it expects is over.
    """
    newest = (source.newest_call_ms for source in report.health.sources)
    if any(call_ms is not None and call_ms > report.as_of_ms for call_ms in newest):
        return False
    return bool(context.warn_ahead(report))
