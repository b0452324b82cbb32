"""The one door by which other threads reach the GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from alwrity_desktop.ui.events import Event


class Bridge(QObject):
    """Lives in the GUI thread and carries frozen events to receivers that live there too.

    The signal belongs to this object and never to a worker's: a callable that is connected
    to a worker's own signal may run in the worker.
    """

    #: Carries an ``Event``.
    arrived = Signal(object)

    def post(self, event: Event) -> None:
        """Hand *event* to the GUI thread; may be called from any thread."""
        self.arrived.emit(event)
