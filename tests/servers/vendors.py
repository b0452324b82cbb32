"""Stand-ins for the billing of OpenAI, Anthropic and OpenRouter: pages, days in UTC, refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from tests.servers.base import StandInServer
from tests.servers.wire import Answer, Json, Request

ADMIN_KEY: Final = "sk-admin-canary"
DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Use:
    """What was used of one model on one day."""

    model: str
    usd: str
    input_tokens: int = 1000
    cached_tokens: int = 0
    output_tokens: int = 100
    requests: int = 1
    currency: str = "usd"


@dataclass
class Books:
    """One organisation's use by day."""

    days: dict[date, list[Use]] = field(default_factory=dict)
    today: date = date(2026, 11, 21)
    #: Days on a page, so that there are many.
    days_on_page: int = 31
    #: Whether each page names itself as the next one.
    is_endless: bool = False

    def use(self, day: str, *uses: Use) -> None:
        """Note what was used on *day*."""
        self.days.setdefault(date.fromisoformat(day), []).extend(uses)

    def page(self, first: date, query: Mapping[str, str]) -> tuple[list[date], str | None]:
        """Return the days of one page, and the name of the next one."""
        start = (
            date.fromisoformat(query["page"].removeprefix("page_")) if "page" in query else first
        )
        limit = min(int(query.get("limit", "7")), self.days_on_page)
        days = [start + number * DAY for number in range(limit)]
        days = [day for day in days if day <= self.today]
        following = start + limit * DAY
        if self.is_endless:
            return days, query.get("page", f"page_{first}")
        return days, f"page_{following}" if following <= self.today else None


class VendorServer(StandInServer):
    """A provider whose administration takes one key."""

    def __init__(self, books: Books | None = None, *, port: int = 0) -> None:
        super().__init__(port=port)
        self.books = books or Books()
        self.key = ADMIN_KEY

    def reply(self, request: Request) -> Answer:
        """Answer what the key may know."""
        if self.token_of(request) != self.key:
            return Answer(401, {"error": {"message": "Incorrect API key provided."}})
        if request.method != "GET":
            return Answer(405, {"error": {"message": "Method not allowed."}})
        return self.answer(request)

    def token_of(self, request: Request) -> str:
        """Return the key that the request brings."""
        return request.headers.get("authorization", "").removeprefix("Bearer ")

    def answer(self, request: Request) -> Answer:
        """Answer a request whose key was right."""
        raise NotImplementedError


class OpenAiServer(VendorServer):
    """Costs by line item and usage by model, in buckets of a day that begin at a second."""

    def answer(self, request: Request) -> Answer:
        """Answer one page of costs or of usage."""
        rows = {
            "/v1/organization/costs": self._costs,
            "/v1/organization/usage/completions": self._usage,
            "/v1/organization/usage/embeddings": self._nothing,
        }.get(request.path)
        if rows is None:
            return Answer(404, {"error": {"message": "Invalid URL"}})
        first = datetime.fromtimestamp(int(request.query["start_time"]), UTC).date()
        days, following = self.books.page(first, request.query)
        data = [
            {"object": "bucket", "start_time": seconds(day), "results": rows(day)} for day in days
        ]
        return Answer(
            200,
            {
                "object": "page",
                "data": data,
                "has_more": following is not None,
                "next_page": following,
            },
        )

    def _nothing(self, _day: date) -> list[Json]:
        return []

    def _costs(self, day: date) -> list[Json]:
        return [
            {
                "object": "organization.costs.result",
                "amount": {"value": float(each.usd), "currency": each.currency},
                "line_item": f"{each.model}, input",
                "project_id": "proj_1",
            }
            for each in self.books.days.get(day, ())
        ]

    def _usage(self, day: date) -> list[Json]:
        return [
            {
                "object": "organization.usage.completions.result",
                "model": each.model,
                "input_tokens": each.input_tokens,
                "input_cached_tokens": each.cached_tokens,
                "output_tokens": each.output_tokens,
                "num_model_requests": each.requests,
            }
            for each in self.books.days.get(day, ())
        ]


