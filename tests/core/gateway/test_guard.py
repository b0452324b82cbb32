"""Only the owner's own programs get in: no web page, no other name, no strange request."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from alwrity_desktop.core.domain.errors import UsageError
from alwrity_desktop.core.gateway.addresses import AddressBook, is_sound
from alwrity_desktop.core.gateway.upstreams import upstreams_of
from tests.core.gateway.harness import KEY, PATIENCE_S, RunningGateway
from tests.servers.upstreams.providers import respond
from tests.servers.upstreams.wire import Upstream

CHAT = "/openai/v1/chat/completions"
BODY = b'{"model":"gpt-4o-mini"}'


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream(respond) as running:
        yield running


@pytest.fixture
def gateway(upstream: Upstream) -> Iterator[RunningGateway]:
    upstream.heard.clear()
    with RunningGateway(upstream.url) as running:
        yield running


def raw(port: int, request: bytes) -> bytes:
    """Return the first line that the gateway answers, b"" when it hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as line:
        line.sendall(request)
        try:
            return line.recv(4096).partition(b"\r\n")[0]
        except ConnectionError:
            return b""


def request_to(host: str, *headers: str, method: str = "POST", target: str = CHAT) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *headers]
    lines.append(f"Content-Length: {len(BODY)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + BODY


def test_that_only_the_loopback_s_own_names_are_answered(
    gateway: RunningGateway, upstream: Upstream
) -> None:
    port = gateway.port
    wrong = (
        "evil.example",
        f"evil.example:{port}",
        f"127.0.0.1.evil.example:{port}",
        "127.0.0.1",
        "localhost",
        "127.0.0.1:1",
        f"0.0.0.0:{port}",
        f"127.0.0.2:{port}",
        f"10.0.0.1:{port}",
        f"169.254.169.254:{port}",
        f"gateway.local:{port}",
        f"localhost.:{port}",
        f"user@127.0.0.1:{port}",
        "",
    )
    for host in wrong:
        assert raw(port, request_to(host)).split()[1] in {b"403", b"400"}, host
    assert upstream.heard == []
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}", f"[::1]:{port}"):
        assert raw(port, request_to(host)).split()[1] == b"200", host


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
@pytest.mark.parametrize(
    "header",
    [
        "Origin: https://evil.example",
        "Origin: null",
        "Origin: http://127.0.0.1:4815",
        "Origin: file://",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
    ],
)
def test_that_web_pages_are_refused(
    gateway: RunningGateway, upstream: Upstream, header: str, kind: str
) -> None:
    request = request_to(f"127.0.0.1:{gateway.port}", header, f"Content-Type: {kind}")
    assert raw(gateway.port, request).split()[1] == b"403"
    health = request_to(f"127.0.0.1:{gateway.port}", header, method="GET", target="/healthz")
    assert raw(gateway.port, health).split()[1] == b"403"
    assert upstream.heard == []


def test_that_no_answer_invites_a_web_page(gateway: RunningGateway) -> None:
    for method, path in (("OPTIONS", CHAT), ("GET", "/healthz"), ("GET", "/nowhere")):
        headers = {name.lower() for name, _ in gateway.ask(method, path)[1]}
        assert not {name for name in headers if name.startswith("access-control")}


UNSOUND = (
    "/openai/../anthropic/v1/messages",
    "/openai/v1/..",
    "/openai/./v1",
    "/openai/%2e%2e/x",
    "/openai/%2E%2E%2fx",
    "/openai/..%2f..%2fetc/passwd",
    "/openai/%252e%252e/x",
    "/openai/%25252e%25252e/x",
    "/openai//v1",
    "//openai/v1",
    "/openai/v1//models",
    "/openai/v1%2fmodels",
    "/openai/v1%252fmodels",
    "/openai/v1%5cmodels",
    "/openai/v1\\models",
    "/openai/v1%00",
    "/openai/v1%0d%0aX:y",
    "/openai/v1%0a",
    "/openai/..;/x/..",
    "/openai/v1/%2e",
    "/openai/.%2e/x",
    "/openai/%2e./x",
    "openai/v1",
    "",
    "/../openai/v1",
)


@pytest.mark.parametrize("path", UNSOUND)
def test_that_paths_that_wander_lead_nowhere(path: str) -> None:
    assert not is_sound(path)
    assert AddressBook({}).find(path) is None


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere/v1/x",
        "/openai",
        "/",
        "/http:/169.254.169.254/latest",
        "/http%3A/127.0.0.1/x",
        "/OPENAI/v1/models",
        "/project/p/nowhere/v1",
        "/project/p",
        "/healthz/x",
        "/openai@evil.example/v1",
    ],
)
def test_that_there_is_no_way_to_another_host(path: str) -> None:
    assert AddressBook({}).find(path) is None


@pytest.mark.parametrize(
    "path",
    [
        "/openai/v1/models/gpt-4o",
        "/openai/v1/files/a%20b",
        "/gemini/v1beta/models/x:generateContent?key=../..//a%2f%00",
        "/openai/v1/...",
        "/openai/v1/a..b",
    ],
)
def test_that_honest_paths_pass(path: str) -> None:
    found = AddressBook({}).find(path)
    assert found is not None
    assert path.endswith(found.target)


