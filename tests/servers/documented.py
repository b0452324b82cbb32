"""A server that answers as the ALwrity API was documented, with live updates."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final

from tests.servers import statements
from tests.servers.alwrity import AlwrityServer
from tests.servers.bookkeeping import Books
from tests.servers.catalogue import PLANS, PRICES, PROVIDERS
from tests.servers.made_up import MadeUpTenant
from tests.servers.server_clock import ServerClock
from tests.servers.wire import Answer, Json, Request, detail, success

#: The providers that a documented breakdown knows.
DOCUMENTED: Final = tuple(
    name for name in PROVIDERS if name not in {"wavespeed", "exa", "video", "image_edit", "audio"}
)
TOKENS_PER_PRICE: Final = 1_000_000
WARNING_PERCENT: Final = 80
#: What this generation has no door for.
UNKNOWN: Final = (
    *("/usage-logs", "/renewal-history", "/status/", "/preflight-check", "-session"),
    "/content-planning/health/",
)


class Trends(Enum):
    """The shapes that documented trends come in."""

    ROWS = "rows"
    ROWS_IN_PERIODS = "rows in periods"
    COLUMNS = "columns"


class DocumentedServer(AlwrityServer):
    """A server of the documented generation; it offers live updates.

    Args:
        tenants: Whose books it answers from.
        clock: The server's clock.
        trends: The shape of the trends.
        is_enveloped: Whether answers come as `{"success": true, "data": …}`; else bare.
        is_percentage_inside: Whether the percentages stand inside `current_usage`.
        is_refusing: Whether who passed a limit gets 429 for everything.
        port: A port of its own, or 0 for any that is free.
        tls: Certificates for https and wss.
    """

    def __init__(
        self,
        tenants: Iterable[MadeUpTenant],
        *,
        clock: ServerClock | None = None,
        trends: Trends = Trends.ROWS,
        is_enveloped: bool = False,
        is_percentage_inside: bool = False,
        is_refusing: bool = False,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        own = {tenant.user: tenant for tenant in tenants}
        super().__init__(own.values(), clock=clock, port=port, tls=tls)
        self.made_up: Mapping[str, MadeUpTenant] = own
        self.trends = trends
        self.is_enveloped = is_enveloped
        self.is_percentage_inside = is_percentage_inside
        self.is_refusing = is_refusing
        self.live.offer()

    def reply(self, request: Request) -> Answer:
        """Answer as documented; refusals and the shared endpoints are today's."""
        answer = super().reply(request)
        if any(part in request.path for part in UNKNOWN):
            return detail(404, "Not Found")
        user = self.tokens.user_of(request)
        if user is None and request.path.endswith(("/plans", "/pricing")):
            return self.tokens.refusal(request)
        tenant = self.made_up.get(user or "")
        # Today's 500 of the cache is a figure here.
        if tenant is None or answer.status not in {200, 500}:
            return answer
        if self.is_refusing and self.status(tenant) == "limit_reached":
            return limit_passed()
        data = self._data(tenant, request)
        if data is None:
            return answer
        return success(data) if self.is_enveloped else Answer(200, data)

    def status(self, tenant: MadeUpTenant) -> str:
        """Return the documented status of a tenant's current period."""
        top = max(self.percentages(tenant.books).values(), default=0.0)
        if top >= 100:
            return "limit_reached"
        return "warning" if top >= WARNING_PERCENT else "active"

    def usage(self, user: str, period: str = "") -> Json:
        """Return the UsageStats of a period, the current one without any."""
        tenant = self.made_up[user]
        books, now = tenant.books, self.clock.now()
        period = period or books.period(now)
        books.repair()
        summary = books.summaries.get(period)
        usage = {
            "billing_period": period,
            "usage_status": self.status(tenant),
            "total_calls": summary.calls.total() if summary else 0,
            "total_tokens": summary.tokens.total() if summary else 0,
            "total_cost": summary.total_cost if summary else 0.0,
            "avg_response_time": summary.seconds if summary else 0.0,
            "error_rate": 0.0,
            "limits": _limits(books),
            "provider_breakdown": _breakdown(books, period),
            "alerts": _alerts(books),
            "last_updated": f"{now.isoformat()}Z",
        }
        if self.is_percentage_inside:
            usage["usage_percentages"] = self.percentages(books)
        return usage

    def percentages(self, books: Books) -> dict[str, float]:
        """Return how much is used of each limit in the current period."""
        books.repair()
        summary = books.summaries.get(books.period(self.clock.now()))
        limits = books.plan["limits"]
        if summary is None:
            return {}
        used = {
            f"{name}_calls": summary.calls[name] / limits[f"{name}_calls"] * 100
            for name in DOCUMENTED
            if limits.get(f"{name}_calls")
        }
        return used | {"cost": summary.total_cost / limits["monthly_cost"] * 100}

    def _data(self, tenant: MadeUpTenant, request: Request) -> object:
        """Return the documented body, or None where today's answer is the documented one."""
        path, query = request.path, request.query
        if path.endswith("/trends"):
            return self._trends(tenant.books, int(query.get("months", "6")))
        if "/usage/" in path:
            return self.usage(tenant.user, query.get("period", ""))
        if "/dashboard/" in path:
            return self._dashboard(tenant)
        if "/monitoring/" in path:
            return _monitoring(tenant, path, self.clock.now().isoformat())
        return _list(tenant.books, request)

    def _dashboard(self, tenant: MadeUpTenant) -> Json:
        usage = self.usage(tenant.user)
        now = self.clock.now()
        projected = usage["total_cost"] / now.day * statements.DAYS_IN_MONTH
        limit = tenant.books.plan["limits"]["monthly_cost"]
        data = {
            "current_usage": usage,
            "trends": self._trends(tenant.books, 6),
            "limits": _limits(tenant.books),
            "alerts": _alerts(tenant.books)[:5],
            "projections": {
                "projected_monthly_cost": projected,
                "projected_usage_percentage": projected / limit * 100,
            },
            "summary": {
                "total_api_calls_this_month": usage["total_calls"],
                "total_cost_this_month": usage["total_cost"],
                "usage_status": usage["usage_status"],
                "unread_alerts": sum(not each["read"] for each in _alerts(tenant.books)),
            },
        }
        if not self.is_percentage_inside:
            data["usage_percentages"] = self.percentages(tenant.books)
        return data

    def _trends(self, books: Books, months: int) -> object:
        columns = statements.trends(books, months, self.clock.now())
        names = ("periods", "total_calls", "total_tokens", "total_cost")
        if self.trends is Trends.COLUMNS:
            return {name: columns[name] for name in names}
        rows = [
            dict(zip(("period", "calls", "tokens", "cost"), row, strict=True))
            for row in zip(*(columns[name] for name in names), strict=True)
        ]
        return {"periods": rows} if self.trends is Trends.ROWS_IN_PERIODS else rows


