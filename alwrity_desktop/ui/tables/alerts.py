"""The list of alerts: its model, and how a row is painted."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from alwrity_desktop.core.domain.alerts import Alert, AlertKind, Severity
from alwrity_desktop.ui import formatting, theme
from alwrity_desktop.ui.tables.model import NOWHERE, Index
from alwrity_desktop.ui.tokens import SIZES

ALERT_ROLE = Qt.ItemDataRole.UserRole + 1
_PADDING = 14
_DOT = 4.0
_ICON = 15

SEVERITY_ROLES = {Severity.INFO: "info", Severity.WARNING: "warning", Severity.CRITICAL: "danger"}
_KIND_ICONS = {
    AlertKind.FORECAST: "trending-up",
    AlertKind.UNPRICED: "circle-help",
    AlertKind.SOURCE: "file-text",
    AlertKind.SERVER: "activity",
}


def alert_icon(alert: Alert) -> str:
    """Return the icon of an alert: of its kind, or of its severity for limits."""
    if alert.kind in _KIND_ICONS:
        return _KIND_ICONS[alert.kind]
    return "circle-x" if alert.severity == Severity.CRITICAL else "triangle-alert"


class AlertsModel(QAbstractListModel):
    """The alerts of a report, as they are to be listed."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Make an empty list."""
        super().__init__(parent)
        self._alerts: tuple[Alert, ...] = ()
        self._now_ms = 0
        self._timezone = "UTC"

    def set_alerts(self, alerts: Sequence[Alert], now_ms: int, timezone: str) -> None:
        """List *alerts*, their times told as seen at *now_ms* in *timezone*."""
        self._now_ms, self._timezone = now_ms, timezone
        if tuple(alerts) == self._alerts:
            if self._alerts:
                self.dataChanged.emit(self.index(0), self.index(len(self._alerts) - 1))
            return
        self.beginResetModel()
        self._alerts = tuple(alerts)
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return how many alerts are listed."""
        return 0 if parent.isValid() else len(self._alerts)

    def alert_at(self, row: int) -> Alert | None:
        """Return an alert, None where there is none."""
        return self._alerts[row] if 0 <= row < len(self._alerts) else None

    def stamp(self, alert: Alert) -> str:
        """Return when an alert was born, as short as it can be told."""
        return formatting.stamp(alert.at_ms, self._now_ms, self._timezone)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return an alert's words, or the alert."""
        alert = self.alert_at(index.row())
        if alert is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return alert.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{alert.title}. {alert.message}. {self.stamp(alert)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            lines = (alert.title, alert.message, formatting.moment(alert.at_ms, self._timezone))
            return "<br>".join(html.escape(line) for line in lines)
        return alert if role == ALERT_ROLE else None


class AlertDelegate(QStyledItemDelegate):
    """Paints an alert: a round icon, two lines, the time and a dot while unread."""

    def __init__(self, model: AlertsModel, parent: QObject | None = None) -> None:
        """Paint the alerts of *model*."""
        super().__init__(parent)
        self._alerts = model

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the height of two lines."""
        title = QFontMetrics(theme.font("body-dense", 600)).height()
        message = QFontMetrics(theme.font("caption")).height()
        return QSize(200, max(theme.scaled(SIZES.alert_row), title + message + 14))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one row."""
        alert = self._alerts.alert_at(index.row())
        if alert is None:
            return
        look = theme.current()
        box = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, box, option.state)
        if index.row() < self._alerts.rowCount() - 1:
            painter.fillRect(box.left(), box.bottom(), box.width(), 1, look.colour("border"))
        left = self._paint_icon(painter, box, alert)
        right = self._paint_time(painter, box, alert)
        self._paint_words(painter, QRect(left, box.top(), right - left, box.height()), alert)
        painter.restore()

    @staticmethod
    def _paint_ground(painter: QPainter, box: QRect, state: QStyle.StateFlag) -> None:
        look = theme.current()
        if state & QStyle.StateFlag.State_Selected and state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(box, look.colour("selbg"))
            painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), look.colour("focus"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, look.colour("hover"))

    @staticmethod
    def _paint_icon(painter: QPainter, box: QRect, alert: Alert) -> int:
        role = SEVERITY_ROLES[alert.severity]
        tone = theme.current().status(role)
        edge = theme.scaled(SIZES.icon_circle)
        circle = QRectF(box.left() + _PADDING, box.center().y() - edge / 2 + 0.5, edge, edge)
        painter.setPen(QPen(QColor(tone.border), 1))
        painter.setBrush(QColor(tone.fill))
        painter.drawEllipse(circle)
        icon_edge = theme.scaled(_ICON)
        ratio = painter.device().devicePixelRatio()
        pixmap = theme.icon_pixmap(alert_icon(alert), f"{role}.text", icon_edge, ratio)
        centre = circle.center() - QPointF(icon_edge / 2, icon_edge / 2)
        painter.drawPixmap(QPoint(round(centre.x()), round(centre.y())), pixmap)
        return round(circle.right()) + 10

    def _paint_time(self, painter: QPainter, box: QRect, alert: Alert) -> int:
        look = theme.current()
        painter.setFont(theme.font("caption"))
        painter.setPen(look.colour("muted"))
        text = self._alerts.stamp(alert)
        width = painter.fontMetrics().horizontalAdvance(text) + 1
        height = painter.fontMetrics().height()
        left = box.right() - _PADDING - width + 1
        painter.drawText(QRect(left, box.center().y() - height, width, height), 0, text)
        if not alert.is_read:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("info.mark"))
            dot = QPointF(box.right() - _PADDING - _DOT + 1, box.center().y() + height / 2 + 1)
            painter.drawEllipse(dot, _DOT, _DOT)
        return left - 10

    @staticmethod
    def _paint_words(painter: QPainter, box: QRect, alert: Alert) -> None:
        look = theme.current()
        bottom_up = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
        elide = Qt.TextElideMode.ElideRight
        painter.setFont(theme.font("body-dense", 400 if alert.is_read else 600))
        painter.setPen(look.colour("text"))
        upper = QRect(box.left(), box.top(), box.width(), box.height() // 2)
        title = painter.fontMetrics().elidedText(alert.title, elide, box.width())
        painter.drawText(upper, bottom_up, title)
        painter.setFont(theme.font("caption"))
        painter.setPen(look.colour("text2"))
        lower = QRect(box.left(), upper.bottom() + 1, box.width(), box.height() // 2)
        message = painter.fontMetrics().elidedText(alert.message, elide, box.width())
        painter.drawText(lower, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, message)
