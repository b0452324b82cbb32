"""The desk for advice: tips and what was said of them, calls priced anew, and what would be if."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from alwrity_desktop.core import prices
from alwrity_desktop.core.domain.errors import NotFoundError, UsageError
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.tip import Tip, TipState
from alwrity_desktop.core.domain.tip_states import DAY_MS, SNOOZE_DAYS, KeptTip, kept_of
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.results import PeriodChoice

if TYPE_CHECKING:
    from alwrity_desktop.core.context import Context

MAX_SNOOZE_DAYS: Final = 365

_SAMPLE: Final = "sample"


class Advice:
    """What the window and the command line ask about advice, for any thread."""

    def __init__(self, context: Context) -> None:
        """Read and write through *context*."""
        self._context = context
        self._lock = threading.Lock()
        self._books: dict[str, tuple[object, PriceBook]] = {}

    def book(self, account: str) -> PriceBook:
        """Return the price book for *account*, the same one until a price changes."""
        context = self._context
        # Sample data has no own prices, and must not make a ledger of its own for them.
        overrides = () if account == _SAMPLE else context.ledger(LOCAL_ACCOUNT).price_overrides()
        newer = context.profile.data / prices.NEWER_LIST
        try:
            known = newer.stat()
            stamp: object = (known.st_mtime_ns, known.st_size, overrides)
        except OSError:
            stamp = overrides
        with self._lock:
            kept = self._books.get(account)
            if kept is None or kept[0] != stamp:
                book = prices.open_price_book(context.profile.data, overrides)
                kept = self._books[account] = (stamp, book)
        return kept[1]

    def tips(self, account: str, choice: PeriodChoice | None = None) -> tuple[Tip, ...]:
        """Return the tips of *account* that were not put off, for the month unless asked."""
        return self._context.report(account, choice or PeriodChoice(), ()).tips

    def put_off(self, account: str) -> tuple[KeptTip, ...]:
        """Return what was said of the tips of *account*."""
        with self._context.ledger(account).snapshot() as snapshot:
            return tuple(snapshot.kept_tips(account))

    def mark(
        self,
        account: str,
        tip_id: str,
        state: TipState,
        choice: PeriodChoice | None = None,
        snooze_days: int = SNOOZE_DAYS,
    ) -> KeptTip | None:
        """Dismiss, snooze or reopen a tip, or say that it is done; return what is kept.

        Raises NotFoundError for a tip that there is not, UsageError for no span of days.
        """
        if not 1 <= snooze_days <= MAX_SNOOZE_DAYS:
            raise UsageError(f"A tip is snoozed for 1 to {MAX_SNOOZE_DAYS} days.")
        known = {one.tip_id: one for one in self.put_off(account)}
        ledger = self._context.ledger(account)
        if state is TipState.OPEN:
            if not ledger.forget_tip(account, tip_id):
                raise NotFoundError(f'Nothing was said of a tip "{tip_id:.120}".')
            return None
        now_ms = self._context.clock.now_ms()
        until_ms = now_ms + snooze_days * DAY_MS if state is TipState.SNOOZED else None
        tip = next((tip for tip in self.tips(account, choice) if tip.id == tip_id), None)
        if tip is not None and tip.state is TipState.OPEN:
            kept = kept_of(account, tip, state, now_ms, until_ms)
        elif tip_id in known:
            kept = known[tip_id].changed(state, now_ms, until_ms)
        else:
            message = f'There is no tip "{tip_id:.120}" now: alwrity-desktop tips lists them.'
            raise NotFoundError(message)
        ledger.keep_tip(kept)
        return kept
