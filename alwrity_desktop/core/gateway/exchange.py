"""One request on its way: to its provider and back, as it is, watched while it passes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import aiohttp
from aiohttp import hdrs, web
from multidict import CIMultiDict
from yarl import URL

from alwrity_desktop.core.gateway import headers as passing_headers
from alwrity_desktop.core.gateway.addresses import Address
from alwrity_desktop.core.gateway.calls import CANCELLED
from alwrity_desktop.core.gateway.counting import MAX_HELD_BYTES
from alwrity_desktop.core.gateway.dialects.base import Refusal
from alwrity_desktop.core.gateway.passing import WHOLE_BODY_BYTES, PassedResponse, WholeBody
from alwrity_desktop.core.gateway.refusals import answer_of
from alwrity_desktop.core.gateway.watch import Watch

BODY_IDLE_S: Final = 60.0
"""A client that sends nothing of its body for so long is gone."""

MAX_BODY_BYTES: Final = 1 << 30

BAD_REQUEST: Final = 400
REQUEST_TIMEOUT: Final = 408
TOO_LARGE: Final = 413
BAD_GATEWAY: Final = 502
GATEWAY_TIMEOUT: Final = 504

_TOO_LARGE_WORDS: Final = "The request is larger than 1 GB."
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_TIMEOUTS: Final = (asyncio.TimeoutError, aiohttp.ServerTimeoutError)
_BROKEN: Final = (
    aiohttp.ClientPayloadError,
    aiohttp.ClientOSError,
    aiohttp.ServerDisconnectedError,
    *_TIMEOUTS,
)


class RefusedError(Exception):
    """The gateway answers the request itself."""

    def __init__(self, refusal: Refusal, *, is_call: bool = False) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
        #: True when the request went out, or tried to: it is booked as a failed call.
        self.is_call = is_call


class Exchange:
    """A request that goes on to its provider, and its answer."""

    def __init__(
        self,
        request: web.BaseRequest,
        address: Address,
        session: aiohttp.ClientSession,
        watch: Watch,
    ) -> None:
        self._request = request
        self._address = address
        self._session = session
        self._watch = watch
        #: What was wrong with the request's body, while it was being passed on.
        self._fault: RefusedError | None = None

    async def run(self) -> web.StreamResponse:
        """Pass the request on and its answer back; return the answer, sent or to be sent."""
        status: int | None = CANCELLED
        try:
            return await self._pass()
        except RefusedError as error:
            status = error.refusal.status if error.is_call else None
            return answer_of(error.refusal, self._address.upstream.dialect)
        finally:
            # Whatever happened, also when the client went away: what is not booked is now.
            if status is None:
                self._watch.drop()
            else:
                self._watch.close(status)

    async def _pass(self) -> web.StreamResponse:
        try:
            headers = passing_headers.for_upstream(self._request.raw_headers)
        except ValueError:
            raise _refused(BAD_REQUEST, "A header is no UTF-8 text.", "bad_request") from None
        if self._request.headers.get(hdrs.EXPECT, "").lower() == "100-continue":
            await self._request.writer.write(_CONTINUE)
            self._request.writer.output_size = 0
        await self._watch.prepare()
        body = await self._body()
        refusal = await self._watch.admit()
        if refusal is not None:
            raise RefusedError(refusal)
        if isinstance(body, WholeBody) and self._watch.must_read_first:
            body = self._rewritten(body, headers)
        upstream = await self._ask(headers, body)
        async with upstream:
            return await self._answer(upstream)

    async def _body(self) -> WholeBody | AsyncIterator[bytes] | None:
        """Return the body: whole where it is there or has to be read, else as it comes."""
        request, watch = self._request, self._watch
        length = request.content_length
        if (length or 0) > MAX_BODY_BYTES:
            raise _refused(TOO_LARGE, _TOO_LARGE_WORDS, "too_large")
        if not request.can_read_body:
            watch.end_request()
            return None
        if watch.must_read_first:
            return await self._read_body()
        is_there = request.content.is_eof() and (length or 0) <= WHOLE_BODY_BYTES
        if not is_there:
            return self._passing_body()
        body = request.content.read_nowait()
        watch.feed_request(body)
        return WholeBody(body, watch.end_request)

    async def _read_body(self) -> WholeBody | AsyncIterator[bytes]:
        """Read the whole request, since a budget may have to say no to it."""
        chunks: list[bytes] = []
        size = 0
        async for chunk in self._chunks():
            chunks.append(chunk)
            size += len(chunk)
            if size > MAX_HELD_BYTES:
                sentence = "The request is too large to be checked against a blocking budget."
                raise _refused(TOO_LARGE, sentence, "too_large")
        if size <= WHOLE_BODY_BYTES:
            return WholeBody(b"".join(chunks), self._watch.end_request)
        return self._kept_body(chunks)

    def _rewritten(self, body: WholeBody, headers: CIMultiDict[str]) -> WholeBody:
        """Return what goes out in place of *body*, with headers that fit it."""
        changed = self._watch.rewritten(body.content)
        if changed is None:
            return body
        headers[hdrs.CONTENT_LENGTH] = str(len(changed))
        # What was asked for is taken out of the answer again, which has to be readable for it.
        headers[hdrs.ACCEPT_ENCODING] = "identity"
        return WholeBody(changed, self._watch.end_request)

    async def _kept_body(self, chunks: list[bytes]) -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk
        self._watch.end_request()

    async def _passing_body(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks():
            yield chunk
        self._watch.end_request()

    async def _chunks(self) -> AsyncIterator[bytes]:
        """Yield the request's body as it comes; a client that stalls is given up."""
        content = self._request.content
        size = 0
        while not content.at_eof():
            try:
                async with asyncio.timeout(BODY_IDLE_S):
                    chunk = await content.readany()
            except TimeoutError:
                self._fault = _refused(REQUEST_TIMEOUT, "The request's body stalled.", "too_slow")
                raise self._fault from None
            size += len(chunk)
            if size > MAX_BODY_BYTES:
                self._fault = _refused(TOO_LARGE, _TOO_LARGE_WORDS, "too_large")
                raise self._fault
            if chunk:
                self._watch.feed_request(chunk)
                yield chunk

    async def _ask(self, headers: CIMultiDict[str], body: object) -> aiohttp.ClientResponse:
        url = URL(self._address.upstream.url + self._address.target, encoded=True)
        name = self._address.upstream.provider
        try:
            return await self._session.request(
                self._request.method, url, headers=headers, data=body, allow_redirects=False
            )
        except _TIMEOUTS:
            sentence = f"{name} did not answer in time."
            refusal = Refusal(GATEWAY_TIMEOUT, sentence, "upstream_timeout")
            raise RefusedError(refusal, is_call=True) from None
        except (aiohttp.ClientError, OSError, RefusedError):
            if self._fault is not None:
                raise self._fault from None
            sentence = f"{name} cannot be reached from this computer, or broke the connection."
            refusal = Refusal(BAD_GATEWAY, sentence, "upstream_unreachable")
            raise RefusedError(refusal, is_call=True) from None

    async def _answer(self, upstream: aiohttp.ClientResponse) -> web.StreamResponse:
        """Send the answer on, chunk by chunk; it is booked before its last byte goes out."""
        watch = self._watch
        watch.begin_answer(upstream.status, upstream.headers)
        response = PassedResponse(
            status=upstream.status,
            reason=upstream.reason,
            headers=passing_headers.for_client(upstream.raw_headers),
        )
        length = upstream.content_length
        received = 0
        try:
            await response.prepare(self._request)
            async for chunk in upstream.content.iter_any():
                passed = watch.feed(chunk)
                received += len(chunk)
                if received == length:
                    watch.end_answer()
                await response.write(passed)
            await response.write_eof(watch.end_answer())
        except _BROKEN:
            watch.close(BAD_GATEWAY)
            self._cut()
        except ConnectionError:
            watch.close(CANCELLED)
        return response

    def _cut(self) -> None:
        """End the client's connection: an answer that was cut short must look cut short."""
        if self._request.transport is not None:
            self._request.transport.abort()


def _refused(status: int, sentence: str, code: str) -> RefusedError:
    return RefusedError(Refusal(status, sentence, code))
