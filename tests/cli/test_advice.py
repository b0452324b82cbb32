"""`tips`, `whatif` and `prices reprice`, on the whole program: what is said, kept and undone."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, Final

import pytest

from tests.cli.program import Program

MOVE: Final = "cheaper_model:gemini:gemini-2.5-flash:gemini-2.0-flash-lite"


def record(program: Program, count: int, **how: Any) -> None:  # noqa: ANN401 - any field
    call = {
        "provider": "gemini",
        "model": "gemini-2.5-flash",
        "input_tokens": 123_457,
        "output_tokens": 76_543,
        "at": "2026-11-12T10:00:00Z",
        "conversation": "talk",
        **how,
    }
    lines = [json.dumps({**call, "id": f"{call['model']}-{number}"}) for number in range(count)]
    program.run("record", "--stdin", stdin="\n".join(lines))


def cost_of(program: Program, model: str) -> Decimal:
    groups = program.document("report", "--by", "model")["groups"]["model"]
    return next(Decimal(group["cost_usd"]) for group in groups if group["key"] == model)


def test_that_a_saving_is_the_difference_of_two_reports(program: Program) -> None:
    record(program, 15)
    (tip,) = program.document("report")["tips"]
    assert (tip["id"], tip["kind"], tip["calls"], tip["basis"]) == (
        MOVE,
        "cheaper_model",
        15,
        "measured",
    )
    assert program.document("tips")["tips"] == [tip]
    record(program, 15, model="gemini-2.0-flash-lite")
    now, instead = (
        cost_of(program, model) for model in ("gemini-2.5-flash", "gemini-2.0-flash-lite")
    )
    assert Decimal(tip["saving_usd"]) == now - instead
    percent = int((now - instead) * 100 / now)
    assert tip["text"] == f"Consider using Gemini 2.0 Flash Lite for {percent}% cost savings"


def test_that_repeats_and_keys_are_told_to_those_who_name_them(program: Program) -> None:
    known = {"request_key": "What does the canary sing?", "api_key": "Blog", "status_code": 200}
    record(program, 3, **known)
    record(program, 1, model="gemini-2.5-pro", **known)
    tips = program.document("tips")["tips"]
    (tip,) = [tip for tip in tips if tip["kind"] == "repeated_requests"]
    assert (tip["calls"], tip["class"], tip["basis"]) == (2, "habit", "measured")
    assert "sent a request again" in program.run("tips")
    (group,) = program.document("report", "--by", "api_key")["groups"]["api_key"]
    assert (group["key"], group["calls"]) == ("Blog", 4)
    assert "API key" in program.run("report", "--by", "api_key")
    kept = b"".join(path.read_bytes() for path in program.home.rglob("*") if path.is_file())
    assert b"canary" not in kept


def test_that_a_key_is_refused_where_its_name_belongs(program: Program) -> None:
    key = "sk-canary-0123456789-abcdef"
    said = program.run(
        *("record", "--provider", "gemini", "--model", "m", "--api-key", key), status=2
    )
    assert "never the key itself" in said
    assert "canary" not in said


def test_that_nothing_to_say_is_said(program: Program) -> None:
    assert program.document("tips") == {
        "account": "local",
        "tips": [],
        "message": "No tip: there are no calls to look at.",
        "put_off": [],
    }
    record(program, 1, provider="tavily", model="search", input_tokens=0, output_tokens=0)
    assert program.run("tips") == "✅ Usage within normal range\n"


def test_that_tips_are_read_in_words_with_their_grounds(program: Program) -> None:
    record(program, 15)
    said = program.run("tips")
    assert said.startswith("Make it a habit:\n  Consider using Gemini 2.0 Flash Lite for ")
    assert "    Saves $2.94 of $3.43 (measured), 15 calls." in said
    assert f"    ID: {MOVE}" in said
    assert "1 tip: alwrity-desktop tips" in program.run("report")


@pytest.mark.parametrize("word", ["dismiss", "snooze", "done"])
def test_that_a_tip_is_put_off_and_reopened(program: Program, word: str) -> None:
    record(program, 15)
    state = {"dismiss": "dismissed", "snooze": "snoozed", "done": "done"}[word]
    said = program.document("tips", word, MOVE)
    assert (said["tip"], said["state"]) == (MOVE, state)
    assert said["until"] == ("2026-11-27T13:32:00Z" if word == "snooze" else None)
    left = program.document("tips")
    assert left["tips"] == []
    assert [(kept["id"], kept["state"]) for kept in left["put_off"]] == [(MOVE, state)]
    program.run("tips", "reopen", MOVE)
    assert [tip["id"] for tip in program.document("tips")["tips"]] == [MOVE]


def test_that_a_tip_that_there_is_not_is_one_line(program: Program) -> None:
    said = program.run("tips", "done", "nothing\n", status=1)
    assert said.count("\n") == 1
    assert "There is no tip" in said


def test_that_what_if_prices_the_same_calls_elsewhere(program: Program) -> None:
    record(program, 15)
    record(program, 5, provider="openai", model="gpt-5")
    words = ("whatif", "--model", "gemini-2.5-pro", "--from-model", "gemini-2.5-flash")
    found = program.document(*words, "--volume", "1.5")
    assert (found["calls"], found["provider"], found["volume"]) == (15, "gemini", 1.5)
    record(program, 15, model="gemini-2.5-pro")
    dear = cost_of(program, "gemini-2.5-pro")
    assert Decimal(found["instead_usd"]) == dear
    assert Decimal(found["at_volume_usd"]) == dear * Decimal("1.5")
    assert Decimal(found["saving_usd"]) == Decimal(found["cost_usd"]) - dear < 0
    assert "more.\nWith 1.5 times as many calls:" in program.run(*words, "--volume", "3/2")


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("--model", "unheard-of-1"), 1, "has no price for these calls"),
        (("--model", "gpt-5", "--from-model", "nobody"), 1, "There are no priced calls to nobody"),
        (("--model", "gpt-5", "--volume", "0"), 2, "The volume is more than 0"),
        (("--model", "gpt-5", "--volume", "lots"), 2, '"lots" is no factor'),
    ],
)
def test_that_a_what_if_that_cannot_be_worked_out_says_why(
    program: Program, words: tuple[str, ...], status: int, said: str
) -> None:
    record(program, 2)
    assert said in program.run("whatif", *words, status=status)


def test_that_prices_are_tried_applied_and_taken_back(program: Program) -> None:
    record(program, 10, provider="acme", model="big-1")
    words = ("--provider", "acme", "--model", "big-1")
    program.run("prices", "set", *words, "--input", "10", "--output", "0")
    asked = ("prices", "reprice", "--from", "2026-11-01", *words)
    tried = program.document(*asked, "--dry-run")
    assert (tried["revision"], tried["changed"], tried["difference_usd"]) == (None, 10, "12.3457")
    assert program.document("report")["totals"]["unpriced_calls"] == 10
    done = program.document(*asked)
    assert done["revision"] == 1
    assert done["models"] == tried["models"]
    totals = program.document("report")["totals"]
    assert (totals["cost_usd"], totals["unpriced_calls"]) == ("12.3457", 0)
    assert program.run(*asked) == "Nothing changes: 10 calls cost what they cost.\n"
    undone = program.run("prices", "reprice", "--undo")
    assert undone.endswith("10 calls moved back from $12.35 to —, as revision 2.\n")
    assert program.document("report")["totals"]["unpriced_calls"] == 10
    assert "No prices of local were applied" in program.run("prices", "reprice", "--undo", status=1)


@pytest.mark.parametrize(
    "words", [(), ("--from", "2026-11-03", "--to", "2026-11-01"), ("--undo", "--dry-run")]
)
def test_that_a_repricing_without_sense_is_refused(
    program: Program, words: tuple[str, ...]
) -> None:
    program.run("prices", "reprice", *words, status=2)


def test_that_an_upgrade_is_advised_only_where_it_saves(program: Program) -> None:
    record(program, 1, at="2026-10-05T10:00:00Z", input_tokens=100_000, output_tokens=0)
    assert program.document("plans", "compare")["advice"] == []
    big = {"input_tokens": 0, "output_tokens": 1_500_000, "provider": "openai", "model": "o1"}
    record(program, 1, at="2026-10-06T10:00:00Z", **big)
    found = program.document("plans", "compare")
    (advice,) = found["advice"]
    spent = Decimal(program.document("report", "--period", "all")["totals"]["cost_usd"])
    fee = next(each["price_usd"] for each in found["plans"] if each["plan"] == advice["plan"])
    assert Decimal(advice["saving_usd_per_month"]) == spent - Decimal(fee) > 0
    assert found["recommended"] == advice["plan"]
    together = program.document("plans", "compare", "--account", "all")
    assert (together["recommended"], together["why"]) == (found["recommended"], found["why"])
    assert f"{advice['text']}.\n" in program.run("plans", "compare")
