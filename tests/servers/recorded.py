"""A recorded tenant: answers as today's server gave them, chosen by what is asked."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.servers.wire import Answer, Json, Request, detail, success

FOLDER: Final = Path(__file__).parent / "recordings"
ALICE: Final = "user_alice_pro"
BOB: Final = "user_bob_basic_alerts"
CAROL: Final = "user_carol_free_limit"
DAVE: Final = "user_dave_empty"
ERIN: Final = "user_erin_expired"
FRESH: Final = "user_unknown_fresh"
USERS: Final = (ALICE, BOB, CAROL, DAVE, ERIN, FRESH)

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


@dataclass(frozen=True, slots=True)
class Case:
    """One recorded request and its answer."""

    method: str
    path: str
    query: dict[str, str]
    body: object
    answer: Answer
    label: str = ""
    user: str = ""
    auth: str = "authenticated"
    headers: tuple[tuple[str, str], ...] = ()


@cache
def cases(name: str) -> tuple[Case, ...]:
    """Return what a file of recordings holds, in the order in which it was recorded."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(_case(json.loads(line)) for line in lines)


def _case(line: Json) -> Case:
    body = line["answer"]
    if isinstance(body, dict) and "_not_json" in body:
        body = body["_not_json"].encode()
    return Case(
        method=line["method"],
        path=line["path"],
        query=line.get("query", {}),
        body=line.get("body"),
        answer=Answer(line["status"], body, line.get("answer_headers", {})),
        label=line["label"],
        user=line.get("user", ""),
        auth=line.get("auth", "authenticated"),
        headers=tuple(line.get("headers", {}).items()),
    )


class RecordedTenant:
    """One user of today's server, as recorded; it remembers which alerts were read."""

    def __init__(self, user: str) -> None:
        self.user = user
        own = cases(user)
        known = {(case.method, case.path) for case in own}
        shared = (case for case in cases("shared") if (case.method, case.path) not in known)
        self._cases = (*own, *shared)
        self._logs = self._recorded_logs()
        self._alerts: list[Json] = deepcopy(self._longest(ALERTS, "alerts"))

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
        """Return the first case of this path; of columns as many as were asked for."""
        found = self._of(request)
        if not found:
            return detail(404, "Not Found")
        if request.path.endswith(TRENDS):
            return success(_last_columns(found, int(request.query.get("months", "6"))))
        return found[0].answer

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
        """Answer other pages from the recorded rows; the count stays what the server said."""
        limit, offset = int(query.get("limit", "50")), int(query.get("offset", "0"))
        rows = [row for row in self._logs if _fits(row, query)]
        total = len(rows) if query.keys() - {"limit", "offset"} else self._count()
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
