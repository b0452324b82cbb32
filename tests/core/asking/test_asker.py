"""Asking: what comes back, what is asked again, and every way in which a server can be wrong."""

from __future__ import annotations

import re
import threading
from decimal import Decimal
from typing import Final

import pytest

from alwrity_desktop.core.asking.asker import ATTEMPTS, Asker
from alwrity_desktop.core.asking.network import USER_AGENT, Network
from alwrity_desktop.core.asking.tokens import FixedToken
from alwrity_desktop.core.domain.errors import (
    AskingError,
    AskingStoppedError,
    AuthRefusedError,
    BrokenAnswerError,
    RateLimitedError,
    RequestRefusedError,
    ServerFaultError,
    UnreachableError,
)
from tests.core.asking.conftest import (
    START_MS,
    TOKEN,
    AnyServer,
    SimulatedClock,
    SimulatedPauses,
    until,
)
from tests.servers.wire import Answer

#: What a server's metering looks for in an address and in a User-Agent, and bills.
METERED: Final = (
    r"gemini|google.*ai|openai|gpt|claude|anthropic|mistral|tavily|serper|metaphor|/exa|exa"
    r"|firecrawl|stability|alwrity"
)


def test_that_an_answer_is_exact_and_dated(asker: Asker, server: AnyServer) -> None:
    answer = asker.ask("GET", "/api/usage", {"months": 24})
    assert answer.body == {
        "success": True,
        "data": {"total_cost": Decimal("1.1"), "total_calls": 3},
    }
    assert (answer.status, answer.at_ms) == (200, START_MS)
    assert answer.duration_ms >= 0
    [request] = server.asked()
    assert (request.path, request.query) == ("/api/usage", {"months": "24"})


def test_that_a_request_says_who_asks_and_nothing_that_is_billed(
    asker: Asker, server: AnyServer
) -> None:
    asker.ask("GET", "/x")
    headers = server.asked()[0].headers
    assert headers["user-agent"] == USER_AGENT
    assert not re.search(METERED, USER_AGENT, re.IGNORECASE)
    assert headers["authorization"] == f"Bearer {TOKEN}"
    assert (headers["content-type"], headers["accept-encoding"]) == ("application/json", "identity")


def test_that_a_body_goes_with_its_question(asker: Asker, server: AnyServer) -> None:
    asker.ask("POST", "/preflight-check", body={"operations": [{"provider": "exa"}]})
    assert server.asked()[0].body == b'{"operations": [{"provider": "exa"}]}'


def test_that_connections_are_used_again(asker: Asker, server: AnyServer) -> None:
    for _ in range(5):
        asker.ask("GET", "/x")
    assert server.connections == 1


@pytest.mark.parametrize(
    ("mishap", "error"),
    [
        ("html", BrokenAnswerError),
        ("html_as_json", BrokenAnswerError),
        ("empty", BrokenAnswerError),
        ("204", BrokenAnswerError),
        ("not_json", BrokenAnswerError),
        ("scalar", BrokenAnswerError),
        ("null", BrokenAnswerError),
        ("deep_json", BrokenAnswerError),
        ("huge", BrokenAnswerError),
        ("gzip_bomb", BrokenAnswerError),
        ("redirect_loop", BrokenAnswerError),
        ("redirect_elsewhere", BrokenAnswerError),
        ("cut", BrokenAnswerError),
        ("wrong_length", BrokenAnswerError),
        ("broken_chunk", BrokenAnswerError),
        ("huge_header", UnreachableError),
        ("cut_head", UnreachableError),
        ("reset", UnreachableError),
        ("500", ServerFaultError),
        ("502", ServerFaultError),
        ("503", ServerFaultError),
        ("504", ServerFaultError),
        ("401", AuthRefusedError),
        ("403", AuthRefusedError),
        ("404", RequestRefusedError),
        ("429_rate", RateLimitedError),
        ("429_metering", RateLimitedError),
        ("429_checkout", RateLimitedError),
    ],
)
def test_that_every_mishap_is_an_error_with_a_sentence(
    asker: Asker, server: AnyServer, mishap: str, error: type[AskingError]
) -> None:
    server.misbehave(mishap, times=None)
    with pytest.raises(error) as caught:
        asker.ask("GET", "/x", {"email": "canary@example.com"})
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "canary" not in sentence
    assert server.url.removeprefix("http://") in sentence
    server.behave()
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


@pytest.mark.parametrize(
    "mishap", ["bom", "extra", "nulls", "surrogates", "bad_utf8", "nan", "list"]
)
def test_that_a_lie_inside_a_sound_body_is_left_to_the_reader(
    asker: Asker, server: AnyServer, mishap: str
) -> None:
    server.misbehave(mishap)
    assert isinstance(asker.ask("GET", "/x").body, dict | list)


