"""Cost by provider: a ring, its table, and a provider's models one click away."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, Slot
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.report import Group, Report
from alwrity_desktop.ui import formatting, theme
from alwrity_desktop.ui.charts.ring import RingChart, Slice
from alwrity_desktop.ui.docks._parts import Rule
from alwrity_desktop.ui.docks._provider_columns import TOTAL, columns
from alwrity_desktop.ui.docks.base import DockView
from alwrity_desktop.ui.requests import OpenCalls, ShowPrices
from alwrity_desktop.ui.tables.columns import column_index
from alwrity_desktop.ui.tables.model import RowsModel
from alwrity_desktop.ui.tables.view import TableView
from alwrity_desktop.ui.tokens import MAX_SERIES, OTHER_PROVIDER, SIZES
from alwrity_desktop.ui.widgets import (
    ActionButton,
    FlowLayout,
    IconButton,
    IconLabel,
    PlainLabel,
    PushButton,
)

_FOOTER_GAPS = 48
_BESIDE = 500
_RING_BESIDE = 170
_RING_ABOVE = 128
_MIN_TABLE = 120
_ABOVE_TABLE = 4
_LIGHTER_STEP = 16


class ProvidersDock(DockView):
    """Where the money went, and what a call and a million tokens cost there."""

    name = "providers"
    title = str(QT_TRANSLATE_NOOP("ProvidersDock", "Cost by provider"))
    icon = "chart-pie"
    about = str(
        QT_TRANSLATE_NOOP(
            "ProvidersDock", "What each provider has cost. Click one to see its models and calls."
        )
    )
    order = 30

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a dock without figures."""
        super().__init__(parent)
        self._report: Report | None = None
        self._provider: str | None = None
        self._model: RowsModel[Group] = RowsModel(columns(self.tr("Provider")), self)
        self._table = TableView(self._model, self.tr("Cost by provider"))
        self._table.row_opened.connect(self._open_row)
        self._table.row_hovered.connect(self._lift_slice)
        cost = column_index(self._model.columns, "cost")
        self._table.sort_rows(cost, Qt.SortOrder.DescendingOrder)
        self._ring = RingChart()
        self._ring.slice_clicked.connect(self._open_key)
        self._ring.slice_hovered.connect(self._lift_row)
        self._middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._middle.setContentsMargins(8, _ABOVE_TABLE, 8, 0)
        self._middle.setSpacing(6)
        self._middle.addWidget(self._ring)
        self._middle.addWidget(self._table, 1)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_path())
        column.addLayout(self._middle, 1)
        column.addWidget(Rule())
        column.addWidget(self._make_footer())
        theme.bus().changed.connect(self._draw_ring)

    def _make_path(self) -> QWidget:
        """Return the line that leads back from a provider to all of them."""
        self._path = QWidget()
        back = IconButton("chevron-left", self.tr("Back to all providers"), is_title=True)
        back.clicked.connect(self._go_back)
        everything = PushButton(self.tr("All providers"), "link")
        everything.clicked.connect(self._go_back)
        self._path_name = PlainLabel("", "body-dense", weight=600)
        calls = PushButton(self.tr("Show calls"), "link", "list")
        calls.clicked.connect(self._open_calls)
        row = QHBoxLayout(self._path)
        row.setContentsMargins(8, 5, SIZES.dock_padding_x, 3)
        row.setSpacing(6)
        row.addWidget(back)
        row.addWidget(everything)
        row.addWidget(IconLabel("chevron-right", "muted", 12))
        row.addWidget(self._path_name)
        row.addStretch(1)
        row.addWidget(calls)
        self._path.hide()
        return self._path

    def _make_footer(self) -> QWidget:
        footer = self._footer = QWidget()
        self._coverage_icon = IconLabel("info", "text2", SIZES.icon_pill)
        self._coverage = PlainLabel("", "caption", "text2").set_wrapping()
        self._set_prices = ActionButton(self.tr("Set prices"), ShowPrices(), "link", is_small=True)
        self._set_prices.chosen.connect(self.requested)
        self._unit_price = PlainLabel("", "caption", "muted")
        words = QHBoxLayout()
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(6)
        words.addWidget(self._coverage_icon)
        words.addWidget(self._coverage, 1)
        left = QWidget()
        left.setLayout(words)
        flow = FlowLayout(footer, 6)
        flow.setContentsMargins(SIZES.dock_padding_x, 7, SIZES.dock_padding_x, 7)
        flow.addWidget(left)
        flow.addWidget(self._set_prices)
        flow.add_stretch()
        flow.addWidget(self._unit_price)
        return footer

    def render_report(self, report: Report) -> None:
        """Show the providers of *report*, or the models of the one that was opened."""
        self._report = report
        known = {group.key for group in report.groups.get("provider", ())}
        if self._provider not in known:
            self._provider = None
        self._show_rows()
        self._show_footer(report)

    def _rows(self, report: Report) -> tuple[Group, ...]:
        models = report.groups.get("model", ())
        if self._provider is None:
            return report.groups.get("provider", ()) or models
        return tuple(group for group in models if group.provider == self._provider)

    def _show_rows(self) -> None:
        report = self._report
        if report is None:
            return
        rows = self._rows(report)
        self._path.setVisible(self._provider is not None)
        self._path_name.set_plain(formatting.provider_label(self._provider or ""))
        title = self.tr("Model") if self._is_by_model(report) else self.tr("Provider")
        self._model.columns = columns(title, is_stated=report.is_stated)
        self._model.set_rows(rows, self._total(report))
        self._draw_ring()
        self._arrange()

    def _is_by_model(self, report: Report) -> bool:
        """Return whether models are listed: of one provider, or where no provider is known."""
        return self._provider is not None or not report.groups.get("provider")

    def _total(self, report: Report) -> Group:
        """Return the row below all others."""
        if self._provider is None:
            share = 100.0 if report.totals.cost_pico else None
            return Group(TOTAL, report.totals, share_percent=share)
        groups = report.groups.get("provider", ())
        group = next(group for group in groups if group.key == self._provider)
        return replace(group, key=TOTAL)

    @Slot()
    def _draw_ring(self) -> None:
        report = self._report
        if report is None:
            return
        rows = self._rows(report)
        figures = self._total(report).figures
        total = figures.cost_pico
        slices = [
            self._slice(row, index, total)
            for index, row in enumerate(rows[:MAX_SERIES])
            if row.figures.cost_pico > 0
        ]
        rest = sum(row.figures.cost_pico for row in rows[MAX_SERIES:])
        if rest > 0:
            slices.append(self._rest_slice(rest))
        if self._is_by_model(report):
            noun = self.tr("1 model") if len(rows) == 1 else self.tr("{count} models")
        else:
            noun = self.tr("1 provider") if len(rows) == 1 else self.tr("{count} providers")
        caption = formatting.money(figures.known_cost_pico)
        self._ring.set_slices(slices, caption, noun.format(count=len(rows)))

    def _slice(self, row: Group, index: int, total: int) -> Slice:
        provider = row.provider or row.key
        tone = theme.provider_tone(provider)
        fill = QColor(tone.fill)
        if self._report is not None and self._is_by_model(self._report):
            fill = fill.lighter(100 + _LIGHTER_STEP * index)
        name = row.key if row.provider else formatting.provider_label(row.key)
        share = row.figures.cost_pico * 100 / total if total else 0.0
        cost = formatting.money(row.figures.cost_pico)
        calls = formatting.uses(row.figures)
        return Slice(
            row.key,
            float(row.figures.cost_pico),
            fill,
            theme.provider_line(provider),
            f"{share:.0f}%",
            None if tone.on_fill is None else QColor(tone.on_fill),
            f"{name}: {cost}, {formatting.percent(share)}, {calls}",
        )

    def _rest_slice(self, rest: int) -> Slice:
        fill = QColor(OTHER_PROVIDER.fill)
        line = theme.provider_line("other")
        text = f"{formatting.provider_label('other')}: {formatting.money(rest)}"
        return Slice("other", float(rest), fill, line, "", None, text)

    def _show_footer(self, report: Report) -> None:
        totals = report.totals
        models = len(report.unpriced)
        if totals.unpriced_calls:
            template = self.tr("{percent} of calls priced: {models} unpriced, {calls}")
            names = self.tr("1 model") if models == 1 else self.tr("{count} models")
            calls = self.tr("1 call") if totals.unpriced_calls == 1 else self.tr("{count} calls")
            self._coverage.set_plain(
                template.format(
                    percent=formatting.percent(totals.priced_percent),
                    models=names.format(count=models),
                    calls=calls.format(count=formatting.count(totals.unpriced_calls)),
                )
            )
            self._coverage_icon.set_icon("info", "text2")
        else:
            words = self.tr("As the server bills it") if report.is_stated else ""
            self._coverage.set_plain(words or self.tr("All calls are priced"))
            self._coverage_icon.set_icon("circle-check", "success.mark")
        self._set_prices.setVisible(bool(totals.unpriced_calls))
        self._unit_price.set_plain(self._dearest_sentence(report))
        self._arrange()

    def _dearest_sentence(self, report: Report) -> str:
        """Return what a million tokens cost at the provider that costs most."""
        groups = report.groups.get("provider", ())
        price = groups[0].figures.cost_per_million_tokens_pico if groups else None
        if price is None:
            return ""
        template = self.tr("{provider} costs {amount} per 1M tokens")
        provider = formatting.provider_label(groups[0].key)
        return template.format(provider=provider, amount=formatting.money(price))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay ring and table out for the new size."""
        super().resizeEvent(event)
        self._arrange()

    def _footer_fits(self) -> bool:
        """Return whether the footer's words fit on one line; a second would cover the total."""
        labels = (self._coverage, self._unit_price)
        words = sum(label.fontMetrics().horizontalAdvance(label.text()) for label in labels)
        button = 0 if self._set_prices.isHidden() else self._set_prices.sizeHint().width()
        around = 2 * SIZES.dock_padding_x + self._coverage_icon.sizeHint().width() + _FOOTER_GAPS
        return words + button + around <= self.width()

    def _arrange(self) -> None:
        """Put the ring beside the table, above it, or away where there is no room for it."""
        is_beside = self.width() >= _BESIDE
        direction = QBoxLayout.Direction
        self._middle.setDirection(direction.LeftToRight if is_beside else direction.TopToBottom)
        room = self.height() - _MIN_TABLE - 60
        self._ring.setVisible(is_beside or room > _RING_ABOVE)
        self._ring.setMaximumSize(
            _RING_BESIDE if is_beside else 16_777_215, 16_777_215 if is_beside else _RING_ABOVE
        )
        self._ring.setMinimumWidth(_RING_BESIDE if is_beside else 0)
        self._unit_price.setVisible(not is_beside or self._footer_fits())
        path = self._path.sizeHint().height() if self._provider else 0
        spare = self.height() - self._footer.sizeHint().height() - 1 - path - _ABOVE_TABLE
        spare -= 0 if is_beside or self._ring.isHidden() else _RING_ABOVE
        rows = self._model.rowCount()
        spare -= self._table.horizontalHeader().sizeHint().height()
        heights = (SIZES.row, SIZES.row_dense, SIZES.row_calls)
        fitting = (height for height in heights if theme.scaled(height) * rows <= spare)
        self._table.set_row_height(next(fitting, SIZES.row_calls))

    @Slot(int)
    def _open_row(self, row: int) -> None:
        if row >= 0 and not self._model.is_footer(row):
            group = self._model.row_at(row)
            if group is not None:
                self._open_key(group.key)

    @Slot(str)
    def _open_key(self, key: str) -> None:
        if self._provider is not None:
            self.ask(OpenCalls(self._provider, None if key == "other" else key))
        elif self._report and self._is_by_model(self._report):
            if not self._report.is_stated:
                self.ask(OpenCalls(model=key))
        elif self._report and any(g.key == key for g in self._report.groups.get("provider", ())):
            self._provider = key
            self._show_rows()

    @Slot()
    def _go_back(self) -> None:
        self._provider = None
        self._show_rows()

    @Slot()
    def _open_calls(self) -> None:
        self.ask(OpenCalls(self._provider))

    @Slot(int)
    def _lift_slice(self, row: int) -> None:
        group = self._model.row_at(row) if 0 <= row < self._model.rowCount() else None
        self._ring.highlight(group.key if group else "")

    @Slot(str)
    def _lift_row(self, key: str) -> None:
        rows = range(self._model.rowCount())
        keys = [(self._model.row_at(row), row) for row in rows]
        place = next((row for group, row in keys if group and key and group.key == key), -1)
        self._table.hover(place)