@pytest.mark.parametrize(
    "request_line",
    [
        "CONNECT 127.0.0.1:22 HTTP/1.1",
        "GET http://169.254.169.254/latest HTTP/1.1",
        "POST http://127.0.0.1/openai/v1/chat/completions HTTP/1.1",
        "TRACE /openai/v1 HTTP/1.1",
        "PROPFIND /openai/v1 HTTP/1.1",
        "GET * HTTP/1.1",
        "GET /openai/v1/models HTTP/9.9",
        "G\x00ET /openai/v1/models HTTP/1.1",
    ],
)
def test_that_lines_of_proxies_and_strangers_are_refused(
    gateway: RunningGateway, upstream: Upstream, request_line: str
) -> None:
    request = f"{request_line}\r\nHost: 127.0.0.1:{gateway.port}\r\n\r\n".encode()
    assert raw(gateway.port, request).split()[1:2] in ([b"400"], [b"405"], [b"403"], [])
    assert upstream.heard == []


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Length: 3\r\nTransfer-Encoding: chunked",
        "Content-Length: 3\r\nContent-Length: 4",
        "Content-Length: +3",
        "Content-Length: -3",
        "Content-Length: 0x3",
        "Content-Length: 3, 3",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip",
        "Transfer-Encoding: xchunked",
        "Host: 127.0.0.1",
        "X-A: b\r\n folded: yes",
        "X A: b",
        "X-A\x00: b",
        "X-A: b\x00c",
        ": nameless",
        "X-A : b",
        "nocolon",
        "X-Big: " + "a" * 70_000,
        "\r\n".join(f"X-{number}: a" for number in range(300)),
        "Upgrade: websocket\r\nConnection: Upgrade",
    ],
)
def test_that_requests_which_two_servers_may_read_in_two_ways_are_refused(
    gateway: RunningGateway, upstream: Upstream, headers: str
) -> None:
    head = f"POST {CHAT} HTTP/1.1\r\nHost: 127.0.0.1:{gateway.port}\r\n{headers}\r\n\r\n"
    status = raw(gateway.port, head.encode("latin-1") + b"3\r\nabc\r\n0\r\n\r\n").split()[1:2]
    assert status in ([b"400"], [b"403"], [b"501"], []), status
    assert upstream.heard == []


def test_that_a_key_can_be_asked_for(upstream: Upstream) -> None:
    with RunningGateway(upstream.url, key="canary-local-key") as gateway:
        assert gateway.ask("POST", CHAT, BODY)[0] == 401
        assert gateway.ask("POST", CHAT, BODY, {"X-Gateway-Key": "wrong"})[0] == 401
        assert gateway.ask("GET", "/healthz")[0] == 401
        assert gateway.ask("POST", CHAT, BODY, {"X-Gateway-Key": "canary-local-key"})[0] == 200
    assert upstream.heard[-1].header("X-Gateway-Key") is None
    assert upstream.heard[-1].header("Authorization") == f"Bearer {KEY}"


def test_that_it_listens_on_loopback_alone(gateway: RunningGateway) -> None:
    own = {
        str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    }
    for address in (each for each in own if not each.startswith("127.")):
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((address, gateway.port), timeout=PATIENCE_S)


@pytest.mark.parametrize(
    "pair",
    [
        "groq=ftp://a.example",
        "groq=http://a.example",
        "groq=https://",
        "groq=https://user:canary@a.example",
        "groq=https://a.example/?x=1",
        "groq=https://a.example/#x",
        "groq=http://169.254.169.254/latest",
        "groq=https://[::ffff:169.254.169.254]/",
        "groq=https://[fe80::1]/",
        "groq=https://a.example:99999",
        "=https://a.example",
        "groq",
        "healthz=https://a.example",
        "project=https://a.example",
        "a/b=https://a.example",
    ],
)
def test_that_an_upstream_is_a_host_that_a_provider_could_have(pair: str) -> None:
    with pytest.raises(UsageError):
        upstreams_of([pair])


@pytest.mark.parametrize(
    "pair",
    [
        "groq=https://api.groq.com/openai",
        "local=http://127.0.0.1:11434",
        "lan=http://192.168.1.5:8000/",
        "local=http://localhost:8000",
        "six=http://[::1]:8000",
    ],
)
def test_that_own_servers_may_be_near_or_encrypted(pair: str) -> None:
    name, _, url = pair.partition("=")
    assert upstreams_of([pair]) == {name: url.rstrip("/")}


def test_that_no_key_and_no_text_is_kept_anywhere(upstream: Upstream) -> None:
    secret = "canary-prompt-of-the-owner"
    body = json.dumps({"model": "gpt-4o-mini", "messages": [{"content": secret}]}).encode()
    with RunningGateway(upstream.url) as gateway:
        gateway.ask("POST", CHAT, body, {"x-api-key": "canary-x-api-key"})
        gateway.ask("POST", "/gemini/v1beta/models/g:generateContent?key=canary-in-url", body)
        gateway.ask("POST", "/openai/v1/chat/completions?api_key=canary-in-url", b"{" + body)
        home = gateway.context.profile.data
        state = json.dumps(gateway.health())
        gateway.booked()
        kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert b"canary" not in kept
    assert "canary" not in state
