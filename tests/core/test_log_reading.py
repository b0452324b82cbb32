"""Reading logs where reading stopped: by which signs a file is known, and who reads it."""

from __future__ import annotations

import errno
import mmap
import os
import signal
import threading
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alwrity_desktop.core import log_workers
from alwrity_desktop.core.domain.identity import merge
from alwrity_desktop.core.log_reading import (
    UNREADABLE,
    LogCursor,
    LogReading,
    LogTask,
    plan,
    read_log,
)
from alwrity_desktop.core.log_workers import read_all
from alwrity_desktop.core.prices import open_price_book
from alwrity_desktop.core.sources.registry import source_named
from tests.conftest import children
from tests.core.trees import NOW_MS, line, log_in

CLAUDE = source_named("claude-code")


def read(folder: Path, known: dict[str, LogCursor]) -> list[LogReading]:
    """Plan and read what is new below *folder*; remember it in *known*."""
    readings = []
    for haul in read_all(plan(CLAUDE, [folder], known).tasks, NOW_MS, open_price_book()):
        for call, log in zip(haul.sheet.calls(), haul.sheet.log_of, strict=True):
            haul.readings[log].calls.append(call)
        readings += haul.readings
    readings.sort(key=lambda reading: reading.cursor.path)
    known.update({reading.cursor.path: reading.cursor for reading in readings})
    return readings


def test_that_a_file_that_did_not_change_is_not_opened(tmp_path: Path) -> None:
    log_in(tmp_path, "a", [line(1)])
    known: dict[str, LogCursor] = {}
    read(tmp_path, known)

    found = plan(CLAUDE, [tmp_path], known)

    assert (found.files, found.files_unchanged, found.tasks, found.unread_bytes) == (1, 1, (), 0)


def test_that_only_what_was_added_counts_as_unread(tmp_path: Path) -> None:
    path = log_in(tmp_path, "a", [line(1)])
    known: dict[str, LogCursor] = {}
    read(tmp_path, known)
    with path.open("ab") as log:
        log.write(line(2))

    found = plan(CLAUDE, [tmp_path], known)

    assert (found.files_unchanged, found.unread_bytes) == (0, len(line(2)))
    (reading,) = read(tmp_path, known)
    assert not reading.is_from_start
    assert [call.identity for call in reading.calls] == ["anthropic:msg_2:req_2"]


def test_that_a_touched_file_is_looked_at_and_nothing_is_read_twice(tmp_path: Path) -> None:
    path = log_in(tmp_path, "a", [line(1)])
    known: dict[str, LogCursor] = {}
    read(tmp_path, known)
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1_000_000_000))

    (reading,) = read(tmp_path, known)

    assert (reading.calls, reading.bytes_read, reading.is_from_start) == ([], 0, False)
    assert plan(CLAUDE, [tmp_path], known).tasks == ()


@given(st.lists(st.integers(1, 400), max_size=6), st.integers(1, 8))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_that_a_file_that_grows_by_any_steps_gives_the_same_calls(
    tmp_path: Path, steps: list[int], count: int
) -> None:
    whole = b"".join(line(number) for number in range(count))
    path = log_in(tmp_path, "a")
    known: dict[str, LogCursor] = {}
    calls = []
    end = 0
    for number, step in enumerate([*steps, len(whole)]):
        end = min(len(whole), end + step)
        path.write_bytes(whole[:end])
        os.utime(path, ns=(0, (number + 1) * 1_000_000_000))
        for reading in read(tmp_path, known):
            calls += reading.calls
            assert reading.rejected == []
    path.unlink()

    assert sorted(call.identity for call in calls) == sorted(
        f"anthropic:msg_{number}:req_{number}" for number in range(count)
    )
    assert len(merge(calls)) == count


def test_that_a_longer_file_with_another_beginning_is_read_from_its_start(tmp_path: Path) -> None:
    path = log_in(tmp_path, "a", [line(1)])
    known: dict[str, LogCursor] = {}
    read(tmp_path, known)
    path.write_bytes(line(5) + line(6) + line(7))

    (reading,) = read(tmp_path, known)

    assert reading.is_from_start
    assert len(reading.calls) == 3


def test_that_a_file_that_vanishes_before_it_is_read_is_no_refusal(tmp_path: Path) -> None:
    path = log_in(tmp_path, "a", [line(1)])
    (task,) = plan(CLAUDE, [tmp_path], {}).tasks
    path.unlink()

    reading = read_log(task, NOW_MS)

    assert (reading.calls, reading.rejected) == ([], [])


