"""Calls pass whatever becomes of the ledger and the disk; what was counted is booked later."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence

import pytest

from alwrity_desktop.core.domain.errors import LedgerUnavailableError
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.gateway import desk
from alwrity_desktop.core.gateway_ledger import ContextDoor
from tests.core.gateway.harness import RunningGateway, booked_calls, open_profile
from tests.servers.upstreams.providers import respond
from tests.servers.upstreams.wire import Upstream

CHAT = "/openai/v1/chat/completions"
BODY = {"model": "gpt-4o-mini"}

HOLDER = """
import sqlcipher3.dbapi2 as sqlite, sys
ledger = sqlite.connect(sys.argv[1], isolation_level=None)
ledger.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
ledger.execute("ROLLBACK")
"""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "RETRY_INTERVAL_S", 0.05)
    monkeypatch.setattr(desk, "BOOKING_INTERVAL_S", 0.05)


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream(respond) as running:
        yield running


class Full(ContextDoor):
    """A ledger whose disk is full for a while."""

    is_full = True

    def book(self, calls: Sequence[Call]) -> None:
        """Book, unless the disk is full."""
        if self.is_full:
            raise LedgerUnavailableError("The disk is full, so nothing was booked.")
        super().book(calls)


def test_that_a_full_ledger_is_said_and_booked_later(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RunningGateway(upstream.url, door=Full) as gateway:
        for _ in range(10):
            assert gateway.ask("POST", CHAT, BODY)[0] == 200
        state = gateway.wait_until(lambda state: not state["ledger"]["ok"])
        assert (state["state"], state["spooled"]) == ("spooling", 10)
        assert "disk is full" in state["ledger"]["detail"]
        monkeypatch.setattr(Full, "is_full", False)
        state = gateway.wait_until(lambda state: state["spooled"] == 0)
        assert (state["state"], state["booked"]) == ("ok", 10)
        assert len(gateway.booked()) == 10


def test_that_what_could_not_be_booked_waits_for_the_next_gateway(upstream: Upstream) -> None:
    with RunningGateway(upstream.url, door=Full) as gateway:
        for _ in range(10):
            gateway.ask("POST", CHAT, BODY)
        assert gateway.booked() == []
    with RunningGateway(upstream.url) as gateway:
        assert len(gateway.booked()) == 10


def test_that_a_ledger_that_another_program_holds_keeps_nobody_waiting(
    upstream: Upstream,
) -> None:
    with RunningGateway(upstream.url) as gateway:
        gateway.ask("POST", CHAT, BODY)
        gateway.wait_until(lambda state: state["booked"] == 1)
        # In this process a second copy of SQLite would drop the locks of the first.
        command = (sys.executable, "-c", HOLDER, str(gateway.context.profile.ledger))
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
            assert holder.stdout is not None
            assert holder.stdin is not None
            holder.stdout.readline()
            for _ in range(20):
                assert gateway.ask("POST", CHAT, BODY)[0] == 200
            assert gateway.health()["spooled"] == 20
            holder.stdin.close()
        gateway.wait_until(lambda state: state["spooled"] == 0)
        assert len(gateway.booked()) == 21


def test_that_a_ledger_that_was_removed_is_made_anew(upstream: Upstream) -> None:
    with RunningGateway(upstream.url) as gateway:
        gateway.ask("POST", CHAT, BODY)
        gateway.wait_until(lambda state: state["booked"] == 1)
        for path in gateway.context.profile.data.glob("ledger.sqlite3*"):
            path.unlink()
        for _ in range(5):
            assert gateway.ask("POST", CHAT, BODY)[0] == 200
        gateway.wait_until(lambda state: state["spooled"] == 0)
        gateway.stop()
    context = open_profile()
    assert len(booked_calls(context)) == 5
    context.close()


def test_that_a_ledger_that_is_no_ledger_is_named(upstream: Upstream) -> None:
    context = open_profile()
    context.profile.ledger.write_bytes(b"this is no ledger, and never was one. " * 200)
    with RunningGateway(upstream.url) as gateway:
        assert gateway.ask("POST", CHAT, BODY)[0] == 200
        state = gateway.wait_until(lambda state: not state["ledger"]["ok"])
        assert "not a ledger" in state["ledger"]["detail"]
        gateway.stop()
    context.close()


def test_that_a_spool_that_cannot_be_written_keeps_calls_in_memory(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = os.write
    is_full = True

    def write(descriptor: int, data: bytes) -> int:
        if is_full and b"gpt-4o-mini" in data:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return really(descriptor, data)

    monkeypatch.setattr(os, "write", write)
    with RunningGateway(upstream.url) as gateway:
        for _ in range(5):
            assert gateway.ask("POST", CHAT, BODY)[0] == 200
        state = gateway.health()
        assert (state["state"], state["spooled"]) == ("spooling", 5)
        assert "No space" in state["spool"]["detail"]
        is_full = False
        state = gateway.wait_until(lambda state: state["booked"] == 5)
        assert state["spool"]["ok"]
        assert len(gateway.booked()) == 5


def test_that_a_profile_that_vanishes_stops_no_call(upstream: Upstream) -> None:
    with RunningGateway(upstream.url) as gateway:
        gateway.ask("POST", CHAT, BODY)
        gateway.wait_until(lambda state: state["booked"] == 1)
        shutil.rmtree(gateway.context.profile.data)
        for _ in range(5):
            assert gateway.ask("POST", CHAT, BODY)[0] == 200
        gateway.wait_until(lambda state: state["state"] == "spooling")
