"""Models and what else can be compared: side by side, by cost, speed, errors and caching."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from alwrity_desktop.core.domain.cost_analysis import MIN_COMPARED_CALLS
from alwrity_desktop.core.domain.dimensions import DIMENSIONS
from alwrity_desktop.core.domain.insight_values import SPENDING, ModelUse, Spending
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.docks._parts import ScrollBody
from alwrity_desktop.ui.docks.base import DockView
from alwrity_desktop.ui.requests import OpenCalls
from alwrity_desktop.ui.tables.columns import Column, Decoration, Look, Swatch
from alwrity_desktop.ui.tables.section import TableSection
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import Combo, EmptyState, PlainLabel


def _tr(text: str) -> str:
    return QCoreApplication.translate("ModelsDock", text)


def _number(value: float | None) -> float:
    return -1.0 if value is None else float(value)


def _plain(value: float | None) -> str:
    return "" if value is None else str(value)


def _swatch(row: ModelUse) -> Decoration | None:
    provider = row.performance.provider
    return Swatch(provider) if provider else None


def _name(side: str, row: ModelUse) -> str:
    """Return what a row of *side* is called."""
    key = row.performance.key
    if side == "provider":
        return formatting.provider_label(key)
    return key or _tr("none named")


def _note(row: ModelUse) -> str:
    seen = row.performance
    best = [
        words
        for is_best, words in (
            (seen.is_cheapest, _tr("cheapest per token")),
            (seen.is_fastest, _tr("fastest")),
            (seen.is_most_reliable, _tr("fewest errors")),
        )
        if is_best
    ]
    provider = formatting.provider_label(seen.provider or "")
    return f"{seen.key}, {provider}" + (f"\n{', '.join(best)}" if best else "")


def _look(*, is_best: bool) -> Look:
    return Look("success.text", 600) if is_best else Look("text2")


def _cost(row: ModelUse) -> int | None:
    figures = row.performance.figures
    is_unpriced = figures.calls > 0 and figures.unpriced_calls == figures.calls
    return None if is_unpriced else figures.cost_pico


def _hit(row: ModelUse) -> float | None:
    return None if row.cache is None or not row.cache.read_tokens else row.cache.hit_percent


def _saved(row: ModelUse) -> int | None:
    return None if row.cache is None else row.cache.saved_pico


def _columns(side: str) -> tuple[Column[ModelUse], ...]:
    def name(row: ModelUse) -> str:
        return _name(side, row)

    is_model = side == "model"
    cache = _cache_columns() if is_model else ()
    return (
        Column(
            side, _tr(DIMENSIONS[side]), name, is_stretched=True, is_descending_first=False,
            decoration=_swatch if is_model else None, tooltip=_note if is_model else name,
            sort_key=lambda row: name(row).casefold(),
        ),
        Column(
            "calls", _tr("Calls"), lambda row: formatting.count(row.performance.figures.calls),
            is_number=True, priority=2,
            sort_key=lambda row: float(row.performance.figures.calls),
            plain=lambda row: str(row.performance.figures.calls),
        ),
        Column(
            "tokens", _tr("Tokens"),
            lambda row: formatting.tokens(row.performance.figures.tokens or None, 1),
            is_number=True, priority=4,
            sort_key=lambda row: float(row.performance.figures.tokens),
            plain=lambda row: str(row.performance.figures.tokens),
        ),
        *_cost_columns(),
        *_speed_columns(),
        *cache,
    )  # fmt: skip


def _cost_columns() -> tuple[Column[ModelUse], ...]:
    return (
        Column(
            "cost", _tr("Cost"), lambda row: formatting.money(_cost(row)), is_number=True,
            sort_key=lambda row: _number(_cost(row)), look=lambda _row: Look("text", 600),
            plain=lambda row: formatting.money_plain(_cost(row)),
        ),
        Column(
            "each", _tr("Per call"),
            lambda row: formatting.money_small(row.performance.figures.cost_per_call_pico),
            is_number=True, priority=3, look=lambda _row: Look("text2"),
            sort_key=lambda row: _number(row.performance.figures.cost_per_call_pico),
            plain=lambda row: formatting.money_plain(row.performance.figures.cost_per_call_pico),
        ),
        Column(
            "million", _tr("Per 1M"),
            lambda row: formatting.money(row.performance.figures.cost_per_million_tokens_pico),
            is_number=True, priority=6, look=lambda row: _look(is_best=row.performance.is_cheapest),
            sort_key=lambda row: _number(row.performance.figures.cost_per_million_tokens_pico),
        ),
    )  # fmt: skip


def _speed_columns() -> tuple[Column[ModelUse], ...]:
    return (
        Column(
            "p50", _tr("p50"), lambda row: formatting.duration(row.performance.p50_duration_ms),
            is_number=True, priority=5, look=lambda row: _look(is_best=row.performance.is_fastest),
            sort_key=lambda row: _number(row.performance.p50_duration_ms),
            plain=lambda row: _plain(row.performance.p50_duration_ms),
        ),
        Column(
            "p95", _tr("p95"), lambda row: formatting.duration(row.performance.p95_duration_ms),
            is_number=True, priority=8, look=lambda _row: Look("text2"),
            sort_key=lambda row: _number(row.performance.p95_duration_ms),
            plain=lambda row: _plain(row.performance.p95_duration_ms),
        ),
        Column(
            "errors", _tr("Errors"),
            lambda row: formatting.percent(row.performance.figures.error_rate_percent),
            is_number=True, priority=7,
            look=lambda row: _look(is_best=row.performance.is_most_reliable),
            sort_key=lambda row: _number(row.performance.figures.error_rate_percent),
            plain=lambda row: _plain(row.performance.figures.error_rate_percent),
        ),
        Column(
            "speed", _tr("Tokens/s"),
            lambda row: formatting.count(_rounded(row.performance.tokens_per_second)),
            is_number=True, priority=9, look=lambda _row: Look("text2"),
            sort_key=lambda row: _number(row.performance.tokens_per_second),
            plain=lambda row: _plain(row.performance.tokens_per_second),
        ),
    )  # fmt: skip


def _rounded(value: float | None) -> int | None:
    return round(value) if value else None


def _cache_columns() -> tuple[Column[ModelUse], ...]:
    return (
        Column(
            "hit", _tr("Cached"), lambda row: formatting.percent(_hit(row)), is_number=True,
            priority=10, look=lambda _row: Look("text2"),
            sort_key=lambda row: _number(_hit(row)), plain=lambda row: _plain(_hit(row)),
        ),
        Column(
            "saved", _tr("Saved"), lambda row: formatting.money(_saved(row)), is_number=True,
            priority=11, look=lambda _row: Look("text2"),
            sort_key=lambda row: _number(_saved(row)),
            plain=lambda row: formatting.money_plain(_saved(row)),
        ),
    )  # fmt: skip


def _plural(side: str) -> str:
    """Return what the rows of *side* are."""
    return {
        "model": _tr("Models"),
        "provider": _tr("Providers"),
        "agent": _tr("Agents"),
        "project": _tr("Projects"),
        "endpoint": _tr("Endpoints"),
    }[side]


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
        self._words = PlainLabel("", "body-dense", "text2")
        self._words.setWordWrap(True)
        self._spending: Spending | None = None
        self._sides = Combo(self.tr("What is compared"))
        self._sides.currentIndexChanged.connect(self._draw)
        self._models = TableSection(self.tr("Side by side"))
        self._models.table.row_opened.connect(self._open)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, SIZES.dock_padding_y)
        column.setSpacing(0)
        words = QVBoxLayout()
        words.setContentsMargins(SIZES.dock_padding_x, 10, SIZES.dock_padding_x, 0)
        words.setSpacing(8)
        words.addWidget(self._sides, 0, Qt.AlignmentFlag.AlignLeft)
        words.addWidget(self._words)
        column.addLayout(words)
        column.addWidget(self._models)
        column.addStretch(1)
        outer = QVBoxLayout(self.body)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ScrollBody(content))

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
        self._words.set_plain(self._sentences(report.spending))
        names = ("model", *report.spending.sides)
        self._sides.set_items(tuple((name, _plural(name)) for name in names))
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
        self._models.set_rows(_columns(side), rows, note.format(count=MIN_COMPARED_CALLS))

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
            case "agent" | "project" if key:
                self.ask(OpenCalls(search=key))
