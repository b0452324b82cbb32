"""Notifications, caught by a real notification daemon on a bus of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

if not sys.platform.startswith("linux"):
    pytest.skip("The session bus is Linux's.", allow_module_level=True)

from alwrity_desktop.core.domain.alerts import Severity
from alwrity_desktop.ui.events import NotificationChosen, NotificationRefused, NotificationShown
from alwrity_desktop.ui.notifications import Notifier, body_of
from tests import builders
from tests.ui.desktop import Desktop, needs_daemon
from tests.ui.fakes import Collector


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    made = Desktop(tmp_path)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", made.bus)
    yield made
    made.stop()


@pytest.fixture
def notifier(qapp: object, collector: Collector) -> Iterator[Notifier]:
    made = Notifier(collector.post, "Open alert", "Snooze until tomorrow")
    made.start()
    yield made
    assert made.end()


@needs_daemon
def test_that_a_notification_arrives_and_is_confirmed_by_the_daemon(
    qtbot: QtBot, desktop: Desktop, notifier: Notifier, collector: Collector
) -> None:
    desktop.start_daemon()
    qtbot.waitUntil(desktop.is_ready, timeout=10_000)
    notifier.show(builders.an_alert(7, title="You've used 85% of your monthly limit"))
    qtbot.waitUntil(lambda: bool(collector.of(NotificationShown)), timeout=10_000)
    assert collector.events == [NotificationShown(7)]
    desktop.control("close-all")
    qtbot.waitUntil(lambda: bool(desktop.shown()), timeout=10_000)
    (shown,) = desktop.shown()
    assert shown["summary"] == "You've used 85% of your monthly limit"
    assert shown["appname"] == "ALwrity Desktop"


@needs_daemon
def test_that_text_from_outside_is_no_markup(
    qtbot: QtBot, desktop: Desktop, notifier: Notifier, collector: Collector
) -> None:
    desktop.start_daemon()
    qtbot.waitUntil(desktop.is_ready, timeout=10_000)
    words = "<b>Cost</b> & <img src=x>"
    notifier.show(builders.an_alert(8, message=words))
    qtbot.waitUntil(lambda: bool(collector.of(NotificationShown)), timeout=10_000)
    desktop.control("close-all")
    qtbot.waitUntil(lambda: bool(desktop.shown()), timeout=10_000)
    assert desktop.shown()[0]["body"] == body_of(words)


@needs_daemon
def test_that_a_click_on_the_notification_names_its_alert(
    qtbot: QtBot, desktop: Desktop, notifier: Notifier, collector: Collector
) -> None:
    desktop.start_daemon()
    qtbot.waitUntil(desktop.is_ready, timeout=10_000)
    notifier.show(builders.an_alert(9))
    qtbot.waitUntil(lambda: bool(collector.of(NotificationShown)), timeout=10_000)
    desktop.control("action", "0")
    qtbot.waitUntil(lambda: bool(collector.of(NotificationChosen)), timeout=10_000)
    assert collector.of(NotificationChosen) == [NotificationChosen(9, "open")]


@needs_daemon
def test_that_without_a_daemon_the_alert_comes_back_with_the_reason(
    qtbot: QtBot, desktop: Desktop, notifier: Notifier, collector: Collector
) -> None:
    alert = replace(builders.an_alert(5), severity=Severity.CRITICAL)
    notifier.show(alert)
    qtbot.waitUntil(lambda: bool(collector.events), timeout=20_000)
    (refused,) = collector.events
    assert isinstance(refused, NotificationRefused)
    assert refused.alert == alert
    assert refused.reason


def test_that_without_a_bus_the_alert_comes_back(
    qtbot: QtBot,
    notifier: Notifier,
    collector: Collector,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    notifier.show(builders.an_alert(5))
    qtbot.waitUntil(lambda: bool(collector.events), timeout=10_000)
    assert collector.events == [
        NotificationRefused(builders.an_alert(5), "there is no session bus")
    ]
