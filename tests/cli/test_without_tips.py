"""A command that shows no tips finds none, and says the same as with them."""

from __future__ import annotations

import pytest

from alwrity_desktop.core.context import Context
from tests.cli.program import Program
from tests.core.single_calls import Reads

COMMANDS = ("status", "status --json", "alerts --json", "budget list", "budget list --json")


@pytest.fixture
def used(program: Program) -> Program:
    """Return the program after use that is worth a tip, with a budget in two periods."""
    use = ("--provider", "gemini", "--model", "gemini-2.5-flash", "--input-tokens", "900000")
    program.run("record", *use)
    program.run("budget", "set", "--limit", "1", "--period", "month")
    program.run("budget", "set", "--limit", "9", "--period", "year")
    return program


def test_that_a_report_reads_single_calls_for_its_tips(
    used: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = Reads(monkeypatch)
    assert used.document("report")["tips"]
    assert reads.count > 0


@pytest.mark.parametrize("words", COMMANDS)
def test_that_who_shows_no_tips_reads_no_single_calls(
    used: Program, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    reads = Reads(monkeypatch)
    assert used.run(*words.split())
    assert reads.count == 0


@pytest.mark.parametrize("words", COMMANDS)
def test_that_no_answer_changes_without_tips(
    used: Program, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    without = used.run(*words.split())
    whole = Context.report

    def with_tips(context: Context, *asked: object, has_tips: bool = False) -> object:
        report = whole(context, *asked)  # type: ignore[arg-type]
        assert report.tips
        return report

    monkeypatch.setattr(Context, "report", with_tips)
    assert used.run(*words.split()) == without
