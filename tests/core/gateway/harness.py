"""A gateway in a thread of the test's process, with a real ledger and stand-ins behind it."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from alwrity_desktop.core import profile
from alwrity_desktop.core.context import Context, open_context
from alwrity_desktop.core.domain.report import CallRow
from alwrity_desktop.core.gateway.config import GatewayConfig
from alwrity_desktop.core.gateway.dialects.registry import PROVIDERS
from alwrity_desktop.core.gateway.door import LedgerDoor
from alwrity_desktop.core.gateway.server import Gateway
from alwrity_desktop.core.gateway_ledger import ContextDoor
from alwrity_desktop.core.results import PeriodChoice

PATIENCE_S: Final = 20.0
KEY: Final = "sk-canary-key-of-the-owner"

Reply = tuple[int, list[tuple[str, str]], bytes]


def open_profile() -> Context:
    """Return the context of the test's own home."""
    found = profile.find(os.environ)
    profile.prepare(found)
    return open_context(found)


class RunningGateway:
    """A gateway for a ``with`` block; every provider is the server at *upstream*."""

    def __init__(
        self,
        upstream: str,
        *,
        door: Callable[[Context], LedgerDoor] = ContextDoor,
        own: Mapping[str, str] | None = None,
        **config: Any,  # noqa: ANN401 - the fields of GatewayConfig
    ) -> None:
        self.context = open_profile()
        folder = self.context.profile.data / "gateway"
        folder.mkdir(exist_ok=True)
        upstreams = {name: f"{upstream}/{name}" for name in PROVIDERS} | dict(own or {})
        values: dict[str, Any] = {"folder": folder, "port": 0, "upstreams": upstreams, **config}
        self._config = GatewayConfig(**{"clock": self.context.clock, **values})
        self._door = door(self.context)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="gateway")
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(PATIENCE_S)
        if self._error is not None:
            self._thread.join(PATIENCE_S)
            raise self._error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self.context.close()

    @property
    def url(self) -> str:
        """The gateway's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def folder(self) -> Path:
        """The folder of the spool."""
        return self._config.folder

    def stop(self) -> None:
        """Stop the gateway: it books what waits."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(PATIENCE_S * 2)
            assert not self._thread.is_alive()

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | dict[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Return status, headers and body of one answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        given = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"}
        try:
            connection.request(method, path, data, {**given, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def health(self) -> dict[str, Any]:
        """Return what the gateway says of itself."""
        found: dict[str, Any] = json.loads(self.ask("GET", "/healthz")[2])
        return found

    def wait_until(self, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the gateway's health once it is as wished."""
        waited = threading.Event()
        found: dict[str, Any] = {}
        for _ in range(int(PATIENCE_S / 0.02)):
            found = self.health()
            if is_so(found):
                return found
            waited.wait(0.02)
        raise AssertionError(found)

    def booked(self) -> list[CallRow]:
        """Stop, and return what the ledger holds."""
        self.stop()
        return booked_calls(self.context)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            self._error = error
        finally:
            self._loop.close()
            self._ready.set()

    async def _serve(self) -> None:
        gateway = Gateway(self._config, self._door)
        await gateway.start()
        self.port = gateway.port
        self._ready.set()
        await self._stop.wait()
        await gateway.stop()


def booked_calls(context: Context) -> list[CallRow]:
    """Return every call of the ledger, oldest first."""
    return list(context.iterate_calls("local", PeriodChoice("all")))
