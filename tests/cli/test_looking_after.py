"""`budget`, `alerts`, `prices` and `doctor`: what is set, listed and removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.money import PICO_PER_USD
from alwrity_desktop.core.results import Check
from tests.cli.conftest import Run
from tests.cli.fakes import FakeContext


def test_that_a_budget_is_set_and_told_with_what_is_used(run: Run, context: FakeContext) -> None:
    outcome = run("budget", "set", "--limit", "$1,150.50", "--period", "month")
    assert outcome.out == (
        "Budget 1, Cost: $1,150.50 a month for all calls, warns at 80%, 90%, 100%. "
        "Used so far: $575.25 (50.0%).\n"
    )
    (budget,) = context.kept_budgets.values()
    assert budget.limit == 115_050 * PICO_PER_USD // 100
    assert (budget.account, budget.scope) == ("local", "account")


def test_that_every_word_of_a_budget_arrives(run: Run, context: FakeContext) -> None:
    words = "--limit 44000000 --kind tokens --period week --provider Anthropic --model claude-x"
    words += " --enforce block --thresholds 100,50%"
    document = run("budget", "set", *words.split(), "--name", "My tokens", "--json").document
    assert document["budget"] == {
        "id": 1,
        "name": "My tokens",
        "account": "local",
        "scope": "model",
        "kind": "tokens",
        "limit": 44_000_000,
        "period": "week",
        "provider": "anthropic",
        "model": "claude-x",
        "project": None,
        "enforce": "block",
        "thresholds": [50, 100],
        "used": 22_000_000,
        "percent": 50.0,
        "status": "active",
    }


def test_that_a_budget_can_cover_a_project_for_a_billing_period(
    run: Run, context: FakeContext
) -> None:
    words = "--limit 20 --project notes --period own --enforce block"
    outcome = run("budget", "set", *words.split())
    assert outcome.out.startswith(
        "Budget 1, Notes cost: $20.00 a billing period for project notes, warns at 80%"
    )
    assert "It blocks calls through the gateway" in outcome.out
    (budget,) = context.kept_budgets.values()
    assert (budget.project, budget.period, budget.scope) == ("notes", "own", "project")


def test_that_a_limit_of_nothing_can_be_set(run: Run, context: FakeContext) -> None:
    assert run("budget", "set", "--limit", "0").status == 0
    assert context.kept_budgets[1].limit == 0


@pytest.mark.parametrize("limit", ["0.0000000000001", "5e-13", "1e-400"])
def test_that_a_limit_that_rounds_to_nothing_is_refused(
    run: Run, context: FakeContext, limit: str
) -> None:
    outcome = run("budget", "set", "--limit", limit)
    assert (outcome.status, outcome.out) == (2, "")
    assert "the least is 0.000000000001 dollars" in outcome.err
    assert context.kept_budgets == {}
    assert run("budget", "set", "--limit", "0.000000000001").status == 0
    assert context.kept_budgets[1].limit == 1


def test_that_budgets_are_listed_and_removed_by_number(run: Run, context: FakeContext) -> None:
    assert "No budget is set" in run("budget", "list").out
    run("budget", "set", "--limit", "1", "--period", "day")
    run("budget", "set", "--limit", "10", "--kind", "calls", "--provider", "tavily")
    listed = run("budget", "list").out
    assert "tavily calls" in listed.lower()
    assert [each["id"] for each in run("budget", "list", "--json").document["budgets"]] == [1, 2]
    assert context.kept_budgets[2].kind is LimitKind.CALLS
    assert run("budget", "remove", "1").status == 0
    assert list(context.kept_budgets) == [2]


def test_that_a_budget_that_is_not_there_is_named_and_none_is_removed(
    run: Run, context: FakeContext
) -> None:
    run("budget", "set", "--limit", "1")
    outcome = run("budget", "remove", "1", "7")
    assert outcome.status == 1
    assert "There is no budget 7" in outcome.err
    assert list(context.kept_budgets) == [1]


def test_that_a_daily_budget_is_looked_up_in_today(run: Run, context: FakeContext) -> None:
    run("budget", "set", "--limit", "1", "--period", "day")
    assert context.questions[-1][1].kind == "today"


def test_that_alerts_are_listed_and_read(run: Run, context: FakeContext) -> None:
    assert [each["id"] for each in run("alerts", "--json").document["alerts"]] == [1, 2]
    assert [each["id"] for each in run("alerts", "--unread", "--json").document["alerts"]] == [1]
    assert "2026-11-20 13:32" in run("alerts").out
    assert run("alerts", "read", "1").out == "1 alert marked as read.\n"
    assert run("alerts", "--unread").out == "No unread alerts.\n"
    assert run("alerts", "read", "--all", "--json").document == {"read": 0}


def test_that_an_alert_that_is_not_there_is_named(run: Run, context: FakeContext) -> None:
    outcome = run("alerts", "read", "1", "9")
    assert outcome.status == 1
    assert "There is no alert 9" in outcome.err
    assert not context.kept_alerts[0].is_read


@pytest.mark.parametrize("words", ["alerts --json read --all", "alerts read --all --json"])
def test_that_json_may_stand_before_or_after_read(run: Run, words: str) -> None:
    assert run(*words.split()).document == {"read": 1}


def test_that_an_own_price_is_set_and_shown(run: Run, context: FakeContext) -> None:
    words = "--provider Acme --model big-1 --input 3 --output $15.5 --from 2026-11-01"
    assert run("prices", "set", *words.split()).status == 0
    (override,) = context.overrides
    assert (override.provider, override.effective_from) == ("acme", "2026-11-01")
    shown = run("prices", "show", "--provider", "acme", "--model", "big-1", "--json").document
    assert shown["input_usd_per_million"] == "3"
    assert shown["output_usd_per_million"] == "15.5"
    assert shown["per_request_usd"] is None
    assert shown["origin"] == "own price"
    assert (
        "$15.5 for a million output tokens"
        in run("prices", "show", "--provider", "acme", "--model", "big-1").out
    )
    assert [each["model"] for each in run("prices", "list", "--json").document["prices"]] == [
        "big-1"
    ]
    assert "big-1" in run("prices", "list").out


def test_that_a_model_without_a_price_is_not_shown_as_free(run: Run) -> None:
    outcome = run("prices", "show", "--provider", "acme", "--model", "x", "--json")
    assert (outcome.status, outcome.out) == (1, "")
    assert "No price is known for x of acme" in outcome.err
    assert "No price is known of acme" in run("prices", "list", "--provider", "acme").out


@pytest.mark.parametrize("usd", ["-1", "much", "nan", "1e12"])
def test_that_a_price_that_cannot_be_is_refused(run: Run, context: FakeContext, usd: str) -> None:
    outcome = run("prices", "set", "--provider", "p", "--model", "m", f"--input={usd}")
    assert outcome.status in {1, 2}
    assert outcome.err.count("\n") == 1
    assert "own fault" not in outcome.err
    assert context.overrides == []


def test_that_an_update_says_what_happened(run: Run, tmp_path: Path) -> None:
    outcome = run("prices", "update", "--json")
    assert outcome.status == 0
    assert outcome.document["result"].endswith(".")
    missing = run("prices", "update", str(tmp_path / "absent.json"))
    assert missing.status == 1
    assert "absent.json cannot be read" in missing.err


def test_that_a_doctor_who_finds_nothing_is_status_0_and_something_status_1(
    run: Run, context: FakeContext
) -> None:
    assert run("doctor").status == 0
    assert run("doctor", "--json").document["ok"] is True
    context.checks = (*context.checks, Check("logs", is_ok=False, detail="Torn at line 3."))
    outcome = run("doctor")
    assert outcome.status == 1
    assert "WRONG  logs: Torn at line 3." in outcome.out
    assert run("doctor", "--json").document["ok"] is False
