"""`import`: which words are a source and which are paths, and how progress is told."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from alwrity_desktop.core.results import ImportProgress, SourceImport
from tests.cli.conftest import Run
from tests.cli.fakes import FakeContext

CLAUDE = SourceImport("claude-code", 3, 1, 2_500_000, 12, 4, 2, 0.25)


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ((), (None, ())),
        (("claude-code",), ("claude-code", ())),
        (("codex", "."), ("codex", (Path(),))),
        ((".", "/"), (None, (Path(), Path("/")))),
    ],
)
def test_that_the_first_word_is_a_source_if_there_is_one_of_that_name(
    run: Run,
    context: FakeContext,
    words: tuple[str, ...],
    asked: tuple[str | None, tuple[Path, ...]],
) -> None:
    assert run("import", *words).status == 0
    assert context.import_asked == asked


@pytest.mark.parametrize("words", [("claud-code",), ("codex", "absent"), ("no/such/path",)])
def test_that_a_word_that_is_neither_is_named_with_the_sources(
    run: Run, context: FakeContext, words: tuple[str, ...]
) -> None:
    outcome = run("import", *words, "--json")
    assert (outcome.status, outcome.out) == (1, "")
    assert words[-1] in outcome.err
    assert "claude-code, codex" in outcome.err
    assert context.import_asked is None


@pytest.mark.parametrize("words", [("",), ("claude-code", ""), ("table", ""), (".", "")])
def test_that_an_empty_path_is_not_the_folder_one_stands_in(
    run: Run, context: FakeContext, words: tuple[str, ...]
) -> None:
    outcome = run("import", *words)
    assert (outcome.status, outcome.out) == (2, "")
    assert "A path is empty." in outcome.err
    assert context.import_asked is None


def test_that_what_was_read_is_told_for_each_source(run: Run, context: FakeContext) -> None:
    context.imports = (CLAUDE, SourceImport("codex", 0, 0, 0, 0, 0, 0, 0.0))
    out = run("import").out
    assert out == (
        "claude-code: 12 calls added, 4 known already, 2 lines refused "
        "(3 files, 1 unchanged, 2.5 MB read in 0.2 s)\n"
        "alwrity-desktop doctor tells which lines were refused, and why.\n"
    )


def test_that_json_has_every_source_that_was_looked_for(run: Run, context: FakeContext) -> None:
    context.imports = (CLAUDE,)
    outcome = run("import", "--json")
    assert outcome.err == ""
    assert outcome.document["sources"][0]["calls_added"] == 12


def test_that_a_machine_without_logs_says_what_to_do(run: Run) -> None:
    outcome = run("import")
    assert outcome.status == 0
    assert "name the folder: alwrity-desktop import PATH" in outcome.out


def test_that_progress_is_json_lines_with_the_first_and_the_last(
    run: Run, context: FakeContext
) -> None:
    context.progress = tuple(ImportProgress(done, 100, done, 100, done) for done in range(101))
    context.imports = (CLAUDE,)
    outcome = run("import", "--progress", "--json")
    lines = [json.loads(line) for line in outcome.err.splitlines()]
    assert lines[0] == {
        "files_done": 0,
        "files_total": 100,
        "bytes_done": 0,
        "bytes_total": 100,
        "calls": 0,
    }
    assert lines[-1]["files_done"] == 100
    assert len(lines) < 100
    assert outcome.document["sources"]


def test_that_a_person_sees_one_line_that_is_taken_away_at_the_end(
    run: Run, context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    context.progress = (ImportProgress(1, 1, 3_000_000, 3_000_000, 7),)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    outcome = run("import")
    assert "Reading 1 of 1 files, 3 of 3 MB, 7 calls" in outcome.err
    assert "\n" not in outcome.err
    assert outcome.err.endswith("\r\033[K")
