"""Live: calls and dollars of this minute, calls as they come, under way and refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.live import BlockedCall, GatewayState, LiveView, UnderWay
from alwrity_desktop.core.domain.periods import local_day
from alwrity_desktop.core.domain.report import CallRow, Report
from alwrity_desktop.ui import formatting, gateway_text, theme
from alwrity_desktop.ui.docks._live_columns import (
    blocked_columns,
    live_call_columns,
    under_way_columns,
)
from alwrity_desktop.ui.docks._parts import Rule, ScrollBody
from alwrity_desktop.ui.docks._rate_figure import RateFigure
from alwrity_desktop.ui.docks.base import DockView
from alwrity_desktop.ui.requests import (
    AllowModel,
    OpenCall,
    OpenCalls,
    OpenDock,
    ShowPrices,
    StartGateway,
    StopGateway,
    TrackProgram,
)
from alwrity_desktop.ui.tables.model import RowsModel
from alwrity_desktop.ui.tables.view import TableView
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import (
    ActionButton,
    EmptyState,
    FlowLayout,
    IconLabel,
    InlineMessage,
    PlainLabel,
)

_SHOWN_BLOCKS = 3
_UNPRICED = "unpriced_model"


class LiveDock(DockView):
    """What goes on now; it is fed once a second while it is in view."""

    name = "live"
    title = str(QT_TRANSLATE_NOOP("LiveDock", "Live"))
    icon = "activity"
    about = str(
        QT_TRANSLATE_NOOP(
            "LiveDock", "Calls and dollars of this minute, and the last calls as they come."
        )
    )
    order = 65

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a dock that knows nothing yet."""
        super().__init__(parent)
        self._view: LiveView | None = None
        self._report: Report | None = None
        self._day = ("", "")
        self._make_tables()
        self._make_head()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(8, 0, 8, SIZES.dock_padding_y)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addLayout(self._make_rates())
        self._rules = (Rule(), Rule())
        parts: tuple[QWidget, ...] = (
            self._under_way_table, self._rules[0], self._unpriced, self._block_table,
            self._rules[1], self._call_table,
        )  # fmt: skip
        for part in parts:
            column.addWidget(part)
        column.addStretch(1)
        outer = QVBoxLayout(self.body)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ScrollBody(content))
        theme.bus().changed.connect(self._fit_tables)

    def _make_tables(self) -> None:
        self._under_way: RowsModel[UnderWay] = RowsModel(under_way_columns(self._now_ms), self)
        self._blocks: RowsModel[BlockedCall] = RowsModel(blocked_columns(self._timezone), self)
        self._calls: RowsModel[CallRow] = RowsModel(live_call_columns("", "UTC"), self)
        self._under_way_table = self._table(self._under_way, self.tr("Calls under way"))
        self._block_table = self._table(self._blocks, self.tr("Calls that were refused"))
        self._call_table = self._table(self._calls, self.tr("The last calls"))
        self._call_table.row_opened.connect(self._open_call)
        self._block_table.row_opened.connect(self._open_block)

    @staticmethod
    def _table(model: RowsModel[Any], name: str) -> TableView:
        table = TableView(model, name, SIZES.row_calls)
        table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return table

    def _make_head(self) -> None:
        self._head = QWidget()
        self._mark = IconLabel("circle-dashed", "neutral.mark")
        self._where = PlainLabel("", "body-dense", weight=600).set_wrapping()
        self._start = ActionButton(
            self.tr("Start the gateway"), StartGateway(), "primary", "play", is_small=True
        )
        self._stop = ActionButton(self.tr("Stop"), StopGateway(), icon="square", is_small=True)
        track = ActionButton(
            self.tr("Track a program"), TrackProgram(), icon="waypoints", is_small=True
        )
        named = QWidget()
        words = QHBoxLayout(named)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(6)
        words.addWidget(self._mark)
        words.addWidget(self._where)
        flow = FlowLayout(self._head)
        flow.setContentsMargins(SIZES.cell_padding, 8, SIZES.cell_padding, 6)
        flow.addWidget(named)
        flow.add_stretch()
        for button in (self._start, self._stop, track):
            button.chosen.connect(self.requested)
            flow.addWidget(button)
        self._unpriced = InlineMessage()
        self._unpriced.triggered.connect(self._allow)

    def _make_rates(self) -> QHBoxLayout:
        self._call_rate = RateFigure(self.tr("Calls in the last minute"), "")
        self._cost_rate = RateFigure(self.tr("Cost in the last minute"), "")
        row = QHBoxLayout()
        row.setContentsMargins(SIZES.cell_padding, 4, SIZES.cell_padding, 10)
        row.setSpacing(18)
        row.addWidget(self._call_rate, 1)
        row.addWidget(self._cost_rate, 1)
        return row

    def _now_ms(self) -> int:
        return 0 if self._view is None else self._view.as_of_ms

    def _timezone(self) -> str:
        return "UTC" if self._view is None else self._view.timezone

    def show_report(self, report: Report) -> None:
        """Take whose calls are shown; what goes on comes by itself."""
        self._report = report
        self._show()

    def show_live(self, view: LiveView) -> None:
        """Show what goes on now."""
        self._view = view
        self._show()

    def _show(self) -> None:
        if self._report is None:
            return
        if self._view is None and not self._report.account.is_sample:
            self.show_loading(self.tr("Looking at what goes on…"))
        else:
            super().show_report(self._report)

    def is_empty(self, report: Report) -> bool:
        """Return whether nothing goes on and nobody could tell."""
        view = self._view
        if view is None or report.account.is_sample:
            return True
        return not view.calls and not view.gateway.is_running and not view.gateway.trouble

    def empty_state(self, report: Report) -> EmptyState:
        """Return the offer to start the gateway."""
        actions = (
            (self.tr("Start the gateway"), "play", StartGateway()),
            (self.tr("Track a program"), "waypoints", TrackProgram()),
        )
        if report.account.is_sample:
            text = self.tr("Live shows the calls of real programs as they are made.")
            return EmptyState(self.icon, self.tr("Sample data stands still"), text, actions[1:])
        url = "" if self._view is None else self._view.gateway.url
        text = self.tr(
            "It counts the calls of any program that is given its address, {url}, and can refuse "
            "them before a budget is overrun."
        ).format(url=url)
        return EmptyState(self.icon, self.tr("The gateway is not running"), text, actions)

    def render_report(self, report: Report) -> None:
        """Show the newest look; the report itself says nothing of this minute."""
        view = self._view
        if view is None:
            return
        self._show_gateway(view.gateway)
        self._show_rates(view)
        self._show_calls(view)
        self._under_way.set_rows(view.gateway.under_way)
        self._blocks.set_rows(view.gateway.blocks[:_SHOWN_BLOCKS])
        self._show_unpriced(view.gateway.blocks)
        self._fit_tables()

    def _show_gateway(self, state: GatewayState) -> None:
        self._mark.set_icon(gateway_text.icon_of(state), f"{gateway_text.tone_of(state)}.mark")
        words = (gateway_text.sentence_of(state), gateway_text.waiting_sentence(state))
        self._where.set_plain(" ".join(each for each in words if each))
        self._start.setVisible(not state.is_running and not state.trouble)
        self._stop.setVisible(state.is_running)

    def _show_rates(self, view: LiveView) -> None:
        calls, costs = view.calls_per_minute, view.cost_pico_per_minute
        text = self.tr("{amount} in the last hour")
        whole = formatting.count(None if view.is_unread else sum(calls))
        note = text.format(amount=whole)
        self._call_rate.show_rate(view.calls_now, calls, formatting.count, note)
        note = text.format(amount=formatting.money_small(view.cost_pico_of_hour))
        drawn = [cost or 0 for cost in costs]
        self._cost_rate.show_rate(view.cost_pico_now, drawn, formatting.money_small, note)

    def _show_calls(self, view: LiveView) -> None:
        day = (local_day(view.as_of_ms, view.timezone), view.timezone)
        if day != self._day:
            self._day = day
            self._calls.columns = live_call_columns(*day)
        self._calls.set_rows(view.calls)

    def _show_unpriced(self, blocks: Sequence[BlockedCall]) -> None:
        """Offer to let the model pass that was refused last for want of a price."""
        newest = blocks[0] if blocks else None
        if newest is None or newest.code != _UNPRICED:
            self._unpriced.hide()
            return
        text = self.tr(
            "{model} has no price, so a budget of cost cannot hold. Give it a price, or let it "
            "pass uncounted."
        )
        words = text.format(model=newest.model)
        action = self.tr("Let it pass")
        self._unpriced.show_message("warning", "triangle-alert", words, action, "check")

    @Slot()
    def _allow(self) -> None:
        blocks = () if self._view is None else self._view.gateway.blocks
        if blocks:
            self.ask(AllowModel(blocks[0].provider, blocks[0].model))

    @Slot()
    def _fit_tables(self) -> None:
        """Make each table as high as its rows, and leave out what lists nothing."""
        tables = (self._under_way_table, self._block_table, self._call_table)
        for table in tables:
            has_rows = table.model().rowCount() > 0
            table.setVisible(has_rows)
            table.setFixedHeight(table.content_height())
        self._rules[0].setVisible(self._under_way.rowCount() > 0)
        self._rules[1].setVisible(self._blocks.rowCount() > 0)

    @Slot(int)
    def _open_call(self, row: int) -> None:
        found = self._calls.row_at(row) if row >= 0 else None
        if found is not None:
            self.ask(OpenCalls(found.provider, found.model))
            self.ask(OpenCall(found.id))

    @Slot(int)
    def _open_block(self, row: int) -> None:
        found = self._blocks.row_at(row) if row >= 0 else None
        if found is not None:
            self.ask(ShowPrices() if found.code == _UNPRICED else OpenDock("limits"))
