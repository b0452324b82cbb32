"""Users of today's server that no recording shows, by the command line, with truths of their own.

What must come out is added up here, from what was booked, and by nothing of the program.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from alwrity_desktop.core.clock import NOW_VARIABLE, Clock
from tests.cli.program import Program
from tests.cli.strangers import (
    NOW,
    ago,
    connected,
    limits,
    money,
    nothing_changes,
    report,
    subscribed,
)
from tests.servers.server_clock import ServerClock
from tests.servers.stranger import Stranger


@pytest.fixture
def server_clock(clock: Clock) -> ServerClock:
    return ServerClock(clock)


def test_lena_whose_counters_lose_calls(program: Program, server_clock: ServerClock) -> None:
    lena = subscribed("user_lena", server_clock, ago(days=15))
    lena.limits = {"gemini_calls": 30, "tavily_calls": 25, "gemini_tokens": 100, "monthly_cost": 2}
    for number in range(25):
        lena.call(ago(days=9, minutes=-number), "gemini", "0.000012", (3, 1))
    for number in range(24):
        lena.call(ago(days=8, minutes=-number), "tavily", "0.001")
    with connected(program, lena) as server:
        nothing_changes(program, server, "lena")
    found = report(program, "lena", "--by", "provider")
    assert found["period"]["billing_period"] == "2026-11"
    assert found["totals"]["calls"] == 49
    assert Decimal(found["totals"]["cost_usd"]) == money(lena.rows) == Decimal("0.0243")
    assert {each["key"]: each["calls"] for each in found["groups"]["provider"]} == {
        "gemini": 25,
        "tavily": 24,
    }
    told = limits(program, "lena")
    assert (told["gemini_calls"]["percent"], told["gemini_calls"]["status"]) == (83.3, "warning")
    assert (told["tavily_calls"]["percent"], told["tavily_calls"]["status"]) == (96.0, "warning")
    assert (told["gemini_tokens"]["used"], told["gemini_tokens"]["status"]) == (
        100,
        "limit_reached",
    )
    assert told["cost"]["percent"] == 1.2
    assert found["status"] == "limit_reached"
    rows = program.document("reconcile", "--account", "lena")["rows"]
    row = next(row for row in rows if row["what"] == "calls 2026-11" and row["server_says"] == "1")
    assert (row["calls_say"], row["difference"]) == ("49", "48")
    assert "loses calls" in row["likely"]


def test_heidi_who_pays_by_the_year(program: Program, server_clock: ServerClock) -> None:
    start = ago(days=283)
    heidi = subscribed("user_heidi", server_clock, start, is_yearly=True, is_renewed=True)
    for number in range(40):
        heidi.call(ago(days=280 - 7 * number), "gemini", "0.01", (1000, 200))
    booked = list(heidi.rows)
    with connected(program, heidi) as server:
        nothing_changes(program, server, "heidi")
        found = report(program, "heidi")
        assert found["period"]["billing_period"] == "2026-02"
        assert (found["period"]["start"], found["period"]["end"]) == ("2026-02-10", "2027-02-10")
        assert (found["totals"]["calls"], found["totals"]["tokens"]) == (40, 48_000)
        assert Decimal(found["totals"]["cost_usd"]) == money(booked)
        assert Decimal(limits(program, "heidi")["cost"]["used"]) == money(booked)
        assert report(program, "heidi", "--period", "all")["totals"]["calls"] == 40


def test_heidi_whose_first_call_after_a_year_is_booked_to_the_old_one(
    program: Program, server_clock: ServerClock
) -> None:
    start = ago(days=366)
    heidi = subscribed("user_heidi", server_clock, start, is_yearly=True, is_renewed=True)
    old = [heidi.call(ago(days=day), "gemini", "0.02", key="2025-11") for day in (80, 40, 10)]
    old.append(heidi.call(ago(hours=20), "gemini", "0.02", key="2025-11"))
    heidi.start, heidi.end = ago(hours=20), ago(hours=20) + timedelta(days=365)
    new = [heidi.call(ago(hours=hour), "gemini", "0.03", key="2026-11") for hour in (19, 9, 3, 1)]
    with connected(program, heidi):
        found = report(program, "heidi")
        assert found["period"]["billing_period"] == "2026-11"
        assert found["period"]["start"] == "2026-11-19"
        assert (found["totals"]["calls"], Decimal(found["totals"]["cost_usd"])) == (4, money(new))
        whole = report(program, "heidi", "--period", "all", "--by", "day")
        assert whole["totals"]["calls"] == len(old) + len(new)


def test_frank_whose_subscription_renews_when_somebody_looks(
    program: Program, server_clock: ServerClock
) -> None:
    frank = subscribed("user_frank", server_clock, ago(days=68), is_renewed=True)
    old = [frank.call(ago(days=day), "tavily", "0.001") for day in (60, 50, 45, 41)]
    with connected(program, frank) as server:
        found = report(program, "frank")
        assert found["period"]["billing_period"] == "2026-11"
        assert found["period"]["start"] == "2026-11-20"
        assert found["totals"]["calls"] == 0
        assert report(program, "frank", "--period", "all")["totals"]["calls"] == len(old)
        nothing_changes(program, server, "frank")
        frank.call(NOW, "tavily", "0.001")
        program.run("sync")
        assert report(program, "frank")["totals"]["calls"] == 1


def test_ivan_whose_payment_failed(program: Program, server_clock: ServerClock) -> None:
    ivan = Stranger("user_ivan", server_clock, "free", {"gemini_calls": 50, "monthly_cost": 2.0})
    ivan.renewals.append(
        {
            "id": 1,
            "plan_name": "Basic",
            "plan_tier": "basic",
            "new_period_start": ago(days=40).isoformat(),
            "new_period_end": ago(days=10).isoformat(),
            "billing_cycle": "monthly",
            "renewal_type": "new",
            "payment_amount": 29.0,
            "payment_status": "failed",
            "payment_date": None,
            "created_at": ago(days=40).isoformat(),
        }
    )
    for day in (30, 20, 3):
        ivan.call(ago(days=day), "gemini", "0.1", key="2026-10")
    with connected(program, ivan):
        assert limits(program, "ivan")["gemini_calls"]["used"] == 3
        plans = program.document("plans", "--account", "ivan")
        assert plans["renewals"][0]["payment_status"] == "failed"
        failed = "The payment of 2026-10-11 for Basic ($29.00) failed."
        assert plans["notices"] == [failed]
        assert failed in program.run("plans", "--account", "ivan")
        assert "payment failed" in program.run("status", "--account", "ivan")


def test_a_user_without_plans(program: Program, server_clock: ServerClock) -> None:
    fresh = Stranger("user_fresh", server_clock, limits=None)
    fresh.call(ago(days=2), "gemini", "0.000300", (100, 10))
    with connected(program, fresh) as server:
        nothing_changes(program, server, "fresh")
        found = report(program, "fresh")
        assert (found["totals"]["calls"], found["limits"]) == (1, [])
        assert found["period"]["start"] == "2026-11-01"
        plans = program.document("plans", "--account", "fresh")
        assert plans["limits"] in (None, [])
        program.document("plans", "compare", "--account", "fresh")


def test_more_rows_than_a_server_keeps(program: Program, server_clock: ServerClock) -> None:
    rich = subscribed("user_rich", server_clock, ago(days=20))
    rich.tier = "enterprise"
    names = ("gemini", "tavily", "stability", "video", "mistral")
    for number in range(5_400):
        cost = f"0.00{number % 97 + 1:04d}"
        rich.call(ago(minutes=20 * 1440 - 5 * number), names[number % 5], cost, (number % 7, 1))
    booked = list(rich.rows)
    with connected(program, rich) as server:
        assert len(server.requests) < 60
        found = report(program, "rich", "--by", "provider")
        assert found["totals"]["calls"] == 5_400
        assert Decimal(found["totals"]["cost_usd"]) == money(booked)
        assert found["totals"]["tokens"] == sum(row.tokens_in + row.tokens_out for row in booked)
        by_provider = {each["key"]: each["calls"] for each in found["groups"]["provider"]}
        assert by_provider == dict.fromkeys(names, 1_080)
        nothing_changes(program, server, "rich")


def test_rows_that_are_merged_while_nobody_looked(
    program: Program, server_clock: ServerClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = Stranger("user_gone", server_clock)
    for day in (85, 60, 30, 2, 1):
        gone.call(ago(days=day), "gemini", "0.125", (10, 5), key="2026-08")
    for day in (70, 3):
        gone.call(ago(days=day), "tavily", "0.001", key="2026-08")
    with connected(program, gone) as server:
        server_clock.advance(120 * 86_400)
        monkeypatch.setenv(NOW_VARIABLE, "2027-03-20T13:32:00Z")
        for day in (-4, -20, -118):
            gone.call(ago(days=day), "gemini", "0.25", (10, 5), key="2026-08")
        gone.call(ago(days=-117), "exa", "0.005", key="2026-08")
        booked = list(gone.rows)
        for _ in range(3):
            program.run("sync")
            found = report(program, "gone", "--period", "all", "--by", "provider")["totals"]
            assert (found["calls"], found["tokens"]) == (11, 120)
            assert Decimal(found["cost_usd"]) == money(booked)
        # Everything merged, freed ids used again by new rows.
        server_clock.advance(95 * 86_400)
        monkeypatch.setenv(NOW_VARIABLE, "2027-06-23T13:32:00Z")
        booked.append(gone.call(ago(days=-214), "exa", "0.005", key="2026-08"))
        program.run("sync")
        found = report(program, "gone", "--period", "all")["totals"]
        assert (found["calls"], Decimal(found["cost_usd"])) == (12, money(booked))
        nothing_changes(program, server, "gone")


def test_an_upgrade_in_the_middle_of_a_period(program: Program, server_clock: ServerClock) -> None:
    ups = subscribed("user_ups", server_clock, ago(days=18))
    ups.limits = {"gemini_calls": 10, "monthly_cost": 25.0}
    for number in range(9):
        ups.call(ago(days=17, minutes=-number), "gemini", "0.5")
    with connected(program, ups):
        told = limits(program, "ups")
        assert (told["gemini_calls"]["percent"], told["cost"]["percent"]) == (90.0, 18.0)
        ups.start, ups.end = ago(hours=1), ago(hours=1) + timedelta(days=30)
        ups.tier, ups.limits = "pro", {"gemini_calls": 100, "monthly_cost": 100.0}
        for number in range(80):
            ups.call(ago(minutes=50, seconds=-number), "gemini", "0.5")
        program.run("sync")
        found = report(program, "ups", "--by", "day")
        told = limits(program, "ups")
        assert (told["gemini_calls"]["used"], told["gemini_calls"]["percent"]) == (89, 89.0)
        assert found["totals"]["calls"] == 89
        assert sum(each["calls"] for each in found["groups"]["day"]) == 89
        alerts = program.document("alerts", "--account", "ups")["alerts"]
        assert any("89 of 100" in alert["message"] for alert in alerts)


def test_a_limit_of_half_a_dollar(program: Program, server_clock: ServerClock) -> None:
    poor = subscribed("user_poor", server_clock, ago(days=3), {"monthly_cost": 0.5})
    for number in range(9):
        poor.call(ago(days=2, minutes=-number), "exa", "0.05")
    with connected(program, poor):
        found = limits(program, "poor")["cost"]
        assert (found["percent"], found["status"], found["limit"]) == (90.0, "warning", "0.50")


def test_that_a_subscription_that_ended_is_said_to_have_ended(
    program: Program, server_clock: ServerClock
) -> None:
    erin = subscribed("user_erin", server_clock, ago(days=50))
    for day in (49, 45, 30):
        erin.call(ago(days=day), "serper", "0.001")
    with connected(program, erin):
        found = report(program, "erin")
        assert found["period"]["start"] == "2026-11-01"
        plans = program.document("plans", "--account", "erin")
        assert plans["subscription"]["active"] is False
        assert plans["subscription"]["expired_on"] == "2026-10-31"
        assert "xpired on 2026-10-31" in program.run("plans", "--account", "erin")
        assert "xpired on 2026-10-31" in program.run("status", "--account", "erin")


def test_that_the_larger_of_counters_and_rows_is_shown(
    program: Program, server_clock: ServerClock
) -> None:
    mute = subscribed("user_mute", server_clock, ago(days=9))
    rows = [mute.call(ago(days=8, hours=-hour), "gemini", "0.01", (90, 10)) for hour in range(6)]
    # Modules that raise the counters by themselves and write no row.
    mute.counters["2026-11"]["tavily"] = (20, 0, 0.02)
    mute.counters["2026-11"]["exa"] = (3, 0, 0.015)
    with connected(program, mute) as server:
        nothing_changes(program, server, "mute")
        for period in ("month", "year", "all"):
            words = ("--period", period, "--by", "provider,model")
            found = report(program, "mute", *words)
            assert found["totals"]["calls"] == 29
            assert Decimal(found["totals"]["cost_usd"]) == money(rows) + Decimal("0.035")
            calls = {each["key"]: each["calls"] for each in found["groups"]["provider"]}
            assert calls == {"gemini": 6, "tavily": 20, "exa": 3}
            assert sum(each["calls"] for each in found["groups"]["model"]) == 29
        assert report(program, "mute", "--period", "week")["totals"]["calls"] == 0
        both = report(program, "all", "--period", "all")["totals"]
        assert (both["calls"], both["cost_usd"]) == (29, "0.095")
        said = program.document("reconcile", "--account", "mute")["rows"]
        row = next(each for each in said if each["server_says"] == "29")
        assert (row["calls_say"], row["difference"]) == ("6", "-23")
