"""Waiting: rests that servers ask for, the budget, and hosts that are left alone."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final

import pytest

from alwrity_desktop.core.asking.asker import Asker
from alwrity_desktop.core.asking.breaker import FAILURES_TO_OPEN
from alwrity_desktop.core.asking.budget import PER_ACCOUNT
from alwrity_desktop.core.domain.errors import (
    AskingError,
    RateLimitedError,
    ServerFaultError,
    UnreachableError,
)
from tests.core.asking.conftest import START_MS, AnyServer, SimulatedPauses
from tests.servers.wire import Answer


def test_that_a_wished_pause_of_a_failing_server_is_kept(
    asker: Asker, server: AnyServer, pauses: SimulatedPauses
) -> None:
    server.misbehave("retry_after", after="7", status=503)
    assert asker.ask("GET", "/x").status == 200
    assert pauses.slept == [7]


def test_that_a_wished_pause_beyond_the_deadline_ends_the_question(
    asker: Asker, server: AnyServer, pauses: SimulatedPauses
) -> None:
    server.misbehave("retry_after", after="3600", status=503)
    with pytest.raises(ServerFaultError):
        asker.ask("GET", "/x")
    assert pauses.slept == []
    with pytest.raises(RateLimitedError) as caught:
        asker.ask("GET", "/x")
    assert (caught.value.until_ms, caught.value.kind) == (START_MS + 900_000, "rate")
    assert len(server.asked()) == 1


IN_TWO_MINUTES: Final = format_datetime(
    datetime.fromtimestamp(START_MS / 1000 + 120, UTC), usegmt=True
)


@pytest.mark.parametrize(
    ("after", "rest_s"),
    [
        ("7", 7),
        (IN_TWO_MINUTES, 120),
        ("0", 1),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 1),
        ("9" * 5000, 900),
        ("-5", 60),
        ("soon", 60),
        ("", 60),
        ("²", 60),
    ],
)
def test_that_a_wished_rest_is_read_and_bounded(
    asker: Asker, server: AnyServer, after: str, rest_s: int
) -> None:
    answer = Answer(429, {"detail": "Too many requests", "retry_after": 60}, {"retry-after": after})
    server.scripted["/x"] = answer
    with pytest.raises(RateLimitedError) as caught:
        asker.ask("GET", "/x")
    assert (caught.value.until_ms, caught.value.kind) == (START_MS + rest_s * 1000, "rate")
    assert asker.next_ask_ms() == START_MS + rest_s * 1000


def test_that_a_limited_host_is_left_alone_and_then_asked_again(
    asker: Asker, server: AnyServer, pauses: SimulatedPauses
) -> None:
    server.misbehave("429_rate")
    with pytest.raises(RateLimitedError):
        asker.ask("GET", "/x")
    pauses.now_s += 30
    for _ in range(PER_ACCOUNT * 2):
        with pytest.raises(RateLimitedError) as caught:
            asker.ask("GET", "/x")
        assert caught.value.kind == "rate"
    assert len(server.asked()) == 1
    # What was not sent has cost nothing of the budget.
    pauses.now_s += 30
    assert [asker.ask("GET", "/x").status for _ in range(PER_ACCOUNT)] == [200] * PER_ACCOUNT


@pytest.mark.parametrize(
    "body",
    [
        {"error": "Usage limit exceeded", "message": "…", "usage_info": {}, "provider": "gemini"},
        {"error": "Usage limit exceeded"},
        {"error": "Blocked", "usage_info": {}},
        {"detail": "Monthly quota used up"},
        {"code": "USAGE_LIMIT_REACHED"},
    ],
)
def test_that_a_passed_limit_of_the_plan_is_no_rate(
    asker: Asker, server: AnyServer, body: object
) -> None:
    server.scripted["/x"] = Answer(429, body)
    with pytest.raises(RateLimitedError) as caught:
        asker.ask("GET", "/x")
    assert caught.value.kind == "limit"
    assert asker.ask("GET", "/other").status == 200


def test_that_the_budget_holds_and_says_when_to_ask_again(
    asker: Asker, server: AnyServer, pauses: SimulatedPauses
) -> None:
    for _ in range(PER_ACCOUNT):
        asker.ask("GET", "/x")
    with pytest.raises(RateLimitedError) as caught:
        asker.ask("GET", "/x")
    assert (caught.value.until_ms, caught.value.kind) == (START_MS + 60_000, "own")
    pauses.now_s += 50
    assert asker.ask("GET", "/x").status == 200
    assert pauses.slept == [10]
    assert len(server.asked()) == PER_ACCOUNT + 1


def test_that_a_first_sync_may_ask_sixty_times_at_once(asker: Asker, server: AnyServer) -> None:
    asker.allow_burst()
    for _ in range(60):
        asker.ask("GET", "/x")
    assert len(server.asked()) == 60


def test_that_a_host_that_fails_again_and_again_is_left_alone(
    asker: Asker, server: AnyServer, pauses: SimulatedPauses
) -> None:
    server.misbehave("reset", times=None)
    for _ in range(2):
        with pytest.raises(UnreachableError):
            asker.ask("GET", "/x")
    with pytest.raises(UnreachableError) as caught:
        asker.ask("GET", "/x")
    assert len(server.asked()) == FAILURES_TO_OPEN
    assert caught.value.next_try_ms is not None
    assert caught.value.next_try_ms > START_MS
    server.behave()
    asker.allow_trial()
    assert asker.ask("GET", "/x").status == 200
    assert asker.next_ask_ms() == START_MS + round((pauses.now_s - 100) * 1000)


def test_that_an_hour_of_outage_costs_few_requests(
    asker: Asker, server: AnyServer, pauses: SimulatedPauses
) -> None:
    server.misbehave("reset", times=None)
    for _ in range(120):
        with pytest.raises(AskingError):
            asker.ask("GET", "/x")
        pauses.now_s += 30
    assert len(server.asked()) <= 40
