"""A user of today's server, written from its contract alone: a second opinion on the made-up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tests.servers.recorded import RecordedTenant
from tests.servers.recording_files import FRESH
from tests.servers.server_clock import ServerClock
from tests.servers.wire import Answer, Json, Request, detail, success

KEPT: Final = timedelta(days=90)
CACHED: Final = timedelta(seconds=60)
MOST_ROWS, ROWS_LEFT = 5000, 4000
#: Trends, limits, breakdowns and logs do not agree on what a provider is called.
ENUM: Final = (
    *("gemini", "openai", "anthropic", "mistral", "wavespeed", "tavily", "serper", "metaphor"),
    *("firecrawl", "stability", "exa", "video", "image_edit", "audio"),
)
IN_BREAKDOWN: Final = {"mistral": "huggingface"}
IN_LOGS: Final = {"mistral": "huggingface", "gemini": "google"} | dict.fromkeys(
    ("video", "audio", "image_edit"), "wavespeed"
)
MODELS: Final = {
    "gemini": "gemini-2.5-flash",
    "openai": "gpt-4o",
    "mistral": "openai/gpt-oss-120b:groq",
    "tavily": "tavily-search",
    "exa": "exa-search",
    "video": "wan-2.5",
    "stability": "stable-diffusion",
}
LIMITS: Final = dict.fromkeys(
    (
        *("ai_text_generation_calls", "gemini_calls", "openai_calls", "anthropic_calls"),
        *("mistral_calls", "tavily_calls", "serper_calls", "metaphor_calls", "firecrawl_calls"),
        *("exa_calls", "stability_calls", "video_calls", "image_edit_calls", "audio_calls"),
        *("wavespeed_calls", "gemini_tokens", "openai_tokens", "anthropic_tokens"),
        "mistral_tokens",
    ),
    0,
)
NOBODY: Final = RecordedTenant(FRESH)


@dataclass
class Row:
    """One row of the log; the cost is the decimal text that the server writes."""

    id: int
    at: datetime
    provider: str
    cost: str
    key: str
    tokens_in: int = 0
    tokens_out: int = 0
    merged: int = 0
    shown: str = ""

    def document(self) -> Json:
        """Return the row as the log writes it."""
        shown = self.shown or IN_LOGS.get(self.provider, self.provider)
        model = MODELS.get(self.provider, self.provider)
        return {
            "id": self.id,
            "timestamp": self.at.isoformat(),
            "provider": shown,
            "actual_provider_name": None if self.merged else shown,
            "model_used": f"[{self.merged} calls aggregated]" if self.merged else model,
            "endpoint": "[AGGREGATED]" if self.merged else "/api/story/generate",
            "method": "AGGREGATED" if self.merged else "POST",
            "tokens_input": self.tokens_in,
            "tokens_output": self.tokens_out,
            "tokens_total": self.tokens_in + self.tokens_out,
            "cost_input": 0.0,
            "cost_output": 0.0,
            "cost_total": float(self.cost),
            "response_time": 1.5,
            "status_code": 200,
            "status": "success",
            "error_message": f"Aggregated {self.merged} calls: {self.merged} success, 0 failed"
            if self.merged
            else None,
            "billing_period": self.key,
            "retry_count": 0,
            "is_aggregated": bool(self.merged),
        }


@dataclass
class Stranger:
    """One user: rows, counters that were believed once, and a subscription."""

    user: str
    clock: ServerClock
    tier: str = "basic"
    limits: Mapping[str, float] | None = field(default_factory=lambda: {"monthly_cost": 25.0})
    start: datetime | None = None
    end: datetime | None = None
    cycle: str = "monthly"
    auto_renew: bool = False
    rows: list[Row] = field(default_factory=list)
    #: By key and provider: calls, tokens, dollars; only the first call of a key is counted.
    counters: defaultdict[str, dict[str, tuple[int, int, float]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    alerts: list[Json] = field(default_factory=list)
    renewals: list[Json] = field(default_factory=list)
    _shown: tuple[datetime, Answer] | None = None

    @property
    def key(self) -> str:
        """The key that is booked to now."""
        month = f"{self.clock.now():%Y-%m}"
        if self.start is None:
            return max(self.counters, default=month)
        own = f"{self.start:%Y-%m}"
        return month if own not in self.counters and month in self.counters else own

    def call(
        self, at: datetime, provider: str, cost: str, tokens: tuple[int, int] = (0, 0), **more: str
    ) -> Row:
        """Book a call; the key is the one booked to now unless `key` says another."""
        key = more.get("key") or self.key
        number = max((row.id for row in self.rows), default=0) + 1
        row = Row(number, at, provider, cost, key, *tokens, shown=more.get("shown", ""))
        self.rows.append(row)
        if key not in self.counters:
            self.counters[key][provider] = (1, sum(tokens), float(cost))
        return row

    def answer(self, request: Request) -> Answer:
        """Answer as the contract says; what it does not tell is as a new user has it."""
        name = request.path.removeprefix("/api/subscription/").partition("/")[0]
        if "/trends" in request.path:
            name = "trends"
        elif request.path.endswith("/mark-read"):
            name = "mark_read"
        handler = getattr(self, f"_{name.replace('-', '_')}", None)
        if handler is None or (self.limits is None and name in {"plans", "user", "status"}):
            return NOBODY.answer(request)
        answer: Answer = handler(request)
        return answer

    def meter(self, provider: str, request: Request) -> Answer | None:
        """Refuse nothing and fail the test: this client must not be taken for a call."""
        return detail(500, f"metered as {provider}")

    def _renewed(self) -> None:
        now, days = self.clock.now(), 365 if self.cycle == "yearly" else 30
        if self.auto_renew and self.end is not None and self.end <= now:
            self.start, self.end = now, now + timedelta(days=days)

    def _limits20(self) -> Json:
        return {**LIMITS, "monthly_cost": 0.0, **(self.limits or {})}

    def _plan_limits(self) -> Json:
        limits = self._limits20()
        zero = "unlimited" if self.tier == "enterprise" else "disabled"
        means = {name: "limited" if limit else zero for name, limit in limits.items()}
        return {**limits, "_zero_means": means | {"monthly_cost": "disabled"}}

    def _plan(self) -> Json:
        return {"id": 2, "name": self.tier.title(), "tier": self.tier, "price_monthly": 29.0}

    def _plans(self, _request: Request) -> Answer:
        whole = {"price_yearly": 290.0, "description": "", "features": []}
        plan = self._plan() | whole | {"limits": self._plan_limits()}
        return success({"plans": [plan], "total": 1})

    def _pricing(self, _request: Request) -> Answer:
        return success({"pricing": [], "total": 0})

    def _status(self, _request: Request) -> Answer:
        self._renewed()
        told: Json = {"active": True, "plan": self.tier, "tier": self.tier, "can_use_api": True}
        if self.end is not None and self.end <= self.clock.now():
            told |= {"active": False, "can_use_api": False, "reason": "Subscription expired"}
            return success(told)
        return success(told | {"limits": self._plan_limits()})

    def _user(self, _request: Request) -> Answer:
        plan, limits = self._plan() | {"description": ""}, self._plan_limits()
        if self.start is None or self.end is None:
            plan["is_free"] = True
            return success({"subscription": None, "plan": plan, "status": "free", "limits": limits})
        own = {
            "id": 1,
            "billing_cycle": self.cycle,
            "current_period_start": self.start.isoformat(),
            "current_period_end": self.end.isoformat(),
            "status": "active",
            "auto_renew": self.auto_renew,
            "created_at": self.start.isoformat(),
        }
        plan |= {"is_free": False, "price_yearly": 290.0}
        return success({"subscription": own, "plan": plan, "limits": limits})

    def _usage(self, request: Request) -> Answer:
        self._renewed()
        return success(self._stats(request.query.get("billing_period") or ""))

    def _stats(self, key: str) -> Json:
        keys = [key] if key else list(self.counters)
        chosen = [self.counters[one] for one in keys if one in self.counters]
        named: Json = {"plan_name": self.tier.title(), "tier": self.tier, "features": []}
        told = None if self.limits is None else named | {"limits": self._limits20()}
        return {
            "billing_period": key or "all",
            "usage_status": "active",
            "total_calls": sum(part[0] for one in chosen for part in one.values()),
            "total_tokens": sum(part[1] for one in chosen for part in one.values()),
            "total_cost": round(sum(part[2] for one in chosen for part in one.values()), 2),
            "avg_response_time": 1.5,
            "error_rate": 0.0,
            "limits": told,
            "provider_breakdown": {
                IN_BREAKDOWN.get(name, name): {
                    "calls": sum(one.get(name, (0, 0, 0.0))[0] for one in chosen),
                    "cost": 0,
                    "tokens": 0,
                }
                for name in ENUM
            }
            if chosen
            else {},
            "usage_percentages": self._percentages(chosen[0]) if key and chosen else {},
            "historical_breakdown": [] if key else [self._past(one) for one in self.counters],
            "last_updated": self.clock.now().isoformat(),
        }

    def _percentages(self, counted: Mapping[str, tuple[int, int, float]]) -> Json:
        names = [name for name in ENUM if name not in {"openai", "anthropic"}]
        limits = self._limits20()
        found = {
            f"{IN_BREAKDOWN.get(name, name)}_calls": counted.get(name, (0,))[0]
            / limits[f"{name}_calls"]
            * 100
            for name in names
            if limits[f"{name}_calls"]
        }
        return {**found, "cost": 0.0}

    def _past(self, key: str) -> Json:
        counted = self.counters[key].values()
        return {
            "billing_period": key,
            "total_calls": sum(part[0] for part in counted),
            "total_tokens": sum(part[1] for part in counted),
            "total_cost": sum(part[2] for part in counted),
            "usage_status": "active",
            "updated_at": self.clock.now().isoformat(),
        }

    def _dashboard(self, _request: Request) -> Answer:
        self._renewed()
        if self._shown and self.clock.now() - self._shown[0] < CACHED:
            return self._shown[1]
        total, current = self._stats(""), self._stats(self.key)
        unread = [alert for alert in self.alerts if not alert["is_read"]][-5:]
        answer = success(
            {
                "total_usage": total,
                "current_period_usage": current,
                "trends": self._columns(6),
                "limits": current["limits"],
                "alerts": unread,
                "projections": {"projected_monthly_cost": 0.0, "cost_limit": 0},
                "summary": {
                    "total_api_calls_this_month": total["total_calls"],
                    "total_cost_this_month": total["total_cost"],
                    "usage_status": "active",
                    "unread_alerts": len(unread),
                },
            }
        )
        self._shown = (self.clock.now(), answer)
        return answer

    def _trends(self, request: Request) -> Answer:
        return success(self._columns(int(request.query.get("months", "6"))))

    def _columns(self, months: int) -> Json:
        """Repair the counters by the rows, and return the months thirty days apart."""
        for key, counted in self.counters.items():
            for name in ENUM:
                rows = [row for row in self.rows if (row.key, row.provider) == (key, name)]
                calls, tokens, cost = counted.get(name, (0, 0, 0.0))
                used = sum(row.tokens_in + row.tokens_out for row in rows)
                paid = sum(float(row.cost) for row in rows)
                counted[name] = (max(calls, len(rows)), max(tokens, used), max(cost, paid))
        back = [self.clock.now() - timedelta(days=30 * number) for number in range(months)]
        keys = [f"{at:%Y-%m}" for at in reversed(back)]
        columns = [[self.counters.get(key, {}).get(name) for key in keys] for name in ENUM]
        zeros = (0, 0, 0.0)
        names = ("calls", "tokens", "cost")
        totals = {
            f"total_{name}": [
                sum((column[at] or zeros)[place] for column in columns) for at in range(months)
            ]
            for place, name in enumerate(names)
        }
        providers = {
            provider: {
                name: [(cell or zeros)[place] for cell in column]
                for place, name in enumerate(names)
            }
            for provider, column in zip(ENUM, columns, strict=True)
        }
        return {"periods": keys, "provider_trends": providers} | totals

    def _alerts(self, request: Request) -> Answer:
        is_unread_only = request.query.get("unread_only") == "true"
        newest = [each for each in self.alerts[::-1] if not (is_unread_only and each["is_read"])]
        page = newest[: int(request.query.get("limit", "50"))]
        return success({"alerts": page, "total": len(page), "unread_count": len(page)})

    def _mark_read(self, request: Request) -> Answer:
        wanted = int(request.path.split("/")[-2])
        for alert in self.alerts:
            if alert["id"] == wanted:
                alert["is_read"] = True
                return Answer(200, {"success": True, "message": "Alert marked as read"})
        return detail(404, "Alert not found")

    def _usage_logs(self, request: Request) -> Answer:
        query = request.query
        if query.get("provider", "").lower() == "huggingface":
            return detail(500, "Failed to get usage logs")
        self._wrap()
        wanted = query.get("provider", "").lower()
        rows = [row for row in self.rows if wanted in {"", row.provider}]
        rows.sort(key=lambda row: row.at, reverse=True)
        offset, limit = int(query.get("offset", "0")), int(query.get("limit", "50"))
        page = [row.document() for row in rows[offset : offset + limit]]
        has_more = offset + limit < len(rows)
        told = {"total_count": len(rows), "limit": limit, "offset": offset, "has_more": has_more}
        return Answer(200, {"logs": page, **told})

    def _wrap(self) -> None:
        """Merge what is too old or too much; the rows go before the merged ones get their ids."""
        oldest, order = self.clock.now() - KEPT, sorted(self.rows, key=lambda row: row.at)
        surplus = len(order) - ROWS_LEFT if len(order) > MOST_ROWS else 0
        groups: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
        for place, row in enumerate(order):
            if not row.merged and (row.at < oldest or place < surplus):
                groups[row.provider, row.key].append(row)
        gone = {id(row) for group in groups.values() for row in group}
        self.rows = [row for row in self.rows if id(row) not in gone]
        for (provider, key), group in groups.items():
            self.rows.append(
                Row(
                    max((row.id for row in self.rows), default=0) + 1,
                    group[0].at,
                    provider,
                    repr(sum(float(row.cost) for row in group)),
                    key,
                    sum(row.tokens_in for row in group),
                    sum(row.tokens_out for row in group),
                    len(group),
                )
            )

    def _renewal_history(self, request: Request) -> Answer:
        if request.path.endswith("/retention-stats"):
            return NOBODY.answer(request)
        page = self.renewals[::-1]
        told = {"total_count": len(page), "limit": 100, "offset": 0, "has_more": False}
        return success({"renewals": page, **told})
