"""The network: one thread that does all asking, its connections, and its end."""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError, Future
from functools import cached_property
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final, TypeVar

import httpx

from alwrity_desktop import __version__
from alwrity_desktop.core.asking.hosts import Hosts
from alwrity_desktop.core.asking.pauses import Pauses, RealPauses
from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.domain.errors import AskingStoppedError

USER_AGENT: Final = f"BillingDesk/{__version__}"
"""Neutral on purpose: servers bill requests whose User-Agent names a provider or its models."""

CONNECT_S: Final = 6.0
READ_S: Final = 10.0
"""How long a server may be silent within one answer; the question's deadline stands beside it."""

_LIMITS: Final = httpx.Limits(max_connections=16, max_keepalive_connections=8, keepalive_expiry=30)
_CLOSING: Final = "The program is closing; nothing is asked any more."
_Result = TypeVar("_Result")

# They write whole addresses, and at the lowest level headers, into their logs.
for _name in ("httpx", "httpcore", "websockets", "websockets.client", "hpack"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class Network:
    """Runs questions in one thread, which the first question starts and ``close`` joins."""

    def __init__(
        self, clock: Clock, *, pauses: Pauses | None = None, ca_file: str | None = None
    ) -> None:
        """Take the clock, the pauses, and certificates to trust beside the system's."""
        self.clock = clock
        self.pauses: Pauses = pauses or RealPauses()
        self.hosts = Hosts(self.pauses)
        self._ca_file = ca_file
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._clients: dict[bool, httpx.AsyncClient] = {}
        self._is_closed = False

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Do *work* in the network's thread, wait, and return its result or raise its error.

        Raises AskingStoppedError when the network is closed before or meanwhile.
        """
        future = self.submit(work)
        try:
            return future.result()
        except CancelledError:
            raise AskingStoppedError(_CLOSING) from None
        except BaseException:
            future.cancel()
            raise

    def submit(self, work: Coroutine[Any, Any, _Result]) -> Future[_Result]:
        """Begin *work* in the network's thread. Raises AskingStoppedError after ``close``."""
        with self._lock:
            if self._is_closed:
                work.close()
                raise AskingStoppedError(_CLOSING)
            return asyncio.run_coroutine_threadsafe(work, self._running())

    def client(self, *, is_loopback: bool) -> httpx.AsyncClient:
        """Return the connections to this computer, or those to all others.

        Only the latter follow the environment's proxies (``trust_env``): a company's proxy is
        often the only way out, and never the way to this computer.
        """
        if is_loopback not in self._clients:
            self._clients[is_loopback] = httpx.AsyncClient(
                headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
                # No account's session may travel with another's questions.
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
                follow_redirects=False,
                limits=_LIMITS,
                timeout=httpx.Timeout(READ_S, connect=CONNECT_S),
                trust_env=not is_loopback,
                verify=self.tls,
            )
        return self._clients[is_loopback]

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """How servers prove who they are: the system's certificates and the usual public ones."""
        context = httpx.create_ssl_context()
        context.load_default_certs()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self._ca_file is not None:
            context.load_verify_locations(self._ca_file)
        return context

    def close(self) -> None:
        """Call off everything that is under way, and join the thread."""
        with self._lock:
            self._is_closed = True
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is not None and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(
                target=self._serve, args=(self._loop,), name="asking", daemon=True
            )
            self._thread.start()
        return self._loop

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
            loop.run_until_complete(self._end())
        finally:
            # Without waiting for a name that is still being looked up: it may take long.
            loop.close()

    async def _end(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for client in self._clients.values():
            await client.aclose()
        await asyncio.get_running_loop().shutdown_asyncgens()
