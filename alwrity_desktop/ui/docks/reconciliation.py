"""Reconciliation: what the calls add up to beside what the server says, and why they differ."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.reconciliation import ReconciliationRow
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.docks._parts import Rule
from alwrity_desktop.ui.docks.base import DockView
from alwrity_desktop.ui.requests import ConnectServer, Retry
from alwrity_desktop.ui.tables.columns import Column, Decoration, Look, StatusMark
from alwrity_desktop.ui.tables.model import RowsModel
from alwrity_desktop.ui.tables.view import TableView
from alwrity_desktop.ui.tokens import SIZES, STATUS_ICONS
from alwrity_desktop.ui.widgets import EmptyState, FlowLayout, IconLabel, PlainLabel, Segments

_MONTH = re.compile(r"\d{4}-\d{2}")
_MAX_DECIMALS = 6
_CENTS = 2
_REASON_WIDTH = 160


def _tr(text: str) -> str:
    return QCoreApplication.translate("ReconciliationDock", text)


def period_words(key: str) -> str:
    """Return a server's name of a period as people say it: "Nov 2026", "All time"."""
    if key == "all":
        return _tr("All time")
    if _MONTH.fullmatch(key):
        return f"{formatting.month_short(f'{key}-01')} {key[:4]}"
    return key


def what_words(row: ReconciliationRow) -> str:
    """Return what is compared, without the period: "Calls", "Gemini calls"."""
    measures = {"calls": _tr("calls"), "tokens": _tr("tokens"), "cost": _tr("cost")}
    usual = " ".join(part for part in (row.measure, row.period, row.key) if part)
    if row.measure not in measures or row.what != usual:
        return row.what[:1].upper() + row.what[1:]
    if row.key:
        return f"{formatting.provider_label(row.key)} {measures[row.measure]}"
    return measures[row.measure].capitalize()


def value_words(text: str | None, measure: str, *, is_signed: bool = False) -> str:
    """Return a decimal text as people read it; what is no number stays as it is."""
    if text is None:
        return formatting.UNKNOWN
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    sign = "-" if number < 0 else "+" if is_signed and number > 0 else ""
    unit = "$" if measure == "cost" else ""
    return f"{sign}{unit}{_digits(abs(number), measure)}"


def _digits(number: Decimal, measure: str) -> str:
    short = f"{round(number, _MAX_DECIMALS):,f}"
    whole, _, decimals = short.partition(".")
    decimals = decimals.rstrip("0")
    if measure == "cost":
        decimals = decimals.ljust(_CENTS, "0")
    return f"{whole}.{decimals}" if decimals else whole


def _differs(row: ReconciliationRow) -> bool:
    return row.is_equal is False


def _mark(row: ReconciliationRow) -> Decoration:
    role = {True: "success", False: "warning", None: "neutral"}[row.is_equal]
    return StatusMark(STATUS_ICONS[role], f"{role}.mark")


def _columns() -> tuple[Column[ReconciliationRow], ...]:
    return (
        Column(
            "what", _tr("What"), what_words, decoration=_mark, tooltip=lambda row: row.what,
            is_stretched=True,
        ),
        Column(
            "period", _tr("Period"), lambda row: period_words(row.period) if row.period else "",
            look=lambda _row: Look("text2"), priority=1,
        ),
        Column(
            "calls", _tr("Calls say"), lambda row: value_words(row.calls_say, row.measure),
            is_number=True, plain=lambda row: row.calls_say or "",
        ),
        Column(
            "server", _tr("Server says"), lambda row: value_words(row.server_says, row.measure),
            is_number=True, plain=lambda row: row.server_says or "",
        ),
        Column(
            "difference", _tr("Difference"),
            lambda row: value_words(row.difference, row.measure, is_signed=True), is_number=True,
            look=lambda row: Look("text", 600 if _differs(row) else 400),
            plain=lambda row: row.difference or "",
        ),
        Column(
            "origin", _tr("Said by"), lambda row: row.origin, priority=2,
            look=lambda _row: Look("text2"),
        ),
        Column(
            "likely", _tr("Likely reason"), lambda row: row.likely, priority=3,
            is_stretched=True, width=_REASON_WIDTH, tooltip=lambda row: row.likely,
            look=lambda _row: Look("text2"),
        ),
    )  # fmt: skip


