"""Watching the folders of logs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.errors import SourceUnreadableError
from alwrity_desktop.core.results import FoundLogs
from alwrity_desktop.ui import events
from alwrity_desktop.ui.importer import ImportRequest
from alwrity_desktop.ui.watcher import Watcher, WatchThread
from tests.ui.fakes import Collector, FakeContext


class Inbox:
    """Takes requests to read."""

    def __init__(self) -> None:
        self.requests: list[ImportRequest] = []

    def submit(self, request: ImportRequest) -> None:
        self.requests.append(request)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def logs(tmp_path: Path, context: FakeContext) -> Path:
    folder = tmp_path / "logs-of-a-tool"
    folder.mkdir()
    context.logs = (FoundLogs("claude-code", "Claude Code", (folder,), 1, 10),)
    return folder


@pytest.fixture
def watcher(context: FakeContext, inbox: Inbox, collector: Collector) -> Watcher:
    return Watcher(context.find_logs, inbox.submit, collector.post)


def test_that_what_was_added_is_measured(watcher: Watcher, inbox: Inbox, logs: Path) -> None:
    log = logs / "a.jsonl"
    log.write_bytes(b"x" * 100)
    watcher.changed([log])
    log.write_bytes(b"x" * 130)
    watcher.changed([log])
    assert [request.unread_bytes for request in inbox.requests] == [100, 30]
    assert all(request.paths == (log,) for request in inbox.requests)
    assert not any(request.is_asked_for for request in inbox.requests)


def test_that_a_log_that_shrank_is_read_anew(watcher: Watcher, inbox: Inbox, logs: Path) -> None:
    log = logs / "a.jsonl"
    log.write_bytes(b"x" * 100)
    watcher.changed([log])
    log.write_bytes(b"x" * 40)
    watcher.changed([log])
    assert inbox.requests[-1].unread_bytes == 40


def test_that_what_is_gone_or_unchanged_asks_for_nothing(
    watcher: Watcher, inbox: Inbox, logs: Path
) -> None:
    log = logs / "a.jsonl"
    log.write_bytes(b"x")
    watcher.changed([log])
    watcher.changed([log, logs / "gone.jsonl", logs])
    assert len(inbox.requests) == 1


def test_that_everything_is_read_again_when_that_is_due_and_not_while_paused(
    watcher: Watcher, inbox: Inbox
) -> None:
    watcher.schedule.succeeded(0)
    watcher.look(1_000)
    assert not inbox.requests
    watcher.pause(500_000)
    watcher.look(400_000)
    assert not inbox.requests
    watcher.look(600_000)
    assert inbox.requests == [ImportRequest(is_asked_for=False)]


def test_that_folders_that_cannot_be_found_are_none(
    watcher: Watcher, context: FakeContext, logs: Path
) -> None:
    assert watcher.folders() == (logs,)
    context.failure = SourceUnreadableError("No.")
    assert watcher.folders() == ()


def test_that_a_system_without_room_for_watches_is_polled_and_then_told(
    context: FakeContext, inbox: Inbox, collector: Collector, logs: Path
) -> None:
    asked: list[bool | None] = []
    watcher = Watcher(context.find_logs, inbox.submit, collector.post)

    def watch(
        *_folders: Path, force_polling: bool | None, **_more: object
    ) -> Iterator[set[tuple[object, str]]]:
        asked.append(force_polling)
        if len(asked) == 2:
            watcher.stop()
        raise OSError(28, "No space left on device")

    watcher.run(watch)
    assert asked == [None, True]
    (failed,) = collector.of(events.Failed)
    assert isinstance(failed, events.Failed)
    assert "No space left on device" in failed.sentence


def test_that_new_lines_are_asked_for_within_seconds(
    qtbot: QtBot, context: FakeContext, inbox: Inbox, collector: Collector, logs: Path
) -> None:
    log = logs / "a.jsonl"
    thread = WatchThread(context.as_context(), inbox.submit, collector.post)
    thread.start()
    size = 0

    def was_asked_after_one_more_line() -> bool:
        # The watch begins some moment after the thread: each turn writes until it is seen.
        nonlocal size
        size += 1
        log.write_bytes(b"x" * size)
        return bool(inbox.requests)

    try:
        qtbot.waitUntil(was_asked_after_one_more_line, timeout=20_000)
        assert inbox.requests[0].paths == (log,)
    finally:
        assert thread.end()
