"""A recorded tenant: answers as today's server gave them, chosen by what is asked."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import datetime
from typing import Any, Final

from tests.servers import statements
from tests.servers.bookkeeping import Books, Contract, Summary
from tests.servers.preflight import preflight
from tests.servers.recording_files import ALICE, BOB, CAROL, DAVE, ERIN, FRESH, USERS, Case, cases
from tests.servers.wire import Answer, Json, Request, detail, success

__all__ = [
    "ALICE",
    "BOB",
    "CAROL",
    "DAVE",
    "ERIN",
    "FRESH",
    "USERS",
    "Case",
    "RecordedTenant",
    "cases",
]

#: When the recordings were made.
RECORDED_AT: Final = datetime.fromisoformat("2026-11-21T02:00:00")
LOGS: Final = "/api/subscription/usage-logs"
ALERTS: Final = "/api/subscription/alerts/"
TRENDS: Final = "/trends"
#: What a query says that leaves it out.
DEFAULTS: Final = {
    LOGS: {"limit": "50", "offset": "0"},
    ALERTS: {"limit": "50", "unread_only": "false"},
    TRENDS: {"months": "6"},
}
INVALID_JSON: Final = detail(
    422,
    [
        {
            "type": "json_invalid",
            "loc": ["body", 1],
            "msg": "JSON decode error",
            "input": {},
            "ctx": {"error": "Expecting property name enclosed in double quotes"},
        }
    ],
)


class RecordedTenant:
    """One user of today's server, as recorded; it remembers which alerts were read.

    Not every row was recorded. The count is of those that are there; where the tenant is cut,
    it stays what the server said.
    """

    def __init__(self, user: str, *, is_cut: bool = False) -> None:
        self.user = user
        self.is_cut = is_cut
        own = cases(user)
        known = {(case.method, case.path) for case in own}
        shared = (case for case in cases("shared") if (case.method, case.path) not in known)
        self._cases = (*own, *shared)
        self._logs = self._recorded_logs()
        self._alerts: list[Json] = deepcopy(self._longest(ALERTS, "alerts"))
        self.books = self._recorded_books()

    def answer(self, request: Request) -> Answer:
        """Return the recorded answer, or what follows from the recorded answers."""
        if request.path == LOGS:
            exact = self._exact(request)
            return exact or self._some_logs(request.query)
        if request.body and _parsed(request.body) is None:
            return INVALID_JSON
        if request.path.endswith("/mark-read"):
            return self._mark_read(request)
        if request.path.startswith(ALERTS):
            return self._some_alerts(request)
        return self._exact(request) or self._nearest(request)

    def meter(self, provider: str, request: Request) -> Answer | None:
        """Refuse a metered request as it was refused to this user, if it was."""
        refusals = [
            case.answer
            for case in cases("refusals")
            if case.user == self.user and _of(case.answer, "provider") == provider
        ]
        return refusals[0] if refusals else None

    def _exact(self, request: Request) -> Answer | None:
        wanted = _said(request.path, request.query)
        body = _parsed(request.body)
        for case in self._of(request):
            if _said(case.path, case.query) == wanted and case.body == body:
                return case.answer
        return None

    def _nearest(self, request: Request) -> Answer:
        """Return what follows from the recordings where none fits."""
        found = self._of(request)
        if not found:
            return detail(404, "Not Found")
        if request.path.endswith(TRENDS):
            return success(_last_columns(found, int(request.query.get("months", "6"))))
        if self.books and request.path.endswith("/preflight-check"):
            return preflight(deepcopy(self.books), request, RECORDED_AT)
        period = request.query.get("billing_period")
        if self.books and period and "/usage/" in request.path:
            return success(statements.usage_stats(self.books, period, RECORDED_AT))
        if self.books and period and "/dashboard/" in request.path:
            return success(statements.dashboard(self.books, period, RECORDED_AT))
        return found[0].answer

    def _recorded_books(self) -> Books | None:
        """Return the books that the trends and the subscription were told from.

        None for a tenant without plans.
        """
        body: Any = self._first("/subscription").body
        told = body["data"]
        if not told["limits"]:
            return None
        start = (told["subscription"] or {}).get("current_period_start")
        contract = Contract(datetime.fromisoformat(start)) if start else None
        books = Books(told["plan"]["tier"], contract)
        books.plan["limits"] = told["limits"]
        trends = [each for each in self._cases if each.path.endswith(TRENDS)]
        columns = _last_columns(trends, 24)
        for place, period in enumerate(columns["periods"]):
            if columns["total_calls"][place]:
                books.summaries[period] = summary = Summary(RECORDED_AT)
                for name, figures in columns["provider_trends"].items():
                    summary.calls[name] = figures["calls"][place]
                    summary.tokens[name] = figures["tokens"][place]
                    summary.cost[name] = figures["cost"][place]
                unitemised = columns["total_tokens"][place] - summary.tokens.total()
                summary.tokens["audio"] += unitemised
        return books

    def _first(self, ending: str) -> Answer:
        return next(case.answer for case in self._cases if case.path.endswith(ending))

    def _of(self, request: Request) -> list[Case]:
        asked = (request.method, request.path)
        return [case for case in self._cases if (case.method, case.path) == asked]

    def _longest(self, part: str, key: str) -> list[Json]:
        """Return the longest recorded list of this kind."""
        bodies: list[Any] = [case.answer.body for case in self._cases if part in case.path]
        lists = [body["data"][key] for body in bodies if _holds(body, key)]
        return max(lists, key=len, default=[])

    def _recorded_logs(self) -> list[Json]:
        """Return every row that any recorded answer shows, newest first."""
        rows: dict[int, Json] = {}
        for case in self._cases:
            if case.path == LOGS and isinstance(case.answer.body, dict):
                rows |= {row["id"]: row for row in case.answer.body.get("logs", ())}
        return sorted(rows.values(), key=lambda row: row["timestamp"], reverse=True)

    def _some_logs(self, query: dict[str, str]) -> Answer:
        """Answer other pages from the recorded rows."""
        limit, offset = int(query.get("limit", "50")), int(query.get("offset", "0"))
        rows = [row for row in self._logs if _fits(row, query)]
        is_whole = not (query.keys() - {"limit", "offset"})
        total = self._count() if is_whole and self.is_cut else len(rows)
        body = {
            "logs": rows[offset : offset + limit],
            "total_count": total,
            "limit": limit,
            "offset": offset,
            "has_more": offset + limit < total,
        }
        return Answer(200, body)

    def _count(self) -> int:
        first = self._exact(Request("GET", LOGS, {}, {}))
        return int(first.body["total_count"]) if first and isinstance(first.body, dict) else 0

    def _some_alerts(self, request: Request) -> Answer:
        limit = int(request.query.get("limit", "50"))
        exact = self._exact(request)
        if exact and exact.status != 200:
            return exact
        is_unread_only = request.query.get("unread_only", "false").lower() == "true"
        page = [each for each in self._alerts if not (is_unread_only and each["is_read"])][:limit]
        unread = sum(not each["is_read"] for each in page)
        return success({"alerts": page, "total": len(page), "unread_count": unread})

    def _mark_read(self, request: Request) -> Answer:
        wanted = request.path.split("/")[-2]
        for alert in self._alerts:
            if str(alert["id"]) == wanted:
                if not alert["is_read"]:
                    alert |= {"is_read": True, "read_at": "2026-11-21T02:00:00.034861"}
                return Answer(200, {"success": True, "message": "Alert marked as read"})
        return detail(404, "Alert not found")


def _parsed(body: bytes) -> object:
    """Return a request's body, or None if it is not JSON."""
    try:
        return json.loads(body)
    except ValueError:
        return None


