"""The window as the program puts it together, with a context that behaves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from alwrity_desktop.ui.bridge import Bridge
from alwrity_desktop.ui.commands import Commands
from alwrity_desktop.ui.controller import Controller
from alwrity_desktop.ui.docks import dock_types
from alwrity_desktop.ui.layout_store import LayoutStore
from alwrity_desktop.ui.main_window import MainWindow
from tests.ui.fakes import FakeContext


class Desk:
    """A window as the program puts it together, with a context that behaves."""

    def __init__(self, context: FakeContext) -> None:
        self.context = context
        self.bridge = Bridge()
        views = dock_types()
        self.window = MainWindow(views, LayoutStore(context.profile.window))
        self.controller = Controller(context.as_context(), self.window, self.bridge)
        self.commands = Commands(self.controller, self.window)

    def start(self, qtbot: QtBot) -> None:
        """Show the window, and wait for its first figures."""
        with qtbot.waitSignal(self.controller.figures_shown, timeout=10_000):
            self.controller.start()
            self.window.restore()
            self.window.show()

    def stop(self) -> None:
        assert self.controller.stop() == ()
        self.window.hide()
        self.window.deleteLater()


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, context: FakeContext) -> Iterator[Desk]:
    made = Desk(context)
    yield made
    made.stop()
    qapp.processEvents()
