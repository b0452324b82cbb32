"""The gateway's server: listens on loopback, judges each request, passes it on."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Final

import aiohttp
from aiohttp import web

from alwrity_desktop.core.domain.errors import WorldError
from alwrity_desktop.core.gateway.addresses import HEALTH, Address, AddressBook
from alwrity_desktop.core.gateway.config import GatewayConfig
from alwrity_desktop.core.gateway.desk import Desk
from alwrity_desktop.core.gateway.dialects.base import Refusal
from alwrity_desktop.core.gateway.door import LedgerDoor
from alwrity_desktop.core.gateway.exchange import Exchange
from alwrity_desktop.core.gateway.guard import Guard
from alwrity_desktop.core.gateway.refusals import answer_of
from alwrity_desktop.core.gateway.status import health_document
from alwrity_desktop.core.gateway.telemetry import PATHS, Telemetry
from alwrity_desktop.core.gateway.watch import CountedWatch, Watch

LOOPBACK: Final = "127.0.0.1"

MAX_CONNECTIONS: Final = 1024
MAX_IN_FLIGHT: Final = 512
MAX_LINE_BYTES: Final = 16_384
MAX_HEADERS: Final = 128
KEEP_ALIVE_S: Final = 60.0
"""Also how long a connection may take to send its first request."""

CONNECT_S: Final = 15.0
READ_S: Final = 900.0
"""Some models think for many minutes before their first byte."""

UPSTREAM_KEEP_ALIVE_S: Final = 15.0
"""Shorter than any provider's: a connection that was closed there would fail a call here."""

DRAIN_S: Final = 10.0

NOT_FOUND: Final = 404
BUSY: Final = 503

_AUTO_HEADERS: Final = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
_LOG: Final = logging.getLogger(__name__)


class _LimitedServer(web.Server):
    """Takes so many connections and no more."""

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        """Take a connection, or end it at once when there are too many."""
        super().connection_made(handler, transport)
        if len(self.connections) > MAX_CONNECTIONS:
            transport.abort()


class Gateway:
    """The running gateway. For one event loop; start once, stop once."""

    def __init__(self, config: GatewayConfig, door: LedgerDoor) -> None:
        """Prepare a gateway; nothing is opened yet."""
        self._config = config
        self._door = door
        self._addresses = AddressBook(config.upstreams)
        self._in_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.port = config.port

    @property
    def url(self) -> str:
        """The address that programs are given, without the provider."""
        return f"http://{LOOPBACK}:{self.port}"

    async def start(self) -> None:
        """Listen. Raises WorldError when the port or the spool's folder cannot be used."""
        loop = asyncio.get_running_loop()
        try:
            self._desk = Desk(self._config, self._door)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            message = f"The gateway's queue in {self._config.folder} cannot be used ({reason})."
            raise WorldError(message) from error
        self._telemetry = Telemetry(self._desk) if self._config.receives_otlp else None
        self._session = _open_session()
        self._web = _LimitedServer(
            self._handle,
            handler_cancellation=True,
            access_log=None,
            logger=_LOG,
            keepalive_timeout=KEEP_ALIVE_S,
            max_line_size=MAX_LINE_BYTES,
            max_field_size=MAX_LINE_BYTES,
            max_headers=MAX_HEADERS,
            auto_decompress=False,
        )
        # Before the first call: a budget that nobody has read yet would hold nothing.
        await self._desk.start()
        try:
            self._listener = await loop.create_server(self._web, LOOPBACK, self._config.port)
        except OSError as error:
            await self._session.close()
            await self._desk.stop()
            message = (
                f"The port {self._config.port} of this computer cannot be used"
                f" ({error.strerror}). Choose another one with --port."
            )
            raise WorldError(message) from error
        self.port = int(self._listener.sockets[0].getsockname()[1])
        self._guard = Guard(self.port, self._config.key)

    async def stop(self) -> None:
        """Take no more calls, let those under way end, and book them all.

        Calls that take longer than a grace are cut off, and booked by what had come.
        """
        self._listener.close()
        self._web.pre_shutdown()
        try:
            async with asyncio.timeout(DRAIN_S):
                await self._idle.wait()
        except TimeoutError:
            _LOG.info("Calls under way were cut off after %s s.", DRAIN_S)
        await self._web.shutdown(0.5)
        await self._session.close()
        if self._telemetry is not None:
            self._telemetry.close()
        await self._desk.stop()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self._in_flight += 1
        self._idle.clear()
        try:
            return await self._answer(request)
        except Exception:  # noqa: BLE001 - a fault of ours must not look like the provider's
            _LOG.exception("A request failed.")
            sentence = "The gateway failed in a way that is its own fault."
            return answer_of(Refusal(500, sentence, "gateway_fault"))
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._idle.set()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        refusal = self._guard.refuse(request)
        if refusal is not None:
            return self._refuse(refusal)
        if request.raw_path == HEALTH:
            return self._health()
        if self._telemetry is not None and request.raw_path in PATHS:
            return await self._telemetry.take(request)
        address = self._addresses.find(request.raw_path)
        if address is None:
            known = ", ".join(self._addresses.providers)
            sentence = f"This address leads nowhere. Addresses begin with one of: {known}."
            return self._refuse(Refusal(NOT_FOUND, sentence, "no_such_address"))
        if self._in_flight > MAX_IN_FLIGHT:
            refusal = Refusal(BUSY, "Too many calls are under way.", "too_many_calls")
            self._desk.tally.refused += 1
            return answer_of(refusal, address.upstream.dialect)
        self._desk.tally.passed += 1
        return await Exchange(request, address, self._session, self._watch(request, address)).run()

    def _watch(self, request: web.BaseRequest, address: Address) -> Watch:
        found = address.upstream.dialect.route(request.method, address.path)
        if found is None:
            self._desk.tally.uncounted += 1
            return Watch()
        route, match = found
        names: Mapping[str, str | None] = match.groupdict()
        return CountedWatch(request, address, route, names, self._desk, self._config)

    def _refuse(self, refusal: Refusal) -> web.StreamResponse:
        self._desk.tally.refused += 1
        response = answer_of(refusal)
        response.force_close()
        return response

    def _health(self) -> web.Response:
        document = health_document(
            self._desk.tally,
            self._desk.waiting,
            self._addresses.providers,
            self.url,
            self._desk.gate.document(),
        )
        body = json.dumps(document).encode()
        return web.Response(body=body, content_type="application/json")


def _open_session() -> aiohttp.ClientSession:
    """Return the client that asks providers: it adds, follows, keeps and changes nothing."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=UPSTREAM_KEEP_ALIVE_S)
    return aiohttp.ClientSession(
        connector=connector,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S, sock_read=READ_S),
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=_AUTO_HEADERS,
        auto_decompress=False,
        trust_env=False,
        max_line_size=MAX_LINE_BYTES,
        max_field_size=MAX_LINE_BYTES * 4,
    )
