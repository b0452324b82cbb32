"""Importing logs: plan, read in workers, book in a few commits, say how far it is."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alwrity_desktop.core.call_sheets import Book
from alwrity_desktop.core.log_reading import Haul, LogCursor, LogReading, Plan, plan
from alwrity_desktop.core.log_workers import read_all
from alwrity_desktop.core.results import ImportProgress, SourceImport
from alwrity_desktop.core.sources.base import LogSource

if TYPE_CHECKING:
    from alwrity_desktop.core.ledger.batches import BatchResult
    from alwrity_desktop.core.ledger.intake import Intake

CALLS_PER_COMMIT: Final = 100_000
"""What is held in memory, and what a crash makes to be read again."""

SOON_S: Final = 1.0
"""What is left to read in so little time is booked while it is read.

Other programs wait for the ledger meanwhile, and a disk may be slow.
"""

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
        price_book: Book,
    ) -> None:
        """Find what there is to read below *roots*; calls are priced by *price_book*."""
        self.plan: Plan = plan(source, roots, cursors)
        self._started_s = time.perf_counter()
        self._hauls = read_all(self.plan.tasks, now_ms, price_book)
        self._first: list[Haul] = []
        #: The last one stays as long as the run: to take it apart takes time.
        self._intake: Intake | None = None
        self._is_over = False
        self._files_done = 0
        self._bytes_read = 0
        self._added = 0
        self._merged = 0
        self._rejected = 0

    def begin(self) -> None:
        """Start the workers now, so that they read while the ledger is being opened."""
        self._first = [haul for _, haul in zip(range(1), self._hauls, strict=False)]

    def run(
        self,
        open_intake: Callable[[], Intake],
        book: Booking,
        tell: Progress,
        is_cancelled: Callable[[], bool],
    ) -> SourceImport:
        """Read and book everything, unless it is cancelled; what was booked then stays.

        Calls are taken in while the workers still read, and the last ones of a first import
        are booked meanwhile too.
        """
        with closing(self._hauls):
            hauls = self._until_cancelled(is_cancelled)
            while not self._is_over:
                intake = self._intake = open_intake()
                waiting: list[LogReading] = []
                arriving = self._taken_into(intake, hauls, tell)
                for readings in arriving:
                    waiting += readings
                    if intake.is_first and self._is_nearly_read():
                        intake.arriving = arriving
                        break
                if waiting:
                    self._book(book, waiting, intake)
        return self._result()

    def _until_cancelled(self, is_cancelled: Callable[[], bool]) -> Iterator[Haul]:
        for haul in self._all():
            yield haul
            if is_cancelled():
                break
        self._is_over = True

    def _taken_into(
        self, intake: Intake, hauls: Iterable[Haul], tell: Progress
    ) -> Iterator[Sequence[LogReading]]:
        """Take calls in until that is enough for a commit; yield the logs they were read from."""
        for haul in hauls:
            intake.take(haul)
            self._count(haul.readings)
            tell(self._progress(intake.copies))
            yield haul.readings
            if intake.copies >= CALLS_PER_COMMIT:
                return

    def _is_nearly_read(self) -> bool:
        spent_s = time.perf_counter() - self._started_s
        left = self.plan.unread_bytes - self._bytes_read
        return left * spent_s <= self._bytes_read * SOON_S

    def _all(self) -> Iterator[Haul]:
        yield from self._first
        yield from self._hauls

    def _count(self, readings: Iterable[LogReading]) -> None:
        for reading in readings:
            self._files_done += 1
            self._bytes_read += reading.bytes_read
            self._rejected += sum(lines.lines for lines in reading.rejected)

    def _book(self, book: Booking, readings: Sequence[LogReading], intake: Intake) -> None:
        result = book(self.plan.source, readings, intake)
        self._added += result.added
        self._merged += result.merged

    def _progress(self, calls: int) -> ImportProgress:
        unread = self.plan.unread_bytes
        return ImportProgress(
            files_done=self._files_done,
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
