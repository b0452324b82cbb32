"""Durations in logarithmic buckets: percentiles over any span without the calls.

A bucket's bounds lie four percent apart, so a percentile read from the middle of its
bucket is at most two percent off. Buckets of two spans add up, percentiles would not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

_GROWTH: Final = math.log(1.04)


def bucket_of(duration_ms: int) -> int:
    """Return the bucket of a duration; 0 is under a millisecond."""
    return int(math.log(duration_ms) / _GROWTH) + 1 if duration_ms >= 1 else 0


def middle_of(bucket: int) -> int:
    """Return the duration in the middle of *bucket*, milliseconds."""
    return round(math.exp((bucket - 0.5) * _GROWTH)) if bucket else 0


def percentile(calls_by_bucket: Mapping[int, int], percent: int) -> int | None:
    """Return the duration that *percent* of the calls do not pass, milliseconds.

    None when there are no calls.
    """
    calls = sum(calls_by_bucket.values())
    if not calls:
        return None
    rank = max(1, -(-calls * percent // 100))
    seen = 0
    for bucket in sorted(calls_by_bucket):
        seen += calls_by_bucket[bucket]
        if seen >= rank:
            return middle_of(bucket)
    return None
