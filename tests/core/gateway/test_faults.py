"""What breaks on the way: every call that went out is booked, and nobody's memory fills up."""

from __future__ import annotations

import datetime as dt
import gzip
import http.client
import json
import resource
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.gateway import exchange, server
from alwrity_desktop.core.gateway.charges import MAX_OUTPUT_TOKENS, call_at_most, charge_of
from alwrity_desktop.core.gateway.dialects import openai
from alwrity_desktop.core.gateway.dialects.base import Asked
from alwrity_desktop.core.prices import open_price_book
from tests.core.gateway.harness import PATIENCE_S, RunningGateway
from tests.servers.upstreams.providers import OUTPUT, PROMPT, answer_of, respond
from tests.servers.upstreams.wire import Answer, Heard, Line, Upstream, send_answer

MESSAGES = "/anthropic/v1/messages"
CHAT = "/openai/v1/chat/completions"
STREAM = {"model": "claude-sonnet-4-5", "stream": True, "max_tokens": 50}

#: Megabytes that the process may grow by while it passes what would fill it.
ROOM_MB = 80


def stream_bytes() -> bytes:
    heard = Heard("POST", MESSAGES, (), json.dumps(STREAM).encode())
    body = answer_of(heard).body
    return body if isinstance(body, bytes) else b"".join(body)


STEP = 97
CUTS = range(1, len(stream_bytes()), STEP)


def test_that_an_upstream_that_dies_anywhere_leaves_a_call() -> None:
    whole = stream_bytes()
    cuts = iter(CUTS)

    def cut(_heard: Heard, line: Line) -> None:
        part = whole[: next(cuts)]
        line.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")
        line.send(b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(part), part))
        raise OSError

    with Upstream(cut) as upstream, RunningGateway(upstream.url) as gateway:
        for _ in CUTS:
            with pytest.raises((http.client.IncompleteRead, ConnectionError)):
                gateway.ask("POST", MESSAGES, STREAM)
        calls = gateway.booked()
        assert len(calls) == len(upstream.heard) == len(CUTS)
    assert {call.status_code for call in calls} <= {200, 502}
    for call in calls:
        assert call.is_estimated or call.output_tokens == OUTPUT or call.tokens == 0
        assert call.input_tokens in {0, PROMPT} or call.is_estimated


def test_that_a_client_that_leaves_anywhere_leaves_a_call() -> None:
    whole = stream_bytes()
    going_on = threading.Event()

    def pause(_heard: Heard, line: Line) -> None:
        line.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")
        line.send(b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(whole), whole))
        going_on.wait(PATIENCE_S)
        raise OSError

    with Upstream(pause) as upstream, RunningGateway(upstream.url) as gateway:
        for cut in CUTS:
            connection = http.client.HTTPConnection("127.0.0.1", gateway.port)
            connection.request("POST", MESSAGES, json.dumps(STREAM))
            assert len(connection.getresponse().read(cut)) == cut
            connection.close()
        gateway.wait_until(lambda state: not state["in_flight"])
        going_on.set()
        calls = gateway.booked()
        assert len(calls) == len(upstream.heard) == len(CUTS)
    # All had come to the gateway when the client left: the counts are the provider's.
    assert {(call.input_tokens, call.output_tokens) for call in calls} == {(PROMPT, OUTPUT)}


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.skipif(sys.platform != "linux", reason="Kilobytes as Linux counts them")
def test_that_an_answer_that_unfolds_fills_no_memory() -> None:
    bomb = gzip.compress(b"[" + b" " * (300 << 20), 9)
    headers = (("Content-Type", "application/json"), ("Content-Encoding", "gzip"))
    answer = Answer(bomb, headers=headers)
    before = peak_mb()
    with (
        Upstream(lambda _, line: send_answer(line, answer)) as upstream,
        RunningGateway(upstream.url) as gateway,
    ):
        assert gateway.ask("POST", CHAT, {"model": "gpt-4o-mini"})[2] == bomb
        (call,) = gateway.booked()
    assert call.is_estimated
    assert peak_mb() - before < ROOM_MB


def test_that_a_client_that_does_not_read_stops_the_upstream() -> None:
    stopped = threading.Event()
    sent = 0

    def flood(_heard: Heard, line: Line) -> None:
        nonlocal sent
        line.send(b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n")
        line.send(b"Transfer-Encoding: chunked\r\n\r\n")
        piece = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
        line.limit_patience(1.0)
        try:
            while sent < 200 << 20:
                line.send(piece)
                sent += len(piece)
        finally:
            stopped.set()

    with Upstream(flood) as upstream, RunningGateway(upstream.url) as gateway:
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port)
        connection.request("POST", "/openai/v1/audio/speech", b'{"model":"tts-1"}')
        assert stopped.wait(PATIENCE_S * 2)
        connection.close()
        gateway.stop()
    assert sent < 64 << 20


