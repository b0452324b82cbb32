"""Budgets that hold: no call goes out when they are used up, and one look lets the next one in."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from alwrity_desktop.core import settings
from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.budgets import Budget, Enforcement, LimitKind
from alwrity_desktop.core.domain.errors import LedgerUnavailableError
from alwrity_desktop.core.domain.money import PICO_PER_USD
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.gateway import desk
from alwrity_desktop.core.gateway.door import Standing
from alwrity_desktop.core.gateway_ledger import ContextDoor
from tests.core.gateway.harness import PATIENCE_S, RunningGateway, booked_calls
from tests.servers.upstreams.providers import respond
from tests.servers.upstreams.wire import Heard, Line, Upstream

CHAT = "/openai/v1/chat/completions"
BODY = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hello"}]}
PARALLEL = 200
ROUNDS = 10


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream(respond) as running:
        yield running


@pytest.fixture
def gateway(upstream: Upstream) -> Iterator[RunningGateway]:
    with RunningGateway(upstream.url) as running:
        yield running


def block(
    context: Context,
    limit: int,
    kind: LimitKind = LimitKind.COST,
    provider: str | None = None,
    model: str | None = None,
) -> Budget:
    """Set a blocking budget for the month."""
    budget = Budget(0, "All", kind, limit, "month", provider=provider, model=model)
    return context.set_budget(Budget(**{**_fields(budget), "enforcement": Enforcement.BLOCK}))


def _fields(budget: Budget) -> dict[str, Any]:
    return {name: getattr(budget, name) for name in Budget.__struct_fields__}


def spend(context: Context, pico: int) -> None:
    call = Call(
        identity=f"record:{pico}",
        occurred_at_ms=context.clock.now_ms(),
        source="record",
        provider="openai",
        model="gpt-4o-mini",
        reported_cost_pico=pico,
    )
    context.record([call])


def spent(context: Context) -> int:
    return sum(call.cost_pico or 0 for call in booked_calls(context))


async def at_once(port: int, count: int) -> list[int]:
    """Return the statuses of so many calls that are sent at the same time."""
    body = json.dumps(BODY).encode()
    head = f"POST {CHAT} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {len(body)}\r\n"
    request = head.encode() + b"Connection: close\r\n\r\n" + body
    gate = asyncio.Barrier(count)

    async def one() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await gate.wait()
        writer.write(request)
        status = int((await reader.read()).split()[1])
        writer.close()
        await writer.wait_closed()
        return status

    return await asyncio.wait_for(asyncio.gather(*(one() for _ in range(count))), PATIENCE_S)


def test_that_200_parallel_calls_overshoot_by_one_call_at_most(
    gateway: RunningGateway, upstream: Upstream
) -> None:
    context = gateway.context
    spend(context, PICO_PER_USD)
    answered = 0
    for _ in range(ROUNDS):
        limit = spent(context) * 1000 // 999
        block(context, limit)
        statuses = asyncio.run(at_once(gateway.port, PARALLEL))
        answered += statuses.count(200)
        assert set(statuses) == {200, 429}
        gateway.wait_until(lambda state: not state["spooled"] and not state["in_flight"])
        costs = [call.cost_pico or 0 for call in booked_calls(context) if call.source == "gateway"]
        assert spent(context) <= limit + max(costs)
    assert len(upstream.heard) == answered
    assert gateway.health()["blocked"] == ROUNDS * PARALLEL - answered


def test_that_calls_are_counted_exactly(gateway: RunningGateway, upstream: Upstream) -> None:
    block(gateway.context, 7, LimitKind.CALLS)
    statuses = asyncio.run(at_once(gateway.port, PARALLEL))
    assert statuses.count(200) == len(upstream.heard) == 7


def test_that_calls_count_before_the_ledger_has_them(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "BOOKING_INTERVAL_S", PATIENCE_S)
    with RunningGateway(upstream.url) as gateway:
        block(gateway.context, 3, LimitKind.CALLS)
        statuses = [gateway.ask("POST", CHAT, BODY)[0] for _ in range(8)]
        assert gateway.health()["booked"] == 0
    assert statuses == [200] * 3 + [429] * 5


def test_that_a_refusal_names_budget_use_limit_and_reset(gateway: RunningGateway) -> None:
    spend(gateway.context, 3 * PICO_PER_USD)
    block(gateway.context, 2 * PICO_PER_USD)
    status, headers, body = gateway.ask("POST", CHAT, BODY)
    error = json.loads(body)["error"]
    assert status == 429
    assert '"All"' in error["message"]
    assert (error["used"], error["limit"], error["budget"]) == ("$3.00", "$2.00", "All")
    assert error["resets_on"] in error["message"]
    assert (error["code"], dict(headers)["x-should-retry"]) == ("budget_exceeded", "false")
    block_seen = gateway.health()["blocks"][0]
    assert (block_seen["code"], block_seen["budget"]) == ("budget_exceeded", "All")
    assert gateway.booked()[0].source == "record"


@pytest.mark.parametrize(
    ("path", "find"),
    [
        ("openai/v1/responses", lambda body: body["error"]["message"]),
        ("anthropic/v1/messages", lambda body: (body["type"], body["error"]["message"])[1]),
        ("gemini/v1beta/models/gemini-2.5-pro:generateContent", lambda b: b["error"]["message"]),
        ("mistral/v1/chat/completions", lambda body: body["message"]),
        ("tavily/search", lambda body: body["detail"]["error"]),
        ("serper/search", lambda body: body["message"]),
        ("exa/search", lambda body: body["error"]),
        ("metaphor/search", lambda body: body["error"]),
        ("firecrawl/v2/scrape", lambda body: body["error"]),
        ("stability/v2beta/stable-image/generate/core", lambda body: body["errors"][0]),
    ],
)
def test_that_each_provider_says_no_in_its_own_shape(
    gateway: RunningGateway, upstream: Upstream, path: str, find: Callable[[Any], str]
) -> None:
    block(gateway.context, 0, LimitKind.CALLS)
    status, _, body = gateway.ask("POST", f"/{path}", {"model": "gpt-4o-mini"})
    assert status == 429
    assert "used up" in find(json.loads(body))
    assert upstream.heard == []


def test_that_raising_a_budget_lets_the_next_call_through_at_once(
    gateway: RunningGateway,
) -> None:
    spend(gateway.context, PICO_PER_USD)
    block(gateway.context, PICO_PER_USD)
    for factor in (2, 1, 3, 1, 4):
        block(gateway.context, factor * PICO_PER_USD)
        status, _, _ = gateway.ask("POST", CHAT, BODY)
        assert status == (429 if factor == 1 else 200)


def test_that_a_budget_stops_only_what_it_is_for(gateway: RunningGateway) -> None:
    block(gateway.context, 0, LimitKind.CALLS, provider="anthropic")
    block(gateway.context, 0, LimitKind.TOKENS, model="gpt-4o")
    assert gateway.ask("POST", CHAT, BODY)[0] == 200
    assert gateway.ask("POST", CHAT, {**BODY, "model": "gpt-4o"})[0] == 429
    assert gateway.ask("POST", "/anthropic/v1/messages", {"model": "claude-haiku-4-5"})[0] == 429
    assert gateway.ask("GET", "/anthropic/v1/models")[0] == 200


def test_that_a_warning_budget_stops_nothing(gateway: RunningGateway) -> None:
    gateway.context.set_budget(Budget(0, "Soft", LimitKind.CALLS, 0, "month"))
    assert gateway.ask("POST", CHAT, BODY)[0] == 200


def test_that_a_model_without_a_price_is_refused_until_it_is_allowed(upstream: Upstream) -> None:
    body = {**BODY, "model": "nobody-knows-this"}
    with RunningGateway(upstream.url) as gateway:
        block(gateway.context, PICO_PER_USD)
        status, _, answer = gateway.ask("POST", CHAT, body)
        assert (status, json.loads(answer)["error"]["code"]) == (429, "unpriced_model")
        assert "nobody-knows-this" in json.loads(answer)["error"]["message"]
    allowed = frozenset({"openai/nobody-knows-this"})
    with RunningGateway(upstream.url, unpriced_allowed=allowed) as gateway:
        assert gateway.ask("POST", CHAT, body)[0] == 200


def test_that_allowing_a_model_counts_at_once(gateway: RunningGateway) -> None:
    block(gateway.context, PICO_PER_USD)
    body = {**BODY, "model": "nobody-knows-this"}
    assert gateway.ask("POST", CHAT, body)[0] == 429
    kept = gateway.context.settings
    settings.change(gateway.context.profile.settings, kept, gateway_unpriced=("nobody-knows-this",))
    assert gateway.ask("POST", CHAT, body)[0] == 200


def test_that_the_state_tells_what_budgets_hold(upstream: Upstream) -> None:
    going_on = threading.Event()

    def wait(heard: Heard, line: Line) -> None:
        going_on.wait(PATIENCE_S)
        respond(heard, line)

    with Upstream(wait) as slow, RunningGateway(slow.url) as gateway:
        budget = block(gateway.context, 5, LimitKind.CALLS)
        caller = threading.Thread(target=gateway.ask, args=("POST", CHAT, BODY))
        caller.start()
        state = gateway.wait_until(lambda state: state["in_flight"] == 1 and state["budgets"])
        assert state["budgets"] == [{"id": budget.id, "used": 0, "held": 1}]
        going_on.set()
        caller.join()
        state = gateway.wait_until(lambda state: not state["in_flight"])
        assert state["budgets"] == [{"id": budget.id, "used": 1, "held": 0}]


def test_that_what_calls_under_way_hold_is_given_back(gateway: RunningGateway) -> None:
    # Less than two calls hold, and more than all of them cost.
    block(gateway.context, 18 * PICO_PER_USD // 1000)
    for _ in range(20):
        assert gateway.ask("POST", CHAT, BODY)[0] == 200
        gateway.ask("POST", CHAT, {**BODY, "model": "gpt-4o-mini", "tools": [{}]})


class Unreadable(ContextDoor):
    """A ledger that cannot be read."""

    def standings(self) -> tuple[Standing, ...]:
        """Fail."""
        raise LedgerUnavailableError("The ledger cannot be opened.")


@pytest.mark.parametrize("fails_closed", [False, True])
def test_that_the_person_chooses_what_happens_when_budgets_cannot_be_checked(
    upstream: Upstream, *, fails_closed: bool
) -> None:
    with RunningGateway(upstream.url, door=Unreadable, fails_closed=fails_closed) as gateway:
        status, _, body = gateway.ask("POST", CHAT, BODY)
        assert gateway.health()["state"] == "spooling"
    assert status == (503 if fails_closed else 200)
    assert (b"cannot be checked" in body) == fails_closed


def test_that_a_budget_of_a_project_stops_that_project_alone(gateway: RunningGateway) -> None:
    budget = Budget(0, "Notes", LimitKind.CALLS, 1, "own", project="notes")
    gateway.context.set_budget(Budget(**{**_fields(budget), "enforcement": Enforcement.BLOCK}))
    asked = [("notes", 200), ("notes", 429), ("other", 200), ("", 200), ("notes", 429)]
    body = b""
    for project, status in asked:
        headers = {"X-Project": project} if project else {}
        answered, _, body = gateway.ask("POST", CHAT, BODY, headers)
        assert (project, answered) == (project, status)
    refusal = json.loads(body)["error"]["message"]
    assert '"Notes" is used up: 1 of 1 for the billing period' in refusal
