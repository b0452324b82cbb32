"""The tray icon: the worst state by shape and colour, the figures, and a menu."""

from __future__ import annotations

import functools
from typing import Final

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from alwrity_desktop.core.domain.alerts import Alert
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.ui import account_text, formatting, header_text, theme
from alwrity_desktop.ui.actions import Actions
from alwrity_desktop.ui.tokens import DARK_STATUS, STATUS_ICONS

LOOK_EVERY_MS: Final = 10_000
"""A tray may come later than the program, or go and come back."""

_SIZES: Final = (16, 22, 24, 32, 48, 64)
_MESSAGE_MS: Final = 10_000
_ARC: Final = "#e7ecf4"
_OUTLINE: Final = "#1f2937"


@functools.lru_cache(maxsize=8)
def tray_icon(tone: str) -> QIcon:
    """Return the gauge with the mark of *tone*: dot, triangle, square, or hollow ring."""
    icon = QIcon()
    for size in _SIZES:
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(size / 24, size / 24)
        _paint_gauge(painter)
        _paint_mark(painter, tone)
        painter.end()
        icon.addPixmap(pixmap)
    return icon


def _paint_gauge(painter: QPainter) -> None:
    """Paint the gauge light with a dark edge, so that it shows on any panel."""
    for colour, width in ((_OUTLINE, 4.4), (_ARC, 2.8)):
        pen = QPen(QColor(colour), width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawArc(QRectF(3, 4, 18, 18), -30 * 16, 240 * 16)
        painter.drawLine(QPointF(12, 13), QPointF(16, 9))


def _paint_mark(painter: QPainter, tone: str) -> None:
    painter.setPen(QPen(QColor(_OUTLINE), 1.2))
    painter.setBrush(QColor(DARK_STATUS[tone].mark))
    box = QRectF(13, 13, 10, 10)
    if tone == "success":
        painter.drawEllipse(box)
    elif tone == "warning":
        painter.drawPolygon(QPolygonF([QPointF(18, 12.5), QPointF(23.4, 23), QPointF(12.6, 23)]))
    elif tone == "danger":
        painter.drawRoundedRect(box, 2.5, 2.5)
    else:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((_OUTLINE, 4.0), (DARK_STATUS[tone].mark, 2.4)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawEllipse(box.adjusted(1.5, 1.5, -1.5, -1.5))


class Tray(QObject):
    """Shows itself wherever the desktop has a tray, now or later."""

    #: The icon was clicked.
    clicked = Signal()
    #: The name of an account that was chosen from the menu.
    account_chosen = Signal(str)
    #: The icon can be seen now, or no longer.
    availability_changed = Signal()

    def __init__(self, actions: Actions, parent: QObject) -> None:
        """Make an icon without figures."""
        super().__init__(parent)
        self._actions = actions
        self._reports: dict[str, Report] = {}
        self._paused = ""
        self._is_available = False
        self._menu = QMenu()
        self._icon = QSystemTrayIcon(tray_icon("neutral"), self)
        self._icon.setToolTip("ALwrity Desktop")
        self._icon.setContextMenu(self._menu)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._menu.triggered.connect(self._on_menu)
        self._icon.activated.connect(self._on_activated)
        theme.bus().changed.connect(self._fill_menu)
        self._fill_menu()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self.look()

    @property
    def is_available(self) -> bool:
        """Whether a person can see the icon."""
        return self._is_available

    @Slot()
    def look(self) -> None:
        """Show the icon where there is a tray."""
        is_available = QSystemTrayIcon.isSystemTrayAvailable()
        if is_available == self._is_available:
            return
        self._is_available = is_available
        self._icon.setVisible(is_available)
        self.availability_changed.emit()

    def show_report(self, report: Report) -> None:
        """Take the figures of one account; the icon shows those of the first."""
        self._reports[report.account.name] = report
        first = next(iter(self._reports.values()))
        state = header_text.state_of(first)
        self._icon.setIcon(tray_icon(state.tone))
        self._icon.setToolTip(tooltip(first, self._paused))

    def show_paused(self, words: str) -> None:
        """Say until when nothing is read; "" when reading goes on."""
        self._paused = words
        for report in list(self._reports.values())[:1]:
            self._icon.setToolTip(tooltip(report, words))

    def show_message(self, alert: Alert) -> bool:
        """Show *alert* as the tray's own balloon; return whether it could be seen."""
        if not self._is_available:
            return False
        self._icon.showMessage(alert.title, alert.message, tray_icon("warning"), _MESSAGE_MS)
        return True

    @Slot()
    def _fill_menu(self) -> None:
        self._menu.clear()
        for name, report in self._reports.items():
            label, _detail = account_text.account_words(report)
            cost = header_text.cost_words(report)
            tone = header_text.state_of(report).tone
            icon = theme.icon(STATUS_ICONS[tone], f"{tone}.mark")
            # A sign "&" would be taken for a shortcut; a tab puts the cost at the right.
            action = self._menu.addAction(icon, f"{label.replace('&', '&&')}\t{cost}")
            action.setData(name)
        self._menu.addSeparator()
        opening = self._menu.addAction(theme.icon("app-window"), self.tr("Open window"))
        opening.setData("")
        self._menu.addAction(self._actions["view.refresh"])
        self._menu.addMenu(self._actions.menu("pause"))
        self._menu.addAction(self._actions["gateway.start"])
        self._menu.addAction(self._actions["gateway.stop"])
        self._menu.addAction(self._actions["settings.show"])
        self._menu.addSeparator()
        self._menu.addAction(self._actions["file.quit"])

    @Slot(object)
    def _on_menu(self, action: object) -> None:
        data = action.data()  # type: ignore[attr-defined]
        if data == "":
            self.clicked.emit()
        elif isinstance(data, str) and data in self._reports:
            self.account_chosen.emit(data)

    @Slot(QSystemTrayIcon.ActivationReason)
    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in {
            QSystemTrayIcon.ActivationReason.Trigger,
            QSystemTrayIcon.ActivationReason.DoubleClick,
        }:
            self.clicked.emit()

    def stop(self) -> None:
        """Take the icon away; its menu holds actions of the window, which ends as well."""
        self._timer.stop()
        theme.bus().changed.disconnect(self._fill_menu)
        self._menu.clear()
        self._icon.hide()


def tooltip(report: Report, paused: str = "") -> str:
    """Return account and state, the cost, what is missing in it, and where the month will end."""
    label, _detail = account_text.account_words(report)
    state = header_text.state_of(report)
    lines = [f"{label}: {state.word}", header_text.used_words(report)]
    missing = formatting.unpriced_words(report.totals) if report.totals.is_floor else ""
    lines += [words for words in (missing, header_text.on_track_words(report), paused) if words]
    return "\n".join(lines)
