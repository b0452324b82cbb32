"""Catches what nobody caught: one quiet message with details to copy, never a traceback."""

from __future__ import annotations

import sys
import threading
from types import TracebackType

from alwrity_desktop.core.program_log import stack_of
from alwrity_desktop.ui.events import Crashed
from alwrity_desktop.ui.jobs import Post


class Faults:
    """Puts itself where Python reports errors that nobody caught, in any thread."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._hooks = (sys.excepthook, threading.excepthook)

    def install(self) -> None:
        """Take the reports over."""
        sys.excepthook = self._on_error
        threading.excepthook = self._on_thread_error

    def remove(self) -> None:
        """Give the reports back."""
        sys.excepthook, threading.excepthook = self._hooks

    def _on_error(
        self,
        kind: type[BaseException],
        error: BaseException,
        _stack: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        self._post(Crashed(stack_of(error)))

    def _on_thread_error(self, report: threading.ExceptHookArgs) -> None:
        if report.exc_value is not None:
            self._on_error(report.exc_type, report.exc_value, report.exc_traceback)
