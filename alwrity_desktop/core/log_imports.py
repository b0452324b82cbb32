"""Importing the logs of this computer into its ledger: which, from where, priced by what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from alwrity_desktop.core import prices
from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.importing import Import, without_collection
from alwrity_desktop.core.log_places import LogPlaces
from alwrity_desktop.core.log_reading import LogReading
from alwrity_desktop.core.profile import Profile
from alwrity_desktop.core.results import ImportProgress, SourceImport

if TYPE_CHECKING:
    from alwrity_desktop.core.ledger.batches import Batch, BatchResult
    from alwrity_desktop.core.ledger.intake import Intake
    from alwrity_desktop.core.ledger.ledger import Ledger


class ImportCore(Protocol):
    """The context, as far as imports go."""

    profile: Profile
    clock: Clock

    def ledger(self, account: str) -> Ledger:
        """Return the ledger of *account*, opened once."""

    def price_book(self) -> PriceBook:
        """Return the price book with the person's own prices."""

    def batch(self, door: str, **contents: Any) -> Batch:  # noqa: ANN401 - the batch's fields
        """Return what is to be booked now by *door*, with these *contents*."""


@without_collection()
def import_logs(
    context: ImportCore,
    places: LogPlaces,
    source: str | None,
    paths: Sequence[Path],
    progress: Callable[[ImportProgress], None] | None,
    is_cancelled: Callable[[], bool],
    hold: Callable[[object], None],
) -> tuple[SourceImport, ...]:
    """Read what is new in local logs, and book it; see ``Context.import_logs``."""
    now_ms = context.clock.now_ms()
    is_new = not context.profile.ledger.exists()
    # A new ledger has no own prices, and to open it takes longer than to begin reading.
    book = prices.open_price_book(context.profile.data) if is_new else context.price_book()
    runs = []
    for one, roots in places.roots(source, paths):
        known = {} if is_new else context.ledger(LOCAL_ACCOUNT).cursors(one.name)
        runs.append(Import(one, roots, known, now_ms, book))
    if is_new and runs:
        runs[0].begin()
    tell = progress or (lambda _: None)
    booking = _Booking(context, book)
    done = []
    for run in runs:
        hold(run)
        name = run.plan.source
        is_first = is_new or context.ledger(LOCAL_ACCOUNT).is_unread(name)
        book_logs = partial(booking.book, is_first_read=is_first)
        done.append(run.run(booking.open_intake, book_logs, tell, is_cancelled))
        if not run.plan.tasks:
            context.ledger(LOCAL_ACCOUNT).note_read(name, now_ms)
    return tuple(done)


class _Booking:
    """The way of what was read to the ledger, which is opened by the first step on it."""

    def __init__(self, context: ImportCore, price_book: PriceBook) -> None:
        self._context = context
        self._price_book = price_book

    def open_intake(self) -> Intake:
        """Return what takes calls in until they are booked."""
        is_first = not self._context.ledger(LOCAL_ACCOUNT).has_calls()
        from alwrity_desktop.core.ledger.intake import Intake  # noqa: PLC0415 - slow

        return Intake(self._price_book, is_first=is_first)

    def book(
        self, source: str, readings: Sequence[LogReading], intake: Intake, *, is_first_read: bool
    ) -> BatchResult:
        """Book what was taken in, in one commit."""
        batch = self._context.batch(source, readings=readings, is_first_read=is_first_read)
        return self._context.ledger(LOCAL_ACCOUNT).record(batch, self._price_book, intake)
