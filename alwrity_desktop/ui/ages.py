"""How old the figures are and when they are asked for next, said anew as time goes by."""

from __future__ import annotations

from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer, Slot

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.ui import header_text
from alwrity_desktop.ui.intake import Intake
from alwrity_desktop.ui.main_window import MainWindow
from alwrity_desktop.ui.servers import Servers

AGE_EVERY_MS: Final = 10_000
"""How often the words about ages are renewed."""


class Desk(Protocol):
    """What the ages need of the controller."""

    context: Context
    window: MainWindow
    intake: Intake
    servers: Servers
    account: str
    report: Report | None


class Ages(QObject):
    """Writes the words into the header."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        """Say nothing yet."""
        super().__init__(parent)
        self._desk = desk
        self._timer = QTimer(self)
        self._timer.setInterval(AGE_EVERY_MS)
        self._timer.timeout.connect(self.show)

    def start(self) -> None:
        """Say it anew from time to time."""
        self._timer.start()

    def stop(self) -> None:
        """Say nothing any more."""
        self._timer.stop()

    @Slot()
    def show(self) -> None:
        """Say how old the figures are, and when they are asked for next."""
        desk = self._desk
        if desk.report is None:
            return
        words = self.tr("Asking the server…")
        if not desk.servers.is_asking(desk.account):
            words = header_text.updated(desk.report, desk.context.clock.now_ms(), self._next_ms())
        desk.window.header.show_age(words)

    def _next_ms(self) -> int | None:
        if self._desk.account == LOCAL_ACCOUNT:
            return self._desk.intake.next_read_ms()
        return self._desk.servers.next_ask_ms(self._desk.account)
