"""Activity: hours of the week, days of the year, peaks, and days that were unusual."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtCore import QT_TRANSLATE_NOOP, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.insight_values import ACTIVITY, Activity
from alwrity_desktop.core.domain.patterns import CalendarWeek, HourCell, Peak
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.unusual import Unusual
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.charts.heatmap import HeatCell, HeatData, Heatmap
from alwrity_desktop.ui.docks._activity_words import (
    cell_words,
    day_words,
    hour_columns,
    peak_words,
    season_words,
    unusual_columns,
)
from alwrity_desktop.ui.docks._parts import MeasureCombo, ScrollBody, ScrolledPages
from alwrity_desktop.ui.docks.base import TurningDock
from alwrity_desktop.ui.requests import OpenCalls
from alwrity_desktop.ui.tables.section import TableSection
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import IconButton, PlainLabel

_HOURS = 24
_LABELLED_HOURS = 3


class ActivityDock(TurningDock):
    """When the money, the calls and the tokens are used."""

    name = "activity"
    title = str(QT_TRANSLATE_NOOP("ActivityDock", "Activity"))
    icon = "activity"
    about = str(
        QT_TRANSLATE_NOOP(
            "ActivityDock", "When you use it: hours, days, peaks. Press T for the hours as a table."
        )
    )
    dimensions = (ACTIVITY,)
    order = 75

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a dock without figures."""
        super().__init__(parent)
        self._report: Report | None = None
        self._calendar_start = ""
        self._measures = MeasureCombo()
        self._measures.currentIndexChanged.connect(self._draw)
        self._week = Heatmap(self.tr("Hours of the week"))
        self._calendar = Heatmap(self.tr("Days of the last twelve months"))
        self._calendar.opened.connect(self._open_day)
        self._week.opened.connect(self._open_hour)
        self._week_words = PlainLabel("", "body-dense", "text2")
        self._peaks = PlainLabel("", "body-dense", "text2")
        self._calendar_words = PlainLabel(self.tr("Last twelve months"), "body-dense", "text2")
        self._week.told.connect(self._week_words.set_plain)
        self._calendar.told.connect(self._calendar_words.set_plain)
        for label in (self._week_words, self._calendar_words, self._peaks):
            label.setWordWrap(True)
        self._unusual = TableSection(self.tr("Unusual days and hours"))
        self._unusual.table.row_opened.connect(self._open_unusual)
        self._hours = TableSection(self.tr("Hours of the week"))
        self._hours.table.row_opened.connect(self._open_row)
        self._pages = ScrolledPages()
        self._maps_page = ScrollBody(self._make_page())
        self._table_page = ScrollBody(self._hours)
        for page in (self._maps_page, self._table_page):
            self._pages.addWidget(page)
        outer = QVBoxLayout(self.body)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._make_tools())
        outer.addWidget(self._pages, 1)

    def _make_tools(self) -> QWidget:
        tools = QWidget()
        switch = IconButton("table", self.tr("Show as a table (T)"), is_title=True)
        switch.clicked.connect(self.turn)
        row = QHBoxLayout(tools)
        row.setContentsMargins(SIZES.dock_padding_x, 8, SIZES.dock_padding_x, 0)
        row.addWidget(self._measures)
        row.addStretch(1)
        row.addWidget(switch)
        return tools

    def _make_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 8, 0, SIZES.dock_padding_y)
        column.setSpacing(6)
        maps = QVBoxLayout()
        maps.setContentsMargins(SIZES.dock_padding_x, 0, SIZES.dock_padding_x, 0)
        maps.setSpacing(6)
        for widget in (
            self._week_words,
            self._week,
            self._calendar_words,
            self._calendar,
            self._peaks,
        ):
            maps.addWidget(widget)
        column.addLayout(maps)
        column.addWidget(self._unusual)
        column.addStretch(1)
        return page

    def is_empty(self, report: Report) -> bool:
        """Return whether neither the period nor the twelve months hold anything."""
        return super().is_empty(report) and not any(
            point.total.calls or point.total.tokens for point in report.history_months
        )

    def render_report(self, report: Report) -> None:
        """Draw when things of *report* were used."""
        self._report = report
        self._measures.offer(report)
        self._draw()

    def _shown(self) -> Activity | None:
        if self._report is None:
            return None
        kind = LimitKind(self._measures.measure)
        return next((one for one in self._report.activity if one.kind is kind), None)

    @Slot()
    def _draw(self) -> None:
        found = self._shown()
        if found is None:
            return
        busiest = max(found.week, key=lambda cell: cell.amount, default=None)
        words = self.tr("No hours are known of this period.")
        if busiest is not None and busiest.amount:
            words = self.tr("Busiest in this period: {cell}").format(
                cell=cell_words(busiest, found)
            )
        self._week_words.set_plain(words)
        self._calendar_words.set_plain(self.tr("Last twelve months"))
        self._week.set_data(_week_data(found), words)
        peaks = self._peak_sentences(found)
        self._calendar_start = found.calendar[0].start if found.calendar else ""
        self._calendar.set_data(_calendar_data(found), peaks)
        self._peaks.set_plain(peaks)
        self._peaks.setVisible(bool(peaks))
        self._unusual.set_rows(unusual_columns(found.kind), found.unusual, self._unusual_note())
        self._unusual.setVisible(bool(found.unusual))
        used = [cell for cell in found.week if cell.amount]
        self._hours.set_rows(hour_columns(found.kind), used)

    def _unusual_note(self) -> str:
        return self.tr("far beyond what was usual for their weekday and time")

    def _peak_sentences(self, found: Activity) -> str:
        peaks: Sequence[Peak] = found.peak_days
        named = ", ".join(peak_words(peak, found.kind) for peak in peaks)
        sentences = [self.tr("Peaks: {peaks}.").format(peaks=named)] if named else []
        season = season_words((*found.weekly, *found.monthly))
        if season:
            sentences.append(season)
        return " ".join(sentences)

    @Slot()
    def turn(self) -> None:
        """Show the hours as a table, or the maps again."""
        is_table = self._pages.currentWidget() is self._table_page
        if is_table:
            self._pages.turn_to(self._maps_page, self._week)
        else:
            self._pages.turn_to(self._table_page, self._hours.table)

    @Slot(int, int)
    def _open_day(self, row: int, column: int) -> None:
        if self._calendar_start:
            first = date.fromisoformat(self._calendar_start)
            day = (first + timedelta(days=column * 7 + row)).isoformat()
            self.ask(OpenCalls(day_start=day, day_end=day))

    @Slot(int)
    def _open_unusual(self, number: int) -> None:
        row = self._unusual.model.row_at(number) if number >= 0 else None
        if isinstance(row, Unusual):
            self.ask(OpenCalls(day_start=row.day, day_end=row.day, hour=row.hour))

    @Slot(int, int)
    def _open_hour(self, row: int, column: int) -> None:
        self.ask(OpenCalls(hour=column, weekday=row))

    @Slot(int)
    def _open_row(self, number: int) -> None:
        row = self._hours.model.row_at(number) if number >= 0 else None
        if isinstance(row, HourCell):
            self._open_hour(row.weekday, row.hour)


