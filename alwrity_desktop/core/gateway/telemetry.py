"""Takes what programs report by OpenTelemetry, and books the calls that it tells of."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Final

from aiohttp import hdrs, web

from alwrity_desktop.core.gateway.desk import Desk
from alwrity_desktop.core.otlp.receiver import MAX_BODY_BYTES, PATHS, Receipt, Receiver

__all__ = ["PATHS", "Telemetry"]

_LARGE_BYTES: Final = 1 << 18
"""A larger message is read in a thread: calls under way come first."""

_METHOD_NOT_ALLOWED: Final = 405
_TOO_LARGE: Final = 413
_TIMEOUT: Final = 408
_IDLE_S: Final = 60.0


class Telemetry:
    """The receiver behind OTLP's own paths."""

    def __init__(self, desk: Desk) -> None:
        """Book what is told at *desk*."""
        self._desk = desk
        self._receiver = Receiver(desk.now_ms())
        #: The receiver takes one message after the other.
        self._turn = asyncio.Lock()

    async def take(self, request: web.BaseRequest) -> web.Response:
        """Book the calls of a message; when it is answered they are in the spool."""
        if request.method != "POST":
            return web.Response(status=_METHOD_NOT_ALLOWED, headers={hdrs.ALLOW: "POST"})
        try:
            async with asyncio.timeout(_IDLE_S):
                body = await _body_of(request)
        except TimeoutError:
            return web.Response(status=_TIMEOUT)
        if body is None:
            return web.Response(status=_TOO_LARGE)
        async with self._turn:
            receipt = await self._receipt(request, body)
            self._desk.take(receipt.calls)
        return web.Response(
            status=receipt.status,
            body=receipt.body,
            headers={hdrs.CONTENT_TYPE: receipt.content_type},
        )

    def close(self) -> None:
        """Book what was held back until the end."""
        self._desk.take(self._receiver.flush())

    async def _receipt(self, request: web.BaseRequest, body: bytes) -> Receipt:
        read = partial(
            self._receiver.take,
            request.path,
            body,
            request.headers.get(hdrs.CONTENT_TYPE, ""),
            request.headers.get(hdrs.CONTENT_ENCODING, ""),
            self._desk.now_ms(),
        )
        if len(body) <= _LARGE_BYTES:
            return read()
        return await asyncio.get_running_loop().run_in_executor(None, read)


async def _body_of(request: web.BaseRequest) -> bytes | None:
    """Return the whole body, None for one that is too large."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.content.iter_any():
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            return None
        chunks.append(chunk)
    return b"".join(chunks)
