"""The threads that speak to connected servers: one polls, one asks what a person wants to know."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from alwrity_desktop.core.accounts import SyncResult
from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.errors import AlwrityError
from alwrity_desktop.core.polling import AccountPolls
from alwrity_desktop.core.program_log import stack_of
from alwrity_desktop.ui.events import Crashed, Failed, Synced, Topic
from alwrity_desktop.ui.jobs import Job, Post
from alwrity_desktop.ui.pollers import now_ms

REST_S: Final = 30.0
"""After a step that could not be made at all, so that it is not tried without a pause."""


class PollLoop:
    """Asks the servers for whatever is due, until it is stopped."""

    def __init__(
        self,
        context: Context,
        post: Post,
        polls: AccountPolls | None = None,
        now: Callable[[], int] = now_ms,
    ) -> None:
        self._context = context
        self._post = post
        self._now = now
        self.polls = polls or AccountPolls(self._sync_each)
        self._names: tuple[str, ...] = ()
        self._listened: tuple[str, ...] = ()
        self._wake = threading.Event()
        self._is_stopping = False

    def watch(self, names: Sequence[str], *, is_hidden: bool) -> None:
        """Say which accounts to ask, and whether anybody looks; may be called from any thread."""
        self._names = tuple(names)
        self.polls.watch(self._names, is_hidden=is_hidden)
        self._wake.set()

    def hasten(self, name: str | None = None) -> None:
        """Ask an account, or all of them, at once; may be called from any thread."""
        self.polls.hasten(name)
        self._wake.set()

    def hint(self, name: str, parts: Collection[str]) -> None:
        """Fetch *parts* soon, since they changed; may be called from any thread."""
        self.polls.hint(name, parts, self._now())
        self._wake.set()

    def remaining_ms(self, name: str) -> int | None:
        """Return how long until an account is asked next; None for one that is not asked."""
        return self.polls.remaining_ms_of(name, self._now())

    def stop(self) -> None:
        """End the loop after the step at hand; may be called from any thread."""
        self._is_stopping = True
        self._wake.set()

    def run(self) -> None:
        """Step until asked to stop."""
        while not self._is_stopping:
            wait_s = self.polls.remaining_ms(self._now()) / 1000
            if not self.step():
                wait_s = max(wait_s, REST_S)
            self._wake.wait(wait_s)
            self._wake.clear()

    def step(self) -> bool:
        """Ask for what is due and tell what came; return False when that could not be done."""
        try:
            self._listen()
            results = self.polls.step(self._now(), self._context.clock.now_ms())
        except AlwrityError as error:
            self._tell(Failed(Topic.SERVER, str(error)))
            return False
        except Exception as error:  # noqa: BLE001 - our bug must not end the thread unseen
            self._tell(Crashed(stack_of(error)))
            return False
        self._note_next()
        if results and not self._is_stopping:
            self._post(Synced(results))
        return True

    def _tell(self, trouble: Failed | Crashed) -> None:
        """Say that nothing came of what was asked, and why."""
        if not self._is_stopping:
            self._post(Synced(()))
            self._post(trouble)

    def _listen(self) -> None:
        """Listen to the servers' own news; what they tell only hastens the next question."""
        names = self._names
        if names != self._listened:
            self._context.desk.listen(names, self.hint)
            self._listened = names

    def _note_next(self) -> None:
        """Let every screen know when each account is asked next."""
        wall_ms = self._context.clock.now_ms()
        for name in self._names:
            wait_ms = self.remaining_ms(name)
            self._context.desk.note_next(name, None if wait_ms is None else wall_ms + wait_ms)

    def _sync_each(
        self, parts: Mapping[str, frozenset[str]], hastened: Collection[str]
    ) -> Sequence[SyncResult]:
        return self._context.desk.sync_each(parts, hastened, lambda: self._is_stopping)


class QuestionLoop:
    """Does jobs that wait for servers, one after another."""

    def __init__(self, context: Context, post: Post) -> None:
        self._context = context
        self._post = post
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._is_stopping = False

    def submit(self, job: Job) -> None:
        """Have *job* done; may be called from any thread."""
        self._jobs.put(job)

    def stop(self) -> None:
        """End the loop after the job at hand; may be called from any thread."""
        self._is_stopping = True
        self._jobs.put(None)

    def run(self) -> None:
        """Do jobs until asked to stop."""
        while not self._is_stopping:
            job = self._jobs.get()
            if job is not None and not self._is_stopping:
                self.do(job)

    def do(self, job: Job) -> None:
        """Do one job; what goes wrong becomes a sentence."""
        try:
            job.run(self._context, self._post)
        except AlwrityError as error:
            if not self._is_stopping:
                self._post(Failed(job.topic, str(error)))
        except Exception as error:  # noqa: BLE001 - our bug must not end the thread unseen
            self._post(Crashed(stack_of(error)))
