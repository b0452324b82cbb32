"""Budgets that are passed while the program runs, seen by a real notification daemon.

The program, the command line and the daemon are processes of their own. Each of these turns
tests red: alerting that never looks again after the start (no look in
``Controller._on_figures``), alerts that are never confirmed (no job in ``Alerting._confirm``),
lower thresholds that wait as well (``is_waiting`` for each, and no ``_silence_lower``, in
``core.ledger.alerting``), old logs that are not noted in silence (``is_silent`` false), and a
signal handler that calls the application's own quit, which the window refuses.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlite

if not sys.platform.startswith("linux"):
    pytest.skip("The session bus and /proc are Linux's.", allow_module_level=True)

from alwrity_desktop.core.clock import NOW_VARIABLE
from tests.conftest import NOW
from tests.core.trees import NOW_MS, line, log_in
from tests.logs import usage
from tests.ui.desktop import Desktop, needs_daemon, wait_until

pytestmark = [needs_daemon, pytest.mark.usefixtures("clock")]

PROGRAM = (sys.executable, "-m", "alwrity_desktop")
AN_HOUR_AGO = (datetime.fromisoformat(NOW) - timedelta(hours=1)).isoformat()
TWO_HOURS_MS = 2 * 3600 * 1000
LIMIT = 10_000
ALL_SHOWN_AT_100 = [(80, "silent"), (90, "silent"), (100, "shown")]
TITLE_124 = "You've used 124% of your monthly limit"
LAST_TITLE = "You've used 150% of your daily limit"


class Scene:
    """A fresh profile with budgets, logs of Claude Code, and the program that looks at them."""

    def __init__(self, desktop: Desktop, home: Path) -> None:
        self._desktop = desktop
        self._profile = home / "profile"
        self.claude = home / ".claude"
        self._environ = {
            name: value for name, value in desktop.environ.items() if name != "QT_QPA_PLATFORM"
        }
        self._window: subprocess.Popen[bytes] | None = None
        self._profile.mkdir()
        (self._profile / "settings.toml").write_text("first_run_done = true\n")
        self.log = log_in(self.claude, "now", [self.call(0, tokens=10)])
        budget = ("budget", "set", "--kind", "tokens", "--limit")
        self.run(*budget, str(LIMIT), now=AN_HOUR_AGO)
        self.run(*budget, "100", "--provider", "gemini", "--period", "day", now=AN_HOUR_AGO)

    def call(self, number: int, *, tokens: int, at_ms: int = NOW_MS) -> bytes:
        """Return the log's line of one call."""
        return line(number, at_ms=at_ms, usage=usage(tokens, input_tokens=0))

    def run(self, *words: str, now: str = NOW) -> None:
        """Run one command in a process of its own."""
        environ = self._environ | {NOW_VARIABLE: now}
        done = subprocess.run(
            (*PROGRAM, *words), env=environ, capture_output=True, text=True, check=False
        )
        assert not done.returncode, done.stderr

    def record(self, tokens: int, provider: str = "anthropic") -> None:
        """Book one call by the command line."""
        self.run(
            "record", "--provider", provider, "--model", "m", "--output-tokens", str(tokens)
        )  # fmt: skip

    def start(self) -> None:
        """Open the window, and wait until it has read the logs and watches them."""
        self._window = subprocess.Popen(PROGRAM, env=self._environ)
        inode = f"ino:{(self.claude / 'projects').stat().st_ino:x} "
        wait_until(lambda: self._is_watched(inode) and self.calls(), "the logs are watched")

    def _is_watched(self, inode: str) -> bool:
        assert self._window is not None
        assert self._window.poll() is None, "the window is gone"
        notes = Path(f"/proc/{self._window.pid}/fdinfo").glob("*")
        return any(inode in found.read_text() for found in notes if found.exists())

    def end(self) -> None:
        """End the program by a polite kill; whatever was on its way has arrived then."""
        window, self._window = self._window, None
        if window is not None:
            window.terminate()
            assert window.wait(20) == 0

    def calls(self) -> int:
        """Return how many calls are booked."""
        return len(self._rows("SELECT 1 FROM calls"))

    def alerts(self, budget: int = 1) -> list[tuple[object, ...]]:
        """Return threshold and notification of the alerts of a budget, lowest first."""
        return self._rows(
            "SELECT threshold_percent, notification FROM alerts WHERE budget_id = ?"
            " ORDER BY threshold_percent, id",
            budget,
        )

    def _rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with closing(sqlite.connect(str(self._profile / "ledger.sqlite3"))) as ledger:
            found: list[tuple[object, ...]] = ledger.execute(query, values).fetchall()
            return found

    def wait_for(self, *notifications: str, budget: int = 1) -> None:
        """Wait until a budget has an alert for each threshold from the lowest, as said."""
        wanted = list(zip((80, 90, 100)[: len(notifications)], notifications, strict=True))
        wait_until(lambda: self.alerts(budget) == wanted, f"the alerts are {wanted}")

    def notified(self) -> list[str]:
        """Return the titles of all that was shown so far, oldest first."""
        self._desktop.control("close-all")
        wait_until(lambda: "0" in self._desktop.control("count", "displayed"), "all are closed")
        shown = sorted(self._desktop.shown(), key=lambda each: int(each["id"]))
        return [str(each["summary"]) for each in shown]

    def notified_at_the_end(self) -> list[str]:
        """Pass one more budget, end the program, and return the titles of all that was shown.

        What was notified wrongly before stands before the title of the last budget.
        """
        self.record(150, "gemini")
        self.wait_for("silent", "silent", "shown", budget=2)
        self.end()
        return self.notified()


