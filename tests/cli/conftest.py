"""What the command line's tests share: a fake context, and a way to run a command on it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from alwrity_desktop.cli import main
from alwrity_desktop.core import forecast_history, plan_comparison
from alwrity_desktop.core.asking import network
from alwrity_desktop.core.clock import Clock
from tests.cli.fakes import FakeContext, nothing_to_check, nothing_to_replay, session_with
from tests.cli.program import Program, ShortPauses


@dataclass(frozen=True)
class Outcome:
    """What one command did."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:  # noqa: ANN401 - any JSON value
        """The one JSON document on standard output."""
        return json.loads(self.out)


class Run(Protocol):
    """Runs one command line."""

    def __call__(self, *words: str) -> Outcome: ...


@pytest.fixture
def context() -> FakeContext:
    return FakeContext()


@pytest.fixture
def run(
    context: FakeContext,
    clock: Clock,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    """Return a function that runs a command on the fake context, at a fixed time."""
    # A fake has no ledger in which past periods lie.
    monkeypatch.setattr(forecast_history, "check_forecast", nothing_to_check)
    monkeypatch.setattr(plan_comparison, "compare_plans", nothing_to_replay)

    def run_words(*words: str) -> Outcome:
        status = main(words, session_with(context))
        captured = capsys.readouterr()
        return Outcome(status, captured.out, captured.err)

    return run_words


@pytest.fixture(autouse=True)
def _umask_is_put_back() -> Iterator[None]:
    before = os.umask(0o077)
    os.umask(before)
    yield
    os.umask(before)


@pytest.fixture
def program(
    clock: Clock,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Program:
    """Return the whole program on a profile of its own, at a fixed time, with short pauses."""
    monkeypatch.setattr(network, "RealPauses", ShortPauses)
    return Program(monkeypatch, capsys, home / "profile")
