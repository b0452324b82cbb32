"""A thread for one loop, and how long its end is waited for."""

from __future__ import annotations

from typing import Final, Protocol

from PySide6.QtCore import QObject, QThread

STOP_TIMEOUT_MS: Final = 10_000


class Loop(Protocol):
    """What runs in a thread of its own until it is stopped."""

    def run(self) -> None:
        """Work until stopped."""

    def stop(self) -> None:
        """End soon; called from another thread."""


class LoopThread(QThread):
    """Runs one loop."""

    def __init__(self, loop: Loop, name: str, parent: QObject | None = None) -> None:
        """Make the thread *name* for *loop*; nothing runs yet."""
        super().__init__(parent)
        self.setObjectName(name)
        self._loop = loop

    def run(self) -> None:
        """Run the loop."""
        self._loop.run()

    def end(self) -> bool:
        """Stop the loop and wait; return whether the thread ended."""
        self._loop.stop()
        return self.wait(STOP_TIMEOUT_MS)
