"""Servers that go wrong: each mishap does what its name says, as often as it was asked to."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import httpx
import pytest

from tests.servers.alwrity import AlwrityServer
from tests.servers.conftest import Connect
from tests.servers.mishaps import MISHAPS
from tests.servers.recording_files import ALICE
from tests.servers.server_clock import ServerClock

PATH: Final = f"/api/subscription/usage/{ALICE}"
#: Which of these end a request with an error of the network, and with which status the others.
BROKEN: Final = ("cut", "cut_head", "reset", "wrong_length", "broken_chunk")
STATUSES: Final = {
    "401": 401,
    "403": 403,
    "404": 404,
    "500": 500,
    "502": 502,
    "503": 503,
    "504": 504,
    "429_rate": 429,
    "429_metering": 429,
    "429_checkout": 429,
    "retry_after": 429,
    "204": 204,
    "redirect_loop": 307,
    "redirect_elsewhere": 307,
}
#: JSON of another kind than was expected, or of values that JSON has not.
NOT_JSON: Final = ("html", "html_as_json", "empty", "not_json", "bad_utf8", "deep_json", "huge_int")


@pytest.fixture
def server(server_clock: ServerClock) -> Iterator[AlwrityServer]:
    with AlwrityServer(clock=server_clock) as running:
        yield running


@pytest.fixture
def client(server: AlwrityServer, connect: Connect) -> httpx.Client:
    return connect(server.url, server.token(ALICE))


@pytest.mark.parametrize("kind", BROKEN)
def test_that_a_broken_answer_breaks_and_the_next_does_not(
    server: AlwrityServer, client: httpx.Client, kind: str
) -> None:
    server.misbehave(kind)
    with pytest.raises(httpx.TransportError):
        client.get(PATH)
    assert client.get(PATH).status_code == 200


@pytest.mark.parametrize(("kind", "status"), STATUSES.items())
def test_that_a_status_comes_once(
    server: AlwrityServer, client: httpx.Client, kind: str, status: int
) -> None:
    server.misbehave(kind)
    assert client.get(PATH).status_code == status
    assert client.get(PATH).status_code == 200


@pytest.mark.parametrize("kind", NOT_JSON)
def test_that_what_is_no_json_cannot_be_read(
    server: AlwrityServer, client: httpx.Client, kind: str
) -> None:
    server.misbehave(kind)
    answer = client.get(PATH)
    assert answer.status_code == 200
    with pytest.raises((ValueError, RecursionError)):
        answer.json()


@pytest.mark.parametrize(
    ("kind", "is_so"),
    [
        ("wrong_types", lambda data: isinstance(data["total_calls"], dict)),
        ("nulls", lambda data: data["total_calls"] is None),
        ("numbers_as_text", lambda data: data["total_calls"] == "268"),
        ("negative", lambda data: data["total_calls"] == -269),
        ("booleans", lambda data: data["total_calls"] is True),
        ("new_words", lambda data: data["usage_status"] == "brand_new"),
        ("nan", lambda data: data["total_cost"] != data["total_cost"]),
        ("infinity", lambda data: data["total_cost"] == float("inf")),
        ("extra", lambda data: "brand_new" in data["limits"]),
        ("surrogates", lambda data: data["usage_status"].endswith("\ud800")),
    ],
)
def test_that_a_lie_is_told_about_every_field(
    server: AlwrityServer, client: httpx.Client, kind: str, is_so: Callable[..., bool]
) -> None:
    server.misbehave(kind)
    assert is_so(client.get(PATH).json()["data"])


def test_that_fields_are_missing(server: AlwrityServer, client: httpx.Client) -> None:
    server.misbehave("missing", field="total_cost")
    server.misbehave("missing")
    one, many = client.get(PATH).json()["data"], client.get(PATH).json()
    assert "total_cost" not in one
    assert "total_calls" in one
    assert "data" not in many


def test_that_fields_stand_twice(server: AlwrityServer, client: httpx.Client) -> None:
    server.misbehave("duplicate_keys")
    text = client.get(PATH).text
    assert text.count('"data":') == 2
    assert json.loads(text)["data"] is None


def test_that_a_byte_order_mark_precedes(server: AlwrityServer, client: httpx.Client) -> None:
    server.misbehave("bom")
    assert client.get(PATH).content.startswith(b"\xef\xbb\xbf{")


def test_that_bodies_without_an_object_are_json(
    server: AlwrityServer, client: httpx.Client
) -> None:
    for kind in ("scalar", "null", "list", "empty_object"):
        server.misbehave(kind)
    assert [client.get(PATH).json() for _ in range(4)] == [42, None, [], {}]


def test_that_success_may_be_false(server: AlwrityServer, client: httpx.Client) -> None:
    server.misbehave("success_false")
    body = client.get(PATH).json()
    assert (body["success"], body["data"]["plan"]["id"]) == (False, "error_fallback")


def test_that_huge_bodies_are_as_huge_as_was_asked(
    server: AlwrityServer, client: httpx.Client
) -> None:
    server.misbehave("huge", size=3_000_000)
    server.misbehave("gzip_bomb", size=3_000_000)
    padding = client.get(PATH).json()["data"]["padding"]
    with client.stream("GET", PATH) as packed:
        raw = b"".join(packed.iter_raw())
    assert len(padding) == 3_000_000
    assert len(raw) < 30_000
    assert len(gzip.decompress(raw)) > 3_000_000


def test_that_a_header_can_be_too_long(server: AlwrityServer, client: httpx.Client) -> None:
    server.misbehave("huge_header")
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(PATH)


@pytest.mark.parametrize(
    ("kind", "options"), [("slow", {"seconds": 60}), ("silent", {}), ("drip", {"pause_s": 60})]
)
def test_that_a_slow_answer_outlasts_a_short_patience_and_not_the_server(
    server: AlwrityServer, client: httpx.Client, kind: str, options: dict[str, Any]
) -> None:
    server.misbehave(kind, **options)
    with pytest.raises(httpx.ReadTimeout):
        client.get(PATH, timeout=0.1)


def test_that_a_redirect_leads_where_it_was_told_to(
    server: AlwrityServer, client: httpx.Client
) -> None:
    server.misbehave("redirect_elsewhere", location="http://127.0.0.2:9/trap")
    server.misbehave("redirect_loop", times=None)
    assert client.get(PATH).headers["location"] == "http://127.0.0.2:9/trap"
    assert client.get(PATH).headers["location"] == server.url + PATH
    with pytest.raises(httpx.TooManyRedirects):
        client.get(PATH, follow_redirects=True)


def test_that_retry_after_says_what_it_was_told(
    server: AlwrityServer, client: httpx.Client
) -> None:
    server.misbehave("retry_after", after="Fri, 20 Nov 2026 13:40:00 GMT", status=503)
    answer = client.get(PATH)
    assert answer.status_code == 503
    assert answer.headers["retry-after"].startswith("Fri")


def test_that_mishaps_queue_up_and_keep_to_their_path(
    server: AlwrityServer, client: httpx.Client
) -> None:
    status = f"/api/subscription/status/{ALICE}"
    server.misbehave("500", times=2, path="/usage/")
    server.misbehave("404", times=None)
    seen = [client.get(path).status_code for path in (status, PATH, PATH, PATH)]
    server.behave()
    assert seen == [404, 500, 500, 404]
    assert client.get(PATH).status_code == 200


def test_that_open_connections_can_be_dropped(server: AlwrityServer, client: httpx.Client) -> None:
    client.get(PATH)
    client.get(PATH)
    before = server.connections
    server.drop_connections()
    client.get(PATH)
    assert (before, server.connections) == (1, 2)


def test_that_every_mishap_is_told_and_tried_here() -> None:
    assert all(callable(mishap) for mishap in MISHAPS.values())
    assert set(STATUSES) | set(BROKEN) | set(NOT_JSON) <= set(MISHAPS)


def test_that_an_error_of_the_server_itself_comes_to_light(connect: Connect) -> None:
    class Faulty(AlwrityServer):
        def reply(self, request: object) -> None:  # type: ignore[override]
            raise KeyError("canary")

    def ask_it() -> None:
        with Faulty() as server, pytest.raises(httpx.TransportError):
            connect(server.url, "").get("/")

    with pytest.raises(KeyError, match="canary"):
        ask_it()
