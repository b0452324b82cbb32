"""Durations in buckets: percentiles within two percent, and buckets that add up."""

from __future__ import annotations

from collections import Counter

from hypothesis import example, given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.durations import bucket_of, middle_of, percentile

some_durations = st.lists(st.integers(0, 10**9), min_size=1, max_size=60)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_that_a_longer_duration_never_has_a_lower_bucket(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert bucket_of(low) <= bucket_of(high)


@given(st.integers(1, 10**9))
@example(1)
@example(2)
@example(91)
def test_that_the_middle_of_a_bucket_is_near_what_is_in_it(duration_ms: int) -> None:
    middle = middle_of(bucket_of(duration_ms))
    assert abs(middle - duration_ms) <= max(1, duration_ms * 0.02 + 0.5)


@given(some_durations, st.integers(1, 100))
def test_that_a_percentile_is_within_two_percent_of_the_true_one(
    durations: list[int], percent: int
) -> None:
    true = sorted(durations)[max(1, -(-len(durations) * percent // 100)) - 1]

    found = percentile(Counter(map(bucket_of, durations)), percent)

    assert found is not None
    assert abs(found - true) <= max(1, true * 0.02 + 0.5)


@given(some_durations, some_durations)
def test_that_the_buckets_of_two_spans_add_up(one: list[int], other: list[int]) -> None:
    added = Counter(map(bucket_of, one)) + Counter(map(bucket_of, other))
    assert percentile(added, 95) == percentile(Counter(map(bucket_of, [*one, *other])), 95)


def test_that_no_calls_have_no_percentile() -> None:
    assert percentile({}, 95) is None
    assert percentile({3: 0}, 95) is None


def test_that_nothing_took_no_time() -> None:
    assert (bucket_of(0), middle_of(0)) == (0, 0)
