"""Tests of reading the logs of Claude Code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.identity import merge
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.sources import base
from alwrity_desktop.core.sources.claude_code import SOURCE
from tests.logs import (
    NOW_MS,
    START_MS,
    claude_line,
    claude_record,
    figures,
    iso,
    json_line,
    read,
    read_in_pieces,
    usage,
)


def only(data: bytes) -> Call:
    result = read(SOURCE, data)
    assert result.rejects == []
    (call,) = merge(result.calls)
    return call


def reasons(data: bytes) -> list[str]:
    result = read(SOURCE, data)
    assert result.next_offset == len(data)
    return [reject.reason for reject in result.rejects]


def test_that_a_line_with_usage_is_a_call() -> None:
    counts = usage(
        20,
        input_tokens=3,
        cache_read_input_tokens=700,
        cache_creation_input_tokens=50,
        server_tool_use={"web_search_requests": 2, "web_fetch_requests": 1},
    )
    call = only(claude_line(usage=counts))
    assert call == Call(
        identity="anthropic:msg_1:req_1",
        occurred_at_ms=START_MS,
        source="claude-code",
        provider="anthropic",
        model="claude-sonnet-4-5-20250929",
        input_tokens=3,
        cache_read_tokens=700,
        cache_write_5m_tokens=50,
        output_tokens=20,
        web_searches=2,
        project="engine",
        conversation="session-1",
    )


def test_that_streamed_copies_count_once_with_the_largest_counts() -> None:
    data = b"".join(claude_line(usage=usage(output)) for output in (1, 250, 7))
    assert only(data).output_tokens == 250


def test_that_copies_in_other_files_have_the_same_identity() -> None:
    here = read(SOURCE, claude_line(), path="/a/projects/x/one.jsonl").calls
    there = read(SOURCE, claude_line(sessionId="resumed"), path="/b/projects/y/two.jsonl").calls
    assert len(merge(here + there)) == 1


def test_that_a_missing_request_id_is_found_by_the_message_alone() -> None:
    data = claude_line("m", None, usage=usage(5)) + claude_line("m", None, usage=usage(80))
    call = only(data)
    assert (call.identity, call.output_tokens) == ("anthropic:m:", 80)
    assert only(data + claude_line("m", "", usage=usage(1))).identity == "anthropic:m:"


def test_that_a_side_conversations_replay_under_another_request_counts_once() -> None:
    replay = claude_line("m", "other", usage=usage(900), isSidechain=True)
    call = only(replay + claude_line("m", "req", usage=usage(30)))
    assert (call.output_tokens, call.is_sidechain) == (30, False)


def test_that_a_side_conversations_own_call_counts() -> None:
    assert only(claude_line(isSidechain=True)).is_sidechain


def test_that_cache_writes_are_split_by_how_long_they_last() -> None:
    split = {"ephemeral_5m_input_tokens": 30, "ephemeral_1h_input_tokens": 70}
    counts = usage(cache_creation_input_tokens=100, cache_creation=split)
    assert figures(only(claude_line(usage=counts))) == (10, 0, 30, 70, 20)


def test_that_writes_only_the_total_knows_of_last_five_minutes() -> None:
    assert figures(only(claude_line(usage=usage(cache_creation_input_tokens=9))))[2:4] == (9, 0)
    split = {"ephemeral_5m_input_tokens": 30, "ephemeral_1h_input_tokens": 70}
    more = usage(cache_creation_input_tokens=150, cache_creation=split)
    less = usage(cache_creation_input_tokens=10, cache_creation=split)
    assert figures(only(claude_line(usage=more)))[2:4] == (80, 70)
    assert figures(only(claude_line(usage=less)))[2:4] == (30, 70)


def test_that_null_counts_of_the_cache_are_none_written() -> None:
    counts = usage(
        cache_creation_input_tokens=None,
        cache_read_input_tokens=None,
        cache_creation=None,
        server_tool_use=None,
        service_tier=None,
    )
    assert figures(only(claude_line(usage=counts))) == (10, 0, 0, 0, 20)


@pytest.mark.parametrize(
    ("fields", "tier"),
    [
        ({"service_tier": "standard"}, ""),
        ({"service_tier": "batch"}, "batch"),
        ({"service_tier": "priority"}, "priority"),
        ({"service_tier": "standard", "speed": "fast"}, "fast"),
        ({"speed": "standard"}, ""),
    ],
)
def test_that_the_price_variant_is_told(fields: dict[str, str], tier: str) -> None:
    assert only(claude_line(usage=usage() | fields)).service_tier == tier


@pytest.mark.parametrize(
    ("cost", "pico"),
    [("0.1234567890123", 123_456_789_012), ("1e-7", 100_000), ("0", None), ("null", None)],
)
def test_that_a_reported_cost_is_exact_and_nought_is_unknown(cost: str, pico: int | None) -> None:
    line = claude_line(costUSD="COST").replace(b'"COST"', cost.encode())
    assert only(line).reported_cost_pico == pico


def test_that_a_message_broken_off_at_its_first_words_is_a_floor() -> None:
    assert only(claude_line(usage=usage(1), stop_reason=None)).is_estimated
    assert not only(claude_line(usage=usage(300), stop_reason=None)).is_estimated
    assert not only(claude_line(usage=usage(1))).is_estimated


def test_that_a_reported_message_of_a_running_side_task_counts() -> None:
    inner = claude_record("msg_9", "req_9", isSidechain=True)
    del inner["sessionId"], inner["cwd"]
    line = json_line(
        {
            "type": "progress",
            "sessionId": "outer",
            "cwd": "/home/ada/engine",
            "data": {"type": "agent_progress", "message": inner},
        }
    )
    call = only(line)
    assert (call.identity, call.conversation) == ("anthropic:msg_9:req_9", "outer")
    assert call.project == "engine"
    assert call.is_sidechain


def test_that_a_message_without_id_counts_by_the_lines_own_id_or_its_content() -> None:
    assert only(claude_line(None, None) * 2).identity == "anthropic::uuid-1"
    bare = claude_line(None, None, uuid=None)
    other = claude_line(None, None, uuid=None, at_ms=START_MS + 1)
    assert len(read(SOURCE, bare + other + bare).calls) == 2


def test_that_the_folder_names_the_project_where_the_line_does_not() -> None:
    record = claude_record()
    del record["cwd"], record["sessionId"]
    call = only(json_line(record))
    assert (call.project, call.conversation) == ("-home-ada-engine", "session-1")
    assert only(claude_line(cwd="C:\\Users\\ada\\engine\\")).project == "engine"


@pytest.mark.parametrize(
    "line",
    [
        claude_line(model="<synthetic>"),
        claude_line(usage=usage(0, input_tokens=0), isApiErrorMessage=True),
        json_line(claude_record() | {"message": None}),
        json_line(claude_record() | {"message": {"role": "user", "content": "hello"}}),
        json_line({"type": "user", "message": "text", "toolUseResult": {"input_tokens": 4}}),
        json_line({"type": "user", "toolUseResult": {"usage": {"input_tokens": 4}}}),
        json_line({"type": "progress", "data": "text", "input_tokens": 1}),
        json_line({"type": "file-history-snapshot", "snapshot": {"a.py": '{"input_tokens":'}}),
        b"\n",
        b"   \r\n",
    ],
)
def test_that_other_lines_are_neither_calls_nor_rejected(line: bytes) -> None:
    result = read(SOURCE, line)
    assert (result.calls, result.rejects, result.next_offset) == ([], [], len(line))


def test_that_an_error_message_that_counts_tokens_was_billed() -> None:
    assert only(claude_line(isApiErrorMessage=True)).output_tokens == 20


TORN = claude_line()[:-40]
BOMB = claude_line(extra="BOMB").replace(b'"BOMB"', b"[" * 200_000 + b"]" * 200_000)

BAD_LINES = [
    (TORN + b"\n", base.NOT_JSON),
    (TORN[:100] + b"\n", base.NOT_JSON),
    (TORN + claude_line("msg_2"), base.NOT_JSON),
    (claude_line()[:-1] + b"garbage}\n", base.NOT_JSON),
    (b"\xff\xfe\x07 no log at all\n", base.NOT_JSON),
    (claude_line(sessionId="X").replace(b'"X"', b'"\xff\xfe"'), base.NOT_JSON),
    (claude_line(sessionId="X").replace(b'"X"', b'"a\0b"'), base.NOT_JSON),
    (BOMB, base.TOO_DEEP),
    (claude_line(usage=usage(-1)), base.NEGATIVE_COUNT),
    (claude_line(usage=usage(10**9 + 1)), base.ABSURD_COUNT),
    (claude_line(usage=usage(10**30)), base.ABSURD_COUNT),
    (claude_line(usage=usage(6 * 10**8, input_tokens=6 * 10**8)), base.ABSURD_COUNT),
    (claude_line(usage={"input_tokens": "12", "output_tokens": 1}), base.BAD_COUNT),
    (claude_line(usage={"input_tokens": 1.5, "output_tokens": 1}), base.BAD_COUNT),
    (claude_line(usage={"input_tokens": None, "output_tokens": 1}), base.BAD_COUNT),
    (claude_line(usage={"input_tokens": True, "output_tokens": 1}), base.BAD_COUNT),
    (claude_line(usage=usage(cache_read_input_tokens=[])), base.BAD_COUNT),
    (claude_line(timestamp=None), base.BAD_TIME),
    (claude_line(timestamp="yesterday"), base.BAD_TIME),
    (claude_line(timestamp=1_700_000_000), base.BAD_TIME),
    (claude_line(timestamp="1970-01-01T00:00:00Z"), base.EARLY_TIME),
    (claude_line(timestamp="0001-01-01T00:00:00Z"), base.EARLY_TIME),
    (claude_line(at_ms=NOW_MS + 5 * 60_000 + 1), base.FUTURE_TIME),
    (claude_line(timestamp="9999-12-31T23:59:59Z"), base.FUTURE_TIME),
    (claude_line(model=None), base.BAD_MODEL),
    (claude_line(model=7), base.BAD_MODEL),
    (claude_line(costUSD="NaN"), base.BAD_COST),
    (claude_line(costUSD=-1), base.BAD_COST),
    (claude_line(costUSD=1e300), base.BAD_COST),
    (claude_line(costUSD=[]), base.BAD_COST),
    (claude_line(requestId=5), base.BAD_FIELD),
    (claude_line(isSidechain="no"), base.BAD_FIELD),
]


@pytest.mark.parametrize(("line", "reason"), BAD_LINES)
def test_that_a_bad_line_is_named_and_stops_nothing(line: bytes, reason: str) -> None:
    good, later = claude_line("before"), claude_line("after")
    result = read(SOURCE, good + line + later)
    assert [call.identity.split(":")[1] for call in result.calls] == ["before", "after"]
    assert [(reject.reason, reject.offset) for reject in result.rejects] == [(reason, len(good))]
    assert reason in base.REASONS


def test_that_a_number_of_thousands_of_digits_is_one_bad_line() -> None:
    line = claude_line(usage=usage(77_777)).replace(b"77777", b"7" * 5000)

    assert len(reasons(line)) == 1


def test_that_a_time_five_minutes_ahead_is_another_clock() -> None:
    assert only(claude_line(at_ms=NOW_MS + 5 * 60_000)).occurred_at_ms == NOW_MS + 5 * 60_000


def test_that_times_of_any_zone_are_understood() -> None:
    local = "2026-10-26T12:33:20.250+05:30"
    bare = iso(START_MS).removesuffix("Z")
    assert only(claude_line(timestamp=local)).occurred_at_ms == 1_792_998_200_250
    assert only(claude_line(timestamp=bare)).occurred_at_ms == START_MS


def test_that_line_ends_marks_and_zero_bytes_do_not_matter() -> None:
    windows = claude_line("a")[:-1] + b"\r\n"
    spaced = json.dumps(claude_record("b")).encode() + b"\n"
    data = b"\xef\xbb\xbf" + windows + spaced + b"\0" * 500 + claude_line("c")
    assert len(read(SOURCE, data).calls) == 3
    assert reasons(data) == []


def test_that_a_last_line_waits_for_its_end() -> None:
    data = claude_line("a") + claude_line("b")[:-1]
    result = read(SOURCE, data)
    assert len(result.calls) == 1
    assert result.next_offset == len(claude_line("a"))
    more = read(SOURCE, data + b"\n", offset=result.next_offset, state=result.state)
    assert [call.identity for call in more.calls] == ["anthropic:b:req_1"]


def test_that_no_text_of_a_message_is_kept() -> None:
    line = claude_line(usage=usage(-1), secret="my secret words")
    result = read(SOURCE, claude_line(secret="my secret words") + line)
    assert "secret" not in repr(result)


lines = st.builds(
    claude_line,
    st.sampled_from(["m1", "m2", "m3", None]),
    st.sampled_from(["r1", "r2", None]),
    usage=st.builds(usage, st.integers(0, 4)),
    at_ms=st.sampled_from([START_MS, START_MS + 5]),
    isSidechain=st.booleans(),
    uuid=st.sampled_from(["u1", "u2"]),
) | st.sampled_from([b"\n", TORN + b"\n", claude_line(model="<synthetic>")])


@given(st.lists(lines, max_size=8), st.data())
def test_that_a_file_read_as_it_grows_gives_the_same_calls(
    parts: list[bytes], data: st.DataObject
) -> None:
    log = b"".join(parts)
    cuts = data.draw(st.lists(st.integers(0, len(log)), max_size=4))
    assert merge(read_in_pieces(SOURCE, log, cuts)) == merge(read(SOURCE, log).calls)


@given(st.lists(lines, max_size=8), st.data())
def test_that_the_order_of_lines_and_their_copies_do_not_matter(
    parts: list[bytes], data: st.DataObject
) -> None:
    again = data.draw(st.permutations(parts + parts[:3]))

    def calls(all_lines: list[bytes]) -> list[Call]:
        return sorted(read(SOURCE, b"".join(all_lines)).calls, key=lambda call: call.identity)

    assert calls(again) == calls(parts)


@pytest.mark.parametrize("start", [b"", b"\0", b"\xef\xbb\xbf"])
def test_that_what_is_no_record_is_passed_over_whatever_is_before_it(start: bytes) -> None:
    result = read(SOURCE, claude_line() + start + b'"input_tokens"\n')

    assert (len(result.calls), result.rejects) == (1, [])


@given(st.binary(max_size=300), st.integers(0, 40))
def test_that_no_bytes_whatever_raise_anything(noise: bytes, place: int) -> None:
    line = claude_line()
    place *= len(line) // 40
    result = read(SOURCE, line[:place] + noise + line[place:] + claude_line("last"))
    assert {reject.reason for reject in result.rejects} <= set(base.REASONS)


def make(folder: Path, name: str, data: bytes = b"{}\n") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_that_the_usual_folders_are_found(tmp_path: Path) -> None:
    make(tmp_path, ".claude/projects/a/1.jsonl")
    make(tmp_path, ".config/claude/projects/a/2.jsonl")
    desktop = ".config/Claude/local-agent-mode-sessions/x/y/.claude/projects/a/3.jsonl"
    make(tmp_path, desktop)
    found = SOURCE.folders({}, tmp_path)
    assert {str(path.relative_to(tmp_path)) for path in found} == {
        ".claude/projects",
        ".config/claude/projects",
        ".config/Claude/local-agent-mode-sessions/x/y/.claude/projects",
    }


def test_that_configured_folders_replace_the_usual_ones(tmp_path: Path) -> None:
    make(tmp_path, ".claude/projects/a/1.jsonl")
    make(tmp_path, "one/projects/a/1.jsonl")
    make(tmp_path, "two/projects/a/1.jsonl")
    (tmp_path / "link").symlink_to(tmp_path / "two")
    parts = [tmp_path / "one", tmp_path / "two" / "projects", tmp_path / "link", tmp_path / "no"]
    environ = {"CLAUDE_CONFIG_DIR": ", ".join(map(str, parts))}
    assert SOURCE.folders(environ, tmp_path) == (
        tmp_path / "one" / "projects",
        tmp_path / "two" / "projects",
    )


def test_that_a_file_a_folder_of_logs_and_the_tools_folder_are_accepted(tmp_path: Path) -> None:
    log = make(tmp_path, "claude/projects/a/1.jsonl")
    assert SOURCE.accept(log) == (log,)
    assert SOURCE.accept(tmp_path / "claude") == (tmp_path / "claude" / "projects",)
    assert SOURCE.accept(log.parent) == (log.parent,)


def test_that_what_belongs_to_others_is_not_accepted(tmp_path: Path) -> None:
    rollout = make(tmp_path, "sessions/rollout-1.jsonl")
    renamed = make(tmp_path, "mine.jsonl", b'{"type":"session_meta"}\n')
    assert SOURCE.accept(rollout) == ()
    assert SOURCE.accept(renamed) == ()
    assert SOURCE.accept(make(tmp_path, "notes.txt")) == ()
    assert SOURCE.accept(tmp_path / "missing") == ()
    assert SOURCE.accept(rollout.parent) == ()
