"""A made-up tenant of today's server: books that change, and answers with the server's faults."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from tests.servers import statements
from tests.servers.bookkeeping import Books
from tests.servers.catalogue import LANGUAGE_MODELS, PLANS, PRICES, PROVIDERS, Use
from tests.servers.preflight import preflight
from tests.servers.recorded import RecordedTenant
from tests.servers.recording_files import ALICE
from tests.servers.server_clock import ServerClock
from tests.servers.wire import Answer, Json, Request, detail, success

DASHBOARD_CACHE_MS: Final = 60_000
#: The server's own mistake with this name.
HUGGINGFACE_FAULT: Final = detail(
    500,
    "Failed to get usage logs: cannot access local variable 'APIProvider' where it is not "
    "associated with a value",
)
NO_PAYMENTS: Final = detail(500, "Payment service not configured")
#: What the constant answers of today's server are taken from.
CONSTANT: Final = RecordedTenant(ALICE)

_Handler: TypeAlias = "Callable[[MadeUpTenant, Request], Answer]"


@dataclass
class MadeUpTenant:
    """One user of today's server, made up of books."""

    user: str
    books: Books
    clock: ServerClock
    #: What the server counted in the last five minutes; it hardly ever counts anything.
    recent_requests: int = 0
    recent_errors: int = 0
    has_payments: bool = True
    _dashboard: tuple[int, Json] | None = field(default=None, repr=False)

    def answer(self, request: Request) -> Answer:
        """Answer as today's server does over these books."""
        for part, handler in HANDLERS.items():
            if part in request.path:
                return handler(self, request)
        return self.constant(request)

    def meter(self, provider: str, request: Request) -> Answer | None:
        """Book a request that looks like a call to the provider, or refuse it."""
        books, now = self.books, self.clock.now()
        summary = books.summaries.get(books.period(now))
        if summary is None:
            words = f"Unable to verify call limit: 'NoneType' object has no attribute '{provider}"
            return metered(provider, f"{words}_calls'", {})
        limits = books.plan["limits"]
        by_model = {name: summary.calls[name] for name in LANGUAGE_MODELS}
        used, limit = sum(by_model.values()), limits["ai_text_generation_calls"]
        if provider in LANGUAGE_MODELS and limit and used >= limit:
            words = (
                f"AI text generation call limit reached. Used {used} of {limit} total AI text "
                "generation calls this billing period."
            )
            inner = {"provider": provider, "current_calls": used, "limit": limit}
            inner |= {"type": "ai_text_generation", "breakdown": by_model}
            info = {"current_calls": used, "limit": limit, "usage_percentage": used / limit * 100}
            return metered(provider, words, info | {"provider": provider, "usage_info": inner})
        agent = request.headers.get("user-agent", "")
        books.book(now, Use(provider, agent), endpoint=request.path)
        return None

    def constant(self, request: Request) -> Answer:
        """Return the recorded answer of an endpoint that says the same to everybody."""
        answer = CONSTANT.answer(request)
        if isinstance(answer.body, dict):
            return Answer(answer.status, _stamped(answer.body, self.clock.now().isoformat()))
        return answer

    def plans(self, request: Request) -> Answer:
        """Answer `/plans`: the tenant's own plan as it was when it was made."""
        own = [
            self.books.plan if tier == self.books.plan["tier"] else plan
            for tier, plan in PLANS.items()
        ]
        return success({"plans": own, "total": len(own)})

    def pricing(self, request: Request) -> Answer:
        """Answer `/pricing`; a provider that is unknown has no prices."""
        wanted = request.query.get("provider", "").lower()
        rows = [row for (provider, _), row in PRICES.items() if wanted in {"", provider}]
        return success({"pricing": rows, "total": len(rows)})

    def usage(self, request: Request) -> Answer:
        """Answer `/usage`: all time, unless a period is asked for."""
        self.books.renew(self.clock.now())
        period = request.query.get("billing_period") or None
        return success(statements.usage_stats(self.books, period, self.clock.now()))

    def trends(self, request: Request) -> Answer:
        """Answer `/usage/…/trends`, which repairs the summaries."""
        months = int(request.query.get("months", "6"))
        return success(statements.trends(self.books, months, self.clock.now()))

    def dashboard(self, request: Request) -> Answer:
        """Answer `/dashboard`; the default view stays the same for a minute."""
        now_ms = self.clock.now_ms()
        self.books.renew(self.clock.now())
        period = request.query.get("billing_period") or None
        if period is None and self._dashboard and now_ms - self._dashboard[0] < DASHBOARD_CACHE_MS:
            return success(self._dashboard[1])
        data = statements.dashboard(self.books, period, self.clock.now())
        if period is None:
            self._dashboard = (now_ms, data)
        return success(data)

    def status(self, request: Request) -> Answer:
        """Answer `/status`."""
        return success(statements.status(self.books, self.clock.now()))

    def subscription(self, request: Request) -> Answer:
        """Answer `/user/…/subscription`."""
        return success(statements.subscription(self.books))

    def alerts(self, request: Request) -> Answer:
        """Answer `/alerts`: the newest, at most a hundred; the counts are of this page."""
        limit = int(request.query.get("limit", "50"))
        is_unread_only = request.query.get("unread_only", "false").lower() == "true"
        newest = reversed(self.books.alerts)
        shown = [each for each in newest if not (is_unread_only and each.read)][:limit]
        unread = sum(each.read is None for each in shown)
        page = [each.document() for each in shown]
        return success({"alerts": page, "total": len(page), "unread_count": unread})

    def mark_read(self, request: Request) -> Answer:
        """Answer `/alerts/…/mark-read`."""
        wanted = int(request.path.split("/")[-2])
        for alert in self.books.alerts:
            if alert.id == wanted:
                alert.read = alert.read or self.clock.now()
                return Answer(200, {"success": True, "message": "Alert marked as read"})
        return detail(404, "Alert not found")

    def logs(self, request: Request) -> Answer:
        """Answer `/usage-logs`, and merge old rows away first."""
        query = request.query
        provider = query.get("provider", "").lower()
        if provider == "huggingface":
            return HUGGINGFACE_FAULT
        self.books.merge(self.clock.now())
        rows = [
            row
            for row in sorted(self.books.rows, key=lambda row: (row.at, row.id), reverse=True)
            if (not provider or (provider in PROVIDERS and row.provider == provider))
            and query.get("status_code", str(row.status)) == str(row.status)
            and (query.get("billing_period") or row.period) == row.period
        ]
        limit, offset = int(query.get("limit", "50")), int(query.get("offset", "0"))
        page = [row.document() for row in rows[offset : offset + limit]]
        return Answer(200, {"logs": page, **_paging(len(rows), limit, offset)})

    def renewals(self, request: Request) -> Answer:
        """Answer `/renewal-history`, newest first."""
        limit = int(request.query.get("limit", "50"))
        offset = int(request.query.get("offset", "0"))
        rows = self.books.renewals[::-1]
        page = rows[offset : offset + limit]
        return success({"renewals": page, **_paging(len(rows), limit, offset)})

    def retention(self, request: Request) -> Answer:
        """Answer `/renewal-history/…/retention-stats`."""
        return success(statements.retention(self.books))

    def preflight(self, request: Request) -> Answer:
        """Answer `/preflight-check`."""
        return preflight(self.books, request, self.clock.now())

    def checkout(self, request: Request) -> Answer:
        """Answer with a link to a page of the payment service."""
        if not self.has_payments:
            return NO_PAYMENTS
        try:
            asked = json.loads(request.body)
        except ValueError:
            asked = None
        needed = "tier" if "checkout" in request.path else "return_url"
        if not isinstance(asked, dict) or needed not in asked:
            fault = {"type": "missing", "loc": ["body", needed], "msg": "Field required"}
            return detail(422, [fault | {"input": asked}])
        kind = "checkout" if needed == "tier" else "portal"
        return Answer(200, {"url": f"https://pay.example/{kind}/{asked.get('tier', 'session')}"})

    def health(self, request: Request) -> Answer:
        """Answer the monitoring that counts requests."""
        answer = self.constant(request)
        if not isinstance(answer.body, dict) or not self.recent_requests:
            return answer
        rate = round(self.recent_errors / self.recent_requests * 100, 2)
        word = "critical" if rate > 10 else "warning" if rate > 5 else "healthy"
        counted = {
            "recent_requests": self.recent_requests,
            "recent_errors": self.recent_errors,
            "error_rate": rate,
        }
        data = dict(answer.body["data"])
        if "system_health" in data:
            data |= {"system_health": word, "api_performance": counted}
        else:
            data |= counted | {"status": word}
        return Answer(200, answer.body | {"data": data})


