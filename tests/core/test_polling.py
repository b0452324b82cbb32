"""Polling: what is due, what changed, how long to wait."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.errors import LedgerUnavailableError
from alwrity_desktop.core.polling import LEDGER, LOGS, MAX_BACKOFF, LedgerPoll, Schedule


class Versions:
    """Ledgers whose versions a test can raise."""

    def __init__(self) -> None:
        self.now = {"local": 7, "sample": 1}
        self.asked = 0
        self.is_broken = False

    def of(self, account: str) -> int:
        self.asked += 1
        if self.is_broken:
            raise LedgerUnavailableError("The ledger cannot be read.")
        return self.now[account]


def test_that_the_first_sight_is_a_change_and_each_commit_is_one() -> None:
    versions = Versions()
    poll = LedgerPoll(versions.of)
    assert poll.step(("local",), 0).changed == ("local",)
    assert poll.step(("local",), 1_000).changed == ()
    versions.now["local"] = 8
    assert poll.step(("local",), 2_000).changed == ("local",)
    assert poll.step(("local",), 3_000).changed == ()


def test_that_nothing_is_asked_before_it_is_due() -> None:
    versions = Versions()
    poll = LedgerPoll(versions.of)
    poll.step(("local",), 0)
    poll.step(("local",), 999)
    assert versions.asked == 1


def test_that_only_the_changed_account_is_named() -> None:
    versions = Versions()
    poll = LedgerPoll(versions.of)
    poll.step(("local", "sample"), 0)
    versions.now["sample"] = 2
    assert poll.step(("local", "sample"), 1_000).changed == ("sample",)


def test_that_a_hidden_window_asks_every_half_minute() -> None:
    schedule = Schedule(LEDGER)
    schedule.set_hidden(True)
    schedule.succeeded(0)
    assert schedule.remaining_ms(1_000) == 29_000
    schedule.set_hidden(False)
    assert schedule.remaining_ms(1_000) == 0


def test_that_a_failure_is_told_once_and_waited_out() -> None:
    versions = Versions()
    poll = LedgerPoll(versions.of)
    versions.is_broken = True
    first = poll.step(("local",), 0)
    second = poll.step(("local",), 1_000)
    assert str(first.error) == "The ledger cannot be read."
    assert second.error is None
    assert poll.schedule.remaining_ms(1_000) == 2_000
    versions.is_broken = False
    assert poll.step(("local",), 3_000).error is None
    assert poll.schedule.failures == 0


def test_that_hastening_makes_it_due_at_once() -> None:
    schedule = Schedule(LOGS, random.Random(1))
    schedule.succeeded(0)
    assert schedule.remaining_ms(0) > 0
    schedule.hasten()
    assert schedule.remaining_ms(0) == 0


@given(failures=st.integers(min_value=1, max_value=60), seed=st.integers())
def test_that_a_wait_never_grows_without_end(failures: int, seed: int) -> None:
    schedule = Schedule(LOGS, random.Random(seed))
    for _ in range(failures):
        schedule.failed(0)
    assert 0 < schedule.remaining_ms(0) <= LOGS.visible_ms * MAX_BACKOFF * 1.1 + 1
