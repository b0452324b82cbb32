"""Overview: usage against the budget, the key figures and the limits."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.budgets import Limit, Status
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.words import name_words
from alwrity_desktop.ui import formatting, header_text, theme
from alwrity_desktop.ui.charts.gauge import Gauge
from alwrity_desktop.ui.docks._key_figures import KeyFigures
from alwrity_desktop.ui.docks._parts import (
    LIMIT_ROLES,
    Hollow,
    Rule,
    ScrollBody,
    first_threshold,
    fullest_first,
    standing,
)
from alwrity_desktop.ui.docks.base import DockView
from alwrity_desktop.ui.requests import EditBudget, OpenCalls, OpenDock, ShowPrices
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import ActionButton, LimitBar, Pill, PlainLabel

_TWO_COLUMNS = 560
_MAX_LIMITS = 6
_MAX_MODELS = 5


class OverviewDock(DockView):
    """What was spent, how it stands against the limits, where it will end."""

    name = "overview"
    title = str(QT_TRANSLATE_NOOP("OverviewDock", "Overview"))
    icon = "gauge"
    about = str(
        QT_TRANSLATE_NOOP(
            "OverviewDock", "What this period has cost, and how it stands against your limits."
        )
    )
    order = 10

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make an overview without figures."""
        super().__init__(parent)
        self._key_figures = KeyFigures()
        self._key_figures.requested.connect(self.requested)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, SIZES.dock_padding_y)
        column.setSpacing(0)
        column.addWidget(self._make_head())
        column.addWidget(self._make_hint())
        column.addWidget(Rule())
        column.addWidget(self._key_figures)
        self._limits_rule = Rule()
        column.addWidget(self._limits_rule)
        column.addWidget(self._make_limits())
        column.addStretch(1)
        outer = QVBoxLayout(self.body)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ScrollBody(content))

    def _make_head(self) -> QWidget:
        self._head = QWidget()
        self._gauge = Gauge()
        self._pill = Pill(is_small=True)
        self._reason = PlainLabel("", "caption", "text2")
        self._reason.setWordWrap(True)
        self._on_track = PlainLabel("", "subheading", weight=700)
        self._likely = PlainLabel("", "caption", "text2")
        self._likely.setWordWrap(True)
        caption = QHBoxLayout()
        caption.setSpacing(5)
        caption.addWidget(Hollow())
        caption.addWidget(PlainLabel(self.tr("On track for"), "caption", "text2"), 1)
        standing = QVBoxLayout()
        standing.setSpacing(3)
        standing.addWidget(self._pill, 0, Qt.AlignmentFlag.AlignLeft)
        standing.addWidget(self._reason)
        ending = QVBoxLayout()
        ending.setSpacing(3)
        ending.addLayout(caption)
        ending.addWidget(self._on_track)
        ending.addWidget(self._likely)
        self._words = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._words.setSpacing(7)
        self._words.addLayout(standing, 1)
        self._words.addLayout(ending, 1)
        words = QVBoxLayout()
        words.addStretch(1)
        words.addLayout(self._words)
        words.addStretch(1)
        row = QHBoxLayout(self._head)
        row.setContentsMargins(8, 6, SIZES.dock_padding_x, 8)
        row.setSpacing(6)
        row.addWidget(self._gauge, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        return self._head

    def _make_hint(self) -> QWidget:
        """Return what stands in place of the gauge while there is no budget."""
        self._hint = QWidget()
        self._spent = PlainLabel("", "heading")
        self._hint_pill = Pill(is_small=True)
        self._hint_words = PlainLabel("", "body-dense", "text2")
        self._hint_words.setWordWrap(True)
        button = ActionButton(self.tr("Set a budget"), EditBudget(), icon="target", is_small=True)
        self._set_prices = ActionButton(
            self.tr("Set prices"), ShowPrices(), icon="pencil", is_small=True
        )
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for each in (self._set_prices, button):
            each.chosen.connect(self.requested)
            buttons.addWidget(each)
        buttons.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._spent)
        head.addWidget(self._hint_pill)
        head.addStretch(1)
        column = QVBoxLayout(self._hint)
        column.setContentsMargins(SIZES.dock_padding_x, 12, SIZES.dock_padding_x, 14)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._hint_words)
        column.addLayout(buttons)
        return self._hint

    def _make_limits(self) -> QWidget:
        box = self._limits_box = QWidget()
        self._bars: list[LimitBar] = []
        self._models: tuple[tuple[str | None, str], ...] = ()
        self._bars_title = PlainLabel(self.tr("Dearest models"), "caption", "muted", 500)
        self._all_limits = ActionButton("", OpenDock("limits"), "link")
        self._all_limits.chosen.connect(self.requested)
        self._limit_grid = QGridLayout()
        self._limit_grid.setHorizontalSpacing(24)
        self._limit_grid.setVerticalSpacing(SIZES.limit_gap)
        column = QVBoxLayout(box)
        column.setContentsMargins(SIZES.dock_padding_x, 10, SIZES.dock_padding_x, 0)
        column.setSpacing(8)
        column.addWidget(self._bars_title)
        column.addLayout(self._limit_grid)
        column.addWidget(self._all_limits, 0, Qt.AlignmentFlag.AlignLeft)
        return box

    def is_empty(self, report: Report) -> bool:
        """Return whether there are neither calls nor limits to show."""
        has_use = report.totals.calls or report.totals.is_stated
        return not has_use and not report.limits

    def render_report(self, report: Report) -> None:
        """Show the figures of *report*."""
        limit = report.cost_limit
        self._head.setVisible(limit is not None)
        self._hint.setVisible(limit is None)
        self._show_status(report)
        if limit is None:
            self._show_hint(report)
        else:
            self._show_gauge(report, limit)
        self._show_forecast(report)
        self._key_figures.show_report(report)
        self._show_limits(report)
        self._arrange()

    def _show_status(self, report: Report) -> None:
        for pill in (self._pill, self._hint_pill):
            pill.set_status(*standing(report.status, report.limits))
        self._reason.set_plain(self._status_reason(report))

    def _status_reason(self, report: Report) -> str:
        over = [limit for limit in report.limits if limit.status != Status.ACTIVE]
        unknown = sum(limit.is_unknown for limit in report.limits)
        if not over and unknown:
            template = self.tr("What is used of 1 limit is not known")
            if unknown > 1:
                template = self.tr("What is used of {count} limits is not known")
            return template.format(count=unknown)
        if not over:
            return self.tr("Every limit is below 80%")
        reached = [limit for limit in over if limit.status == Status.LIMIT_REACHED]
        if len(reached) == 1:
            return self.tr("{name} is used up").format(name=name_words(reached[0].name))
        if reached:
            return self.tr("{count} limits are used up").format(count=len(reached))
        if len(over) == 1:
            return self.tr("1 limit above 80%")
        return self.tr("{count} limits above 80%").format(count=len(over))

    def _show_hint(self, report: Report) -> None:
        self._spent.set_plain(formatting.money(report.known_cost_pico))
        words = self.tr("No budget for this period.")
        forecast = report.forecast
        if forecast.cost_pico is not None:
            on_track = self.tr("You're on track to spend {amount}.")
            words = f"{on_track.format(amount=formatting.money(forecast.cost_pico))} {words}"
        missing = formatting.unpriced_words(report.totals)
        if header_text.lacks_prices(report):
            template = self.tr(
                "{missing}, so the cost is not known. Set a price, then apply it to past calls."
            )
            words = template.format(missing=missing)
        elif report.totals.is_floor:
            words = f"{missing}. {words}"
        self._hint_words.set_plain(words)
        self._set_prices.setVisible(header_text.lacks_prices(report))
        # Without any limit there is nothing to be within.
        self._hint_pill.setVisible(bool(report.limits))

    def _show_gauge(self, report: Report, limit: Limit) -> None:
        of_limit = self.tr("of {amount}").format(amount=formatting.money(limit.limit))
        heading = formatting.percent_whole(limit.known_percent)
        self._gauge.set_value(limit.percent, heading, of_limit, LIMIT_ROLES[limit.status])
        expected = report.forecast.cost_pico
        share = None if expected is None or not limit.limit else expected * 100 / limit.limit
        self._gauge.set_marks(first_threshold(limit), share)

    def _show_forecast(self, report: Report) -> None:
        forecast = report.forecast
        self._on_track.set_plain(formatting.money(forecast.cost_pico))
        if forecast.cost_pico is None:
            self._likely.set_plain(forecast.refused or "")
            return
        self._likely.set_plain(
            self.tr("{percent}% likely {low} – {high}").format(
                percent=forecast.confidence_percent,
                low=formatting.money_whole(forecast.low_pico),
                high=formatting.money_whole(forecast.high_pico),
            )
        )

    def _show_limits(self, report: Report) -> None:
        """Show the fullest limits; the dearest models where there is no limit yet."""
        shown = fullest_first(report.limits)[:_MAX_LIMITS]
        models = () if shown else report.groups.get("model", ())[:_MAX_MODELS]
        self._make_bars(len(shown) + len(models))
        for bar, limit in zip(self._bars, shown, strict=False):
            bar.set_marks(LIMIT_ROLES[limit.status], first_threshold(limit))
            percent = formatting.percent_whole(limit.known_percent)
            bar.set_limit(
                name_words(limit.name), formatting.limit_amount(limit), percent, limit.percent
            )
        for bar, model in zip(self._bars, models, strict=False):
            bar.set_marks("info", None)
            calls = formatting.uses(model.figures)
            cost = formatting.money(model.figures.known_cost_pico)
            bar.set_limit(model.key, calls, cost, model.share_percent or 0.0)
        self._models = tuple((model.provider, model.key) for model in models)
        self._bars_title.setVisible(bool(models))
        self._all_limits.setText(
            self.tr("All {count} limits and budgets").format(count=len(report.limits))
        )
        self._all_limits.setVisible(len(report.limits) > len(shown))
        self._limits_rule.setVisible(bool(shown or models))

    def _make_bars(self, count: int) -> None:
        while len(self._bars) < count:
            bar = LimitBar(self._limits_box)
            bar.clicked.connect(self._open_bar)
            self._bars.append(bar)
        for index, bar in enumerate(self._bars):
            bar.setVisible(index < count)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay figures and limits out in as many columns as fit."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        self._key_figures.arrange(self.width())
        columns = 2 if self.width() >= theme.scaled(_TWO_COLUMNS) else 1
        direction = QBoxLayout.Direction
        self._words.setDirection(direction.LeftToRight if columns > 1 else direction.TopToBottom)
        for index, bar in enumerate(self._bars):
            self._limit_grid.addWidget(bar, index // columns, index % columns)
        self._limit_grid.setColumnStretch(0, 1)
        self._limit_grid.setColumnStretch(1, 1 if columns > 1 else 0)

    @Slot()
    def _open_bar(self) -> None:
        place = next((n for n, bar in enumerate(self._bars) if bar is self.sender()), 0)
        if place < len(self._models):
            self.ask(OpenCalls(*self._models[place]))
        else:
            self.ask(OpenDock("limits"))