def test_that_there_is_an_end_of_connections_and_of_calls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server, "MAX_CONNECTIONS", 8)
    monkeypatch.setattr(server, "MAX_IN_FLIGHT", 2)
    going_on = threading.Event()

    def wait(heard: Heard, line: Line) -> None:
        going_on.wait(PATIENCE_S)
        respond(heard, line)

    with Upstream(wait) as upstream, RunningGateway(upstream.url) as gateway:
        statuses: list[int] = []
        callers = [
            threading.Thread(
                target=lambda: statuses.append(gateway.ask("POST", MESSAGES, STREAM)[0])
            )
            for _ in range(2)
        ]
        for caller in callers:
            caller.start()
        gateway.wait_until(lambda state: state["in_flight"] == 2)
        status, headers, body = gateway.ask("POST", MESSAGES, STREAM)
        assert (status, dict(headers)["Retry-After"]) == (503, "1")
        assert json.loads(body)["type"] == "error"
        lines = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(20)]
        gone = sum(hung_up(line) for line in lines)
        for line in lines:
            line.close()
        assert gone >= 12
        going_on.set()
        for caller in callers:
            caller.join()
        assert statuses == [200, 200]
        assert gateway.wait_until(lambda state: not state["in_flight"])["state"] == "ok"


def test_that_a_client_that_stalls_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "KEEP_ALIVE_S", 0.2)
    monkeypatch.setattr(exchange, "BODY_IDLE_S", 0.2)
    with Upstream(respond) as upstream, RunningGateway(upstream.url) as gateway:
        head = f"POST {CHAT} HTTP/1.1\r\nHost: 127.0.0.1:{gateway.port}\r\n".encode()
        for begun in (b"", head):
            with socket.create_connection(("127.0.0.1", gateway.port), PATIENCE_S) as line:
                line.sendall(begun)
                assert line.recv(1000) == b""
        with socket.create_connection(("127.0.0.1", gateway.port), PATIENCE_S) as line:
            line.sendall(head + b"Content-Length: 100\r\n\r\n{")
            assert line.recv(1000)[9:12] == b"408"
        assert gateway.booked() == []


def hung_up(line: socket.socket) -> bool:
    line.settimeout(0.3)
    try:
        return line.recv(1) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[str]:
    """Serve HTTPS with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    day = dt.timedelta(days=1)
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + day * 10_000)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "stranger.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                taken, _ = listener.accept()
            except OSError:
                return
            with taken:
                try:
                    context.wrap_socket(taken, server_side=True).recv(100)
                except OSError:
                    continue

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"https://127.0.0.1:{listener.getsockname()[1]}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(PATIENCE_S)


def test_that_a_server_without_a_true_certificate_gets_no_key(stranger: str) -> None:
    with RunningGateway(stranger) as gateway:
        assert gateway.ask("POST", CHAT, {"model": "gpt-4o-mini"})[0] == 502


def base_call(model: str, provider: str = "openai") -> Call:
    return Call(identity="", occurred_at_ms=0, source="gateway", provider=provider, model=model)


@pytest.mark.parametrize(
    ("limit", "answers", "expected"),
    [
        (None, 1, MAX_OUTPUT_TOKENS),
        (100, 1, 100),
        (10**9, 1, MAX_OUTPUT_TOKENS),
        (100, 3, 300),
        (100, 10**9, 12_800),
    ],
)
def test_that_what_is_held_has_an_end(limit: int | None, answers: int, expected: int) -> None:
    asked = Asked(model="gpt-4o-mini", max_output_tokens=limit, answers=answers)
    held = call_at_most(base_call("gpt-4o-mini"), openai.CHAT, asked, 300)
    assert (held.input_tokens, held.output_tokens) == (100, expected)


def test_that_a_long_context_holds_the_price_of_its_tier() -> None:
    book = open_price_book()
    asked = Asked(model="gemini-2.5-pro", max_output_tokens=1000)
    call = base_call("gemini-2.5-pro", "gemini")
    short = charge_of(call_at_most(call, openai.CHAT, asked, 300_000), book).cost_pico or 0
    long = charge_of(call_at_most(call, openai.CHAT, asked, 630_000), book).cost_pico or 0
    assert long > short * 3
