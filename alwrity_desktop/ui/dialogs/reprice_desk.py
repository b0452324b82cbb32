"""Opens the dialog that applies prices to past calls, and turns what it asks for into tasks."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, SignalInstance, Slot
from PySide6.QtWidgets import QWidget

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.periods import Period, period_of
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.repricing import EVER_MS, RepriceQuestion, Repricing
from alwrity_desktop.core.domain.usage import ALL_ACCOUNTS
from alwrity_desktop.ui import formatting, header_text
from alwrity_desktop.ui.dialogs.reprice import RepriceDialog, SpanChoice
from alwrity_desktop.ui.dialogs.small import MessageDialog
from alwrity_desktop.ui.events import PricesApplied
from alwrity_desktop.ui.reprice_thread import (
    ApplyPrices,
    LoadRevisions,
    RepriceTask,
    TakePricesBack,
    TryPrices,
)

_MONTHS_BACK = 11


class PastPrices(Protocol):
    """What the dialog needs of the part that owns the thread."""

    arrived: SignalInstance

    def submit(self, task: RepriceTask) -> None:
        """Have *task* done."""

    def cancel(self) -> None:
        """Stop what was asked for last."""

    def leave(self) -> None:
        """Stop it since its dialog is closed."""


class Desk(Protocol):
    """What the dialog needs to know of the controller."""

    context: Context
    account: str
    report: Report | None

    @property
    def past_prices(self) -> PastPrices:
        """The part that owns the thread."""


class RepriceDialogs(QObject):
    """Opens the dialog; nothing waits."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        """Open nothing yet."""
        super().__init__(window)
        self._desk = desk
        self._window = window
        desk.past_prices.arrived.connect(self.on_event)

    def open(self) -> None:
        """Ask which calls of the account that is shown take the prices of now."""
        account = self._desk.account
        if account == ALL_ACCOUNTS:
            MessageDialog(
                self.tr("Apply prices to past calls"),
                self.tr("Prices are applied account by account. Show one of them first."),
                self._window,
            ).open()
            return
        zone = self._desk.context.timezone()
        dialog = RepriceDialog(account, self._spans(zone), zone, self._window)
        dialog.try_asked.connect(self._try)
        dialog.apply_asked.connect(self._apply)
        dialog.undo_asked.connect(self._take_back)
        dialog.stop_asked.connect(self._stop)
        dialog.finished.connect(self._leave)
        dialog.open()
        self._submit(LoadRevisions(account))

    def _spans(self, zone: str) -> tuple[SpanChoice, ...]:
        now_ms = self._desk.context.clock.now_ms()
        start_ms = period_of("month", now_ms, zone, -_MONTHS_BACK).start_ms
        first = formatting.month_year(period_of("month", now_ms, zone, -_MONTHS_BACK).start)
        year = self.tr("The last 12 months, since {month}").format(month=first)
        everything = SpanChoice("all", self.tr("All calls"), 0, EVER_MS)
        report = self._desk.report
        spans = (SpanChoice("year", year, start_ms, EVER_MS), everything)
        if report is None or report.account.name != self._desk.account:
            return spans
        return (*self._in_view(report.period), *spans)

    def _in_view(self, period: Period) -> tuple[SpanChoice, ...]:
        if period.kind == "all":
            return ()
        label = self.tr("The period in view: {period}")
        words = label.format(period=header_text.period_title(period))
        return (SpanChoice("period", words, period.start_ms, period.end_ms),)

    def _submit(self, task: RepriceTask) -> None:
        self._desk.past_prices.submit(task)

    @Slot(object)
    def _try(self, question: RepriceQuestion) -> None:
        self._submit(TryPrices(question))

    @Slot(object)
    def _apply(self, tried: Repricing) -> None:
        self._submit(ApplyPrices(tried))

    @Slot(int)
    def _take_back(self, revision_id: int) -> None:
        self._submit(TakePricesBack(self._desk.account, revision_id))

    @Slot()
    def _stop(self) -> None:
        self._desk.past_prices.cancel()

    @Slot()
    def _leave(self) -> None:
        self._desk.past_prices.leave()

    @Slot(object)
    def on_event(self, event: object) -> None:
        """Hand an event to the dialog that is open."""
        for dialog in self._window.findChildren(RepriceDialog):
            if dialog.isVisible():
                dialog.take_event(event)
                if isinstance(event, PricesApplied) and dialog.isVisible():
                    self._submit(LoadRevisions(dialog.account))
