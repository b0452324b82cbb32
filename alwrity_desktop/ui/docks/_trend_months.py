"""The last months as bars, each with its change against the month before."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.money import PICO_PER_USD
from alwrity_desktop.core.domain.month_changes import month_changes
from alwrity_desktop.core.domain.report import Point, Report
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.charts.month_bars import Bar, MonthBars
from alwrity_desktop.ui.docks._trend_bins import measured
from alwrity_desktop.ui.docks._trend_views import is_far
from alwrity_desktop.ui.widgets import PlainLabel

_SMALL_PICO = 10 * PICO_PER_USD
"""Months below this are told apart by their cents."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("TrendsDock", text)


class MonthsBox(QWidget):
    """Bars with a heading; a bar opens its month."""

    #: The first day of the month that was opened, ISO.
    opened = Signal(str)

    def __init__(self) -> None:
        """Make a box without bars."""
        super().__init__()
        self._starts: tuple[str, ...] = ()
        self.bars = MonthBars()
        self.bars.bar_clicked.connect(self._open)
        self._title = PlainLabel("", "caption", weight=600)
        self._note = PlainLabel("", "caption", "muted")
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self.bars, 1)

    def show_months(self, report: Report, measure: str, count: int) -> None:
        """Draw the last *count* months of *report*: "cost", "calls" or "tokens"."""
        changes = month_changes(report.history_months, report.history_days, LimitKind(measure))
        months = report.history_months[-count:]
        self._starts = tuple(point.start for point in months)
        write = _writer(months, measure)
        bars = [
            _bar(point, change, report, measure, write)
            for point, change in zip(months, changes[-count:], strict=True)
        ]
        budget = _budget(report) if measure == "cost" else None
        is_own = report.cost_limit is not None and report.cost_limit.budget_id is not None
        self.bars.set_bars(bars, budget, _tr("Budget") if is_own else _tr("Limit"))
        self._title.set_plain(_tr("Last {count} months").format(count=len(months)))
        last = formatting.month_short(months[-1].start) if months else ""
        expected = any(bar.expected is not None for bar in bars)
        self._note.set_plain(_tr("{month} with forecast").format(month=last) if expected else "")

    @Slot(int)
    def _open(self, index: int) -> None:
        self.opened.emit(self._starts[index])


def _writer(months: tuple[Point, ...], measure: str) -> Callable[[int | None], str]:
    if measure == "cost":
        is_small = all(point.total.cost_pico < _SMALL_PICO for point in months)
        return formatting.money if is_small else formatting.money_whole
    return _short_tokens if measure == "tokens" else formatting.count


def _short_tokens(number: int | None) -> str:
    return formatting.tokens(number, 1)


def _amount(point: Point, measure: str) -> int | None:
    total = point.total
    return total.known_cost_pico if measure == "cost" else round(measured(total, measure))


def _budget(report: Report) -> float | None:
    limit = report.cost_limit
    if limit is None or limit.period != "month" or is_far(limit, report):
        return None
    return limit.limit / PICO_PER_USD


def _expected(point: Point, report: Report, measure: str) -> int | None:
    """Return what the present month will hold at its end; None for others."""
    is_this = point.start[:7] == report.period.start[:7] and report.period.kind == "month"
    if not (point.is_unfinished and is_this):
        return None
    forecast = report.forecast
    if measure == "cost":
        return forecast.cost_pico
    projection = forecast.calls if measure == "calls" else forecast.tokens
    return None if projection is None else projection.amount


def _bar(
    point: Point,
    change: float | None,
    report: Report,
    measure: str,
    write: Callable[[int | None], str],
) -> Bar:
    amount, expected = _amount(point, measure), _expected(point, report, measure)
    unit = PICO_PER_USD if measure == "cost" else 1
    return Bar(
        formatting.month_short(point.start),
        (amount or 0) / unit,
        formatting.money_whole(0) if measure == "cost" and amount == 0 else write(amount),
        _tooltip(point, change, report),
        is_unfinished=point.is_unfinished,
        expected=None if expected is None else expected / unit,
        expected_caption=write(expected),
        change="" if change is None else formatting.change(change),
    )


def _tooltip(point: Point, change: float | None, report: Report) -> str:
    month, cost = formatting.month_year(point.start), formatting.money(point.total.known_cost_pico)
    parts = [f"{month}: {cost}"]
    if not report.is_stated:
        template = _tr("1 call") if point.total.calls == 1 else _tr("{count} calls")
        parts.append(template.format(count=formatting.count(point.total.calls)))
    parts.append(_tr("{count} tokens").format(count=formatting.tokens(point.total.tokens)))
    if change is not None:
        against = _tr("{change} against the month before")
        parts.append(against.format(change=formatting.change(change)))
    return ", ".join(parts)
