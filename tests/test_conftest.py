"""The guards themselves work: what is left running is named."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from alwrity_desktop.core.clock import Clock
from tests import conftest


def test_that_a_thread_left_running_is_named() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait, name="forgotten")
    seen = set(threading.enumerate())
    thread.start()
    try:
        assert conftest.left_behind(seen, set()) == ["thread forgotten"]
    finally:
        stop.set()
        thread.join()


@pytest.mark.skipif(sys.platform != "linux", reason="child processes are listed through /proc")
def test_that_a_process_left_running_is_named() -> None:
    program = "import sys; print('up', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdin
        assert child.stdout
        assert child.stdout.readline().strip() == b"up"
        left = conftest.left_behind(set(threading.enumerate()), set())
        child.stdin.close()
    assert len(left) == 1
    assert f"process {child.pid}: {sys.executable}" in left[0]


@pytest.mark.skipif(not conftest.HAS_QT, reason="Qt is not installed")
@pytest.mark.usefixtures("qapp")
def test_that_a_qthread_left_running_is_named() -> None:
    core = pytest.importorskip("PySide6.QtCore")
    thread = core.QThread()
    thread.setObjectName("poller")
    thread.start()
    try:
        assert conftest.running_qthreads() == ["poller"]
    finally:
        thread.quit()
        thread.wait()
    assert conftest.running_qthreads() == []


def test_that_the_home_is_empty_and_not_the_persons(home: Path) -> None:
    assert Path.home() == home
    assert [path.name for path in home.iterdir()] == ["run"]


def test_that_the_clock_stands_still(clock: Clock) -> None:
    assert clock.now_ms() == clock.now_ms() == 1_795_181_520_000
