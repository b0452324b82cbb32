"""The WebSocket side: sockets that are open, what is said to them, and how they misbehave."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress
from typing import Final

from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.utils import accept_key

from tests.servers.wire import Answer, Json, Request

#: What today's server answers to any handshake: it has no WebSocket.
MISSING: Final = Answer(403, b"", {"content-type": ""})
READ_BYTES: Final = 65_536
DEFAULT_AT: Final = "2026-11-20T13:32:00Z"
GOING_AWAY: Final = 1001


class _Socket:
    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.protocol = ServerProtocol(state=State.OPEN)
        self._lock = threading.Lock()

    def send(self, message: str | bytes) -> None:
        with self._lock:
            if isinstance(message, str):
                self.protocol.send_text(message.encode())
            else:
                self.protocol.send_binary(message)
            self._flush()

    def ping(self) -> None:
        with self._lock:
            self.protocol.send_ping(b"stand-in")
            self._flush()

    def close(self, code: int) -> None:
        with self._lock:
            if self.protocol.state is State.OPEN:
                self.protocol.send_close(code)
                self._flush()

    def cut(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def receive(self, data: bytes) -> bool:
        """Answer pings and closing; return whether the socket goes on."""
        with self._lock:
            self.protocol.receive_data(data)
            self._flush()
            return self.protocol.state is State.OPEN

    def _flush(self) -> None:
        for data in self.protocol.data_to_send():
            if data:
                self.connection.sendall(data)


class LiveFeed:
    """The live updates of a server; `offer` them first, today's server has none."""

    def __init__(self) -> None:
        self.refusal: Answer | None = MISSING
        #: Every handshake that was accepted.
        self.handshakes: list[Request] = []
        self.seq = 0
        #: Whether pings and everything else are read and left without an answer.
        self.is_silent = False
        self._changed = threading.Condition()
        self._open: list[_Socket] = []
        self._flaps_left = 0
        self._flap_code: int | None = None

    @property
    def sockets(self) -> int:
        """Return how many sockets are open now."""
        with self._changed:
            return len(self._open)

    @property
    def opened(self) -> int:
        """Return how many sockets were ever accepted."""
        with self._changed:
            return len(self.handshakes)

    def offer(self) -> None:
        """Accept handshakes from now on."""
        self.refusal = None

    def refuse(self, status: int = 403) -> None:
        """Refuse handshakes with this status from now on."""
        self.refusal = MISSING if status == MISSING.status else Answer(status, b"")

    def say(self, kind: str, data: object, *, at: str = DEFAULT_AT) -> None:
        """Say a message of the documented form, with the next `seq`."""
        self.seq += 1
        self.say_raw(json.dumps({"type": kind, "seq": self.seq, "at": at, "data": data}))

    def say_again(self, kind: str, data: object, *, at: str = DEFAULT_AT) -> None:
        """Say a message with the `seq` that was said last."""
        self.seq -= 1
        self.say(kind, data, at=at)

    def skip(self, messages: int = 1) -> None:
        """Leave out messages, so that the next one shows a gap in `seq`."""
        self.seq += messages

    def resync(self) -> None:
        """Say that the client is to fetch everything anew."""
        self.say("resync", {})

    def say_usage(self, usage: Json) -> None:
        """Say a bare UsageStats object, without type and seq."""
        self.say_raw(json.dumps(usage))

    def say_raw(self, message: str | bytes) -> None:
        """Say anything: text as it is, bytes as a binary message."""
        for each in self._listeners():
            with suppress(OSError):
                each.send(message)

    def ping(self) -> None:
        """Ask every open socket for a sign of life."""
        for each in self._listeners():
            with suppress(OSError):
                each.ping()

    def drop(self, code: int | None = None) -> None:
        """Close every open socket with a code, or cut it off without a word."""
        for each in self._listeners():
            with suppress(OSError):
                if code is None:
                    each.cut()
                else:
                    each.close(code)

    def flap(self, times: int, *, code: int | None = GOING_AWAY) -> None:
        """Accept the next handshakes and close them at once; without a code, cut them off."""
        with self._changed:
            self._flaps_left, self._flap_code = times, code

    def wait_for_sockets(self, count: int, *, timeout_s: float = 5.0) -> bool:
        """Wait until exactly this many sockets are open; return whether they are."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._open) == count, timeout_s)

    def wait_for_opened(self, count: int, *, timeout_s: float = 5.0) -> bool:
        """Wait until this many handshakes were accepted in all; return whether they were."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.handshakes) >= count, timeout_s)

    def serve(self, connection: socket.socket, request: Request) -> None:
        """Shake hands and stay with the socket until it ends."""
        key = request.headers.get("sec-websocket-key", "")
        head = (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept_key(key)}\r\n\r\n"
        )
        connection.sendall(head.encode())
        opened = _Socket(connection)
        with self._changed:
            is_flapping = self._flaps_left > 0
            self._flaps_left -= is_flapping
            self.handshakes.append(request)
            self._open.append(opened)
            self._changed.notify_all()
        try:
            if is_flapping and self._flap_code is None:
                opened.cut()
            elif is_flapping and self._flap_code is not None:
                opened.close(self._flap_code)
            self._listen(opened)
        finally:
            with self._changed:
                self._open.remove(opened)
                self._changed.notify_all()

    def _listen(self, opened: _Socket) -> None:
        while data := opened.connection.recv(READ_BYTES):
            if not self.is_silent and not opened.receive(data):
                return

    def _listeners(self) -> list[_Socket]:
        with self._changed:
            return list(self._open)
