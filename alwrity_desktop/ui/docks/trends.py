"""Trends: cost, calls or tokens over time, with forecast, budget and the months before."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.forecast_check import ForecastCheck
from alwrity_desktop.core.domain.month_changes import month_changes
from alwrity_desktop.core.domain.report import Amounts, Report
from alwrity_desktop.ui import formatting, theme
from alwrity_desktop.ui.charts.trend import TrendChart
from alwrity_desktop.ui.docks._forecast_check import ForecastCheckPage, ForecastGrounds
from alwrity_desktop.ui.docks._parts import MeasureCombo, ScrolledPages
from alwrity_desktop.ui.docks._trend_bins import Bin, reached
from alwrity_desktop.ui.docks._trend_legend import TrendLegend
from alwrity_desktop.ui.docks._trend_months import MonthsBox
from alwrity_desktop.ui.docks._trend_views import View, bins_for, trend_data
from alwrity_desktop.ui.docks.base import TurningDock
from alwrity_desktop.ui.requests import CheckForecast, OpenCalls
from alwrity_desktop.ui.tables.columns import Column, Look, plain_number, sortable
from alwrity_desktop.ui.tables.model import RowsModel
from alwrity_desktop.ui.tables.view import TableView
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import FlowLayout, Segments

_WITH_MONTHS = 900
_MONTHS_WIDTH = 290
_SPAN_MONTHS = {"days": 6, "3m": 3, "6m": 6, "12m": 12}
_MONTHLY = "months"
_LEAST_CHART = 150


class _TableRow(msgspec.Struct, frozen=True):
    name: str
    start: str
    amounts: Amounts
    #: Of a month, against the one before.
    change: float | None = None


def _tr(text: str) -> str:
    return QCoreApplication.translate("TrendsDock", text)


def _columns() -> tuple[Column[_TableRow], ...]:
    return (
        Column(
            "start", _tr("When"), lambda row: row.name, sort_key=lambda row: row.start,
            is_stretched=True, plain=lambda row: row.start,
        ),
        Column(
            "cost", _tr("Cost"), lambda row: formatting.money(row.amounts.known_cost_pico),
            sort_key=lambda row: sortable(row.amounts.known_cost_pico), is_number=True,
            look=lambda _row: Look("text", 600),
            plain=lambda row: formatting.money_plain(row.amounts.known_cost_pico),
        ),
        Column(
            "calls", _tr("Calls"), lambda row: formatting.count(row.amounts.calls),
            sort_key=lambda row: float(row.amounts.calls), is_number=True,
            plain=lambda row: str(row.amounts.calls),
        ),
        Column(
            "tokens", _tr("Tokens"), lambda row: formatting.tokens(row.amounts.tokens),
            sort_key=lambda row: float(row.amounts.tokens), is_number=True,
            plain=lambda row: str(row.amounts.tokens),
        ),
    )  # fmt: skip


def _change_column() -> Column[_TableRow]:
    return Column(
        "change", _tr("Change"), lambda row: formatting.change(row.change), is_number=True,
        sort_key=lambda row: sortable(row.change),
        look=lambda _row: Look("text2"),
        plain=lambda row: plain_number(row.change),
    )  # fmt: skip


class TrendsDock(TurningDock):
    """How the period grows, where it will end, and how it compares."""

    name = "trends"
    title = str(QT_TRANSLATE_NOOP("TrendsDock", "Trends"))
    icon = "trending-up"
    about = str(
        QT_TRANSLATE_NOOP(
            "TrendsDock", "Cost, calls or tokens over time. Press T for the figures as a table."
        )
    )
    order = 20

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a dock without figures."""
        super().__init__(parent)
        self._report: Report | None = None
        self._drawn: View | None = None
        self._is_table = False
        self._chart = TrendChart()
        self._chart.place_clicked.connect(self._open_place)
        self._model: RowsModel[_TableRow] = RowsModel(_columns(), self)
        self._table = TableView(self._model, self.tr("Trends"), SIZES.row_dense)
        self._table.row_opened.connect(self._open_row)
        self._pages = ScrolledPages(_LEAST_CHART)
        self._pages.addWidget(self._chart)
        self._pages.addWidget(self._table)
        self._check = ForecastCheckPage()
        self._check.provider_opened.connect(self._open_provider)
        self._pages.addWidget(self._check)
        self._many_months = MonthsBox()
        self._pages.addWidget(self._many_months)
        self._months_box = MonthsBox()
        for box in (self._many_months, self._months_box):
            box.opened.connect(self._open_month)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._pages, 1)
        row.addWidget(self._months_box)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(SIZES.dock_padding_x, 10, SIZES.dock_padding_x, 8)
        column.setSpacing(8)
        column.addWidget(self._make_tools())
        column.addLayout(row, 1)
        column.addWidget(self._make_grounds())

    def _make_tools(self) -> QWidget:
        tools = QWidget()
        self._spans = Segments(
            (
                ("days", self.tr("Days")),
                ("3m", self.tr("3 months")),
                ("6m", self.tr("6 months")),
                ("12m", self.tr("12 months")),
            ),
            self.tr("Range"),
        )
        self._measures = MeasureCombo()
        self._styles = Segments(
            (
                ("cumulative", self.tr("Cumulative")),
                ("each", self.tr("Per day")),
                ("provider", self.tr("By provider")),
                (_MONTHLY, self.tr("Per month")),
            ),
            self.tr("View"),
        )
        self._spans.chosen.connect(self._draw)
        self._styles.chosen.connect(self._draw)
        self._measures.currentIndexChanged.connect(self._draw)
        self._spans.chosen.connect(self._close_check)
        self._styles.chosen.connect(self._close_check)
        self._legend = TrendLegend()
        self._legend.switch.clicked.connect(self.turn)
        flow = FlowLayout(tools)
        for widget in (self._spans, self._measures, self._styles):
            flow.addWidget(widget)
        flow.add_stretch()
        flow.addWidget(self._legend)
        return tools

    def choices(self) -> Mapping[str, str]:
        """Return the range and the view."""
        return {"range": self._spans.key, "view": self._styles.key}

    def choose(self, choices: Mapping[str, str]) -> None:
        """Show the range and the view of an earlier start."""
        for segments, name in ((self._spans, "range"), (self._styles, "view")):
            if segments.offers(choices.get(name, "")):
                segments.choose(choices[name])

    def _make_grounds(self) -> QWidget:
        self._grounds = ForecastGrounds()
        self._grounds.toggled.connect(self._toggle_check)
        return self._grounds

    @property
    def is_ready(self) -> bool:
        """Whether the chart is drawn."""
        return self._chart.is_ready or not self._chart.isVisible()

    def is_empty(self, report: Report) -> bool:
        """Return whether neither this period nor the months before have any calls."""
        return super().is_empty(report) and not any(
            point.total.calls or point.total.tokens for point in report.history_months
        )

    def render_report(self, report: Report) -> None:
        """Draw the curves of *report*."""
        if self._report is not None and self._report.account != report.account:
            self._close_check()
        self._report = report
        self._measures.offer(report)
        self._table.set_unwanted(frozenset({"calls"} if report.is_stated else ()))
        is_single_day = bool(report.points) and "T" in report.points[0].start
        self._spans.set_text("days", self.tr("Hours") if is_single_day else self.tr("Days"))
        self._draw()

    def _view(self) -> View:
        return View(self._spans.key, self._measures.measure, self._styles.key)

    @Slot()
    def _draw(self) -> None:
        report = self._report
        if report is None:
            return
        view = self._view()
        count = _SPAN_MONTHS[view.span]
        self._months_box.show_months(report, view.measure, _SPAN_MONTHS["days"])
        self._many_months.show_months(report, view.measure, count)
        self._show_page()
        if view.style == _MONTHLY:
            self._show_month_rows(report, view.measure, count)
            return
        is_single_day = bool(report.points) and "T" in report.points[0].start
        each = self.tr("Per hour") if is_single_day else self.tr("Per day")
        self._styles.set_text("each", each if view.span == "days" else self.tr("Per week"))
        data = trend_data(report, view)
        self._chart.set_data(data, is_new_view=view != self._drawn)
        self._drawn = view
        self._legend.show_view(report, view, has_band=bool(data.band))
        self._show_grounds(report, view, has_band=bool(data.band))
        self._show_rows(reached(bins_for(report, view)))

    def _show_page(self) -> None:
        """Show chart, months or their table, as it is chosen; the errors stay where they are."""
        if self._pages.currentWidget() is not self._check:
            self._pages.setCurrentWidget(self._chosen_page())
        self._fit_months()

    def _chosen_page(self) -> QWidget:
        if self._is_table:
            return self._table
        return self._many_months if self._styles.key == _MONTHLY else self._chart

    def _show_grounds(self, report: Report, view: View, *, has_band: bool) -> None:
        """Say below the curve of cost what the forecast rests on."""
        is_cost = view.measure == "cost"
        self._grounds.set_words(report.forecast.sentence if has_band and is_cost else "")
        is_curve = view.span == "days" and view.style == "cumulative"
        is_open = self._pages.currentWidget() is self._check
        self._grounds.setVisible(not report.is_stated and (is_open or is_curve))

    def _show_rows(self, bins: tuple[Bin, ...]) -> None:
        is_week = self._spans.key != "days"
        rows = [
            _TableRow(self._row_name(item, is_week=is_week), item.start, item.total)
            for item in bins
        ]
        self._model.columns = _columns()
        self._model.set_rows(rows[::-1])

    def _show_month_rows(self, report: Report, measure: str, count: int) -> None:
        """Have the table tell of months, each with its change."""
        self._legend.say_nothing()
        self._grounds.hide()
        kind = LimitKind(measure)
        changes = month_changes(report.history_months, report.history_days, kind)
        rows = [
            _TableRow(formatting.month_year(point.start), point.start, point.total, change)
            for point, change in zip(report.history_months, changes, strict=True)
        ]
        self._model.columns = (*_columns(), _change_column())
        self._model.set_rows(rows[-count:][::-1])

    def _row_name(self, item: Bin, *, is_week: bool) -> str:
        if "T" in item.start:
            return f"{item.start[11:13]}:00"
        if is_week:
            return self.tr("Week of {day}").format(day=formatting.day_year(item.start))
        return formatting.weekday_day(item.start)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the months beside the curve where there is room."""
        super().resizeEvent(event)
        self._fit_months()

    def _fit_months(self) -> None:
        is_wide = self.width() >= theme.scaled(_WITH_MONTHS)
        self._months_box.setFixedWidth(theme.scaled(_MONTHS_WIDTH))
        self._months_box.setVisible(is_wide and self._styles.key != _MONTHLY)

    @Slot()
    def turn(self) -> None:
        """Show the figures as a table, or the chart again."""
        self._is_table = not self._is_table
        self._grounds.set_open(is_open=False)
        page = self._chosen_page()
        shown = self._many_months.bars if page is self._many_months else page
        self._pages.turn_to(page, shown)

    @Slot(bool)
    def _toggle_check(self, is_wanted: bool) -> None:  # noqa: FBT001 - the signal's own value
        """Show how far off the forecast was, or the curve again."""
        self._pages.setCurrentWidget(self._check if is_wanted else self._chosen_page())
        if is_wanted and self._report is not None:
            self._check.show_forecast(self._report.forecast, self._measures.measure)
            self._check.show_waiting()
            self.ask(CheckForecast())

    @Slot()
    def _close_check(self) -> None:
        """Show the curve again where the errors were."""
        if self._pages.currentWidget() is self._check:
            self._grounds.set_open(is_open=False)
            self._pages.setCurrentWidget(self._chosen_page())

    def show_forecast_check(self, check: ForecastCheck) -> None:
        """Show how far off the forecast was, of the account that is shown."""
        if self._report is not None and check.account == self._report.account.name:
            self._check.show_check(check)

    @Slot(str)
    def _open_provider(self, provider: str) -> None:
        self.ask(OpenCalls(provider))

    def _open_bin(self, item: Bin) -> None:
        self.ask(OpenCalls(day_start=item.start[:10], day_end=self._last_day(item)))

    def _last_day(self, item: Bin) -> str:
        return item.start[:10] if self._spans.key == "days" else item.last_day

    @Slot(float)
    def _open_place(self, place: float) -> None:
        if self._report is None:
            return
        bins = reached(bins_for(self._report, self._view()))
        is_end = self._styles.key == "cumulative"
        index = int(place - 1e-9) if is_end else int(place)
        if bins:
            self._open_bin(bins[min(max(index, 0), len(bins) - 1)])

    @Slot(int)
    def _open_row(self, row: int) -> None:
        chosen = self._model.row_at(row) if row >= 0 else None
        if chosen is None or self._report is None:
            return
        if self._styles.key == _MONTHLY:
            self._open_month(chosen.start)
            return
        bins = bins_for(self._report, self._view())
        self._open_bin(next(item for item in bins if item.start == chosen.start))

    @Slot(str)
    def _open_month(self, start: str) -> None:
        if self._report is None:
            return
        month = start[:7]
        days = [point.start for point in self._report.history_days if point.start[:7] == month]
        if days:
            self.ask(OpenCalls(day_start=days[0], day_end=days[-1]))
