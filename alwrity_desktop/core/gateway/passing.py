"""How requests and answers pass through aiohttp as they are: nothing added, nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from aiohttp import hdrs, payload, web
from aiohttp.abc import AbstractStreamWriter

WHOLE_BODY_BYTES: Final = 1 << 20
"""Larger bodies are handed over in pieces, so that one does not hold up the others."""

_DEFAULTS: Final = (hdrs.CONTENT_TYPE, hdrs.DATE, hdrs.SERVER)


class PassedResponse(web.StreamResponse):
    """An answer with the provider's headers and none of the library's own."""

    async def _prepare_headers(self) -> None:
        missing = [name for name in _DEFAULTS if name not in self.headers]
        await super()._prepare_headers()
        for name in missing:
            self.headers.popall(name, None)


class WholeBody(payload.BytesPayload):
    """A body that is there already; tells when it was handed over."""

    def __init__(self, body: bytes, on_sent: Callable[[], None]) -> None:
        """Send *body*, then call *on_sent*."""
        super().__init__(body)
        self.content = body
        self._on_sent = on_sent

    async def write_with_length(
        self, writer: AbstractStreamWriter, content_length: int | None
    ) -> None:
        """Write the body, then tell."""
        await super().write_with_length(writer, content_length)
        self._on_sent()
