"""Books the sample data: a ledger of its own, day by day, as if it had happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Final

from alwrity_desktop.core.call_sheets import Book
from alwrity_desktop.core.domain.periods import local_day, period_of
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.ledger.batches import Batch
from alwrity_desktop.core.ledger.ledger import Ledger
from alwrity_desktop.core.sample import ACCOUNT, HISTORY_DAYS, SOURCE, sample_budgets, sample_calls

_READ_AFTER_MS: Final = 2 * 86_400_000
"""Alerts older than this have been read, as a person would have."""

_DAYS_PER_COMMIT: Final = 7


def fill(
    ledger: Ledger, book: Book, now_ms: int, timezone: str, progress: Callable[[float], None]
) -> None:
    """Fill *ledger* with the half year before *now_ms*; *progress* hears the part done."""
    month_ms = period_of("month", now_ms, timezone, offset=-1).start_ms
    for budget in sample_budgets():
        ledger.set_budget(budget, month_ms, timezone, "monday")
    days = groupby(
        sample_calls(now_ms, timezone), lambda call: local_day(call.occurred_at_ms, timezone)
    )
    booked_days = 0
    for count, calls in _batches(days, month_ms):
        ledger.record(Batch(SOURCE, calls[-1].occurred_at_ms, timezone, calls=calls), book)
        booked_days += count
        progress(min(1.0, booked_days / HISTORY_DAYS))
    with ledger.snapshot() as snapshot:
        old = [one.id for one in snapshot.alerts(ACCOUNT) if one.at_ms < now_ms - _READ_AFTER_MS]
    ledger.mark_alerts_read(ACCOUNT, old, now_ms)


def _batches(
    days: Iterable[tuple[str, Iterable[Call]]], month_ms: int
) -> Iterator[tuple[int, list[Call]]]:
    """Yield some days' calls at a time; day by day from *month_ms* on.

    An alert bears the time of the commit that it was born in, and its day matters only
    where there are budgets.
    """
    waiting: list[Call] = []
    count = 0
    for _, calls in days:
        waiting += calls
        count += 1
        if count >= _DAYS_PER_COMMIT or waiting[-1].occurred_at_ms >= month_ms:
            yield count, waiting
            waiting, count = [], 0
    if waiting:
        yield count, waiting
