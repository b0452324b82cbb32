"""Which alerts are notified when: one for each threshold and period, none in quiet hours."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol, assert_never

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.domain.alerts import Alert
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.quiet import iso_utc, quiet_until_ms, tomorrow_ms
from alwrity_desktop.core.settings import Settings
from alwrity_desktop.ui.events import (
    SNOOZE,
    AlertsWaiting,
    NotificationChosen,
    NotificationRefused,
    NotificationShown,
)
from alwrity_desktop.ui.jobs import ConfirmNotifications, Job, Post, TakeNotifications

if TYPE_CHECKING:
    from alwrity_desktop.ui.notifications import Notifier

RETRY_MS: Final = 5_000
_MAX_WAIT_MS: Final = 24 * 3600 * 1000

AlertEvent = AlertsWaiting | NotificationShown | NotificationRefused | NotificationChosen


class Balloon(Protocol):
    """The tray's own message, where there is no notification daemon to ask."""

    def show_message(self, alert: Alert) -> bool:
        """Show *alert*; return whether it could be seen."""


class Alerting(QObject):
    """Takes waiting alerts, has them shown, and confirms what the desktop took."""

    #: The id of the alert whose notification was clicked.
    opened = Signal(int)
    #: A sentence: why a notification could not be shown.
    failed = Signal(str)
    #: Until when the person wants no notification, as the settings keep it.
    snoozed = Signal(str)

    def __init__(
        self,
        submit: Callable[[Job], None],
        post: Post,
        clock: Clock,
        settings: Callable[[], Settings],
        timezone: Callable[[], str],
        parent: QObject,
    ) -> None:
        """Start nothing yet."""
        super().__init__(parent)
        self._submit = submit
        self._post = post
        self._clock = clock
        self._settings = settings
        self._timezone = timezone
        self.balloon: Balloon | None = None
        self.paused_until_ms = 0
        #: Whose alerts are notified.
        self.accounts: tuple[str, ...] = (LOCAL_ACCOUNT,)
        self._account_of: dict[int, str] = {}
        self._notifier: Notifier | None = None
        self._in_flight: dict[int, Alert] = {}
        self._refused: set[int] = set()
        self._to_retry: list[Alert] = []
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.look)
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.setInterval(RETRY_MS)
        self._retry.timeout.connect(self._try_again)

    @Slot()
    def look(self) -> None:
        """Ask for the alerts that wait, unless it is quiet now; then ask when it ends."""
        now = self._clock.now_ms()
        until = quiet_until_ms(self._settings(), now, self._timezone()) or 0
        until = max(until, self.paused_until_ms)
        if until > now:
            self._later.start(min(until - now, _MAX_WAIT_MS))
            return
        for account in self.accounts:
            self._submit(TakeNotifications(account))

    def account_of(self, alert_id: int) -> str:
        """Return the account of an alert that was notified."""
        return self._account_of.get(alert_id, LOCAL_ACCOUNT)

    def on_event(self, event: AlertEvent) -> None:
        """Take an event of this part."""
        match event:
            case AlertsWaiting(alerts):
                self._take(alerts)
            case NotificationShown(alert_id):
                self._confirm(alert_id)
            case NotificationRefused(alert, reason):
                self._on_refused(alert, reason)
            case NotificationChosen(_, action) if action == SNOOZE:
                until = tomorrow_ms(self._clock.now_ms(), self._timezone())
                self.snoozed.emit(iso_utc(until))
            case NotificationChosen(alert_id, _):
                self.opened.emit(alert_id)
            case _:
                assert_never(event)

    def _take(self, alerts: tuple[Alert, ...]) -> None:
        self._account_of.update((alert.id, alert.account) for alert in alerts)
        if not self._settings().notify:
            for account in dict.fromkeys(alert.account for alert in alerts):
                ids = tuple(alert.id for alert in alerts if alert.account == account)
                self._submit(ConfirmNotifications(account, ids))
            return
        for alert in alerts:
            if alert.id not in self._in_flight:
                self._in_flight[alert.id] = alert
                self._show(alert)

    def _show(self, alert: Alert) -> None:
        if not sys.platform.startswith("linux"):
            self._fall_back(alert, self.tr("there is no tray"))
            return
        if self._notifier is None:
            from alwrity_desktop.ui.notifications import Notifier  # noqa: PLC0415 - its library: Linux only

            self._notifier = Notifier(
                self._post, self.tr("Open alert"), self.tr("Snooze until tomorrow"), self
            )
            self._notifier.start()
        self._notifier.show(alert)

    def _confirm(self, alert_id: int) -> None:
        self._in_flight.pop(alert_id, None)
        self._submit(ConfirmNotifications(self.account_of(alert_id), (alert_id,)))

    def _on_refused(self, alert: Alert, reason: str) -> None:
        if alert.id not in self._refused:
            self._refused.add(alert.id)
            self._to_retry.append(alert)
            self._retry.start()
            return
        self._fall_back(alert, reason)

    @Slot()
    def _try_again(self) -> None:
        waiting, self._to_retry = self._to_retry, []
        for alert in waiting:
            self._show(alert)

    def _fall_back(self, alert: Alert, reason: str) -> None:
        """Show the tray's balloon; where there is none, say so.

        The alert then stays in flight, so that it is not tried again before the next start.
        """
        if self.balloon is not None and self.balloon.show_message(alert):
            self._confirm(alert.id)
            return
        sentence = self.tr("The desktop showed no notification ({reason}): {title}")
        self.failed.emit(sentence.format(reason=reason, title=alert.title))

    def stop(self) -> bool:
        """Stop the thread; return whether it ended."""
        self._later.stop()
        self._retry.stop()
        return self._notifier is None or self._notifier.end()
