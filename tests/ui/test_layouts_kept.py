"""Layouts as they were left: opened again, in the same run and in the next one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from alwrity_desktop.ui.docks import dock_types
from alwrity_desktop.ui.docks.calls import CallsDock
from alwrity_desktop.ui.docks.trends import TrendsDock
from alwrity_desktop.ui.layout_store import LayoutStore
from alwrity_desktop.ui.layouts import LAYOUTS, Room, docks_of
from alwrity_desktop.ui.main_window import MainWindow
from tests import builders
from tests.ui.looks import dressed

__all__ = ["dressed"]

WANTED = {layout.name: set(docks_of(layout.tree(Room.WIDE))) for layout in LAYOUTS}


@pytest.fixture
def store_path(tmp_path: Path) -> Path:
    return tmp_path / "window.ini"


def opened(path: Path) -> MainWindow:
    """Return a window with figures, as it comes up from what *path* keeps."""
    window = MainWindow(dock_types(), LayoutStore(path))
    window.restore()
    window.resize(1440, 900)
    window.show_report(builders.a_report())
    window.show()
    return window


def ended(window: MainWindow) -> None:
    window.keep()
    window.hide()
    window.deleteLater()


@pytest.fixture
def window(qtbot: QtBot, store_path: Path) -> Iterator[MainWindow]:
    made = opened(store_path)
    qtbot.waitExposed(made)
    yield made
    ended(made)


def shown_by_each(window: MainWindow) -> dict[str, set[str]]:
    """Open all layouts in turn; return the docks that each shows, floating ones too."""
    found = {}
    for layout in LAYOUTS:
        window.keeper.open(layout.name)
        found[layout.name] = set(window.area.names_in_view())
    return found


def test_that_each_layout_shows_its_own_docks_the_second_time_too(window: MainWindow) -> None:
    assert shown_by_each(window) == WANTED
    assert shown_by_each(window) == WANTED


def test_that_each_layout_shows_its_own_docks_in_the_next_run(
    window: MainWindow, store_path: Path
) -> None:
    shown_by_each(window)
    window.keeper.open("overview")
    window.keep()
    later = opened(store_path)
    assert shown_by_each(later) == WANTED
    ended(later)


@pytest.mark.qt_log_ignore(r"does not support raise\(\)")
def test_that_a_floating_dock_stays_with_its_layout(window: MainWindow) -> None:
    window.area.frames["health"].setFloating(True)
    window.keeper.open("costs")
    assert set(window.area.names_in_view()) == WANTED["costs"]
    window.keeper.open("overview")
    assert set(window.area.names_in_view()) == WANTED["overview"]
    assert window.area.frames["health"].isFloating()


def test_that_what_was_chosen_in_docks_is_found_again(qtbot: QtBot, store_path: Path) -> None:
    first = opened(store_path)
    calls, trends = first.open_dock("calls"), first.open_dock("trends")
    assert isinstance(calls, CallsDock)
    assert isinstance(trends, TrendsDock)
    calls.filter.hide_columns(frozenset({"agent", "model"}))
    trends._spans.choose("12m")
    trends._styles.choose("provider")
    ended(first)
    second = opened(store_path)
    calls, trends = second.open_dock("calls"), second.open_dock("trends")
    assert isinstance(calls, CallsDock)
    assert calls.filter.hidden_columns() == frozenset({"agent", "model"})
    assert trends is not None
    assert trends.choices() == {"range": "12m", "view": "provider"}
    ended(second)


def test_that_choices_that_are_no_more_are_passed_over(qtbot: QtBot, store_path: Path) -> None:
    LayoutStore(store_path).keep_choices("trends", {"range": "decade", "view": "months"})
    window = opened(store_path)
    trends = window.open_dock("trends")
    assert trends is not None
    assert trends.choices() == {"range": "days", "view": "months"}
    ended(window)
