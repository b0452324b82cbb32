"""Imports that are killed: nothing that was booked is lost, nothing is counted twice.

That these tests can fail is shown by the same judge: with the marks of how far logs were read
committed apart from their calls, it finds calls that no later import brings back.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from alwrity_desktop.core import log_workers, profile
from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.context import open_context
from benchmarks.make_tree import Sizes, make_tree
from tests.conftest import GRACE_S
from tests.core.trees import import_claude, refused, totals

ROOT = Path(__file__).parents[2]
KILLS = 50

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="Forks, groups and /proc as Linux has them"),
    pytest.mark.usefixtures("clock"),
]


@dataclass(frozen=True)
class Tree:
    """A tree of logs, and what it truly holds."""

    folder: Path
    calls: int
    tokens: int

    @classmethod
    def made(cls, folder: Path, sizes: Sizes) -> Tree:
        truth = make_tree(folder, sizes)
        models = truth["models"]
        assert isinstance(models, dict)
        tokens = sum(
            count for sums in models.values() for name, count in sums.items() if name != "calls"
        )
        return cls(folder, sizes.calls, tokens)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """Make a tree that takes three commits of sixty calls."""
    sizes = Sizes(megabytes=1, files=6, calls=150, usage_lines=220, torn_lines=3)
    return Tree.made(tmp_path_factory.mktemp("small"), sizes)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """Make a tree that is large enough for worker processes."""
    sizes = Sizes(megabytes=10, files=60, calls=3000, usage_lines=4300, torn_lines=20)
    return Tree.made(tmp_path_factory.mktemp("large"), sizes)


def killed_everywhere(tree: Tree, folder: Path, mode: str) -> Iterator[dict[str, Any]]:
    """Yield what the judge says of each kill; see the program."""
    command = (sys.executable, "-m", "tests.core.killing", tree.folder, folder, mode)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        try:
            for line in program.stdout:
                yield json.loads(line)
            assert program.wait() == 0
        finally:
            program.kill()


def test_that_a_kill_at_any_statement_loses_and_doubles_nothing(
    small: Tree, tmp_path: Path
) -> None:
    found = list(killed_everywhere(small, tmp_path, "whole"))

    assert len(found) > 40
    assert [each["killed"] for each in found] == [True] * (len(found) - 1) + [False]
    for each in found:
        assert each["end"][:2] == [small.calls, small.tokens]
        assert each["end"] == found[-1]["end"]
        assert each["after"][3]
    # Some kills came between two commits: what the first one booked was there.
    assert len({each["after"][0] for each in found}) > 2


def test_that_the_judge_finds_marks_that_are_committed_apart_from_their_calls(
    small: Tree, tmp_path: Path
) -> None:
    kills = killed_everywhere(small, tmp_path, "torn")

    assert any(each["end"][0] < small.calls for each in kills)


def import_started(tree: Tree, home: Path) -> subprocess.Popen[bytes]:
    """Start the command as a person does, in a group of its own."""
    environ: Mapping[str, str] = {**os.environ, profile.HOME_VARIABLE: str(home)}
    return subprocess.Popen(
        (sys.executable, "-m", "alwrity_desktop", "import", "claude-code", tree.folder, "--json"),
        env=environ,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def running_in(group: int) -> list[int]:
    """Return the processes of a group that are neither gone nor waiting to be buried."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                state, _, its_group = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
            except OSError:
                continue
            if int(its_group) == group and state != "Z":
                found.append(int(folder.name))
    return found


def judge(tree: Tree, home: Path, seen: set[int]) -> None:
    """Open the ledger after a kill, import what is left, and compare with the truth."""
    found = profile.find({profile.HOME_VARIABLE: str(home)})
    profile.prepare(found)
    context = open_context(found)
    try:
        seen.add(totals(context).calls)
        import_claude(context, tree.folder)
        figures = totals(context)
        assert (figures.calls, figures.tokens) == (tree.calls, tree.tokens)
        assert sum(refused(context).values()) == 20
    finally:
        context.close()


def test_that_fifty_kills_at_random_moments_lose_and_double_nothing(
    large: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    # The judge stays in this process, so that no worker of its own is in the way.
    monkeypatch.setattr(log_workers, "LARGE_BYTES", 1 << 40)
    chance = random.Random(20261121)
    started = time.monotonic()
    assert import_started(large, tmp_path / "measured").wait(60) == 0
    run_s = time.monotonic() - started
    seen: set[int] = set()
    killed = 0
    for number in range(KILLS):
        home = tmp_path / f"{number}"
        process = import_started(large, home)
        try:
            # Spread over the run, so that no stretch of it is left out by chance.
            process.wait(run_s * (number + chance.random()) / KILLS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            killed += 1
        deadline = time.monotonic() + GRACE_S
        while running_in(process.pid):
            assert time.monotonic() < deadline, "A worker outlived the import."
            Event().wait(0.01)
        judge(large, home, seen)
        shutil.rmtree(home)
    assert killed > KILLS // 2
    # It is one commit: all of it or nothing.
    assert seen <= {0, large.calls}


@pytest.mark.parametrize("spared", [0, 1])
def test_that_an_import_ends_right_without_the_workers_that_the_system_ends(
    large: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spared: int
) -> None:
    monkeypatch.setattr(log_workers, "LARGE_BYTES", 1 << 40)
    ended: set[int] = set()
    with import_started(large, tmp_path / "home") as process:
        deadline = time.monotonic() + 60
        while process.poll() is None:
            assert time.monotonic() < deadline, "The import waits for a worker that is gone."
            workers = sorted(set(running_in(process.pid)) - {process.pid})
            for worker in workers[spared:]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)
                ended.add(worker)

    assert process.returncode == 0
    assert ended
    seen: set[int] = set()
    judge(large, tmp_path / "home", seen)
    assert seen == {large.calls}


def test_that_the_killed_groups_can_be_told() -> None:
    with subprocess.Popen(("sleep", "60"), start_new_session=True) as sleeper:
        assert running_in(sleeper.pid) == [sleeper.pid]
        os.killpg(sleeper.pid, signal.SIGKILL)
    assert running_in(sleeper.pid) == []
