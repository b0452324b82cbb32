"""Calls pass as they are: every byte, every header, each chunk when it comes, both ways."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.gateway.harness import KEY, PATIENCE_S, RunningGateway
from tests.servers.upstreams.providers import answer_of, respond
from tests.servers.upstreams.wire import Answer, Heard, Line, Upstream, always, send_answer

CHAT = "/openai/v1/chat/completions"

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "x-hop"}

names = st.from_regex(r"\AX-[A-Za-z]{1,12}\Z").filter(lambda name: name.lower() != "x-hop")
values = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40)
header_lists = st.lists(st.tuples(names, values), max_size=6)
chunk_lists = st.lists(st.binary(min_size=1, max_size=3000), max_size=8)
kinds = st.sampled_from(
    ["application/json", "text/event-stream", "application/octet-stream", "audio/mpeg"]
)


def exchange(port: int, request: bytes) -> tuple[int, str, list[tuple[str, str]], bytes]:
    """Return status, reason, headers and body of the answer to raw bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as line:
        line.sendall(request)
        answer = http.client.HTTPResponse(line)
        answer.begin()
        return answer.status, answer.reason, answer.getheaders(), answer.read()


def spelled_alike(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return *headers*, a repeated name as it was spelled first: in HTTP it is the same."""
    first: dict[str, str] = {}
    return [(first.setdefault(name.lower(), name), value) for name, value in headers]


def raw_request(
    port: int, path: str, body: bytes, headers: list[tuple[str, str]], *, is_chunked: bool = False
) -> bytes:
    lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: keep-alive, X-Hop"]
    lines += ["X-Hop: stays here", "TE: trailers"]
    lines += [f"{name}: {value}" for name, value in headers]
    if not is_chunked:
        lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
    lines.append("Transfer-Encoding: chunked")
    chunk = b"%x\r\n%s\r\n" % (len(body), body) if body else b""
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + chunk + b"0\r\n\r\n"


def test_that_every_byte_and_header_passes_unchanged() -> None:
    answers: list[Answer] = []

    def reply(_heard: Heard, line: Line) -> None:
        send_answer(line, answers[-1])

    with Upstream(reply) as upstream, RunningGateway(upstream.url) as gateway:

        @settings(max_examples=60, suppress_health_check=list(HealthCheck))
        @given(
            st.binary(max_size=5000),
            header_lists,
            st.booleans(),
            chunk_lists,
            header_lists,
            kinds,
            st.sampled_from([200, 201, 400, 404, 429, 500, 503]),
            st.booleans(),
        )
        def holds(
            body: bytes,
            sent: list[tuple[str, str]],
            is_chunked: bool,
            chunks: list[bytes],
            answered: list[tuple[str, str]],
            kind: str,
            status: int,
            is_whole: bool,
        ) -> None:
            whole = b"".join(chunks)
            headers = (("Content-Type", kind), ("Date", "then"), *answered)
            answers.append(Answer(whole if is_whole else chunks, status, headers))
            upstream.heard.clear()
            request = raw_request(gateway.port, CHAT, body, sent, is_chunked=is_chunked)
            got_status, reason, got, received = exchange(gateway.port, request)
            (heard,) = upstream.heard
            assert (heard.method, heard.target) == ("POST", "/openai/v1/chat/completions")
            assert heard.body == body
            passed = [pair for pair in heard.headers if pair[0].startswith("X-")]
            assert passed == spelled_alike(sent)
            assert not HOP_BY_HOP & {name.lower() for name, _ in heard.headers} - {
                "transfer-encoding"
            }
            assert (got_status, reason, received) == (status, "Whatever", whole)
            kept = [pair for pair in got if pair[0].lower() not in HOP_BY_HOP | {"content-length"}]
            assert kept == spelled_alike(headers)

        holds()


def test_that_a_header_spelled_in_two_ways_keeps_both_values() -> None:
    sent = [("X-Both", "one"), ("x-bOTH", "two"), ("X-Both", "three")]
    with Upstream(respond) as upstream, RunningGateway(upstream.url) as gateway:
        exchange(gateway.port, raw_request(gateway.port, CHAT, b"{}", sent))
        (heard,) = upstream.heard
    assert [value for name, value in heard.headers if name == "X-Both"] == ["one", "two", "three"]


def test_that_nothing_is_added_to_a_request() -> None:
    with Upstream(respond) as upstream, RunningGateway(upstream.url) as gateway:
        exchange(gateway.port, raw_request(gateway.port, CHAT, b"{}", [("Accept", "*/*")]))
        (heard,) = upstream.heard
        names_heard = sorted(name.lower() for name, _ in heard.headers)
        assert names_heard == ["accept", "content-length", "host"]
        assert heard.header("Host") == upstream.url.removeprefix("http://")


def test_that_an_address_and_its_query_pass_as_they_were_sent() -> None:
    target = "/v1beta/models/gemini-2.5-pro:generateContent?key=canary%2Fkey&x=%20+a&x="
    with Upstream(respond) as upstream, RunningGateway(upstream.url) as gateway:
        gateway.ask("POST", f"/gemini{target}", b"{}")
    assert upstream.heard[0].target == f"/gemini{target}"


def test_that_each_chunk_arrives_before_the_next_one_is_sent() -> None:
    received = threading.Semaphore(0)
    events = [f'data: {{"type":"ping","n":{number}}}\n\n'.encode() for number in range(20)]

    def paced(_heard: Heard, line: Line) -> None:
        line.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")
        line.send(b"Transfer-Encoding: chunked\r\n\r\n")
        for event in events:
            line.send(b"%x\r\n%s\r\n" % (len(event), event))
            assert received.acquire(timeout=PATIENCE_S)
        line.send(b"0\r\n\r\n")

    with Upstream(paced) as upstream, RunningGateway(upstream.url) as gateway:
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=PATIENCE_S)
        connection.request("POST", "/anthropic/v1/messages", b'{"stream":true}')
        answer = connection.getresponse()
        for event in events:
            assert answer.read(len(event)) == event
            received.release()
        assert answer.read() == b""
        connection.close()


def test_that_a_request_goes_out_while_it_comes_in() -> None:
    came = threading.Event()
    heard = b""

    def listen(listener: socket.socket) -> None:
        nonlocal heard
        taken, _ = listener.accept()
        with taken:
            while not heard.endswith(b"0\r\n\r\n"):
                heard += taken.recv(4096)
                if b"hello" in heard:
                    came.set()
            taken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=listen, args=(listener,))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with (
            RunningGateway(url) as gateway,
            socket.create_connection(("127.0.0.1", gateway.port), timeout=PATIENCE_S) as line,
        ):
            head = f"POST {CHAT} HTTP/1.1\r\nHost: 127.0.0.1:{gateway.port}\r\n"
            line.sendall(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
            assert came.wait(PATIENCE_S)
            line.sendall(b"6\r\n world\r\n0\r\n\r\n")
            assert line.recv(100).startswith(b"HTTP/1.1 200 ")
        thread.join(PATIENCE_S)


@pytest.mark.parametrize("is_streaming", [True, False])
def test_that_cancelling_travels_upstream_and_is_booked(*, is_streaming: bool) -> None:
    went = threading.Event()
    begun = threading.Event()
    first = (
        b'data: {"type":"message_start","message":{"id":"msg_c","usage":{"input_tokens":77}}}\n\n'
        b'data: {"type":"content_block_delta","delta":{"text":"one two three four five"}}\n\n'
    )

    def stall(_heard: Heard, line: Line) -> None:
        if is_streaming:
            line.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")
            line.send(b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(first), first))
        begun.set()
        if line.is_gone():
            went.set()
        raise OSError

    with Upstream(stall) as upstream, RunningGateway(upstream.url) as gateway:
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=PATIENCE_S)
        body = json.dumps({"model": "claude-sonnet-4-5", "messages": "x" * 400})
        connection.request("POST", "/anthropic/v1/messages", body)
        assert begun.wait(PATIENCE_S)
        if is_streaming:
            assert connection.getresponse().read(5) == b"data:"
        connection.close()
        assert went.wait(PATIENCE_S)
        (call,) = gateway.booked()
    assert (call.status_code, call.is_estimated) == (499, True)
    assert call.input_tokens == 77 if is_streaming else call.input_tokens > 50
    assert bool(call.output_tokens) == is_streaming


def test_that_an_answer_cut_short_looks_cut_short() -> None:
    def cut(_heard: Heard, line: Line) -> None:
        line.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
        line.send(b'Content-Length: 500\r\n\r\n{"usage":')
        raise OSError

    with Upstream(cut) as upstream, RunningGateway(upstream.url) as gateway:
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            gateway.ask("POST", CHAT, {"model": "gpt-4o-mini"})
        (call,) = gateway.booked()
    assert call.status_code == 502


def test_that_an_upstream_that_is_not_there_is_said_in_the_provider_s_shape() -> None:
    with Upstream(respond) as upstream:
        nowhere = upstream.url
    with RunningGateway(nowhere) as gateway:
        status, _, body = gateway.ask("POST", "/anthropic/v1/messages", {"model": "m"})
        assert gateway.ask("GET", "/openai/v1/models")[0] == 502
        (call,) = gateway.booked()
    assert status == call.status_code == 502
    assert json.loads(body)["type"] == "error"
    assert KEY.encode() not in body


def test_that_no_redirect_is_followed() -> None:
    elsewhere = (("Location", "http://127.0.0.1:9/stolen"),)
    with (
        Upstream(always(Answer(b"", 307, elsewhere))) as upstream,
        RunningGateway(upstream.url) as gateway,
    ):
        status, headers, _ = gateway.ask("POST", CHAT, {"model": "m"})
        assert len(upstream.heard) == 1
    assert (status, dict(headers)["Location"]) == (307, "http://127.0.0.1:9/stolen")


def test_that_a_program_that_expects_to_be_told_is_told_to_go_on() -> None:
    with Upstream(respond) as upstream, RunningGateway(upstream.url) as gateway:
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=PATIENCE_S) as line:
            head = f"POST {CHAT} HTTP/1.1\r\nHost: 127.0.0.1:{gateway.port}\r\n"
            line.sendall(head.encode() + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            assert line.recv(200).startswith(b"HTTP/1.1 100 ")
            line.sendall(b"{}")
            assert b"HTTP/1.1 200" in line.recv(2000)
        assert upstream.heard[0].header("Expect") is None


@pytest.mark.parametrize("size", [3, 70_000, 3_000_000])
def test_that_large_bodies_pass_both_ways(size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    echo = ("Content-Type", "application/octet-stream")

    def back(heard: Heard, line: Line) -> None:
        send_answer(line, Answer(heard.body, headers=(echo,)))

    with Upstream(back) as upstream, RunningGateway(upstream.url) as gateway:
        assert gateway.ask("POST", "/openai/v1/files", data)[2] == data
        assert gateway.ask("POST", CHAT, data)[2] == data


def test_that_methods_without_a_body_pass() -> None:
    def bare(heard: Heard, line: Line) -> None:
        if heard.method == "HEAD":
            line.send(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n")
        elif heard.method == "DELETE":
            line.send(b"HTTP/1.1 204 No Content\r\n\r\n")
        else:
            send_answer(line, answer_of(heard))

    with Upstream(bare) as upstream, RunningGateway(upstream.url) as gateway:
        status, headers, body = gateway.ask("HEAD", "/openai/v1/models")
        assert (status, dict(headers)["Content-Length"], body) == (200, "7", b"")
        assert gateway.ask("DELETE", "/openai/v1/files/f")[0] == 204
