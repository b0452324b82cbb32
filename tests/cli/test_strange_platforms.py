"""Agent platforms that answer oddly, by the command line: what is stated, and nothing invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from alwrity_desktop.core.clock import NOW_VARIABLE
from tests.cli.program import Program
from tests.servers.base import StandInServer
from tests.servers.wire import Answer, Json, Request


@dataclass
class Said:
    """What the platform says of one period; figures are what it writes, texts or numbers."""

    summary: Json
    days: list[Json] = field(default_factory=list)
    agents: list[Json] = field(default_factory=list)
    talks: list[Json] = field(default_factory=list)


class Platform(StandInServer):
    """Answers each period as told; a period that it was not told is empty."""

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[str, Said] = {}

    def reply(self, request: Request) -> Answer:
        period = request.query["period"]
        if period == "custom":
            period = request.query["startDate"][:4]
        said = self.said.get(period, Said(total(0, "0", 0, 0)))
        return Answer(
            200,
            {
                "summary": said.summary,
                "usageByDay": said.days,
                "usageByAgent": said.agents,
                "usageByModel": [],
                "topConversations": said.talks,
            },
        )


def total(tokens: object, cost: object, messages: object, talks: object) -> Json:
    names = ("totalTokens", "totalCost", "totalMessages", "totalConversations")
    averages = {"avgTokensPerMessage": "NaN", "avgCostPerMessage": None}
    return dict(zip(names, (tokens, cost, messages, talks), strict=True)) | averages


def day(date: str, tokens: object, cost: object, messages: object) -> Json:
    return {
        "date": date,
        "totalTokens": tokens,
        "promptTokens": 0,
        "completionTokens": tokens,
        "cost": cost,
        "messageCount": messages,
    }


def agent(number: int, cost: object, messages: int = 1) -> Json:
    named = {"agentId": f"id-{number}", "agentName": f"Agent {number}", "conversationCount": 1}
    return named | {"totalTokens": "10", "cost": cost, "messageCount": messages}


def talk(number: int, cost: object) -> Json:
    named = {"conversationId": f"talk-{number}", "title": "canary <b>title</b>"}
    return named | {"totalTokens": 10, "cost": cost, "messageCount": "1"}


@pytest.fixture
def platform(program: Program) -> Iterator[Platform]:
    with Platform() as server:
        program.give_token("agents", "canary-token-of-agents")
        program.run("accounts", "add", "agent-billing", "--name", "agents", "--url", server.url)
        yield server


def report(program: Program, *words: str) -> Any:  # noqa: ANN401 - any JSON
    return program.document("report", "--account", "agents", *words)


def keys(found: Any, dimension: str) -> list[str]:  # noqa: ANN401 - any JSON
    """Return what the platform names of a dimension."""
    named = (group["key"] for group in found["groups"][dimension])
    return [key for key in named if key != "not itemised"]


def test_that_texts_and_rows_of_zeros_are_figures(program: Program, platform: Platform) -> None:
    days = [day("2026-11-02", "100", "0.125", "4"), day("2026-11-03", 0, "0.000", 0)]
    platform.said["month"] = Said(total("150", "0.2500", "6", "2"), days, [agent(1, "0.125")])
    platform.said["year"] = Said(total("150", "0.2500", "6", "2"), days)
    program.run("sync")
    found = report(program, "--by", "agent,day")
    totals = found["totals"]
    assert (totals["calls"], totals["messages"], totals["tokens"]) == (None, 6, 150)
    assert Decimal(totals["cost_usd"]) == Decimal("0.25")
    agents = {each["key"]: Decimal(each["cost_usd"]) for each in found["groups"]["agent"]}
    assert agents == {"id-1": Decimal("0.125"), "not itemised": Decimal("0.125")}
    # The days before the first use were without use; what no server said is unknown.
    custom = ("--period", "custom", "--from")
    assert report(program, *custom, "2026-11-03", "--to", "2026-11-05")["totals"]["messages"] == 0
    early = report(program, *custom, "2025-03-01", "--to", "2025-03-31")["totals"]
    assert early["messages"] in {0, None}
    again = program.document("sync")["accounts"][0]
    assert (again["statements"], again["requests"] <= 8) == (0, True)


def test_that_what_a_later_answer_leaves_out_is_gone(
    program: Program, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.said["month"] = Said(
        total(20, 0.3, 2, 2), [], [agent(1, 0.2), agent(2, 0.1)], [talk(1, 0.2), talk(2, 0.1)]
    )
    program.run("sync")
    assert keys(report(program, "--by", "agent,conversation"), "conversation") == [
        "talk-1",
        "talk-2",
    ]
    platform.said["month"] = Said(
        total(60, 1.2, 6, 4), [], [agent(1, 0.2), agent(3, 1.0)], [talk(3, 0.9), talk(1, 0.2)]
    )
    program.run("sync")
    found = report(program, "--by", "agent,conversation")
    assert keys(found, "agent") == ["id-3", "id-1"]
    assert keys(found, "conversation") == ["talk-3", "talk-1"]
    # A month in which nobody wrote yet.
    platform.said["month"] = Said(total(0, 0, 0, 0))
    monkeypatch.setenv(NOW_VARIABLE, "2026-12-02T10:00:00Z")
    assert report(program, "--by", "agent")["totals"]["messages"] in {None, 0}
    program.run("sync")
    found = report(program, "--by", "agent,conversation")
    assert (found["totals"]["messages"], keys(found, "agent")) == (0, [])
    assert keys(found, "conversation") == []


def test_that_all_parts_can_leave_within_one_month(program: Program, platform: Platform) -> None:
    platform.said["month"] = Said(total(30, 0.3, 3, 3), [], [agent(1, 0.3)], [talk(1, 0.3)])
    program.run("sync")
    platform.said["month"] = Said(total(40, 0.4, 4, 4), [], [], [talk(2, 0.4)])
    program.run("sync")
    found = report(program, "--by", "agent,conversation")
    assert keys(found, "agent") == []
    assert keys(found, "conversation") == ["talk-2"]


def test_a_leap_day_and_years_before(program: Program, platform: Platform) -> None:
    leap = [day("2024-02-29", 7, "0.07", 1), day("2024-03-01", 3, 0.03, 1)]
    platform.said["2024"] = Said(total(10, 0.1, 2, 1), leap)
    platform.said["2025"] = Said(total(5, 0.05, 1, 1), [day("2025-12-31", 5, 0.05, 1)])
    platform.said["year"] = Said(total(1, 0.01, 1, 1), [day("2026-01-01", 1, 0.01, 1)])
    program.run("sync")
    words = ("--period", "custom", "--from", "2024-02-29", "--to", "2024-02-29")
    found = report(program, *words)["totals"]
    assert (found["messages"], Decimal(found["cost_usd"])) == (1, Decimal("0.07"))
    whole = report(program, "--period", "all", "--timezone", "Pacific/Auckland", "--by", "day")
    assert Decimal(whole["totals"]["cost_usd"]) == Decimal("0.16")
    used = {each["key"]: Decimal(each["cost_usd"]) for each in whole["groups"]["day"]}
    assert sum(used.values()) == Decimal("0.16")
    assert used["2024-02-29"] == Decimal("0.07")


@pytest.mark.parametrize("wrong", ["x", "-1", None, True, [], "1e999", "NaN"])
def test_that_a_figure_that_is_none_costs_itself_alone(
    program: Program, platform: Platform, wrong: object
) -> None:
    platform.said["month"] = Said(total(30, "0.3", 3, 3), [], [agent(1, 0.3)])
    program.run("sync")
    platform.said["month"] = Said(total(40, wrong, 4, 4), [], [agent(1, 0.3, 4)])
    program.run("sync", status=None)
    found = report(program, "--by", "agent")["totals"]
    assert (found["messages"], found["tokens"]) == (4, 40)
    assert Decimal(found["cost_usd"]) == Decimal("0.3")


def test_that_no_word_of_people_reaches_logs_or_errors(
    program: Program, platform: Platform
) -> None:
    platform.said["month"] = Said(total(30, 0.3, 3, 3), [], [agent(1, 0.2)], [talk(1, 0.2)])
    for mishap in ("html", "500", "wrong_types"):
        platform.misbehave(mishap, times=2)
        program.run("sync", status=None)
    program.run("sync")
    assert "canary-token" not in "".join(program.said) + program.log()
    for path, content in program.kept():
        assert b"canary-token" not in content, path
    assert "canary" not in program.log()
