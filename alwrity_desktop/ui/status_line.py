"""The status bar: where the figures come from, the ten-second answer, layout and zone."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from alwrity_desktop.core.domain.health import HealthStatus
from alwrity_desktop.core.domain.live import GatewayState
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.ui import account_text, formatting, gateway_text, header_text
from alwrity_desktop.ui.header import Fold, Rule
from alwrity_desktop.ui.widgets import IconLabel, PlainLabel, plain_tooltip


class StatusLine(QWidget):
    """One quiet line below the docks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make an empty line."""
        super().__init__(parent)
        self._icon = IconLabel("circle-dashed", "neutral", 13)
        self._source = PlainLabel("", "caption", "text2")
        self._read = PlainLabel("", "caption", "text2")
        self._summary = PlainLabel("", "caption", "text2")
        self._layout_name = PlainLabel("", "caption", "text2")
        self._zone = PlainLabel("", "caption", "text2")
        self._gateway = PlainLabel("", "caption", "text2")
        self._rules = (Rule(), Rule(), Rule())
        self._paused = ""
        self._report: Report | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 0, 10, 0)
        layout.setSpacing(7)
        left: tuple[QWidget, ...] = (self._icon, self._source, self._read)
        for widget in left:
            layout.addWidget(widget)
        layout.addStretch(1)
        right = (
            self._summary, self._rules[2], self._gateway, self._rules[0], self._layout_name,
            self._rules[1], self._zone,
        )  # fmt: skip
        for widget in right:
            layout.addWidget(widget)

    def show_report(self, report: Report) -> None:
        """Say where the figures come from and what they come to."""
        self._report = report
        self._summary.set_plain(header_text.summary(report))
        self._zone.set_plain(report.period.timezone)
        read = self.tr("Last read {time}")
        read_ms = report.last_read_ms if report.server is None else report.server.last_sync_ms
        clock = formatting.clock(read_ms, report.period.timezone)
        self._read.set_plain("" if read_ms is None else read.format(time=clock))
        self._show_source(report)

    def _show_source(self, report: Report) -> None:
        if self._paused:
            icon, role, words = "pause", "neutral", self._paused
        elif report.account.is_sample:
            icon, role, words = "flask-conical", "info", self.tr("Sample data, made up")
        elif report.last_read_ms is None:
            icon, role, words = "circle-dashed", "neutral", self.tr("Nothing read yet")
        elif any(source.status == HealthStatus.FAILED for source in report.health.sources):
            icon, role, words = "circle-x", "danger", self.tr("A source cannot be read")
        else:
            icon, role, words = "circle-check", "success", self.tr("Local logs")
        if report.account.kind == "all" and role == "success":
            words = self.tr("All accounts")
        if report.server is not None and not self._paused:
            icon, role, words = account_text.source_words(report)
        self._icon.set_icon(icon, role)
        self._source.set_plain(words)

    def show_paused(self, words: str) -> None:
        """Say until when nothing is read; "" when reading goes on."""
        self._paused = words
        if self._report is not None:
            self._show_source(self._report)

    def show_gateway(self, state: GatewayState) -> None:
        """Say whether the gateway runs."""
        word = gateway_text.word_of(state)
        self._gateway.set_plain(self.tr("Gateway: {word}").format(word=word))
        self._gateway.set_colour("warning.text" if gateway_text.has_trouble(state) else "text2")
        plain_tooltip(self._gateway, gateway_text.sentence_of(state))

    def show_layout(self, title: str) -> None:
        """Name the layout in use."""
        self._layout_name.set_plain(self.tr("Layout: {title}").format(title=title))

    def set_fold(self, fold: Fold) -> None:
        """Leave out what has no room."""
        is_wide = fold in {Fold.WIDE, Fold.MEDIUM}
        left_out = (*self._rules, self._gateway, self._layout_name, self._zone, self._read)
        for widget in left_out:
            widget.setVisible(is_wide)
