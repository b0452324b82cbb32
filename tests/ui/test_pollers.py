"""The ledger's thread: jobs in order, commits seen, nothing left at exit."""

from __future__ import annotations

from typing import ClassVar

import pytest
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.polling import LedgerPoll
from alwrity_desktop.core.results import PeriodChoice
from alwrity_desktop.ui import events, jobs
from alwrity_desktop.ui.bridge import Bridge
from alwrity_desktop.ui.jobs import Post
from alwrity_desktop.ui.loop_thread import LoopThread
from alwrity_desktop.ui.pollers import LedgerLoop
from tests.ui.fakes import Collector, FakeContext


def a_loop(context: FakeContext, collector: Collector) -> LedgerLoop:
    return LedgerLoop(
        context.as_context(), collector.post, LedgerPoll(context.data_version), lambda: 0
    )


def test_that_of_many_reports_only_the_newest_is_built(
    context: FakeContext, collector: Collector
) -> None:
    loop = a_loop(context, collector)
    for offset in range(0, -5, -1):
        loop.submit(jobs.BuildReport("local", PeriodChoice(offset=offset)))
    loop.step(0)
    loop.step(0)
    assert context.questions == [("local", PeriodChoice(offset=-4))]
    assert len(collector.of(events.ReportReady)) == 1


def test_that_other_jobs_are_all_done_in_order(context: FakeContext, collector: Collector) -> None:
    loop = a_loop(context, collector)
    loop.submit(jobs.MarkRead("local", (1,)))
    loop.submit(jobs.BuildReport("local", PeriodChoice()))
    loop.submit(jobs.MarkRead("local", (2,)))
    for _ in range(3):
        loop.step(0)
    assert context.marked == [(1,), (2,)]
    assert [type(event) for event in collector.events] == [
        events.Done,
        events.ReportReady,
        events.Done,
    ]


def test_that_a_commit_of_another_program_is_seen(
    context: FakeContext, collector: Collector
) -> None:
    now = 0
    loop = LedgerLoop(
        context.as_context(), collector.post, LedgerPoll(context.data_version), lambda: now
    )
    loop.watch(("local",), is_hidden=False)
    loop.step(0)
    collector.events.clear()
    context.commit()
    now = 1_000
    loop.step(0)
    assert collector.events == [events.LedgerChanged(("local",))]


def test_that_a_failed_job_becomes_a_sentence_and_the_next_is_done(
    context: FakeContext, collector: Collector
) -> None:
    loop = a_loop(context, collector)
    context.fail_next("The disk is full.")
    loop.submit(jobs.FindLogs())
    loop.submit(jobs.FindLogs())
    loop.step(0)
    loop.step(0)
    assert collector.events == [
        events.Failed(events.Topic.IMPORT, "The disk is full."),
        events.LogsFound(()),
    ]


def test_that_a_fault_of_our_own_tells_its_stack_and_no_words(
    context: FakeContext, collector: Collector
) -> None:
    loop = a_loop(context, collector)
    context.failure = KeyError("a line of somebody's log")
    loop.submit(jobs.FindLogs())
    loop.step(0)
    (crash,) = collector.of(events.Crashed)
    assert isinstance(crash, events.Crashed)
    assert "KeyError" in crash.details
    assert "somebody" not in crash.details


def test_that_a_broken_ledger_is_told_once(context: FakeContext, collector: Collector) -> None:
    loop = a_loop(context, collector)
    loop.watch(("local",), is_hidden=False)
    context.fail_next("The ledger cannot be read.")
    loop.step(0)
    loop.step(0)
    failed = events.Failed(events.Topic.FIGURES, "The ledger cannot be read.")
    assert collector.events == [failed]


class _Slow:
    """A job that tells when it runs."""

    topic: ClassVar[events.Topic] = events.Topic.FIGURES

    def __init__(self, bridge: Bridge) -> None:
        self.bridge = bridge

    def run(self, context: Context, post: Post) -> None:
        post(events.Done(self.topic))


def test_that_the_thread_posts_through_the_bridge_and_ends_when_told(
    qtbot: QtBot, context: FakeContext
) -> None:
    bridge = Bridge()
    loop = LedgerLoop(context.as_context(), bridge.post)
    thread = LoopThread(loop, "ledger")
    loop.watch(("local",), is_hidden=True)
    thread.start()
    done = events.Done(events.Topic.FIGURES)
    try:
        with qtbot.waitSignal(
            bridge.arrived, timeout=5_000, check_params_cb=lambda event: event == done
        ):
            loop.submit(_Slow(bridge))
    finally:
        assert thread.end()
    assert thread.isFinished()


def test_that_a_visible_window_wakes_a_thread_that_waits_for_half_a_minute(
    qtbot: QtBot, context: FakeContext
) -> None:
    bridge = Bridge()
    loop = LedgerLoop(context.as_context(), bridge.post)
    thread = LoopThread(loop, "ledger")
    loop.watch(("local",), is_hidden=True)
    thread.start()
    qtbot.waitUntil(lambda: loop._poll._known == {"local": 1}, timeout=5_000)
    context.commit()
    loop.watch(("local",), is_hidden=False)
    qtbot.waitUntil(lambda: loop._poll._known == {"local": 2}, timeout=5_000)
    assert thread.end()


@pytest.mark.parametrize("job", [jobs.FindLogs(), jobs.RunChecks(), jobs.LoadPrices("local")])
def test_that_each_question_has_an_answer(
    context: FakeContext, collector: Collector, job: jobs.Job
) -> None:
    loop = a_loop(context, collector)
    loop.submit(job)
    loop.step(0)
    assert len(collector.events) == 1
    assert not collector.of(events.Failed)
