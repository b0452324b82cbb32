"""Prices for past calls: the thread that applies them, and what is said of it in the window."""

from __future__ import annotations

from typing import Final, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.repricing import Repricing, RevisionKind
from alwrity_desktop.ui import repricing_text
from alwrity_desktop.ui.events import PricesApplied, RepriceEvent, RepriceStopped, Topic
from alwrity_desktop.ui.jobs import Post
from alwrity_desktop.ui.loop_thread import LoopThread
from alwrity_desktop.ui.notices import Notice, NoticeBar
from alwrity_desktop.ui.reprice_thread import ApplyPrices, RepriceLoop, RepriceTask, TakePricesBack

TAKE_BACK: Final = "prices.undo"
"""The button of the notice that tells what was applied."""


class Desk(Protocol):
    """What this part needs of the controller."""

    context: Context

    def ask_report(self) -> None:
        """Ask for the figures anew."""


class PastPrices(QObject):
    """Owns the thread, which starts with its first task, and tells what came of each."""

    #: A ``RepriceEvent``, for the dialog.
    arrived = Signal(object)

    def __init__(self, desk: Desk, notices: NoticeBar, post: Post) -> None:
        """Start nothing yet; write into *notices*."""
        super().__init__(notices)
        self._desk = desk
        self._notices = notices
        self._loop = RepriceLoop(desk.context, post)
        self._thread: LoopThread | None = None
        self._done: Repricing | None = None
        self._task: RepriceTask | None = None
        self._is_dialog_open = False

    def submit(self, task: RepriceTask) -> None:
        """Have *task* done, which a dialog waits for."""
        if self._thread is None:
            self._thread = LoopThread(self._loop, "reprice", self)
            self._thread.start()
        self._task, self._is_dialog_open = task, True
        self._loop.submit(task)

    @Slot()
    def cancel(self) -> None:
        """Stop what was asked for last; it changes nothing."""
        self._loop.cancel()

    @Slot()
    def leave(self) -> None:
        """Stop it since its dialog is closed; what comes of it is told in the window."""
        self._is_dialog_open = False
        self._loop.cancel()

    def stop(self) -> tuple[str, ...]:
        """Stop the thread and wait; return its name if it hangs."""
        if self._thread is None or self._thread.end():
            return ()
        return (self._thread.objectName(),)

    def take_back(self) -> None:
        """Take back what was told last."""
        done, self._done = self._done, None
        if done is not None and done.revision_id is not None:
            self.submit(TakePricesBack(done.question.account, done.revision_id))
            self._is_dialog_open = False

    def on_event(self, event: RepriceEvent) -> None:
        """Tell what was done, or why nothing was; hand everything to the dialog."""
        if isinstance(event, PricesApplied):
            self._tell(event.result)
            self._desk.ask_report()
        elif isinstance(event, RepriceStopped) and not self._is_dialog_open:
            self._tell_stopped(event.sentence)
        self.arrived.emit(event)

    def _tell_stopped(self, sentence: str) -> None:
        """Tell that nothing was changed, where something was to be."""
        if not isinstance(self._task, ApplyPrices | TakePricesBack):
            return
        if sentence:
            self._notices.post(Topic.PRICES, Notice("danger", sentence))
        else:
            words = self.tr("Stopped: the prices of past calls are as they were.")
            self._notices.post(Topic.PRICES, Notice("info", words))

    def _tell(self, result: Repricing) -> None:
        can_take_back = result.kind is RevisionKind.REPRICED
        self._done = result if can_take_back else None
        action = self.tr("Take back") if can_take_back else ""
        words = repricing_text.sentence(result)
        self._notices.post(Topic.PRICES, Notice("success", words, action, TAKE_BACK))
