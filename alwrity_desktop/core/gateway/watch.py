"""Watches one call from its request to its booking; the bytes are somebody else's work."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Final

import msgspec
from aiohttp import web

from alwrity_desktop.core.gateway.addresses import Address, clean
from alwrity_desktop.core.gateway.budget_gate import Hold
from alwrity_desktop.core.gateway.calls import CANCELLED, Outcome, begun_call, done_call, orphan_of
from alwrity_desktop.core.gateway.charges import call_at_most
from alwrity_desktop.core.gateway.config import GatewayConfig
from alwrity_desktop.core.gateway.counting import AnswerCounter, RequestReader
from alwrity_desktop.core.gateway.desk import Desk
from alwrity_desktop.core.gateway.dialects.base import Refusal, Route, Usage
from alwrity_desktop.core.gateway.request_hash import RequestHash, key_name
from alwrity_desktop.core.gateway.status import UnderWay
from alwrity_desktop.core.gateway.upstreams import TAG_FIELDS
from alwrity_desktop.core.gateway.usage_asking import UsageKeeper, asking

_UNREACHED: Final = frozenset({502, 504})


class Watch:
    """Watches a call that costs nothing, such as a list of models: there is nothing to note."""

    #: True where the request has to be read before it may go on.
    must_read_first = False

    async def prepare(self) -> None:
        """Find out whether the request has to be read before it may go on."""

    def feed_request(self, chunk: bytes) -> None:
        """Read a piece of the request."""

    def end_request(self) -> None:
        """Take the request as whole: all of it was handed over."""

    async def admit(self) -> Refusal | None:
        """Return why a budget keeps the call from going out, or None."""
        return None

    def rewritten(self, body: bytes) -> bytes | None:  # noqa: ARG002 - for those that count
        """Return what goes out in place of *body*; None for *body* itself."""
        return None

    def begin_answer(self, status: int, headers: Mapping[str, str]) -> None:
        """Note that the answer begins."""

    def feed(self, chunk: bytes) -> bytes:
        """Count a piece of the answer, and return what of it goes to the client."""
        return chunk

    def end_answer(self) -> bytes:
        """Book the call, and return what is still to go out."""
        return b""

    def close(self, status: int) -> None:
        """Book the call by what became of it, unless it is booked already."""

    def drop(self) -> None:
        """Forget the call: it was refused before anything went out."""


class CountedWatch(Watch):
    """Watches a billable call."""

    def __init__(
        self,
        request: web.BaseRequest,
        address: Address,
        route: Route,
        names: Mapping[str, str | None],
        desk: Desk,
        config: GatewayConfig,
    ) -> None:
        self._address = address
        self._route = route
        self._desk = desk
        self._config = config
        self._keeper: UsageKeeper | None = None
        self._started = time.perf_counter()
        self._key = desk.new_key()
        self._tags = _tags_of(request, address, config)
        kind = request.headers.get("Content-Type", "")
        self._request_hash = RequestHash(config.hashes, address, kind)
        self._reader = RequestReader(
            route,
            names.get("model") or "",
            kind,
            is_plain="Content-Encoding" not in request.headers,
        )
        self._answer: AnswerCounter | None = None
        self._status = 0
        self._hold: Hold | None = None
        self._is_booked = False
        self._is_read = False
        self._is_sent = False
        self._begun = begun_call(address, route, self._reader.asked, self._tags)

    async def prepare(self) -> None:
        """Learn of budgets that were set since the call before."""
        await self._desk.gate.refresh(self._desk.now_ms())
        may_ask = self._config.asks_usage and bool(self._route.usage_request)
        self.must_read_first = self._desk.gate.has_budgets or may_ask

    def feed_request(self, chunk: bytes) -> None:
        """Read a piece of the request."""
        self._reader.feed(chunk)
        self._request_hash.feed(chunk)

    def end_request(self) -> None:
        """Note the call once its request has left, so that a crash leaves a trace of it."""
        self._is_sent = True
        self._read_request()
        # One turn later the bytes are out of this process.
        asyncio.get_running_loop().call_soon(self._note_begun)

    def _read_request(self) -> None:
        if not self._is_read:
            self._is_read = True
            asked = self._reader.end()
            self._begun = begun_call(self._address, self._route, asked, self._tags)
            self._desk.tally.under_way[self._key] = UnderWay(
                self._begun.provider, self._begun.model, self._begun.endpoint, self._desk.now_ms()
            )

    def _note_begun(self) -> None:
        if not self._is_booked:
            size = self._reader.size_bytes
            now_ms = self._desk.now_ms()
            orphan = orphan_of(self._begun, self._route, size, self._key, now_ms)
            self._desk.begin(self._key, orphan)
            # While the provider thinks: nobody waits for it now.
            self._request_hash.end()

    async def admit(self) -> Refusal | None:
        """Hold what the call may cost, or return why it may not go out."""
        if not self.must_read_first:
            return None
        gate, now_ms = self._desk.gate, self._desk.now_ms()
        # Its body may have taken long to come.
        await gate.refresh(now_ms)
        self._read_request()
        begun = msgspec.structs.replace(self._begun, occurred_at_ms=now_ms)
        most = call_at_most(begun, self._route, self._reader.asked, self._reader.size_bytes)
        held = gate.admit(most)
        if isinstance(held, Refusal):
            self.drop()
            self._desk.tally.note_block(now_ms, begun.provider, begun.model, held)
            return held
        self._hold = held
        return None

    def rewritten(self, body: bytes) -> bytes | None:
        """Return *body* with the wish for counts, where the person allows it and it is needed."""
        self._read_request()
        field = self._route.usage_request
        if not (self._config.asks_usage and field and self._reader.asked.may_ask_usage):
            return None
        self._keeper = UsageKeeper()
        return asking(body, field)

    def begin_answer(self, status: int, headers: Mapping[str, str]) -> None:
        """Count an answer that begins with *status* and *headers*."""
        self._status = status
        if not headers.get("Content-Type", "").startswith("text/event-stream"):
            self._keeper = None
        self._answer = AnswerCounter(self._route, status, headers)

    def feed(self, chunk: bytes) -> bytes:
        """Count *chunk*; the stream's own last word books the call."""
        answer = self._answer
        if answer is not None and not self._is_booked:
            answer.feed(chunk)
            if answer.is_complete:
                self.close(self._status)
        return chunk if self._keeper is None else self._keeper.feed(chunk)

    def end_answer(self) -> bytes:
        """Book the call with all that its answer counted."""
        if self._answer is not None and not self._is_booked:
            self._answer.end()
        self.close(self._status)
        return b"" if self._keeper is None else self._keeper.end()

    def close(self, status: int) -> None:
        """Book the call once; a stream that failed on its way is booked by its failure."""
        if self._is_booked:
            return
        if status == CANCELLED and not self._is_sent:
            self.drop()
            return
        self._is_booked = True
        self._read_request()
        answer = self._answer
        if answer is not None and answer.usage.failed_status is not None:
            status = answer.usage.failed_status
        elif status == CANCELLED and answer is not None and answer.was_counted:
            # The client left after the last count had come: it has what it wanted.
            status = self._status
        self._desk.tally.unreachable += answer is None and status in _UNREACHED
        usage = answer.usage if answer is not None else Usage()
        outcome = Outcome(
            status=status,
            key=self._key,
            now_ms=self._desk.now_ms(),
            duration_ms=round((time.perf_counter() - self._started) * 1000),
            request_hash=self._request_hash.end() if self._is_sent else "",
        )
        call = done_call(self._begun, self._route, self._reader, usage, outcome)
        self._desk.tally.under_way.pop(self._key, None)
        self._desk.finish(self._key, call, self._hold)

    def drop(self) -> None:
        """Forget the call, and give back what it held."""
        self._is_booked = True
        self._desk.tally.under_way.pop(self._key, None)
        self._desk.gate.settle(self._hold, None, None)


def _tags_of(
    request: web.BaseRequest, address: Address, config: GatewayConfig
) -> Mapping[str, str]:
    """Return project, agent, conversation and key: what the address says, else the headers."""
    tags = dict(address.tags)
    tags["api_key"] = key_name(request.headers, address, config.hashes)
    for field, name in zip(TAG_FIELDS, config.tag_headers, strict=True):
        if field not in tags and name in request.headers:
            tags[field] = clean(request.headers[name])
    return tags
