"""Reading logs beside the window."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import asdict
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.errors import WorldError
from alwrity_desktop.core.results import ImportProgress, SourceImport
from alwrity_desktop.ui import events
from alwrity_desktop.ui.importer import (
    SMALL_BYTES,
    CancelledError,
    ImportLoop,
    ImportProcess,
    ImportRequest,
    imports_from,
    merged,
    progress_from,
)
from alwrity_desktop.ui.loop_thread import LoopThread
from tests.ui.fakes import READ, Collector, FakeContext

PROGRESS = ImportProgress(1, 2, 30, 40, 5)

#: What a run of the command writes, in the order in which it does.
TALKS = f"""
import json, sys
print({json.dumps(asdict(PROGRESS))!r}, file=sys.stderr, flush=True)
print(json.dumps({{"sources": [{asdict(READ)!r}]}}))
"""
COMPLAINS = """
import sys
print("alwrity-desktop: The disk is full.", file=sys.stderr)
sys.exit(1)
"""
HANGS = """
import sys, threading
print('{"files_done":0,"files_total":1,"bytes_done":0,"bytes_total":1,"calls":0}',
      file=sys.stderr, flush=True)
threading.Event().wait(60)
"""


def a_process(code: str) -> ImportProcess:
    return ImportProcess((sys.executable, "-c", code))


class FakeProcess(ImportProcess):
    """An import that is over at once."""

    runs = 0

    def run(self, progressed: Callable[[ImportProgress], None]) -> tuple[SourceImport, ...]:
        type(self).runs += 1
        progressed(PROGRESS)
        return (READ,)


def test_that_progress_and_result_come_out_of_the_other_process() -> None:
    seen: list[ImportProgress] = []
    assert a_process(TALKS).run(seen.append) == (READ,)
    assert seen == [PROGRESS]


def test_that_the_commands_own_sentence_is_the_error() -> None:
    with pytest.raises(WorldError, match=r"^The disk is full\.$"):
        a_process(COMPLAINS).run(lambda _: None)


def test_that_a_cancelled_process_is_gone() -> None:
    process = a_process(HANGS)
    seen = threading.Event()
    failures: list[BaseException] = []

    def run() -> None:
        try:
            process.run(lambda _: seen.set())
        except CancelledError as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert seen.wait(10)
    process.cancel()
    thread.join(10)
    assert len(failures) == 1


def test_that_an_answer_without_sense_is_said_so() -> None:
    for answer in ("", "[]", '{"sources": [{"source": "codex"}]}', '{"sources": 3}'):
        with pytest.raises(WorldError):
            imports_from(answer)


@pytest.mark.parametrize("line", ["", "{", "Booked", '{"files_done": 1}', '{"a": [}'])
def test_that_a_line_that_is_no_progress_is_none(line: str) -> None:
    assert progress_from(line) is None


def test_that_a_small_addition_is_read_here_and_much_elsewhere(
    context: FakeContext, collector: Collector
) -> None:
    FakeProcess.runs = 0
    loop = ImportLoop(context.as_context(), collector.post, FakeProcess)
    paths = (Path("/logs/a.jsonl"),)
    loop.submit(ImportRequest(paths, SMALL_BYTES, is_asked_for=False))
    loop.step()
    assert context.read_paths == [paths]
    assert FakeProcess.runs == 0
    loop.submit(ImportRequest(paths, SMALL_BYTES + 1, is_asked_for=False))
    loop.step()
    loop.submit(ImportRequest())
    loop.step()
    assert FakeProcess.runs == 2
    assert len(collector.of(events.ImportFinished)) == 3


def test_that_only_a_person_who_asked_sees_a_beginning(
    context: FakeContext, collector: Collector
) -> None:
    loop = ImportLoop(context.as_context(), collector.post, FakeProcess)
    loop.submit(ImportRequest(is_asked_for=False))
    loop.step()
    assert not collector.of(events.ImportStarted)
    loop.submit(ImportRequest())
    loop.step()
    assert len(collector.of(events.ImportStarted)) == 1


def test_that_requests_that_wait_become_one() -> None:
    a, b = Path("a"), Path("b")
    both = merged([ImportRequest((a,), 5, is_asked_for=False), ImportRequest((b, a), 7)])
    assert both == ImportRequest((a, b), 12, is_asked_for=True)
    everything = merged([ImportRequest((a,), 5), ImportRequest()])
    assert everything == ImportRequest((), None, is_asked_for=True)


def test_that_a_failure_is_a_sentence(context: FakeContext, collector: Collector) -> None:
    loop = ImportLoop(context.as_context(), collector.post, FakeProcess)
    context.fail_next("The folder cannot be read.")
    loop.submit(ImportRequest((Path("a"),), 1, is_asked_for=False))
    loop.step()
    assert collector.events == [events.Failed(events.Topic.IMPORT, "The folder cannot be read.")]


def test_that_the_thread_ends_while_a_process_runs(
    qtbot: QtBot, context: FakeContext, collector: Collector
) -> None:
    loop = ImportLoop(context.as_context(), collector.post, lambda: a_process(HANGS))
    thread = LoopThread(loop, "import")
    thread.start()
    loop.submit(ImportRequest())
    qtbot.waitUntil(lambda: bool(collector.of(events.ImportProgressed)), timeout=10_000)
    assert thread.end()
    assert collector.of(events.ImportCancelled)
