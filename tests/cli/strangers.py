"""Strangers of today's server, connected by the command line, and what must be true of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.cli.program import Program
from tests.servers.alwrity import AlwrityServer
from tests.servers.server_clock import ServerClock
from tests.servers.stranger import Row, Stranger

#: Naive and in UTC, as today's server writes every time.
NOW = datetime(2026, 11, 20, 13, 32)  # noqa: DTZ001 - so the server writes it


@contextmanager
def connected(program: Program, *strangers: Stranger) -> Iterator[AlwrityServer]:
    """Connect each of them by the last word of their id, and sync."""
    with AlwrityServer(strangers, clock=strangers[0].clock) as server:
        for each in strangers:
            program.connect(
                each.user.rpartition("_")[2], server, each.user, server.token(each.user)
            )
        program.run("sync")
        yield server


def money(rows: list[Row]) -> Decimal:
    return sum((Decimal(row.cost) for row in rows), Decimal(0))


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def report(program: Program, account: str, *words: str) -> Any:  # noqa: ANN401 - any JSON
    return program.document("report", "--account", account, *words)


def limits(program: Program, account: str) -> dict[str, Any]:
    return {each["name"]: each for each in report(program, account)["limits"]}


def subscribed(
    user: str,
    clock: ServerClock,
    start: datetime,
    limits: Mapping[str, float] | None = None,
    *,
    is_yearly: bool = False,
    is_renewed: bool = False,
) -> Stranger:
    found = Stranger(user, clock, limits=limits or {"monthly_cost": 25.0})
    found.start, found.end = start, start + timedelta(days=365 if is_yearly else 30)
    found.cycle, found.auto_renew = "yearly" if is_yearly else "monthly", is_renewed
    return found


def nothing_changes(program: Program, server: AlwrityServer, account: str) -> None:
    """Sync once more: few requests, and not a figure moves."""
    asked = [("--period", "month"), ("--period", "all", "--by", "provider,model,day")]
    before = [report(program, account, *words) for words in asked]
    alerts = program.document("alerts", "--account", account)
    was = len(server.requests)
    synced = program.document("sync", account)["accounts"][0]
    assert (synced["ok"], synced["calls_added"], synced["statements"]) == (True, 0, 0)
    assert len(server.requests) - was <= 8
    assert [report(program, account, *words) for words in asked] == before
    assert program.document("alerts", "--account", account) == alerts
