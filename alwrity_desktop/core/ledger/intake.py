"""What can be worked out before a transaction: which calls are distinct, and what each costs."""

from __future__ import annotations

from collections.abc import Iterable

from alwrity_desktop.core.domain.identity import Merger
from alwrity_desktop.core.domain.pricing import Settled
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.ledger.batches import Book


class Intake:
    """Takes calls in as they are read, while other processes still read.

    The ledger is not locked meanwhile: what it knows already is found out when the calls
    are booked.
    """

    def __init__(self, book: Book) -> None:
        """Price by *book*."""
        self._book = book
        self._merger = Merger()
        self._settled: dict[str, tuple[Call, Settled]] = {}
        #: Calls taken in, copies counted.
        self.copies = 0

    def add(self, calls: Iterable[Call]) -> None:
        """Take in some calls, copies among them or not."""
        taken = list(calls)
        self.copies += len(taken)
        self._merger.add(taken)
        settle, settled = self._book.settle, self._settled
        for call in taken:
            settled[call.identity] = (call, settle(call))

    def distinct(self) -> list[Call]:
        """Return each call once; nothing can be taken in afterwards."""
        return self._merger.distinct()

    def settle(self, call: Call) -> Settled:
        """Return what one of the distinct calls costs."""
        known, settled = self._settled.get(call.identity, (None, None))
        if known is call and settled is not None:
            return settled
        return self._book.settle(call)
