"""What the forecast rests on, and on request how far off it was in past months."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.forecast_check import BacktestSummary, ForecastCheck
from alwrity_desktop.ui import formatting
from alwrity_desktop.ui.docks._parts import ScrollBody
from alwrity_desktop.ui.tables.columns import Column
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
        words = self.tr("Back to the curve") if is_open else self.tr("How far off was it?")
        self._button.setText(words)

    @Slot()
    def _toggle(self) -> None:
        self.set_open(is_open=not self._is_open)
        self.toggled.emit(self._is_open)


class ForecastCheckPage(QWidget):
    """How far off the forecast was, in the place of the curve."""

    def __init__(self) -> None:
        """Make a page that waits for its figures."""
        super().__init__()
        self._words = PlainLabel("", "body-dense", "text2")
        self._words.setWordWrap(True)
        self._words.setContentsMargins(8 + SIZES.cell_padding, 0, 8 + SIZES.cell_padding, 0)
        self.section = TableSection(self.tr("How far off the forecast was"))
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.section)
        column.addWidget(self._words)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ScrollBody(content))

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