#: By what stands in the path; the first that fits answers.
HANDLERS: Final[Mapping[str, _Handler]] = {
    "/mark-read": MadeUpTenant.mark_read,
    "/monitoring/health": MadeUpTenant.health,
    "/lightweight-stats": MadeUpTenant.health,
    "/subscription/plans": MadeUpTenant.plans,
    "/subscription/pricing": MadeUpTenant.pricing,
    "/subscription/usage-logs": MadeUpTenant.logs,
    "/trends": MadeUpTenant.trends,
    "/subscription/usage/": MadeUpTenant.usage,
    "/subscription/dashboard/": MadeUpTenant.dashboard,
    "/subscription/user/": MadeUpTenant.subscription,
    "/subscription/status/": MadeUpTenant.status,
    "/subscription/alerts/": MadeUpTenant.alerts,
    "/retention-stats": MadeUpTenant.retention,
    "/renewal-history/": MadeUpTenant.renewals,
    "/preflight-check": MadeUpTenant.preflight,
    "-session": MadeUpTenant.checkout,
}


def metered(provider: str, words: str, info: Json) -> Answer:
    """Return the metering's 429, which has no `detail`."""
    body = {"error": "Usage limit exceeded", "message": words}
    return Answer(429, body | {"usage_info": info, "provider": provider})


def _paging(total: int, limit: int, offset: int) -> Json:
    has_more = offset + limit < total
    return {"total_count": total, "limit": limit, "offset": offset, "has_more": has_more}


def _stamped(value: Json, now: str) -> Json:
    return {
        key: now if key == "timestamp" else _stamped(each, now) if isinstance(each, dict) else each
        for key, each in value.items()
    }
