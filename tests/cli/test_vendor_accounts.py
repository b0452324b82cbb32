"""A provider's own bill, from connecting it to comparing it: the whole program, real servers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from alwrity_desktop.core.clock import Clock
from tests.cli.program import Program
from tests.servers.vendors import (
    ADMIN_KEY,
    AnthropicServer,
    Books,
    OpenAiServer,
    OpenRouterServer,
    Use,
    VendorServer,
)


def books(model: str, today_ms: int) -> Books:
    made = Books()
    made.today = datetime.fromtimestamp(today_ms / 1000, UTC).date()
    made.use("2026-11-10", Use(model, "2.00", 1000, 0, 100, 2), Use(model, "1.00", 500, 0, 50, 1))
    return made


@pytest.mark.parametrize(
    ("kind", "server_of", "model"),
    [
        ("openai-admin", OpenAiServer, "gpt-4o"),
        ("anthropic-admin", AnthropicServer, "claude-sonnet-4-5"),
        ("openrouter", OpenRouterServer, "gpt-4o"),
    ],
)
def test_that_a_bill_is_fetched_shown_and_fetched_again(
    program: Program, clock: Clock, kind: str, server_of: type[VendorServer], model: str
) -> None:
    with server_of(books(model, clock.now_ms())) as server:
        program.give_token("bill", ADMIN_KEY)
        program.run("accounts", "add", kind, "--name", "bill", "--url", server.url)
        (first,) = program.document("sync", "bill")["accounts"]
        assert (first["ok"], first["calls_added"], first["error"]) == (True, 0, None)
        assert first["statements"] > 0
        (again,) = program.document("sync", "bill")["accounts"]
        assert (again["ok"], again["statements"]) == (True, 0)
    report = program.document("report", "--account", "bill", "--by", "model,provider")
    assert report["totals"]["cost_usd"] == "3.00"
    (group,) = report["groups"]["model"]
    assert (group["key"], group["tokens"]) == (model, 1650)
    assert not any(ADMIN_KEY.encode() in data for _, data in program.kept())
    assert ADMIN_KEY not in "".join(program.said)


def test_that_a_bill_stands_beside_this_computers_calls(program: Program, clock: Clock) -> None:
    call = ("--provider", "openai", "--model", "gpt-4o", "--input-tokens", "1000")
    program.run("record", *call, "--at", "2026-11-10T10:00:00+00:00")
    with OpenAiServer(books("gpt-4o", clock.now_ms())) as server:
        program.give_token("bill", ADMIN_KEY)
        program.run("accounts", "add", "openai-admin", "--name", "bill", "--url", server.url)
        program.run("sync", "bill")
    rows = {row["what"]: row for row in program.document("reconcile")["rows"]}
    row = rows["calls 2026-11 openai"]
    assert (row["calls_say"], row["server_says"], row["difference"]) == ("1", "3", "-2")
    assert "neither a log, nor the gateway" in row["likely"]
    assert rows["tokens 2026-11 openai"]["difference"] == "-650"


def test_that_a_refused_key_is_told_and_kept_nowhere(program: Program, clock: Clock) -> None:
    with AnthropicServer(books("claude-sonnet-4-5", clock.now_ms())) as server:
        program.give_token("bill", "canary-wrong")
        said = program.run(
            "accounts", "add", "anthropic-admin", "--name", "bill", "--url", server.url, status=None
        )
        (done,) = program.document("sync", "bill", status=1)["accounts"]
    assert (done["ok"], bool(done["error"])) == (False, True)
    assert "canary" not in said
