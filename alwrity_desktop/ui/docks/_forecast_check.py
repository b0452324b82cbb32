"""What the forecast rests on, and on request how far off it was in past months."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.forecast import Forecast, ProviderForecast
from alwrity_desktop.core.domain.forecast_check import BacktestSummary, ForecastCheck
from alwrity_desktop.core.domain.projection import Projection
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.docks._parts import ScrollBody
from alwrity_desktop.ui.tables.columns import Column, Look, Swatch
from alwrity_desktop.ui.tables.section import TableSection
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import PlainLabel, PushButton


def _tr(text: str) -> str:
    return QCoreApplication.translate("ForecastCheck", text)


def check_columns() -> tuple[Column[BacktestSummary], ...]:
    """Return the columns: a point of the month, the error of each rate, the band."""
    return (
        Column(
            "passed", _tr("When it was told"), _passed,
            sort_key=lambda row: float(row.passed_percent), is_stretched=True,
            plain=lambda row: str(row.passed_percent),
        ),
        Column(
            "error", _tr("Forecast"),
            lambda row: formatting.percent(row.median_error_percent),
            sort_key=lambda row: row.median_error_percent, is_number=True,
            plain=lambda row: str(row.median_error_percent),
        ),
        Column(
            "naive", _tr("So far ÷ days"),
            lambda row: formatting.percent(row.median_naive_error_percent),
            sort_key=lambda row: row.median_naive_error_percent, is_number=True,
            plain=lambda row: str(row.median_naive_error_percent),
        ),
        Column(
            "held", _tr("Band held"), lambda row: formatting.percent(row.held_percent, 0),
            sort_key=lambda row: row.held_percent, is_number=True,
            plain=lambda row: str(row.held_percent),
        ),
        Column(
            "months", _tr("Months"), lambda row: formatting.count(row.periods),
            sort_key=lambda row: float(row.periods), is_number=True, priority=1,
            plain=lambda row: str(row.periods),
        ),
    )  # fmt: skip


def _passed(row: BacktestSummary) -> str:
    return {
        25: _tr("After a quarter of the month"),
        50: _tr("Half-way"),
        75: _tr("After three quarters"),
    }[row.passed_percent]


class Part(msgspec.Struct, frozen=True):
    """What one provider will have brought by the period's end."""

    provider: str
    expected: Projection


def _projection(one: ProviderForecast, measure: str) -> Projection:
    return {"cost": one.cost, "calls": one.calls, "tokens": one.tokens}[measure]


def _amount(part: Part, value: int | None) -> str:
    return formatting.UNKNOWN if value is None else formatting.amount(part.expected.kind, value)


def _span(part: Part) -> str:
    low, high = part.expected.low, part.expected.high
    return formatting.UNKNOWN if low is None else f"{_amount(part, low)} – {_amount(part, high)}"


def part_columns() -> tuple[Column[Part], ...]:
    """Return the columns: a provider, what it brought so far, where it will end."""
    return (
        Column(
            "provider", _tr("Provider"), lambda row: formatting.provider_label(row.provider),
            decoration=lambda row: Swatch(row.provider), is_stretched=True,
            sort_key=lambda row: row.provider, is_descending_first=False,
        ),
        Column(
            "so_far", _tr("So far"), lambda row: _amount(row, row.expected.so_far),
            is_number=True, priority=1, sort_key=lambda row: float(row.expected.so_far),
            plain=lambda row: str(row.expected.so_far),
        ),
        Column(
            "expected", _tr("Forecast"), lambda row: _amount(row, row.expected.amount),
            is_number=True, look=lambda _row: Look("text", 600),
            sort_key=lambda row: float(row.expected.amount or 0),
            plain=lambda row: str(row.expected.amount),
        ),
        Column(
            "band", _tr("80% band"), _span, is_number=True, priority=2,
            look=lambda _row: Look("text2"),
        ),
    )  # fmt: skip


class ForecastGrounds(QWidget):
    """One line below the curve: what the forecast rests on, and the way to its errors."""

    #: The errors are wanted (True), or the curve again (False).
    toggled = Signal(bool)

    def __init__(self) -> None:
        """Make a line without words."""
        super().__init__()
        self._is_open = False
        self._words = PlainLabel("", "caption", "muted").set_wrapping()
        self._button = PushButton("", "link", is_small=True)
        self._button.clicked.connect(self._toggle)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._words, 1)
        row.addWidget(self._button, 0, Qt.AlignmentFlag.AlignTop)
        self.set_open(is_open=False)

    def set_words(self, sentence: str) -> None:
        """Say what the forecast rests on; without a sentence the line keeps its button."""
        text = self.tr("Forecast: {grounds}").format(grounds=sentence) if sentence else ""
        self._words.set_plain(text)

    def set_open(self, *, is_open: bool) -> None:
        """Name the button by where it leads."""
        self._is_open = is_open
        words = self.tr("Back to the curve") if is_open else self.tr("More about it")
        self._button.setText(words)

    @Slot()
    def _toggle(self) -> None:
        self.set_open(is_open=not self._is_open)
        self.toggled.emit(self._is_open)


class ForecastCheckPage(QWidget):
    """Where each provider will end and how far off the forecast was, in the place of the curve."""

    #: The calls of a provider are wanted.
    provider_opened = Signal(str)

    def __init__(self) -> None:
        """Make a page that waits for its figures."""
        super().__init__()
        self._words = PlainLabel("", "body-dense", "text2")
        self._words.setWordWrap(True)
        self._words.setContentsMargins(8 + SIZES.cell_padding, 0, 8 + SIZES.cell_padding, 0)
        self.section = TableSection(self.tr("How far off the forecast was"))
        self.providers = TableSection(self.tr("The forecast by provider"))
        self.providers.hide()
        self.providers.table.row_opened.connect(self._open)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.providers)
        column.addWidget(self.section)
        column.addWidget(self._words)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ScrollBody(content))

    def show_forecast(self, forecast: Forecast, measure: str) -> None:
        """Say where each provider's cost, calls or tokens will end."""
        parts = [Part(one.provider, _projection(one, measure)) for one in forecast.providers]
        parts = [part for part in parts if part.expected.amount is not None]
        self.providers.set_rows(part_columns(), parts)
        self.providers.setVisible(bool(parts))

    @Slot(int)
    def _open(self, number: int) -> None:
        row = self.providers.model.row_at(number) if number >= 0 else None
        if isinstance(row, Part):
            self.provider_opened.emit(row.provider)

    def show_waiting(self) -> None:
        """Say that it is being worked out."""
        self.section.hide()
        self._words.set_plain(self.tr("Working it out from your own past months…"))

    def show_check(self, check: ForecastCheck) -> None:
        """Show the errors, or why there are none."""
        rows = check.summaries
        self.section.set_rows(check_columns(), rows)
        self.section.setVisible(bool(rows))
        if check.refused is not None:
            self._words.set_plain(check.refused)
            return
        self._words.set_plain(
            self.tr(
                "Median error of the cost at the end of each of your own past months, told from "
                "only what was known at that point. Beside it that of the cost so far divided by "
                "the days, and in how many months the {percent}% band held what came."
            ).format(percent=80)
        )
