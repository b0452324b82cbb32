"""The first steps: logs read, a server connected, the sample opened, or all of that later."""

from __future__ import annotations

from typing import Any, Protocol

from PySide6.QtCore import QObject, Slot

from alwrity_desktop.core.context import SAMPLE_ACCOUNT
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.settings import Settings
from alwrity_desktop.ui.intake import Intake
from alwrity_desktop.ui.main_window import MainWindow
from alwrity_desktop.ui.servers import Servers


class Desk(Protocol):
    """What the first steps need of the controller."""

    settings: Settings
    intake: Intake
    servers: Servers
    window: MainWindow

    def show_account(self, account: str) -> None:
        """Show another account."""

    def ask_report(self) -> None:
        """Ask for the figures that the window shows."""

    def change_settings(self, **changes: Any) -> None:  # noqa: ANN401 - checked by the settings
        """Keep some settings."""


class FirstSteps(QObject):
    """Does what was chosen at the first start, and remembers that it was."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        """Listen to the page of the first start, and to what brings usage in."""
        super().__init__(parent)
        self._desk = desk
        page = desk.window.first_run
        page.read_asked.connect(self.read_logs)
        page.sample_asked.connect(desk.intake.make_sample)
        page.later_asked.connect(self._set_up_later)
        desk.intake.finished.connect(self._on_read)
        desk.intake.sample_ready.connect(self._show_sample)
        desk.servers.connected.connect(self._show_connected)

    @Slot()
    def read_logs(self) -> None:
        """Read all logs of this computer, with a beginning and an end in view."""
        self._desk.show_account(LOCAL_ACCOUNT)
        self._desk.window.show_first_run(is_shown=False)
        self._desk.intake.start(is_watching=self._desk.settings.watch_logs)
        self._desk.intake.read(is_asked_for=True)

    @Slot()
    def _set_up_later(self) -> None:
        self._end()
        self._desk.intake.start(is_watching=False)

    @Slot()
    def _on_read(self) -> None:
        if not self._desk.settings.first_run_done:
            self._desk.change_settings(first_run_done=True)
        self._desk.ask_report()

    @Slot()
    def _show_sample(self) -> None:
        self._desk.window.show_first_run(is_shown=False)
        self._desk.show_account(SAMPLE_ACCOUNT)

    @Slot(str)
    def _show_connected(self, account: str) -> None:
        self._end()
        self._desk.show_account(account)

    def _end(self) -> None:
        if not self._desk.settings.first_run_done:
            self._desk.change_settings(first_run_done=True)
        self._desk.window.show_first_run(is_shown=False)