@pytest.mark.parametrize(
    ("mishap", "asked"),
    [
        ("502", ATTEMPTS),
        ("503", ATTEMPTS),
        ("504", ATTEMPTS),
        ("reset", ATTEMPTS),
        ("cut", ATTEMPTS),
        ("500", 1),
        ("404", 1),
        ("401", 1),
        ("429_rate", 1),
        ("429_metering", 1),
        ("html", 1),
        ("redirect_elsewhere", 1),
        ("redirect_loop", 4),
    ],
)
def test_that_only_what_is_worth_it_is_asked_again(
    asker: Asker, server: AnyServer, mishap: str, asked: int
) -> None:
    server.misbehave(mishap, times=None)
    with pytest.raises(AskingError):
        asker.ask("GET", "/x")
    assert len(server.asked()) == asker.requests == asked


def test_that_pauses_grow_and_a_passing_fault_is_got_over(
    asker: Asker, server: AnyServer, pauses: SimulatedPauses
) -> None:
    server.misbehave("503", times=2)
    assert asker.ask("GET", "/x").status == 200
    first_s, second_s = pauses.slept
    assert 0.5 <= first_s <= 1.0 <= second_s <= 1.5


@pytest.mark.parametrize(("is_idempotent", "asked"), [(None, 1), (True, 2)])
def test_that_what_does_something_is_asked_once_unless_twice_is_the_same(
    asker: Asker, server: AnyServer, is_idempotent: bool | None, asked: int
) -> None:
    server.misbehave("503", times=1)
    try:
        asker.ask("POST", "/alerts/7/mark-read", is_idempotent=is_idempotent)
    except ServerFaultError:
        assert is_idempotent is None
    assert len(server.asked()) == asked


def test_that_an_empty_answer_to_something_done_is_an_answer(
    asker: Asker, server: AnyServer
) -> None:
    server.misbehave("204")
    assert asker.ask("POST", "/alerts/7/mark-read").body is None


def test_that_a_slow_answer_ends_at_the_deadline(asker: Asker, server: AnyServer) -> None:
    server.misbehave("drip", times=None, pause_s=0.05)
    with pytest.raises(UnreachableError, match="in time"):
        asker.ask("GET", "/x", deadline_s=0.4)


def test_that_nobody_listening_is_unreachable(network: Network) -> None:
    asker = Asker("http://127.0.0.1:9", FixedToken(TOKEN), network=network)
    with pytest.raises(UnreachableError, match="cannot be reached"):
        asker.ask("GET", "/x")


def test_that_redirects_within_the_server_are_followed(asker: Asker, server: AnyServer) -> None:
    server.scripted["/x/"] = Answer(307, b"", {"location": "/x"})
    assert asker.ask("GET", "/x/").status == 200
    assert [request.token for request in server.asked()] == [TOKEN, TOKEN]


@pytest.mark.parametrize("status", [301, 302, 303])
def test_that_what_does_something_is_not_turned_into_a_question(
    asker: Asker, server: AnyServer, status: int
) -> None:
    server.scripted["/x"] = Answer(status, b"", {"location": "/y"})
    with pytest.raises(BrokenAnswerError):
        asker.ask("POST", "/x")
    assert len(server.asked()) == 1


def test_that_no_token_reaches_another_server(
    asker: Asker, server: AnyServer, network: Network
) -> None:
    with AnyServer() as other:
        server.misbehave("redirect_elsewhere", location=f"{other.url}/x")
        with pytest.raises(BrokenAnswerError, match="elsewhere"):
            asker.ask("GET", "/x")
        assert other.requests == []
    assert network.hosts.of(other.url).breaker.wait_s() == 0


def test_that_a_packed_body_is_not_even_read(asker: Asker, server: AnyServer) -> None:
    server.misbehave("gzip_bomb")
    with pytest.raises(BrokenAnswerError, match="packed"):
        asker.ask("GET", "/x")


def test_that_sessions_are_not_kept(asker: Asker, server: AnyServer) -> None:
    server.scripted["/x"] = Answer(200, {}, {"set-cookie": "session=canary; Path=/"})
    for _ in range(2):
        asker.ask("GET", "/x")
    assert all("cookie" not in request.headers for request in server.asked())


def test_that_a_proxy_is_never_between_this_computer_and_itself(
    server: AnyServer, pauses: SimulatedPauses, monkeypatch: pytest.MonkeyPatch
) -> None:
    with AnyServer() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        network = Network(SimulatedClock(pauses=pauses), pauses=pauses)
        try:
            asker = Asker(server.url, FixedToken(TOKEN), network=network)
            assert asker.ask("GET", "/x").status == 200
        finally:
            network.close()
        assert proxy.requests == []


def test_that_closing_calls_off_what_is_under_way(
    asker: Asker, server: AnyServer, network: Network
) -> None:
    server.misbehave("silent", times=None)
    ends: list[Exception] = []

    def ask() -> None:
        try:
            asker.ask("GET", "/x", deadline_s=600)
        except AskingStoppedError as error:
            ends.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert until(lambda: len(server.asked()) == len(threads))
    network.close()
    for thread in threads:
        thread.join()
    assert len(ends) == len(threads)
    with pytest.raises(AskingStoppedError):
        asker.ask("GET", "/x")
