"""Live updates: one connection at most, silence where there is none, the token in a header."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from alwrity_desktop.core.asking.live import LiveState, LiveTiming, LiveUpdates
from alwrity_desktop.core.asking.live_messages import LiveMessage
from alwrity_desktop.core.asking.network import Network
from alwrity_desktop.core.asking.tokens import FixedToken
from alwrity_desktop.core.clock import Clock
from tests.core.asking.conftest import TOKEN, AnyServer, SimulatedPauses, until
from tests.servers.wire import Answer

PATH = "/ws/billing/alice"
#: Real pauses, as short as they can be.
QUICK = LiveTiming(first_pause_s=0.01, longest_pause_s=0.05, close_s=0.2)


class Heard:
    """What was handed on, in the order in which it came."""

    def __init__(self) -> None:
        self.messages: list[LiveMessage] = []
        self.threads: set[str] = set()

    def __call__(self, message: LiveMessage) -> None:
        self.threads.add(threading.current_thread().name)
        self.messages.append(message)

    @property
    def types(self) -> list[str]:
        return [message.type for message in self.messages]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def real() -> Iterator[Network]:
    network = Network(Clock())
    yield network
    network.close()


def listen(
    server: AnyServer, network: Network, heard: Heard, timing: LiveTiming = QUICK
) -> LiveUpdates:
    live = LiveUpdates(server.url, PATH, FixedToken(TOKEN), heard, network=network, timing=timing)
    live.start()
    return live


def test_that_messages_come_typed_and_the_token_travels_in_a_header(
    server: AnyServer, real: Network, heard: Heard
) -> None:
    server.live.offer()
    live = listen(server, real, heard)
    assert server.live.wait_for_sockets(1)
    assert until(lambda: live.state is LiveState.CONNECTED)
    server.live.say("usage", {"total_calls": 3})
    server.live.skip()
    server.live.say("alert", {})
    server.live.say_raw("garbage")
    server.live.say_usage({"total_calls": 4})
    assert until(lambda: len(heard.messages) == 4)
    assert heard.types == ["usage", "resync", "resync", "usage"]
    [handshake] = server.live.handshakes
    assert (handshake.path, handshake.query, handshake.token) == (PATH, {}, TOKEN)
    assert "BillingDesk" in handshake.headers["user-agent"]
    live.close()
    assert server.live.wait_for_sockets(0)
    assert until(lambda: live.state is LiveState.STOPPED)


def test_that_a_second_start_opens_no_second_socket(
    server: AnyServer, real: Network, heard: Heard
) -> None:
    server.live.offer()
    live = listen(server, real, heard)
    live.start()
    assert server.live.wait_for_sockets(1)
    live.start()
    assert server.live.opened == 1


def test_that_a_server_without_live_updates_is_asked_again_after_hours(
    server: AnyServer, network: Network, pauses: SimulatedPauses, heard: Heard
) -> None:
    live = listen(server, network, heard, LiveTiming())
    assert until(lambda: len(pauses.slept) >= 4)
    live.close()
    assert min(pauses.slept[:4]) >= 4 * 3600
    assert max(pauses.slept[:4]) <= 6 * 3600
    assert heard.messages == []


@pytest.mark.parametrize("status", [404, 405, 200, 307])
def test_that_other_refusals_mean_the_same(
    server: AnyServer, real: Network, heard: Heard, status: int
) -> None:
    with AnyServer() as other:
        other.live.offer()
        server.live.refusal = Answer(status, b"", {"location": other.url + PATH})
        live = listen(server, real, heard)
        assert until(lambda: live.next_try_ms is not None)
        assert live.state is LiveState.ABSENT
        assert other.requests == []


def test_that_a_refused_token_is_not_tried_again_and_again(
    server: AnyServer, network: Network, pauses: SimulatedPauses, heard: Heard
) -> None:
    server.live.refuse(401)
    live = listen(server, network, heard, LiveTiming())
    assert until(lambda: len(pauses.slept) >= 2)
    live.close()
    assert min(pauses.slept[:2]) >= 600


def test_that_pauses_of_a_flapping_server_grow(
    server: AnyServer, network: Network, pauses: SimulatedPauses, heard: Heard
) -> None:
    server.live.offer()
    server.live.flap(10)
    live = listen(server, network, heard, LiveTiming(close_s=0.2))
    assert server.live.wait_for_opened(10)
    live.close()
    assert server.live.wait_for_sockets(0)
    bounds = [min(3.0 * 2**turn, 300) for turn in range(9)]
    for slept_s, bound_s in zip(pauses.slept, bounds, strict=False):
        assert bound_s * 0.66 <= slept_s <= bound_s


@pytest.mark.parametrize("code", [None, 1001, 1011, 4401])
def test_that_after_a_drop_one_socket_comes_back_and_asks_for_a_fetch(
    server: AnyServer, real: Network, heard: Heard, code: int | None
) -> None:
    server.live.offer()
    live = listen(server, real, heard)
    for turn in range(1, 6):
        assert server.live.wait_for_opened(turn)
        assert server.live.wait_for_sockets(1)
        server.live.drop(code)
    assert until(lambda: heard.types.count("resync") >= 5)
    assert server.live.wait_for_sockets(1)
    assert live.state is LiveState.CONNECTED


def test_that_a_server_that_gives_no_sign_of_life_is_left(
    server: AnyServer, real: Network, heard: Heard
) -> None:
    server.live.offer()
    server.live.is_silent = True
    listen(server, real, heard, replace(QUICK, silence_s=0.1))
    assert server.live.wait_for_opened(2)


def test_that_a_message_too_large_ends_the_connection_and_not_the_listening(
    server: AnyServer, real: Network, heard: Heard
) -> None:
    server.live.offer()
    listen(server, real, heard)
    assert server.live.wait_for_sockets(1)
    server.live.say_raw("x" * 2_000_000)
    assert server.live.wait_for_opened(2)


def test_that_a_flood_is_heard_in_order(server: AnyServer, real: Network, heard: Heard) -> None:
    server.live.offer()
    listen(server, real, heard)
    assert server.live.wait_for_sockets(1)
    for _ in range(2000):
        server.live.say("usage", {})
    assert until(lambda: len(heard.messages) == 2000)
    assert set(heard.types) == {"usage"}
    assert heard.threads == {"asking"}


def test_that_handshakes_count_in_the_hosts_budget(
    server: AnyServer, network: Network, pauses: SimulatedPauses, heard: Heard
) -> None:
    server.live.refuse(500)
    live = listen(server, network, heard, LiveTiming(first_pause_s=0.1, longest_pause_s=0.1))
    assert until(lambda: len(server.asked()) >= 50)
    live.close()
    assert pauses.now_s - 100 >= 60 * 2
