"""`record`: one call, or many lines of which a bad one never stops the others."""

from __future__ import annotations

import io
import json
import sys

import pytest

from alwrity_desktop.core.clock import NOW_VARIABLE
from tests.cli.conftest import Outcome, Run
from tests.cli.fakes import FakeContext
from tests.cli.program import Program
from tests.core.reports import NOW_MS

ONE = ("record", "--provider", "gemini", "--model", "gemini-2.5-pro")


class Pipe(io.RawIOBase):
    """A pipe that hands out one piece at a time, as a live program would."""

    def __init__(self, pieces: list[bytes]) -> None:
        super().__init__()
        self.pieces = list(pieces)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        piece = self.pieces.pop(0) if self.pieces else b""
        buffer[: len(piece)] = piece
        return len(piece)


def feed(monkeypatch: pytest.MonkeyPatch, *pieces: bytes) -> None:
    stream = io.TextIOWrapper(io.BufferedReader(Pipe(list(pieces)), 1 << 21))
    monkeypatch.setattr(sys, "stdin", stream)


def line(**fields: object) -> bytes:
    return json.dumps({"provider": "gemini", "model": "m", **fields}).encode() + b"\n"


def test_that_one_call_is_booked_and_told_with_the_contracts_keys(
    run: Run, context: FakeContext
) -> None:
    outcome = run(*ONE, "--input-tokens", "60", "--id", "a1", "--json")
    assert outcome.status == 0
    assert outcome.document == {
        "call": "record:a1",
        "cost_usd": "0.000075",
        "price_status": "priced",
        "price_origin": "a list",
        "alerts": [],
        "new": True,
        "different": False,
    }
    call = context.booked["record:a1"]
    assert (call.input_tokens, call.occurred_at_ms) == (60, NOW_MS)


def test_that_a_repeated_id_is_the_same_call(run: Run, context: FakeContext) -> None:
    assert "Booked" in run(*ONE, "--id", "a1").out
    assert "known already" in run(*ONE, "--id", "a1").out
    assert len(context.booked) == 1


def test_that_a_call_without_a_price_is_told_so_and_what_to_do(run: Run) -> None:
    outcome = run("record", "--provider", "unknown", "--model", "x")
    assert "without a price" in outcome.out
    assert "prices set --provider unknown --model x" in outcome.out
    assert "$" not in outcome.out


def test_that_an_alert_that_the_call_raised_is_told(run: Run) -> None:
    outcome = run(*ONE, "--input-tokens", "1000001")
    assert "You've used 84.5% of your monthly limit: Anthropic tokens" in outcome.out


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("--input-tokens", "-1"), "--input-tokens"),
        (("--output-tokens", "1000000001"), "--output-tokens"),
        (("--cache-read-tokens", "1.5"), "--cache-read-tokens"),
        (("--images", "9" * 30), "--images"),
        (("--pages", "9" * 5000), "--pages"),
        (("--status-code", "99"), "--status-code"),
        (("--duration-ms", "-5"), "--duration-ms"),
        (("--at", "yesterday"), "--at"),
        (("--at", "2026-11-20T15:00:00+01:00"), "--at"),
        (("--at", "1970-01-01T00:00:00Z"), "--at"),
        (("--id", ""), "--id"),
        (("--project", "a\nb"), "--project"),
        (("--stdin",), "--provider"),
    ],
)
def test_that_a_wrong_option_is_named_and_nothing_is_booked(
    run: Run, context: FakeContext, words: tuple[str, ...], option: str
) -> None:
    outcome = run(*ONE, *words, "--json")
    assert (outcome.status, outcome.out) == (2, "")
    assert option in outcome.err
    assert outcome.err.count("\n") == 1
    assert context.booked == {}


@pytest.mark.parametrize("missing", ["--provider", "--model"])
def test_that_a_missing_name_is_asked_for(run: Run, missing: str) -> None:
    place = ONE.index(missing)
    outcome = run(*ONE[:place], *ONE[place + 2 :])
    assert outcome.status == 2
    assert missing in outcome.err


