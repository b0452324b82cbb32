"""Importing logs: plan, read in workers, book in a few commits, say how far it is."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alwrity_desktop.core.log_reading import LogCursor, LogReading, Plan, plan, read_all
from alwrity_desktop.core.results import ImportProgress, SourceImport
from alwrity_desktop.core.sources.base import LogSource

if TYPE_CHECKING:
    from alwrity_desktop.core.ledger.batches import BatchResult
    from alwrity_desktop.core.ledger.intake import Intake

CALLS_PER_COMMIT: Final = 100_000
"""What is held in memory, and what a crash makes to be read again."""

Booking = Callable[[str, Sequence[LogReading], "Intake"], "BatchResult"]
Progress = Callable[[ImportProgress], None]


@contextmanager
def without_collection() -> Iterator[None]:
    """Spare an import the search for reference cycles.

    It builds hundreds of thousands of values that live until the commit and form no cycle;
    looking through all of them again and again takes a tenth of its time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Import:
    """One run over the logs of one source."""

    def __init__(
        self,
        source: LogSource,
        roots: Iterable[Path],
        cursors: Mapping[str, LogCursor],
        now_ms: int,
    ) -> None:
        """Find what there is to read below *roots*."""
        self.plan: Plan = plan(source, roots, cursors)
        self._started_s = time.perf_counter()
        self._readings = read_all(self.plan.tasks, now_ms)
        self._first: list[LogReading] = []
        self._bytes_read = 0
        self._added = 0
        self._merged = 0
        self._rejected = 0

    def begin(self) -> None:
        """Start the workers now, so that they read while the ledger is being opened."""
        self._first = [reading for _, reading in zip(range(1), self._readings, strict=False)]

    def run(
        self,
        open_intake: Callable[[], Intake],
        book: Booking,
        tell: Progress,
        is_cancelled: Callable[[], bool],
    ) -> SourceImport:
        """Read and book everything, unless it is cancelled; what was booked then stays.

        Calls are taken in while the workers still read.
        """
        waiting: list[LogReading] = []
        intake = open_intake()
        with closing(self._readings):
            for done, reading in enumerate(self._all(), start=1):
                waiting.append(reading)
                intake.add(reading.calls)
                self._bytes_read += reading.bytes_read
                self._rejected += sum(lines.lines for lines in reading.rejected)
                if intake.copies >= CALLS_PER_COMMIT:
                    self._book(book, waiting, intake)
                    waiting, intake = [], open_intake()
                tell(self._progress(done, intake.copies))
                if is_cancelled():
                    break
        if waiting:
            self._book(book, waiting, intake)
        return self._result()

    def _all(self) -> Iterator[LogReading]:
        yield from self._first
        yield from self._readings

    def _book(self, book: Booking, readings: Sequence[LogReading], intake: Intake) -> None:
        result = book(self.plan.source, readings, intake)
        self._added += result.added
        self._merged += result.merged

    def _progress(self, files_done: int, calls: int) -> ImportProgress:
        unread = self.plan.unread_bytes
        return ImportProgress(
            files_done=files_done,
            files_total=len(self.plan.tasks),
            bytes_done=min(self._bytes_read, unread),
            bytes_total=unread,
            calls=self._added + calls,
        )

    def _result(self) -> SourceImport:
        return SourceImport(
            source=self.plan.source,
            files=self.plan.files,
            files_unchanged=self.plan.files_unchanged,
            bytes_read=self._bytes_read,
            calls_added=self._added,
            calls_merged=self._merged,
            lines_rejected=self._rejected,
            seconds=time.perf_counter() - self._started_s,
        )
