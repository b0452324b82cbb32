"""The threads of the window: each is asked to stop, waited for, and none is left at exit."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Sequence

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.errors import AlwrityError
from alwrity_desktop.core.polling import LedgerPoll
from alwrity_desktop.core.program_log import stack_of
from alwrity_desktop.ui.events import Crashed, Failed, LedgerChanged, Topic
from alwrity_desktop.ui.jobs import BuildReport, BuildStatus, Job, Post

"""A thread that has not ended by then hangs in the system; the program says so and leaves."""


def now_ms() -> int:
    """Return a time that only goes forward, for waits."""
    return time.monotonic_ns() // 1_000_000


class LedgerLoop:
    """Runs jobs one after another, and looks for commits of others in between."""

    def __init__(
        self,
        context: Context,
        post: Post,
        poll: LedgerPoll | None = None,
        now: Callable[[], int] = now_ms,
    ) -> None:
        self._context = context
        self._post = post
        self._now = now
        self._poll = poll or LedgerPoll(context.data_version)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._waiting: list[Job] = []
        self._accounts: Sequence[str] = ()
        self._is_stopping = False

    def submit(self, job: Job) -> None:
        """Have *job* done; may be called from any thread."""
        self._jobs.put(job)

    def watch(self, accounts: Sequence[str], *, is_hidden: bool) -> None:
        """Say whose ledgers to look at, and whether anybody is looking at the window."""
        self._accounts = tuple(accounts)
        self._poll.schedule.set_hidden(is_hidden)
        # The loop may be in the middle of a wait that was chosen before.
        self._jobs.put(None)

    def stop(self) -> None:
        """End the loop after the job at hand; may be called from any thread."""
        self._is_stopping = True
        self._jobs.put(None)

    def run(self) -> None:
        """Step until asked to stop."""
        while not self._is_stopping:
            self.step(self._poll.schedule.remaining_ms(self._now()))

    def step(self, wait_ms: int) -> None:
        """Do one job, after waiting up to *wait_ms* for one, or look for commits."""
        job = self._next_job(wait_ms)
        if self._is_stopping:
            return
        if job is None:
            self._look()
            return
        self._do(job)
        if not isinstance(job, BuildReport | BuildStatus):
            # Whatever the job committed should be seen at once. Reports commit nothing, and
            # would follow one another without a pause while another process commits.
            self._poll.schedule.hasten()

    def _next_job(self, wait_ms: int) -> Job | None:
        try:
            if not self._waiting:
                self._waiting.append(self._took(self._jobs.get(timeout=wait_ms / 1000)))
            while True:
                self._waiting.append(self._took(self._jobs.get_nowait()))
        except (queue.Empty, InterruptedError):
            pass
        return self._coalesced()

    def _took(self, job: Job | None) -> Job:
        if job is None:
            raise InterruptedError
        return job

    def _coalesced(self) -> Job | None:
        """Return the next job; of the same reports that wait, the newest is enough."""
        while self._waiting:
            job = self._waiting.pop(0)
            if not any(_replaces(later, job) for later in self._waiting):
                return job
        return None

    def _look(self) -> None:
        step = self._poll.step(self._accounts, self._now())
        if step.changed:
            self._post(LedgerChanged(step.changed))
        if step.error is not None:
            self._post(Failed(Topic.FIGURES, str(step.error)))

    def _do(self, job: Job) -> None:
        try:
            job.run(self._context, self._post)
        except AlwrityError as error:
            self._post(Failed(job.topic, str(error)))
        except Exception as error:  # noqa: BLE001 - our bug must not end the thread unseen
            self._post(Crashed(stack_of(error)))


def _replaces(later: Job, job: Job) -> bool:
    """Return whether *later* makes *job* superfluous: the window shows one report at a time."""
    if isinstance(job, BuildStatus):
        return isinstance(later, BuildStatus) and later.account == job.account
    return isinstance(job, BuildReport) and isinstance(later, BuildReport)
