"""For certain what the kills show by chance: a call is in the spool before its last byte is out."""

from __future__ import annotations

import json
import socket
import threading

import pytest

from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.gateway.budget_gate import Hold
from alwrity_desktop.core.gateway.desk import Desk
from tests.core.gateway.harness import PATIENCE_S, RunningGateway
from tests.servers.upstreams.providers import respond
from tests.servers.upstreams.wire import Answer, Heard, Line, Upstream, send_answer

LONG_ENOUGH_S = 0.4


def received(line: socket.socket, patience_s: float) -> bytes:
    """Return all that comes until nothing more does."""
    line.settimeout(patience_s)
    data = b""
    try:
        while piece := line.recv(65_536):
            data += piece
    except TimeoutError:
        pass
    return data


def chunked(_heard: Heard, line: Line) -> None:
    """Answer a whole document in chunks, whose end only the last byte tells."""
    body = json.dumps({"model": "gpt-4o-mini", "usage": {"prompt_tokens": 3}}).encode()
    send_answer(line, Answer([body[:10], body[10:]]))


CASES = {
    "a length": ("/openai/v1/chat/completions", {"model": "gpt-4o-mini"}, respond, b"}"),
    "chunks": ("/openai/v1/chat/completions", {"model": "gpt-4o-mini"}, chunked, b"0\r\n\r\n"),
    "openai's stream": (
        "/openai/v1/chat/completions",
        {"model": "gpt-4o-mini", "stream": True},
        respond,
        b"[DONE]",
    ),
    "responses' stream": (
        "/openai/v1/responses",
        {"model": "gpt-5", "stream": True},
        respond,
        b'"type": "response.completed"',
    ),
    "anthropic's stream": (
        "/anthropic/v1/messages",
        {"model": "claude-sonnet-4-5", "stream": True},
        respond,
        b"message_stop",
    ),
    "gemini's stream": (
        "/gemini/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse",
        {},
        respond,
        b"0\r\n\r\n",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_that_the_last_word_waits_for_the_spool(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path, asked, answer, last = CASES[name]
    spooling, going_on = threading.Event(), threading.Event()
    finish = Desk.finish

    def slow(self: Desk, key: str, call: Call, hold: Hold | None) -> None:
        spooling.set()
        assert going_on.wait(PATIENCE_S)
        finish(self, key, call, hold)

    monkeypatch.setattr(Desk, "finish", slow)
    body = json.dumps(asked).encode()
    with Upstream(answer) as upstream, RunningGateway(upstream.url) as gateway:
        with socket.create_connection(("127.0.0.1", gateway.port)) as line:
            head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{gateway.port}\r\n"
            line.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            assert spooling.wait(PATIENCE_S)
            before = received(line, LONG_ENOUGH_S)
            going_on.set()
            after = received(line, LONG_ENOUGH_S)
        calls = gateway.booked()
    assert last not in before.partition(b"\r\n\r\n")[2]
    assert last in after
    assert len(calls) == 1
