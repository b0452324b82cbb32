"""The agent platform: sums by day, agent, model and conversation, and nothing else."""

from __future__ import annotations

import pytest

from alwrity_desktop.core.domain.errors import (
    AuthRefusedError,
    BrokenAnswerError,
    PersonError,
    UnreachableError,
)
from alwrity_desktop.core.domain.statements import Statement, StatementKind
from alwrity_desktop.core.sources.servers.agent_billing import PATH, SERVER
from alwrity_desktop.core.sources.servers.base import PARTS, TRENDS, USAGE, KnownRows, Pull
from tests.core.sources.servers.asks import NOW_MS, DirectAsk, known_after, only
from tests.core.sources.servers.pulls import fixed_clock
from tests.servers.agent_platform import AgentPlatformServer
from tests.servers.wire import Answer

ALL = frozenset(PARTS)
EXAMPLE = {
    "summary": {
        "totalTokens": 125000,
        "totalCost": 3.75,
        "totalMessages": 50,
        "totalConversations": 10,
        "avgTokensPerMessage": 2500,
        "avgCostPerMessage": 0.075,
    },
    "usageByDay": [
        {
            "date": "2024-01-01",
            "totalTokens": 12000,
            "promptTokens": 3000,
            "completionTokens": 9000,
            "cost": 0.36,
            "messageCount": 5,
        }
    ],
    "usageByAgent": [
        {
            "agentId": "uuid",
            "agentName": "Customer Support Bot",
            "totalTokens": 50000,
            "cost": 1.50,
            "messageCount": 20,
            "conversationCount": 5,
        }
    ],
    "usageByModel": [
        {
            "model": "gpt-4",
            "totalTokens": 80000,
            "cost": 2.40,
            "messageCount": 32,
            "avgTokensPerMessage": 2500,
        }
    ],
    "topConversations": [
        {
            "conversationId": "uuid",
            "title": "Product Support Discussion",
            "totalTokens": 15000,
            "cost": 0.45,
            "messageCount": 6,
        }
    ],
}


def platform(*, writes_texts: bool = False) -> AgentPlatformServer:
    server = AgentPlatformServer(clock=fixed_clock())
    server._http.server_close()
    server.writes_texts = writes_texts
    return server


def pull(ask: DirectAsk, known: KnownRows | None = None, parts: frozenset[str] = ALL) -> Pull:
    return SERVER.pull(ask, "bots", "", known or KnownRows(), parts, NOW_MS)


def said(found: Pull, kind: StatementKind, period: str) -> dict[str, Statement]:
    return {
        each.key: each for each in found.statements if each.kind is kind and each.period == period
    }


def test_that_the_example_is_read_whole() -> None:
    found = pull(DirectAsk(only({PATH: EXAMPLE})), parts=frozenset({USAGE}))
    total = said(found, StatementKind.TOTAL, "month")[""]
    assert (total.tokens, total.cost_pico) == (125_000, 3_750_000_000_000)
    assert (total.messages, total.conversations, total.calls) == (50, 10, None)
    day = said(found, StatementKind.DAY, "month")["2024-01-01"]
    assert (day.input_tokens, day.output_tokens, day.messages) == (3000, 9000, 5)
    agent = said(found, StatementKind.AGENT, "month")["uuid"]
    assert (agent.label, agent.conversations) == ("Customer Support Bot", 5)
    model = said(found, StatementKind.MODEL, "month")["gpt-4"]
    assert model.cost_pico == 2_400_000_000_000
    conversation = said(found, StatementKind.CONVERSATION, "month")["uuid"]
    assert conversation.label == "Product Support Discussion"
    assert found.troubles == ()


def test_that_texts_are_numbers_too() -> None:
    numbers, texts = platform(), platform(writes_texts=True)
    found = pull(DirectAsk(texts.reply, texts.token()))
    assert found.statements == pull(DirectAsk(numbers.reply, numbers.token())).statements
    assert found.troubles == ()


def test_that_the_first_pull_looks_back_until_a_year_without_use() -> None:
    server = platform()
    ask = DirectAsk(server.reply, server.token())
    first = pull(ask)
    assert [query["period"] for _, _, query in ask.asked] == [
        "today",
        "week",
        "month",
        "year",
        "custom",
    ]
    assert first.is_complete
    pull(ask, known_after(first))
    assert len(ask.asked) == 9


def test_that_years_with_use_are_kept_by_their_days() -> None:
    ask = DirectAsk(only({PATH: EXAMPLE}))
    found = pull(ask, parts=frozenset({USAGE, TRENDS}))
    periods = {each.period for each in found.statements}
    assert "2025-01-01/2025-12-31" in periods
    assert ask.asked[4][2] == {
        "period": "custom",
        "startDate": "2025-01-01",
        "endDate": "2025-12-31",
    }


@pytest.mark.parametrize("status", [401, 403])
def test_that_an_expired_token_is_told(status: int) -> None:
    server = platform()
    ask = DirectAsk(server.reply, server.token())
    ask.instead[PATH] = Answer(status, {"error": "Unauthorized"})
    with pytest.raises(AuthRefusedError):
        pull(ask)
    with pytest.raises(AuthRefusedError):
        SERVER.check(ask, "")


def test_that_an_answer_without_any_figure_is_no_answer() -> None:
    with pytest.raises(BrokenAnswerError):
        pull(DirectAsk(only({PATH: {"message": "ok"}})))


def test_that_a_part_without_a_name_is_left_out_and_named() -> None:
    body = {"summary": None, "usageByModel": [{"cost": "1"}, {"model": "x", "cost": "one"}]}
    found = pull(DirectAsk(only({PATH: body})), parts=frozenset({TRENDS}))
    assert [(each.key, each.cost_pico) for each in found.statements] == [("x", None)]
    assert found.troubles == (
        '"cost" in billing could not be read.',
        '"model" in billing could not be read.',
    )


def test_that_a_platform_that_goes_away_keeps_what_it_said() -> None:
    server = platform()
    replies = 0

    class Flaky(DirectAsk):
        def __call__(self, *args: object, **named: object) -> object:
            nonlocal replies
            replies += 1
            if replies > 2:
                raise UnreachableError("Away.")
            return super().__call__(*args, **named)  # type: ignore[arg-type]

    found = pull(Flaky(server.reply, server.token()))
    assert {each.period for each in found.statements} == {"today", "week"}
    assert not found.is_complete
    assert found.troubles == ("Away.",)


def test_that_a_check_says_how_much_there_is() -> None:
    sentence = SERVER.check(DirectAsk(only({PATH: EXAMPLE})), "")
    assert sentence == "The server answers: 50 messages in 10 conversations this month."


def test_that_what_it_cannot_do_is_said() -> None:
    ask = DirectAsk(only({PATH: EXAMPLE}))
    with pytest.raises(PersonError):
        SERVER.link(ask, "checkout", "", "")
    with pytest.raises(PersonError):
        SERVER.preflight(ask, ())
    assert SERVER.mark_read(ask, ("1",)) == ("1",)
    assert not dict(pull(ask).facts.abilities or ())["preflight"]
