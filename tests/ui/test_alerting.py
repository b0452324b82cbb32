"""Which alerts are notified when."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.domain.alerts import Alert
from alwrity_desktop.core.settings import Settings
from alwrity_desktop.ui import alerting as module
from alwrity_desktop.ui.alerting import Alerting
from alwrity_desktop.ui.events import (
    AlertsWaiting,
    NotificationChosen,
    NotificationRefused,
    NotificationShown,
)
from alwrity_desktop.ui.jobs import ConfirmNotifications, Job, TakeNotifications
from tests import builders
from tests.ui.fakes import Collector

ALERT = builders.an_alert(7)


class FakeNotifier:
    """Takes what should be shown."""

    def __init__(self) -> None:
        self.shown: list[Alert] = []

    def show(self, alert: Alert) -> None:
        self.shown.append(alert)

    def end(self) -> bool:
        return True


class Balloon:
    """A tray that shows its own messages."""

    def __init__(self, *, is_there: bool) -> None:
        self.is_there = is_there
        self.shown: list[Alert] = []

    def show_message(self, alert: Alert) -> bool:
        self.shown.append(alert)
        return self.is_there


class Desk:
    """Alerting with everything around it made by hand."""

    def __init__(self) -> None:
        self.settings = Settings()
        self.jobs: list[Job] = []
        self.owner = QObject()
        self.clock = Clock(builders.NOW_MS)
        self.alerting = Alerting(
            self.jobs.append,
            Collector().post,
            self.clock,
            lambda: self.settings,
            lambda: builders.ZONE,
            self.owner,
        )
        self.notifier = FakeNotifier()
        self.alerting._notifier = self.notifier  # type: ignore[assignment]
        self.failures: list[str] = []
        self.alerting.failed.connect(self.failures.append)


@pytest.fixture
def desk(qapp: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(module, "RETRY_MS", 0)
    made = Desk()
    yield made
    assert made.alerting.stop()


def test_that_an_alert_is_confirmed_only_once_the_desktop_took_it(desk: Desk) -> None:
    desk.alerting.on_event(AlertsWaiting((ALERT,)))
    assert desk.notifier.shown == [ALERT]
    assert desk.jobs == []
    desk.alerting.on_event(NotificationShown(7))
    assert desk.jobs == [ConfirmNotifications("local", (7,))]


def test_that_an_alert_on_its_way_is_not_shown_twice(desk: Desk) -> None:
    desk.alerting.on_event(AlertsWaiting((ALERT,)))
    desk.alerting.on_event(AlertsWaiting((ALERT,)))
    assert desk.notifier.shown == [ALERT]


def test_that_a_refused_alert_is_tried_once_more_then_said_in_the_window(
    qtbot: QtBot, desk: Desk
) -> None:
    desk.alerting.on_event(AlertsWaiting((ALERT,)))
    desk.alerting.on_event(NotificationRefused(ALERT, "there is no session bus"))
    desk.alerting._try_again()
    assert desk.notifier.shown == [ALERT, ALERT]
    assert desk.failures == []
    desk.alerting.on_event(NotificationRefused(ALERT, "there is no session bus"))
    assert len(desk.failures) == 1
    assert "there is no session bus" in desk.failures[0]
    assert desk.jobs == []
    desk.alerting.on_event(AlertsWaiting((ALERT,)))
    assert len(desk.notifier.shown) == 2


def test_that_a_tray_shows_what_the_daemon_would_not(desk: Desk) -> None:
    balloon = Balloon(is_there=True)
    desk.alerting.balloon = balloon
    desk.alerting.on_event(AlertsWaiting((ALERT,)))
    for _ in range(2):
        desk.alerting.on_event(NotificationRefused(ALERT, "no"))
    assert balloon.shown == [ALERT]
    assert desk.jobs == [ConfirmNotifications("local", (7,))]
    assert desk.failures == []


def test_that_who_wants_none_gets_none_later_either(desk: Desk) -> None:
    desk.settings = Settings(notify=False)
    desk.alerting.on_event(AlertsWaiting((ALERT, builders.an_alert(8))))
    assert desk.notifier.shown == []
    assert desk.jobs == [ConfirmNotifications("local", (7, 8))]


def test_that_quiet_hours_leave_alerts_waiting_until_they_end(desk: Desk) -> None:
    desk.settings = Settings(quiet_from="14:00", quiet_to="16:00")
    desk.alerting.look()
    assert desk.jobs == []
    assert desk.alerting._later.isActive()
    assert desk.alerting._later.interval() == pytest.approx(88 * 60_000, abs=60_000)
    desk.settings = Settings()
    desk.alerting.look()
    assert desk.jobs == [TakeNotifications("local")]


def test_that_a_pause_leaves_alerts_waiting(desk: Desk) -> None:
    desk.alerting.paused_until_ms = builders.NOW_MS + 1_000
    desk.alerting.look()
    assert desk.jobs == []


def test_that_a_chosen_notification_opens_its_alert_and_snooze_lasts_until_tomorrow(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    with qtbot.waitSignal(desk.alerting.opened) as opened:
        desk.alerting.on_event(NotificationChosen(7, "open"))
    assert opened.args == [7]
    with qtbot.waitSignal(desk.alerting.snoozed) as snoozed:
        desk.alerting.on_event(NotificationChosen(7, "snooze"))
    assert snoozed.args == ["2026-11-20T23:00:00+00:00"]


def test_that_where_there_is_no_daemon_the_tray_is_asked_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    desk.alerting.balloon = Balloon(is_there=True)
    desk.alerting.on_event(AlertsWaiting((ALERT,)))
    assert desk.jobs == [ConfirmNotifications("local", (7,))]
