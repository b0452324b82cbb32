"""Servers and users that are odd, by the command line: names, zones, faults, lists cut short."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from alwrity_desktop.core.clock import Clock
from tests.cli.program import Program
from tests.cli.strangers import ago, connected, report, subscribed
from tests.servers.alwrity import AlwrityServer
from tests.servers.recorded import RecordedTenant
from tests.servers.recording_files import ALICE, BOB, CAROL
from tests.servers.server_clock import ServerClock
from tests.servers.stranger import Stranger


@pytest.fixture
def server_clock(clock: Clock) -> ServerClock:
    return ServerClock(clock)


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"])
def test_every_zone_adds_up_the_same_calls(
    program: Program, server_clock: ServerClock, zone: str
) -> None:
    dst = Stranger("user_dst", server_clock)
    start = ago(days=48, hours=1)
    for number in range(700):
        dst.call(start + timedelta(hours=number * 1.55), "gemini", "0.001", key="2026-10")
    with connected(program, dst):
        for period in ("all", "year", "month"):
            words = ("--period", period, "--timezone", zone, "--by", "day,hour")
            found = report(program, "dst", *words)
            groups = found["groups"]
            assert sum(each["calls"] for each in groups["day"]) == found["totals"]["calls"]
            assert sum(each["calls"] for each in groups["hour"]) == found["totals"]["calls"]
        assert report(program, "dst", "--period", "all")["totals"]["calls"] == 700


def test_ids_of_users_as_strange_as_they_may_be(
    program: Program, server_clock: ServerClock
) -> None:
    users = ["auth0|5f7_odd", "user+a%41#?&_odder", "x.y@z;--'_oddest"]
    strangers = [Stranger(user, server_clock) for user in users]
    for place, each in enumerate(strangers, 1):
        for number in range(place):
            each.call(ago(days=1, minutes=number), "tavily", "0.001")
    with connected(program, *strangers):
        for place, name in enumerate(("odd", "odder", "oddest"), 1):
            assert report(program, name)["totals"]["calls"] == place
        assert report(program, "all", "--period", "all")["totals"]["calls"] == 6


def test_that_thresholds_passed_at_once_leave_one_alert_to_read(
    program: Program, server_clock: ServerClock
) -> None:
    jump = subscribed("user_jump", server_clock, ago(days=3), {"exa_calls": 10})
    for number in range(12):
        jump.call(ago(days=2, minutes=-number), "exa", "0.05")
    with connected(program, jump):
        unread = program.document("alerts", "--account", "jump", "--unread")["alerts"]
        assert [alert["threshold_percent"] for alert in unread] == [100]


def test_that_the_servers_status_stands_beside_ours(
    program: Program, server_clock: ServerClock
) -> None:
    over = subscribed("user_over", server_clock, ago(days=3), {"exa_calls": 10})
    for number in range(15):
        over.call(ago(days=2, minutes=-number), "exa", "0.05")
    with connected(program, over):
        rows = program.document("reconcile", "--account", "over")["rows"]
        row = next(row for row in rows if row["what"] == "status 2026-11")
        assert (row["calls_say"], row["server_says"]) == ("limit_reached", "active")
        assert row["likely"]
        row = next(row for row in rows if row["what"] == "percent 2026-11 exa_calls")
        assert row["calls_say"] == "150.0"


@pytest.mark.parametrize(
    ("user", "calls", "cost"), [(BOB, 447, "4.60"), (ALICE, 268, "6.10"), (CAROL, 85, "2.23")]
)
def test_that_a_list_cut_short_costs_nothing_of_the_sum(
    program: Program, user: str, calls: int, cost: str
) -> None:
    with AlwrityServer([RecordedTenant(user, is_cut=True)]) as server:
        program.connect("cut", server, user, server.token(user))
        first = program.document("sync")["accounts"][0]
        assert any("rows of calls" in trouble for trouble in first["troubles"])
        again = program.document("sync")["accounts"][0]
        assert (again["calls_added"], again["statements"]) == (0, 0)
    found = report(program, "cut", "--period", "all", "--by", "provider")
    assert found["totals"]["calls"] == calls
    assert round(Decimal(found["totals"]["cost_usd"]), 2) == Decimal(cost)
    assert sum(each["calls"] for each in found["groups"]["provider"]) == calls


def test_that_one_user_is_one_account_by_whatever_address(
    program: Program, server_clock: ServerClock
) -> None:
    lena = Stranger("user_lena", server_clock)
    lena.call(ago(days=1), "tavily", "0.001")
    with connected(program, lena) as server:
        other = server.url.replace("127.0.0.1", "localhost")
        add = ("accounts", "add", "alwrity", "--url", other, "--user", lena.user, "--name")
        assert "already" in program.run(*add, "again", status=1)
        assert "too like" in program.run(*add[:-1][:-1], "other", "--name", "Lena", status=1)
        program.run("accounts", "remove", "lena")
        refused = program.run(*add[:-1][:-1], "other", "--name", "lena", status=1)
        assert "another server's" in refused
        program.run(*add, "lena")
        program.run("sync")
        assert report(program, "lena", "--period", "all")["totals"]["calls"] == 1


def test_that_failures_are_told_on_standard_error(
    program: Program, server_clock: ServerClock
) -> None:
    lena = Stranger("user_lena", server_clock)
    lena.call(ago(days=1), "tavily", "0.001")
    with connected(program, lena) as server:
        server.misbehave("html", times=None)
        program.run("sync", status=1)
        out, error = program.said[-2:]
        assert out == ""
        assert error.startswith("lena: ")
        assert error.count("\n") == 1
        server.behave()
        server.expire(server.token(lena.user))
        assert "new one" in program.run("sync", status=1)
        assert report(program, "lena")["server"]["state"] == "auth"
        assert report(program, "lena", "--period", "all")["totals"]["calls"] == 1


@pytest.mark.parametrize(
    "mishap", ["html", "500", "429_rate", "429_metering", "wrong_types", "negative", "nan", "cut"]
)
def test_that_no_answer_takes_a_figure_away(
    program: Program, server_clock: ServerClock, mishap: str
) -> None:
    lena = subscribed("user_lena", server_clock, ago(days=15), {"gemini_calls": 30})
    for number in range(25):
        lena.call(ago(days=9, minutes=-number), "gemini", "0.000012", (3, 1))
    with connected(program, lena) as server:
        words = ("--period", "all", "--by", "provider,model,day")
        parts = ("totals", "groups", "limits", "status", "alerts")

        def figures() -> list[Any]:
            found = [report(program, "lena"), report(program, "lena", *words)]
            return [each[part] for each in found for part in parts]

        before = figures()
        server.misbehave(mishap, times=None)
        program.run("sync", status=None)
        assert figures() == before
        server.behave()
        program.run("sync", status=None)
        assert figures() == before
