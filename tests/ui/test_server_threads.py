"""The threads that speak to servers: they ask in turn, go on after faults, and end when told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

import pytest
from PySide6.QtWidgets import QApplication

from alwrity_desktop.core.accounts import SyncResult
from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.errors import AlwrityError
from alwrity_desktop.ui import events
from alwrity_desktop.ui.jobs import Post
from alwrity_desktop.ui.loop_thread import LoopThread
from alwrity_desktop.ui.server_jobs import AskPreflight, TryAccount
from alwrity_desktop.ui.server_threads import PollLoop, QuestionLoop
from tests import builders_servers
from tests.ui.fakes import Collector, FakeContext


@pytest.fixture
def connected(context: FakeContext) -> FakeContext:
    """A context with one server."""
    context.desk.connect(builders_servers.a_server_report())
    return context


def a_loop(context: FakeContext, collector: Collector) -> PollLoop:
    return PollLoop(context.as_context(), collector.post, now=lambda: 0)


def test_that_what_is_due_is_asked_once(connected: FakeContext, collector: Collector) -> None:
    loop = a_loop(connected, collector)
    loop.watch(("work",), is_hidden=False)
    assert loop.step()
    assert loop.step()
    assert [set(sync) for sync in connected.desk.syncs] == [{"work"}]
    results = collector.of(events.Synced)
    assert [type(event) for event in results] == [events.Synced]
    wait_ms = loop.remaining_ms("work")
    assert wait_ms is not None
    assert 0 < wait_ms < 60_000
    assert loop.remaining_ms("another") is None


def test_that_the_refresh_button_asks_at_once(connected: FakeContext, collector: Collector) -> None:
    loop = a_loop(connected, collector)
    loop.watch(("work",), is_hidden=False)
    loop.step()
    loop.hasten("work")
    loop.step()
    assert len(connected.desk.syncs) == 2


def test_that_servers_are_listened_to_as_long_as_they_are_watched(
    connected: FakeContext, collector: Collector
) -> None:
    loop = a_loop(connected, collector)
    for names in (("work",), ("work",), ()):
        loop.watch(names, is_hidden=False)
        loop.step()
    assert connected.desk.listened == [("work",), ()]


class _Failing:
    """Polls whose step fails."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def step(self, now_ms: int, wall_ms: int) -> tuple[SyncResult, ...]:
        raise self._error


@pytest.mark.parametrize(
    ("error", "kind"),
    [(AlwrityError("The accounts are damaged."), events.Failed), (KeyError("x"), events.Crashed)],
)
def test_that_a_step_that_fails_is_told_and_followed_by_a_rest(
    connected: FakeContext, collector: Collector, error: Exception, kind: type
) -> None:
    loop = a_loop(connected, collector)
    loop.polls = _Failing(error)  # type: ignore[assignment]
    assert not loop.step()
    assert [type(event) for event in collector.events] == [events.Synced, kind]


def test_that_a_server_that_is_asked_when_the_window_ends_is_called_off(
    connected: FakeContext, collector: Collector, qapp: QApplication
) -> None:
    loop = a_loop(connected, collector)
    seen: list[bool] = []

    def slow(
        parts: Mapping[str, Collection[str]], _hastened: Collection[str], is_cancelled: object
    ) -> Sequence[SyncResult]:
        loop.stop()
        seen.append(is_cancelled() if callable(is_cancelled) else False)
        return tuple(SyncResult(name, True, 0, 0, None, 0.1) for name in parts)

    connected.desk.sync_each = slow  # type: ignore[assignment, method-assign]
    loop.watch(("work",), is_hidden=False)
    thread = LoopThread(loop, "servers", qapp)
    thread.start()
    assert thread.wait(5_000)
    assert seen == [True]
    assert not collector.of(events.Synced)


class _Broken:
    """A job with a fault of our own."""

    topic: ClassVar[events.Topic] = events.Topic.SERVER

    def run(self, context: Context, post: Post) -> None:
        raise KeyError(self.topic)


def test_that_questions_are_answered_in_order_and_faults_end_nothing(
    connected: FakeContext, collector: Collector
) -> None:
    loop = QuestionLoop(connected.as_context(), collector.post)
    account = connected.desk.states[0].account
    loop.do(_Broken())
    loop.do(TryAccount(account, "canary"))
    connected.desk.refusal = AlwrityError("The server refused the token.")
    loop.do(TryAccount(account, None))
    loop.do(AskPreflight("work", ({"provider": "gemini"},)))
    assert [type(event) for event in collector.events] == [
        events.Crashed, events.AccountTried, events.AccountTried, events.PreflightReady,
    ]  # fmt: skip
    assert collector.events[1].is_ok  # type: ignore[attr-defined]
    assert collector.events[3].sentence == "The server refused the token."  # type: ignore[attr-defined]


def test_that_no_token_is_in_what_is_told(connected: FakeContext, collector: Collector) -> None:
    loop = QuestionLoop(connected.as_context(), collector.post)
    loop.do(TryAccount(connected.desk.states[0].account, "canary-token"))
    loop.do(_Broken())
    assert "canary-token" not in repr(collector.events)
