"""The agent platform: its periods, its own calendar, and parts that do not add up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import pytest

from tests.servers.agent_platform import PATH, AgentPlatformServer, Message
from tests.servers.conftest import Connect
from tests.servers.server_clock import ServerClock

#: Half past eight in the evening of the 19th in New York.
LATE: Final = Message(
    datetime(2026, 11, 20, 1, 30, tzinfo=UTC), "A", "gpt-4", "Talk", 100, 50, Decimal("0.006")
)


@pytest.fixture
def server(server_clock: ServerClock) -> Iterator[AgentPlatformServer]:
    with AgentPlatformServer(clock=server_clock) as running:
        yield running


def billing(server: AgentPlatformServer, connect: Connect, **query: str) -> Any:  # noqa: ANN401 - any JSON value
    return connect(server.url, server.token()).get(PATH, params=query).json()


def test_that_the_answer_has_the_documented_fields(
    server: AgentPlatformServer, connect: Connect
) -> None:
    body = billing(server, connect, period="month")
    assert body["summary"].keys() == {
        *("totalTokens", "totalCost", "totalMessages", "totalConversations"),
        *("avgTokensPerMessage", "avgCostPerMessage"),
    }
    assert body["usageByDay"][0].keys() == {
        *("date", "totalTokens", "promptTokens", "completionTokens", "cost", "messageCount"),
    }
    assert body["usageByAgent"][0].keys() == {
        *("agentId", "agentName", "totalTokens", "cost", "messageCount", "conversationCount"),
    }
    assert body["usageByModel"][0].keys() == {
        *("model", "totalTokens", "cost", "messageCount", "avgTokensPerMessage"),
    }
    assert body["topConversations"][0].keys() == {
        *("conversationId", "title", "totalTokens", "cost", "messageCount"),
    }


def test_that_the_parts_do_not_add_up(server: AgentPlatformServer, connect: Connect) -> None:
    body = billing(server, connect, period="year")
    total = body["summary"]["totalCost"]
    assert sum(day["cost"] for day in body["usageByDay"]) == pytest.approx(total)
    assert sum(row["cost"] for row in body["usageByAgent"]) < total
    assert sum(row["cost"] for row in body["topConversations"]) < total


def test_that_days_are_those_of_the_platforms_own_calendar(
    server_clock: ServerClock, connect: Connect
) -> None:
    with AgentPlatformServer([LATE], clock=server_clock) as server:
        today = billing(server, connect, period="today")
        week = billing(server, connect, period="week")
    with AgentPlatformServer([LATE], clock=server_clock, timezone="UTC") as server:
        elsewhere = billing(server, connect, period="today")
    assert today["usageByDay"] == []
    assert [day["date"] for day in week["usageByDay"]] == ["2026-11-19"]
    assert elsewhere["usageByDay"][0]["date"] == "2026-11-20"
    assert today["summary"]["avgCostPerMessage"] == 0


def test_that_a_range_holds_both_its_ends(server: AgentPlatformServer, connect: Connect) -> None:
    query = {"period": "custom", "startDate": "2026-11-01", "endDate": "2026-11-03"}
    server.writes_zero_days = True
    days = [day["date"] for day in billing(server, connect, **query)["usageByDay"]]
    assert days == ["2026-11-01", "2026-11-02", "2026-11-03"]


def test_that_days_without_use_are_missing_or_zero(
    server: AgentPlatformServer, connect: Connect
) -> None:
    missing = billing(server, connect, period="year")["usageByDay"]
    server.writes_zero_days = True
    zeros = billing(server, connect, period="year")["usageByDay"]
    assert [day for day in zeros if day["messageCount"]] == missing
    assert len(zeros) > len(missing)


def test_that_numbers_can_come_as_texts(server: AgentPlatformServer, connect: Connect) -> None:
    plain = billing(server, connect)["summary"]
    server.writes_texts = True
    texts = billing(server, connect)["summary"]
    assert {name: float(text) for name, text in texts.items()} == plain
    assert all(isinstance(text, str) for text in texts.values())


@pytest.mark.parametrize(
    "query",
    [
        {"period": "decade"},
        {"period": "custom"},
        {"period": "custom", "startDate": "2026-11-03", "endDate": "2026-11-01"},
        {"period": "custom", "startDate": "yesterday", "endDate": "2026-11-01"},
    ],
)
def test_that_a_period_which_is_none_is_refused(
    server: AgentPlatformServer, connect: Connect, query: dict[str, str]
) -> None:
    assert billing(server, connect, **query)["statusCode"] == 400


def test_that_an_expired_token_is_refused(server: AgentPlatformServer, connect: Connect) -> None:
    client = connect(server.url, server.token())
    server.expire(server.token())
    assert client.get(PATH).status_code == 401
    assert connect(server.url, server.renew()).get(PATH).status_code == 200


def test_that_there_is_nothing_else(server: AgentPlatformServer, connect: Connect) -> None:
    client = connect(server.url, server.token())
    assert client.get("/api/v1/analytics").status_code == 404
    assert client.post(PATH).status_code == 404


def test_that_people_type_what_they_like(server: AgentPlatformServer, connect: Connect) -> None:
    body = billing(server, connect, period="year")
    names = {row["agentName"] for row in body["usageByAgent"]}
    assert "Research <b>& Co</b>" in names
