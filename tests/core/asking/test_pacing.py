"""Budget, breaker and rests: how often a host is asked, and when it is left alone."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.asking.breaker import FAILURES_TO_OPEN, LONGEST_REST_S, Breaker
from alwrity_desktop.core.asking.budget import (
    PER_ACCOUNT,
    PER_BURST,
    PER_HOST,
    WINDOW_S,
    RequestBudget,
)
from alwrity_desktop.core.asking.hosts import LONGEST_REST_S as LONGEST_HOST_REST_S
from alwrity_desktop.core.asking.hosts import Hosts
from tests.core.asking.conftest import SimulatedPauses


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.floats(0, 30)), max_size=300))
def test_that_no_minute_holds_more_than_its_share(asks: list[tuple[str, float]]) -> None:
    pauses = SimulatedPauses()
    budget = RequestBudget(pauses.elapsed_s)
    sent: list[tuple[float, str]] = []
    for account, step_s in asks:
        pauses.now_s += step_s / 10
        if not budget.take(account):
            sent.append((pauses.now_s, account))
    for end_s, _ in sent:
        minute = [name for at_s, name in sent if end_s - WINDOW_S < at_s <= end_s]
        assert len(minute) <= PER_HOST
        assert all(minute.count(name) <= PER_ACCOUNT for name in set(minute))


def test_that_the_budget_says_when_the_next_may_go() -> None:
    pauses = SimulatedPauses()
    budget = RequestBudget(pauses.elapsed_s)
    for _ in range(PER_ACCOUNT):
        assert budget.take("work") == 0
        pauses.now_s += 1
    wait_s = budget.take("work")
    assert wait_s == pytest.approx(WINDOW_S - PER_ACCOUNT)
    assert budget.take("home") == 0
    pauses.now_s += wait_s
    assert budget.take("work") == 0


def test_that_a_first_sync_may_ask_more_for_a_minute() -> None:
    pauses = SimulatedPauses()
    budget = RequestBudget(pauses.elapsed_s)
    budget.allow_burst("work")
    assert [budget.take("work") for _ in range(PER_BURST)] == [0] * PER_BURST
    assert budget.take("work") > 0
    assert budget.take("home") == 0
    pauses.now_s += WINDOW_S
    assert sum(budget.take("work") == 0 for _ in range(PER_BURST)) == PER_ACCOUNT


def test_that_bursts_of_many_accounts_stay_within_the_host() -> None:
    budget = RequestBudget(SimulatedPauses().elapsed_s)
    for name in "abcdef":
        budget.allow_burst(name)
    assert sum(budget.take(name) == 0 for name in "abcdef" for _ in range(PER_BURST)) == PER_HOST


def test_that_threads_share_one_budget() -> None:
    budget = RequestBudget(SimulatedPauses().elapsed_s)
    taken: list[float] = []
    threads = [
        threading.Thread(target=lambda: taken.extend(budget.take("a") for _ in range(10)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken.count(0) == PER_ACCOUNT


def opened(pauses: SimulatedPauses) -> Breaker:
    breaker = Breaker(pauses.elapsed_s, chance=lambda: 0.5)
    for _ in range(FAILURES_TO_OPEN):
        assert breaker.enter() == 0
        breaker.fail()
    return breaker


def test_that_a_host_that_fails_is_left_alone_for_longer_each_time() -> None:
    pauses = SimulatedPauses()
    breaker = opened(pauses)
    rests = []
    for _ in range(9):
        rests.append(breaker.wait_s())
        pauses.now_s += rests[-1]
        assert breaker.enter() == 0
        breaker.fail()
    assert rests == [5, 10, 20, 40, 80, 160, LONGEST_REST_S, LONGEST_REST_S, LONGEST_REST_S]


def test_that_one_trial_goes_at_a_time_and_a_good_one_closes() -> None:
    pauses = SimulatedPauses()
    breaker = opened(pauses)
    assert breaker.enter() > 0
    pauses.now_s += 5
    assert breaker.enter() == 0
    assert breaker.enter() > 0
    breaker.succeed()
    assert (breaker.enter(), breaker.wait_s()) == (0, 0)


def test_that_a_trial_that_was_called_off_leaves_room_for_another() -> None:
    pauses = SimulatedPauses()
    breaker = opened(pauses)
    pauses.now_s += 5
    assert breaker.enter() == 0
    breaker.abandon()
    assert breaker.enter() == 0


def test_that_a_success_in_between_keeps_the_breaker_closed() -> None:
    breaker = Breaker(SimulatedPauses().elapsed_s)
    for _ in range(FAILURES_TO_OPEN * 3):
        breaker.fail()
        breaker.succeed()
    assert breaker.wait_s() == 0


def test_that_the_person_may_try_at_once() -> None:
    breaker = opened(SimulatedPauses())
    breaker.allow_trial()
    assert breaker.enter() == 0


@given(st.floats(0, 1))
def test_that_chance_never_makes_a_rest_too_long(chance: float) -> None:
    pauses = SimulatedPauses()
    breaker = Breaker(pauses.elapsed_s, chance=lambda: chance)
    for _ in range(20):
        breaker.enter()
        breaker.fail()
        assert breaker.wait_s() <= LONGEST_REST_S + 1e-6
        pauses.now_s += breaker.wait_s()


def test_that_a_host_rests_as_long_as_it_asks_within_bounds() -> None:
    pauses = SimulatedPauses()
    host = Hosts(pauses).of("https://a:443")
    host.rest(30)
    host.rest(10)
    assert host.wait_s("work") == 30
    host.rest(1e9)
    assert host.rest_s() == LONGEST_HOST_REST_S


def test_that_accounts_of_one_origin_share_a_host() -> None:
    hosts = Hosts(SimulatedPauses())
    assert hosts.of("https://a:443") is hosts.of("https://a:443")
    assert hosts.of("https://a:443") is not hosts.of("https://b:443")
