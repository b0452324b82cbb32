"""What the dashed line and its band are, or why there are none; beside the switch to the table."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.ui.docks._parts import ForecastKey
from alwrity_desktop.ui.docks._trend_forecast import refusal
from alwrity_desktop.ui.docks._trend_views import View
from alwrity_desktop.ui.widgets import IconButton, PlainLabel


class TrendLegend(QWidget):
    """A sample of the forecast with its words, and the button that shows the table."""

    def __init__(self) -> None:
        """Make a legend that says nothing."""
        super().__init__()
        self._key = ForecastKey()
        self.words = PlainLabel("", "caption", "text2")
        self.switch = IconButton("table", self.tr("Show as a table (T)"), is_title=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for part in (self._key, self.words, self.switch):
            row.addWidget(part)

    def say_nothing(self) -> None:
        """Explain nothing: bars of months have no band."""
        self._key.hide()
        self.words.set_plain("")

    def show_view(self, report: Report, view: View, *, has_band: bool) -> None:
        """Explain what *view* of *report* draws."""
        self._key.setVisible(has_band)
        self.words.set_plain(self._text(report, view, has_band=has_band))

    def _text(self, report: Report, view: View, *, has_band: bool) -> str:
        if has_band:
            text = self.tr("Forecast, {percent}% band")
            return text.format(percent=report.forecast.confidence_percent)
        if view.style == "provider" and view.span != "days":
            return self.tr("dashed: this week so far")
        if view.style == "cumulative" and view.span == "days":
            return refusal(report, view.measure)
        return ""
