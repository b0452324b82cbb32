"""Desktop notifications over the session bus, confirmed by the daemon that takes them.

Qt's own way (QSystemTrayIcon.showMessage) loses a message in silence where there is no tray,
so on Linux the daemon is asked directly and its answer is what counts.
"""

from __future__ import annotations

import contextlib
import html
import os
import queue
import select
import socket
from collections import deque
from typing import Any, Final

from jeepney import (
    DBusAddress,
    DBusErrorResponse,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    message_bus,
    new_method_call,
)
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from PySide6.QtCore import QObject, QThread

from alwrity_desktop.core.domain.alerts import Alert, Severity
from alwrity_desktop.core.program_log import stack_of
from alwrity_desktop.core.resources import resource_path
from alwrity_desktop.ui.events import (
    OPEN,
    SNOOZE,
    Crashed,
    NotificationChosen,
    NotificationRefused,
    NotificationShown,
)
from alwrity_desktop.ui.jobs import Post
from alwrity_desktop.ui.loop_thread import STOP_TIMEOUT_MS

SERVICE: Final = "org.freedesktop.Notifications"
PATH: Final = "/org/freedesktop/Notifications"
APP_NAME: Final = "ALwrity Desktop"
DESKTOP_ENTRY: Final = "alwrity-desktop"
REPLY_TIMEOUT_S: Final = 5.0

_DEFAULT: Final = "default"
_URGENCY: Final = {Severity.INFO: 0, Severity.WARNING: 1, Severity.CRITICAL: 2}
_EXPIRE_BY_DAEMON: Final = -1


class RefusedError(Exception):
    """The desktop did not take the notification; the text says why."""


def body_of(message: str) -> str:
    """Return *message* as the body of a notification, which daemons read as markup."""
    return html.escape(message, quote=False)


class NotificationSession:
    """One connection to the session bus: shows notifications and hears what is chosen."""

    def __init__(self) -> None:
        self._address = DBusAddress(PATH, bus_name=SERVICE, interface=SERVICE)
        try:
            self._connection: DBusConnection = open_dbus_connection(bus="SESSION")
        except (OSError, KeyError, RuntimeError) as error:
            raise RefusedError("there is no session bus") from error
        self._signals: deque[Message] = deque()
        rule = MatchRule(type="signal", interface=SERVICE, path=PATH)
        self._filter = self._connection.filter(rule, queue=self._signals)
        self._call(message_bus.AddMatch(rule))
        self._alerts: dict[int, int] = {}

    @property
    def socket(self) -> socket.socket:
        """The socket that becomes readable when the bus has something to say."""
        found: socket.socket = self._connection.sock
        return found

    def show(self, alert: Alert, actions: tuple[str, ...]) -> None:
        """Show *alert*. Raises RefusedError unless the daemon took it.

        *actions* are keys and texts in turn.
        """
        hints = {
            "urgency": ("y", _URGENCY[alert.severity]),
            "desktop-entry": ("s", DESKTOP_ENTRY),
            "category": ("s", "transfer.error" if alert.severity is Severity.CRITICAL else "im"),
        }
        icon = str(resource_path("icons", "app.svg"))
        values = (
            APP_NAME, 0, icon, alert.title, body_of(alert.message), list(actions), hints,
            _EXPIRE_BY_DAEMON,
        )  # fmt: skip
        answer = self._call(new_method_call(self._address, "Notify", "susssasa{sv}i", values))
        self._alerts[int(answer[0])] = alert.id

    def _call(self, message: Message) -> tuple[Any, ...]:
        try:
            reply = self._connection.send_and_get_reply(message, timeout=REPLY_TIMEOUT_S)
        except TimeoutError as error:
            raise RefusedError("the notification service does not answer") from error
        except OSError as error:
            raise RefusedError("the session bus went away") from error
        if reply.header.message_type is MessageType.error:
            name = DBusErrorResponse(reply).name
            raise RefusedError(f"no notification service took it: {name}")
        return tuple(reply.body)

    def hear(self) -> tuple[tuple[int, str], ...]:
        """Return ``(alert id, action)`` for what the person chose meanwhile.

        Raises RefusedError when the bus went away.
        """
        try:
            with contextlib.suppress(TimeoutError):
                while True:
                    self._connection.recv_messages(timeout=0)
        except OSError as error:
            raise RefusedError("the session bus went away") from error
        chosen = []
        while self._signals:
            message = self._signals.popleft()
            member = message.header.fields.get(HeaderFields.member)
            if member == "ActionInvoked":
                notification, action = message.body
                alert = self._alerts.get(notification)
                if alert is not None:
                    chosen.append((alert, OPEN if action == _DEFAULT else str(action)))
            elif member == "NotificationClosed":
                self._alerts.pop(message.body[0], None)
        return tuple(chosen)

    def close(self) -> None:
        """Leave the bus."""
        self._filter.close()
        self._connection.close()


class Notifier(QThread):
    """The thread that talks to the session bus; sleeps while there is nothing to say."""

    def __init__(
        self, post: Post, open_text: str, snooze_text: str, parent: QObject | None = None
    ) -> None:
        """Make the thread; the texts are those of the two buttons."""
        super().__init__(parent)
        self.setObjectName("notifications")
        self._post = post
        self._actions = (_DEFAULT, open_text, OPEN, open_text, SNOOZE, snooze_text)
        self._waiting: queue.SimpleQueue[Alert] = queue.SimpleQueue()
        self._wake_read, self._wake_write = os.pipe()
        self._is_stopping = False
        self._session: NotificationSession | None = None

    def show(self, alert: Alert) -> None:
        """Have *alert* shown; may be called from any thread."""
        self._waiting.put(alert)
        os.write(self._wake_write, b"n")

    def end(self) -> bool:
        """Stop and wait; return whether the thread ended."""
        self._is_stopping = True
        os.write(self._wake_write, b"s")
        has_ended = self.wait(STOP_TIMEOUT_MS)
        if has_ended:
            os.close(self._wake_read)
            os.close(self._wake_write)
        return has_ended

    def run(self) -> None:
        """Show and hear until asked to stop."""
        try:
            while not self._is_stopping:
                self._step()
        except Exception as error:  # noqa: BLE001 - our bug must not end the thread unseen
            self._post(Crashed(stack_of(error)))
        finally:
            self._leave()

    def _step(self) -> None:
        heard: list[Any] = [self._wake_read]
        if self._session is not None:
            heard.append(self._session.socket)
        ready, _, _ = select.select(heard, [], [])
        if self._wake_read in ready:
            os.read(self._wake_read, 4096)
        with contextlib.suppress(queue.Empty):
            while not self._is_stopping:
                self._show(self._waiting.get_nowait())
        self._hear()

    def _show(self, alert: Alert) -> None:
        try:
            if self._session is None:
                self._session = NotificationSession()
            self._session.show(alert, self._actions)
        except RefusedError as error:
            self._leave()
            self._post(NotificationRefused(alert, str(error)))
        else:
            self._post(NotificationShown(alert.id))

    def _hear(self) -> None:
        if self._session is None:
            return
        try:
            for alert_id, action in self._session.hear():
                self._post(NotificationChosen(alert_id, action))
        except RefusedError:
            self._leave()

    def _leave(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
