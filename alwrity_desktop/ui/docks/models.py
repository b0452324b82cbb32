"""Models: side by side, what one call costs, and what the same calls would cost elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QT_TRANSLATE_NOOP, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from alwrity_desktop.core.domain.cost_analysis import MIN_COMPARED_CALLS
from alwrity_desktop.core.domain.insight_values import SPENDING, ModelUse, Spending
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.what_if_values import ModelOffer, Outcome, WhatIf
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.docks._dearest import DearestPage
from alwrity_desktop.ui.docks._model_columns import model_columns, plural
from alwrity_desktop.ui.docks._parts import ScrollBody, ScrolledPages
from alwrity_desktop.ui.docks._unit_costs import UnitCostsPage
from alwrity_desktop.ui.docks._what_if import WhatIfPage
from alwrity_desktop.ui.docks.base import DockView
from alwrity_desktop.ui.requests import OpenCalls
from alwrity_desktop.ui.tables.section import TableSection
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import Combo, EmptyState, FlowLayout, PlainLabel, Segments

_PARTS = ("sides", "units", "dearest", "what_if")


class ModelsDock(DockView):
    """The models beside one another."""

    name = "models"
    title = str(QT_TRANSLATE_NOOP("ModelsDock", "Models"))
    icon = "boxes"
    about = str(
        QT_TRANSLATE_NOOP(
            "ModelsDock", "Models, agents and projects side by side: cost, speed, errors."
        )
    )
    dimensions = (SPENDING,)
    order = 80

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a dock without models."""
        super().__init__(parent)
        self._spending: Spending | None = None
        self._parts = Segments(
            (
                ("sides", self.tr("Side by side")),
                ("units", self.tr("Unit costs")),
                ("dearest", self.tr("Dearest")),
                ("what_if", self.tr("What if")),
            ),
            self.tr("What is shown"),
        )
        self._parts.chosen.connect(self._turn)
        self._sides = Combo(self.tr("What is compared"))
        self._sides.currentIndexChanged.connect(self._draw)
        self._models = TableSection(self.tr("Side by side"))
        self._models.table.row_opened.connect(self._open)
        self._units = UnitCostsPage()
        self._dearest = DearestPage()
        self._what_if = WhatIfPage()
        self._pages = ScrolledPages()
        for page in (self._make_sides(), self._units, self._dearest, self._what_if):
            self._pages.addWidget(ScrollBody(page))
        for asking in (self._units, self._dearest, self._what_if):
            asking.requested.connect(self.requested)
        tools = QWidget()
        flow = FlowLayout(tools)
        flow.setContentsMargins(SIZES.dock_padding_x, 10, SIZES.dock_padding_x, 8)
        flow.addWidget(self._parts)
        flow.addWidget(self._sides)
        outer = QVBoxLayout(self.body)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(tools)
        outer.addWidget(self._pages, 1)

    def _make_sides(self) -> QWidget:
        self._words = PlainLabel("", "body-dense", "text2")
        self._words.setWordWrap(True)
        self._words.setContentsMargins(SIZES.dock_padding_x, 0, SIZES.dock_padding_x, 0)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, SIZES.dock_padding_y)
        column.setSpacing(0)
        column.addWidget(self._words)
        column.addWidget(self._models)
        column.addStretch(1)
        return page

    @Slot()
    def _turn(self) -> None:
        """Show the part that was chosen."""
        self._pages.setCurrentIndex(_PARTS.index(self._parts.key))
        self._sides.setVisible(self._parts.key == "sides")

    def start_what_if(self, provider: str | None, model: str | None) -> None:
        """Show the page, about the calls to *provider* and *model*; None for any."""
        self._parts.choose("what_if")
        self._turn()
        self._what_if.start(provider, model)

    def show_offers(self, account: str, offers: Sequence[ModelOffer]) -> None:
        """Offer the models that have a price now."""
        self._what_if.show_offers(account, offers)

    def show_what_if(
        self, account: str, question: WhatIf, outcome: Outcome | None, sentence: str
    ) -> None:
        """Show what came of *question*, or why nothing did."""
        self._what_if.show_outcome(account, question, outcome, sentence)

    def is_empty(self, report: Report) -> bool:
        """Return whether no single calls are known."""
        return report.spending is None or not report.spending.models

    def empty_state(self, report: Report) -> EmptyState:
        """Return why there is nothing to compare."""
        if not report.is_stated or not report.totals.is_stated:
            return super().empty_state(report)
        text = self.tr("This server states sums alone, and no single calls to compare.")
        return EmptyState(self.icon, self.tr("No models known"), text)

    def render_report(self, report: Report) -> None:
        """Put the models of *report* side by side."""
        if report.spending is None:
            return
        self._spending = report.spending
        words = self._sentences(report.spending)
        self._words.set_plain(words)
        self._words.setVisible(bool(words))
        names = ("model", *report.spending.sides)
        self._sides.set_items(tuple((name, plural(name)) for name in names))
        self._units.show_report(report, report.spending)
        self._dearest.show_spending(report.spending, report.period.timezone)
        self._what_if.show_report(report)
        self._draw()

    def _side(self) -> str:
        return str(self._sides.currentData() or "model")

    @Slot()
    def _draw(self) -> None:
        if self._spending is None:
            return
        side, rows = self._side(), self._spending.models
        if side != "model":
            rows = tuple(ModelUse(one, None) for one in self._spending.sides.get(side, ()))
        note = self.tr("best of those with {count} calls or more in green")
        seen = (row.performance for row in rows)
        has_best = any(one.is_cheapest or one.is_fastest or one.is_most_reliable for one in seen)
        note = note.format(count=MIN_COMPARED_CALLS) if has_best else ""
        self._models.set_rows(model_columns(side, rows), rows, note)

    def _sentences(self, spending: Spending) -> str:
        found = []
        cache, errors = spending.cache, spending.errors
        if cache.read_tokens and cache.saved_pico is not None:
            text = self.tr("{percent} of the input came from the cache, which saved {saved}.")
            if cache.saved_pico < 0:
                text = self.tr("{percent} of the input came from the cache; it cost {saved} more.")
            saved = formatting.money(abs(cache.saved_pico))
            found.append(text.format(percent=formatting.percent(cache.hit_percent), saved=saved))
        if errors.cost_pico:
            text = self.tr("{count} failed calls cost {cost}.")
            cost = formatting.money(errors.cost_pico)
            found.append(text.format(count=formatting.count(errors.paid_calls), cost=cost))
        rates = {rate.name: rate for rate in spending.velocities}
        if "today" in rates and rates["today"].amounts.cost_pico:
            text = self.tr("Today {hour} an hour.")
            if rates["today"].times_usual is not None:
                text = self.tr("Today {hour} an hour, {times} times the usual.")
            hour = formatting.money(rates["today"].cost_per_hour_pico)
            found.append(text.format(hour=hour, times=rates["today"].times_usual))
        return " ".join(found)

    @Slot(int)
    def _open(self, number: int) -> None:
        row = self._models.model.row_at(number) if number >= 0 else None
        if not isinstance(row, ModelUse):
            return
        key = row.performance.key
        match self._side():
            case "model":
                self.ask(OpenCalls(row.performance.provider, key))
            case "provider":
                self.ask(OpenCalls(key))
            case side:
                self.ask(OpenCalls(belongs_to=(side, key)))
