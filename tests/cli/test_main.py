"""The entry: exit statuses, one line for each error, and never a traceback."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from alwrity_desktop import __version__
from alwrity_desktop.cli import COMMANDS, main
from alwrity_desktop.core.domain.errors import LedgerUnavailableError
from tests.cli.conftest import Run
from tests.cli.fakes import FakeContext, session_with

ABSENT = (
    "backup",
    "restore",
    "erase",
    "compact",
)


def assert_is_one_line(err: str) -> None:
    assert err.startswith("alwrity-desktop: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_that_help_names_every_command_and_none_that_does_not_work(run: Run) -> None:
    outcome = run("--help")
    assert (outcome.status, outcome.err) == (0, "")
    named = {line.split()[0] for line in outcome.out.splitlines() if line.startswith("  ")}
    assert set(COMMANDS) <= named
    assert not named & set(ABSENT)


@pytest.mark.parametrize("name", COMMANDS)
def test_that_every_command_explains_itself_with_examples(run: Run, name: str) -> None:
    outcome = run(name, "--help")
    assert (outcome.status, outcome.err) == (0, "")
    assert f"usage: alwrity-desktop {name}" in outcome.out
    assert f"  alwrity-desktop {name}" in outcome.out.partition("examples:")[2]


@pytest.mark.parametrize(
    "words",
    [
        "budget set",
        "prices show",
        "alerts read",
        "prices set",
        "accounts add",
        "accounts token",
        "plans compare",
    ],
)
def test_that_every_action_explains_itself(run: Run, words: str) -> None:
    outcome = run(*words.split(), "--help")
    assert outcome.status == 0
    assert f"usage: alwrity-desktop {words}" in outcome.out


def test_that_the_version_is_told(run: Run) -> None:
    assert run("--version").out == f"alwrity-desktop {__version__}\n"


@pytest.mark.parametrize(
    "words",
    [
        "reprot",
        *ABSENT,
        "--nonsense",
        "report --nonsense",
        "report --peri week",
        "report --by colour",
        "report --timezone Mars/Olympus",
        "report --timezone ../etc/passwd",
        "report --period fortnight",
        "report --period custom",
        "report --from 2026-11-01",
        "report --from 2026-11-31 --to 2026-12-01",
        "report --from 2026-11-02 --to 2026-11-01",
        "report --period week --from 2026-11-01 --to 2026-11-02",
        "budget",
        "budget set",
        "budget set --limit much",
        "budget set --limit -1",
        "budget set --limit nan",
        "budget set --limit 1e30",
        "budget set --kind calls --limit 1.5",
        "budget set --limit 1 --period fortnight",
        "budget set --limit 1 --thresholds 0",
        "budget set --limit 1 --enforce scold",
        "alerts read",
        "alerts read 1 --all",
        "prices set --provider p --model m",
        "snapshot x.jpg",
        "snapshot x.png --size 10x10",
        "export x.xlsx",
        "export x --format parquet",
        "export .",
    ],
)
def test_that_wrong_usage_is_one_line_and_status_2(run: Run, words: str) -> None:
    outcome = run(*words.split())
    assert (outcome.status, outcome.out) == (2, "")
    assert_is_one_line(outcome.err)


def test_that_a_failure_of_the_work_is_its_sentence_and_status_1(
    run: Run, context: FakeContext
) -> None:
    context.failure = LedgerUnavailableError("The ledger is\nbeing written \x1b[31mtoo long.")
    outcome = run("report", "--json")
    assert (outcome.status, outcome.out) == (1, "")
    assert_is_one_line(outcome.err)
    assert "\x1b" not in outcome.err
    assert context.is_closed


def test_that_a_bug_is_one_sentence_and_a_place_in_the_log(
    run: Run, context: FakeContext, home: Path
) -> None:
    context.failure = RuntimeError("canary of someone's text")
    outcome = run("doctor")
    assert outcome.status == 1
    assert_is_one_line(outcome.err)
    log = home / "profile" / "logs" / "alwrity-desktop.log"
    assert str(log) in outcome.err
    assert "RuntimeError" in log.read_text()
    assert "canary" not in log.read_text() + outcome.err


def test_that_a_bug_without_a_place_for_a_log_is_still_one_sentence(
    run: Run, context: FakeContext, home: Path
) -> None:
    (home / "profile").write_text("in the way")
    context.failure = RuntimeError("x")
    outcome = run("doctor")
    assert outcome.status == 1
    assert_is_one_line(outcome.err)


def test_that_an_interruption_says_that_what_was_committed_stays(
    run: Run, context: FakeContext
) -> None:
    context.failure = KeyboardInterrupt()
    outcome = run("import")
    assert outcome.status == 130
    assert_is_one_line(outcome.err)


def test_that_a_reader_who_leaves_early_is_no_error(
    context: FakeContext, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with io.TextIOWrapper(open(writing, "wb"), write_through=True) as broken:  # noqa: PTH123
        monkeypatch.setattr(sys, "stdout", broken)
        assert main(["report"], session_with(context)) == 0
        monkeypatch.undo()
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Only Linux has /dev/full.")
def test_that_a_full_disk_behind_the_output_is_one_line(
    context: FakeContext, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main(["report"], session_with(context)) == 1
        monkeypatch.undo()
    assert_is_one_line(capfd.readouterr().err)


def test_that_the_sample_is_made_before_it_is_shown(run: Run, context: FakeContext) -> None:
    run("status")
    assert not context.sample_made
    run("status", "--account", "sample")
    assert context.sample_made
