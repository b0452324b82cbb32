"""Connected servers by the command line: synced whole, then only what is new, shown as is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from alwrity_desktop.core.clock import Clock
from tests.cli.program import Program
from tests.core.single_calls import Reads
from tests.servers.agent_platform import AgentPlatformServer
from tests.servers.alwrity import AlwrityServer
from tests.servers.call_rows import CallRow
from tests.servers.catalogue import Use
from tests.servers.documented import DocumentedServer
from tests.servers.made_up import MadeUpTenant
from tests.servers.people import expired, heavy, nagged, over_limits, writer, yearly
from tests.servers.recording_files import ALICE, BOB, CAROL, ERIN
from tests.servers.server_clock import ServerClock


@pytest.fixture
def server_clock(clock: Clock) -> ServerClock:
    return ServerClock(clock)


@pytest.fixture
def tenant(server_clock: ServerClock) -> MadeUpTenant:
    return writer("user_writer", server_clock)


@pytest.fixture
def server(tenant: MadeUpTenant, server_clock: ServerClock) -> Iterator[AlwrityServer]:
    with AlwrityServer([tenant], clock=server_clock) as running:
        yield running


@pytest.fixture
def work(program: Program, server: AlwrityServer, tenant: MadeUpTenant) -> Program:
    """Return the program with the made-up writer connected as "work"."""
    program.connect("work", server, tenant.user, server.token(tenant.user))
    return program


def cost_of(rows: list[CallRow]) -> Decimal:
    return sum((Decimal(repr(row.cost)) for row in rows), Decimal(0))


def test_that_the_first_sync_brings_every_call_and_the_second_changes_nothing(
    work: Program, server: AlwrityServer, tenant: MadeUpTenant
) -> None:
    first = work.document("sync")["accounts"][0]
    assert (first["ok"], first["calls_added"], first["error"]) == (True, 240, None)
    assert first["statements"] > 0
    before = work.document("report", "--account", "work", "--period", "all", "--by", "provider")
    asked = len(server.requests)
    again = work.document("sync")["accounts"][0]
    assert (again["ok"], again["calls_added"], again["statements"]) == (True, 0, 0)
    assert again["requests"] == len(server.requests) - asked <= 8
    after = work.document("report", "--account", "work", "--period", "all", "--by", "provider")
    assert after == before
    assert after["totals"]["calls"] == 240
    assert Decimal(after["totals"]["cost_usd"]) == cost_of(tenant.books.rows)


def test_that_the_month_of_an_account_is_its_billing_period(
    work: Program, tenant: MadeUpTenant
) -> None:
    work.run("sync")
    contract = tenant.books.contract
    assert contract is not None
    key = f"{contract.start:%Y-%m}"
    rows = [row for row in tenant.books.rows if row.period == key]
    report = work.document("report", "--account", "work")
    assert report["period"]["billing_period"] == key
    assert report["period"]["start"] == contract.start.date().isoformat()
    assert report["totals"]["calls"] == len(rows)
    assert Decimal(report["totals"]["cost_usd"]) == cost_of(rows)
    assert report["totals"]["error_rate_percent"] is None


def test_that_only_new_calls_are_added_later(
    work: Program, server_clock: ServerClock, tenant: MadeUpTenant
) -> None:
    work.run("sync")
    for minute in (3, 2, 1):
        at = server_clock.now() - timedelta(minutes=minute)
        tenant.books.book(at, Use("tavily", "tavily-search"))
    assert work.document("sync")["accounts"][0]["calls_added"] == 3


def test_that_rows_that_the_server_merges_away_stay_here(
    work: Program, server_clock: ServerClock, tenant: MadeUpTenant
) -> None:
    work.run("sync")
    whole = cost_of(tenant.books.rows)
    server_clock.advance(60 * 86_400)
    for _ in range(2):
        work.run("sync")
        totals = work.document("report", "--account", "work", "--period", "all")["totals"]
        assert (totals["calls"], Decimal(totals["cost_usd"])) == (240, whole)


def test_that_five_thousand_rows_come_with_few_requests(
    program: Program, server_clock: ServerClock
) -> None:
    tenant = heavy("user_heavy", server_clock)
    with AlwrityServer([tenant], clock=server_clock) as server:
        program.connect("heavy", server, tenant.user, server.token(tenant.user))
        synced = program.document("sync")["accounts"][0]
        assert (synced["calls_added"], synced["troubles"]) == (5_000, [])
        assert synced["requests"] < 60
        again = program.document("sync")["accounts"][0]
        assert (again["calls_added"], again["statements"]) == (0, 0)
        assert again["requests"] <= 8


@pytest.mark.parametrize(
    ("user", "calls", "cost", "status"),
    [
        (ALICE, 6, "0.055543", "active"),
        (BOB, 447, "4.600000", "limit_reached"),
    ],
)
def test_that_recorded_tenants_show_the_period_that_is_theirs(
    program: Program, user: str, calls: int, cost: str, status: str
) -> None:
    with AlwrityServer() as server:
        program.connect("tenant", server, user, server.token(user))
        program.run("sync")
    report = program.document("report", "--account", "tenant")
    assert report["status"] == status
    assert report["totals"]["calls"] == calls
    assert Decimal(report["totals"]["cost_usd"]) == Decimal(cost)
    limits = {limit["name"]: limit for limit in report["limits"]}
    assert Decimal(limits["cost"]["used"]) == Decimal(cost)


def test_that_a_free_user_over_every_limit_is_told_so(program: Program) -> None:
    with AlwrityServer() as server:
        program.connect("carol", server, CAROL, server.token(CAROL))
        program.run("sync")
    report = program.document("report", "--account", "carol")
    limits = {limit["name"]: limit["percent"] for limit in report["limits"]}
    assert (limits["gemini_calls"], limits["video_calls"]) == (124.0, 150.0)
    assert int(limits["cost"]) == 111
    assert report["status"] == "limit_reached"
    assert program.document("alerts", "--account", "carol", "--unread")["alerts"]


def test_that_calls_that_were_merged_before_the_first_look_are_counted(program: Program) -> None:
    with AlwrityServer() as server:
        program.connect("erin", server, ERIN, server.token(ERIN))
        program.run("sync")
        program.run("sync")
    totals = program.document("report", "--account", "erin", "--period", "all")["totals"]
    assert totals["calls"] == 45


def test_that_the_servers_alerts_are_one_for_each_threshold_and_read_there_too(
    program: Program, server_clock: ServerClock
) -> None:
    tenant = nagged("user_nagged", server_clock)
    with AlwrityServer([tenant], clock=server_clock) as server:
        program.connect("nagged", server, tenant.user, server.token(tenant.user))
        program.run("sync")
        alerts = program.document("alerts", "--account", "nagged")["alerts"]
        own = [alert for alert in alerts if alert["kind"] == "server"]
        assert own
        assert len({(a["provider"], a["threshold_percent"]) for a in own}) == len(own)
        assert len(own) < len(tenant.books.alerts)
        server.misbehave("503", times=None, path="mark-read")
        program.run("alerts", "read", "--all", "--account", "nagged")
        assert not any(alert.read for alert in tenant.books.alerts)
        server.behave()
        program.run("sync")
        program.run("sync")
        assert all(alert.read for alert in tenant.books.alerts)
        program.run("sync")
        after = program.document("alerts", "--account", "nagged")["alerts"]
        assert {alert["id"] for alert in after} == {alert["id"] for alert in alerts}
        assert all(alert["read"] for alert in after)


def test_that_reconciling_puts_the_servers_figures_beside_the_calls(work: Program) -> None:
    work.run("sync")
    rows = work.document("reconcile", "--account", "work")["rows"]
    keys = {"what", "calls_say", "server_says", "difference", "likely"}
    assert rows
    assert all(keys <= row.keys() for row in rows)
    assert all(row["likely"] for row in rows if row["difference"] not in {"0", "0.00", None})
    assert work.document("reconcile")["rows"] == rows


def test_that_asking_a_server_and_reconciling_read_no_single_calls(
    work: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = Reads(monkeypatch)
    work.run("sync")
    work.run("reconcile", "--account", "work")
    assert reads.count == 0


def test_that_plans_and_the_calls_on_each_of_them_are_shown(work: Program) -> None:
    work.run("sync")
    plans = work.document("plans", "--account", "work")
    assert [plan["plan"] for plan in plans["plans"]] == ["Free", "Basic", "Pro", "Enterprise"]
    assert plans["subscription"]["plan"] == "Pro"
    assert plans["renewals"]
    found = work.document("plans", "compare", "--account", "work")
    by_name = {row["plan"]: row for row in found["plans"] if row["cycle"] == "monthly"}
    assert len(found["plans"]) == 2 * len(by_name)
    by_year = {row["plan"]: row["price_usd"] for row in found["plans"] if row["cycle"] == "yearly"}
    assert by_year["Pro"] == "790.00"
    assert by_name["Free"]["fits"] is False
    assert by_name["Pro"]["price_usd"] == "79.00"
    assert found["recommended"] in by_name
    assert by_name[found["recommended"]]["fits"] is True


def test_that_several_accounts_of_one_server_add_up_once(
    program: Program, server_clock: ServerClock
) -> None:
    tenants = [writer("user_a", server_clock), over_limits("user_b", server_clock)]
    tenants += [expired("user_c", server_clock), yearly("user_d", server_clock)]
    with AlwrityServer(tenants, clock=server_clock) as server:
        for tenant in tenants:
            program.connect(tenant.user[-1], server, tenant.user, server.token(tenant.user))
        results = program.document("sync")["accounts"]
        assert [(each["name"], each["ok"], each["troubles"]) for each in results] == [
            (tenant.user[-1], True, []) for tenant in tenants
        ]
    program.run("record", "--provider", "tavily", "--model", "search", "--requests", "1")
    one_by_one = [
        program.document("report", "--account", name, "--period", "all")["totals"]
        for name in ("a", "b", "c", "d", "local")
    ]
    together = program.document("report", "--account", "all", "--period", "all")["totals"]
    assert together["calls"] == sum(each["calls"] for each in one_by_one)
    assert Decimal(together["cost_usd"]) == sum(Decimal(each["cost_usd"]) for each in one_by_one)


def test_that_a_server_that_is_gone_fails_alone_and_figures_stay(
    work: Program, server: AlwrityServer
) -> None:
    work.run("sync")
    before = work.document("report", "--account", "work")["totals"]
    with AgentPlatformServer() as agents:
        work.give_token("agents", agents.token())
        work.run("accounts", "add", "agent-billing", "--name", "agents", "--url", agents.url)
        server.misbehave("reset", times=None)
        results = work.document("sync", status=1)["accounts"]
    assert [(each["name"], each["ok"]) for each in results] == [("work", False), ("agents", True)]
    assert results[0]["error"]
    assert work.document("report", "--account", "work")["totals"] == before
    states = {one["name"]: one for one in work.document("accounts", "list")["accounts"]}
    assert (states["work"]["state"], states["agents"]["state"]) == ("offline", "ok")
    assert states["work"]["last_sync"] is not None
    assert work.document("report", "--account", "work")["server"]["state"] == "offline"


def test_that_an_expired_token_keeps_the_figures_and_waits_for_a_new_one(
    work: Program, server: AlwrityServer, tenant: MadeUpTenant
) -> None:
    work.run("sync")
    server.expire(server.token(tenant.user))
    failed = work.document("sync", status=1)["accounts"][0]
    assert (failed["ok"], failed["state"]) == (False, "auth")
    assert work.document("accounts", "list")["accounts"][0]["state"] == "auth"
    assert work.document("report", "--account", "work", "--period", "all")["totals"]["calls"] == 240
    work.give_token("work", server.renew(tenant.user))
    assert work.document("sync")["accounts"][0]["ok"] is True


@pytest.mark.parametrize("mishap", ["wrong_types", "nulls", "empty_object", "list"])
def test_that_a_lying_server_changes_no_figure(
    work: Program, server: AlwrityServer, mishap: str
) -> None:
    work.run("sync")
    before = work.document("report", "--account", "work")
    server.misbehave(mishap, times=None)
    work.run("sync", status=None)
    after = work.document("report", "--account", "work")
    for part in ("period", "totals", "limits", "status"):
        assert after[part] == before[part]


@pytest.mark.parametrize("mishap", ["wrong_types", "nulls", "empty_object", "list"])
def test_that_a_lying_agent_platform_changes_no_total(program: Program, mishap: str) -> None:
    with AgentPlatformServer() as agents:
        program.give_token("agents", agents.token())
        program.run("accounts", "add", "agent-billing", "--name", "agents", "--url", agents.url)
        program.run("sync")
        before = program.document("report", "--account", "agents")["totals"]
        agents.misbehave(mishap, times=None)
        program.run("sync", status=None)
        assert program.document("report", "--account", "agents")["totals"] == before


def test_that_a_server_of_the_documented_kind_is_read_too(
    program: Program, tenant: MadeUpTenant, server_clock: ServerClock
) -> None:
    with DocumentedServer([tenant], clock=server_clock) as server:
        program.connect("older", server, tenant.user, server.token(tenant.user))
        assert program.document("sync")["accounts"][0]["ok"] is True
        again = program.document("sync")["accounts"][0]
        assert (again["statements"], again["requests"] <= 8) == (0, True)
    report = program.document("report", "--account", "older")
    assert Decimal(report["totals"]["cost_usd"]) > 0
    assert report["limits"]


def test_that_an_agent_platform_is_shown_in_messages(program: Program) -> None:
    with AgentPlatformServer() as agents:
        program.give_token("agents", agents.token())
        program.run("accounts", "add", "agent-billing", "--name", "agents", "--url", agents.url)
        program.run("sync")
    report = program.document("report", "--account", "agents", "--by", "agent,conversation")
    assert report["totals"]["calls"] is None
    assert report["totals"]["messages"] > 0
    for groups in report["groups"].values():
        assert sum(Decimal(g["cost_usd"]) for g in groups) == Decimal(report["totals"]["cost_usd"])
    assert "messages" in program.run("report", "--account", "agents")


def test_that_a_sync_warns_once_of_a_limit_that_will_be_reached(work: Program) -> None:
    work.run("budget", "set", "--account", "work", "--limit", "1.60")
    assert " reaches 100% on the " in work.run("sync")
    assert " reaches 100% on the " not in work.run("sync")
