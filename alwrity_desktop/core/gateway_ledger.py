"""The gateway's way to the ledger: books what it counted, and tells how budgets stand."""

from __future__ import annotations

import os
from collections.abc import Hashable, Sequence
from pathlib import Path

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.budgets import Enforcement
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.pricing import PriceOverride
from alwrity_desktop.core.domain.usage import ALL_ACCOUNTS, LOCAL_ACCOUNT, Call
from alwrity_desktop.core.gateway.booking import SOURCE
from alwrity_desktop.core.gateway.door import Standing
from alwrity_desktop.core.ledger.batches import Batch
from alwrity_desktop.core.ledger.ledger import Ledger
from alwrity_desktop.core.ledger.watching import LedgerWatch
from alwrity_desktop.core.prices import open_price_book


class ContextDoor:
    """The ledger of this computer's own calls. See LedgerDoor."""

    def __init__(self, context: Context) -> None:
        """Use the ledger of *context*, which nothing else may use meanwhile."""
        self._context = context
        self._path = context.profile.ledger
        self._watch = LedgerWatch(self._path)
        self._settings_path = str(context.profile.settings)
        self._file: Hashable = None
        self._overrides: tuple[PriceOverride, ...] | None = None
        self._book: PriceBook | None = None

    def book(self, calls: Sequence[Call]) -> None:
        """Book *calls* in one commit."""
        batch = Batch(
            door=SOURCE,
            now_ms=self._context.clock.now_ms(),
            timezone=self._context.timezone(),
            week_starts=self._context.settings.week_starts,
            calls=calls,
        )
        ledger = self._ledger()
        ledger.record(batch, self.price_book())
        if self._file != _file_of(self._path):
            # It was put in place of another one meanwhile: what is there now lacks the calls.
            self._ledger().record(batch, self.price_book())

    def standings(self) -> tuple[Standing, ...]:
        """Return the budgets that block, each as it stands now."""
        now_ms, zone = self._context.clock.now_ms(), self._context.timezone()
        with self._ledger().snapshot() as snapshot:
            found = snapshot.standings(now_ms, zone, self._context.settings.week_starts)
        return tuple(
            Standing(
                each.budget,
                each.limit.used,
                each.period.start_ms,
                each.period.end_ms,
                each.limit.resets_on,
            )
            for each in found
            if each.budget.enforcement == Enforcement.BLOCK
            # The gateway's calls are this computer's own.
            and each.budget.account in {LOCAL_ACCOUNT, ALL_ACCOUNTS}
        )

    def price_book(self) -> PriceBook:
        """Return the prices; the same object as long as no own price changed."""
        overrides = self._ledger().price_overrides()
        if self._book is None or overrides != self._overrides:
            self._book = open_price_book(self._context.profile.data, overrides)
            self._overrides = overrides
        return self._book

    def unpriced_allowed(self) -> frozenset[str]:
        """Return the models that the settings let pass without a price."""
        return frozenset(self._context.settings.gateway_unpriced)

    def signature(self) -> Hashable:
        """Return what changes with each commit and each setting."""
        return self._watch.version(), _change_of(self._settings_path)

    def close(self) -> None:
        """Stop watching the ledger."""
        self._watch.close()

    def _ledger(self) -> Ledger:
        """Return the ledger that lies at the path now: it may have been moved or restored."""
        found = _file_of(self._path)
        if found is None or found != self._file:
            self._context.close()
        ledger = self._context.ledger(LOCAL_ACCOUNT)
        self._file = _file_of(self._path)
        return ledger


def _file_of(path: Path) -> Hashable:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _change_of(path: str) -> tuple[int, ...] | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - asked for with each call of the gateway
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
