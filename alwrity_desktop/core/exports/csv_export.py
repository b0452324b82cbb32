"""CSV: one row for each group that was asked for, else one for each call; never a tip."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from alwrity_desktop.core.documents import Document, call_document, group_document
from alwrity_desktop.core.domain.report import CallRow, Report
from alwrity_desktop.core.files import replacing

NAME: Final = "csv"
TITLE: Final = "A table for spreadsheets: groups, or every call"

Cell = str | int | float | None

#: A spreadsheet takes text that begins so for a formula, and would run it.
_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "\0")  # noqa: RUF001 - these are the signs to catch
#: Decimal strings that the program made itself: numbers, not text.
_NUMBERS: Final = frozenset({"cost_usd"})

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


def write(report: Report, calls: Iterable[CallRow], path: Path) -> None:
    """Write the report's groups, or *calls* as they come when there are no groups.

    Raises OSError when the file cannot be written.
    """
    columns, rows = (
        (_GROUP_COLUMNS, _group_rows(report))
        if report.groups
        else (_CALL_COLUMNS, map(call_document, calls))
    )
    with replacing(path) as file:
        table = csv.writer(file)
        table.writerow(columns)
        for row in rows:
            table.writerow([_cell(column, row[column]) for column in columns])


def _group_rows(report: Report) -> Iterator[Document]:
    period = report.period
    for dimension, groups in report.groups.items():
        for group in groups:
            yield {
                "period_start": period.start,
                "period_end": period.end,
                "timezone": period.timezone,
                "dimension": dimension,
                **group_document(group),
            }


def _cell(column: str, value: Cell) -> Cell:
    """Return *value* so that a spreadsheet shows it and never runs it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str) or column in _NUMBERS:
        return value
    text = value.replace("\0", "")
    return f"'{text}" if value.lstrip(" ").startswith(_FORMULA_SIGNS) else text
