"""Made-up tenants: the shapes of the recordings, and today's server's faults one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any, Final, TypeAlias

import httpx
import pytest

from tests.servers import people
from tests.servers.alwrity import AlwrityServer
from tests.servers.bookkeeping import Books, Contract
from tests.servers.catalogue import Use
from tests.servers.conftest import Connect, shape
from tests.servers.made_up import MadeUpTenant
from tests.servers.recording_files import ALICE, BOB, CAROL, ERIN, cases
from tests.servers.server_clock import ServerClock

Serve: TypeAlias = Callable[[MadeUpTenant], AbstractContextManager[httpx.Client]]

USE: Final = Use("gemini", "gemini-2.5-flash", 1000, 100)
S: Final = "/api/subscription"
SHAPES: Final = (
    (ALICE, people.writer),
    (BOB, people.nagged),
    (CAROL, people.over_limits),
    (ERIN, people.expired),
)


@pytest.fixture
def serve(connect: Connect, server_clock: ServerClock) -> Serve:
    """Return a way to serve one tenant and speak to it as its user."""

    @contextmanager
    def serving(tenant: MadeUpTenant) -> Iterator[httpx.Client]:
        with AlwrityServer([tenant], clock=server_clock) as server:
            yield connect(server.url, server.token(tenant.user))

    return serving


def data(client: httpx.Client, path: str, **query: object) -> Any:  # noqa: ANN401 - any JSON value
    return client.get(f"{S}/{path}", params={k: str(v) for k, v in query.items()}).json()["data"]


@pytest.mark.parametrize(("recorded", "person"), SHAPES)
def test_that_answers_have_the_shape_of_the_recordings(
    serve: Serve,
    server_clock: ServerClock,
    recorded: str,
    person: Callable[[str, ServerClock], MadeUpTenant],
) -> None:
    with serve(person(recorded, server_clock)) as client:
        for case in cases(recorded):
            if case.answer.status == 200 and "2025" not in case.label and case.method == "GET":
                answer = client.get(case.path, params=case.query).json()
                made, real = shape(answer), shape(case.answer.body)
                assert loosely(made) == loosely(real), f"{case.path} {case.label}"


def loosely(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return a shape without what differs from row to row: lists, breakdowns, what may be null."""
    if isinstance(value, dict):
        skipped = {"provider_breakdown", "usage_percentages"}
        return {k: loosely(v) for k, v in value.items() if k not in skipped}
    if isinstance(value, list):
        return []
    return "text or null" if value in {"NoneType", "str"} else value


def test_that_rows_have_the_fields_of_recorded_rows(
    serve: Serve, server_clock: ServerClock
) -> None:
    recorded = {case.label: case.answer.body for case in cases(ALICE) + cases(BOB)}
    with serve(people.nagged("n", server_clock)) as client:
        alert = data(client, "alerts/n", limit=5)["alerts"][0]
        row = client.get(f"{S}/usage-logs").json()["logs"][0]
    for case in cases(BOB):
        if case.path.endswith(BOB) and "/alerts/" in case.path and case.label == "limit=5":
            assert isinstance(case.answer.body, dict)
            assert case.answer.body["data"]["alerts"][0].keys() == alert.keys()
    body = recorded["limit=5&offset=5"]
    assert isinstance(body, dict)
    assert body["logs"][0].keys() == row.keys()


def test_that_a_summary_counts_one_call_until_the_trends_repair_it(
    serve: Serve, server_clock: ServerClock
) -> None:
    books = Books("pro", Contract(server_clock.now() - timedelta(days=3)))
    for minute in range(49):
        books.book(server_clock.now() - timedelta(minutes=60 - minute), USE)
    with serve(MadeUpTenant("lena", books, server_clock)) as client:
        first = data(client, "dashboard/lena")
        cached = data(client, "dashboard/lena")
        server_clock.advance(61)
        later = data(client, "dashboard/lena")
    assert (first["total_usage"]["total_calls"], first["trends"]["total_calls"][-1]) == (1, 49)
    assert cached == first
    assert later["total_usage"]["total_calls"] == 49