@pytest.fixture
def scene(tmp_path: Path, home: Path) -> Iterator[Scene]:
    desktop = Desktop(tmp_path)
    try:
        desktop.start_daemon()
        wait_until(desktop.is_ready, "the notification daemon answers")
        made = Scene(desktop, home)
        try:
            yield made
        finally:
            made.end()
    finally:
        desktop.stop()


def test_that_a_recorded_call_over_all_thresholds_is_notified_once_and_never_again(
    scene: Scene,
) -> None:
    scene.start()
    scene.record(12_400)
    scene.wait_for("silent", "silent", "shown")
    scene.end()
    assert scene.notified() == [TITLE_124]

    scene.start()
    assert scene.notified_at_the_end() == [TITLE_124, LAST_TITLE]
    assert scene.alerts() == ALL_SHOWN_AT_100


def test_that_an_import_by_another_process_is_notified_once(scene: Scene, tmp_path: Path) -> None:
    scene.start()
    log_in(tmp_path / "elsewhere", "more", [scene.call(1, tokens=12_400)])
    scene.run("import", "claude-code", str(tmp_path / "elsewhere"))
    scene.wait_for("silent", "silent", "shown")
    assert scene.notified_at_the_end() == [TITLE_124, LAST_TITLE]
    assert scene.alerts() == ALL_SHOWN_AT_100


def test_that_a_line_added_to_a_watched_log_is_notified_at_each_threshold_once(
    scene: Scene,
) -> None:
    scene.start()
    for number, tokens in ((1, 8_300), (2, 900)):
        with scene.log.open("ab") as log:
            log.write(scene.call(number, tokens=tokens))
        scene.wait_for(*["shown"] * number)
    titles = [f"You've used {percent}% of your monthly limit" for percent in (83, 92)]
    assert scene.notified_at_the_end() == [*titles, LAST_TITLE]


def test_that_the_first_import_of_old_logs_notifies_nothing(scene: Scene) -> None:
    old_ms = NOW_MS - TWO_HOURS_MS
    scene.log.write_bytes(scene.call(0, tokens=12_400, at_ms=old_ms))
    scene.start()
    scene.wait_for("silent", "silent", "silent")
    assert scene.notified_at_the_end() == [LAST_TITLE]
