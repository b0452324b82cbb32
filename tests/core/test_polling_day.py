"""A day of polling in simulated time, against a server that is up, down and lying by turns."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest

from alwrity_desktop.core import profile as profiles
from alwrity_desktop.core.account_desk import AccountDesk
from alwrity_desktop.core.accounts import Account, SyncResult
from alwrity_desktop.core.asking.network import Network
from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.money import usd_text
from alwrity_desktop.core.polling import AccountPolls
from alwrity_desktop.core.results import PeriodChoice
from tests.core.asking.conftest import SimulatedClock
from tests.servers.alwrity import AlwrityServer
from tests.servers.catalogue import Use
from tests.servers.made_up import MadeUpTenant
from tests.servers.people import writer
from tests.servers.server_clock import ServerClock
from tests.servers.wire import Answer, Request

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
MOST_A_MINUTE = 20
CALLS_AN_HOUR = 20
EVER = PeriodChoice("all")
#: What the server does, hour by hour; "" is right.
HOURS = (
    "",
    "slow",
    "reset",
    "",
    "429_rate",
    "500",
    "",
    "html",
    "wrong_types",
    "503",
    "",
    "not_json",
)
MISHAPS = (
    *HOURS,
    "401",
    "",
    "success_false",
    "nulls",
    "",
    "cut",
    "numbers_as_text",
    "",
    "",
    "",
    "",
    "",
)
WITHOUT_NEWS = frozenset({"reset", "429_rate", "500", "html", "503", "not_json", "401", "cut"})


class TimedServer(AlwrityServer):
    """Notes at which moment it was asked."""

    def __init__(self, tenant: MadeUpTenant, clock: ServerClock) -> None:
        super().__init__([tenant], clock=clock)
        self.asked_at_ms: list[int] = []

    def reply(self, request: Request) -> Answer:
        self.asked_at_ms.append(self.clock.now_ms())
        return super().reply(request)


@dataclass
class Day:
    """One account, polled; with everything that came of it."""

    context: Context
    clock: SimulatedClock
    server: TimedServer
    tenant: MadeUpTenant
    polls: AccountPolls
    last_good_ms: int = 0
    shown: list[tuple[str, str]] = field(default_factory=list)

    @property
    def now_ms(self) -> int:
        return self.clock.now_ms()

    def run(self, hours: float) -> None:
        """Poll for so long."""
        end_ms = self.now_ms + round(hours * HOUR_MS)
        while self.now_ms < end_ms:
            waits_ms = round(self.clock.pauses.now_s * 1000)
            for result in self.polls.step(waits_ms, self.now_ms):
                self._look(result)
            self.clock.pauses.now_s += max(1, self.polls.remaining_ms(waits_ms)) / 1000

    def _look(self, result: SyncResult) -> None:
        assert "own fault" not in (result.error or "")
        view = self.context.ledger("work").server_view("work")
        if result.is_ok:
            self.last_good_ms = self.now_ms
        assert view.last_sync_ms == self.last_good_ms
        for alert in self.context.take_notifications("work"):
            self.shown.append((alert.title, alert.message))
            self.context.confirm_notifications("work", [alert.id])

    def misbehave(self, mishap: str) -> None:
        """Have the server do wrong until it is told to behave."""
        if mishap == "slow":
            self.server.misbehave(mishap, times=None, seconds=0.02)
        else:
            self.server.misbehave(mishap, times=None)

    def book(self, calls: int) -> None:
        """Let the person use the server."""
        now = self.server.clock.now()
        for _ in range(calls):
            self.tenant.books.book(now, Use("tavily", "tavily-search"))

    def totals(self) -> tuple[int, Decimal]:
        totals = self.context.report("work", EVER, ()).totals
        return totals.calls, Decimal(usd_text(totals.cost_pico))

    def truth(self) -> tuple[int, Decimal]:
        rows = self.tenant.books.rows
        return len(rows), sum((Decimal(repr(row.cost)) for row in rows), Decimal(0))


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    clock = SimulatedClock()
    server_clock = ServerClock(clock)
    tenant = writer("user_writer", server_clock, calls=60, days=20, tier="basic")
    folder = tmp_path / "day"
    profile = profiles.find({profiles.HOME_VARIABLE: str(folder)})
    profiles.prepare(profile)
    with TimedServer(tenant, server_clock) as server:
        environ = {"ALWRITY_DESKTOP_TOKEN_WORK": server.token(tenant.user), "TZ": "UTC"}
        context = Context(profile, clock, environ)
        context.desk = AccountDesk(context, environ, lambda: Network(clock, pauses=clock.pauses))
        context.desk.add(Account("work", "alwrity", server.url, tenant.user), None)
        polls = AccountPolls(context.desk.sync_each)
        polls.watch(("work",), is_hidden=False)
        try:
            yield Day(context, clock, server, tenant, polls)
        finally:
            context.close()


def own_objects() -> int:
    gc.collect()
    modules = (getattr(type(each), "__module__", "") for each in gc.get_objects())
    return sum(str(module).startswith("alwrity_desktop") for module in modules)


def own_threads() -> list[str]:
    names = [thread.name for thread in threading.enumerate()]
    return sorted(name for name in names if name.startswith(("sync", "asking")))


def test_that_a_day_of_every_fault_leaves_figures_alerts_and_the_machine_well(day: Day) -> None:
    objects = 0
    for hour, mishap in enumerate(MISHAPS):
        day.polls.watch(("work",), is_hidden=hour != 1)
        before = day.totals() if hour else (0, Decimal(0))
        if mishap:
            day.misbehave(mishap)
        else:
            day.book(CALLS_AN_HOUR)
        day.run(1)
        assert day.totals() == (before if mishap in WITHOUT_NEWS else day.truth())
        day.server.behave()
        day.server.requests.clear()
        assert own_threads() == ["asking"]
        if hour == len(MISHAPS) // 2:
            objects = own_objects()
    assert own_objects() < objects * 1.1 + 200
    assert_gentle(day.server.asked_at_ms)
    assert_told_once(day)


def assert_gentle(asked_at_ms: list[int]) -> None:
    """Check every minute but the first, in which the whole history comes."""
    later = [at_ms for at_ms in asked_at_ms if at_ms > asked_at_ms[0] + MINUTE_MS]
    for at_ms in later:
        assert sum(at_ms - MINUTE_MS < each <= at_ms for each in later) <= MOST_A_MINUTE


def assert_told_once(day: Day) -> None:
    alerts = day.context.alerts("work")
    keys = [(alert.kind, alert.provider, alert.threshold_percent, alert.title) for alert in alerts]
    assert len(keys) == len(set(keys))
    assert len(day.shown) == len(set(day.shown))
    thresholds = {alert.threshold_percent for alert in alerts if alert.provider == "tavily"}
    assert {80, 90, 100} <= thresholds
    assert len(day.shown) >= len(thresholds)
