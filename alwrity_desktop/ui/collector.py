"""When Python looks for reference cycles: in the GUI's thread, between events, never at length.

Left to itself the search runs in whatever thread happens to allocate. A widget that it ends
in another thread than its own takes timers along that Qt cannot stop there.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

_LOOK_MS: Final = 1_000


def hold() -> None:
    """Look for none: loading makes a hundred thousand objects that stay for good."""
    gc.disable()


class Collector(QObject):
    """Looks for cycles once a second, from its start to its stop, as far as Python would."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)

    @Slot()
    def start(self) -> None:
        """Pass over all that is there now, which would take 50 ms at each full look."""
        gc.disable()
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        """Leave the search to Python again: the other threads have ended.

        What is there now goes with the process. Python would search it several times before, a
        second in all while it was not passed over yet.
        """
        self._timer.stop()
        gc.freeze()
        gc.enable()

    @Slot()
    def _look(self) -> None:
        """Look through the oldest generation that is due, which includes the younger ones."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        due = [age for age in (2, 1, 0) if counts[age] > thresholds[age]]
        if due:
            gc.collect(due[0])
