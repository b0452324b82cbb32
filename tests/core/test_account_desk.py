"""The desk: accounts tried, asked what things would cost, listened to, and let go."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Collection, Iterator

import pytest

from alwrity_desktop.core.accounts import Account, SyncResult
from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.context import Context, open_context
from alwrity_desktop.core.domain.errors import (
    AskingError,
    AskingStoppedError,
    AuthRefusedError,
    NotFoundError,
    PersonError,
    UnreachableError,
)
from alwrity_desktop.core.polling import STALE_AFTER_MS
from alwrity_desktop.core.profile import find, prepare
from alwrity_desktop.core.results import PeriodChoice
from alwrity_desktop.core.sources.servers.base import USAGE
from tests.servers.alwrity import AlwrityServer
from tests.servers.documented import DocumentedServer
from tests.servers.made_up import MadeUpTenant
from tests.servers.people import writer
from tests.servers.server_clock import ServerClock

USER = "user_writer"
PATIENCE_S = 10.0


@pytest.fixture
def tenant(clock: Clock) -> MadeUpTenant:
    return writer(USER, ServerClock(clock), calls=20)


@pytest.fixture
def server(tenant: MadeUpTenant, clock: Clock) -> Iterator[AlwrityServer]:
    with AlwrityServer([tenant], clock=ServerClock(clock)) as running:
        yield running


@pytest.fixture
def context(home: object, clock: Clock) -> Iterator[Context]:
    profile = find(os.environ)
    prepare(profile)
    opened = open_context(profile)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture
def work(context: Context, server: AlwrityServer) -> Context:
    """Return a context with the server connected as "work"; its token holds for this run."""
    context.desk.add(Account("work", "alwrity", server.url, USER), server.token(USER))
    return context


def test_that_an_account_is_tried_before_it_is_kept(
    context: Context, server: AlwrityServer
) -> None:
    account = Account("new", "alwrity", server.url, USER)
    assert "Pro" in context.desk.check(account, server.token(USER))
    with pytest.raises(AuthRefusedError):
        context.desk.check(account, "canary-wrong")
    with pytest.raises(AuthRefusedError, match="no token"):
        context.desk.check(account)
    assert context.desk.list() == ()
    assert context.accounts()[0].name == "local"


def test_that_a_server_that_is_not_there_is_named(context: Context) -> None:
    account = Account("new", "alwrity", "http://127.0.0.1:9", USER)
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1"):
        context.desk.check(account, "canary-token")


def test_that_accounts_are_listed_with_all_together(work: Context) -> None:
    assert [view.name for view in work.accounts()] == ["local", "work", "all"]
    assert [view.kind for view in work.accounts()] == ["local", "alwrity", "all"]
    with pytest.raises(NotFoundError, match="work"):
        work.account("wrok")
    work.desk.remove("work")
    assert [view.name for view in work.accounts()] == ["local"]


def test_that_a_damaged_file_of_accounts_leaves_the_local_figures(work: Context) -> None:
    work.profile.accounts.write_text("{")
    assert [view.name for view in work.accounts()] == ["local"]
    assert work.report("local", PeriodChoice("month")).totals.calls == 0
    with pytest.raises(PersonError, match="damaged"):
        work.report("work", PeriodChoice("month"))
    assert not all(check.is_ok for check in work.doctor())


def test_that_nothing_was_asked_before_the_first_sync(work: Context, server: AlwrityServer) -> None:
    state = work.desk.list()[0]
    assert (state.state, state.last_sync_ms) == ("stale", None)
    assert server.requests == []


def test_that_figures_grow_stale(work: Context) -> None:
    assert work.desk.sync()[0].is_ok
    assert work.desk.list()[0].state == "ok"
    now_ms = work.clock.now_ms()
    for age_ms, state in ((STALE_AFTER_MS, "ok"), (STALE_AFTER_MS + 1, "stale")):
        work.clock = Clock(now_ms + age_ms)
        assert work.desk.list()[0].state == state
        server = work.report("work", PeriodChoice("month")).server
        assert server is not None
        assert server.state == state


def test_that_a_report_says_when_its_server_is_asked_next(work: Context) -> None:
    work.desk.sync()
    work.desk.note_next("work", 123)
    server = work.report("work", PeriodChoice("month")).server
    assert server is not None
    assert server.next_sync_ms == 123
    work.desk.note_next("work", None)
    assert work.desk.next_due_ms("work") is None


def test_that_a_new_token_is_used_at_once(work: Context, server: AlwrityServer) -> None:
    server.expire(server.token(USER))
    assert work.desk.sync()[0].state == "auth"
    asked = len(server.requests)
    assert work.desk.sync_each({"work": {USAGE}})[0].state == "auth"
    assert len(server.requests) == asked
    work.desk.set_token("work", server.renew(USER))
    assert work.desk.sync_each({"work": {USAGE}})[0].is_ok


def test_that_a_bug_of_ours_costs_one_account_and_leaves_a_trace(
    work: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("canary of somebody's text")

    monkeypatch.setattr("alwrity_desktop.core.account_sync.server_source", fail)
    result = work.desk.sync()[0]
    assert (result.is_ok, result.state) == (False, "error")
    assert "canary" not in f"{result.error}{work.profile.log.read_text()}"
    assert "account_sync" in work.profile.log.read_text()


def test_that_an_account_that_went_away_is_no_error_of_the_others(work: Context) -> None:
    results = work.desk.sync_each({"gone": {USAGE}, "work": {USAGE}})
    assert {result.name: result.is_ok for result in results} == {"gone": False, "work": True}
    with pytest.raises(NotFoundError):
        work.desk.sync(("gone",))


def test_that_what_planned_calls_would_cost_is_asked(work: Context) -> None:
    operation: dict[str, str | int] = {
        "provider": "gemini",
        "operation_type": "text",
        "tokens_requested": 1000,
    }
    answer = work.desk.preflight("work", [operation])
    assert len(answer.operations) == 1
    assert answer.is_allowed is True


def test_that_links_lead_to_the_servers_pages_or_say_why_not(
    work: Context, tenant: MadeUpTenant
) -> None:
    assert "://" in work.desk.link("work", "portal")
    tenant.has_payments = False
    with pytest.raises(AskingError):
        work.desk.link("work", "checkout", "pro")


def test_that_a_running_sync_is_called_off(work: Context, server: AlwrityServer) -> None:
    server.misbehave("silent", times=None)
    stop = threading.Event()
    results: list[SyncResult] = []
    thread = threading.Thread(
        target=lambda: results.extend(work.desk.sync(is_cancelled=stop.is_set))
    )
    thread.start()
    while not server.requests:
        threading.Event().wait(0.01)
    stop.set()
    work.desk.close()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    assert [result.is_ok for result in results] == [False]
    with pytest.raises(AskingStoppedError):
        work.desk.sync()


def test_that_live_messages_name_what_changed_and_end_with_the_desk(
    context: Context, tenant: MadeUpTenant, clock: Clock
) -> None:
    hints: queue.SimpleQueue[tuple[str, Collection[str]]] = queue.SimpleQueue()
    with DocumentedServer([tenant], clock=ServerClock(clock)) as server:
        context.desk.add(Account("live", "alwrity", server.url, USER), server.token(USER))
        for _ in range(2):
            context.desk.listen(("live",), lambda *hint: hints.put(hint))
        assert server.live.wait_for_sockets(1)
        server.live.say("alert", {"title": "Near a limit"})
        assert hints.get(timeout=PATIENCE_S) == ("live", (USAGE,))
        assert server.live.opened == 1
        context.desk.listen((), lambda *hint: hints.put(hint))
        assert server.live.wait_for_sockets(0)
    assert hints.empty()


def test_that_a_refused_listener_begins_anew_with_a_new_token(
    context: Context, tenant: MadeUpTenant, clock: Clock
) -> None:
    with DocumentedServer([tenant], clock=ServerClock(clock)) as server:
        context.desk.add(Account("live", "alwrity", server.url, USER), "canary-wrong")
        context.desk.listen(("live",), lambda *_: None)
        context.desk.set_token("live", server.token(USER))
        assert server.live.wait_for_sockets(1)
