"""The one thread that touches the ledger: what it does is asked for, in order, and awaited."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

Result = TypeVar("Result")


class LedgerThread:
    """Runs jobs one by one. A daemon: a ledger that hangs must not keep the program from ending."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = (
            queue.SimpleQueue()
        )
        self._thread = threading.Thread(target=self._run, name="gateway-ledger", daemon=True)
        self._thread.start()

    def run(self, job: Callable[[], Result]) -> asyncio.Future[Result]:
        """Return the result of *job*, to be awaited in the running loop."""
        done: Future[Result] = Future()
        self._jobs.put((job, done))
        return asyncio.wrap_future(done)

    def stop(self, timeout_s: float) -> bool:
        """End the thread after the jobs that were asked for; return whether it has ended."""
        self._jobs.put(None)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (asked := self._jobs.get()) is not None:
            job, done = asked
            if not done.set_running_or_notify_cancel():
                continue
            try:
                result = job()
            except BaseException as error:  # noqa: BLE001 - whoever awaits the job gets its error
                done.set_exception(error)
            else:
                done.set_result(result)