def test_that_the_cost_of_every_provider_is_hidden(serve: Serve, server_clock: ServerClock) -> None:
    with serve(people.writer("w", server_clock)) as client:
        trends = data(client, "usage/w/trends")
        usage = data(client, "usage/w")
    assert {row["cost"] for row in usage["provider_breakdown"].values()} == {0}
    assert sum(trends["provider_trends"]["gemini"]["cost"]) > 0
    assert usage["total_cost"] > 0


def test_that_a_look_at_the_logs_merges_old_rows_and_reuses_their_ids(
    serve: Serve, server_clock: ServerClock
) -> None:
    tenant = people.expired("erin", server_clock, days_ago=70)
    before = {row.id for row in tenant.books.rows}
    with serve(tenant) as client:
        server_clock.advance(60 * 86_400)
        logs = client.get(f"{S}/usage-logs").json()["logs"]
    merged = [row for row in logs if row["is_aggregated"]]
    counted = sum(int(row["model_used"].split()[0].removeprefix("[")) for row in merged)
    assert len(merged) == len(logs)
    assert counted == len(before) == 45
    assert {row["id"] for row in merged} <= before
    assert merged[0]["endpoint"] == "[AGGREGATED]"
    assert merged[0]["actual_provider_name"] is None


def test_that_beyond_5000_rows_only_the_newest_4000_stay(
    serve: Serve, server_clock: ServerClock
) -> None:
    with serve(people.heavy("h", server_clock, rows=5_001)) as client:
        page = client.get(f"{S}/usage-logs", params={"limit": 5000}).json()
    single = [row for row in page["logs"] if not row["is_aggregated"]]
    assert len(single) == 4_000
    assert page["total_count"] == len(page["logs"]) < 4_100


def test_that_5000_rows_stay_as_they_are(serve: Serve, server_clock: ServerClock) -> None:
    with serve(people.heavy("h", server_clock)) as client:
        page = client.get(f"{S}/usage-logs", params={"limit": 5000}).json()
    assert len({row["id"] for row in page["logs"]}) == 5_000


def test_that_every_call_past_a_threshold_adds_an_alert(
    serve: Serve, server_clock: ServerClock
) -> None:
    tenant = people.nagged("bob", server_clock)
    with serve(tenant) as client:
        page = data(client, "alerts/bob", limit=100)
    distinct = {(each.provider, each.threshold) for each in tenant.books.alerts}
    assert (len(tenant.books.alerts), len(distinct)) == (132, 8)
    assert (page["total"], page["unread_count"]) == (100, 100)
    assert page["alerts"][0]["message"].startswith("You have used 162 of 200 tavily")


def test_that_a_yearly_subscription_books_everything_to_its_first_month(
    serve: Serve, server_clock: ServerClock
) -> None:
    with serve(people.yearly("heidi", server_clock)) as client:
        periods = {row["billing_period"] for row in client.get(f"{S}/usage-logs").json()["logs"]}
        trends = data(client, "usage/heidi/trends")
    assert len(periods) == 1
    assert sum(trends["total_calls"]) == 0


def test_that_reading_renews_what_renews_itself_and_leaves_no_row(
    serve: Serve, server_clock: ServerClock
) -> None:
    start = server_clock.now() - timedelta(days=45)
    with serve(MadeUpTenant("frank", Books("basic", Contract(start)), server_clock)) as client:
        before = data(client, "user/frank/subscription")["subscription"]
        active = data(client, "status/frank")["active"]
        after = data(client, "user/frank/subscription")["subscription"]
        renewals = data(client, "renewal-history/frank")["renewals"]
    assert before["current_period_start"] == start.isoformat()
    assert after["current_period_start"] == server_clock.now().isoformat()
    assert active
    assert renewals == []


def test_that_an_expired_subscription_is_active_in_one_place_and_not_in_the_other(
    serve: Serve, server_clock: ServerClock
) -> None:
    with serve(people.expired("erin", server_clock)) as client:
        status = data(client, "status/erin")
        told = data(client, "user/erin/subscription")["subscription"]["status"]
    assert "limits" not in status
    assert (status["active"], status["reason"], told) == (False, "Subscription expired", "active")


