"""A server in a thread of the test's process: it remembers requests and misbehaves on request."""

from __future__ import annotations

import socket
import ssl
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.servers.live import LiveFeed
from tests.servers.mishaps import MISHAPS, Mishap
from tests.servers.wire import Answer, Request

HOST: Final = "127.0.0.1"
POLL_S: Final = 0.02
RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)


@dataclass
class _Misbehaviour:
    mishap: Mishap
    times: int | None
    path: str
    options: dict[str, Any] = field(default_factory=dict)


class StandInServer:
    """A loopback server with an address of its own; a context manager.

    What it answers is `reply`, which subclasses write; it is called for one request at a time.
    """

    def __init__(self, *, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        #: How many TCP connections were accepted.
        self.connections = 0
        #: Errors of the server itself, which no test asked for.
        self.faults: list[BaseException] = []
        self.live = LiveFeed()
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self._misbehaviours: list[_Misbehaviour] = []
        self._tls = tls
        self._http = _Listener((HOST, port), self, tls)
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(POLL_S,), name="stand-in server"
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_exception: object) -> None:
        self.stop()
        if self.faults and kind is None:
            raise self.faults[0]

    @property
    def url(self) -> str:
        """Return the address without a path."""
        port = self._http.server_address[1]
        return f"{'https' if self._tls else 'http'}://{HOST}:{port}"

    def stop(self) -> None:
        """Close every connection and wait until every thread has ended; once is enough."""
        self.stopping.set()
        self._http.shutdown()
        self._thread.join()
        self._http.cut_all()
        self._http.server_close()

    def drop_connections(self) -> None:
        """Cut every connection that is open now, as a restarted server does."""
        self._http.cut_all()

    def misbehave(
        self, kind: str, *, times: int | None = 1, path: str = "", **options: object
    ) -> None:
        """Do wrong in the next `times` requests whose path contains `path`; None: until `behave`.

        `kind` is a key of `mishaps.MISHAPS`; what it takes as `options` stands there. Several
        queue up: the oldest that fits comes first.
        """
        with self.lock:
            self._misbehaviours.append(_Misbehaviour(MISHAPS[kind], times, path, options))

    def behave(self) -> None:
        """Do right from now on."""
        with self.lock:
            self._misbehaviours.clear()

    def asked(self, path: str = "") -> list[Request]:
        """Return the requests so far whose path contains this."""
        with self.lock:
            return [request for request in self.requests if path in request.path]

    def reply(self, request: Request) -> Answer:
        """Return the answer to a request."""
        raise NotImplementedError

    def refuse_socket(self, request: Request) -> Answer | None:
        """Return why this WebSocket handshake is refused, or None to accept it."""
        return self.live.refusal

    def next_mishap(self, request: Request) -> Callable[[Exchange], None] | None:
        """Remember the request; return what is to go wrong with it."""
        with self.lock:
            self.requests.append(request)
            for wrong in self._misbehaviours:
                if wrong.path in request.path:
                    break
            else:
                return None
            if wrong.times is not None:
                wrong.times -= 1
                if not wrong.times:
                    self._misbehaviours.remove(wrong)
            return lambda exchange: wrong.mishap(exchange, **wrong.options)


class Exchange:
    """One request and the way back to whoever sent it."""

    def __init__(self, server: StandInServer, connection: _Connection, request: Request) -> None:
        self.server = server
        self.request = request
        self._connection = connection

    def answer(self) -> Answer:
        """Return the right answer, worked out now."""
        with self.server.lock:
            return self.server.reply(self.request)

    def send(self, answer: Answer) -> None:
        """Send a whole answer; its body stays away where the method wants none."""
        body = b"" if self.request.method == "HEAD" else answer.content()
        self.write(answer.head() + body)

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._connection.connection.sendall(data)

    def end(self) -> None:
        """Close the connection after this."""
        self._connection.close_connection = True

    def reset(self) -> None:
        """Close the connection at once, so that the other side sees a reset."""
        linger = (socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self._connection.connection.setsockopt(*linger)
        self._connection.connection.close()
        self.end()

    def wait(self, seconds: float) -> bool:
        """Wait; return whether the server is to stop."""
        return self.server.stopping.wait(seconds)


class _Listener(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], owner: StandInServer, tls: ssl.SSLContext | None
    ) -> None:
        super().__init__(address, _Connection)
        self.owner = owner
        self._tls = tls
        self._open: set[socket.socket] = set()

    def get_request(self) -> tuple[socket.socket, Any]:
        accepted, address = super().get_request()
        if self._tls:
            # The handshake waits for the first read, in the connection's own thread.
            accepted = self._tls.wrap_socket(
                accepted, server_side=True, do_handshake_on_connect=False
            )
        with self.owner.lock:
            self.owner.connections += 1
            self._open.add(accepted)
        return accepted, address

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as in the base class
        with self.owner.lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def cut_all(self) -> None:
        with self.owner.lock:
            opened = list(self._open)
        for each in opened:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep an error of the server itself for its end; clients may go away as they like."""
        error = sys.exception()
        if error and not isinstance(error, OSError):
            self.owner.faults.append(error)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Listener

    def log_message(self, *_args: object) -> None:
        """Write no line for each request."""

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, ssl.SSLError):
            self.close_connection = True

    def _any(self) -> None:
        owner = self.server.owner
        exchange = Exchange(owner, self, self._request())
        mishap = owner.next_mishap(exchange.request)
        if mishap:
            mishap(exchange)
        elif exchange.request.headers.get("upgrade", "").lower() == "websocket":
            self.close_connection = True
            refusal = owner.refuse_socket(exchange.request)
            if refusal:
                exchange.send(refusal)
            else:
                owner.live.serve(self.connection, exchange.request)
        else:
            exchange.send(exchange.answer())

    def _request(self) -> Request:
        address = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", "0")))
        query = dict(parse_qsl(address.query, keep_blank_values=True))
        return Request(self.command, unquote(address.path), query, headers, body)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Handle every method alike: the base class looks for do_GET, do_POST and so on."""
        if name.startswith("do_"):
            return self._any
        raise AttributeError(name)
