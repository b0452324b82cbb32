"""Tables of single calls, of groups, and of the days of a period."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from alwrity_desktop.core.document_values import Document
from alwrity_desktop.core.documents import (
    call_document,
    earlier_document,
    figures_document,
    group_document,
)
from alwrity_desktop.core.exports.contents import Contents, Part
from alwrity_desktop.core.history_documents import day_documents, month_documents

_CALL_COLUMNS: Final = (
    "at",
    "provider",
    "model",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "tokens",
    "cost_usd",
    "price_status",
    "price_origin",
    "price_date",
    "duration_ms",
    "status_code",
    "source",
    "project",
    "agent",
    "conversation",
    "endpoint",
    "api_key",
    "estimated",
    "id",
)
_SUMS: Final = (
    "calls",
    "errors",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "tokens",
    "cost_usd",
)
_RATES: Final = ("unpriced_calls", "priced_percent", "avg_duration_ms", "error_rate_percent")
_FIGURES: Final = (*_SUMS, *_RATES, "messages", "conversations", "cost_per_message_usd")
_CHANGES: Final = ("cost_change_percent", "calls_change_percent", "tokens_change_percent")

_PERIOD: Final = ("period_start", "period_end", "timezone", "dimension", "key")
_GROUP_COLUMNS: Final = (*_PERIOD, *_SUMS, "share_percent", *_RATES)


def _calls(contents: Contents) -> Iterator[Document]:
    return map(call_document, contents.calls)


def _groups(contents: Contents) -> Iterator[Document]:
    report = contents.report
    period = report.period
    for dimension, groups in report.groups.items():
        for group in groups:
            yield {
                "period_start": period.start,
                "period_end": period.end,
                "timezone": period.timezone,
                "dimension": dimension,
                **group_document(group, is_stated=report.is_stated),
            }


def _totals(contents: Contents) -> Iterator[Document]:
    """Yield the period's sums, then those of the period before up to the same point."""
    report = contents.report
    earlier = earlier_document(report)
    changes = {name: None if earlier is None else earlier[name] for name in _CHANGES}
    now = figures_document(report.totals, is_stated=report.is_stated, is_unknown=report.is_unknown)
    yield {"start": report.period.start, "end": report.period.end, **now, **changes}
    if earlier is not None:
        then = {"start": earlier["start"], "end": earlier["end"]}
        yield {**then, **earlier["totals"], **dict.fromkeys(_CHANGES)}


def _months(contents: Contents) -> Iterator[Document]:
    return iter(month_documents(contents.report))


def _days(contents: Contents) -> Iterator[Document]:
    return day_documents(contents.report)


TOTALS: Final = Part(
    "totals",
    "The period's sums beside those of the period before",
    ("start", "end", *_FIGURES, *_CHANGES),
    _totals,
)
MONTHS: Final = Part(
    "months",
    "Twelve months, each with its change",
    ("month", "cost_usd", "calls", "tokens", *_CHANGES, "unfinished"),
    _months,
)
CALLS: Final = Part("calls", "Every call", _CALL_COLUMNS, _calls)
GROUPS: Final = Part(
    "groups", "Sums by provider, model, project, day and so on", _GROUP_COLUMNS, _groups
)
DAYS: Final = Part(
    "days",
    "Twelve months day by day, in all and by provider",
    ("day", "provider", "cost_usd", "calls", "tokens", "unfinished"),
    _days,
)
