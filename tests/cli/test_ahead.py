"""Alerts ahead of time without the window: `report`, `status` and `alerts` raise each risk once."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.cli.program import Program

DAYS: Final = [f"2026-{month:02d}-{day:02d}" for month in (9, 10, 11) for day in range(1, 31)]
TODAY: Final = "2026-11-20"


def book(program: Program, *days: str) -> None:
    """Book a call of $1 on each of *days*."""
    lines = (
        f'{{"provider":"acme","model":"big","input_tokens":1000000,"at":"{day}T09:00:00Z","id":"{day}"}}\n'
        for day in days
    )
    program.run("record", "--stdin", stdin="".join(lines))


def warned(program: Program) -> list[Any]:
    """Return the alerts about what is to come."""
    told = program.document("alerts")["alerts"]
    return [alert for alert in told if alert["kind"] == "forecast"]


@pytest.fixture
def budgeted(program: Program) -> Program:
    """Return the program with a dollar a day and a budget for 24 days and a half."""
    program.run("prices", "set", "--provider", "acme", "--model", "big", "--input", "1")
    book(program, *(day for day in DAYS if day <= TODAY))
    program.run("budget", "set", "--limit", "24.50")
    return program


def test_that_a_report_holds_the_warning_that_it_raises_and_raises_it_once(
    budgeted: Program,
) -> None:
    for _ in range(2):
        alerts = budgeted.document("report", "--timezone", "UTC")["alerts"]
        (alert,) = [one for one in alerts if one["kind"] == "forecast"]
        assert alert["title"].endswith("reaches 100% on the 25th")
    assert len(warned(budgeted)) == 1


@pytest.mark.parametrize("command", ["status", "alerts"])
def test_that_a_line_and_the_alert_centre_warn_too(budgeted: Program, command: str) -> None:
    budgeted.run(command)
    budgeted.run(command)
    assert len(warned(budgeted)) == 1


def test_that_a_report_as_of_an_earlier_day_warns_nobody(
    budgeted: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALWRITY_DESKTOP_NOW", "2026-10-20T12:00:00Z")
    alerts = budgeted.document("report", "--timezone", "UTC")["alerts"]
    assert [one for one in alerts if one["kind"] == "forecast"] == []
