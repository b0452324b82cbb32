"""The words and columns of the Activity dock."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.dimensions import DIMENSIONS
from alwrity_desktop.core.domain.insight_values import Activity
from alwrity_desktop.core.domain.patterns import HourCell, Peak, SeasonPart
from alwrity_desktop.core.domain.periods import WEEKDAYS
from alwrity_desktop.core.domain.unusual import Cause, Unusual
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.tables.columns import Column, Look


def _tr(text: str) -> str:
    return QCoreApplication.translate("ActivityDock", text)


def cell_words(cell: HourCell, activity: Activity) -> str:
    """Return what an hour of the week holds: "Thu 14:00–15:00, $1.84 (2.2%)"."""
    is_known = (cell.weekday, cell.hour) not in activity.unpriced_hours
    amount = formatting.amount(activity.kind, cell.amount if is_known else None)
    text = f"{formatting.weekday(cell.weekday)} {formatting.clock_hours(cell.hour)}, {amount}"
    share = cell.share_percent if is_known else None
    return text if share is None else f"{text} ({share:.1f}%)"


def day_words(day: str, amount: int, activity: Activity) -> str:
    """Return what an ISO day holds: "Thu 12 Nov: $8.00"."""
    known = None if day in activity.unpriced_days else amount
    return f"{formatting.weekday_day(day)}: {formatting.amount(activity.kind, known)}"


def peak_words(peak: Peak, kind: LimitKind) -> str:
    """Return a day that stands out: "Thu 12 Nov $8.67 (2.0 times the usual)"."""
    text = _tr("{day} {amount} ({times} times the usual)")
    day = formatting.weekday_day(peak.key)
    return text.format(day=day, amount=formatting.amount(kind, peak.amount), times=peak.times)


def season_words(parts: Sequence[SeasonPart]) -> str:
    """Return which weekdays and days of the month stand out from the average; "" for none."""
    clear = [part for part in parts if part.is_clear]
    if not clear:
        return ""
    named = ", ".join(f"{_part(part.key)} {part.percent}%" for part in clear)
    return _tr("Beside an average day: {parts}.").format(parts=named)


def _part(key: str) -> str:
    if key in WEEKDAYS:
        return formatting.weekday(WEEKDAYS.index(key))
    return _tr("days {days} of the month").format(days=key.replace("-", "–"))


def _cause_name(cause: Cause) -> str:
    is_provider = cause.dimension == "provider"
    return formatting.provider_label(cause.key) if is_provider else cause.key


def _causes(row: Unusual) -> str:
    names = (_cause_name(cause) for cause in row.causes)
    shares = (f"{cause.share_percent:.0f}%" for cause in row.causes)
    found = ", ".join(f"{name} {share}" for name, share in zip(names, shares, strict=True))
    return found or _tr("no single cause")


def _causes_in_full(row: Unusual) -> str:
    """Return what explains a row, each cause with what it is."""
    lines = (
        f"{_tr(DIMENSIONS[cause.dimension])}: {_cause_name(cause)}, {cause.share_percent:.0f}%"
        for cause in row.causes
    )
    return "\n".join(lines) or _tr("no single cause")


def _when(row: Unusual) -> str:
    day = formatting.weekday_day(row.day)
    return day if row.hour is None else f"{day}, {row.hour:02d}:00"


def _when_plain(row: Unusual) -> str:
    return row.day if row.hour is None else f"{row.day} {row.hour:02d}:00"


def unusual_columns(kind: LimitKind) -> tuple[Column[Unusual], ...]:
    """Return the columns of the unusual days and hours."""
    return (
        Column(
            "day", _tr("Day"), _when, plain=_when_plain, sort_key=_when_plain,
        ),
        Column(
            "amount", _tr("Amount"), lambda row: formatting.amount(kind, row.amount),
            is_number=True, sort_key=lambda row: float(row.amount), plain=lambda r: str(r.amount),
            look=lambda _row: Look("text", 600),
        ),
        Column(
            "usual", _tr("Usual"), lambda row: formatting.amount(kind, row.usual), is_number=True,
            priority=1, sort_key=lambda row: float(row.usual), plain=lambda r: str(r.usual),
            look=lambda _row: Look("text2"),
        ),
        Column(
            "causes", _tr("Explained by"), _causes, is_stretched=True, tooltip=_causes_in_full,
            look=lambda _row: Look("text2"),
        ),
    )  # fmt: skip


def hour_columns(kind: LimitKind) -> tuple[Column[HourCell], ...]:
    """Return the columns of the hours of the week."""
    return (
        Column(
            "hour", _tr("When"), lambda row: f"{formatting.weekday(row.weekday)} {row.hour:02d}:00",
            sort_key=lambda row: float(row.weekday * 24 + row.hour), is_stretched=True,
            is_descending_first=False,
        ),
        Column(
            "amount", _tr("Amount"), lambda row: formatting.amount(kind, row.amount),
            is_number=True, sort_key=lambda row: float(row.amount), plain=lambda r: str(r.amount),
            look=lambda _row: Look("text", 600),
        ),
        Column(
            "share", _tr("Share"), lambda row: formatting.percent(row.share_percent),
            is_number=True, sort_key=lambda row: float(row.share_percent or 0),
            look=lambda _row: Look("text2"),
        ),
    )  # fmt: skip
