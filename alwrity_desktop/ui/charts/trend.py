"""The trend chart's place: it has the plotting library loaded when it is first seen."""

from __future__ import annotations

from typing import Final, Protocol, cast

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.charts import library
from alwrity_desktop.ui.charts.trend_data import TrendData

_CALM_MS: Final = 80
"""The figures are painted by then; a library that loads meanwhile would keep them waiting."""
_LOOK_EVERY_MS: Final = 2


class _Plot(Protocol):
    """What the plot offers, said here because its library is loaded late."""

    def set_data(self, data: TrendData) -> None: ...
    def reveal(self) -> None: ...


class TrendChart(QWidget):
    """Curves, bars, forecast and budget over time."""

    #: The horizontal place that was clicked.
    place_clicked = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make an empty chart; nothing is loaded before it is seen."""
        super().__init__(parent)
        self._data: TrendData | None = None
        self._plot: QWidget | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._make_plot)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.bus().changed.connect(self._draw)

    @property
    def is_ready(self) -> bool:
        """Whether the plot is drawn."""
        return self._plot is not None

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(560, 260)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size with legible axes."""
        return QSize(240, 110)

    def set_data(self, data: TrendData, *, is_new_view: bool = False) -> None:
        """Draw *data*, at once or as soon as the chart is seen.

        *is_new_view* reveals the curves from left to right; fresh figures of the same view
        move nothing.
        """
        if data == self._data:
            return
        self._data = data
        self.setAccessibleName(data.sentence)
        self._draw()
        if is_new_view and self._plot is not None:
            cast("_Plot", self._plot).reveal()

    def showEvent(self, event: QShowEvent) -> None:
        """Have the library loaded; the figures beside the chart do not wait for it."""
        super().showEvent(event)
        if self._plot is None:
            self._timer.start(0 if library.is_loaded() else _CALM_MS)

    @Slot()
    def _make_plot(self) -> None:
        if not library.advance():
            self._timer.setInterval(_LOOK_EVERY_MS)
            return
        self._timer.stop()
        module = library.plot_module()
        plot: QWidget = module.TrendPlot(self)
        plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._plot = plot
        self.setFocusProxy(plot)
        module.TrendPlot.place_clicked.__get__(plot).connect(self.place_clicked)
        layout = self.layout()
        if layout is not None:
            layout.addWidget(plot)
        self._draw()
        cast("_Plot", plot).reveal()

    @Slot()
    def _draw(self) -> None:
        if self._plot is not None and self._data is not None:
            self._plot.setAccessibleName(self._data.sentence)
            cast("_Plot", self._plot).set_data(self._data)
