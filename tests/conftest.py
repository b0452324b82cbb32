"""What every test stands on: no screen, a home of its own, a fixed clock, nothing left behind."""

from __future__ import annotations

import importlib.util
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from weakref import WeakSet

# Before any Qt import: without a display Qt would abort the whole run.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.pop("PYTHONWARNINGS", None)

import pytest
from hypothesis import settings

from alwrity_desktop.core.asking.network import Network
from alwrity_desktop.core.clock import NOW_VARIABLE, Clock, clock_from_environment

NOW: Final = "2026-11-20T14:32:00+01:00"
HAS_QT: Final = importlib.util.find_spec("PySide6") is not None

#: How long a thread or process may take to end after it was told to.
GRACE_S: Final = 5.0
#: Kept by Python itself for the life of the process.
KEPT_BY_PYTHON: Final = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")

# Two busy cores make any deadline a matter of luck.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know pytest-qt's settings where it is not installed: the core's tests run without Qt."""
    if importlib.util.find_spec("pytestqt") is None:
        for name in ("qt_api", "qt_log_level_fail", "qt_log_ignore"):
            parser.addini(name, "Used by pytest-qt.")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a home folder of its own, empty, and hide the person's."""
    folder = tmp_path_factory.mktemp("home")
    places = {
        "HOME": "",
        "USERPROFILE": "",
        "ALWRITY_DESKTOP_HOME": "profile",
        "CLAUDE_CONFIG_DIR": ".claude",
        "CODEX_HOME": ".codex",
        "XDG_CACHE_HOME": ".cache",
        "XDG_CONFIG_HOME": ".config",
        "XDG_DATA_HOME": ".local/share",
        "XDG_RUNTIME_DIR": "run",
        "XDG_STATE_HOME": ".local/state",
    }
    for name, place in places.items():
        monkeypatch.setenv(name, str(folder / place))
    (folder / "run").mkdir(mode=0o700)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv(NOW_VARIABLE, raising=False)
    # The person's own desktop is not to be notified.
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    return folder


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stop the clock on a Friday in November 2026, here and in programs that the test starts."""
    monkeypatch.setenv(NOW_VARIABLE, NOW)
    return clock_from_environment()


@pytest.fixture(scope="session", autouse=True)
def _certificates_are_read_once() -> Iterator[None]:
    """Hand the machine's certificates to each network: reading them takes longer than asking."""
    make, certificates = Network.__init__, Network(Clock()).tls

    def make_with_certificates(network: Network, *values: Any, **named: Any) -> None:  # noqa: ANN401
        make(network, *values, **named)
        if "ca_file" not in named:
            network.tls = certificates

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Network, "__init__", make_with_certificates)
        yield


def children() -> dict[int, str]:
    """Return the running child processes of this one by id, with what they run.

    Empty where there is no /proc.
    """
    result: dict[int, str] = {}
    for listing in Path("/proc/self/task").glob("*/children"):
        for pid in _text(listing).split():
            command = _command(pid)
            if command and not any(name in command for name in KEPT_BY_PYTHON):
                result[int(pid)] = command
    return result


def _command(pid: str) -> str:
    return _text(Path(f"/proc/{pid}/cmdline")).replace("\0", " ").strip()


def _text(path: Path) -> str:
    """Return what *path* holds; nothing where its thread or process has ended."""
    try:
        return path.read_text()
    except OSError:
        return ""


def left_behind(seen_threads: set[threading.Thread], seen_children: set[int]) -> list[str]:
    """Name every thread and child process that runs now and did not run before."""
    names = [
        f"thread {thread.name}" for thread in threading.enumerate() if thread not in seen_threads
    ]
    names += [
        f"process {pid}: {command[:200]}"
        for pid, command in children().items()
        if pid not in seen_children
    ]
    return names + [f"QThread {name}" for name in running_qthreads()]


@pytest.fixture(autouse=True)
def _nothing_left_running() -> Iterator[None]:
    seen_threads = set(threading.enumerate())
    seen_children = set(children())
    yield
    deadline = time.monotonic() + GRACE_S
    while left := left_behind(seen_threads, seen_children):
        if time.monotonic() > deadline:
            pytest.fail(f"The test left running: {'; '.join(left)}", pytrace=False)
        threading.Event().wait(0.02)


if HAS_QT:
    from PySide6.QtCore import QThread
    from shiboken6 import isValid

    _started: WeakSet[QThread] = WeakSet()
    _start: Final[Callable[..., None]] = QThread.start

    def _remember_and_start(thread: QThread, *args: QThread.Priority) -> None:
        _started.add(thread)
        _start(thread, *args)

    setattr(QThread, "start", _remember_and_start)  # noqa: B010 -- mypy refuses an assignment

    def running_qthreads() -> list[str]:
        """Name the QThreads that were started and still run."""
        return [
            thread.objectName() or type(thread).__name__
            for thread in list(_started)
            if isValid(thread) and thread.isRunning()
        ]

else:

    def running_qthreads() -> list[str]:
        """Name the QThreads that still run: none without Qt."""
        return []
