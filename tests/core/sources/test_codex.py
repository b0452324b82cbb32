"""Tests of reading the logs of Codex."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.identity import merge
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.sources import base
from alwrity_desktop.core.sources.codex import SOURCE
from tests.logs import (
    NOW_MS,
    START_MS,
    counts,
    json_line,
    read,
    read_in_pieces,
    session_meta,
    token_count,
    turn_context,
)

SECOND = 1000
HEAD = session_meta() + turn_context()


def calls_of(data: bytes) -> list[Call]:
    result = read(SOURCE, data, path="/x/sessions/2026/10/26/rollout-2026-10-26T07-33-20-s-9.jsonl")
    assert result.rejects == []
    assert result.next_offset == len(data)
    return sorted(result.calls, key=lambda call: call.occurred_at_ms)


def tokens(data: bytes) -> list[int]:
    """Return the tokens of each call in the order of time."""
    return [call.tokens for call in calls_of(data)]


def event(total: int, last: int | None, second: float) -> bytes:
    """Return an event that counts input only."""
    usage = None if last is None else counts(last)
    return token_count(counts(total), usage, at_ms=START_MS + round(second * SECOND))


def test_that_an_event_is_a_call_with_disjoint_tokens() -> None:
    last = counts(1000, cached=800, output=200, reasoning=150)
    (call,) = calls_of(HEAD + token_count(counts(1000, 800, 200, 150), last))
    assert call == Call(
        identity=f"openai::codex-s-1-{START_MS}-1000-800-200-150",
        occurred_at_ms=START_MS,
        source="codex",
        provider="openai",
        model="gpt-5-codex",
        input_tokens=200,
        cache_read_tokens=800,
        output_tokens=200,
        reasoning_tokens=150,
        project="engine",
        conversation="s-1",
    )


def test_that_each_event_counts_its_last_call() -> None:
    assert tokens(HEAD + event(100, 100, 1) + event(250, 150, 9) + event(260, 10, 20)) == [
        100,
        150,
        10,
    ]


def test_that_repetitions_of_a_total_are_dropped() -> None:
    data = HEAD + event(100, 100, 1) + event(100, 100, 2) + event(300, 200, 3) + event(300, 200, 4)
    assert tokens(data + event(100, 100, 5)) == [100, 200]


def test_that_a_repetition_counts_nothing_though_the_total_grew_by_more() -> None:
    assert tokens(HEAD + event(100, 100, 1) + event(900, 50, 2) + event(900, 50, 3)) == [100, 50]


def test_that_the_calls_never_pass_the_growth_of_the_total() -> None:
    assert tokens(HEAD + event(100, 100, 1) + event(110, 90, 2)) == [100, 10]


def test_that_interleaved_counters_do_not_count_the_gap_again() -> None:
    large, small = 100_000, 5_000
    data = HEAD
    for step in range(1, 6):
        data += event(large + step, 1 if step > 1 else large + 1, step * 10)
        data += event(small + step, None, step * 10 + 5)
    calls = calls_of(data)
    assert sum(call.tokens for call in calls) == large + 5
    assert not calls[0].is_estimated
    assert all(call.is_estimated for call in calls[1:])


def test_that_an_overwritten_total_begins_a_new_count() -> None:
    full = {**counts(0), "total_tokens": 272_000}
    overwritten = token_count(full, {**counts(0), "total_tokens": 9}, at_ms=START_MS + 5000)
    data = HEAD + event(9000, 9000, 1) + overwritten + event(400, 400, 9) + event(700, 300, 12)
    assert tokens(data) == [9000, 400, 300]


def test_that_totals_alone_are_counted_by_their_growth() -> None:
    assert tokens(HEAD + event(100, None, 1) + event(150, None, 2) + event(150, None, 3)) == [
        100,
        50,
    ]


def test_that_a_session_that_begins_with_a_large_total_counts_its_own_calls() -> None:
    assert tokens(HEAD + event(9000, 100, 1) + event(9200, 200, 5)) == [100, 200]


def test_that_the_model_is_the_one_of_the_last_turn() -> None:
    data = HEAD + event(1, 1, 1) + turn_context("gpt-5") + event(2, 1, 2)
    assert [call.model for call in calls_of(data)] == ["gpt-5-codex", "gpt-5"]


def test_that_a_call_before_any_turn_has_no_known_model_and_counts() -> None:
    (call,) = calls_of(session_meta() + event(5, 5, 1))
    assert (call.model, call.provider, call.tokens) == ("unknown", "openai", 5)


def test_that_a_plan_makes_the_rate_flat() -> None:
    last = counts(5)
    paid = token_count(last, last, plan="plus")
    assert [call.is_flat_rate for call in calls_of(HEAD + paid)] == [True]
    assert [call.is_flat_rate for call in calls_of(HEAD + token_count(last, last))] == [False]


def test_that_limits_without_counts_are_no_call() -> None:
    assert calls_of(HEAD + token_count(None, None, plan="plus") + event(0, 0, 1)) == []


def fork(first: float = 0, *, source: object = None) -> bytes:
    parent = "s-1" if source is None else None
    meta = session_meta("child", forked_from_id=parent, source=source)
    return meta + session_meta("s-1", at_ms=START_MS) + turn_context() + event(100, 100, first)


def test_that_a_fork_drops_the_replayed_beginning_and_says_so() -> None:
    data = fork() + event(300, 200, 0.1) + event(1300, 1000, 0.2) + event(1350, 50, 7)
    (call,) = calls_of(data)
    assert (call.tokens, call.conversation, call.is_estimated) == (50, "child", True)


def test_that_a_spawned_thread_is_a_fork() -> None:
    source = {"subagent": {"thread_spawn": {"parent_thread_id": "s-1", "depth": 1}}}
    data = fork(source=source) + event(300, 200, 0.3) + event(310, 10, 5) + event(330, 20, 8)
    assert tokens(data) == [10, 20]


def test_that_a_replay_one_second_late_or_over_two_seconds_is_dropped() -> None:
    late = fork(1.95) + event(300, 200, 1.97) + event(400, 100, 2.02) + event(450, 50, 9)
    assert tokens(late) == [50]


def test_that_a_repetition_of_what_was_replayed_is_dropped() -> None:
    assert tokens(fork(6) + event(300, 200, 6.1) + event(100, 100, 9)) == []


def test_that_a_replay_with_its_old_times_is_dropped() -> None:
    assert tokens(fork(-5000) + event(300, 200, -4000) + event(450, 150, 9)) == [150]


def test_that_a_forks_own_first_call_counts_though_nothing_was_replayed() -> None:
    assert tokens(fork(6)) == [100]
    assert tokens(fork(6) + event(150, 50, 9)) == [100, 50]


def test_that_a_fork_whose_counters_begin_anew_counts() -> None:
    data = fork() + event(9000, 8900, 0.2) + event(40, 40, 8) + event(70, 30, 12)
    assert tokens(data) == [40, 30]


def test_that_totals_alone_do_not_bring_a_parents_use_into_a_fork() -> None:
    assert tokens(fork(0) + event(9000, None, 0.1) + event(9100, None, 8)) == [100]
    meta = session_meta("child", forked_from_id="s-1") + turn_context()
    assert tokens(meta + event(9000, None, 8) + event(9100, None, 20)) == [100]


def test_that_a_fresh_event_of_a_fork_waits_until_it_cannot_be_a_replay() -> None:
    data = fork(6)
    soon = read(SOURCE, data, now_ms=START_MS + 6100)
    assert soon.calls == []
    more = data + event(300, 200, 6.1) + event(310, 10, 9)
    rest = read(SOURCE, more, offset=soon.next_offset, state=soon.state)
    assert [call.tokens for call in rest.calls] == [10]
    later = read(SOURCE, data, offset=soon.next_offset, state=soon.state)
    assert [call.tokens for call in later.calls] == [100]


def test_that_the_archived_copy_is_the_same_call() -> None:
    data = HEAD + event(100, 100, 1) + event(250, 150, 9)
    active = read(SOURCE, data, path="/h/.codex/sessions/2026/10/26/rollout-a.jsonl").calls
    archived = read(SOURCE, data, path="/h/.codex/archived_sessions/rollout-a.jsonl").calls
    assert merge(active + archived) == active


def test_that_the_files_name_tells_the_session_where_the_log_does_not() -> None:
    (call,) = calls_of(turn_context() + event(5, 5, 1))
    assert call.conversation == "s-9"


BIG = 10**9 + 1
BAD_LINES = [
    (event(200, 100, 2)[:-30] + b"\n", base.NOT_JSON),
    (event(200, -5, 2), base.NEGATIVE_COUNT),
    (event(-200, 5, 2), base.NEGATIVE_COUNT),
    (event(2 * BIG, BIG, 2), base.ABSURD_COUNT),
    (event(200, 5, 2).replace(b":5,", b':"5",'), base.BAD_COUNT),
    (event(200, 5, -START_MS / SECOND), base.EARLY_TIME),
    (event(200, 5, (NOW_MS - START_MS) / SECOND + 301), base.FUTURE_TIME),
    (event(200, 5, 2).replace(b"2026-", b"x026-"), base.BAD_TIME),
    (json_line({"type": "turn_context", "payload": {"model": 5}}), base.BAD_MODEL),
    (json_line({"type": "session_meta", "payload": []}), base.BAD_FIELD),
]


@pytest.mark.parametrize(("line", "reason"), BAD_LINES)
def test_that_a_bad_line_is_named_and_stops_nothing(line: bytes, reason: str) -> None:
    before = turn_context() + event(100, 100, 1)
    result = read(SOURCE, before + line + event(250, 150, 9))
    assert [call.tokens for call in result.calls] == [100, 150]
    assert [(reject.reason, reject.offset) for reject in result.rejects] == [(reason, len(before))]


def test_that_texts_that_name_the_events_are_not_events() -> None:
    text = event(100, 100, 1).decode()
    message = json_line(
        {"timestamp": "x", "type": "response_item", "payload": {"text": text, "token_count": 1}}
    )
    assert len(read(SOURCE, HEAD + message.replace(b'"x"', b'"2026-10-26T00:00:00Z"')).calls) == 0


def test_that_a_session_may_use_more_than_a_billion_tokens_in_all() -> None:
    assert tokens(HEAD + event(3_158_656_533, 500, 1)) == [500]


events = st.builds(event, st.integers(0, 40), st.none() | st.integers(0, 20), st.integers(2, 60))


@given(st.booleans(), st.lists(events | st.just(turn_context("gpt-5")), max_size=8), st.data())
def test_that_a_file_read_as_it_grows_gives_the_same_calls(
    is_fork: bool, parts: list[bytes], data: st.DataObject
) -> None:
    begun = fork() + event(120, 20, 0.1) if is_fork else HEAD
    log = begun + b"".join(parts)
    cuts = data.draw(st.lists(st.integers(0, len(log)), max_size=4))
    # Read while it is written: nothing that was held back is settled by the clock.
    now_ms = START_MS if is_fork else NOW_MS
    whole = read(SOURCE, log, now_ms=now_ms)
    assert merge(read_in_pieces(SOURCE, log, cuts, now_ms=now_ms)) == merge(whole.calls)


@given(st.lists(events, max_size=20))
def test_that_no_mixture_of_counters_counts_more_than_the_largest_total(
    parts: list[bytes],
) -> None:
    calls = read(SOURCE, HEAD + b"".join(parts)).calls
    assert sum(call.tokens for call in calls) <= 40


@given(st.binary(max_size=200), st.integers(0, 40))
def test_that_no_bytes_whatever_raise_anything(noise: bytes, place: int) -> None:
    line = HEAD + event(100, 100, 1)
    place *= len(line) // 40
    result = read(SOURCE, line[:place] + noise + line[place:] + event(120, 20, 9))
    assert {reject.reason for reject in result.rejects} <= set(base.REASONS)


def make(folder: Path, name: str, data: bytes = b"{}\n") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_that_running_and_archived_sessions_are_found(tmp_path: Path) -> None:
    make(tmp_path, ".codex/sessions/2026/10/26/rollout-1.jsonl")
    make(tmp_path, "other/archived_sessions/rollout-1.jsonl")
    assert SOURCE.folders({}, tmp_path) == (tmp_path / ".codex" / "sessions",)
    environ = {"CODEX_HOME": str(tmp_path / "other")}
    assert SOURCE.folders(environ, tmp_path) == (tmp_path / "other" / "archived_sessions",)


def test_that_a_file_a_folder_of_logs_and_the_tools_folder_are_accepted(tmp_path: Path) -> None:
    log = make(tmp_path, "codex/sessions/2026/rollout-1.jsonl")
    make(tmp_path, "codex/archived_sessions/rollout-2.jsonl")
    assert SOURCE.accept(log) == (log,)
    assert SOURCE.accept(log.parent) == (log.parent,)
    assert SOURCE.accept(tmp_path / "codex") == (
        tmp_path / "codex" / "sessions",
        tmp_path / "codex" / "archived_sessions",
    )
    renamed = make(tmp_path, "mine.jsonl", session_meta())
    assert SOURCE.accept(renamed) == (renamed,)


def test_that_what_belongs_to_others_is_not_accepted(tmp_path: Path) -> None:
    claude = make(tmp_path, "projects/a/1.jsonl")
    assert SOURCE.accept(claude) == ()
    assert SOURCE.accept(tmp_path) == ()
    assert SOURCE.accept(tmp_path / "missing") == ()
