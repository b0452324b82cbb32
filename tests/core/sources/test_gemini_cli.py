"""Tests of reading the sessions of Gemini CLI."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.identity import merge
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.sources import base, decoding
from alwrity_desktop.core.sources.base import ReadResult
from alwrity_desktop.core.sources.claude_code import SOURCE as CLAUDE
from alwrity_desktop.core.sources.gemini_cli import SOURCE
from tests import logs
from tests.logs import NOW_MS, START_MS, figures, iso, json_line, read_in_pieces

PATH = "/home/ada/.gemini/tmp/engine/chats/session-2026-10-26T10-00-abcd1234.jsonl"
DOCUMENT = PATH.removesuffix("l")


def read(data: bytes, *, path: str = PATH, **how: Any) -> ReadResult:  # noqa: ANN401 - passed on
    return logs.read(SOURCE, data, path=path, **how)


def start(session: str = "s-1", **fields: object) -> dict[str, Any]:
    known = {"sessionId": session, "projectHash": "f" * 64, "startTime": iso(START_MS)}
    return {**known, "lastUpdated": iso(START_MS), "kind": "main", **fields}


def tokens(
    input_tokens: int = 100, output: int = 20, cached: int = 0, thoughts: int = 0, tool: int = 0
) -> dict[str, int]:
    return {
        "input": input_tokens,
        "output": output,
        "cached": cached,
        "thoughts": thoughts,
        "tool": tool,
        "total": input_tokens + output + thoughts + tool,
    }


def answer(
    identity: str = "m-1", counts: object = None, *, at_ms: int = START_MS, **fields: object
) -> dict[str, Any]:
    record = {
        "id": identity,
        "timestamp": iso(at_ms),
        "type": "gemini",
        "content": 'the words "tokens":{"input":7} canary-text',
        "thoughts": [{"subject": "canary-text", "timestamp": iso(at_ms)}],
        "model": "gemini-2.5-pro",
        "tokens": tokens() if counts is None else counts,
    }
    return record | fields


def log(*records: object) -> bytes:
    return b"".join(map(json_line, (start(), *records)))


def only(data: bytes, path: str = PATH) -> Call:
    result = read(data, path=path)
    assert result.rejects == []
    (call,) = result.calls
    return call


def reasons(*records: object) -> list[str]:
    return [reject.reason for reject in read(log(*records)).rejects]


def test_that_cached_tokens_are_inside_and_thoughts_and_tools_are_extra() -> None:
    call = only(log(answer(counts=tokens(1000, 50, cached=600, thoughts=30, tool=7))))
    assert call == Call(
        identity="gemini-cli::s-1%3Am-1",
        occurred_at_ms=START_MS,
        source="gemini-cli",
        provider="gemini",
        model="gemini-2.5-pro",
        input_tokens=407,
        cache_read_tokens=600,
        output_tokens=80,
        reasoning_tokens=30,
        project="engine",
        conversation="s-1",
    )


def test_that_the_last_record_of_a_message_counts() -> None:
    unfinished = answer(tokens=None)
    first, last = answer(counts=tokens(100, 90)), answer(counts=tokens(100, 20))
    assert only(log(unfinished, first, last)).output_tokens == 20


def test_that_a_message_that_was_rewound_was_still_billed() -> None:
    result = read(log(answer("m-1"), answer("m-2"), {"$rewindTo": "m-1"}, answer("m-3")))
    assert len(result.calls) == 3


def test_that_messages_set_as_a_whole_count_once() -> None:
    told = {"$set": {"messages": [answer("m-1"), answer("m-2")], "lastUpdated": iso(START_MS)}}
    assert len(read(log(answer("m-1"), told)).calls) == 2


def test_that_a_later_session_id_is_taken_over() -> None:
    call = only(log({"$set": {"sessionId": "s-2"}}, answer()))
    assert call.conversation == "s-2"


def test_that_an_older_document_and_its_copy_in_lines_are_the_same_calls() -> None:
    messages = [{"id": "u", "type": "user", "content": "hi"}, answer("m-1"), answer("m-2")]
    document = json.dumps(start(messages=messages), indent=2).encode()
    old = read(document, path=DOCUMENT)
    assert (old.rejects, old.next_offset, old.bytes_read) == ([], 0, len(document))
    new = read(log(*messages))
    assert len(merge(old.calls + new.calls)) == 2


def test_that_a_grown_document_is_read_whole_again() -> None:
    first = json.dumps(start(messages=[answer("m-1")])).encode()
    second = json.dumps(start(messages=[answer("m-1"), answer("m-2")])).encode()
    before = read(first, path=DOCUMENT)
    after = read(second, path=DOCUMENT, offset=before.next_offset, state=before.state)
    assert len(merge(before.calls + after.calls)) == 2


def test_that_a_torn_document_is_refused_and_named() -> None:
    result = read(json.dumps(start(messages=[answer()])).encode()[:-9], path=DOCUMENT)
    assert (result.calls, [reject.reason for reject in result.rejects]) == ([], [base.NOT_JSON])


def test_that_an_empty_document_is_nothing() -> None:
    assert read(b"", path=DOCUMENT).rejects == []


def test_that_a_document_too_large_to_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MAX_WHOLE_BYTES", 10)
    assert [each.reason for each in read(b"{}" * 20, path=DOCUMENT).rejects] == [base.TOO_LARGE]


def test_that_a_side_agents_session_has_its_project() -> None:
    path = f"/h/.gemini/tmp/{'0' * 64}/chats/parent-1/agent-1.jsonl"
    assert only(log(answer()), path).project == "0" * 12


def test_that_a_message_without_a_model_has_the_one_before_it() -> None:
    result = read(log(answer("m-1", model=None), answer("m-2"), answer("m-3", model=None)))
    models = {call.identity[-1]: call.model for call in result.calls}
    assert models == {"1": "unknown", "2": "gemini-2.5-pro", "3": "gemini-2.5-pro"}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (answer(counts={"input": -1}), base.NEGATIVE_COUNT),
        (answer(counts={"input": 10**9 + 1}), base.ABSURD_COUNT),
        (answer(counts={"input": 10**9, "output": 5}), base.ABSURD_COUNT),
        (answer(counts={"input": "12"}), base.BAD_COUNT),
        (answer(counts={"input": 1.5}), base.BAD_COUNT),
        (answer(counts=[1]), base.BAD_COUNT),
        (answer(timestamp=None), base.BAD_TIME),
        (answer(timestamp="yesterday"), base.BAD_TIME),
        (answer(at_ms=0), base.EARLY_TIME),
        (answer(at_ms=NOW_MS + 600_000), base.FUTURE_TIME),
        (answer(model=7), base.BAD_MODEL),
        ({"$set": {"messages": [answer(counts={"input": -5})]}}, base.NEGATIVE_COUNT),
    ],
)
def test_that_what_cannot_be_is_refused_by_name_and_nothing_else_is_lost(
    wrong: dict[str, Any], reason: str
) -> None:
    assert reasons(wrong, answer("good")) == [reason]
    assert len(read(log(wrong, answer("good"))).calls) == 1
    assert reason in base.REASONS


def test_that_a_torn_line_is_refused_alone() -> None:
    torn = json_line(answer("m-1"))[:-8] + b"\n"
    result = read(json_line(start()) + torn + json_line(answer("m-2")))
    assert ([each.reason for each in result.rejects], len(result.calls)) == ([base.NOT_JSON], 1)


def test_that_no_text_of_a_session_is_kept() -> None:
    result = read(log(answer()))
    assert "canary" not in repr(result)


@given(st.lists(st.integers(0, 1400), max_size=5))
def test_that_a_session_read_in_pieces_gives_the_same_calls(cuts: list[int]) -> None:
    records = [answer(f"m-{number}", counts=tokens(100 + number)) for number in range(5)]
    data = log(*records, answer("m-1", counts=tokens(101)))
    whole = {call.identity: figures(call) for call in read(data).calls}
    pieces = merge(read_in_pieces(SOURCE, data, cuts))
    assert {call.identity: figures(call) for call in pieces} == whole


def test_that_its_folders_are_found_and_claude_codes_are_not(tmp_path: Path) -> None:
    chats = tmp_path / ".gemini" / "tmp" / "engine" / "chats"
    (chats / "parent").mkdir(parents=True)
    (chats / "session-1.jsonl").write_bytes(log(answer()))
    (chats / "parent" / "agent.jsonl").write_bytes(log(answer()))
    root = tmp_path / ".gemini" / "tmp"
    assert SOURCE.folders({}, tmp_path) == (root,)
    assert SOURCE.folders({"GEMINI_CLI_HOME": str(tmp_path)}, Path("/nowhere")) == (root,)
    for named in (tmp_path, tmp_path / ".gemini", root):
        assert SOURCE.accept(named) == (root,)
        assert CLAUDE.accept(named) == ()
    assert SOURCE.accept(chats) == (chats,)
    assert len(list(base.walk(root, SOURCE))) == 2
    session = chats / "session-1.jsonl"
    assert (SOURCE.accept(session), CLAUDE.accept(session)) == ((session,), ())
    assert SOURCE.accept(tmp_path / "absent") == ()