class ReconciliationDock(DockView):
    """Whether the server's own figures can be believed."""

    name = "reconciliation"
    title = str(QT_TRANSLATE_NOOP("ReconciliationDock", "Reconciliation"))
    icon = "scale"
    about = str(
        QT_TRANSLATE_NOOP(
            "ReconciliationDock",
            "What the calls add up to beside what the server says, with the likely reason.",
        )
    )
    order = 110

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a dock that compares nothing yet."""
        super().__init__(parent)
        self._report: Report | None = None
        self._model: RowsModel[ReconciliationRow] = RowsModel(_columns(), self)
        self._table = TableView(self._model, self.tr("Reconciliation"), SIZES.row_dense)
        self._table.row_opened.connect(self._explain)
        self._table.selectionModel().currentRowChanged.connect(self._explain_current)
        self._nothing = PlainLabel("", "body-dense", "text2")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        self._reason = PlainLabel("", "body-dense", "text2")
        self._reason.setWordWrap(True)
        self._reason.setContentsMargins(SIZES.dock_padding_x, 8, SIZES.dock_padding_x, 10)
        self._reason_rule = Rule()
        inner = QHBoxLayout()
        inner.setContentsMargins(8, 0, 8, 0)
        inner.addWidget(self._table)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_head())
        column.addWidget(self._nothing, 1)
        column.addLayout(inner, 1)
        column.addWidget(self._reason_rule)
        column.addWidget(self._reason)

    def _make_head(self) -> QWidget:
        head = QWidget()
        self._icon = IconLabel("circle-dashed", "neutral.mark")
        self._verdict = PlainLabel("", "body-dense", weight=600)
        verdict = QWidget()
        row = QHBoxLayout(verdict)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._icon)
        row.addWidget(self._verdict)
        chips = (("differences", self.tr("Differences")), ("all", self.tr("All")))
        self._chips = Segments(chips, self.tr("Which figures"), is_chips=True)
        self._chips.chosen.connect(self._show_rows)
        flow = FlowLayout(head, 8)
        flow.setContentsMargins(SIZES.dock_padding_x, 9, SIZES.dock_padding_x, 9)
        flow.addWidget(verdict)
        flow.add_stretch()
        flow.addWidget(self._chips)
        return head

    def is_empty(self, report: Report) -> bool:
        """Return whether there is nothing to compare."""
        return not report.reconciliation

    def empty_state(self, report: Report) -> EmptyState:
        """Return what is missing: a server, or its answer."""
        if report.server is None:
            title = self.tr("No server to compare with")
            text = self.tr("Calls of this computer are counted here alone, so nothing can differ.")
            actions = ((self.tr("Connect a server"), "plug", ConnectServer()),)
            return EmptyState(self.icon, title, text, actions)
        title = self.tr("Nothing to compare yet")
        text = self.tr("The server has not said any sums that its calls could be held against.")
        return EmptyState(self.icon, title, text, ((self.tr("Ask again"), "refresh-cw", Retry()),))

    def render_report(self, report: Report) -> None:
        """Show the differences of *report*, or everything."""
        self._report = report
        rows = report.reconciliation
        differing = sum(map(_differs, rows))
        compared = sum(row.is_equal is not None for row in rows)
        role = "warning" if differing else "success" if compared else "neutral"
        self._icon.set_icon(STATUS_ICONS[role], f"{role}.mark")
        self._verdict.set_plain(self._verdict_words(differing, compared))
        self._verdict.set_colour(f"{role}.text")
        differences = self.tr("Differences {count}").format(count=formatting.count(differing))
        self._chips.set_text("differences", differences)
        all_text = self.tr("All {count}").format(count=formatting.count(len(rows)))
        self._chips.set_text("all", all_text)
        self._show_rows()

    def _verdict_words(self, differing: int, compared: int) -> str:
        if not compared:
            return self.tr("Nothing can be compared")
        if not differing:
            return self.tr("Everything agrees")
        template = self.tr("{count} of {all} figures differ")
        if differing == 1:
            template = self.tr("1 of {all} figures differs")
        return template.format(count=formatting.count(differing), all=formatting.count(compared))

    @Slot()
    def _show_rows(self) -> None:
        report = self._report
        if report is None:
            return
        is_all = self._chips.key == "all"
        rows = [row for row in report.reconciliation if is_all or _differs(row)]
        self._model.set_rows(rows)
        self._table.setVisible(bool(rows))
        self._nothing.setVisible(not rows)
        self._nothing.set_plain(self.tr("Whatever the server says is what its calls add up to."))
        self._explain(0 if rows else -1)

    @Slot()
    def _explain_current(self) -> None:
        self._explain(self._table.currentIndex().row())

    @Slot(int)
    def _explain(self, number: int) -> None:
        """Write the whole reason of a row below the table, where columns have no room for it."""
        row = self._model.row_at(number) if 0 <= number < self._model.rowCount() else None
        words = self._reason_words(row) if row is not None else ""
        self._reason.set_plain(words)
        self._reason.setVisible(bool(words))
        self._reason_rule.setVisible(bool(words))

    def _reason_words(self, row: ReconciliationRow) -> str:
        if row.is_equal:
            return ""
        name = what_words(row)
        if row.period:
            name = f"{name}, {period_words(row.period)}"
        reason = row.likely or self.tr("no known reason")
        words = f"{name}: {reason}"
        if row.said_at_ms is None or self._report is None:
            return words
        zone, now = self._report.period.timezone, self._report.as_of_ms
        said = self.tr("{words} ({origin}, asked {time})")
        time = formatting.stamp(row.said_at_ms, now, zone)
        return said.format(words=words, origin=row.origin or self.tr("server"), time=time)