class AnthropicServer(VendorServer):
    """Costs in cents as texts, and tokens by model; the key comes in a header of its own."""

    def __init__(self, books: Books | None = None, *, port: int = 0) -> None:
        super().__init__(books, port=port)
        #: Whether the cache's fields are laid flat.
        self.is_flat = False

    def token_of(self, request: Request) -> str:
        """Return the key, where the version is named as well."""
        has_version = request.headers.get("anthropic-version") == "2023-06-01"
        return request.headers.get("x-api-key", "") if has_version else ""

    def answer(self, request: Request) -> Answer:
        """Answer one page of a report."""
        rows = {
            "/v1/organizations/cost_report": self._costs,
            "/v1/organizations/usage_report/messages": self._usage,
        }.get(request.path)
        if rows is None:
            return Answer(404, {"type": "error", "error": {"type": "not_found_error"}})
        first = date.fromisoformat(request.query["starting_at"][:10])
        days, following = self.books.page(first, request.query)
        data = [
            {
                "starting_at": f"{day}T00:00:00Z",
                "ending_at": f"{day + DAY}T00:00:00Z",
                "results": rows(day),
            }
            for day in days
        ]
        body = {"data": data, "has_more": following is not None, "next_page": following}
        return Answer(200, body)

    def _costs(self, day: date) -> list[Json]:
        return [
            {
                "amount": str(Decimal(each.usd) * 100),
                "currency": each.currency.upper(),
                "model": each.model,
                "description": f"{each.model} Usage - Input Tokens",
                "cost_type": "tokens",
            }
            for each in self.books.days.get(day, ())
        ]

    def _usage(self, day: date) -> list[Json]:
        found = []
        for each in self.books.days.get(day, ()):
            written: Json = {"ephemeral_5m_input_tokens": 30, "ephemeral_1h_input_tokens": 10}
            row: Json = {
                "model": each.model,
                "uncached_input_tokens": each.input_tokens - each.cached_tokens - 40,
                "cache_read_input_tokens": each.cached_tokens,
                "output_tokens": each.output_tokens,
            }
            found.append(row | (written if self.is_flat else {"cache_creation": written}))
        return found


class OpenRouterServer(VendorServer):
    """A key with its use and credits, and the activity of the last thirty completed days."""

    def __init__(self, books: Books | None = None, *, port: int = 0) -> None:
        super().__init__(books, port=port)
        #: Whether the key may read the activity and the credits.
        self.is_management = True

    def answer(self, request: Request) -> Answer:
        """Answer about the key, the credits or the activity."""
        if request.path == "/api/v1/key":
            used = self._used()
            daily = self._used(self.books.today)
            return Answer(200, {"data": {"usage": used, "usage_daily": daily, "limit": None}})
        if not self.is_management:
            message = "Only management keys can perform this operation"
            return Answer(403, {"error": {"message": message, "code": 403}})
        if request.path == "/api/v1/credits":
            return Answer(200, {"data": {"total_credits": 100, "total_usage": self._used()}})
        if request.path == "/api/v1/activity":
            return Answer(200, {"data": self._activity()})
        return Answer(404, {"error": {"message": "Not Found", "code": 404}})

    def _used(self, day: date | None = None) -> float:
        days = self.books.days if day is None else {day: self.books.days.get(day, [])}
        return float(sum(Decimal(each.usd) for uses in days.values() for each in uses))

    def _activity(self) -> list[Any]:
        return [
            {
                "date": day.isoformat(),
                "model": each.model,
                "provider_name": "Somebody",
                "usage": float(each.usd),
                "byok_usage_inference": 0,
                "requests": each.requests,
                "prompt_tokens": each.input_tokens,
                "completion_tokens": each.output_tokens,
                "reasoning_tokens": 0,
            }
            for day, uses in self.books.days.items()
            if self.books.today - 30 * DAY <= day < self.books.today
            for each in uses
        ]


def seconds(day: date) -> int:
    """Return when *day* begins in UTC, seconds since 1970."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
