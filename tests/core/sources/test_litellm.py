"""Tests of reading exported spend logs of LiteLLM."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.identity import merge
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.sources import base, csv_rows
from alwrity_desktop.core.sources.base import ReadResult
from alwrity_desktop.core.sources.claude_code import SOURCE as CLAUDE
from alwrity_desktop.core.sources.litellm import SOURCE
from tests import logs
from tests.logs import NOW_MS, START_MS, figures, iso, json_line


def row(number: int = 1, **fields: object) -> dict[str, Any]:
    known = {
        "request_id": f"chatcmpl-{number:08d}-canary-key",
        "call_type": "acompletion",
        "api_key": "canary-hash",
        "spend": 0.0125,
        "total_tokens": 1050,
        "prompt_tokens": 1000,
        "completion_tokens": 50,
        "startTime": iso(START_MS - 1500),
        "endTime": iso(START_MS),
        "model": "claude-sonnet-4-5",
        "custom_llm_provider": "anthropic",
        "team_id": "team-1",
        "session_id": "talk-1",
        "cache_hit": "False",
        "status": "success",
        "metadata": {
            "usage_object": {
                "cache_read_input_tokens": 600,
                "cache_creation_input_tokens": 100,
                "completion_tokens_details": {"reasoning_tokens": 20},
            },
            "user_api_key_team_alias": "engine",
        },
        "messages": [{"role": "user", "content": 'canary-text "prompt_tokens"'}],
    }
    return known | fields


def lines(*rows: object) -> bytes:
    return b"".join(map(json_line, rows))


def table(*rows: dict[str, Any], delimiter: str = ",") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(rows[0])
    for each in rows:
        values = (
            json.dumps(v, indent=1) if isinstance(v, (dict, list)) else v for v in each.values()
        )
        writer.writerow(values)
    return text.getvalue().encode()


def read(data: bytes, suffix: str = ".jsonl", **how: Any) -> ReadResult:  # noqa: ANN401 - passed on
    return logs.read(SOURCE, data, path=f"/exports/spend{suffix}", **how)


def only(data: bytes, suffix: str = ".jsonl") -> Call:
    result = read(data, suffix)
    assert result.rejects == []
    (call,) = result.calls
    return call


def reasons(result: ReadResult) -> list[str]:
    return [reject.reason for reject in result.rejects]


def test_that_the_providers_cache_is_taken_out_of_the_prompt() -> None:
    assert only(lines(row())) == Call(
        identity="litellm::chatcmpl-00000001-canary-key",
        occurred_at_ms=START_MS,
        source="litellm",
        provider="anthropic",
        model="claude-sonnet-4-5",
        input_tokens=300,
        cache_read_tokens=600,
        cache_write_5m_tokens=100,
        output_tokens=50,
        reasoning_tokens=20,
        duration_ms=1500,
        project="engine",
        conversation="talk-1",
        endpoint="acompletion",
        reported_cost_pico=12_500_000_000,
        response_id="chatcmpl-00000001-canary-key",
    )


@pytest.mark.parametrize(
    ("alias", "name"),
    [("blog-team", "blog-team"), (None, ""), (7, ""), ("sk-canary-0123456789-abcdef", "")],
)
def test_that_a_key_goes_by_its_alias_alone(alias: object, name: str) -> None:
    metadata = {"user_api_key_alias": alias, "user_api_key": "88dc28d0f030c55ed4ab77ed8faf0981"}
    call = only(lines(row(metadata=metadata, api_key="88dc28d0f030c55ed4ab77ed8faf0981")))
    assert call.api_key == name
    assert "88dc28" not in repr(call)


@pytest.mark.parametrize(
    "metadata",
    [
        {"usage_object": {"prompt_tokens_details": {"cached_tokens": 600}}},
        {"additional_usage_values": {"prompt_tokens_details": {"cached_tokens": 600}}},
        {"additional_usage_values": {"cache_read_input_tokens": 600}, "usage_object": None},
        json.dumps({"usage_object": {"cache_read_input_tokens": 600}, "status": "success"}),
    ],
)
def test_that_the_cache_is_found_wherever_it_is_said(metadata: object) -> None:
    assert figures(only(lines(row(metadata=metadata))))[:2] == (400, 600)


@pytest.mark.parametrize("hit", ["True", "true", True])
def test_that_an_answer_from_litellms_own_cache_is_free(hit: object) -> None:
    call = only(lines(row(cache_hit=hit, spend=0.5)))
    assert (call.reported_cost_pico, call.response_id) == (0, "")


def test_that_a_spend_of_zero_is_unknown() -> None:
    assert only(lines(row(spend=0.0))).reported_cost_pico is None


def test_that_a_failure_has_its_status() -> None:
    fault = {"status": "failure", "error_information": {"error_code": "429"}}
    failed = row(metadata=fault, prompt_tokens=0, completion_tokens=0, spend=0)
    assert only(lines(failed)).status_code == 429
    assert (
        only(lines(row(metadata={"status": "failure", "error_information": "x"}))).status_code
        is None
    )


def test_that_every_form_of_one_export_gives_the_same_calls() -> None:
    rows = [row(1), row(2, metadata={"status": "failure"}), row(3, session_id=None)]
    expected = read(lines(*rows)).calls
    assert len(expected) == 3
    forms = [
        (json.dumps(rows).encode(), ".json"),
        (json.dumps({"data": rows, "total": 3}, indent=2).encode(), ".json"),
        (lines(*rows), ".json"),
        (table(*rows), ".csv"),
        (b"\xef\xbb\xbf" + table(*rows, delimiter=";"), ".CSV"),
        (table(*rows).rstrip(), ".csv"),
    ]
    for data, suffix in forms:
        result = read(data, suffix)
        assert (reasons(result), result.calls) == ([], expected)


def test_that_a_single_row_is_a_document() -> None:
    assert only(json.dumps(row(), indent=2).encode(), ".json").input_tokens == 300


def test_that_a_number_with_an_empty_fraction_is_whole() -> None:
    assert only(table(row(prompt_tokens="1000.0")), ".csv").input_tokens == 300


def test_that_ids_that_are_none_or_weak_swallow_no_call() -> None:
    for missing in (None, "", "None", "null"):
        alike = read(lines(row(request_id=missing), row(request_id=missing))).calls
        assert len(merge(alike)) == 2
        assert merge(read(lines(row(request_id=missing))).calls + alike[:1]) == alike[:1]
    first, second = row(request_id="7"), row(request_id="7", prompt_tokens=900)
    assert len(merge(read(lines(first, second, first)).calls)) == 2


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"prompt_tokens": -1}, base.NEGATIVE_COUNT),
        ({"completion_tokens": 10**12}, base.ABSURD_COUNT),
        ({"prompt_tokens": 10**9, "completion_tokens": 1}, base.ABSURD_COUNT),
        ({"prompt_tokens": "many"}, base.BAD_COUNT),
        ({"endTime": "soon"}, base.BAD_FIELD),
        ({"endTime": None, "startTime": None}, base.BAD_TIME),
        ({"endTime": iso(0)}, base.EARLY_TIME),
        ({"endTime": iso(NOW_MS + 10**6)}, base.FUTURE_TIME),
        ({"model": ""}, base.BAD_MODEL),
        ({"spend": -3}, base.BAD_COST),
        ({"spend": 10**9}, base.BAD_COST),
        ({"metadata": {"usage_object": {"cache_read_input_tokens": -4}}}, base.NEGATIVE_COUNT),
    ],
)
def test_that_what_cannot_be_is_refused_by_name_in_every_form(
    fields: dict[str, Any], reason: str
) -> None:
    rows = [row(1, **fields), row(2)]
    for data, suffix in ((lines(*rows), ".jsonl"), (table(*rows), ".csv")):
        result = read(data, suffix)
        assert (reasons(result), len(result.calls)) == ([reason], 1)
    assert reasons(read(json.dumps(rows).encode(), ".json")) == [reason]


@pytest.mark.parametrize(
    ("data", "suffix", "reason"),
    [
        (b'[{"request_id": "a", "prompt_tokens": 1', ".json", base.NOT_JSON),
        (json_line(row())[:-9] + b"\n", ".jsonl", base.NOT_JSON),
        (table(row()) + b"1,2,3\r\n", ".csv", base.BAD_ROW),
        (table(row()) + b'"open,1\n2,3\n', ".csv", base.BAD_ROW),
        (lines(row(metadata="{torn")), ".jsonl", base.NOT_JSON),
        (lines({"prompt_tokens": None, "spend": 1}), ".jsonl", base.BAD_FIELD),
    ],
)
def test_that_torn_exports_are_named(data: bytes, suffix: str, reason: str) -> None:
    assert reasons(read(data, suffix)) == [reason]
    assert reason in base.REASONS


def test_that_a_value_too_long_to_hold_ends_the_table_and_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(csv_rows, "MAX_LINE_BYTES", 500)
    data = table(row(), row(2, model="x" * 600))
    result = read(data, ".csv")
    assert (reasons(result), result.next_offset) == ([base.TOO_LONG], len(data))


def test_that_no_text_and_no_key_is_kept() -> None:
    assert "canary-text" not in repr(read(lines(row())))
    assert "canary-hash" not in repr(read(lines(row())))


@given(st.lists(st.integers(0, 3000), max_size=4))
def test_that_a_growing_table_gives_the_same_calls(cuts: Sequence[int]) -> None:
    data = table(*(row(number) for number in range(5)))
    offset, state, calls = 0, b"", []
    for cut in [*sorted(cuts), len(data)]:
        result = read(data[:cut], ".csv", offset=offset, state=state)
        offset, state = result.next_offset, result.state
        calls += result.calls
    assert merge(calls) == read(data, ".csv").calls


def test_that_exports_are_known_by_what_they_hold(tmp_path: Path) -> None:
    exports = {
        "a.jsonl": lines(row()),
        "b.csv": table(row()),
        "c.json": json.dumps([row()]).encode(),
    }
    others = {"d.csv": b"a,b\n1,2\n", "e.jsonl": b'{"sessionId": "x"}\n', "f.txt": lines(row())}
    for name, data in (exports | others).items():
        (tmp_path / name).write_bytes(data)
    assert SOURCE.accept(tmp_path) == tuple(tmp_path / name for name in exports)
    assert [bool(SOURCE.accept(tmp_path / name)) for name in others] == [False] * 3
    assert CLAUDE.accept(tmp_path / "a.jsonl") == ()
    assert (SOURCE.folders({}, tmp_path), SOURCE.accept(tmp_path / "absent")) == ((), ())


@pytest.mark.skipif(sys.platform == "win32", reason="There are no such pipes")
def test_that_a_pipe_among_exports_keeps_nobody_waiting(tmp_path: Path) -> None:
    export = tmp_path / "spend.jsonl"
    export.write_bytes(lines(row()))
    os.mkfifo(tmp_path / "pipe.jsonl")

    assert SOURCE.accept(tmp_path) == (export,)
