"""Pulls from ALwrity servers: order, memory, pieces that fail, both generations."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import pytest

from alwrity_desktop.core.domain.errors import (
    AskingStoppedError,
    AuthRefusedError,
    RateLimitedError,
    ServerFaultError,
    UnreachableError,
)
from alwrity_desktop.core.domain.server import Meaning
from alwrity_desktop.core.domain.statements import StatementKind
from alwrity_desktop.core.sources.servers.alwrity import SERVER
from alwrity_desktop.core.sources.servers.base import PLANS, STATUS, TRENDS, USAGE
from tests.core.sources.servers.asks import NOW_MS, DirectAsk, figures, known_after, only
from tests.core.sources.servers.pulls import ALL, direct, fixed_clock, pull, recorded
from tests.servers import people
from tests.servers.documented import DocumentedServer
from tests.servers.documented import Trends as Shapes
from tests.servers.recorded import RecordedTenant
from tests.servers.recording_files import ALICE, ERIN
from tests.servers.server_clock import ServerClock
from tests.servers.wire import Answer, Json, success

DAY_MS: Final = 86_400_000


@pytest.fixture
def at() -> ServerClock:
    return fixed_clock()


def test_that_lost_counters_show_because_the_dashboard_is_asked_first(at: ServerClock) -> None:
    tenant = people.writer("lena", at, calls=49, days=5)
    found = pull(direct(tenant), user="lena")
    key = found.facts.billing_period or ""
    held = Counter(call.billing_period for call in found.calls)
    usage, trends = figures(found, "usage"), figures(found, "trends")
    assert usage[key, ""][0] == 1
    assert trends[key, ""][0] == held[key]


def test_that_periods_which_trends_leave_out_are_asked_for_one_by_one() -> None:
    bodies: dict[str, Json | list[Any]] = {
        "/dashboard/u": {
            "total_usage": {
                "billing_period": "all",
                "historical_breakdown": [{"billing_period": "2024-02", "total_calls": 3}],
            }
        },
        "/usage/u/trends": {"periods": ["2026-11"], "total_calls": [1]},
        "/usage/u": {
            "billing_period": "2024-02",
            "provider_breakdown": {"huggingface": {"calls": 3}},
        },
    }
    ask = DirectAsk(only(bodies))
    found = pull(ask, user="u")
    assert figures(found, "usage", StatementKind.PROVIDER)["2024-02", "mistral"] == (3, None, None)
    # The usage of another period than the one that was asked for is not taken.
    assert ("2026-11", "mistral") not in figures(found, "usage", StatementKind.PROVIDER)


@pytest.mark.parametrize("shape", Shapes)
@pytest.mark.parametrize("is_enveloped", [True, False])
def test_that_a_documented_server_is_read_from_its_statements(
    at: ServerClock, shape: Shapes, is_enveloped: bool
) -> None:
    tenant = people.writer("dora", at, calls=120, days=85)
    server = DocumentedServer([tenant], clock=at, trends=shape, is_enveloped=is_enveloped)
    server._http.server_close()
    ask = DirectAsk(server.reply, server.token("dora"))
    found = pull(ask, user="dora")
    assert found.troubles == ()
    assert found.calls == ()
    assert found.is_complete
    key = found.facts.billing_period or ""
    usage = server.usage("dora")
    total = figures(found, "dashboard")[key, ""]
    assert total[:2] == (usage["total_calls"], usage["total_tokens"])
    breakdown = figures(found, "dashboard", StatementKind.PROVIDER)
    assert breakdown[key, "gemini"][0] == usage["provider_breakdown"]["gemini"]["calls"]
    assert breakdown[key, "gemini"][2]
    assert len({period for period, _ in figures(found, "trends")}) == 23
    assert figures(found, "usage", StatementKind.PROVIDER)
    assert not dict(found.facts.abilities or ())["usage_logs"]
    assert len(found.facts.prices or ()) == 49
    before = len(ask.asked)
    second = pull(ask, known_after(found), user="dora")
    assert len(ask.asked) - before <= 8
    assert not ask.paths("usage-logs")[1:]
    assert second.is_complete
    assert SERVER.check(ask, "dora").startswith("Pro plan")


def test_that_the_documentations_example_is_read() -> None:
    board = {
        "current_usage": {
            "total_calls": 1250,
            "total_cost": 15.75,
            "usage_status": "active",
            "provider_breakdown": {
                "gemini": {"calls": 800, "cost": 10.50, "tokens": 125000},
                "openai": {"calls": 450, "cost": 5.25, "tokens": 85000},
            },
        },
        "limits": {"plan_name": "Pro", "limits": {"gemini_calls": 5000, "monthly_cost": 150.0}},
        "alerts": [{"title": "API Usage Notice - Gemini", "message": "m", "severity": "info"}],
    }
    found = pull(DirectAsk(only({"/dashboard/u": board})), user="u")
    assert figures(found, "dashboard")["2026-11", ""] == (1250, None, 15_750_000_000_000)
    kinds = figures(found, "dashboard", StatementKind.PROVIDER)
    assert kinds["2026-11", "openai"] == (450, 85_000, 5_250_000_000_000)
    assert found.facts.subscription is not None
    assert found.facts.subscription.plan == "Pro"
    assert {limit.name: limit.limit for limit in found.facts.limits or ()} == {
        "gemini_calls": 5000,
        "cost": 150_000_000_000_000,
    }
    assert [(alert.title, alert.ids) for alert in found.alerts] == [
        ("API Usage Notice - Gemini", ())
    ]


def test_that_what_changes_seldom_is_asked_for_once_a_day() -> None:
    ask = recorded()
    known = known_after(pull(ask))
    plans = len(ask.paths("/plans"))
    pull(ask, known)
    assert len(ask.paths("/plans")) == plans
    SERVER.pull(ask, "mine", ALICE, known, ALL, NOW_MS + DAY_MS)
    assert len(ask.paths("/plans")) == plans + 1
    assert len(ask.paths("/cache-stats")) == 2


def test_that_a_part_asks_only_for_itself() -> None:
    asked = {}
    for part in (STATUS, USAGE, TRENDS, PLANS):
        ask = recorded()
        pull(ask, known_after(pull(recorded())), frozenset({part}))
        asked[part] = {path.removeprefix("/api").split("/")[2] for path in ask.paths()}
    assert asked == {
        STATUS: {"status", "monitoring"},
        USAGE: {"user", "dashboard", "alerts", "usage-logs"},
        TRENDS: {"usage"},
        PLANS: set(),
    }


def test_that_a_part_confirms_nothing_that_it_did_not_ask_for() -> None:
    known = known_after(pull(recorded()))
    facts = pull(recorded(), known, frozenset({TRENDS})).facts
    assert facts.subscription is None
    assert facts.limits is None
    assert facts.health is None
    kept = pull(recorded(), known, frozenset({STATUS})).facts.subscription
    assert kept == known.facts.subscription


@pytest.mark.parametrize(
    "path",
    ["status", "/subscription", "dashboard", "trends", "alerts", "plans", "pricing", "renewal"],
)
def test_that_an_endpoint_that_fails_costs_its_own_piece(path: str) -> None:
    ask = recorded()
    ask.instead[path if path != "/subscription" else "/subscription/user/"] = Answer(
        500, {"detail": "canary"}
    )
    found = pull(ask)
    whole = pull(recorded())
    assert found.troubles
    assert not any("canary" in trouble for trouble in found.troubles)
    assert found.calls == whole.calls
    assert found.is_complete
    assert len(found.statements) >= 19
    if path not in {"status", "/subscription"}:
        assert found.facts.subscription == whole.facts.subscription


def test_that_usage_stands_in_for_a_dashboard_that_fails() -> None:
    ask = recorded()
    ask.instead["dashboard"] = Answer(200, {"success": False, "error": "x", "data": {}})
    found = pull(ask)
    assert figures(found, "usage")["all", ""] == (268, 1_206_853, 6_100_000_000_000)
    assert found.facts.billing_period == "2026-11"


def test_that_rows_that_cannot_be_had_leave_the_pull_incomplete() -> None:
    ask = recorded()
    ask.instead["usage-logs"] = Answer(500, {"detail": "x"})
    found = pull(ask)
    assert not found.is_complete
    assert found.statements


def test_that_a_server_that_lists_no_rows_any_more_keeps_those_that_it_merged() -> None:
    ask = DirectAsk(RecordedTenant(ERIN).answer)
    known = known_after(pull(ask, user=ERIN))
    ask.instead["usage-logs"] = Answer(404, {"detail": "Not Found"})
    assert not pull(ask, known, user=ERIN).is_complete


@pytest.mark.parametrize("status", [401, 403])
def test_that_a_refused_token_ends_the_pull(status: int) -> None:
    ask = recorded()
    ask.instead["/subscription/"] = Answer(status, {"detail": "Access denied"})
    with pytest.raises(AuthRefusedError):
        pull(ask)


def test_that_a_door_that_is_closed_elsewhere_is_a_missing_ability() -> None:
    ask = recorded()
    ask.instead["/monitoring/"] = Answer(403, {"detail": "Admin access required"})
    found = pull(ask)
    assert found.facts.health is None
    assert not dict(found.facts.abilities or ())["health"]


def test_that_after_too_many_requests_nothing_more_is_asked() -> None:
    ask = recorded()
    ask.instead["trends"] = RateLimitedError("Too often.", until_ms=NOW_MS + 60_000)
    found = pull(ask)
    assert found.troubles == ("Too often.",)
    assert not ask.paths("usage-logs")
    assert not found.is_complete
    assert found.facts.limits


def test_that_a_limit_of_the_plan_stops_only_what_it_is_about() -> None:
    ask = recorded()
    ask.instead["monitoring"] = Answer(429, {"error": "Usage limit exceeded", "usage_info": {}})
    found = pull(ask)
    assert found.is_complete
    assert found.facts.health is None
    assert found.troubles


@pytest.mark.parametrize(
    "error",
    [
        UnreachableError("Away."),
        ServerFaultError("Failed.", status=500),
        RateLimitedError("Too often.", until_ms=NOW_MS),
    ],
)
def test_that_an_error_is_raised_when_nothing_at_all_came(error: Exception) -> None:
    ask = recorded()
    ask.instead[""] = error  # type: ignore[assignment]
    with pytest.raises(type(error)):
        pull(ask)


def test_that_a_program_that_closes_asks_nothing_more() -> None:
    ask = recorded()
    ask.instead["dashboard"] = AskingStoppedError("Closing.")
    with pytest.raises(AskingStoppedError):
        pull(ask)


def test_that_older_unread_alerts_are_asked_for_behind_read_ones(at: ServerClock) -> None:
    ask = direct(people.nagged("ned", at))
    first = pull(ask, user="ned")
    ids = tuple(number for alert in first.alerts for number in alert.ids)
    assert SERVER.mark_read(ask, ids) == ids
    second = pull(ask, known_after(first), user="ned")
    found = {number for alert in second.alerts for number in alert.ids}
    assert len(found) == 132
    assert found > set(ids)


@pytest.mark.parametrize(
    ("requests", "errors", "status"),
    [(100, 5, "healthy"), (1000, 51, "warning"), (10, 1, "warning"), (100, 11, "critical")],
)
def test_that_health_is_believed_where_the_server_counts(
    at: ServerClock, requests: int, errors: int, status: str
) -> None:
    tenant = people.newcomer("hans", at)
    tenant.recent_requests, tenant.recent_errors = requests, errors
    health = pull(direct(tenant), user="hans").facts.health
    assert health is not None
    assert (health.status, health.requests, health.errors) == (status, requests, errors)
    assert health.response_ms == 7


def test_that_figures_outrank_a_word_that_is_better() -> None:
    body = {"status": "healthy", "recent_requests": 10, "recent_errors": 5, "error_rate": 0.0}
    health = pull(DirectAsk(only({"/monitoring/health": success(body).body}))).facts.health  # type: ignore[dict-item]
    assert health is not None
    assert health.status == "critical"
    assert health.error_rate_percent == 50.0


def test_that_light_statistics_stand_in_for_health() -> None:
    ask = recorded()
    ask.instead["/monitoring/health"] = Answer(404, {"detail": "Not Found"})
    health = pull(ask).facts.health
    assert health is not None
    assert health.requests == 0


def test_that_limits_of_zero_mean_what_the_server_says() -> None:
    body = {
        "plan": {"id": 4, "name": "Big", "tier": "enterprise"},
        "limits": {
            "gemini_calls": 0,
            "exa_calls": 0,
            "serper_calls": 0,
            "video_calls": -1,
            "monthly_cost": 0,
            "odd_calls": "x",
            "new_thing": 4,
            "_zero_means": {"gemini_calls": "disabled", "exa_calls": "unlimited"},
        },
    }
    found = pull(DirectAsk(only({"/user/u/subscription": body})), user="u")
    assert {limit.name: limit.meaning for limit in found.facts.limits or ()} == {
        "gemini_calls": Meaning.NOT_INCLUDED,
        "exa_calls": Meaning.UNLIMITED,
        "serper_calls": Meaning.UNLIMITED,
        "video_calls": Meaning.UNLIMITED,
        "cost": Meaning.UNLIMITED,
    }
    assert found.troubles == ('"limits" in limits could not be read.',)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"subscription": {"current_period_start": 5}, "plan": {"name": 7}, "limits": {}},
        {"subscription": "canary", "plan": {"name": "Basic", "tier": "basic"}, "limits": "x"},
        {"subscription": {}, "plan": [], "limits": {"gemini_calls": "many"}},
        {"subscription": {"current_period_end": "2027-01-01T00:00:00"}, "plan": {}},
    ],
)
def test_that_what_is_known_outlives_an_answer_that_cannot_be_read(spoilt: Json) -> None:
    known = known_after(pull(recorded()))
    ask = recorded()
    ask.instead["/subscription/user/"] = success(spoilt)
    after = known_after(pull(ask, known), known).facts
    assert after.subscription is not None
    assert after.subscription == known.facts.subscription
    assert {limit.name for limit in after.limits or ()} >= {"gemini_calls"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/plans", {"plans": [{"name": 5}]}),
        ("/pricing", {"pricing": [{"provider": {}, "model_name": "m"}]}),
    ],
)
def test_that_a_list_of_which_nothing_can_be_read_is_not_an_empty_one(
    path: str, body: Json
) -> None:
    ask = recorded()
    ask.instead[path] = success(body)
    facts = pull(ask).facts
    assert (facts.plans if path == "/plans" else facts.prices) is None
