"""Small pieces that several docks are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QPointF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.budgets import Limit, Status
from alwrity_desktop.core.domain.health import HealthStatus
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.ui import theme
from alwrity_desktop.ui.charts.pens import painter_pen
from alwrity_desktop.ui.widgets import Clickable, Combo, PlainLabel, Tween

LIMIT_ROLES = {Status.ACTIVE: "info", Status.WARNING: "warning", Status.LIMIT_REACHED: "danger"}
STATUS_ROLES = {Status.ACTIVE: "success", Status.WARNING: "warning", Status.LIMIT_REACHED: "danger"}
HEALTH_ROLES = {
    HealthStatus.HEALTHY: "success",
    HealthStatus.WARNING: "warning",
    HealthStatus.FAILED: "danger",
    HealthStatus.NO_DATA: "neutral",
}

_LEAST_SCROLLED = 80


def _tr(text: str) -> str:
    return QCoreApplication.translate("docks", text)


def status_word(status: Status) -> str:
    """Return how a limit or a period stands, in a word."""
    return {
        Status.ACTIVE: _tr("Within limits"),
        Status.WARNING: _tr("Warning"),
        Status.LIMIT_REACHED: _tr("Limit reached"),
    }[status]


def standing(status: Status, limits: Sequence[Limit]) -> tuple[str, str]:
    """Return the role and the word of how *limits* stand, together at *status*."""
    if status is Status.ACTIVE and any(limit.is_unknown for limit in limits):
        return "neutral", _tr("Not known")
    return STATUS_ROLES[status], status_word(status)


def health_word(status: HealthStatus) -> str:
    """Return how a source or a provider stands, in a word."""
    return {
        HealthStatus.HEALTHY: _tr("Healthy"),
        HealthStatus.WARNING: _tr("Warning"),
        HealthStatus.FAILED: _tr("Failed"),
        HealthStatus.NO_DATA: _tr("No data"),
    }[status]


def first_threshold(limit: Limit) -> int | None:
    """Return the first threshold of a limit that can be marked on a bar."""
    below = [percent for percent in limit.thresholds if percent < 100]  # noqa: PLR2004 - percent
    return min(below, default=None)


def fullest_first(limits: Sequence[Limit]) -> tuple[Limit, ...]:
    """Return *limits* in the order in which they matter: the one nearest its end first."""
    return tuple(sorted(limits, key=lambda limit: -limit.percent))


def first_measure(report: Report) -> str:
    """Return what a dock shows at first: "cost", unless nothing in *report* has a price."""
    amounts = [report.totals.cost_pico, *(one.total.cost_pico for one in report.history_months)]
    return "cost" if any(amounts) or not report.totals.calls else "calls"


class MeasureCombo(Combo):
    """What is measured: the first that has figures, until the person chooses another."""

    def __init__(self) -> None:
        """Make a choice without measures."""
        super().__init__(_tr("Measure"))
        self._is_chosen = False
        self.activated.connect(self._note)

    @Slot()
    def _note(self) -> None:
        self._is_chosen = True

    @property
    def measure(self) -> str:
        """One of "cost", "calls" and "tokens"."""
        return str(self.currentData() or "cost")

    def offer(self, report: Report) -> None:
        """Offer what *report* can tell: no calls where a server states sums alone."""
        calls = () if report.is_stated else (("calls", _tr("Calls")),)
        self.set_items((("cost", _tr("Cost")), *calls, ("tokens", _tr("Tokens"))))
        first = self.findData(first_measure(report))
        if not self._is_chosen and first >= 0:
            self.blockSignals(True)
            self.setCurrentIndex(first)
            self.blockSignals(False)


class Rule(QFrame):
    """A hairline between parts of a dock."""

    def __init__(self) -> None:
        """Make a line across the dock."""
        super().__init__()
        self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line."""
        QPainter(self).fillRect(self.rect(), theme.current().colour("border"))


class Figure(Clickable):
    """A key figure: caption, value and a note below. It can be clicked."""

    def __init__(self, caption: str) -> None:
        """Make a figure without a value."""
        super().__init__()
        self._caption = caption
        self._write: Callable[[int], str] = str
        self._tween = Tween(self, "count", self._count)
        self.value = PlainLabel("", "subheading", weight=700)
        self.note = PlainLabel("", "caption", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._heading = PlainLabel(caption, "caption", "muted")
        layout.addWidget(self._heading)
        layout.addWidget(self.value)
        layout.addWidget(self.note)

    def set_caption(self, caption: str) -> None:
        """Say what the figure is about."""
        self._caption = caption
        self._heading.set_plain(caption)

    def set_number(self, number: int, write: Callable[[int], str], note: str) -> None:
        """Let the value count up or down to *number*, as *write* puts it."""
        self._write = write
        self.note.set_plain(note)
        self.setAccessibleName(f"{self._caption}: {write(number)}, {note}")
        self._tween.go(float(number))

    def _count(self, value: float) -> None:
        self.value.set_plain(self._write(round(value)))

    def set_figure(self, value: str, note: str) -> None:
        """Show *value* with *note* below."""
        self.value.set_plain(value)
        self.note.set_plain(note)
        self.setAccessibleName(f"{self._caption}: {value}, {note}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show where the focus is."""
        self.paint_focus(QPainter(self))


class Hollow(QWidget):
    """The hollow circle that stands for a forecast."""

    def __init__(self) -> None:
        """Make a circle beside a caption."""
        super().__init__()
        self.setFixedSize(theme.scaled(12), theme.scaled(12))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the circle as the gauge has it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.current().colour("text2"), 2))
        middle = self.width() / 2
        painter.drawEllipse(QPointF(middle, middle), middle - 2, middle - 2)


class ForecastKey(QWidget):
    """The legend of the forecast: a dashed line in its band."""

    def __init__(self) -> None:
        """Make a small sample."""
        super().__init__()
        self.setFixedSize(20, 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw band and line."""
        look = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect().adjusted(0, 1, 0, -1), look.colour("info.mark", 0.2))
        painter.setPen(painter_pen("forecast", "info.mark"))
        painter.drawLine(0, self.height() // 2, self.width(), self.height() // 2)


class ScrollBody(QScrollArea):
    """Contents that scroll up and down where the dock is too low for them."""

    def __init__(self, content: QWidget) -> None:
        """Hold *content*, as wide as the dock."""
        super().__init__()
        content.setObjectName("scrolled")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)
        self.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)

    def minimumSizeHint(self) -> QSize:
        """Return a width that cuts nothing off, and a low height."""
        content = self.widget()
        width = content.minimumSizeHint().width() if content is not None else 0
        return QSize(width, _LEAST_SCROLLED)


class ScrolledPages(QStackedWidget):
    """Pages below tools that may wrap.

    Where one part of a column has a height for its width, Qt takes the wished height of the
    others for their least: the dock could not be made lower, and would be scrolled as a whole.
    """

    def __init__(self, least_height: int = 0) -> None:
        """Make pages without any; they are *least_height* logical pixels high at least."""
        super().__init__()
        self.setMinimumHeight(theme.scaled(least_height) or _LEAST_SCROLLED)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)

    def turn_to(self, page: QWidget, focused: QWidget) -> None:
        """Show *page*, the focus on what is in it to be read by keys."""
        holder = self.focusWidget()
        if holder is not None:
            # Else the pages hand the focus on for no reason, and nothing shows where it is.
            holder.clearFocus()
        self.setCurrentWidget(page)
        focused.setFocus(Qt.FocusReason.ShortcutFocusReason)
