"""Docks are made and filled when they come into view, and only then."""

from __future__ import annotations

from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from alwrity_desktop.ui.main_window import MainWindow
from alwrity_desktop.ui.widgets import IconButton
from tests.ui import lives
from tests.ui.desks import Desk, desk
from tests.ui.looks import dressed, texts

__all__ = ["desk", "dressed"]


def test_that_docks_out_of_view_are_made_when_they_are_opened(qtbot: QtBot, desk: Desk) -> None:
    desk.start(qtbot)
    assert set(desk.window.views) <= set(desk.window.area.names_in_view())
    desk.window.open_dock("calls")
    assert "calls" in desk.window.views
    qtbot.waitUntil(lambda: bool(desk.context.queries))


def test_that_a_dock_behind_another_is_made_with_its_tab(qtbot: QtBot, desk: Desk) -> None:
    desk.start(qtbot)
    desk.window.keeper.open("costs")
    assert "calls" in desk.window.views
    assert "plans" not in desk.window.views
    desk.window.area.frames["plans"].raise_()
    qtbot.waitUntil(lambda: "plans" in desk.window.views)
    plans = desk.window.views["plans"]
    qtbot.waitUntil(plans.isVisible)
    assert plans.name not in desk.window.rendering._to_render


def test_that_keys_never_reach_a_dock_behind_another(qtbot: QtBot, desk: Desk) -> None:
    desk.start(qtbot)
    desk.window.keeper.open("costs")
    frames = desk.window.area.frames
    for name in ("plans", "calls"):
        frames[name].raise_()
        qtbot.waitUntil(frames[name].isEnabled)
    qtbot.waitUntil(lambda: not frames["plans"].isEnabled())
    buttons = frames["plans"].findChildren(IconButton)
    assert buttons
    assert not any(button.isEnabled() for button in buttons)
    assert all(button.isEnabled() for button in frames["calls"].findChildren(IconButton))
    desk.window.resize(640, 900)
    plans = desk.window.open_dock("plans")
    assert plans is not None
    qtbot.waitUntil(plans.isEnabled)


def is_filled(window: MainWindow, name: str) -> bool:
    """Return whether the dock *name* is in view, with figures or with why there are none."""
    view = window.views.get(name)
    return (
        view is not None
        and view.isVisible()
        and view._faces.currentWidget() in {view.body, view._empty}
    )


@pytest.mark.qt_log_ignore("does not support")
@pytest.mark.parametrize("way", ["menu", "float", "narrow"])
def test_that_each_dock_is_filled_whichever_way_it_comes_into_view(
    qtbot: QtBot, desk: Desk, way: str
) -> None:
    desk.start(qtbot)
    window = desk.window
    window.show_live(lives.a_view(lives.a_gateway()))
    if way == "narrow":
        window.resize(640, 900)
    for name, frame in window.area.frames.items():
        if way == "narrow":
            window.open_dock(name)
        else:
            frame.close()
            frame.toggleViewAction().trigger()
            frame.setFloating(way == "float")
        qtbot.waitUntil(partial(is_filled, window, name))


def test_that_a_dock_made_late_shows_what_goes_on(qtbot: QtBot, desk: Desk) -> None:
    desk.start(qtbot)
    assert "live" not in desk.window.views
    desk.window.show_live(lives.a_view(lives.a_gateway()))
    live = desk.window.open_dock("live")
    assert live is not None
    assert f"The gateway listens at {lives.URL}." in texts(live)
