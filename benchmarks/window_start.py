"""Times the window's start, with figures in view, beside a bare window with one plot.

    python -m benchmarks.window_start [--tree FOLDER] [--runs 9] [--xcb]

Both start as a process of their own, in turn. "bare" is a main window with one pyqtgraph plot,
until it is painted; "figures" is the program on a ledger with the calls of the tree, until
header and docks are painted with them; "curve" is the same until the trend is drawn as well.
"""

# ruff: noqa: PLC0415 - each child loads what it measures, the program in its own order
from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alwrity_desktop.ui.session import Session

ROOT = Path(__file__).resolve().parents[1]
NOW = "2026-11-20T12:00:00+00:00"
TARGET = 1.6
LOOK_EVERY_MS = 1
GIVE_UP_NS = 5_000_000_000
CURVE = (3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0)


def show_bare() -> None:
    """Show a plot in a window, tell when it was painted, and leave."""
    import pyqtgraph as pg
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Plot(pg.PlotWidget):  # type: ignore[misc]  # the library ships no types
        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
            super().paintEvent(event)
            end.start()

    app = QApplication([])
    end = QTimer()
    end.setSingleShot(True)
    end.setInterval(0)
    end.timeout.connect(lambda: leave({"bare": time.monotonic_ns()}))
    window = QMainWindow()
    plot = Plot()
    plot.plot(CURVE)
    window.setCentralWidget(plot)
    window.resize(1440, 900)
    window.show()
    app.exec()


def show_ours() -> None:
    """Show the program's window, tell when it was painted with figures, and leave."""
    from alwrity_desktop.core import profile
    from alwrity_desktop.core.context import open_context
    from alwrity_desktop.ui.first_report import FirstReport

    gc.disable()
    found = profile.find(os.environ)
    profile.prepare(found)
    context = open_context(found)
    first_report = FirstReport.begin(context)
    from alwrity_desktop.ui.appearance import Appearance
    from alwrity_desktop.ui.bridge import Bridge
    from alwrity_desktop.ui.session import Session, make_application

    app = make_application()
    Appearance(app).apply(context.settings)
    session = Session(app, context, Bridge(), first_report)
    kept = watch_paints(session)
    session.start()
    app.exec()
    del kept


def watch_paints(session: Session) -> tuple[object, ...]:
    """Leave when the window of *session* was painted with figures; return what must live on."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    marks: dict[str, int] = {}
    is_dirty = False
    painted_ns = 0

    class Watch(QObject):
        def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
            nonlocal is_dirty
            if event.type() == QEvent.Type.UpdateRequest and session.controller.report:
                is_dirty = True
            return False

    def look() -> None:
        nonlocal is_dirty, painted_ns
        if is_dirty:
            # This turn has painted; a turn without painting tells that it was the last.
            is_dirty, painted_ns = False, time.monotonic_ns()
            return
        if not painted_ns:
            return
        marks.setdefault("figures", painted_ns)
        is_drawn = session.window.views["trends"].is_ready and painted_ns > marks["figures"]
        if is_drawn or time.monotonic_ns() - painted_ns > GIVE_UP_NS:
            leave({"figures": marks["figures"], "curve": painted_ns})

    watch = Watch(session)
    session.window.installEventFilter(watch)
    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(LOOK_EVERY_MS)
    return watch, timer


def leave(marks: dict[str, int]) -> None:
    """Tell *marks*, and end without tidying up: that is not what is timed."""
    sys.stdout.write(json.dumps(marks))
    sys.stdout.flush()
    os._exit(0)


def start(kind: str, environ: dict[str, str]) -> dict[str, float]:
    """Start a child; return the milliseconds until each of its marks."""
    command = [sys.executable, "-m", "benchmarks.window_start", "--child", kind]
    begun = time.monotonic_ns()
    done = subprocess.run(
        command, env=environ, cwd=ROOT, check=True, stdout=subprocess.PIPE, timeout=60
    )
    return {name: (at - begun) / 1e6 for name, at in json.loads(done.stdout).items()}


def measure(tree: Path, folder: Path, runs: int, *, is_xcb: bool) -> dict[str, list[float]]:
    """Return the times of each mark, the two kinds of child in turn."""
    environ = {
        **os.environ,
        "ALWRITY_DESKTOP_HOME": str(folder / "home"),
        "CLAUDE_CONFIG_DIR": str(tree),
        "CODEX_HOME": str(folder / "no-codex"),
        "ALWRITY_DESKTOP_NOW": NOW,
    }
    if not is_xcb:
        environ["QT_QPA_PLATFORM"] = "offscreen"
    program = [sys.executable, "-m", "alwrity_desktop", "import"]
    subprocess.run(program, env=environ, cwd=ROOT, check=True)
    times: dict[str, list[float]] = defaultdict(list)
    # The first of each fills the caches of the system.
    for number in range(runs + 1):
        for kind in ("bare", "ours"):
            for name, time_ms in start(kind, environ).items():
                if number:
                    times[name].append(time_ms)
    return times


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tree", type=Path, help="a folder made by benchmarks.make_tree")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--xcb", action="store_true", help="on the display, not off screen")
    parser.add_argument("--child", choices=("bare", "ours"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        (show_bare if options.child == "bare" else show_ours)()
        return 0
    with tempfile.TemporaryDirectory(prefix="alwrity-start-") as folder:
        tree = options.tree or Path(folder, "tree")
        if options.tree is None:
            maker = [sys.executable, "-m", "benchmarks.make_tree", str(tree)]
            subprocess.run(maker, cwd=ROOT, check=True)
        times = measure(tree, Path(folder), options.runs, is_xcb=options.xcb)
    bare = statistics.median(times["bare"])
    for name, each in times.items():
        median = statistics.median(each)
        spread = f"{min(each):.0f} to {max(each):.0f}"
        print(f"{name:<8} {median:5.0f} ms ({spread}), {median / bare:.2f} times bare")
    is_met = statistics.median(times["figures"]) <= TARGET * bare
    print(f"target   figures within {TARGET} times bare: {'met' if is_met else 'MISSED'}")
    return 0 if is_met else 1


if __name__ == "__main__":
    raise SystemExit(main())
