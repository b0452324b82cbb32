"""`report --check-forecast`: how far off the forecast would have been."""

from __future__ import annotations

from typing import Final

from tests.cli.program import Program

DAYS: Final = [f"2026-{month:02d}-{day:02d}" for month in (8, 9, 10) for day in range(1, 31)]


def lines() -> str:
    """Return a call on each day of three months."""
    made = (
        '{"provider":"openai","model":"gpt-4o","input_tokens":100000,'
        f'"output_tokens":{1000 * (place % 7)},"at":"{day}T12:00:00Z","id":"{place}"}}\n'
        for place, day in enumerate(DAYS)
    )
    return "".join(made)


def test_that_the_check_is_told_when_asked_for_and_in_each_document(program: Program) -> None:
    program.run("record", "--stdin", stdin=lines())

    told = program.run("report", "--check-forecast")

    assert "How far off it was, when" in told
    half = next(line for line in told.splitlines() if line.startswith("50% of the month passed"))
    assert half.split()[5] == "3"
    assert "How far off" not in program.run("report")
    document = program.document("report")["forecast_check"]
    assert document["points"][1]["periods"] == 3
    assert document["periods"][0]["start"] == "2026-10-01"


def test_that_without_history_it_says_why(program: Program) -> None:
    told = program.run("report", "--check-forecast")
    assert "How far off the forecast was: There are no single calls" in told
    document = program.document("report", "--check-forecast")["forecast_check"]
    assert document["points"] == []
    assert document["refused"].startswith("There are no single calls")
