"""What a person asks an ALwrity server for: preflight, payment pages, alerts read, a check."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from alwrity_desktop.core.domain.errors import (
    AuthRefusedError,
    BrokenAnswerError,
    RateLimitedError,
    ServerFaultError,
    UsageError,
)
from alwrity_desktop.core.sources.servers.alwrity import SERVER
from tests.core.sources.servers.asks import NOW_MS, DirectAsk, only
from tests.servers.recorded import RecordedTenant
from tests.servers.recording_files import ALICE, BOB, CAROL, cases
from tests.servers.wire import Answer, Request, success

Operation = Mapping[str, str | int]
TAVILY: Operation = {"provider": "tavily", "model": "tavily-search", "operation_type": "search"}


def preflights(user: str) -> list[tuple[tuple[Operation, ...], Any]]:
    """Return the recorded preflights of a tenant: what was asked, and what was answered."""
    found: list[tuple[tuple[Operation, ...], Any]] = []
    for case in cases(user):
        body = case.body
        if "preflight" in case.path and isinstance(body, dict) and body.get("operations"):
            found.append((tuple(body["operations"]), case.answer))
    return found


@pytest.mark.parametrize("user", [ALICE, BOB, CAROL])
def test_that_every_recorded_preflight_is_read(user: str) -> None:
    ask = DirectAsk(RecordedTenant(user).answer)
    for operations, answer in preflights(user):
        found = SERVER.preflight(ask, operations)
        assert len(found.operations) == len(operations)
        if answer.status == 200:
            known = [each for each in found.operations if each.cost_pico is not None]
            assert len(known) == len(answer.body["data"]["operations"])
            if not answer.body["data"]["can_proceed"]:
                assert found.is_allowed is False
        else:
            assert found.is_allowed is None
            assert found.cost_pico is None


def test_that_a_preflight_sums_exactly_and_names_what_it_leaves_out() -> None:
    ask = DirectAsk(RecordedTenant(ALICE).answer)
    operations = max((each for each, _ in preflights(ALICE)), key=len)
    found = SERVER.preflight(ask, operations)
    assert found.is_allowed
    assert found.cost_pico == 299_000_000_000
    assert found.notes == ("The server counts the input only: what is written comes on top.",)
    by_provider = {each.provider: each for each in found.operations}
    assert by_provider["gemini"].limit == 5_000_000
    assert by_provider["mistral"].limit == 2_500_000
    assert by_provider["exa"].limit is None


def test_that_a_provider_that_the_server_drops_is_unknown() -> None:
    ask = DirectAsk(RecordedTenant(ALICE).answer)
    strange: Operation = {"provider": "cohere", "operation_type": "x"}
    found = SERVER.preflight(ask, (strange, TAVILY))
    assert found.is_allowed is None
    assert found.cost_pico is None
    assert [each.is_allowed for each in found.operations] == [None, True]
    assert found.operations[1].cost_pico == 1_000_000_000


def test_that_operations_that_pass_a_limit_together_are_blocked() -> None:
    def door(request: Request) -> Answer:
        rows = [
            {
                "provider": "video",
                "operation_type": "video",
                "cost": 0.1,
                "allowed": True,
                "limit_info": {"current_usage": 0, "limit": 2, "remaining": 2},
                "message": None,
            }
            for _ in json.loads(request.body)["operations"]
        ]
        return success({"can_proceed": True, "operations": rows})

    video: Operation = {"provider": "video", "operation_type": "video"}
    found = SERVER.preflight(DirectAsk(door), (video, video, video))
    assert found.is_allowed is False
    assert [each.is_allowed for each in found.operations] == [True, True, False]
    assert found.cost_pico == 300_000_000_000


def test_that_a_blocked_operation_does_not_block_the_others() -> None:
    def door(request: Request) -> Answer:
        asked = json.loads(request.body)["operations"]
        is_blocked = any(each["provider"] == "exa" for each in asked)
        rows = [
            {**each, "cost": 0.01, "allowed": not is_blocked, "limit_info": None} for each in asked
        ]
        return success({"can_proceed": not is_blocked, "operations": rows})

    exa: Operation = {"provider": "exa", "operation_type": "research"}
    found = SERVER.preflight(DirectAsk(door), (TAVILY, exa))
    assert [each.is_allowed for each in found.operations] == [True, False]
    assert found.is_allowed is False


@pytest.mark.parametrize("operations", [(), (TAVILY,) * 21])
def test_that_no_operation_and_too_many_are_refused(operations: tuple[Operation, ...]) -> None:
    ask = DirectAsk(RecordedTenant(ALICE).answer)
    with pytest.raises(UsageError):
        SERVER.preflight(ask, operations)
    assert not ask.asked


@pytest.mark.parametrize(
    "url",
    [
        "https://checkout.stripe.com/c/pay/cs_test_a1#fid",
        "http://localhost:3000/pay",
        "http://127.0.0.1:9/x",
    ],
)
def test_that_a_safe_address_is_returned(url: str) -> None:
    ask = DirectAsk(only({"create-checkout-session": {"url": url}}))
    assert SERVER.link(ask, "checkout", "pro", "monthly") == url


@pytest.mark.parametrize(
    "url",
    [
        "http://pay.example/x",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https:///x",
        "https://user@evil.example/",
        "https://pay.example\\@evil.example/",
        "https://pay.example/ x",
        "https://pay.examplé/",
        "https://pay.example:port/",
        "https://[::1/",
        "https://pay.example/" + "x" * 4000,
        "//pay.example/x",
        7,
        None,
    ],
)
def test_that_an_unsafe_address_is_never_opened(url: object) -> None:
    ask = DirectAsk(only({"create-portal-session": {"url": url}}))
    with pytest.raises(BrokenAnswerError):
        SERVER.link(ask, "portal", "", "")


def test_that_a_server_without_payments_says_so() -> None:
    ask = DirectAsk(RecordedTenant(ALICE).answer)
    with pytest.raises(ServerFaultError, match="no page for payments"):
        SERVER.link(ask, "portal", "", "")
    with pytest.raises(UsageError):
        SERVER.link(ask, "refund", "", "")


def test_that_alerts_are_marked_read_and_unknown_ones_count_as_taken() -> None:
    ask = DirectAsk(RecordedTenant(BOB).answer)
    assert SERVER.mark_read(ask, ("132", "999999")) == ("132", "999999")
    ask.instead["/131/"] = RateLimitedError("Too often.", until_ms=NOW_MS)
    assert SERVER.mark_read(ask, ("130", "131", "129")) == ("130",)


def test_that_a_check_tells_a_token_of_another_user() -> None:
    ask = DirectAsk(only({}))
    ask.instead["/status/"] = Answer(403, {"detail": "Access denied"})
    with pytest.raises(AuthRefusedError, match='another user than "anna"'):
        SERVER.check(ask, "anna")
    ask.instead["/status/"] = Answer(401, {"detail": "Authentication failed"})
    with pytest.raises(AuthRefusedError):
        SERVER.check(ask, "anna")


def test_that_a_check_of_something_else_fails() -> None:
    with pytest.raises(Exception, match="does not know"):
        SERVER.check(DirectAsk(only({})), "anna")


def test_that_a_users_id_cannot_leave_its_place_in_the_path() -> None:
    ask = DirectAsk(only({"": {"plan": "pro"}}))
    SERVER.check(ask, "../x?y#z")
    assert ask.paths()[0] == "/api/subscription/status/..%2Fx%3Fy%23z"
