"""One exchange with a server: let through, sent, followed within the server, read to a bound."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Mapping
from typing import Any, Final, NoReturn

import httpx
import msgspec

from alwrity_desktop.core.asking.addresses import Address
from alwrity_desktop.core.asking.hosts import Host
from alwrity_desktop.core.asking.network import Network
from alwrity_desktop.core.asking.tokens import BEARER, TokenForm
from alwrity_desktop.core.domain.errors import (
    AskingError,
    BrokenAnswerError,
    RateLimitedError,
    UnreachableError,
)

MAX_BODY_BYTES: Final = 16_000_000
MAX_REDIRECTS: Final = 3

_KEEPS_METHOD: Final = frozenset({307, 308})
_REDIRECTS: Final = frozenset({301, 302, 303}) | _KEEPS_METHOD
_FIRST_FAULT: Final = 500
#: Less than this is not worth a connection.
_SHORTEST_S: Final = 0.01


class CutOffError(BrokenAnswerError):
    """The answer began, and broke off: worth asking again."""


class Request(msgspec.Struct, frozen=True):
    """What is sent."""

    method: str
    url: str
    params: Mapping[str, str | int]
    body: Mapping[str, Any] | None
    token: str
    #: When to give up, in the pauses' seconds.
    until_s: float
    token_form: TokenForm = BEARER


class Reply(msgspec.Struct, frozen=True):
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    data: bytes
    at_ms: int
    duration_ms: int


class Line:
    """The way to one account's server."""

    def __init__(self, network: Network, address: Address, account: str) -> None:
        """Share the host of *address* with the other accounts on it."""
        self.host: Host = network.hosts.of(address.origin)
        self.sent = 0
        self._network = network
        self._pauses = network.pauses
        self._address = address
        self._account = account

    async def exchange(self, request: Request) -> Reply:
        """Send *request*, follow redirects within the server, and return what came.

        Raises UnreachableError, BrokenAnswerError and RateLimitedError.
        """
        url, params = request.url, request.params
        for _ in range(MAX_REDIRECTS + 1):
            await self._permit(request.until_s)
            reply = await self._hop(request, url, params)
            if reply.status not in _REDIRECTS:
                return reply
            url, params = self._target(request, url, reply), {}
        raise BrokenAnswerError(f"{self._address.label} sends the question round in circles.")

    async def _permit(self, until_s: float) -> None:
        """Wait until a request may go, or raise when that is too late or the host rests."""
        if wait_s := self.host.breaker.wait_s():
            self._refuse(wait_s)
        while wait_s := self.host.rest_s() or self.host.budget.take(self._account):
            if self._pauses.elapsed_s() + wait_s >= until_s:
                self._limit(wait_s)
            await self._pauses.sleep(wait_s)
        if wait_s := self.host.breaker.enter():
            self._refuse(wait_s)

    def _refuse(self, wait_s: float) -> NoReturn:
        raise UnreachableError(
            f"{self._address.label} did not answer several times and is left alone for "
            f"{max(wait_s, 1):.0f} seconds.",
            next_try_ms=self._network.clock.now_ms() + round(wait_s * 1000),
        )

    def _limit(self, wait_s: float) -> NoReturn:
        is_wanted = self.host.rest_s() > 0
        reason = "wants some rest" if is_wanted else "was asked as often as is polite"
        raise RateLimitedError(
            f"{self._address.label} {reason}; it can be asked again in {wait_s:.0f} seconds.",
            until_ms=self._network.clock.now_ms() + round(wait_s * 1000),
            kind="rate" if is_wanted else "own",
        )

    async def _hop(self, request: Request, url: str, params: Mapping[str, str | int]) -> Reply:
        breaker = self.host.breaker
        try:
            reply = await self._within_time(request, url, params)
        except (UnreachableError, CutOffError):
            breaker.fail()
            raise
        except AskingError:
            breaker.succeed()
            raise
        except BaseException:
            breaker.abandon()
            raise
        if reply.status >= _FIRST_FAULT:
            breaker.fail()
        else:
            breaker.succeed()
        return reply

    async def _within_time(
        self, request: Request, url: str, params: Mapping[str, str | int]
    ) -> Reply:
        left_s = max(request.until_s - self._pauses.elapsed_s(), _SHORTEST_S)
        name = self._address.label
        # What the library raises holds the request with its token: none of it travels on.
        try:
            async with asyncio.timeout(left_s):
                return await self._send(request, url, params)
        except TimeoutError:
            trouble: AskingError = UnreachableError(f"{name} did not answer in time.")
        except httpx.TimeoutException:
            trouble = UnreachableError(f"{name} fell silent.")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            trouble = _trouble(error, name)
        raise trouble

    async def _send(self, request: Request, url: str, params: Mapping[str, str | int]) -> Reply:
        loop = asyncio.get_running_loop()
        client = self._network.client(is_loopback=self._address.is_loopback)
        message = client.build_request(
            request.method,
            url,
            params=params or None,
            content=None if request.body is None else json.dumps(request.body),
            headers={
                **request.token_form.headers(request.token),
                "Content-Type": "application/json",
                # A small compressed body can be a huge one.
                "Accept-Encoding": "identity",
            },
        )
        started_s = loop.time()
        self.sent += 1
        response = await client.send(message, stream=True)
        try:
            data = await self._read(response)
        except httpx.RemoteProtocolError:
            data = None
        finally:
            await response.aclose()
        if data is None:
            raise CutOffError(f"{self._address.label} broke off its answer.")
        return Reply(
            status=response.status_code,
            headers=response.headers,
            data=data,
            at_ms=self._network.clock.now_ms(),
            duration_ms=round((loop.time() - started_s) * 1000),
        )

    async def _read(self, response: httpx.Response) -> bytes:
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise BrokenAnswerError(f"{self._address.label} packed its answer unasked.")
        data = bytearray()
        async for chunk in response.aiter_raw():
            data += chunk
            if len(data) > MAX_BODY_BYTES:
                raise BrokenAnswerError(
                    f"{self._address.label} sent more than {MAX_BODY_BYTES // 1_000_000} MB "
                    "for one question."
                )
        return bytes(data)

    def _target(self, request: Request, url: str, reply: Reply) -> str:
        is_kept = request.method == "GET" or reply.status in _KEEPS_METHOD
        location = reply.headers.get("location", "")
        target = self._address.redirected(url, location) if is_kept and location else None
        if target is None:
            raise BrokenAnswerError(
                f"{self._address.label} sends the question elsewhere; it was not followed. "
                "Check the account's address."
            )
        return target


def _trouble(error: Exception, name: str) -> AskingError:
    """Return the error for what went wrong below, without anything of the request in it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return BrokenAnswerError(
                f"{name} cannot prove who it is, so it was given no token. "
                "Its certificate or its encryption is not to be trusted."
            )
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.ProxyError):
        return UnreachableError(f"The proxy on the way to {name} lets nothing through.")
    if isinstance(error, httpx.ConnectError):
        return UnreachableError(f"{name} cannot be reached.")
    return UnreachableError(f"The connection to {name} broke.")
