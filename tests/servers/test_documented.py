"""The documented generation: bare or enveloped, in rows or in columns, with figures that fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final, TypeAlias

import httpx
import pytest

from tests.servers import people
from tests.servers.conftest import Connect
from tests.servers.documented import DocumentedServer, Trends
from tests.servers.made_up import MadeUpTenant
from tests.servers.server_clock import ServerClock

Serve: TypeAlias = Callable[..., AbstractContextManager[httpx.Client]]
S: Final = "/api/subscription"
M: Final = "/api/content-planning/monitoring"
USER: Final = "alice"


@pytest.fixture
def serve(connect: Connect, server_clock: ServerClock) -> Serve:
    @contextmanager
    def serving(tenant: MadeUpTenant, **options: Any) -> Iterator[httpx.Client]:  # noqa: ANN401 - the server's own options
        with DocumentedServer([tenant], clock=server_clock, **options) as server:
            yield connect(server.url, server.token(tenant.user))

    return serving


def test_that_the_dashboard_is_bare_and_its_costs_add_up(
    serve: Serve, server_clock: ServerClock
) -> None:
    with serve(people.writer(USER, server_clock)) as client:
        body = client.get(f"{S}/dashboard/{USER}").json()
        plans = client.get(f"{S}/plans").json()
        prices = client.get(f"{S}/pricing", params={"provider": "gemini"}).json()
    usage = body["current_usage"]
    itemised = sum(row["cost"] for row in usage["provider_breakdown"].values())
    assert usage["total_cost"] >= itemised > 0
    assert "exa" not in usage["provider_breakdown"]
    assert body["usage_percentages"]["cost"] == pytest.approx(usage["total_cost"])
    assert "usage_percentages" not in usage
    assert body["limits"]["plan_name"] == "Pro"
    assert [plan["tier"] for plan in plans] == ["free", "basic", "pro", "enterprise"]
    assert {row["provider"] for row in prices} == {"gemini"}
    assert prices[0]["input_cost_per_1m"] == pytest.approx(1.25)


def test_that_answers_can_come_in_an_envelope_with_percentages_inside(
    serve: Serve, server_clock: ServerClock
) -> None:
    tenant = people.writer(USER, server_clock)
    with serve(tenant, is_enveloped=True, is_percentage_inside=True) as client:
        body = client.get(f"{S}/dashboard/{USER}").json()
    assert body["success"]
    assert body["data"]["current_usage"]["usage_percentages"]
    assert "usage_percentages" not in body["data"]


def test_that_trends_come_in_three_shapes_with_the_same_figures(
    serve: Serve, server_clock: ServerClock
) -> None:
    told: dict[Trends, Any] = {}
    for shape in Trends:
        with serve(people.writer(USER, server_clock), trends=shape) as client:
            told[shape] = client.get(f"{S}/usage/{USER}/trends", params={"months": 3}).json()
    rows = told[Trends.ROWS]
    assert [row["cost"] for row in rows] == told[Trends.COLUMNS]["total_cost"]
    assert told[Trends.ROWS_IN_PERIODS] == {"periods": rows}
    assert len(rows) == 3


def test_that_the_status_follows_the_limits(serve: Serve, server_clock: ServerClock) -> None:
    with serve(people.over_limits("carol", server_clock)) as client:
        answer = client.get(f"{S}/usage/carol")
    assert answer.json()["usage_status"] == "limit_reached"


def test_that_who_passed_a_limit_can_be_refused(serve: Serve, server_clock: ServerClock) -> None:
    with serve(people.over_limits("carol", server_clock), is_refusing=True) as client:
        answer = client.get(f"{S}/usage/carol")
    assert (answer.status_code, answer.json()["success"]) == (429, False)


def test_that_alerts_are_a_list_that_remembers_what_was_read(
    serve: Serve, server_clock: ServerClock
) -> None:
    with serve(people.nagged("bob", server_clock)) as client:
        alerts = client.get(f"{S}/alerts/bob").json()
        client.post(f"{S}/alerts/{alerts[0]['id']}/mark-read")
        unread = client.get(f"{S}/alerts/bob", params={"unread_only": "true"}).json()
    assert alerts[0].keys() == {"id", "title", "message", "severity", "read", "created_at"}
    assert len(unread) == len(alerts) - 1


def test_that_doors_which_were_not_documented_are_not_there(
    serve: Serve, server_clock: ServerClock
) -> None:
    with serve(people.writer(USER, server_clock)) as client:
        missing = [f"{S}/usage-logs", f"{S}/renewal-history/{USER}", f"{S}/status/{USER}"]
        statuses = {client.get(path).status_code for path in missing}
        subscription = client.get(f"{S}/user/{USER}/subscription").json()
    assert statuses == {404}
    assert subscription["data"]["plan"]["tier"] == "pro"


def test_that_the_monitoring_answers_bare(serve: Serve, server_clock: ServerClock) -> None:
    tenant = people.writer(USER, server_clock)
    tenant.recent_requests, tenant.recent_errors = 200, 4
    with serve(tenant) as client:
        health = client.get(f"{M}/health").json()
        cache = client.get(f"{M}/cache-stats")
        stats = client.get(f"{M}/api-stats", params={"minutes": 5}).json()
    assert (health["status"], health["error_rate"]) == ("healthy", 2.0)
    assert cache.status_code == 200
    assert stats["overview"]["total_requests"] == 200


def test_that_plans_want_a_token(connect: Connect, server_clock: ServerClock) -> None:
    tenant = people.writer(USER, server_clock)
    with DocumentedServer([tenant], clock=server_clock) as server:
        refused = connect(server.url, "").get(f"{S}/plans")
        denied = connect(server.url, server.token(USER)).get(f"{S}/usage/somebody-else")
    assert (refused.status_code, denied.status_code) == (401, 403)
