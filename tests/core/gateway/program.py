"""The gateway as a program of its own, for tests that signal or kill it."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import uuid
from dataclasses import dataclass, field
from typing import Any, Final, Self

from tests.core.gateway.harness import PATIENCE_S
from tests.servers.upstreams.providers import OPENAI_USAGE, whole
from tests.servers.upstreams.wire import Heard, Line

CHAT: Final = "/openai/v1/chat/completions"
CONNECTIONS: Final = 16


class Program:
    """``alwrity-desktop gateway`` for a ``with`` block."""

    def __init__(self, *options: str) -> None:
        self._options = options

    def __enter__(self) -> Self:
        command = (sys.executable, "-m", "alwrity_desktop", "gateway", "--json", "--port", "0")
        self.process = subprocess.Popen(
            (*command, *self._options),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.url = json.loads(line)["listening"] if line else ""
        self.port = int(self.url.rpartition(":")[2] or 0)
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate(timeout=PATIENCE_S)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """Send a signal; return the exit status and what was said since the start."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=PATIENCE_S * 2)
        return self.process.returncode, out, err

    def kill(self) -> None:
        """End the program without warning."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE_S)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, bytes]:
        """Return status and body of one answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        data = None if body is None else json.dumps(body).encode()
        with contextlib.closing(connection):
            connection.request(method, path, data)
            answer = connection.getresponse()
            return answer.status, answer.read()


@dataclass
class Load:
    """Many programs that call at once, and what each got whole."""

    port: int
    acknowledged: set[str] = field(default_factory=set)
    sent: int = 0

    async def run(self, *, is_stream: bool) -> None:
        """Call until the gateway is gone."""
        await asyncio.gather(*(self._one(is_stream=is_stream) for _ in range(CONNECTIONS)))

    async def _one(self, *, is_stream: bool) -> None:
        with contextlib.suppress(OSError, EOFError):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            with contextlib.closing(writer):
                while True:
                    await self._call(reader, writer, is_stream=is_stream)

    async def _call(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_stream: bool
    ) -> None:
        key = uuid.uuid4().hex
        body = json.dumps({"model": "gpt-4o-mini", "stream": is_stream, "user": key}).encode()
        head = f"POST {CHAT} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
        length = f"Content-Length: {len(body)}\r\nX-Conversation: {key}\r\n\r\n"
        self.sent += 1
        writer.write((head + length).encode() + body)
        await reader.readuntil(b"\r\n\r\n")
        # A program that reads a stream may stop at its last word, before the last byte.
        last = b"data: [DONE]\n\n" if is_stream else b"\n}"
        received = b""
        while last not in received:
            piece = await reader.read(4096)
            if not piece:
                raise EOFError
            received += piece
        self.acknowledged.add(key)
        if is_stream and not received.endswith(b"0\r\n\r\n"):
            await reader.readuntil(b"0\r\n\r\n")


def counted(heard: Heard, line: Line) -> None:
    """Answer with an id made of the caller's own key, whole or as a stream."""
    asked = json.loads(heard.body)
    document: dict[str, Any] = {
        "id": f"chatcmpl-{asked['user']}",
        "model": asked["model"],
        "usage": OPENAI_USAGE,
    }
    if not asked["stream"]:
        answer = whole(document)
        assert isinstance(answer.body, bytes)
        body = answer.body[:-1] + b"\n}"
        line.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
        line.send(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        return
    line.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")
    line.send(b"Transfer-Encoding: chunked\r\n\r\n")
    for data in (json.dumps({**document, "usage": None}), json.dumps(document), "[DONE]"):
        chunk = f"data: {data}\n\n".encode()
        line.send(b"%x\r\n%s\r\n" % (len(chunk), chunk))
    line.send(b"0\r\n\r\n")