def _week_data(found: Activity) -> HeatData:
    rows = tuple(
        tuple(
            HeatCell(float(cell.amount), cell_words(cell, found))
            for cell in found.week
            if cell.weekday == number
        )
        for number in range(7)
    )
    hours = tuple((hour, f"{hour:02d}") for hour in range(0, _HOURS, _LABELLED_HOURS))
    return HeatData(rows, tuple(formatting.weekday(number) for number in range(7)), hours)


def _calendar_data(found: Activity) -> HeatData:
    weeks = found.calendar
    if not weeks:
        return HeatData((), (), ())
    first = date.fromisoformat(weeks[0].start)
    rows = []
    for row in range(7):
        cells: list[HeatCell | None] = []
        for column, week in enumerate(weeks):
            amount = week.amounts[row]
            day = (first + timedelta(days=column * 7 + row)).isoformat()
            words = day_words(day, amount or 0, found)
            cells.append(None if amount is None else HeatCell(float(amount), words))
        rows.append(tuple(cells))
    labels = tuple(formatting.weekday((first + timedelta(days=row)).weekday()) for row in range(7))
    return HeatData(tuple(rows), labels, _month_labels(weeks))


def _month_labels(weeks: Sequence[CalendarWeek]) -> tuple[tuple[int, str], ...]:
    labels, last = [], ""
    for column, week in enumerate(weeks):
        end = date.fromisoformat(week.start) + timedelta(days=6)
        month = end.isoformat()[:7]
        if month != last:
            labels.append((column, formatting.month_short(f"{month}-01")))
        last = month
    return tuple(labels)
