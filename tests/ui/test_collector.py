"""Cycles are looked for in the GUI's thread alone."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from alwrity_desktop.ui.collector import Collector, hold


class Node:
    """Something that holds itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[Collector]:
    made = Collector()
    made._timer.setInterval(1)
    made.start()
    yield made
    made.stop()
    gc.unfreeze()


def test_that_a_cycle_ends_in_the_thread_of_the_window(qtbot: QtBot, collector: Collector) -> None:
    ended_in: list[str] = []
    node = Node()
    weakref.finalize(node, lambda: ended_in.append(threading.current_thread().name))
    del node

    waste: list[list[int]] = [[] for _ in range(gc.get_threshold()[0] + 1)]

    qtbot.waitUntil(lambda: bool(ended_in), timeout=5_000)
    assert ended_in == [threading.main_thread().name]
    assert waste


def test_that_other_threads_end_no_cycle(collector: Collector) -> None:
    collector._timer.stop()
    ended: list[bool] = []
    node = Node()
    weakref.finalize(node, ended.append, True)
    del node

    worker = threading.Thread(target=lambda: [[] for _ in range(100_000)])
    worker.start()
    worker.join()

    assert not ended


def test_that_the_search_is_left_to_python_at_the_end(qtbot: QtBot) -> None:
    made = Collector()
    made.start()
    assert not gc.isenabled()

    made.stop()

    assert gc.isenabled()
    gc.unfreeze()


def test_that_a_program_that_ends_early_is_not_searched_either(qtbot: QtBot) -> None:
    nodes = [Node() for _ in range(9)]
    before = gc.get_freeze_count()
    Collector().stop()
    assert gc.get_freeze_count() >= before + len(nodes)
    gc.unfreeze()


def test_that_what_is_loaded_is_passed_over(collector: Collector) -> None:
    assert gc.get_freeze_count() > 0


def test_that_no_cycles_are_looked_for_while_the_window_opens() -> None:
    hold()
    assert not gc.isenabled()
