"""Short, eased motion that stops where the system asks for reduced motion."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QVariantAnimation, Slot
from PySide6.QtWidgets import QWidget

from alwrity_desktop.ui import theme


class Tween(QVariantAnimation):
    """Moves one number to its target and tells each step; an unchanged target moves nothing."""

    def __init__(self, parent: QWidget, motion: str, receiver: Callable[[float], None]) -> None:
        """Tell *receiver* each step of a move that lasts as the *motion* token says."""
        super().__init__(parent)
        self._motion = motion
        self._receiver = receiver
        self._target: float | None = None
        self.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.valueChanged.connect(self._step)

    def go(self, target: float, start: float | None = None) -> None:
        """Move to *target*, from *start* or from where the last move ended."""
        if target == self._target:
            return
        origin = start if start is not None else (self._target or 0.0)
        self._target = target
        self.stop()
        milliseconds = theme.duration_ms(self._motion)
        if not milliseconds:
            self._receiver(target)
            return
        self.setDuration(milliseconds)
        self.setStartValue(float(origin))
        self.setEndValue(float(target))
        self.start()

    def replay(self, start: float, target: float) -> None:
        """Move from *start* to *target*, also where that was the last target."""
        self._target = None
        self.go(target, start)

    def halt(self) -> None:
        """Move no further, and forget the target: there is nothing to move to."""
        self.stop()
        self._target = None

    @Slot(object)
    def _step(self, value: float) -> None:
        self._receiver(value)
