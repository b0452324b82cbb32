"""Live updates over WebSocket: hints that lead to a fetch, and silence where there are none."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import Future
from enum import Enum
from http import HTTPStatus
from typing import Final

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from alwrity_desktop.core.asking.addresses import server_address
from alwrity_desktop.core.asking.live_messages import RESYNC, LiveMessage, LiveReader
from alwrity_desktop.core.asking.network import USER_AGENT, Network
from alwrity_desktop.core.asking.tokens import TokenSource
from alwrity_desktop.core.domain.errors import AuthRefusedError

MAX_MESSAGE_BYTES: Final = 1_000_000


class LiveTiming(msgspec.Struct, frozen=True):
    """How long things may take, in seconds."""

    open_s: float = 10.0
    #: A connection is asked for a sign of life this often, and has as long to give one.
    silence_s: float = 20.0
    #: How long a farewell may take.
    close_s: float = 1.0
    first_pause_s: float = 3.0
    longest_pause_s: float = 300.0
    #: A connection that lived so long was a good one: the pauses begin anew.
    good_s: float = 60.0
    #: A server that has no live updates, or refuses the token, is asked again after this.
    absent_pause_s: float = 6 * 3600.0
    refused_pause_s: float = 900.0


class LiveState(Enum):
    """How the live updates stand."""

    CONNECTED = "connected"
    CONNECTING = "connecting"
    #: The server has none.
    ABSENT = "absent"
    #: The token was refused.
    REFUSED = "refused"
    #: The connection broke, and is tried again.
    WAITING = "waiting"
    STOPPED = "stopped"


class LiveUpdates:
    """Holds at most one connection, in the network's thread, until it is closed."""

    def __init__(
        self,
        base_url: str,
        path: str,
        tokens: TokenSource,
        on_message: Callable[[LiveMessage], None],
        *,
        network: Network,
        account: str = "",
        timing: LiveTiming | None = None,
    ) -> None:
        """Listen at *path* after the server's base address.

        *on_message* is called in the network's thread and returns at once. Raises PersonError
        for an address that is none.
        """
        self._address = server_address(base_url)
        self._url = self._address.live_url(path)
        self._tokens = tokens
        self._on_message = on_message
        self._network = network
        self._account = account
        self._timing = timing or LiveTiming()
        self._running: Future[None] | None = None
        self._has_connected = False
        self.state = LiveState.STOPPED
        #: When the server is asked again, UTC milliseconds; None while it is not waiting.
        self.next_try_ms: int | None = None

    def start(self) -> None:
        """Begin to listen; a second call changes nothing. Raises AskingStoppedError."""
        if self._running is None or self._running.done():
            self._running = self._network.submit(self._listen())

    def close(self) -> None:
        """Stop listening; the connection is closed by the network's thread."""
        if self._running is not None:
            self._running.cancel()
            self._running = None

    async def _listen(self) -> None:
        pause_s = 0.0
        try:
            while True:
                await self._permit()
                started_s = self._network.pauses.elapsed_s()
                self.state = await self._connect()
                lived_s = self._network.pauses.elapsed_s() - started_s
                pause_s = self._next_pause_s(0.0 if lived_s >= self._timing.good_s else pause_s)
                await self._wait(self._jittered_s(pause_s))
        finally:
            self.state, self.next_try_ms = LiveState.STOPPED, None

    def _next_pause_s(self, pause_s: float) -> float:
        """Return the pause after the last one, without chance in it."""
        timing = self._timing
        if self.state is LiveState.ABSENT:
            return timing.absent_pause_s
        if self.state is LiveState.REFUSED:
            return timing.refused_pause_s
        if not 0 < pause_s <= timing.longest_pause_s:
            return timing.first_pause_s
        return min(pause_s * 2, timing.longest_pause_s)

    @staticmethod
    def _jittered_s(pause_s: float) -> float:
        """Return a pause a third shorter at most: programs must not come back in step."""
        return pause_s * (1 - random.random() / 3)  # noqa: S311 - it protects nothing

    async def _wait(self, seconds: float) -> None:
        self.next_try_ms = self._network.clock.now_ms() + round(seconds * 1000)
        await self._network.pauses.sleep(seconds)
        self.next_try_ms = None

    async def _permit(self) -> None:
        """Wait until the host may be asked: handshakes count like questions."""
        host = self._network.hosts.of(self._address.origin)
        while wait_s := max(
            host.rest_s(), host.breaker.wait_s(), host.budget.wait_s(self._account)
        ):
            await self._wait(wait_s)
        host.budget.take(self._account)

    async def _connect(self) -> LiveState:
        """Connect, listen until the connection ends, and return what to make of its end."""
        self.state = LiveState.CONNECTING
        try:
            token = await self._tokens.token()
            status = await self._hear(token)
            if status == HTTPStatus.UNAUTHORIZED:
                fresh = await self._tokens.renewed(token)
                status = status if fresh is None else await self._hear(fresh)
        except AuthRefusedError:
            return LiveState.REFUSED
        return _state_after(status)

    async def _hear(self, token: str) -> int | None:
        """Hand on what one connection says; return the status that refused it, None if none."""
        try:
            async with self._opening(token) as connection:
                await self._hand_on(connection)
        except InvalidStatus as error:
            return error.response.status_code
        # A proxy of a kind that needs another package is an ImportError.
        except (WebSocketException, OSError, EOFError, ValueError, ImportError):
            return None
        return None

    def _opening(self, token: str) -> connect:
        timing = self._timing
        return _Connect(
            self._url,
            # Never in the address, which servers and proxies write into their logs.
            additional_headers={"Authorization": f"Bearer {token}"},
            user_agent_header=USER_AGENT,
            proxy=None if self._address.is_loopback else True,
            # A small message could unpack to a huge one.
            compression=None,
            open_timeout=timing.open_s,
            ping_interval=timing.silence_s,
            ping_timeout=timing.silence_s,
            close_timeout=timing.close_s,
            max_size=MAX_MESSAGE_BYTES,
            ssl=self._network.tls if self._address.scheme == "https" else None,
        )

    async def _hand_on(self, connection: ClientConnection) -> None:
        self.state = LiveState.CONNECTED
        if self._has_connected:
            # What was said meanwhile is lost.
            self._on_message(LiveMessage(RESYNC))
        self._has_connected = True
        reader = LiveReader()
        async for raw in connection:
            message = reader.read(raw)
            if message is not None:
                self._on_message(message)


class _Connect(connect):
    """A connection that follows no redirect: the token goes nowhere else."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        """Return the redirect as the error that it is."""
        return exc


def _state_after(status: int | None) -> LiveState:
    if status is None or status == HTTPStatus.TOO_MANY_REQUESTS:
        return LiveState.WAITING
    if status == HTTPStatus.UNAUTHORIZED:
        return LiveState.REFUSED
    is_fault = status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.NOT_IMPLEMENTED
    return LiveState.WAITING if is_fault else LiveState.ABSENT
