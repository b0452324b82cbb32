"""The last twelve months, month by month and day by day, as JSON documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from alwrity_desktop.core.document_values import Document, amount
from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.figures import Amounts
from alwrity_desktop.core.domain.month_changes import month_changes
from alwrity_desktop.core.domain.report import Report

_MONTH: Final = len("2026-11")


def month_documents(report: Report) -> list[Document]:
    """Return the last twelve months, each with its change against the month before."""
    months, days = report.history_months, report.history_days
    changes = [month_changes(months, days, kind) for kind in LimitKind]
    return [
        {
            "month": month.start[:_MONTH],
            **_amounts(report, month.total),
            **{
                f"{kind.value}_change_percent": None if change is None else round(change, 1)
                for kind, change in zip(LimitKind, changed, strict=True)
            },
            "unfinished": month.is_unfinished,
        }
        for month, *changed in zip(months, *changes, strict=True)
    ]


def day_documents(report: Report) -> Iterator[Document]:
    """Yield the last twelve months day by day: in all, then by provider."""
    for point in report.history_days:
        for provider, used in ((None, point.total), *point.by_provider.items()):
            yield {
                "day": point.start,
                "provider": provider,
                **_amounts(report, used),
                "unfinished": point.is_unfinished,
            }


def _amounts(report: Report, used: Amounts) -> Document:
    """Return amounts; of calls nothing is known where only sums are stated."""
    return {
        "cost_usd": amount(used.cost_pico),
        "calls": None if report.is_stated else used.calls,
        "tokens": used.tokens,
    }