def test_that_a_name_that_looks_like_a_provider_is_metered(
    serve: Serve, server_clock: ServerClock
) -> None:
    tenant = people.over_limits("carol", server_clock)
    tenant.books.repair()
    path = "/api/content-planning/monitoring/lightweight-stats"
    with serve(tenant) as client:
        refused = client.get(path, headers={"User-Agent": "MyGPTMeter/1.0"})
        exempt = client.get(f"{S}/status/carol", headers={"User-Agent": "gemini-dash/2"})
    assert refused.status_code == 429
    assert refused.json()["error"] == "Usage limit exceeded"
    assert "detail" not in refused.json()
    assert exempt.status_code == 200


def test_that_an_unlimited_name_is_booked_for_its_own_poll(
    serve: Serve, server_clock: ServerClock
) -> None:
    tenant = people.writer("alice", server_clock)
    before = len(tenant.books.rows)
    path = "/api/content-planning/monitoring/lightweight-stats"
    with serve(tenant) as client:
        client.get(path, headers={"User-Agent": "OpenAI-usage-widget"})
    assert len(tenant.books.rows) == before + 1


@pytest.mark.parametrize(("user", "person"), [(BOB, people.nagged), (CAROL, people.over_limits)])
def test_that_preflight_answers_as_recorded(
    serve: Serve,
    server_clock: ServerClock,
    user: str,
    person: Callable[[str, ServerClock], MadeUpTenant],
) -> None:
    tenant = person(user, server_clock)
    tenant.books.repair()
    asked = [case for case in cases(user) if case.path.endswith("preflight-check")]
    with serve(tenant) as client:
        for case in asked:
            answer = client.post(case.path, json=case.body)
            assert answer.status_code == case.answer.status, case.label
            assert answer.json() == case.answer.body, case.label
    assert len(asked) > 4


def test_that_several_videos_pass_a_limit_of_two(serve: Serve, server_clock: ServerClock) -> None:
    video = {"provider": "video", "operation_type": "video"}
    with serve(people.newcomer("dave", server_clock)) as client:
        answer = client.post(f"{S}/preflight-check", json={"operations": [video] * 3}).json()
    assert answer["data"]["can_proceed"]
    assert answer["data"]["total_cost"] == pytest.approx(0.3)


def test_that_health_follows_what_the_server_counted(
    serve: Serve, server_clock: ServerClock
) -> None:
    tenant = people.newcomer("dave", server_clock)
    path = "/api/content-planning/monitoring/health"
    seen = []
    with serve(tenant) as client:
        for tenant.recent_requests, tenant.recent_errors in ((100, 5), (100, 10), (100, 11)):
            seen.append(client.get(path).json()["data"]["system_health"])
        cache = client.get("/api/content-planning/monitoring/cache-stats")
    assert seen == ["healthy", "warning", "critical"]
    assert cache.status_code == 500


def test_that_checkout_gives_a_link_and_is_limited(serve: Serve, server_clock: ServerClock) -> None:
    body = {"tier": "pro", "billing_cycle": "monthly", "success_url": "s", "cancel_url": "c"}
    with serve(people.newcomer("dave", server_clock)) as client:
        answers = [client.post(f"{S}/create-checkout-session", json=body) for _ in range(11)]
        portal = client.post(f"{S}/create-portal-session", json={"return_url": "http://x"})
    assert answers[0].json()["url"].startswith("https://")
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert portal.json()["url"].startswith("https://")


def test_that_some_modules_raise_the_summaries_without_rows(
    serve: Serve, server_clock: ServerClock
) -> None:
    tenant = people.writer("alice", server_clock)
    tenant.books.repair()
    tenant.books.raise_unlogged(tenant.books.period(server_clock.now()), "exa", 7, 0.035)
    with serve(tenant) as client:
        calls = sum(data(client, "usage/alice/trends", months=12)["total_calls"])
    assert calls == len(tenant.books.rows) + 7
