"""Tests of which records are the same call."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.identity import (
    candidates,
    group_of,
    is_better,
    is_loose,
    lone_identity,
    merge,
    message_identity,
)
from alwrity_desktop.core.domain.usage import Call


def copy(
    request: str | None = "r",
    *,
    message: str = "m",
    output: int = 5,
    at_ms: int = 1,
    sidechain: bool = False,
    project: str = "",
) -> Call:
    return Call(
        identity=message_identity("anthropic", message, request),
        occurred_at_ms=at_ms,
        source="claude-code",
        provider="anthropic",
        model="claude",
        input_tokens=1,
        output_tokens=output,
        project=project,
        is_sidechain=sidechain,
    )


copies = st.builds(
    copy,
    st.sampled_from([None, "r1", "r2"]),
    message=st.sampled_from(["m1", "m2"]),
    output=st.integers(0, 3),
    at_ms=st.integers(1, 3),
    sidechain=st.booleans(),
    project=st.sampled_from(["", "a"]),
)


def test_that_a_group_is_the_copies_of_one_message() -> None:
    assert group_of("anthropic:m:r") == group_of("anthropic:m:") == "anthropic:m:"
    assert group_of("anthropic:a:b:r") == "anthropic:a:b:"


@pytest.mark.parametrize("identity", ["record:7", "anthropic::uuid", "record:", ":", ""])
def test_that_other_identities_stand_alone(identity: str) -> None:
    assert group_of(identity) == identity


def test_that_colons_in_ids_do_not_make_groups() -> None:
    assert group_of(message_identity("p", "m", "a:b")) == "p:m:"
    lone = lone_identity("p", "a:b:")
    assert group_of(lone) == lone


def test_that_side_conversations_and_missing_requests_are_loose() -> None:
    assert is_loose(copy(None))
    assert is_loose(copy("r", sidechain=True))
    assert not is_loose(copy("r"))


def test_that_ids_of_scripts_that_end_in_colons_are_calls_of_their_own() -> None:
    told = [
        Call(identity=f"record:{key}", occurred_at_ms=1, source="record", provider="p", model="m")
        for key in ("job:", "job:1", "job::", "job:2")
    ]
    assert not any(map(is_loose, told))
    assert merge(told) == told


def test_that_two_lone_calls_of_side_conversations_stay_two() -> None:
    lone = [
        Call(
            identity=lone_identity("anthropic", key),
            occurred_at_ms=1,
            source="x",
            provider="anthropic",
            model="m",
            is_sidechain=True,
        )
        for key in ("a", "b")
    ]
    assert len(merge(lone)) == 2


def test_that_the_largest_of_streamed_copies_is_kept() -> None:
    (call,) = merge([copy(output=1), copy(output=9), copy(output=4)])
    assert call.output_tokens == 9


def test_that_the_main_conversation_outranks_a_larger_side_copy() -> None:
    (call,) = merge([copy("other", output=99, sidechain=True), copy("r", output=5)])
    assert (call.output_tokens, call.identity) == (5, "anthropic:m:r")


def test_that_the_earlier_of_equal_copies_is_kept() -> None:
    (call,) = merge([copy(at_ms=5), copy(at_ms=3), copy(at_ms=4)])
    assert call.occurred_at_ms == 3


def test_that_a_copy_without_request_joins_the_call_and_takes_its_identity() -> None:
    (call,) = merge([copy("r", output=5), copy(None, output=9)])
    assert (call.output_tokens, call.identity) == (9, "anthropic:m:r")


def test_that_different_requests_of_the_main_conversation_are_different_calls() -> None:
    calls = merge([copy("r1"), copy("r2"), copy(None), copy("r3", sidechain=True)])
    assert {call.identity for call in calls} == {"anthropic:m:r1", "anthropic:m:r2"}


def test_that_a_call_seen_only_beside_the_conversation_counts() -> None:
    (call,) = merge([copy("r1", sidechain=True), copy("r2", sidechain=True, output=7)])
    assert call.output_tokens == 7


@given(copies, copies, copies)
def test_that_better_is_a_strict_total_order(one: Call, other: Call, third: Call) -> None:
    assert is_better(one, other) + is_better(other, one) == (one != other)
    if is_better(one, other) and is_better(other, third):
        assert is_better(one, third)


@given(st.lists(copies, max_size=12), st.data())
def test_that_the_order_and_repetition_of_copies_do_not_matter(
    calls: list[Call], data: st.DataObject
) -> None:
    def by_identity(call: Call) -> str:
        return call.identity

    again = data.draw(st.permutations(calls + calls[: len(calls) // 2]))
    assert sorted(merge(again), key=by_identity) == sorted(merge(calls), key=by_identity)


@given(st.lists(st.lists(copies, max_size=6), max_size=4))
def test_that_it_does_not_matter_how_copies_lie_in_logs(logs: list[list[Call]]) -> None:
    def by_identity(call: Call) -> str:
        return call.identity

    together = merge(call for log in logs for call in log)
    apart = merge(call for log in logs for call in candidates(log))
    assert sorted(apart, key=by_identity) == sorted(together, key=by_identity)


def test_that_a_loose_copy_waits_for_the_best_call_of_its_message() -> None:
    here = [copy("r2", output=7), copy(None, output=9)]
    there = [copy("r1", output=1217)]

    calls = merge([*candidates(here), *candidates(there)])

    assert sorted(call.output_tokens for call in calls) == [7, 1217]


@given(st.lists(copies, max_size=12))
def test_that_merging_what_was_merged_changes_nothing(calls: list[Call]) -> None:
    merged = merge(calls)
    assert merge(merged) == merged
    assert len({call.identity for call in merged}) == len(merged)
