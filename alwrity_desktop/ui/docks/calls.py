"""Calls: every call of a period, searched, filtered, sorted and opened."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace
from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.periods import custom, hours_of_week, local_day
from alwrity_desktop.core.domain.report import CallPage, CallQuery, CallRow, Report
from alwrity_desktop.ui import formatting, theme
from alwrity_desktop.ui.docks._call_columns import HIDDEN_AT_FIRST, call_columns
from alwrity_desktop.ui.docks._call_details import CallDetails
from alwrity_desktop.ui.docks._call_filter import CallFilter
from alwrity_desktop.ui.docks.base import DockView
from alwrity_desktop.ui.requests import AskCalls, ExportReport, OpenCall, OpenCalls, OpenDock
from alwrity_desktop.ui.tables.calls import PAGE_SIZE, CallsModel
from alwrity_desktop.ui.tables.view import TableView
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import EmptyState, PlainLabel

_DETAILS_BESIDE = 860
_HIDDEN = "hidden_columns"
_DETAILS_SHARE = 0.385
_MIN_DETAILS = 360


class _Divider(QWidget):
    """The hairline between the list and the details."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.current().colour("border"))


class CallsDock(DockView):
    """Every call, down to its price and where it was seen."""

    name = "calls"
    title = str(QT_TRANSLATE_NOOP("CallsDock", "Calls"))
    icon = "list"
    about = str(
        QT_TRANSLATE_NOOP(
            "CallsDock", "Every call. Click one for its price, its origin and where it was seen."
        )
    )
    order = 70

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a list without calls."""
        super().__init__(parent)
        self._report: Report | None = None
        self._scope = OpenCalls()
        self._sort = "time"
        self._is_descending = True
        self._query: CallQuery | None = None
        self._is_due = False
        columns = call_columns("", "UTC")
        self._model = CallsModel(columns, self)
        self._model.page_wanted.connect(self._ask_page)
        self._model.sort_wanted.connect(self._sort_by)
        self._table = TableView(self._model, self.tr("Calls"), SIZES.row_calls)
        self._table.set_unwanted(HIDDEN_AT_FIRST)
        self._table.show_sorted(0, Qt.SortOrder.DescendingOrder)
        self._table.row_opened.connect(self._open_row)
        titles = [(column.key, column.title) for column in columns]
        self.filter = CallFilter(titles, HIDDEN_AT_FIRST)
        self.filter.changed.connect(self._ask_anew)
        self.filter.columns_changed.connect(self._choose_columns)
        self.filter.export_wanted.connect(self._export)
        self.filter.cleared.connect(self._clear_scope)
        self._nothing = PlainLabel("", "body-dense", "text2")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.hide()
        self._lay_out()

    def _lay_out(self) -> None:
        self._list = QWidget()
        column = QVBoxLayout(self._list)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(0)
        column.addWidget(self.filter)
        column.addWidget(self._nothing, 1)
        inner = QHBoxLayout()
        inner.setContentsMargins(8, 0, 8, 0)
        inner.addWidget(self._table)
        column.addLayout(inner, 1)
        self._details = CallDetails()
        self._details.closed.connect(self._close_details)
        self._details.hide()
        self._divider = _Divider()
        self._divider.hide()
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._list, 1)
        row.addWidget(self._divider)
        row.addWidget(self._details)

    @Slot()
    def focus_search(self) -> None:
        """Put the cursor into the search box."""
        self.filter.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.search.selectAll()

    def is_empty(self, report: Report) -> bool:
        """Return whether there is no call in the period."""
        return not report.totals.calls

    def empty_state(self, report: Report) -> EmptyState:
        """Return where else to look, where a server tells of sums alone."""
        if not report.is_stated:
            return super().empty_state(report)
        text = self.tr("This server states sums for agents and conversations, never single calls.")
        actions = ((self.tr("Agents and conversations"), "bot", OpenDock("agents")),)
        return EmptyState(self.icon, self.tr("No single calls here"), text, actions)

    def render_report(self, report: Report) -> None:
        """List the calls of the period of *report*."""
        before = self._report
        self._report = report
        today = local_day(report.as_of_ms, report.period.timezone)
        self._model.columns = call_columns(today, report.period.timezone)
        self.filter.set_providers([group.key for group in report.groups.get("provider", ())])
        self.filter.set_total(report.totals.calls)
        if before is not None and before.period != report.period:
            self._scope = OpenCalls()
            self.filter.set_scope("")
        if self._query is None or self._build_query() != replace(self._query, offset=0):
            self._ask_anew()
        else:
            self._renew()

    def show_query(self, request: OpenCalls) -> None:
        """List the calls that *request* asks for."""
        self._scope = request
        for combo, key in (
            (self.filter.providers, request.provider),
            (self.filter.states, request.state),
        ):
            combo.blockSignals(True)
            combo.setCurrentIndex(max(0, combo.findData(key)))
            combo.blockSignals(False)
            combo.update()
        self.filter.search.setText(request.search)
        self.filter.set_scope(self._scope_words())
        self._ask_anew()

    def _scope_words(self) -> str:
        scope = self._scope
        parts = [scope.model] if scope.model else []
        if scope.belongs_to is not None:
            parts.append(scope.belongs_to[1] or self.tr("none named"))
        if scope.day_start:
            parts.append(formatting.span(scope.day_start, scope.day_end or scope.day_start))
        if scope.hour is not None:
            hours = formatting.clock_hours(scope.hour)
            day = "" if scope.weekday is None else f"{formatting.weekday(scope.weekday)} "
            parts.append(f"{day}{hours}")
        return ", ".join(parts)

    def _build_query(self) -> CallQuery:
        report = self._report
        if report is None:
            return CallQuery(0, 0)
        period, scope = report.period, self._scope
        if scope.day_start:
            period = custom(scope.day_start, scope.day_end or scope.day_start, period.timezone)
        hours = () if scope.hour is None else hours_of_week(period, scope.weekday, scope.hour)
        return CallQuery(
            period.start_ms,
            period.end_ms,
            search=self.filter.search.text().strip(),
            provider=self.filter.providers.currentData(),
            model=self._scope.model,
            state=self.filter.states.currentData(),
            sort=self._sort,
            is_descending=self._is_descending,
            size=PAGE_SIZE,
            billing_period=period.billing_period,
            spans=hours,
            belongs_to=scope.belongs_to,
        )

    @Slot()
    def _ask_anew(self) -> None:
        """Ask for the first page of another query."""
        self._is_due = not self.isVisible()
        if self._report is None or self._is_due:
            return
        self._query = self._build_query()
        self._model.reset()
        self._table.scrollToTop()
        self.ask(AskCalls(self._query))

    def _renew(self) -> None:
        """Ask for the rows in view again, because there are new figures."""
        self._is_due = not self.isVisible()
        if self._is_due:
            return
        first = max(0, self._table.rowAt(0))
        last = self._table.rowAt(self._table.viewport().height() - 1)
        self._model.renew(first, max(first, last))

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what was put off while the list was out of view."""
        super().showEvent(event)
        if self._is_due:
            self._ask_anew()

    @Slot(int)
    def _ask_page(self, number: int) -> None:
        if self._query is not None:
            self.ask(AskCalls(replace(self._query, offset=number * PAGE_SIZE)))

    def show_calls(self, page: CallPage) -> None:
        """Take a page of calls; pages of an older query are dropped."""
        if self._query is None or replace(page.query, offset=0) != self._query:
            return
        scroll = self._table.verticalScrollBar().value()
        self._model.take_page(page)
        self._table.fit()
        self._table.verticalScrollBar().setValue(scroll)
        self._table.setVisible(page.total > 0)
        self._nothing.setVisible(page.total == 0)
        self._nothing.set_plain(self.tr("No call matches."))

    def show_call(self, row: CallRow) -> None:
        """Show one call in the pane beside the list."""
        timezone = self._report.period.timezone if self._report else "UTC"
        self._details.show_call(row, timezone)
        self._details.show()
        self._arrange()

    @Slot()
    def _close_details(self) -> None:
        self._details.hide()
        self._arrange()
        self._table.clearSelection()
        self._table.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give list and details their room."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Put the details beside the list, or in its place where the dock is narrow."""
        is_open = not self._details.isHidden()
        is_wide = self.width() >= theme.scaled(_DETAILS_BESIDE)
        self._list.setVisible(is_wide or not is_open)
        self._divider.setVisible(is_wide and is_open)
        if is_wide:
            width = max(theme.scaled(_MIN_DETAILS), round(self.width() * _DETAILS_SHARE))
            self._details.setFixedWidth(width)
        else:
            self._details.setMinimumWidth(0)
            self._details.setMaximumWidth(16_777_215)

    @Slot(str, bool)
    def _sort_by(self, key: str, is_descending: bool) -> None:  # noqa: FBT001 - a slot
        self._sort, self._is_descending = key, is_descending
        self._ask_anew()

    @Slot(int)
    def _open_row(self, row: int) -> None:
        call = self._model.loaded(row) if row >= 0 else None
        if call is not None:
            self.ask(OpenCall(call.id))

    def choices(self) -> Mapping[str, str]:
        """Return the columns that are not shown."""
        return {_HIDDEN: " ".join(sorted(self.filter.hidden_columns()))}

    def choose(self, choices: Mapping[str, str]) -> None:
        """Hide the columns that were hidden."""
        if _HIDDEN in choices:
            self.filter.hide_columns(frozenset(choices[_HIDDEN].split()))

    @Slot(object)
    def _choose_columns(self, hidden: frozenset[str]) -> None:
        self._table.set_unwanted(hidden)

    @Slot()
    def _clear_scope(self) -> None:
        self._scope = OpenCalls()
        self.filter.set_scope("")
        self._ask_anew()

    @Slot()
    def _export(self) -> None:
        self.ask(ExportReport())
