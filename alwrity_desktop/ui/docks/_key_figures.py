"""The four key figures of the overview: of calls, or of messages where only those are known."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from alwrity_desktop.core.domain.money import divide_half_even
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.docks._parts import Figure
from alwrity_desktop.ui.requests import OpenCalls, OpenDock, Request
from alwrity_desktop.ui.tokens import SIZES

_FOUR_FIGURES = 300
_GAPS = 58


class KeyFigures(QWidget):
    """How much, how fast, how well; each figure opens what is behind it."""

    #: Carries a ``Request``.
    requested = Signal(object)

    def __init__(self) -> None:
        """Make figures without values."""
        super().__init__()
        self._is_stated = False
        self.figures = (
            Figure(self.tr("Calls")),
            Figure(self.tr("Tokens")),
            Figure(self.tr("Avg response")),
            Figure(self.tr("Error rate")),
        )
        for figure in self.figures[:3]:
            figure.clicked.connect(self._open_calls)
        self.figures[3].clicked.connect(self._open_errors)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(SIZES.dock_padding_x, 8, SIZES.dock_padding_x, 8)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(8)

    def show_report(self, report: Report) -> None:
        """Show the figures of *report*."""
        self._is_stated = report.is_stated
        captions = (
            (self.tr("Calls"), self.tr("Messages")),
            (self.tr("Tokens"), self.tr("Tokens")),
            (self.tr("Avg response"), self.tr("Per message")),
            (self.tr("Error rate"), self.tr("Conversations")),
        )
        for figure, (of_calls, of_messages) in zip(self.figures, captions, strict=True):
            figure.set_caption(of_messages if report.is_stated else of_calls)
        if report.is_stated:
            self._show_messages(report)
        else:
            self._show_calls(report)

    def _show_calls(self, report: Report) -> None:
        totals, before = report.totals, report.comparison
        calls_note = tokens_note = ""
        if before is not None:
            calls_note = self._against(before.calls_percent, report)
            tokens_note = self._against(before.tokens_percent, report)
        p95 = formatting.duration(report.p95_duration_ms)
        errors = self.tr("{count} calls").format(count=formatting.count(totals.errors))
        rate = totals.error_rate_percent
        self.figures[0].set_number(totals.calls, formatting.count, calls_note)
        self.figures[1].set_number(totals.tokens, formatting.tokens, tokens_note)
        self.figures[2].set_figure(
            formatting.duration(totals.avg_duration_ms),
            "" if report.p95_duration_ms is None else self.tr("p95 {time}").format(time=p95),
        )
        self.figures[3].set_figure(
            formatting.percent(rate, 2), self.tr("not measured") if rate is None else errors
        )

    def _show_messages(self, report: Report) -> None:
        totals = report.totals
        messages = totals.messages
        each = divide_half_even(totals.tokens, messages) if messages else None
        self.figures[0].set_number(messages or 0, formatting.count, "")
        self.figures[1].set_number(
            totals.tokens,
            formatting.tokens,
            self.tr("{count} a message").format(count=formatting.count(each)),
        )
        self.figures[2].set_figure(
            formatting.money_small(totals.cost_per_message_pico), self.tr("on average")
        )
        self.figures[3].set_figure(formatting.count(totals.conversations), "")

    def _against(self, percent: float | None, report: Report) -> str:
        before = report.comparison
        if percent is None or before is None:
            return self.tr("new")
        text = self.tr("{change} on {period}")
        is_month = report.period.kind == "month" and not report.period.billing_period
        period = (
            formatting.month_short(before.start)
            if is_month
            else formatting.span(before.start, before.end)
        )
        return text.format(change=formatting.change(percent), period=period)

    def arrange(self, width: int) -> None:
        """Lay the figures out in as many columns as fit into *width*."""
        needed = sum(figure.minimumSizeHint().width() for figure in self.figures) + _GAPS
        per_row = 4 if width >= max(_FOUR_FIGURES, needed) else 2
        for index, figure in enumerate(self.figures):
            self._grid.addWidget(figure, index // per_row, index % per_row)
        for column in range(4):
            self._grid.setColumnStretch(column, 1 if column < per_row else 0)

    @Slot()
    def _open_calls(self) -> None:
        self._ask(OpenDock("agents") if self._is_stated else OpenCalls())

    @Slot()
    def _open_errors(self) -> None:
        self._ask(OpenDock("agents") if self._is_stated else OpenCalls(state="error"))

    def _ask(self, request: Request) -> None:
        self.requested.emit(request)
