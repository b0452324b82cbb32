"""Tests of reading the messages of opencode."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from alwrity_desktop.core.domain.identity import is_better, merge
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.sources import base
from alwrity_desktop.core.sources.base import Cell, ReadResult, Reject
from alwrity_desktop.core.sources.opencode import SOURCE
from tests.logs import NOW_MS, START_MS, figures


def message(**fields: object) -> dict[str, Any]:
    known = {
        "role": "assistant",
        "modelID": "claude-sonnet-4-5",
        "providerID": "anthropic",
        "agent": "build",
        "path": {"cwd": "/home/ada/engine/src", "root": "/home/ada/engine"},
        "time": {"created": START_MS, "completed": START_MS + 900},
        "cost": 0.0123,
        "tokens": {"input": 10, "output": 20, "reasoning": 5, "cache": {"read": 700, "write": 30}},
        "error": {"data": {"message": "canary-text"}},
    }
    return known | fields


def row(identity: str = "msg_1", **fields: object) -> list[Cell]:
    data = json.dumps(message(**fields)).encode()
    return [identity.encode(), b"ses_1", START_MS, START_MS, data]


def rows(*given: list[Cell]) -> tuple[list[Call], list[Reject]]:
    return SOURCE.read_rows({"message": given}, NOW_MS)


def only(**fields: object) -> Call:
    calls, rejects = rows(row("msg_1", **fields))
    assert rejects == []
    return calls[0]


def copy(**fields: object) -> ReadResult:
    text = json.dumps(message(**({"id": "msg_1", "sessionID": "ses_1"} | fields))).encode()
    return SOURCE.read(io.BytesIO(text), 0, b"", NOW_MS, "/data/storage/message/ses_1/msg_1.json")


def test_that_a_message_is_a_call_with_its_cache_beside_the_input() -> None:
    assert only() == Call(
        identity="opencode::ses_1%3Amsg_1",
        occurred_at_ms=START_MS,
        source="opencode",
        provider="anthropic",
        model="claude-sonnet-4-5",
        input_tokens=10,
        cache_read_tokens=700,
        cache_write_5m_tokens=30,
        output_tokens=25,
        reasoning_tokens=5,
        duration_ms=900,
        project="engine",
        agent="build",
        conversation="ses_1",
        reported_cost_pico=12_300_000_000,
    )


def test_that_reasoning_inside_the_output_counts_once_where_the_total_says_so() -> None:
    counts = {"input": 10, "output": 20, "reasoning": 5, "total": 30}
    call = only(tokens=counts)
    assert (call.output_tokens, call.reasoning_tokens) == (20, 5)


def test_that_a_cost_of_zero_is_unknown_and_marked() -> None:
    call = only(cost=0)
    assert (call.reported_cost_pico, call.is_flat_rate) == (None, True)
    call = only(cost=None)
    assert (call.reported_cost_pico, call.is_flat_rate) == (None, False)


def test_that_only_a_total_is_taken_as_output() -> None:
    assert only(tokens={"total": 123}).output_tokens == 123


def test_that_a_copy_in_a_file_is_the_same_call_and_ranks_below_the_row() -> None:
    (file,) = copy(tokens={"input": 9999, "output": 1}).calls
    database = only()
    assert is_better(database, file)
    assert [figures(call) for call in merge([file, database])] == [figures(database)]
    assert [figures(call) for call in merge([database, file])] == [figures(database)]


def test_that_a_message_of_a_person_and_an_empty_answer_are_no_calls() -> None:
    empty = {"input": 0, "output": 0, "cache": {"read": 0, "write": 0}}
    assert rows(row(role="user"), row(tokens=empty), row(tokens=None)) == ([], [])


def test_that_a_model_no_rule_knows_is_its_providers() -> None:
    assert only(modelID="big-pickle", providerID="opencode").provider == "opencode"
    assert only(modelID="raptor", providerID="github-copilot").provider == "github"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"tokens": {"input": -1}}, base.NEGATIVE_COUNT),
        ({"tokens": {"output": 10**10}}, base.ABSURD_COUNT),
        ({"tokens": {"input": 10**9, "output": 1}}, base.ABSURD_COUNT),
        ({"tokens": {"input": "12"}}, base.BAD_COUNT),
        ({"tokens": {"input": 1, "cache": {"read": 0.5}}}, base.BAD_COUNT),
        ({"time": {"created": None}}, base.BAD_TIME),
        ({"time": {"created": "now"}}, base.BAD_TIME),
        ({"time": {"created": 1e300}}, base.BAD_TIME),
        ({"time": {"created": 0}}, base.EARLY_TIME),
        ({"time": {"created": NOW_MS + 10**6}}, base.FUTURE_TIME),
        ({"modelID": None}, base.BAD_MODEL),
        ({"modelID": 4}, base.BAD_MODEL),
        ({"cost": -1}, base.BAD_COST),
        ({"cost": 10**7}, base.BAD_COST),
        ({"cost": [1]}, base.BAD_COST),
    ],
)
def test_that_what_cannot_be_is_refused_by_name(fields: dict[str, Any], reason: str) -> None:
    calls, rejects = rows(row(**fields), row("msg_2"))
    assert (len(calls), rejects) == (1, [Reject(reason, 0)])
    assert [each.reason for each in copy(**fields).rejects] == [reason]
    assert reason in base.REASONS


@pytest.mark.parametrize(
    "data", [None, 7, b"", b"\xff\xfe", b'"tokens"', b'{"tokens": ', b"[" * 9999]
)
def test_that_data_of_any_kind_is_survived(data: Cell) -> None:
    calls, rejects = rows([b"msg_1", b"ses_1", 1, 1, data])
    assert calls == []
    assert {each.reason for each in rejects} <= {base.NOT_JSON}


def test_that_no_text_of_a_message_is_kept() -> None:
    assert "canary" not in repr(rows(row())) + repr(copy())


def test_that_databases_and_messages_are_found_and_nothing_else(tmp_path: Path) -> None:
    data = tmp_path / ".local" / "share" / "opencode"
    wanted = ("opencode.db", "opencode-dev.db", "storage/message/ses_1/msg_1.json")
    others = ("auth.json", "storage/part/msg_1/msg_9.json", "snapshot/a/opencode.db", "x.db")
    for name in (*wanted, *others):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(b"")
    found = [item for item in base.walk(data, SOURCE) if isinstance(item, base.LogFile)]
    assert {item.path for item in found} == {str(data / name) for name in wanted}
    assert SOURCE.folders({}, tmp_path) == (data,)
    assert SOURCE.folders({"XDG_DATA_HOME": str(data.parent)}, Path("/no")) == (data,)
    assert SOURCE.folders({"OPENCODE_DATA_DIR": str(data)}, Path("/no")) == (data,)
    for root in (data, data / "storage", data / "storage" / "message", data / "opencode.db"):
        assert SOURCE.accept(root) == (root,)
    for root in (tmp_path / "absent", data / "snapshot", data / "auth.json"):
        assert SOURCE.accept(root) == ()
