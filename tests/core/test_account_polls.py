"""Polling of accounts: what is due when, what failures and sleep change, and never two at once."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.accounts import SyncResult
from alwrity_desktop.core.polling import (
    ACCOUNT_CADENCES,
    HINT_PAUSE_MS,
    SPREAD,
    AccountPoll,
    AccountPolls,
)
from alwrity_desktop.core.sources.servers.base import PARTS, STATUS, USAGE

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE


class Steady(random.Random):
    """Chance that leaves every wait as it is."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


def result(
    name: str = "work", *, is_ok: bool = True, retry_after_ms: int | None = None
) -> SyncResult:
    error = None if is_ok else "It does not answer."
    return SyncResult(
        name,
        is_ok,
        0,
        0,
        error,
        0.1,
        state="ok" if is_ok else "offline",
        retry_after_ms=retry_after_ms,
    )


class Servers:
    """Servers that remember what they were asked, and can be away."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, frozenset[str], bool]] = []
        self.away: set[str] = set()
        self.retry_after_ms: int | None = None

    def sync_each(
        self, parts: Mapping[str, frozenset[str]], hastened: Collection[str]
    ) -> Sequence[SyncResult]:
        found = []
        for name, wanted in parts.items():
            self.asked.append((name, wanted, name in hastened))
            is_ok = name not in self.away
            found.append(result(name, is_ok=is_ok, retry_after_ms=self.retry_after_ms))
        return found

    def taken(self) -> list[tuple[str, frozenset[str], bool]]:
        asked, self.asked = self.asked, []
        return asked


@pytest.fixture
def servers() -> Servers:
    return Servers()


@pytest.fixture
def polls(servers: Servers) -> AccountPolls:
    made = AccountPolls(servers.sync_each, lambda: AccountPoll(Steady()))
    made.watch(("work",), is_hidden=False)
    return made


def walk(polls: AccountPolls, start_ms: int, end_ms: int) -> None:
    """Step whenever something is due, and let the time between pass."""
    now_ms = start_ms
    while now_ms < end_ms:
        polls.step(now_ms, now_ms)
        now_ms += max(1, polls.remaining_ms(now_ms))


def test_that_everything_is_asked_first_and_then_each_part_at_its_pace(
    polls: AccountPolls, servers: Servers
) -> None:
    walk(polls, 0, HOUR)
    assert servers.asked[0][1] == frozenset(PARTS)
    times = {part: sum(part in wanted for _, wanted, _ in servers.asked) for part in PARTS}
    assert times == {"status": 120, "usage": 12, "trends": 4, "plans": 1}


def test_that_nobody_looking_is_asked_for_every_five_minutes(
    polls: AccountPolls, servers: Servers
) -> None:
    polls.watch(("work",), is_hidden=True)
    walk(polls, 0, HOUR)
    assert len(servers.asked) == 12


def test_that_a_window_that_is_shown_again_is_not_kept_waiting(polls: AccountPolls) -> None:
    polls.watch(("work",), is_hidden=True)
    polls.step(0, 0)
    polls.watch(("work",), is_hidden=False)
    assert polls.remaining_ms(40 * SECOND) == 0


def test_that_a_server_that_is_away_is_asked_ever_more_rarely_and_then_everything(
    polls: AccountPolls, servers: Servers
) -> None:
    servers.away = {"work"}
    walk(polls, 0, HOUR)
    assert 12 <= len(servers.taken()) <= 18
    servers.away = set()
    walk(polls, HOUR, HOUR + 6 * MINUTE)
    assert servers.asked[0][1] == frozenset(PARTS)


def test_that_a_server_that_asks_for_rest_has_it(polls: AccountPolls, servers: Servers) -> None:
    servers.away, servers.retry_after_ms = {"work"}, 10 * MINUTE
    polls.step(0, 0)
    assert polls.remaining_ms(0) == 10 * MINUTE


def test_that_the_person_is_answered_at_once_and_named_as_the_one_who_asked(
    polls: AccountPolls, servers: Servers
) -> None:
    servers.away = {"work"}
    walk(polls, 0, 10 * MINUTE)
    servers.taken()
    polls.hasten("work")
    polls.step(10 * MINUTE, 10 * MINUTE)
    assert servers.taken() == [("work", frozenset(PARTS), True)]
    polls.step(16 * MINUTE, 16 * MINUTE)
    assert [by_person for _, _, by_person in servers.taken()] == [False]


def test_that_a_machine_that_slept_asks_once(polls: AccountPolls, servers: Servers) -> None:
    polls.step(0, 0)
    servers.taken()
    # The waits' clock stood still for eight hours.
    polls.step(1 * SECOND, 8 * HOUR)
    polls.step(2 * SECOND, 8 * HOUR + SECOND)
    assert servers.taken() == [("work", frozenset(PARTS), False)]


def test_that_a_clock_that_is_set_back_changes_nothing(
    polls: AccountPolls, servers: Servers
) -> None:
    polls.step(0, 8 * HOUR)
    servers.taken()
    polls.step(1 * SECOND, 0)
    assert servers.taken() == []


def test_that_messages_lead_to_one_fetch_a_second_of_what_changed(
    polls: AccountPolls, servers: Servers
) -> None:
    polls.step(0, 0)
    servers.taken()
    for now_ms in range(100, 3_100, 100):
        polls.hint("work", (USAGE,), now_ms)
        polls.step(now_ms, now_ms)
    fetched = servers.taken()
    assert {wanted for _, wanted, _ in fetched} == {frozenset({USAGE})}
    assert len(fetched) == 3_000 // HINT_PAUSE_MS


def test_that_messages_of_a_server_that_fails_wait_with_the_rest(
    polls: AccountPolls, servers: Servers
) -> None:
    servers.away = {"work"}
    polls.step(0, 0)
    servers.taken()
    polls.hint("work", (STATUS,), SECOND)
    polls.step(2 * SECOND, 2 * SECOND)
    assert servers.taken() == []


def test_that_accounts_do_not_wait_for_one_another(servers: Servers) -> None:
    polls = AccountPolls(servers.sync_each, lambda: AccountPoll(Steady()))
    polls.watch(("work", "home"), is_hidden=False)
    servers.away = {"work"}
    walk(polls, 0, HOUR)
    names = [name for name, _, _ in servers.asked]
    assert names.count("home") == 120
    assert names.count("work") < 20


def test_that_an_account_that_is_gone_is_asked_no_more(
    polls: AccountPolls, servers: Servers
) -> None:
    polls.watch((), is_hidden=False)
    walk(polls, 0, HOUR)
    assert servers.asked == []
    assert polls.remaining_ms_of("work", 0) is None


@given(st.integers(0, 2**32))
def test_that_no_part_is_asked_in_step_nor_far_from_its_pace(seed: int) -> None:
    poll = AccountPoll(random.Random(seed))
    poll.done(PARTS, result(), 0)
    waits = {
        part: next(
            now
            for now in range(0, 2 * cadence.visible_ms, cadence.visible_ms // 200)
            if part in poll.due(now)
        )
        for part, cadence in ACCOUNT_CADENCES.items()
    }
    for part, cadence in ACCOUNT_CADENCES.items():
        assert abs(waits[part] - cadence.visible_ms) <= cadence.visible_ms * (SPREAD + 0.01)
