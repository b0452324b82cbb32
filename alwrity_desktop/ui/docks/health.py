"""Health: what was read and refused, and how the providers answer."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.health import HealthStatus, ProviderHealth, SourceHealth
from alwrity_desktop.core.domain.live import LiveView
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.ui import formatting, gateway_text, theme
from alwrity_desktop.ui.docks._parts import HEALTH_ROLES, Rule, ScrollBody, health_word
from alwrity_desktop.ui.docks.base import DockView
from alwrity_desktop.ui.requests import OpenCalls
from alwrity_desktop.ui.tables.columns import (
    Column,
    Decoration,
    Look,
    Spark,
    StatusMark,
    plain_number,
)
from alwrity_desktop.ui.tables.model import RowsModel
from alwrity_desktop.ui.tables.view import TableView
from alwrity_desktop.ui.tokens import SIZES, STATUS_ICONS
from alwrity_desktop.ui.widgets import IconLabel, PlainLabel

_SPARK_WIDTH = 60
_HEAD_ROOM = 52
_BREAK = "\N{ZERO WIDTH SPACE}"
"""Lets a path go on in the next line."""


class _Source(msgspec.Struct, frozen=True):
    """A source with the moment at which it is looked at."""

    health: SourceHealth
    now_ms: int


def _source_name(row: _Source) -> str:
    health = row.health
    return formatting.source_label(health.source) if health.title == health.source else health.title


def _status_mark(status: HealthStatus) -> Decoration:
    role = HEALTH_ROLES[status]
    return StatusMark(STATUS_ICONS[role], f"{role}.mark")


def _warns(status: HealthStatus) -> bool:
    return status in {HealthStatus.WARNING, HealthStatus.FAILED}


def _status_look(status: HealthStatus) -> Look:
    if _warns(status):
        return Look(f"{HEALTH_ROLES[status]}.text", 600)
    return Look("text2")


def _figure_look(row: ProviderHealth) -> Look:
    return Look("text", 600 if _warns(row.status) else 400)


def _provider_reason(row: ProviderHealth) -> str:
    return f"{health_word(row.status)}: {row.reason}" if row.reason else health_word(row.status)


def _spark(row: ProviderHealth) -> Decoration:
    colour = "warning.mark" if _warns(row.status) else "muted"
    return Spark(tuple(row.hourly_duration_ms), colour)


class HealthDock(DockView):
    """Whether the figures can be trusted, and whether the providers answer."""

    name = "health"
    title = str(QT_TRANSLATE_NOOP("HealthDock", "Health"))
    icon = "heart-pulse"
    about = str(
        QT_TRANSLATE_NOOP(
            "HealthDock", "When each source was last read, what was refused, how providers answer."
        )
    )
    order = 60

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a dock that knows nothing yet."""
        super().__init__(parent)
        self._sources: RowsModel[_Source] = RowsModel(self._source_columns(), self)
        self._providers: RowsModel[ProviderHealth] = RowsModel(self._provider_columns(), self)
        self._source_table = TableView(self._sources, self.tr("Sources"), SIZES.row_dense)
        self._provider_table = TableView(self._providers, self.tr("Providers"), SIZES.row_dense)
        self._provider_table.row_opened.connect(self._open_provider)
        for table in (self._source_table, self._provider_table):
            table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(8, 0, 8, SIZES.dock_padding_y)
        self._column.setSpacing(0)
        self._column.addLayout(self._make_head())
        self._column.addWidget(self._provider_table)
        self._rule = Rule()
        self._column.addWidget(self._rule)
        self._column.addWidget(self._source_table)
        self._column.addWidget(self._make_gateway())
        self._rejections = PlainLabel("", "caption", "text2")
        self._rejections.set_wrapping()
        self._rejections.setContentsMargins(SIZES.cell_padding, 6, SIZES.cell_padding, 0)
        self._column.addWidget(self._rejections)
        self._column.addStretch(1)
        outer = QVBoxLayout(self.body)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ScrollBody(content))
        theme.bus().changed.connect(self._arrange)

    def _make_head(self) -> QHBoxLayout:
        self._status_icon = IconLabel("circle-dashed", "neutral.mark")
        self._status_word = PlainLabel("", "body-dense", weight=600)
        self._status_reason = PlainLabel("", "body-dense", "text2").set_wrapping()
        row = QHBoxLayout()
        row.setContentsMargins(SIZES.cell_padding, 10, SIZES.cell_padding, 6)
        row.setSpacing(6)
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(self._status_icon, 0, top)
        row.addWidget(self._status_word, 0, top)
        row.addSpacing(2)
        row.addWidget(self._status_reason, 1)
        return row

    def _make_gateway(self) -> QWidget:
        self._gateway = QWidget()
        self._gateway_mark = IconLabel("circle-dashed", "neutral.mark", SIZES.icon_pill)
        self._gateway_words = PlainLabel("", "caption", "text2").set_wrapping()
        row = QHBoxLayout(self._gateway)
        row.setContentsMargins(SIZES.cell_padding, 6, SIZES.cell_padding, 0)
        row.setSpacing(6)
        row.addWidget(self._gateway_mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._gateway_words, 1)
        self._gateway.hide()
        return self._gateway

    def show_live(self, view: LiveView) -> None:
        """Say how the gateway stands."""
        state = view.gateway
        words = gateway_text.waiting_sentence(state) or gateway_text.sentence_of(state)
        if self._gateway.isHidden() or words != self._gateway_words.text():
            role = gateway_text.tone_of(state)
            self._gateway_mark.set_icon(gateway_text.icon_of(state), f"{role}.mark")
            self._gateway_words.set_plain(words)
            self._gateway.show()
            self._arrange()

    def _provider_columns(self) -> tuple[Column[ProviderHealth], ...]:
        return (
            Column(
                "provider", self.tr("Provider"),
                lambda row: formatting.provider_label(row.provider), is_stretched=True,
                tooltip=_provider_reason,
            ),
            Column(
                "status", self.tr("Status"), lambda row: health_word(row.status),
                decoration=lambda row: _status_mark(row.status), tooltip=_provider_reason,
                look=lambda row: _status_look(row.status),
            ),
            Column(
                "p50", self.tr("p50"), lambda row: formatting.seconds(row.p50_duration_ms),
                is_number=True, priority=4, look=lambda _row: Look("text2"),
                tooltip=lambda _row: self.tr("Half of the answers came sooner"),
                plain=lambda row: plain_number(row.p50_duration_ms),
            ),
            Column(
                "p95", self.tr("p95"), lambda row: formatting.seconds(row.p95_duration_ms),
                is_number=True, look=_figure_look, priority=2,
                plain=lambda row: plain_number(row.p95_duration_ms),
            ),
            Column(
                "errors", self.tr("Errors"),
                lambda row: formatting.percent(row.error_rate_percent), is_number=True,
                look=_figure_look, priority=1,
            ),
            Column(
                "day", self.tr("24 h"), lambda _row: "", is_number=True, decoration=_spark,
                width=_SPARK_WIDTH, priority=3,
                tooltip=lambda _row: self.tr("Mean response in each of the last 24 hours"),
            ),
        )  # fmt: skip

    def _source_columns(self) -> tuple[Column[_Source], ...]:
        return (
            Column(
                "source", self.tr("Source"), _source_name, is_stretched=True,
                decoration=lambda row: _status_mark(row.health.status),
                tooltip=lambda row: row.health.reason,
            ),
            Column(
                "read", self.tr("Last read"),
                lambda row: formatting.ago(row.health.last_read_ms, row.now_ms), is_number=True,
                look=lambda _row: Look("text2"),
            ),
            Column(
                "files", self.tr("Files"), lambda row: formatting.count(row.health.files),
                is_number=True, priority=2, look=lambda _row: Look("text2"),
            ),
            Column(
                "calls", self.tr("Calls"), lambda row: formatting.count(row.health.calls),
                is_number=True, priority=1,
            ),
            Column(
                "rejected", self.tr("Refused"),
                lambda row: formatting.count(row.health.rejected_lines), is_number=True,
                tooltip=lambda row: "\n".join(_refusals(row.health)),
                look=lambda row: Look("text", 600 if row.health.rejected_lines else 400),
            ),
        )  # fmt: skip

    def is_empty(self, report: Report) -> bool:
        """Return whether no source and no provider is known."""
        return not report.health.sources and not report.health.providers

    def render_report(self, report: Report) -> None:
        """Show the health of *report*."""
        health = report.health
        role = HEALTH_ROLES[health.status]
        self._status_icon.set_icon(STATUS_ICONS[role], f"{role}.mark")
        self._status_word.set_plain(health_word(health.status))
        self._status_word.set_colour(f"{role}.text")
        self._status_reason.set_plain(health.reason)
        # A server's account has no files whose lines could be refused.
        unwanted = {"files", "rejected"} if report.server is not None else set()
        unwanted |= {"calls"} if report.is_stated else set()
        self._source_table.set_unwanted(frozenset(unwanted))
        self._providers.set_rows(health.providers)
        self._sources.set_rows([_Source(source, report.as_of_ms) for source in health.sources])
        self._provider_table.setVisible(bool(health.providers))
        self._source_table.setVisible(bool(health.sources))
        self._rule.setVisible(bool(health.providers and health.sources))
        lines = [line for source in health.sources for line in _refusals(source)]
        self._rejections.set_plain("\n".join(lines).replace("/", f"/{_BREAK}"))
        self._rejections.setVisible(bool(lines))
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the rows as much height as there is."""
        super().resizeEvent(event)
        self._arrange()

    @Slot()
    def _arrange(self) -> None:
        """Make each table as high as its rows; the rows comfortable where there is room."""
        rows = self._providers.rowCount() + self._sources.rowCount()
        words = self._rejections.heightForWidth(max(1, self.width() - 16)) + 2
        fixed = 2 * theme.scaled(SIZES.table_header) + _HEAD_ROOM + self._reason_room()
        fixed += words if not self._rejections.isHidden() else 0
        fixed += 0 if self._gateway.isHidden() else self._gateway.sizeHint().height()
        room = (self.height() - fixed) * 100 // max(1, rows * theme.scaled(100))
        height = min(SIZES.row, max(SIZES.row_calls, room))
        for table in (self._provider_table, self._source_table):
            table.set_row_height(height)
            table.setFixedHeight(table.content_height())

    def _reason_room(self) -> int:
        """Return how much higher than one line the reason in the head is."""
        width = max(1, self._status_reason.width())
        line = self._status_reason.fontMetrics().height()
        return max(0, self._status_reason.heightForWidth(width) - line)

    @Slot(int)
    def _open_provider(self, row: int) -> None:
        found = self._providers.row_at(row) if row >= 0 else None
        if found is not None:
            state = "error" if _warns(found.status) else None
            self.ask(OpenCalls(found.provider, state=state))


def _refusals(source: SourceHealth) -> list[str]:
    """Return what was refused, with its reason and where."""
    return [
        f"{source.title}: {formatting.count(item.lines)} × {item.reason}"
        f" ({', '.join(filter(None, (item.example_path, item.place)))})"
        for item in source.rejections
    ]
