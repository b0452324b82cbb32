"""The thread that tries and applies prices to past calls, with its tasks: each can be stopped."""

from __future__ import annotations

import queue
import threading

import msgspec

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.errors import AlwrityError
from alwrity_desktop.core.domain.repricing import Progress, RepriceQuestion, Repricing
from alwrity_desktop.core.program_log import stack_of
from alwrity_desktop.ui.events import (
    Crashed,
    PricesApplied,
    PricesTried,
    RepriceEvent,
    RepriceProgressed,
    RepriceStopped,
    RevisionsReady,
)
from alwrity_desktop.ui.importer import CancelledError
from alwrity_desktop.ui.jobs import Post
from alwrity_desktop.ui.pollers import now_ms

_MS_BETWEEN = 100


class LoadRevisions(msgspec.Struct, frozen=True):
    """Fetch what was done to an account's past prices, and what its calls are to."""

    account: str

    def run(self, context: Context, _progress: Progress) -> RepriceEvent:
        """Return it."""
        advice = context.advice
        revisions = advice.price_revisions(self.account)
        return RevisionsReady(self.account, revisions, advice.models_used(self.account))


class TryPrices(msgspec.Struct, frozen=True):
    """Tell what today's prices would change."""

    question: RepriceQuestion

    def run(self, context: Context, progress: Progress) -> RepriceEvent:
        """Return the trial; nothing is changed."""
        advice = context.advice
        return PricesTried(advice.reprice(self.question, is_trial=True, progress=progress))


class ApplyPrices(msgspec.Struct, frozen=True):
    """Do what a trial has shown, and nothing else."""

    tried: Repricing

    def run(self, context: Context, progress: Progress) -> RepriceEvent:
        """Commit it, and return what changed."""
        done = context.advice.reprice(
            self.tried.question, is_trial=False, tried=self.tried, progress=progress
        )
        return PricesApplied(done)


class TakePricesBack(msgspec.Struct, frozen=True):
    """Take a revision back, which has to be the newest."""

    account: str
    revision_id: int

    def run(self, context: Context, progress: Progress) -> RepriceEvent:
        """Commit it, and return what changed."""
        advice = context.advice
        return PricesApplied(advice.undo_repricing(self.account, self.revision_id, progress))


RepriceTask = LoadRevisions | TryPrices | ApplyPrices | TakePricesBack


class RepriceLoop:
    """Does one task after another; the newest can be stopped while it waits or runs."""

    def __init__(self, context: Context, post: Post) -> None:
        self._context = context
        self._post = post
        self._tasks: queue.SimpleQueue[tuple[RepriceTask, threading.Event] | None] = (
            queue.SimpleQueue()
        )
        self._stop = threading.Event()
        self._is_stopping = False

    def submit(self, task: RepriceTask) -> None:
        """Have *task* done; may be called from any thread."""
        self._stop = threading.Event()
        self._tasks.put((task, self._stop))

    def cancel(self) -> None:
        """Stop the newest task, which then changes nothing; may be called from any thread."""
        self._stop.set()

    def stop(self) -> None:
        """End the loop; may be called from any thread."""
        self._is_stopping = True
        self._tasks.put(None)

    def run(self) -> None:
        """Do tasks until asked to stop."""
        while not self._is_stopping:
            self.step()

    def step(self) -> None:
        """Wait for a task and do it."""
        found = self._tasks.get()
        if found is not None and not self._is_stopping:
            self._do(*found)

    def _do(self, task: RepriceTask, stop: threading.Event) -> None:
        progress = self._watcher(stop)
        try:
            progress(0, 1)
            self._post(task.run(self._context, progress))
        except CancelledError:
            self._tell(RepriceStopped())
        except AlwrityError as error:
            self._tell(RepriceStopped(str(error)))
        except Exception as error:  # noqa: BLE001 - our bug must not end the thread unseen
            self._tell(RepriceStopped())
            self._post(Crashed(stack_of(error)))

    def _tell(self, event: RepriceStopped) -> None:
        if not self._is_stopping:
            self._post(event)

    def _watcher(self, stop: threading.Event) -> Progress:
        """Return what tells how far the task is, ten times a second at most, and ends it."""
        next_word_ms = 0

        def progress(done: int, total: int) -> None:
            nonlocal next_word_ms
            if stop.is_set() or self._is_stopping:
                raise CancelledError
            if now_ms() >= next_word_ms:
                next_word_ms = now_ms() + _MS_BETWEEN
                self._post(RepriceProgressed(done, total))

        return progress
