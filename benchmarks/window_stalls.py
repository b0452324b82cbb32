"""Measures how long the window's thread is kept from its events while logs are read.

    python -m benchmarks.window_stalls [--tree FOLDER] [--runs 5] [--xcb]

Opens the real window, has it read the tree as a person would, and looks through the calls
afterwards: on a "fresh" profile, on a "used" one where figures are shown meanwhile, on one that
is "behind" and reads by itself at start. "bare" is an empty window beside the same import.

A timer ticks every 5 ms in the window's thread; a gap is the time between two ticks. For each
long gap it says how much of it the window's thread was at work, how much the program's other
threads, how long it was ready to run but had no core, and what was being run. "ours" are the
stalls of over 50 ms that remain when the wait for a core is taken off.
"""

# ruff: noqa: PLC0415 - Qt is loaded after the first report is forked off, as in the program
from __future__ import annotations

import argparse
import faulthandler
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alwrity_desktop.ui.session import Session

ROOT = Path(__file__).resolve().parents[1]
TICK_MS = 5
STALL_MS = 50
LATE_MS = STALL_MS + TICK_MS
SAMPLE_EVERY_S = 0.01
REST_MS = 2_000
STACK_LINES = 4
SHOWN_GAPS = 8
SHOWN_STACKS = 4
PHASES = ("start", "idle", "import", "after", "use")
SCENARIOS = ("fresh", "used", "behind", "bare")
IDLE = ("threading.py", "window_stalls.py", "importer.py", "pollers.py", "main.py", "watcher.py")
FRAME = re.compile(r'File "(.*)", line (\d+) in (.*)')
RECORD = ("record", "--provider", "openai", "--model", "gpt-4o", "--input-tokens", "1200")


@dataclass
class Gap:
    """The time between two ticks, and who was at work in it."""

    phase: str
    wall_ms: float
    own_ms: float
    others_ms: float
    #: Ready to run, but the machine was at something else; 0 where the system does not say.
    queued_ms: float
    stacks: list[str] = field(default_factory=list)


class Probe:
    """Ticks in the window's thread, and has another thread look when it is late."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.phase = "start"
        self.gaps: list[Gap] = []
        self._stacks: list[str] = []
        self._main = threading.get_ident()
        self._at = self._marks()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._is_over = threading.Event()
        self._paper = tempfile.TemporaryFile("w+")  # noqa: SIM115 - as long as the probe
        self._watch = threading.Thread(target=self._look, name="probe", daemon=True)

    def start(self) -> None:
        """Tick from now on."""
        self._at = self._marks()
        self._timer.start(TICK_MS)
        self._watch.start()

    def stop(self) -> None:
        """Tick no more."""
        self._timer.stop()
        self._is_over.set()
        self._watch.join()
        self._paper.close()

    @staticmethod
    def _marks() -> tuple[float, float, float, float]:
        return time.perf_counter(), time.thread_time(), time.process_time(), queued_s()

    def _tick(self) -> None:
        now = self._marks()
        wall, own, process, queued = (1000 * (b - a) for a, b in zip(self._at, now, strict=True))
        self._at = now
        stacks, self._stacks = self._stacks, []
        is_long = wall > STALL_MS
        self.gaps.append(
            Gap(self.phase, wall, own, process - own, queued, stacks if is_long else [])
        )

    def _look(self) -> None:
        """Note what the window's thread runs whenever its tick is late."""
        while not self._is_over.wait(SAMPLE_EVERY_S):
            if 1000 * (time.perf_counter() - self._at[0]) > STALL_MS / 2:
                self._stacks.append(self._stack())

    def _stack(self) -> str:
        """Return the innermost functions of the window's thread, and the one of each other.

        Written by faulthandler: a frame held here would keep a painter alive beyond its event.
        """
        self._paper.seek(0)
        self._paper.truncate()
        faulthandler.dump_traceback(self._paper, all_threads=True)
        self._paper.seek(0)
        own, others = "", ""
        for part in self._paper.read().split("\n\n"):
            frames = [at for at in FRAME.findall(part) if "frozen" not in at[0]]
            words = [f"{Path(at[0]).name}:{at[1]} {at[2]}" for at in frames]
            if f"{self._main:#018x}" in part:
                own = " < ".join(
                    word for word in words[:STACK_LINES] if "window_stalls" not in word
                )
            elif words and not words[0].startswith(IDLE):
                others += f" | {words[0]}"
        return own + others


