"""A gateway that is killed under load: no call that arrived whole is lost, none is doubled."""

from __future__ import annotations

import asyncio
import random
import sys
import threading
from collections import Counter
from collections.abc import Callable

import pytest

from tests.core.gateway.harness import booked_calls, open_profile
from tests.core.gateway.program import CONNECTIONS, Load, Program, counted
from tests.servers.upstreams.wire import Upstream

ROUNDS = 3
MANY_ROUNDS = 100

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Signals as POSIX has them")


def killed_rounds(rounds: int, upstream: Upstream) -> tuple[set[str], int]:
    """Kill the gateway so many times under load; return what clients have whole, and sent."""
    chance = random.Random(4)
    whole: set[str] = set()
    sent = 0
    for number in range(rounds):
        with Program("--upstream", f"openai={upstream.url}") as program:
            load = Load(program.port)
            calls = chance.randrange(1, 400)
            killer = threading.Thread(
                target=_kill_after, args=(program, lambda load=load: len(load.acknowledged), calls)
            )
            killer.start()
            asyncio.run(load.run(is_stream=bool(number % 2)))
            killer.join()
            whole |= load.acknowledged
            sent += load.sent
    with Program("--upstream", f"openai={upstream.url}") as program:
        assert program.stop()[0] == 0
    return whole, sent


def _kill_after(program: Program, done: Callable[[], int], calls: int) -> None:
    pause = threading.Event()
    while done() < calls and program.process.poll() is None:
        pause.wait(0.002)
    program.kill()


def judge(rounds: int) -> str:
    with Upstream(counted) as upstream:
        whole, sent = killed_rounds(rounds, upstream)
        served = len(upstream.heard)
    context = open_profile()
    rows = booked_calls(context)
    context.close()
    booked = Counter(row.conversation for row in rows)
    lost = whole - set(booked)
    doubled = [key for key, count in booked.items() if count > 1]
    estimated = sum(row.is_estimated for row in rows)
    assert not lost
    assert not doubled
    assert len(whole) <= len(rows) <= sent
    assert estimated <= rounds * CONNECTIONS
    report = (
        f"{rounds} kills: {len(whole)} whole, {sent} sent, {served} served, {len(rows)} booked"
        f" ({estimated} of them under way), {len(lost)} lost, {len(doubled)} doubled"
    )
    print(report)  # noqa: T201 - the counts are what the test is asked for
    return report


def test_that_no_whole_call_is_lost_and_none_is_doubled(
    record_property: Callable[[str, object], None],
) -> None:
    record_property("kills", judge(ROUNDS))


@pytest.mark.long
def test_that_a_hundred_kills_lose_nothing(record_property: Callable[[str, object], None]) -> None:
    record_property("kills", judge(MANY_ROUNDS))