def _of(answer: Answer, key: str) -> object:
    """Return a field of an answer's outermost object."""
    return answer.body.get(key) if isinstance(answer.body, dict) else None


def _said(path: str, query: dict[str, str]) -> dict[str, str]:
    """Return a query without what it says by leaving it out."""
    defaults: dict[str, str] = {}
    for part, values in DEFAULTS.items():
        if part in path:
            defaults = values
    return {key: value for key, value in query.items() if defaults.get(key) != value}


def _holds(body: object, key: str) -> bool:
    return isinstance(body, dict) and isinstance(body.get("data"), dict) and key in body["data"]


def _fits(row: Json, query: dict[str, str]) -> bool:
    """Return whether a row is of the provider, status and period; unknown names fit nothing."""
    names = {"google": "gemini"}
    provider = query.get("provider", "").lower()
    return (
        (not provider or names.get(row["provider"], row["provider"]) == provider)
        and query.get("status_code", str(row["status_code"])) == str(row["status_code"])
        and query.get("billing_period", row["billing_period"]) == row["billing_period"]
    )


def _last_columns(found: list[Case], months: int) -> Json:
    """Return the last months of the longest recorded trends."""
    bodies: list[Any] = [case.answer.body for case in found if case.answer.status == 200]
    longest = max((body["data"] for body in bodies), key=lambda data: len(data["periods"]))
    columns: Json = _cut_columns(longest, months)
    return columns


def _cut_columns(value: Any, months: int) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return {key: _cut_columns(each, months) for key, each in value.items()}
    return value[-months:]
