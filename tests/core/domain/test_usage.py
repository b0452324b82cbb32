"""Calls: disjoint kinds of tokens, and what counts as an error."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.usage import Call

counts = st.integers(0, 10**9)


@given(counts, counts, counts, counts, counts)
def test_that_the_tokens_of_a_call_are_the_sum_of_its_kinds(
    given_tokens: int, read: int, short: int, long: int, output: int
) -> None:
    call = Call(
        identity="a:b:c",
        occurred_at_ms=0,
        source="s",
        provider="p",
        model="m",
        input_tokens=given_tokens,
        cache_read_tokens=read,
        cache_write_5m_tokens=short,
        cache_write_1h_tokens=long,
        output_tokens=output,
        # A part of the output, not beside it.
        reasoning_tokens=output,
    )
    assert call.cache_write_tokens == short + long
    assert call.tokens == given_tokens + read + short + long + output


@pytest.mark.parametrize(
    ("status", "is_error"), [(None, False), (200, False), (399, False), (400, True), (529, True)]
)
def test_that_an_error_is_a_status_from_400_on(status: int | None, is_error: bool) -> None:
    call = Call(
        identity="a", occurred_at_ms=0, source="s", provider="p", model="m", status_code=status
    )
    assert call.is_error == is_error


def test_that_a_call_crosses_between_processes_unchanged() -> None:
    call = Call(
        identity="a:b:c", occurred_at_ms=5, source="s", provider="p", model="m", is_estimated=True
    )
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(call), type=Call) == call
