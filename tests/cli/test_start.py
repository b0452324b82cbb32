"""A command loads only what it needs: what it does not load cannot slow its start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.core.trees import line, log_in

LOADED: Final = (
    "import json, sys\n"
    "from alwrity_desktop.cli import main\n"
    "status = main(sys.argv[1:])\n"
    "print(json.dumps(sorted(sys.modules)))\n"
    "sys.exit(status)\n"
)
REPORTS: Final = "alwrity_desktop.core.reporting"
ADVICE: Final = "alwrity_desktop.core.advice"
SOURCES: Final = "alwrity_desktop.core.sources.registry"
CODEX: Final = "alwrity_desktop.core.sources.codex"
CONTEXT: Final = "alwrity_desktop.core.context"
EVERYWHERE: Final = {"PySide6", "alembic", "httpx", "multiprocessing", "pydantic", "sqlalchemy"}
RECORD: Final = ("record", "--provider", "openai", "--model", "gpt-5", "--input-tokens", "1")


def loaded(folder: Path, *words: str) -> set[str]:
    """Return the modules that a command had loaded at its end."""
    done = subprocess.run(
        (sys.executable, "-c", LOADED, *words),
        env={**os.environ, "ALWRITY_DESKTOP_HOME": str(folder / "home"), "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("words", "spared"),
    [
        (("--version",), {CONTEXT, "argparse"}),
        (RECORD, {REPORTS, ADVICE, SOURCES}),
        (("budget", "list"), {REPORTS, ADVICE, SOURCES}),
        (("import",), {REPORTS, ADVICE}),
        (("import", "claude-code"), {REPORTS, ADVICE, CODEX}),
        (("status",), {ADVICE}),
        (("alerts",), {ADVICE}),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_that_a_command_loads_only_what_it_needs(
    tmp_path: Path, words: tuple[str, ...], spared: set[str]
) -> None:
    log_in(tmp_path / ".claude", "a", [line(1)])

    assert not loaded(tmp_path, *words) & (spared | EVERYWHERE)