def queued_s() -> float:
    """Return how long the window's thread was ready to run and did not, in seconds."""
    try:
        return int(Path("/proc/self/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


def resident_mb() -> float | None:
    """Return the memory that this process holds, or None where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


class Script:
    """Does what a person would do, one step after another, each when the last has ended."""

    def __init__(
        self, session: Session, probe: Probe, tree: Path, quit_: Callable[[], None]
    ) -> None:
        from PySide6.QtCore import QTimer

        self._session = session
        self._probe = probe
        self._tree = tree
        self._quit = quit_
        self._import_s = 0.0
        self._steps = iter(self._make_steps())
        self.memory: dict[str, float | None] = {}
        self._pause = QTimer()
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self.go_on)
        self._pause.start(REST_MS)

    @property
    def import_s(self) -> float:
        """How long the import took, in seconds."""
        return self._import_s

    def go_on(self) -> None:
        """Take the next step."""
        next(self._steps)()

    def _make_steps(self) -> list[Callable[[], None]]:
        window = self._session.window
        return [
            lambda: self._enter("idle", "start"),
            self._read_logs,
            lambda: self._enter("use", "after import"),
            lambda: self._do(lambda: window.open_dock("calls")),
            lambda: self._do(lambda: window.keeper.open("costs")),
            lambda: self._do(lambda: self._session.commands.do("period.year")),
            lambda: self._do(lambda: window.resize(1024, 768)),
            self._quit,
        ]

    def _enter(self, phase: str, memory: str) -> None:
        self.memory[memory] = resident_mb()
        self._probe.phase = phase
        self._pause.start(REST_MS)

    def _do(self, deed: Callable[[], object]) -> None:
        deed()
        self._pause.start(REST_MS // 2)

    def _read_logs(self) -> None:
        place = Path(os.environ["CLAUDE_CONFIG_DIR"], "projects")
        if not place.exists():
            place.symlink_to(self._tree.joinpath("projects").resolve())
        self._probe.phase = "import"
        self._import_s = -time.perf_counter()
        self._session.controller.intake.finished.connect(self._on_read)
        self._session.controller.read_logs()

    def _on_read(self) -> None:
        self._session.controller.intake.finished.disconnect(self._on_read)
        self._import_s += time.perf_counter()
        self._probe.phase = "after"
        self._pause.start(REST_MS)


def run_window(tree: Path) -> dict[str, Any]:
    """Open the window, read the logs, and return what was measured."""
    from alwrity_desktop.core import profile
    from alwrity_desktop.core.context import open_context
    from alwrity_desktop.ui.first_report import FirstReport

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
    probe = Probe()
    script = Script(session, probe, tree, session.quit)
    session.start()
    probe.start()
    app.exec()
    probe.stop()
    calls = session.controller.report.calls_ever if session.controller.report else 0
    session.stop()
    return _result(probe, script.import_s, calls, script.memory)


def run_bare() -> dict[str, Any]:
    """Tick in an empty window while the command line reads the logs."""
    from PySide6.QtCore import QProcess, QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow

    app = QApplication([])
    window = QMainWindow()
    window.show()
    probe = Probe()
    probe.start()
    process = QProcess()
    started = 0.0
    seconds = 0.0

    def begin() -> None:
        nonlocal started
        probe.phase = "import"
        started = time.perf_counter()
        process.start(sys.executable, ["-m", "alwrity_desktop", "import"])

    def end() -> None:
        nonlocal seconds
        seconds = time.perf_counter() - started
        app.quit()

    timer = QTimer()
    timer.setSingleShot(True)
    timer.timeout.connect(begin)
    timer.start(REST_MS)
    process.finished.connect(end)
    app.exec()
    probe.stop()
    return _result(probe, seconds, 0, {"start": resident_mb()})


def _result(
    probe: Probe, import_s: float, calls: int, memory: dict[str, float | None]
) -> dict[str, Any]:
    gaps = [asdict(gap) for gap in probe.gaps]
    return {"gaps": gaps, "import_s": import_s, "calls": calls, "memory": memory}


def run_child(scenario: str, tree: Path, *, is_xcb: bool) -> dict[str, Any]:
    """Measure one run in a process and a profile of its own."""
    with tempfile.TemporaryDirectory(prefix="alwrity-stalls-") as folder:
        claude = Path(folder, "claude")
        claude.mkdir()
        if scenario != "used":
            claude.joinpath("projects").symlink_to(tree.joinpath("projects").resolve())
        environ = {
            **os.environ,
            "ALWRITY_DESKTOP_HOME": str(Path(folder, "home")),
            "CLAUDE_CONFIG_DIR": str(claude),
            "CODEX_HOME": str(Path(folder, "no-codex")),
            "ALWRITY_DESKTOP_NOW": "2026-11-20T12:00:00+00:00",
        }
        if not is_xcb:
            environ["QT_QPA_PLATFORM"] = "offscreen"
        if scenario in {"used", "behind"}:
            program = [sys.executable, "-m", "alwrity_desktop", *RECORD]
            subprocess.run(program, env=environ, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        child = [
            sys.executable,
            "-m",
            "benchmarks.window_stalls",
            "--child",
            scenario,
            "--tree",
            str(tree),
        ]
        done = subprocess.run(child, env=environ, cwd=ROOT, check=True, stdout=subprocess.PIPE)
        result: dict[str, Any] = json.loads(done.stdout)
        return result


def percentile(values: list[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def describe(scenario: str, runs: list[dict[str, Any]]) -> None:
    """Print the medians of *runs*, and what ran in the longest gaps."""
    seconds = statistics.median(run["import_s"] for run in runs)
    print(f"\n{scenario}: import {seconds:.2f} s, {runs[-1]['calls']:,} calls")
    for name in runs[0]["memory"]:
        print(f"  memory, {name}: {_megabytes([run['memory'].get(name) for run in runs])}")
    print("  phase     p50   p95   p99    max  stalls  ours   (ms, median of runs)")
    for phase in PHASES:
        lists = [[gap for gap in run["gaps"] if gap["phase"] == phase] for run in runs]
        if not all(lists):
            continue
        walls = [[gap["wall_ms"] for gap in one] for one in lists]
        columns = [statistics.median(percentile(one, p) for one in walls) for p in (50, 95, 99)]
        words = " ".join(f"{value:5.1f}" for value in columns)
        worst = statistics.median(max(one) for one in walls)
        stalls = [gap for one in lists for gap in one if gap["wall_ms"] > LATE_MS]
        ours = sum(1 for gap in stalls if gap["wall_ms"] - gap["queued_ms"] > LATE_MS)
        print(f"  {phase:<7} {words} {worst:6.1f}  {len(stalls):6}  {ours:4}")
    every = [gap for run in runs for gap in run["gaps"] if gap["wall_ms"] > LATE_MS]
    for gap in sorted(every, key=lambda gap: -gap["wall_ms"])[:SHOWN_GAPS]:
        print(
            f"  {gap['wall_ms']:5.0f} ms in {gap['phase']}: own thread {gap['own_ms']:.0f}, "
            f"other threads {gap['others_ms']:.0f}, waiting for a core {gap['queued_ms']:.0f}"
        )
        for stack, times in Counter(gap["stacks"]).most_common(SHOWN_STACKS):
            print(f"      {times} x {stack}")


def _megabytes(values: list[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{statistics.median(known):.0f} MB" if known else "—"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tree", type=Path, help="a folder made by benchmarks.make_tree")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--scenario", choices=SCENARIOS, action="append")
    parser.add_argument("--xcb", action="store_true", help="on the display, not off screen")
    parser.add_argument("--child", choices=SCENARIOS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        measured = run_bare() if options.child == "bare" else run_window(options.tree)
        print(json.dumps(measured))
        return 0
    with tempfile.TemporaryDirectory(prefix="alwrity-tree-") as folder:
        tree = options.tree or Path(folder)
        if options.tree is None:
            maker = [sys.executable, "-m", "benchmarks.make_tree", folder]
            subprocess.run(maker, cwd=ROOT, check=True)
        scenarios = options.scenario or SCENARIOS
        runs: dict[str, list[dict[str, Any]]] = {scenario: [] for scenario in scenarios}
        for _ in range(options.runs):
            for scenario, done in runs.items():
                done.append(run_child(scenario, tree, is_xcb=options.xcb))
    for scenario, done in runs.items():
        describe(scenario, done)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
