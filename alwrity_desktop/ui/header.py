"""The header: account, period, state, and the figures that answer the ten-second look."""

from __future__ import annotations

from enum import Enum
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QMenu, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.live import GatewayState
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.ui import account_text, formatting, header_text, theme
from alwrity_desktop.ui.gateway_mark import GatewayMark
from alwrity_desktop.ui.header_widgets import Bell, MenuButton, MoneyMetric, PeriodPicker, StatePill
from alwrity_desktop.ui.requests import (
    EditBudget,
    ExportReport,
    OpenCalls,
    OpenDock,
    Request,
    ShowPrices,
)
from alwrity_desktop.ui.sentence import Sentence
from alwrity_desktop.ui.widgets import IconButton, PlainLabel, PushButton, plain_tooltip

_SIDE: Final = 13


class Fold(Enum):
    """How much room there is."""

    WIDE = "wide"
    #: The words that can be had elsewhere are left out.
    MEDIUM = "medium"
    #: Three lines above tabs.
    NARROW = "narrow"
    #: One line, for low windows.
    LINE = "line"


class Rule(QWidget):
    """A hairline that parts two groups."""

    def __init__(self) -> None:
        """Make an upright hairline."""
        super().__init__()
        self.setFixedWidth(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        QPainter(self).fillRect(self.rect(), theme.current().colour("border"))


class Header(QWidget):
    """Always there; renders the report and asks for things by signal."""

    #: Carries a ``Request``.
    requested = Signal(object)
    refresh_asked = Signal()
    #: -1 for the period before, 1 for the one after.
    stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a header without figures."""
        super().__init__(parent)
        self.setObjectName("header")
        self._fold: Fold | None = None
        self._report: Report | None = None
        self.account = MenuButton("server", self.tr("Account"))
        self.period = PeriodPicker()
        self._pill = StatePill()
        self._bell = Bell()
        self._gateway = GatewayMark()
        self._refresh = IconButton("refresh-cw", self.tr("Refresh (F5)"))
        self.more = IconButton("ellipsis-vertical", self.tr("Menu"))
        self._prices = PushButton(self.tr("Set prices"), "primary", "pencil")
        self._budget = PushButton(self.tr("Set a budget"), "primary", "target")
        self._export = PushButton(self.tr("Export…"), "primary", "download")
        self._link = PushButton(self.tr("Set a budget"), "link")
        self._make_words()
        self._connect()
        self._everything: tuple[QWidget, ...] = tuple(
            child for child in vars(self).values() if isinstance(child, QWidget)
        )
        for widget in self._everything:
            widget.setParent(self)
        self.set_fold(Fold.WIDE)
        theme.bus().changed.connect(self.update)

    def _make_words(self) -> None:
        self._range = PlainLabel("", "caption", "text2")
        self._age = PlainLabel("", "caption", "text2")
        self._used_caption = PlainLabel(self.tr("This month you've used"), "caption", "muted")
        self._cost = MoneyMetric()
        self._cost_in_line = MoneyMetric("heading")
        for figure in (self._cost, self._cost_in_line):
            figure.clicked.connect(self._open_calls)
        self._used = Sentence("body")
        self._forecast_caption = PlainLabel(self.tr("Forecast"), "caption", "muted")
        self._forecast = Sentence("body-large", "text")
        self._against_caption = PlainLabel("", "caption", "muted")
        self._against = Sentence("body", is_right=True)
        self._rule_above = Rule()
        self._rule_below = Rule()

    def _connect(self) -> None:
        self._refresh.clicked.connect(self.refresh_asked)
        self.period.stepped.connect(self.stepped)
        self._pill.clicked.connect(self._open_health)
        self._bell.clicked.connect(self._open_alerts)
        self._gateway.clicked.connect(self._open_live)
        for button in (self._prices, self._budget, self._export, self._link):
            button.clicked.connect(self._do_primary)

    def set_menus(self, account: QMenu, period: QMenu, everything: QMenu) -> None:
        """Open these menus from the account, the period and the narrow window's button."""
        self.account.set_menu(account)
        self.period.button.set_menu(period)
        self.more.setMenu(everything)
        self.more.setPopupMode(self.more.ToolButtonPopupMode.InstantPopup)

    def show_report(self, report: Report) -> None:
        """Render *report*."""
        self._report = report
        self.account.set_words(*self._account_words(report), account_text.account_icon(report))
        self._show_period(report)
        for figure in (self._cost, self._cost_in_line):
            figure.set_cost(report.known_cost_pico, formatting.unpriced_words(report.totals))
        self._used.set_runs(header_text.used_runs(report))
        self._show_forecast(report)
        self._against_caption.set_plain(header_text.comparison_caption(report))
        self._against.set_runs(header_text.comparison_runs(report))
        state = header_text.state_of(report)
        self._pill.set_state(state.tone, state.word, state.reason)
        self._bell.set_unread(report.unread_alerts)
        self._link.setText(self._primary().text())
        self._show_primary()

    def _primary(self) -> PushButton:
        """Return what is offered: prices where none is known, a budget without one, the export."""
        report = self._report
        if report is not None and header_text.lacks_prices(report):
            return self._prices
        return self._export if report is not None and report.limits else self._budget

    def _show_primary(self) -> None:
        is_wide = self._fold in {Fold.WIDE, Fold.MEDIUM}
        for button in (self._prices, self._budget, self._export):
            button.setVisible(is_wide and button is self._primary())

    def _account_words(self, report: Report) -> tuple[str, str]:
        name, detail = account_text.account_words(report)
        plain_tooltip(self.account, name)
        if self._fold is Fold.LINE:
            return "", ""
        has_trouble = report.server is not None and report.server.state != account_text.OK
        if self._fold is Fold.WIDE:
            return name, detail
        # The banner and the pill say the rest.
        return name, detail if self._fold is Fold.MEDIUM and not has_trouble else ""

    def _show_period(self, report: Report) -> None:
        is_short = self._fold not in {Fold.WIDE, Fold.MEDIUM}
        self.period.button.set_words(header_text.period_title(report.period, is_short=is_short))
        is_fixed = report.period.kind in {"all", "custom"}
        self.period.set_steps(
            can_go_back=not is_fixed,
            can_go_on=not is_fixed and report.period.end_ms <= report.as_of_ms,
        )
        self._range.set_plain(header_text.period_range(report))
        self._used_caption.set_plain(header_text.used_caption(report))

    def _show_forecast(self, report: Report) -> None:
        is_short = self._fold is not Fold.WIDE
        margin = header_text.margin_runs(report, is_short=is_short)
        runs = header_text.forecast_runs(report, is_short=is_short)
        self._forecast.set_runs(runs + margin)

    def show_gateway(self, state: GatewayState) -> None:
        """Say how the gateway stands."""
        self._gateway.show_state(state)

    def show_age(self, words: str) -> None:
        """Say how old the figures are, and when they are asked for next."""
        self._age.set_plain(words)

    def set_fold(self, fold: Fold) -> None:
        """Lay everything out for the room there is."""
        if fold is self._fold:
            return
        self._fold = fold
        old = self.layout()
        if old is not None:
            _empty(old)
            # A layout leaves its widget only by being handed to another one.
            QWidget().setLayout(old)
        arrange = {
            Fold.WIDE: self._arrange_wide,
            Fold.MEDIUM: self._arrange_wide,
            Fold.NARROW: self._arrange_narrow,
            Fold.LINE: self._arrange_line,
        }
        layout = arrange[fold]()
        is_wide = fold in {Fold.WIDE, Fold.MEDIUM}
        layout.setContentsMargins(_SIDE, 7 if is_wide else 5, _SIDE, 14 if is_wide else 9)
        self.setLayout(layout)
        shown = set(_widgets_of(layout))
        for widget in self._everything:
            widget.setVisible(widget in shown)
        self._show_primary()
        if self._report is not None:
            self.show_report(self._report)

    def _arrange_wide(self) -> QLayout:
        is_wide = self._fold is Fold.WIDE
        above = _row(self.account, self.period)
        if is_wide:
            above.addSpacing(4)
            above.addWidget(self._range)
        above.addStretch(1)
        _add(above, self._pill, self._bell, self._gateway, self._rule_above)
        if is_wide:
            above.addWidget(self._age)
        _add(above, self._refresh, self._prices, self._budget, self._export)
        used = _row(self._cost, self._used)
        used.setSpacing(12)
        left = _column(self._used_caption, used)
        middle = _column(self._forecast_caption, self._forecast)
        right = _column(self._against_caption, self._against)
        for words in (self._against_caption, self._against):
            right.setAlignment(words, Qt.AlignmentFlag.AlignRight)
        below = QHBoxLayout()
        below.setSpacing(20)
        below.addLayout(left)
        below.addWidget(self._rule_below)
        below.addLayout(middle, 1)
        below.addLayout(right)
        layout = QVBoxLayout()
        layout.setSpacing(9)
        layout.addLayout(above)
        layout.addLayout(below)
        return layout

    def _arrange_narrow(self) -> QLayout:
        above = _row(self.account, self.period)
        above.setSpacing(5)
        above.addStretch(1)
        _add(above, self._pill, self._bell, self._refresh, self.more)
        caption = _row(self._used_caption)
        caption.addStretch(1)
        caption.addWidget(self._age)
        used = _row(self._cost, self._used)
        used.setSpacing(12)
        used.addStretch(1)
        forecast = _row()
        forecast.addWidget(self._forecast, 1)
        forecast.addWidget(self._link)
        layout = QVBoxLayout()
        layout.setSpacing(3)
        for line in (above, caption, used, forecast):
            layout.addLayout(line)
        return layout

    def _arrange_line(self) -> QLayout:
        line = _row(self.account, self.period, self._cost_in_line)
        line.setSpacing(3)
        line.addStretch(1)
        _add(line, self._pill, self._bell, self.more)
        return line

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground with its hairline."""
        look = theme.current()
        painter = QPainter(self)
        gradient = QLinearGradient(0, 0, 0, self.height())
        gradient.setColorAt(0, look.colour("surface"))
        gradient.setColorAt(1, look.colour("surface2"))
        painter.fillRect(self.rect(), gradient)
        painter.fillRect(0, self.height() - 1, self.width(), 1, look.colour("border"))

    def changeEvent(self, event: QEvent) -> None:
        """Take new words over when the language changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and self._report is not None:
            self.show_report(self._report)

    @Slot()
    def _open_health(self) -> None:
        is_limit = self._report is not None and self._report.status != "active"
        self.requested.emit(OpenDock("limits" if is_limit else "health"))

    @Slot()
    def _open_alerts(self) -> None:
        self.requested.emit(OpenDock("alerts"))

    @Slot()
    def _open_live(self) -> None:
        self.requested.emit(OpenDock("live"))

    @Slot()
    def _open_calls(self) -> None:
        self.requested.emit(OpenCalls())

    @Slot()
    def _do_primary(self) -> None:
        asked: dict[PushButton, Request] = {
            self._prices: ShowPrices(),
            self._export: ExportReport(),
        }
        self.requested.emit(asked.get(self._primary(), EditBudget()))


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    _add(row, *widgets)
    return row


def _add(row: QHBoxLayout, *widgets: QWidget) -> None:
    for widget in widgets:
        row.addWidget(widget)


def _column(caption: QWidget, below: QWidget | QLayout) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(caption)
    column.addStretch(1)
    if isinstance(below, QLayout):
        column.addLayout(below)
    else:
        column.addWidget(below)
    column.addStretch(1)
    return column


def _empty(layout: QLayout) -> None:
    """Take everything out of *layout*: its widgets would follow it otherwise."""
    while layout.count():
        item = layout.takeAt(0)
        inner = item.layout() if item is not None else None
        if inner is not None:
            _empty(inner)


def _widgets_of(layout: QLayout) -> list[QWidget]:
    found: list[QWidget] = []
    for index in range(layout.count()):
        item = layout.itemAt(index)
        inner = item.layout() if item is not None else None
        widget = item.widget() if item is not None else None
        if inner is not None:
            found += _widgets_of(inner)
        elif widget is not None:
            found.append(widget)
    return found
