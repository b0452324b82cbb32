"""Today's server: what was recorded is answered as recorded, and its doors are as recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import httpx
import pytest

from tests.servers.alwrity import MAX_REQUESTS, AlwrityServer
from tests.servers.conftest import NEUTRAL, Connect
from tests.servers.recorded import RECORDED_AT, RecordedTenant
from tests.servers.recording_files import ALICE, BOB, CAROL, USERS, Case, cases
from tests.servers.server_clock import ServerClock
from tests.servers.statements import usage_stats

LOGS: Final = "/api/subscription/usage-logs"
#: These are only true after two hundred requests, or tell how many there were.
COUNTING: Final = ("while limited", "call 201", "rate-limit/status")
REFUSALS: Final = tuple(
    case
    for case in cases("refusals")
    if not any(word in case.label + case.path for word in COUNTING)
)


@pytest.fixture
def server(server_clock: ServerClock) -> Iterator[AlwrityServer]:
    with AlwrityServer(clock=server_clock) as running:
        yield running


def ask(client: httpx.Client, case: Case, **headers: str) -> httpx.Response:
    asked = client.build_request(
        case.method,
        case.path,
        params=case.query,
        json=case.body if isinstance(case.body, dict) else None,
        content=case.body if isinstance(case.body, str) else None,
        headers=headers | dict(case.headers),
    )
    return client.send(asked)


@pytest.mark.parametrize("user", USERS)
def test_that_a_recorded_request_gets_its_recorded_answer(
    server: AlwrityServer, connect: Connect, user: str
) -> None:
    client = connect(server.url, server.token(user))
    for case in cases(user):
        server.clock.advance(10)
        answer = ask(client, case)
        assert answer.status_code == case.answer.status, case.label
        assert answer.json() == case.answer.body, case.label


def test_that_what_is_the_same_for_all_is_recorded_once(
    server: AlwrityServer, connect: Connect
) -> None:
    client = connect(server.url, server.token(CAROL))
    for case in cases("shared"):
        assert ask(client, case).json() == case.answer.body, case.label


def authorization(server: AlwrityServer, case: Case) -> dict[str, str]:
    user = case.user or ALICE
    other = BOB if user == ALICE else ALICE
    token = server.token(user)
    return {
        "no_token": {},
        "wrong_token": {"Authorization": "Bearer canary-garbage"},
        "jwt_no_sub": {"Authorization": "Bearer canary-nobody"},
        "basic_scheme": {"Authorization": "Basic Y2FuYXJ5"},
        "other_user": {"Authorization": f"Bearer {server.token(other)}"},
        "raw": {},
    }.get(case.auth, {"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: f"{case.user} {case.label}")
def test_that_the_doors_are_as_recorded(
    server: AlwrityServer, connect: Connect, case: Case
) -> None:
    headers = authorization(server, case)
    jwt = server.token(ALICE)
    extra = {key: text.replace("<jwt>", jwt).rstrip() for key, text in case.headers}
    asked = Case(case.method, case.path, case.query, case.body, case.answer)
    answer = ask(connect(server.url, ""), asked, **headers, **extra)
    assert answer.status_code == case.answer.status
    assert answer.headers.get("www-authenticate") == case.answer.headers.get("www-authenticate")
    assert answer.headers.get("allow") == case.answer.headers.get("allow")
    if answer.status_code not in {200, 307} and answer.content:
        assert answer.json() == case.answer.body


def test_that_the_201st_request_of_a_minute_is_refused_until_the_minute_is_over(
    server: AlwrityServer, connect: Connect
) -> None:
    client = connect(server.url, server.token(ALICE))
    path = f"/api/subscription/status/{ALICE}"
    statuses = [client.get(path).status_code for _ in range(MAX_REQUESTS)]
    refused = client.get(path)
    health = client.get("/api/content-planning/monitoring/health")
    server.clock.advance(61)
    assert set(statuses) == {200}
    assert refused.status_code == 429
    assert refused.json() == {"detail": "Too many requests", "retry_after": 60}
    assert "retry-after" not in refused.headers
    assert health.status_code == 200
    assert client.get(path).status_code == 200


def test_that_a_token_is_good_until_it_expires(server: AlwrityServer, connect: Connect) -> None:
    old = server.token(ALICE)
    path = f"/api/subscription/status/{ALICE}"
    before = connect(server.url, old).get(path).status_code
    server.expire(old)
    refused = connect(server.url, old).get(path)
    fresh = server.renew(ALICE)
    assert (before, refused.status_code) == (200, 401)
    assert refused.json() == {"detail": "Authentication failed"}
    assert fresh != old
    assert connect(server.url, fresh).get(path).status_code == 200


def test_that_without_auth_everybody_is_the_mock_user(server_clock: ServerClock) -> None:
    tenant = RecordedTenant(ALICE)
    tenant.user = "mock_user_id"
    with AlwrityServer([tenant], clock=server_clock, is_auth_disabled=True) as server:
        answer = httpx.get(
            server.url + LOGS, headers={"Authorization": "Bearer canary", "User-Agent": NEUTRAL}
        )
        refused = httpx.get(server.url + LOGS, headers={"User-Agent": NEUTRAL})
    assert answer.json()["total_count"] == 181
    assert refused.status_code == 401


def test_that_rows_that_were_not_recorded_are_not_invented(
    server: AlwrityServer, connect: Connect
) -> None:
    client = connect(server.url, server.token(BOB))
    page = client.get(LOGS, params={"limit": 1000}).json()
    assert (len(page["logs"]), page["total_count"], page["has_more"]) == (53, 53, False)


def test_that_an_alert_stays_read(server: AlwrityServer, connect: Connect) -> None:
    client = connect(server.url, server.token(BOB))
    alerts = f"/api/subscription/alerts/{BOB}"
    unread = client.get(alerts, params={"unread_only": "true"}).json()["data"]["alerts"]
    client.post(f"/api/subscription/alerts/{unread[0]['id']}/mark-read")
    left = client.get(alerts, params={"unread_only": "true"}).json()["data"]["alerts"]
    assert unread[0]["id"] not in {alert["id"] for alert in left}


def test_that_the_server_remembers_what_it_was_asked(
    server: AlwrityServer, connect: Connect
) -> None:
    connect(server.url, server.token(ALICE)).get(LOGS, params={"limit": 2})
    (method, path, query, headers, _body) = server.requests[-1]
    assert (method, path, query) == ("GET", LOGS, {"limit": "2"})
    assert headers["user-agent"] == NEUTRAL
    assert server.asked("usage-logs") == server.requests


def test_that_every_file_of_recordings_is_used() -> None:
    assert all(cases(name) for name in (*USERS, "shared", "refusals"))


@pytest.mark.parametrize(
    ("user", "period"), [(ALICE, "2026-10"), (BOB, "2026-11"), (CAROL, "2026-10")]
)
def test_that_periods_which_were_not_recorded_follow_from_the_trends(
    user: str, period: str
) -> None:
    books = RecordedTenant(user).books
    assert books
    made = usage_stats(books, period, RECORDED_AT)
    said = next(
        case.answer.body
        for case in cases(user)
        if case.path.endswith(f"/usage/{user}") and case.query == {"billing_period": period}
    )
    assert isinstance(said, dict)
    untold = {"avg_response_time", "last_updated"}
    assert {k: v for k, v in made.items() if k not in untold} == {
        k: v for k, v in said["data"].items() if k not in untold
    }


def test_that_another_recorded_period_is_told_apart_from_all_time(
    server: AlwrityServer, connect: Connect
) -> None:
    client = connect(server.url, server.token(ALICE))
    usage = client.get(
        f"/api/subscription/usage/{ALICE}", params={"billing_period": "2026-09"}
    ).json()["data"]
    assert (usage["billing_period"], usage["total_calls"], usage["total_cost"]) == (
        "2026-09",
        53,
        0.96,
    )
