"""Tips: what could be changed, what it would save, on what grounds, and the calls behind it."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.periods import local_day
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.tip import Tip, TipBasis, TipClass, TipState
from alwrity_desktop.core.domain.tip_states import MEASURED_AFTER_DAYS, SNOOZE_DAYS
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.docks._parts import Rule, ScrollBody
from alwrity_desktop.ui.docks.base import DockView
from alwrity_desktop.ui.requests import MarkTip, OpenCalls, Request, ShowPrices
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import (
    ActionButton,
    EmptyState,
    FlowLayout,
    InlineMessage,
    Pill,
    PlainLabel,
)


def _tr(text: str) -> str:
    return QCoreApplication.translate("TipsDock", text)


def _class_words(tip_class: TipClass) -> tuple[str, str]:
    return {
        TipClass.DO_NOW: ("info", _tr("Do now")),
        TipClass.HABIT: ("neutral", _tr("Habit")),
        TipClass.INFORMATION: ("neutral", _tr("For information")),
    }[tip_class]


def _grounds(tip: Tip) -> str:
    """Return what a tip rests on: the saving, how it is known, of how many calls."""
    basis = _tr("measured") if tip.basis is TipBasis.MEASURED else _tr("estimated")
    calls = _tr("1 call") if tip.calls == 1 else _tr("{count} calls")
    parts = [calls.format(count=formatting.count(tip.calls))]
    if tip.saving_pico is not None:
        saving = _tr("saves {amount}, {basis}")
        parts.insert(0, saving.format(amount=formatting.money(tip.saving_pico), basis=basis))
    if tip.brought_pico is not None:
        brought = _tr("has brought {amount} since")
        parts.append(brought.format(amount=formatting.money(tip.brought_pico)))
    elif tip.state is TipState.DONE:
        parts.append(_tr("done; what it brings is measured after seven days"))
    return " · ".join((parts[0][:1].upper() + parts[0][1:], *parts[1:]))


class TipRow(QWidget):
    """One tip with its grounds, and what can be said of it."""

    #: Carries a ``Request``.
    requested = Signal(object)

    def __init__(self, tip: Tip, timezone: str) -> None:
        """Show *tip*; the days of its calls are told in *timezone*."""
        super().__init__()
        self.tip, self.timezone = tip, timezone
        self._buttons: list[ActionButton] = []
        pill = Pill(is_small=True)
        pill.set_status(*_class_words(tip.tip_class))
        text = PlainLabel(tip.text, "body-dense", weight=600)
        text.setWordWrap(True)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(pill)
        head.addWidget(text, 1)
        grounds = PlainLabel(_grounds(tip), "body-dense", "text2")
        grounds.setWordWrap(True)
        assumption = PlainLabel(tip.assumption, "caption", "muted")
        assumption.setWordWrap(True)
        assumption.setVisible(bool(tip.assumption))
        column = QVBoxLayout(self)
        column.setContentsMargins(SIZES.dock_padding_x, 8, SIZES.dock_padding_x, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(grounds)
        column.addWidget(assumption)
        column.addWidget(self._make_buttons())

    def holds_focus(self) -> bool:
        """Return whether one of its buttons has the focus."""
        return any(button.hasFocus() for button in self._buttons)

    def take_focus(self) -> None:
        """Put the focus on the first button."""
        self._buttons[0].setFocus(Qt.FocusReason.TabFocusReason)

    def leave(self) -> None:
        """Go away, without handing the focus on to whatever comes next."""
        for button in self._buttons:
            button.clearFocus()
        self.hide()
        self.deleteLater()

    def _make_buttons(self) -> QWidget:
        tip = self.tip
        requests: list[tuple[str, str, Request]] = [
            (_tr("Show the calls"), "list", self._calls()),
        ]
        if tip.state is TipState.OPEN:
            requests += [
                (_tr("Done"), "check", MarkTip(tip.id, TipState.DONE)),
                (_tr("Later"), "clock", MarkTip(tip.id, TipState.SNOOZED)),
                (_tr("Dismiss"), "x", MarkTip(tip.id, TipState.DISMISSED)),
            ]
        else:
            requests.append((_tr("Not done"), "x", MarkTip(tip.id, TipState.OPEN)))
        buttons = QWidget()
        flow = FlowLayout(buttons, 8)
        for words, icon, request in requests:
            button = ActionButton(words, request, icon=icon, is_small=True)
            button.setAccessibleName(f"{words}: {tip.text}")
            button.chosen.connect(self.requested)
            flow.addWidget(button)
            self._buttons.append(button)
        return buttons

    def _calls(self) -> OpenCalls:
        query = self.tip.query
        is_booked = bool(query.billing_period)
        return OpenCalls(
            query.provider,
            query.model,
            None if is_booked else local_day(query.start_ms, self.timezone),
            None if is_booked else local_day(query.end_ms - 1, self.timezone),
            query.state,
        )


class TipsDock(DockView):
    """What could be changed, the most urgent first."""

    name = "tips"
    title = str(QT_TRANSLATE_NOOP("TipsDock", "Tips"))
    icon = "lightbulb"
    about = str(
        QT_TRANSLATE_NOOP(
            "TipsDock", "What your own calls say could be changed, each with its saving."
        )
    )
    order = 85

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a dock without tips."""
        super().__init__(parent)
        self._rows: list[TipRow] = []
        self._put_off = self._account = ""
        self._undo = InlineMessage(self)
        self._undo.triggered.connect(self._take_back)
        self._undo.hide()
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        outer = QVBoxLayout(self.body)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ScrollBody(content))
        above = self.layout()
        if isinstance(above, QVBoxLayout):
            # Above the faces: the last tip that is put off leaves none to say it on.
            above.insertWidget(0, self._undo)

    def show_report(self, report: Report) -> None:
        """Render *report*; what was put off in another account cannot be taken back here."""
        if report.account.name != self._account:
            self._account = report.account.name
            self._undo.hide()
        super().show_report(report)

    def is_empty(self, report: Report) -> bool:
        """Return whether there is nothing to say."""
        return not report.tips

    def empty_state(self, report: Report) -> EmptyState:
        """Return that all is well, or that there is nothing to judge by."""
        if super().is_empty(report):
            return super().empty_state(report)
        if report.totals.calls and report.totals.unpriced_calls == report.totals.calls:
            text = self.tr("None of this period's calls has a price, so no saving can be told.")
            actions = ((self.tr("Set prices"), "pencil", ShowPrices()),)
            return EmptyState("circle-help", self.tr("No tips without prices"), text, actions)
        text = self.tr("None of this period's calls says that something should be changed.")
        return EmptyState("circle-check", self.tr("Usage within normal range"), text)

    def render_report(self, report: Report) -> None:
        """List the tips of *report*; rows that say the same stay where they are."""
        zone = report.period.timezone
        known = {(row.tip, row.timezone): row for row in self._rows}
        place = next((n for n, row in enumerate(self._rows) if row.holds_focus()), None)
        rows = [
            known.pop((tip, zone)) if (tip, zone) in known else self._make_row(tip, zone)
            for tip in report.tips
        ]
        if rows == self._rows:
            return
        for row in known.values():
            row.leave()
        self._rows = rows
        self._lay_out_rows()
        if place is not None and rows and not rows[min(place, len(rows) - 1)].holds_focus():
            rows[min(place, len(rows) - 1)].take_focus()

    def _make_row(self, tip: Tip, timezone: str) -> TipRow:
        row = TipRow(tip, timezone)
        row.requested.connect(self._pass_on)
        return row

    def _lay_out_rows(self) -> None:
        """Put the rows below one another, a line between them."""
        while self._column.count() > 1:
            item = self._column.takeAt(0)
            widget = None if item is None else item.widget()
            if isinstance(widget, Rule):
                widget.deleteLater()
        for number, row in enumerate(self._rows):
            if number:
                self._column.insertWidget(self._column.count() - 1, Rule())
            self._column.insertWidget(self._column.count() - 1, row)

    @Slot(object)
    def _pass_on(self, request: Request) -> None:
        if isinstance(request, MarkTip):
            self._offer_undo(request)
        self.ask(request)

    def _offer_undo(self, mark: MarkTip) -> None:
        """Say what became of a tip that leaves the list, with a way back."""
        template = {
            TipState.DONE: self.tr("Done, and measured in {measured} days: {tip}"),
            TipState.SNOOZED: self.tr("Comes back in {days} days: {tip}"),
            TipState.DISMISSED: self.tr("Dismissed: {tip}"),
        }.get(mark.state)
        if template is None:
            self._undo.hide()
            return
        self._put_off = mark.tip_id
        tip = next((row.tip.text for row in self._rows if row.tip.id == mark.tip_id), "")
        sentence = template.format(days=SNOOZE_DAYS, measured=MEASURED_AFTER_DAYS, tip=tip)
        self._undo.show_message("neutral", "clock", sentence, self.tr("Undo"), "refresh-cw")

    @Slot()
    def _take_back(self) -> None:
        self._undo.hide()
        self.ask(MarkTip(self._put_off, TipState.OPEN))
