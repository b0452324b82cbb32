"""What keeps the window's thread free: docks in turn, loading beside it, polite imports."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.polling import LedgerPoll
from alwrity_desktop.core.results import ImportProgress, PeriodChoice
from alwrity_desktop.ui import events, jobs
from alwrity_desktop.ui.docks.base import DockView
from alwrity_desktop.ui.importer import ImportLoop, ImportProcess, ImportRequest
from alwrity_desktop.ui.layout_store import LayoutStore
from alwrity_desktop.ui.main_window import MainWindow
from alwrity_desktop.ui.pollers import LedgerLoop
from tests import builders
from tests.ui.fakes import Collector, FakeContext
from tests.ui.looks import dressed

__all__ = ["dressed"]


class CountingDock(DockView):
    """Notes each report that it is given."""

    name = "counting"
    title = "Counting"
    icon = "info"
    about = "Counts"
    shown: list[str]

    def render_report(self, report: Report) -> None:
        self.shown.append(self.name)


class OtherDock(CountingDock):
    """A second one."""

    name = "other"


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    shown: list[str] = []
    made = MainWindow((CountingDock, OtherDock), LayoutStore(tmp_path / "window.ini"))
    for frame in made.area.frames.values():
        frame.show()
        assert isinstance(frame.view, CountingDock)
        frame.view.shown = shown
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.hide()
    made.deleteLater()


def shown_in(window: MainWindow) -> list[str]:
    view = window.views["counting"]
    assert isinstance(view, CountingDock)
    return view.shown


def test_that_the_docks_come_to_rest(qtbot: QtBot, window: MainWindow) -> None:
    area = window.area
    area.tabifyDockWidget(area.frames["counting"], area.frames["other"])
    layouts: list[QEvent.Type] = []

    class Watch(QObject):
        def eventFilter(self, _: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.LayoutRequest:
                layouts.append(event.type())
            return False

    watch = Watch()
    area.installEventFilter(watch)
    turns: list[int] = []

    def look() -> bool:
        turns.append(len(layouts))
        return len(turns) > 20 and turns[-1] == turns[-20]

    qtbot.waitUntil(look)
    area.removeEventFilter(watch)


def test_that_all_docks_show_the_first_report_at_once(window: MainWindow) -> None:
    window.show_report(builders.a_report())
    assert shown_in(window) == ["counting", "other"]


def test_that_later_each_turn_of_the_event_loop_renders_one_dock(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.rendering.is_gradual = True
    window.show_report(builders.a_report())
    assert shown_in(window) == []
    window.rendering._render_in_turn()
    assert shown_in(window) == ["counting"]
    qtbot.waitUntil(lambda: shown_in(window) == ["counting", "other"])
    qtbot.waitUntil(lambda: not window.rendering._turns.isActive())


def test_that_a_newer_report_overtakes_docks_that_still_wait(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.rendering.is_gradual = True
    window.show_report(builders.a_report())
    window.rendering._render_in_turn()
    window.show_report(replace(builders.a_report(), calls_ever=3))
    qtbot.waitUntil(lambda: not window.rendering._turns.isActive())
    assert shown_in(window) == ["counting", "counting", "other"]


def test_that_pyqtgraph_is_loaded_beside_the_windows_thread() -> None:
    script = (
        "import sys, threading\n"
        "from alwrity_desktop.ui.charts import library\n"
        "assert 'pyqtgraph' not in sys.modules\n"
        "assert not library.is_loaded()\n"
        "while not library.advance():\n"
        "    assert threading.active_count() <= 2\n"
        "    threading.Event().wait(0.001)\n"
        "assert library.is_loaded()\n"
        "assert 'pyqtgraph' in sys.modules\n"
        "assert library.plot_module().TrendPlot\n"
    )
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environ, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_that_the_window_names_qts_classes_while_the_library_is_loaded() -> None:
    script = (
        "import sys\n"
        "from PySide6 import QtCore, QtGui, QtWidgets\n"
        "from alwrity_desktop.ui.charts import library\n"
        "sys.setswitchinterval(1e-6)\n"
        "modules = (QtCore, QtGui, QtWidgets)\n"
        "names = iter([(each, name) for each in modules for name in dir(each)])\n"
        "while not library.advance():\n"
        "    if library._loader.cache_info().currsize:\n"
        "        getattr(*next(names, (sys, 'path')))\n"
    )
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environ, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows classes of priority instead")
def test_that_a_large_import_runs_behind_the_window() -> None:
    script = (
        "import json, os, sys\n"
        # The window lowers it from outside: that may come a moment after the start.
        "while not os.nice(0):\n"
        "    pass\n"
        "sys.exit('niceness %d' % os.nice(0))\n"
    )
    process = ImportProcess((sys.executable, "-c", script))
    with pytest.raises(Exception, match=rf"niceness {os.nice(0) + 5}"):
        process.run(lambda _: None)


class HastyContext(FakeContext):
    """Reads a thousand small files in no time."""

    def import_logs(self, **arguments: object) -> tuple[object, ...]:  # type: ignore[override]
        progress = arguments["progress"]
        assert callable(progress)
        for done in range(1, 1001):
            progress(ImportProgress(done, 1000, done, 1000, done))
        return ()


def test_that_progress_is_told_ten_times_a_second_at_most(
    tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(1_000_000))
    monkeypatch.setattr("alwrity_desktop.ui.importer.now_ms", lambda: next(clock) // 2)
    loop = ImportLoop(HastyContext(tmp_path).as_context(), collector.post)
    loop.submit(ImportRequest(unread_bytes=1000, is_asked_for=False))
    loop.step()
    told = collector.of(events.ImportProgressed)
    assert told[-1] == events.ImportProgressed(ImportProgress(1000, 1000, 1000, 1000, 1000))
    assert 5 <= len(told) <= 12


def test_that_reports_do_not_follow_one_another_while_others_commit(
    context: FakeContext, collector: Collector, qapp: QApplication
) -> None:
    poll = LedgerPoll(context.data_version)
    loop = LedgerLoop(context.as_context(), collector.post, poll, lambda: 0)
    loop.watch(("local",), is_hidden=False)
    loop.step(0)
    loop.step(0)
    wait_ms = poll.schedule.remaining_ms(0)
    assert wait_ms
    loop.submit(jobs.BuildReport("local", PeriodChoice()))
    loop.step(0)
    assert poll.schedule.remaining_ms(0) == wait_ms
    loop.submit(jobs.MarkRead("local", (1,)))
    loop.step(0)
    assert poll.schedule.remaining_ms(0) == 0
