"""Columns of what the Live dock lists: calls as they come, calls under way, calls refused."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from alwrity_desktop.core.domain.live import BlockedCall, UnderWay
from alwrity_desktop.core.domain.report import CallRow
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.docks._call_columns import call_columns
from alwrity_desktop.ui.tables.columns import Column, Look, StatusMark, Swatch

_SHOWN = ("time", "model", "source", "input", "output", "duration", "cost", "price")


def _tr(text: str) -> str:
    return QCoreApplication.translate("LiveDock", text)


def _quiet(_row: object) -> Look:
    return Look("text2")


def live_call_columns(today: str, timezone: str) -> tuple[Column[CallRow], ...]:
    """Return those columns of the list of calls that matter while they come."""
    by_key = {column.key: column for column in call_columns(today, timezone)}
    return tuple(by_key[key] for key in _SHOWN)


def under_way_columns(now_ms: Callable[[], int]) -> tuple[Column[UnderWay], ...]:
    """Return the columns of calls that are not answered yet, as seen at *now_ms*."""
    return (
        Column(
            "model", _tr("Under way"), lambda row: row.model or _tr("Not named"),
            decoration=lambda row: Swatch(row.provider), is_stretched=True,
            tooltip=lambda row: row.model,
        ),
        Column(
            "provider", _tr("Provider"), lambda row: formatting.provider_label(row.provider),
            priority=2,
        ),
        Column(
            "endpoint", _tr("Endpoint"), lambda row: row.endpoint or formatting.UNKNOWN,
            priority=1, look=_quiet,
        ),
        Column(
            "since", _tr("For"), lambda row: formatting.age(max(0, now_ms() - row.since_ms)),
            is_number=True, look=_quiet,
        ),
    )  # fmt: skip


def blocked_columns(timezone: Callable[[], str]) -> tuple[Column[BlockedCall], ...]:
    """Return the columns of calls that a budget refused, with times told in *timezone*."""

    def when(row: BlockedCall) -> str:
        return formatting.clock(row.at_ms, timezone())

    return (
        Column("time", _tr("Refused"), when, look=_quiet),
        Column(
            "model", _tr("Model"), lambda row: row.model or formatting.provider_label(row.provider),
            decoration=lambda row: Swatch(row.provider), is_stretched=True,
            tooltip=_reason,
        ),
        Column(
            "budget", _tr("Budget"), lambda row: row.budget or formatting.UNKNOWN, priority=2,
            tooltip=_reason,
        ),
        Column("used", _tr("Used of limit"), _used, is_number=True, priority=3),
        Column(
            "why", _tr("Why"), why_word, priority=1, tooltip=_reason,
            decoration=lambda _row: StatusMark("circle-x", "danger.mark"),
            look=lambda _row: Look("danger.text"),
        ),
    )  # fmt: skip


def _reason(row: BlockedCall) -> str:
    return formatting.dated(row.reason)


def _used(row: BlockedCall) -> str:
    if not row.limit:
        return formatting.UNKNOWN
    text = _tr("{used} of {limit}")
    return text.format(used=row.used or formatting.UNKNOWN, limit=row.limit)


def why_word(row: BlockedCall) -> str:
    """Return why a call was refused, in a few words."""
    return {
        "budget_exceeded": _tr("Used up"),
        "budget_held": _tr("Held by calls under way"),
        "unpriced_model": _tr("No price"),
    }.get(row.code, _tr("Refused"))
