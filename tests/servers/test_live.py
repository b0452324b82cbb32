"""Live updates: handshakes that want a token, messages, gaps, silence, and sockets that flap."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.servers import people
from tests.servers.alwrity import AlwrityServer
from tests.servers.documented import DocumentedServer
from tests.servers.recording_files import ALICE
from tests.servers.server_clock import ServerClock

USER: Final = "alice"


@pytest.fixture
def server(server_clock: ServerClock) -> Iterator[DocumentedServer]:
    with DocumentedServer([people.writer(USER, server_clock)], clock=server_clock) as running:
        yield running


def listen(server: AlwrityServer, user: str = USER, token: str | None = None) -> ClientConnection:
    address = server.url.replace("http", "ws", 1) + f"/ws/billing/{user}"
    bearer = {"Authorization": f"Bearer {token or server.token(user)}"}
    return connect(address, additional_headers=bearer, proxy=None, close_timeout=1)


def test_that_todays_server_has_no_socket(server_clock: ServerClock) -> None:
    with AlwrityServer(clock=server_clock) as server:
        with pytest.raises(InvalidStatus) as refused:
            listen(server, ALICE)
        assert server.live.opened == 0
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    ("user", "token", "status"), [(USER, "canary-wrong", 401), ("somebody-else", None, 403)]
)
def test_that_the_handshake_wants_the_users_own_token(
    server: DocumentedServer, user: str, token: str | None, status: int
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        listen(server, user, token or server.token(USER))
    assert refused.value.response.status_code == status


def test_that_messages_come_numbered_with_their_gaps(server: DocumentedServer) -> None:
    with listen(server) as opened:
        assert server.live.wait_for_sockets(1)
        server.live.say("usage", server.usage(USER))
        server.live.skip(2)
        server.live.say("alert", {"id": 1})
        server.live.say_again("alert", {"id": 1})
        server.live.resync()
        told = [json.loads(opened.recv(timeout=5)) for _ in range(4)]
    assert [each["seq"] for each in told] == [1, 4, 4, 5]
    assert [each["type"] for each in told] == ["usage", "alert", "alert", "resync"]
    assert told[0]["data"]["usage_status"] == "active"


def test_that_anything_can_be_said(server: DocumentedServer) -> None:
    with listen(server) as opened:
        assert server.live.wait_for_sockets(1)
        server.live.say_raw("{not json")
        server.live.say_raw(b"\x00\xff")
        server.live.say_usage(server.usage(USER))
        told = [opened.recv(timeout=5) for _ in range(3)]
    assert told[:2] == ["{not json", b"\x00\xff"]
    assert json.loads(told[2])["billing_period"]


@pytest.mark.parametrize("code", [1001, None])
def test_that_a_flapping_socket_opens_and_closes_as_often_as_it_was_told(
    server: DocumentedServer, code: int | None
) -> None:
    server.live.flap(2, code=code)
    for _ in range(2):
        with listen(server) as opened, pytest.raises(ConnectionClosed):
            opened.recv(timeout=5)
    with listen(server):
        assert server.live.wait_for_sockets(1)
        assert server.live.opened == 3


@pytest.mark.parametrize("code", [1008, 4401, None])
def test_that_open_sockets_can_be_dropped(server: DocumentedServer, code: int | None) -> None:
    with listen(server) as opened:
        assert server.live.wait_for_sockets(1)
        server.live.drop(code)
        with pytest.raises(ConnectionClosed) as closed:
            opened.recv(timeout=5)
        assert (closed.value.rcvd.code if closed.value.rcvd else None) == code
    assert server.live.wait_for_sockets(0)


def test_that_pings_are_answered_unless_the_server_is_silent(server: DocumentedServer) -> None:
    with listen(server) as opened:
        assert opened.ping().wait(5)
        server.live.is_silent = True
        assert not opened.ping().wait(0.1)
        server.live.drop()


def test_that_a_socket_that_is_left_open_ends_with_the_server(
    server: DocumentedServer,
) -> None:
    with listen(server) as opened:
        assert server.live.wait_for_sockets(1)
        server.stop()
        with pytest.raises(ConnectionClosed):
            opened.recv(timeout=5)
    assert server.live.sockets == 0
