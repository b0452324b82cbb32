"""Tells what came of the work: done, failed and what to do, or a fault of our own."""

from __future__ import annotations

import logging
from typing import Final, assert_never

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication

from alwrity_desktop.core.program_log import LOGGER_NAME
from alwrity_desktop.ui import events
from alwrity_desktop.ui.events import Topic
from alwrity_desktop.ui.notices import Notice, NoticeBar

OutcomeEvent = events.Exported | events.Done | events.Failed | events.Crashed

APPLY_PRICES: Final = "prices.reprice"
"""The action, and the button of a notice, that leads to prices for past calls."""

_REPEATABLE = (Topic.FIGURES, Topic.IMPORT)

_log = logging.getLogger(f"{LOGGER_NAME}.ui")


class Outcomes(QObject):
    """Turns outcomes into notices; each topic has one at most, and its success clears it."""

    retry_asked = Signal()
    #: The button of another notice, by its id.
    chosen = Signal(str)

    def __init__(self, notices: NoticeBar) -> None:
        """Write into *notices*."""
        super().__init__(notices)
        self._notices = notices
        self._crash_details = ""
        notices.chosen.connect(self._on_notice)

    def take(self, event: OutcomeEvent) -> None:
        """Tell of *event*."""
        match event:
            case events.Exported(path):
                words = self.tr("Wrote {path}.").format(path=path)
                self._notices.post(Topic.EXPORT, Notice("success", words))
            case events.Done(Topic.PRICES):
                words = self.tr("The price is kept. Calls that are booked already keep theirs.")
                action = self.tr("Apply it to past calls…")
                notice = Notice("success", words, action, APPLY_PRICES)
                self._notices.post(Topic.PRICES, notice)
            case events.Done(topic):
                self._notices.clear(topic)
            case events.Failed(topic, sentence):
                action = self.tr("Retry") if topic in _REPEATABLE else ""
                self._notices.post(topic, Notice("danger", sentence, action, "retry"))
            case events.Crashed(details):
                _log.error("A fault of the program itself:\n%s", details)
                self._crash_details = details
                words = self.tr("Something went wrong in the program. Your data is safe.")
                notice = Notice("warning", words, self.tr("Copy details"), "copy-details")
                self._notices.post("crash", notice)
            case _:
                assert_never(event)

    def warn(self, topic: Topic, sentence: str) -> None:
        """Say something that needs no action."""
        self._notices.post(topic, Notice("warning", sentence))

    @Slot(str)
    def _on_notice(self, action_id: str) -> None:
        if action_id == "retry":
            self.retry_asked.emit()
        elif action_id == "copy-details":
            QGuiApplication.clipboard().setText(self._crash_details)
        else:
            self.chosen.emit(action_id)
