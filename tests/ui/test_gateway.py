"""The gateway in the window: started, stopped, watched; what waits is told until it is booked."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.live import GatewayState, Minute
from alwrity_desktop.ui import requests
from alwrity_desktop.ui.dialogs.track import TrackDialog
from alwrity_desktop.ui.docks.live import LiveDock
from alwrity_desktop.ui.events import Crashed, Done, Failed, LiveReady, Topic
from alwrity_desktop.ui.live_thread import LiveLoop
from tests.ui.desks import Desk
from tests.ui.fakes import Collector, FakeContext
from tests.ui.lives import URL, FakeControl, a_gateway, a_view
from tests.ui.looks import dressed

__all__ = ["dressed"]


@pytest.fixture
def control() -> FakeControl:
    return FakeControl()


@pytest.fixture
def desk(
    qtbot: QtBot, qapp: QApplication, context: FakeContext, control: FakeControl
) -> Iterator[Desk]:
    """A window whose gateway is a made-up one."""
    made = Desk(context)
    made.controller.gateway._loop._control = control
    made.start(qtbot)
    made.controller.gateway.start()
    qtbot.waitUntil(lambda: made.controller.gateway.state.url == URL)
    yield made
    made.stop()
    qapp.processEvents()


def test_that_the_gateway_is_started_and_stopped_from_the_menu(qtbot: QtBot, desk: Desk) -> None:
    actions = desk.window.actions_
    assert actions["gateway.start"].isVisible()
    assert not actions["gateway.stop"].isVisible()
    actions["gateway.start"].trigger()
    qtbot.waitUntil(actions["gateway.stop"].isVisible)
    assert not actions["gateway.start"].isVisible()
    assert desk.window.header._gateway.accessibleName() == f"The gateway listens at {URL}."
    assert desk.window.status_line._gateway.text() == "Gateway: Running"
    actions["gateway.stop"].trigger()
    qtbot.waitUntil(actions["gateway.start"].isVisible)


def test_that_a_gateway_that_does_not_start_says_why(
    qtbot: QtBot, desk: Desk, control: FakeControl
) -> None:
    control.refusal = "The port 4815 of this computer cannot be used."
    desk.window.requested.emit(requests.StartGateway())
    qtbot.waitUntil(lambda: control.refusal in desk.window.notices.sentences)


def test_that_calls_that_wait_are_told_until_they_are_booked(desk: Desk) -> None:
    gateway = desk.controller.gateway
    held = a_gateway(waiting=12, waiting_reason="The ledger is locked.")
    gateway.take_view(a_view(held))
    sentence = "12 calls wait to be booked: The ledger is locked. Nothing is lost."
    assert sentence in desk.window.notices.sentences
    assert desk.window.header._gateway.accessibleName() == sentence
    gateway.take_view(a_view())
    assert not desk.window.notices.sentences


def test_that_the_open_dock_is_fed_and_looked_at_more_often(
    qtbot: QtBot, desk: Desk, context: FakeContext
) -> None:
    context.minutes = [Minute(0, 4, 10**10)]
    dock = desk.window.open_dock("live")
    assert isinstance(dock, LiveDock)
    loop = desk.controller.gateway._loop
    qtbot.waitUntil(lambda: loop._rest_s == 1.0)
    qtbot.waitUntil(lambda: dock._view is not None and dock._view.calls_now == 4)


def test_that_a_model_is_allowed_once(qtbot: QtBot, desk: Desk, context: FakeContext) -> None:
    for _ in range(2):
        desk.window.requested.emit(requests.AllowModel("openai", "new"))
        qtbot.waitUntil(lambda: context.settings.gateway_unpriced == ("openai/new",))
        qtbot.waitUntil(lambda: desk.controller.settings.gateway_unpriced == ("openai/new",))


def test_that_a_dialog_that_waits_for_a_call_is_fed_until_it_is_closed(
    qtbot: QtBot, desk: Desk
) -> None:
    desk.window.actions_["gateway.track"].trigger()
    (dialog,) = desk.window.findChildren(TrackDialog)
    gateway = desk.controller.gateway
    assert gateway._watchers == 1
    dialog.start_asked.emit()
    qtbot.waitUntil(lambda: dialog._state.is_running)
    dialog.accept()
    assert gateway._watchers == 0
    gateway.take_view(a_view(GatewayState(url=URL)))


class TestLoop:
    """The thread's own steps."""

    def test_that_wishes_come_before_the_look(
        self, context: FakeContext, control: FakeControl, collector: Collector
    ) -> None:
        loop = LiveLoop(context.as_context(), control, collector.post)
        loop.watch("local", 1.0)
        loop.start_gateway()
        loop.step()
        done, ready = collector.events
        assert done == Done(Topic.GATEWAY)
        assert isinstance(ready, LiveReady)
        assert ready.view.gateway.is_running

    def test_that_a_refused_wish_is_a_sentence(
        self, context: FakeContext, control: FakeControl, collector: Collector
    ) -> None:
        control.refusal = "No."
        loop = LiveLoop(context.as_context(), control, collector.post)
        loop.watch("local", 1.0)
        loop.start_gateway()
        loop.step()
        assert collector.events[0] == Failed(Topic.GATEWAY, "No.")

    def test_that_our_own_bug_does_not_end_the_thread_unseen(
        self, context: FakeContext, control: FakeControl, collector: Collector
    ) -> None:
        loop = LiveLoop(context.as_context(), control, collector.post)
        context.failure = ValueError("bug")
        loop.watch("local", 1.0)
        loop.step()
        assert isinstance(collector.events[0], Crashed)
        loop.stop()
        assert control.is_closed

    def test_that_an_end_at_an_untimely_moment_waits_for_no_look(
        self, context: FakeContext, control: FakeControl, collector: Collector
    ) -> None:
        loop = LiveLoop(context.as_context(), control, collector.post)
        waits: list[float | None] = []

        class Untimely(threading.Event):
            """The end comes just before what was asked for is taken note of."""

            def clear(self) -> None:
                loop.stop()
                super().clear()

            def wait(self, timeout: float | None = None) -> bool:
                waits.append(timeout)
                return True

        loop._wake = Untimely()
        loop.run()
        assert waits == []
