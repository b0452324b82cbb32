"""Notifications, caught by a real notification daemon on a bus of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

if not sys.platform.startswith("linux"):
    pytest.skip("The session bus is Linux's.", allow_module_level=True)

from alwrity_desktop.core.domain.alerts import Severity
from alwrity_desktop.ui.events import NotificationChosen, NotificationRefused, NotificationShown
from alwrity_desktop.ui.notifications import Notifier, body_of
from tests import builders
from tests.ui.fakes import Collector

NEEDS = ("dbus-daemon", "dunst", "dunstctl", "Xvfb")
missing = [name for name in NEEDS if shutil.which(name) is None]
needs_daemon = pytest.mark.skipif(
    bool(missing), reason=f"Not installed: {', '.join(missing)} (apt: dbus dunst xvfb)"
)


#: A bus that starts nothing of its own accord.
BUS_CONFIG = """<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/>
<allow own="*"/></policy></busconfig>"""


class Desktop:
    """A bus, a screen and a notification daemon of their own."""

    def __init__(self, folder: Path) -> None:
        self._programs: list[subprocess.Popen[str]] = []
        self._environ = dict(os.environ)
        display = self._start("Xvfb", "-displayfd", "1", "-screen", "0", "640x480x24")
        self._environ["DISPLAY"] = f":{display}"
        config = folder / "bus.xml"
        config.write_text(BUS_CONFIG)
        self.bus = self._start(
            "dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1"
        )
        self._environ["DBUS_SESSION_BUS_ADDRESS"] = self.bus
        self._folder = folder

    def _start(self, *command: str) -> str:
        """Start a program that says its first line when it is ready."""
        program = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=self._environ,
        )
        self._programs.append(program)
        assert program.stdout is not None
        return program.stdout.readline().strip()

    def start_daemon(self) -> None:
        config = self._folder / "dunstrc"
        config.write_text("[global]\nhistory_length = 20\n")
        self._programs.append(
            subprocess.Popen(
                ("dunst", "-conf", str(config)),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                text=True,
                env=self._environ,
            )
        )

    def control(self, *words: str) -> str:
        answer = subprocess.run(
            ("dunstctl", *words), capture_output=True, text=True, env=self._environ, check=False
        )
        return answer.stdout

    def shown(self) -> list[dict[str, Any]]:
        """Return what the daemon showed and closed."""
        found = json.loads(self.control("history") or '{"data": [[]]}')
        return [{key: value["data"] for key, value in each.items()} for each in found["data"][0]]

    def is_ready(self) -> bool:
        return "Waiting" in self.control("count")

    def stop(self) -> None:
        for program in reversed(self._programs):
            program.terminate()
            program.wait(10)
            if program.stdout is not None:
                program.stdout.close()


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
