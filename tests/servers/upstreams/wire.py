"""A small HTTP server that shows each byte it was sent, and sends each byte it is told to."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

PATIENCE_S: Final = 20.0
_END: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Heard:
    """A request as it came over the wire."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the header's value, None where it was not sent."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        return found[0] if found else None


class Line:
    """One connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._rest = b""

    def send(self, data: bytes) -> None:
        """Send bytes at once."""
        self._socket.sendall(data)

    def limit_patience(self, seconds: float) -> None:
        """Give up what takes longer, with TimeoutError."""
        self._socket.settimeout(seconds)

    def is_gone(self) -> bool:
        """Wait for the other side to hang up; return whether it did."""
        self._socket.settimeout(PATIENCE_S)
        try:
            return self._socket.recv(1) == b""
        except ConnectionError:
            return True
        except TimeoutError:
            return False

    def hear(self) -> Heard | None:
        """Read a request; None when the other side hung up."""
        head = self._until(_END)
        if head is None:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = tuple(
            (name, value.strip()) for name, _, value in (line.partition(":") for line in lines)
        )
        body = self._body({name.lower(): value for name, value in headers})
        return None if body is None else Heard(method, target, headers, body)

    def _body(self, headers: dict[str, str]) -> bytes | None:
        if "chunked" in headers.get("transfer-encoding", ""):
            return self._chunks()
        return self._exactly(int(headers.get("content-length", "0")))

    def _chunks(self) -> bytes | None:
        body = b""
        while (size := self._until(b"\r\n")) is not None:
            chunk = self._exactly(int(size, 16))
            if chunk is None or self._exactly(2) is None:
                return None
            if not chunk:
                return body
            body += chunk
        return None

    def _until(self, mark: bytes) -> bytes | None:
        while mark not in self._rest:
            if not self._read():
                return None
        found, _, self._rest = self._rest.partition(mark)
        return found

    def _exactly(self, size: int) -> bytes | None:
        while len(self._rest) < size:
            if not self._read():
                return None
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def _read(self) -> bool:
        try:
            data = self._socket.recv(1 << 16)
        except OSError:
            return False
        self._rest += data
        return bool(data)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider answers."""

    body: bytes | Iterable[bytes]
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)


def send_answer(line: Line, answer: Answer) -> None:
    """Send *answer*: whole with its length, or in chunks as they are given."""
    head = [f"HTTP/1.1 {answer.status} Whatever"]
    head += [f"{name}: {value}" for name, value in answer.headers]
    if isinstance(answer.body, bytes):
        head.append(f"Content-Length: {len(answer.body)}")
        line.send("\r\n".join(head).encode() + _END + answer.body)
        return
    head.append("Transfer-Encoding: chunked")
    line.send("\r\n".join(head).encode() + _END)
    for chunk in answer.body:
        line.send(b"%x\r\n%s\r\n" % (len(chunk), chunk))
    line.send(b"0\r\n\r\n")


Respond = Callable[[Heard, Line], None]


def always(answer: Answer) -> Respond:
    """Return what answers every request alike."""
    return lambda _, line: send_answer(line, answer)


@dataclass(slots=True)
class Upstream:
    """A server on a port of its own, for a ``with`` block."""

    respond: Respond
    heard: list[Heard] = field(default_factory=list)
    _listener: socket.socket = field(default_factory=socket.socket)
    _threads: list[threading.Thread] = field(default_factory=list)
    _connections: set[socket.socket] = field(default_factory=set)

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(512)
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE_S)

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name="upstream", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections.add(connection)
            self._start(lambda taken=connection: self._serve(taken))  # type: ignore[misc]

    def _serve(self, connection: socket.socket) -> None:
        line = Line(connection)
        with connection:
            while (heard := line.hear()) is not None:
                self.heard.append(heard)
                try:
                    self.respond(heard, line)
                except OSError:
                    break
        self._connections.discard(connection)