def test_that_a_folder_in_the_place_of_a_log_is_told(tmp_path: Path) -> None:
    task = LogTask("claude-code", str(tmp_path / "gone" / "a.jsonl"), 5, 5, None)
    assert read_log(task, NOW_MS).rejected == []
    odd = tmp_path / "a.jsonl"
    odd.symlink_to(odd)
    (refusal,) = read_log(LogTask("claude-code", str(odd), 5, 5, None), NOW_MS).rejected
    assert refusal.reason == UNREADABLE


def test_that_a_file_that_is_reached_by_two_names_is_read_once(tmp_path: Path) -> None:
    path = log_in(tmp_path, "a", [line(1)])
    (path.parent / "b.jsonl").symlink_to(path)
    (path.parent / "loop").symlink_to(path.parent)

    assert plan(CLAUDE, [tmp_path], {}).files == 1


@pytest.mark.parametrize("room", [0, 3000, 1 << 20])
def test_that_workers_give_what_one_process_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    # Wherever their answers wait: on the shelf, in a pipe, or some here and some there.
    for number in range(12):
        log_in(tmp_path, f"{number}", [line(number), line(number + 1)])
    alone = read(tmp_path, {})
    monkeypatch.setattr(log_workers, "LARGE_BYTES", 0)
    monkeypatch.setattr(log_workers, "_CHUNK_FILES", 2)
    monkeypatch.setattr(log_workers, "_SHELF_BYTES", max(room, mmap.PAGESIZE))
    monkeypatch.setattr(log_workers, "_ANSWER_SHARE", 1 if room else 1 << 20)

    assert read(tmp_path, {}) == alone


def test_that_no_answer_is_laid_over_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_workers, "_SHELF_BYTES", 1000)
    monkeypatch.setattr(log_workers, "_CHUNK_FILES", 3)
    tasks = [LogTask("claude-code", f"{number}", 900, 900, None) for number in range(10)]

    chunks = list(log_workers._chunks(tasks))

    assert [(chunk.first, chunk.after) for chunk in chunks] == [(0, 3), (3, 6), (6, 9), (9, 10)]
    assert [chunk.place for chunk in chunks] == [0, 337, 674, 1000]
    assert all(chunk.place + chunk.room <= 1000 for chunk in chunks)
    assert chunks[-1].room == 0


def test_that_reading_that_is_left_early_leaves_no_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        log_in(tmp_path, f"{number}", [line(number)])
    monkeypatch.setattr(log_workers, "LARGE_BYTES", 0)
    monkeypatch.setattr(log_workers, "_CHUNK_FILES", 1)
    hauls = read_all(plan(CLAUDE, [tmp_path], {}).tasks, NOW_MS, open_price_book())
    assert next(hauls).sheet.rows

    # The fixture of all tests sees what still runs afterwards.
    hauls.close()


def test_that_nothing_is_lost_with_workers_that_are_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        log_in(tmp_path, f"{number}", [line(number)])
    alone = read(tmp_path, {})
    monkeypatch.setattr(log_workers, "LARGE_BYTES", 0)
    monkeypatch.setattr(log_workers, "_CHUNK_FILES", 1)
    before = set(children())
    hauls = read_all(plan(CLAUDE, [tmp_path], {}).tasks, NOW_MS, open_price_book())
    found = [next(hauls)]

    for worker in set(children()) - before:
        os.kill(worker, signal.SIGKILL)
    found += hauls

    paths = [reading.cursor.path for haul in found for reading in haul.readings]
    assert sorted(paths) == [reading.cursor.path for reading in alone]
    assert sum(haul.sheet.rows for haul in found) == len(alone)


def test_that_what_goes_wrong_in_a_worker_is_told_by_the_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        log_in(tmp_path, f"{number}", [line(number)])
    tasks = [
        LogTask("no such source", task.path, task.size_bytes, task.unread_bytes, None)
        for task in plan(CLAUDE, [tmp_path], {}).tasks
    ]
    monkeypatch.setattr(log_workers, "LARGE_BYTES", 0)

    with pytest.raises(KeyError, match="no such source"):
        list(read_all(tasks, NOW_MS, open_price_book()))


def test_that_a_system_without_room_for_a_process_is_read_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: BaseProcess) -> None:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    for number in range(12):
        log_in(tmp_path, f"{number}", [line(number)])
    alone = read(tmp_path, {})
    monkeypatch.setattr(log_workers, "LARGE_BYTES", 0)
    monkeypatch.setattr(BaseProcess, "start", refuse)

    assert read(tmp_path, {}) == alone


def test_that_workers_are_not_forked_beside_other_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    is_over = threading.Event()
    beside = threading.Thread(target=is_over.wait)
    beside.start()
    try:
        assert log_workers._processes().get_start_method() == "spawn"
    finally:
        is_over.set()
        beside.join()
