"""Alerts: unread first; a click opens what caused one."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent, QModelIndex, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListView, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.alerts import Alert, AlertKind, Severity
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.ui import account_text, formatting, theme
from alwrity_desktop.ui.docks._parts import Rule
from alwrity_desktop.ui.docks.base import DockView
from alwrity_desktop.ui.requests import (
    EditBudget,
    MarkAlertsRead,
    OpenCalls,
    OpenDock,
    Request,
    ShowPrices,
)
from alwrity_desktop.ui.tables.alerts import ALERT_ROLE, AlertDelegate, AlertsModel
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import (
    ActionButton,
    Combo,
    EmptyState,
    FlowLayout,
    PlainLabel,
    Segments,
)


class AlertsDock(DockView):
    """What crossed a threshold, and what else needs a look."""

    name = "alerts"
    title = str(QT_TRANSLATE_NOOP("AlertsDock", "Alerts"))
    icon = "bell"
    about = str(
        QT_TRANSLATE_NOOP(
            "AlertsDock", "Budgets crossed, sources that need a look. Click one to see its cause."
        )
    )
    order = 50

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a dock without alerts."""
        super().__init__(parent)
        self._report: Report | None = None
        self._model = AlertsModel(self)
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setItemDelegate(AlertDelegate(self._model, self._list))
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setMouseTracking(True)
        self._list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setAccessibleName(self.tr("Alerts"))
        self._list.viewport().setAutoFillBackground(False)
        self._list.clicked.connect(self._open)
        self._list.installEventFilter(self)
        self._nothing = PlainLabel("", "body-dense", "text2")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        self.mark_all = ActionButton(
            self.tr("Mark all read"), MarkAlertsRead(), "link", is_small=True
        )
        self.mark_all.chosen.connect(self.requested)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_tools())
        column.addWidget(Rule())
        column.addWidget(self._list, 1)
        column.addWidget(self._nothing, 1)
        theme.bus().changed.connect(self._list.viewport().update)

    def _make_tools(self) -> QWidget:
        tools = QWidget()
        chips = (("unread", self.tr("Unread")), ("all", self.tr("All")))
        self._chips = Segments(chips, self.tr("Which alerts"), is_chips=True)
        # All of them, the unread ones on top: nothing is hidden that was not asked away.
        self._chips.choose("all")
        self._chips.chosen.connect(self._list_alerts)
        self._severities = Combo(self.tr("Severity"))
        self._severities.set_items(
            (
                (None, self.tr("Any severity")),
                (Severity.CRITICAL.value, self.tr("Critical")),
                (Severity.WARNING.value, self.tr("Warning")),
                (Severity.INFO.value, self.tr("Info")),
            )
        )
        self._accounts = Combo(self.tr("Account"))
        self._accounts.hide()
        for combo in (self._severities, self._accounts):
            combo.currentIndexChanged.connect(self._list_alerts)
        flow = FlowLayout(tools, 6)
        flow.setContentsMargins(SIZES.dock_padding_x, 9, SIZES.dock_padding_x, 9)
        flow.addWidget(self._chips)
        flow.add_stretch()
        flow.addWidget(self._accounts)
        flow.addWidget(self._severities)
        return tools

    @property
    def title_tools(self) -> tuple[QWidget, ...]:
        """The link that marks all alerts read."""
        return (self.mark_all,)

    def show_report(self, report: Report) -> None:
        """Offer to mark alerts read only where some are unread."""
        self.mark_all.setEnabled(report.unread_alerts > 0)
        super().show_report(report)

    def is_empty(self, report: Report) -> bool:
        """Return whether there was never an alert."""
        return not report.alerts

    def empty_state(self, report: Report) -> EmptyState:
        """Return the good news."""
        text = self.tr("You are told here when a budget is nearly used or a source needs a look.")
        has_budget = any(limit.budget_id is not None for limit in report.limits)
        actions = () if has_budget else ((self.tr("Set a budget"), "target", EditBudget()),)
        return EmptyState(self.icon, self.tr("No alerts"), text, actions)

    def render_report(self, report: Report) -> None:
        """List the alerts of *report*."""
        self._report = report
        unread = report.unread_alerts
        self._chips.set_text(
            "unread", self.tr("Unread {count}").format(count=formatting.count(unread))
        )
        all_text = self.tr("All {count}").format(count=formatting.count(len(report.alerts)))
        self._chips.set_text("all", all_text)
        self._offer_accounts(report)
        self._list_alerts()

    def _offer_accounts(self, report: Report) -> None:
        """Let the person choose among accounts where alerts of several are listed."""
        names = sorted({alert.account for alert in report.alerts})
        labels = ((name, account_text.name_of(name, name)) for name in names)
        self._accounts.set_items(((None, self.tr("Any account")), *labels))
        self._accounts.setVisible(len(names) > 1)

    def _chosen(self, report: Report) -> list[Alert]:
        severity, account = self._severities.currentData(), self._accounts.currentData()
        found = [
            alert
            for alert in report.alerts
            if (self._chips.key == "all" or not alert.is_read)
            and (severity is None or alert.severity.value == severity)
            and (account is None or alert.account == account)
        ]
        return sorted(found, key=lambda alert: (alert.is_read, -alert.at_ms))

    @Slot()
    def _list_alerts(self) -> None:
        report = self._report
        if report is None:
            return
        chosen = self._chosen(report)
        self._model.set_alerts(chosen, report.as_of_ms, report.period.timezone)
        self._list.setVisible(bool(chosen))
        self._nothing.setVisible(not chosen)
        filters = (self._severities.currentData(), self._accounts.currentData())
        is_read = self._chips.key == "unread" and filters == (None, None)
        self._nothing.set_plain(
            self.tr("Everything is read.") if is_read else self.tr("No alert of this kind.")
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open with Return, mark read with M."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            index = self._list.currentIndex()
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._open(index)
                return True
            if event.key() == Qt.Key.Key_M:
                self._mark_read(index)
                return True
        return super().eventFilter(watched, event)

    def _mark_read(self, index: QModelIndex) -> None:
        alert = index.data(ALERT_ROLE)
        if isinstance(alert, Alert) and not alert.is_read:
            self.ask(MarkAlertsRead((alert.id,)))

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        alert = index.data(ALERT_ROLE)
        if isinstance(alert, Alert):
            self._mark_read(index)
            self.ask(_cause(alert))


def _cause(alert: Alert) -> Request:
    """Return what shows the cause of an alert."""
    if alert.kind == AlertKind.UNPRICED:
        return ShowPrices()
    if alert.kind == AlertKind.SERVER and alert.threshold_percent is not None:
        return OpenDock("limits")
    if alert.kind in {AlertKind.SOURCE, AlertKind.SERVER}:
        return OpenDock("health")
    if alert.kind == AlertKind.FORECAST:
        return OpenDock("trends")
    return OpenCalls(alert.provider) if alert.provider else OpenDock("limits")
