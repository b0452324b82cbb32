"""A desktop for one test: a screen, a session bus and a real notification daemon."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event
from typing import Any, Final

import pytest

NEEDS: Final = ("dbus-daemon", "dunst", "dunstctl", "Xvfb")
_missing = [name for name in NEEDS if shutil.which(name) is None]
needs_daemon = pytest.mark.skipif(
    bool(_missing), reason=f"Not installed: {', '.join(_missing)} (apt: dbus dunst xvfb)"
)

#: A bus that starts nothing of its own accord.
_BUS_CONFIG: Final = """<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/>
<allow own="*"/></policy></busconfig>"""


def wait_until(is_so: Callable[[], object], what: str, within_s: float = 30.0) -> None:
    """Wait until *is_so* returns something true; fail, naming *what*, when it never does."""
    deadline = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > deadline:
            pytest.fail(f"Waited {within_s:.0f} s in vain until {what}.", pytrace=False)
        Event().wait(0.05)


class Desktop:
    """A bus, a screen and a notification daemon of their own."""

    def __init__(self, folder: Path) -> None:
        self._programs: list[subprocess.Popen[str]] = []
        self._environ = dict(os.environ)
        self._folder = folder
        display = self._start("Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24")
        self._environ["DISPLAY"] = f":{display}"
        config = folder / "bus.xml"
        config.write_text(_BUS_CONFIG)
        self.bus = self._start(
            "dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1"
        )
        self._environ["DBUS_SESSION_BUS_ADDRESS"] = self.bus

    @property
    def environ(self) -> Mapping[str, str]:
        """What a program needs to know to be on this desktop."""
        return self._environ

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
        """Return what the daemon showed and closed, newest first."""
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
