"""Today's ALwrity server: its doors, its refusals, its limits of rate; tenants answer behind it."""

from __future__ import annotations

import ssl
from collections import deque
from collections.abc import Iterable
from typing import Final, Protocol

from tests.servers.base import HOST, StandInServer
from tests.servers.endpoints import Access, Endpoint, find_endpoints
from tests.servers.health import health_document, rate_document
from tests.servers.metering import metered_provider
from tests.servers.recorded import RecordedTenant
from tests.servers.recording_files import FRESH, USERS
from tests.servers.server_clock import ServerClock
from tests.servers.tokens import Tokens
from tests.servers.wire import Answer, Request, detail, success

MAX_REQUESTS: Final = 200
WINDOW_S: Final = 60
RATE_LIMITED: Final = Answer(
    429,
    {"detail": "Too many requests", "retry_after": 60},
    {"access-control-allow-origin": "*"},
)
MAX_CHECKOUTS: Final = 10
ACCESS_DENIED: Final = detail(403, "Access denied")
#: A token of a user that this server was given no tenant for.
NO_SUCH_TENANT: Final = detail(500, "No such tenant on the stand-in server")
FRESH_TENANT: Final = RecordedTenant(FRESH)


class Tenant(Protocol):
    """One user of the server and all that the server knows of them."""

    user: str

    def answer(self, request: Request) -> Answer:
        """Answer a request that was let in."""

    def meter(self, provider: str, request: Request) -> Answer | None:
        """Book a request that looks like a call to the provider; return a refusal if any."""


class AlwrityServer(StandInServer):
    """Today's server with the tenants it is given; without any, with all that were recorded."""

    def __init__(
        self,
        tenants: Iterable[Tenant] = (),
        *,
        clock: ServerClock | None = None,
        is_auth_disabled: bool = False,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(port=port, tls=tls)
        self.clock = clock or ServerClock()
        self.tokens = Tokens(is_auth_disabled=is_auth_disabled)
        known = list(tenants) or [RecordedTenant(user) for user in USERS]
        self.tenants = {tenant.user: tenant for tenant in known}
        self._recent_ms: deque[int] = deque()
        self._checkouts_ms: deque[int] = deque()

    def token(self, user: str) -> str:
        """Return the user's newest token; the first one is made now and accepted."""
        return self.tokens.current(user)

    def renew(self, user: str) -> str:
        """Return a new token for the user; older ones stay accepted until they expire."""
        return self.tokens.fresh(user)

    def accept(self, token: str, user: str) -> None:
        """Take the token as the user's from now on."""
        self.tokens.accept(token, user)

    def expire(self, token: str) -> None:
        """Refuse the token from now on."""
        self.tokens.expire(token)

    def reply(self, request: Request) -> Answer:
        """Answer as today's server does: rate, metering, doors, validation, tenant."""
        limited = self._limit(request)
        if limited:
            return limited
        user = self.tokens.user_of(request)
        provider = metered_provider(request)
        if provider and user in self.tenants:
            refusal = self.tenants[user].meter(provider, request)
            if refusal:
                return refusal
        return self._open_answer(request) or self._routed(request, user)

    def refuse_socket(self, request: Request) -> Answer | None:
        """Refuse where there are no sockets, and to those whose token is not accepted."""
        if self.live.refusal:
            return self.live.refusal
        user = self.tokens.user_of(request)
        if user is None:
            return self.tokens.refusal(request)
        return None if request.path == f"/ws/billing/{user}" else ACCESS_DENIED

    def _limit(self, request: Request) -> Answer | None:
        """Count a request; return the refusal to the 201st within a minute."""
        if "/health" in request.path:
            return None
        self._forget(self._recent_ms)
        if len(self._recent_ms) >= MAX_REQUESTS:
            return RATE_LIMITED
        self._recent_ms.append(self.clock.now_ms())
        return None

    def _forget(self, moments_ms: deque[int]) -> None:
        while moments_ms and moments_ms[0] <= self.clock.now_ms() - WINDOW_S * 1000:
            moments_ms.popleft()

    def _open_answer(self, request: Request) -> Answer | None:
        """Return the answer of the endpoints that ask nobody who they are."""
        if request.path == "/health":
            return Answer(200, health_document(self.clock.now()))
        if request.path == "/api/rate-limit/status":
            seen = len(self._recent_ms)
            return Answer(200, rate_document(seen))
        if request.path == "/api/rate-limit/reset" and request.method == "POST":
            self._recent_ms.clear()
            return Answer(200, {"message": f"Rate limit reset for {HOST}"})
        return None

    def _routed(self, request: Request, user: str | None) -> Answer:
        if request.path.endswith("/") and find_endpoints(request.path[:-1]):
            return Answer(307, b"", {"location": self.url + request.path[:-1], "content-type": ""})
        found = find_endpoints(request.path)
        if not found:
            return detail(404, "Not Found")
        fitting = [each for each in found if each.method == request.method]
        if not fitting:
            allowed = ", ".join(each.method for each in found)
            return detail(405, "Method Not Allowed", allow=allowed)
        return self._let_in(fitting[0], request, user)

    def _let_in(self, endpoint: Endpoint, request: Request, user: str | None) -> Answer:
        if endpoint.access is Access.OPTIONAL:
            return self._optional(request, user)
        if user is None:
            return self.tokens.refusal(request)
        if endpoint.access is Access.OWN and endpoint.names(request.path)["user"] != user:
            return ACCESS_DENIED
        wrong = endpoint.wrong_values(request)
        if wrong:
            return detail(422, wrong)
        if endpoint.is_checkout and self._is_checkout_limited():
            return detail(429, "Too many checkout attempts. Please try again shortly.")
        tenant = self.tenants.get(user)
        return tenant.answer(request) if tenant else NO_SUCH_TENANT

    def _optional(self, request: Request, user: str | None) -> Answer:
        """Answer with the user's plans or prices; without a user, with what everyone sees."""
        is_exact = request.headers.get("authorization", "").startswith("Bearer ")
        if user in self.tenants and is_exact:
            return self.tenants[user].answer(request)
        if request.path.endswith("/pricing"):
            return success({"pricing": [], "total": 0})
        return FRESH_TENANT.answer(request)

    def _is_checkout_limited(self) -> bool:
        self._forget(self._checkouts_ms)
        self._checkouts_ms.append(self.clock.now_ms())
        return len(self._checkouts_ms) > MAX_CHECKOUTS
