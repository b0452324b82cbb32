"""Tables of single calls, of groups, and of the days of a period."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from alwrity_desktop.core.document_values import Document, amount
from alwrity_desktop.core.documents import call_document, group_document
from alwrity_desktop.core.exports.contents import Contents, Part

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
_GROUP_COLUMNS: Final = (
    "period_start",
    "period_end",
    "timezone",
    "dimension",
    "key",
    "calls",
    "errors",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "tokens",
    "cost_usd",
    "share_percent",
    "unpriced_calls",
    "priced_percent",
    "avg_duration_ms",
    "error_rate_percent",
)


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


def _days(contents: Contents) -> Iterator[Document]:
    """Yield the last twelve months day by day, in all and by provider."""
    for point in contents.report.history_days:
        named = {"": point.total, **point.by_provider}
        for provider, amounts in named.items():
            yield {
                "day": point.start,
                "provider": provider or None,
                "cost_usd": amount(amounts.cost_pico),
                "calls": amounts.calls,
                "tokens": amounts.tokens,
                "unfinished": point.is_unfinished,
            }


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