def test_that_lines_are_booked_and_a_bad_one_is_named_by_number_and_reason(
    run: Run, context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(
        monkeypatch,
        b"\xef\xbb\xbf"
        + line(id="1", input_tokens=5)
        + b"\n"
        + line(id="3", input_tokens=-5)
        + b"canary\r\n"
        + line(id="5").rstrip(),
    )
    outcome = run("record", "--stdin", "--json")
    assert outcome.status == 1
    assert [call["call"] for call in outcome.document["calls"]] == ["record:1", "record:5"]
    assert [each["line"] for each in outcome.document["rejected"]] == [3, 4]
    assert "input_tokens must be" in outcome.document["rejected"][0]["reason"]
    assert outcome.err.startswith("alwrity-desktop: line 3: input_tokens must be a whole number")
    assert "canary" not in outcome.err + outcome.out
    assert sum(context.commits) == 2
    (kept,) = context.opened.refused.items()
    assert kept[0] == ("record", "standard input")
    assert [(lines, place) for _, lines, place in kept[1]] == [(1, 3), (1, 4)]


def test_that_nothing_of_a_refused_line_is_kept(
    run: Run, context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(
        monkeypatch,
        line(canary_field=1),
        line(model="canary\n"),
        line(at="canary"),
        line(api_key="sk-canary-0123456789abcdefghijklmnop"),
        b'["canary"]\n',
        b"\xffcanary\n",
    )
    assert run("record", "--stdin").status == 1
    reasons = [reason for kept in context.opened.refused.values() for reason, _, _ in kept]
    assert "A field has a name that is not known" in reasons
    assert len(reasons) == 6
    assert "canary" not in "".join(reasons)
    assert not any(reason.endswith(".") for reason in reasons)


def test_that_what_stands_ready_is_booked_before_more_is_awaited(
    run: Run, context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = line(id="1") + line(id="2") + line(id="3")
    feed(monkeypatch, whole[:70], whole[70:75], whole[75:])
    assert run("record", "--stdin").status == 0
    assert len(context.commits) > 1
    assert list(context.booked) == ["record:1", "record:2", "record:3"]


def test_that_an_endless_line_is_refused_and_the_next_one_is_booked(
    run: Run, context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = [b"x" * 500_000] * 5
    feed(monkeypatch, *pieces, b"\n" + line(id="2"))
    outcome = run("record", "--stdin")
    assert outcome.status == 1
    assert "line 1: The line is longer than 1 MB." in outcome.err
    assert list(context.booked) == ["record:2"]


def summary_of(run: Run, monkeypatch: pytest.MonkeyPatch, *lines: bytes) -> Outcome:
    feed(monkeypatch, *lines)
    return run("record", "--stdin")


def test_that_a_person_reads_a_summary(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    unpriced = json.dumps({"provider": "unknown", "model": "x"}).encode() + b"\n"
    outcome = summary_of(run, monkeypatch, line(id="1"), line(id="1"), unpriced, b"{\n")
    assert outcome.out == (
        "Booked 2 calls, <$0.01; 1 without a price; 1 known already; 1 refused.\n"
    )


def test_that_no_lines_at_all_are_no_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch)
    outcome = run("record", "--stdin", "--json")
    assert outcome.status == 0
    assert outcome.document == {"calls": [], "rejected": []}


def test_that_a_summary_of_calls_without_a_price_knows_no_cost(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpriced = json.dumps({"provider": "unknown", "model": "x"}).encode() + b"\n"
    assert summary_of(run, monkeypatch, unpriced).out == "Booked 1 call, —; 1 without a price.\n"
    assert summary_of(run, monkeypatch, b"{\n").out == "Booked 0 calls, $0.00; 1 refused.\n"


def test_that_a_clock_that_is_not_set_books_nothing_without_a_time(
    run: Run, context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NOW_VARIABLE, "1970-01-01T00:00:05Z")
    outcome = run(*ONE)
    assert (outcome.status, outcome.out) == (2, "")
    assert "--at is missing, and this computer's clock says 1970-01-01" in outcome.err
    at = "2026-11-20T14:32:00+01:00"
    feed(monkeypatch, line(id="1"), line(id="2", at=at))
    outcome = run("record", "--stdin")
    assert outcome.status == 1
    assert "line 1: at is missing, and this computer's clock says 1970-01-01" in outcome.err
    assert run(*ONE, "--id", "3", "--at", at).status == 0
    assert [(key, call.occurred_at_ms) for key, call in context.booked.items()] == [
        ("record:2", NOW_MS),
        ("record:3", NOW_MS),
    ]


def test_that_an_id_told_twice_at_once_is_booked_once(program: Program) -> None:
    lines = [line(id="1", requests=count).decode() for count in (1, 1, 2)]
    said = program.run("record", "--stdin", stdin="".join(lines))
    assert said.startswith("Booked 1 call, —; 1 without a price; 2 known already.\n")
    lines = [text.replace('"1"', '"2"') for text in lines]
    answer = json.loads(program.run("record", "--stdin", "--json", stdin="".join(lines)))
    told = [(call["call"], call["new"], call["different"]) for call in answer["calls"]]
    assert told == [
        ("record:2", True, False),
        ("record:2", False, False),
        ("record:2", False, True),
    ]
