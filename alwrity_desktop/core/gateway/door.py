"""What the gateway needs of the ledger; who builds the gateway brings it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Protocol

import msgspec

from alwrity_desktop.core.domain.budgets import Budget
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.usage import Call


class Standing(msgspec.Struct, frozen=True):
    """A blocking budget as it stands in its present period."""

    budget: Budget
    #: Pico-dollars for cost, else a count.
    used: int
    start_ms: int
    end_ms: int
    #: First day after the period, ISO.
    resets_on: str


class LedgerDoor(Protocol):
    """The ledger, as one thread of the gateway uses it.

    Every method but the last two may take long, and raises AlwrityError when the ledger is
    locked, full or gone. The last two are the event loop's own.
    """

    def book(self, calls: Sequence[Call]) -> None:
        """Book *calls* in one commit; those that are known already are not booked again."""
        ...

    def standings(self) -> tuple[Standing, ...]:
        """Return the budgets that block, each as it stands now."""
        ...

    def unpriced_allowed(self) -> frozenset[str]:
        """Return "provider/model" or "model" of those that may pass without a price."""
        ...

    def price_book(self) -> PriceBook:
        """Return the prices; the same object as long as no own price changed."""
        ...

    def signature(self) -> Hashable:
        """Return what changes with each commit and each setting; never waits."""
        ...

    def close(self) -> None:
        """Let go of what ``signature`` needs."""
        ...