def limit_passed() -> Answer:
    """Return the documented error of somebody who passed a limit."""
    body = {"success": False, "error": "Usage limit exceeded", "message": "Limit reached"}
    return Answer(429, body | {"details": {}})


def _list(books: Books, request: Request) -> list[Json] | None:
    """Return what is documented as a list: plans, prices, alerts."""
    path, query = request.path, request.query
    if path.endswith("/plans"):
        return [_plan(plan) for plan in PLANS.values()]
    if path.endswith("/pricing"):
        return _pricing(query.get("provider", ""))
    if "/alerts/" in path and request.method == "GET":
        is_unread_only = query.get("unread_only") == "true"
        return [each for each in _alerts(books) if not (is_unread_only and each["read"])]
    return None


def _limits(books: Books) -> Json:
    limits = {key: value for key, value in books.plan["limits"].items() if key != "_zero_means"}
    return {"plan_name": books.plan["name"], "limits": limits}


def _breakdown(books: Books, period: str) -> Json:
    summary = books.summaries.get(period)
    if summary is None:
        return {}
    return {
        name: {
            "calls": summary.calls[name],
            "tokens": summary.tokens[name],
            "cost": summary.cost[name],
        }
        for name in DOCUMENTED
        if summary.calls[name]
    }


def _alerts(books: Books) -> list[Json]:
    return [
        {
            "id": alert.id,
            "title": alert.document()["title"],
            "message": alert.message,
            "severity": alert.document()["severity"],
            "read": alert.read is not None,
            "created_at": f"{alert.created.isoformat()}Z",
        }
        for alert in reversed(books.alerts)
    ]


def _plan(plan: Json) -> Json:
    limits = {key: value for key, value in plan["limits"].items() if key != "_zero_means"}
    return {key: value for key, value in plan.items() if key != "limits"} | {"limits": limits}


def _pricing(provider: str) -> list[Json]:
    return [
        {
            "provider": row["provider"],
            "model_name": row["model_name"],
            "input_cost_per_1m": row["cost_per_input_token"] * TOKENS_PER_PRICE,
            "output_cost_per_1m": row["cost_per_output_token"] * TOKENS_PER_PRICE,
            "cost_per_request": row["cost_per_request"],
        }
        for row in PRICES.values()
        if provider.lower() in {"", row["provider"]}
    ]


def _monitoring(tenant: MadeUpTenant, path: str, now: str) -> Json | None:
    """Return the documented monitoring: bare objects, and a cache that does answer."""
    requests, errors = tenant.recent_requests, tenant.recent_errors
    rate = errors / requests * 100 if requests else 0.0
    counted = {"recent_requests": requests, "recent_errors": errors, "error_rate": rate}
    if path.endswith(("/monitoring/health", "/lightweight-stats")):
        return {"status": "healthy", "icon": "🟢", **counted, "timestamp": f"{now}Z"}
    if path.endswith("/api-stats"):
        overview = {"total_requests": requests, "total_errors": errors, **counted}
        return {"overview": overview, "recent_errors": [], "timestamp": f"{now}Z"}
    if path.endswith("/cache-stats"):
        return {"hits": 0, "misses": 0, "hit_rate": 0.0}
    return None
