"""The desk for advice: tips and what was said of them, calls priced anew, and what would be if."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from alwrity_desktop.core import prices
from alwrity_desktop.core.advice_core import AdviceCore
from alwrity_desktop.core.domain import price_turns
from alwrity_desktop.core.domain.errors import NotFoundError, UsageError
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.repricing import Progress, RepriceQuestion, Repricing, unwatched
from alwrity_desktop.core.domain.tip import Tip, TipState
from alwrity_desktop.core.domain.tip_states import DAY_MS, SNOOZE_DAYS, KeptTip, kept_of
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.domain.usage_sums import PricedSpan
from alwrity_desktop.core.domain.what_if import work_out
from alwrity_desktop.core.domain.what_if_values import Outcome, WhatIf
from alwrity_desktop.core.results import PeriodChoice

if TYPE_CHECKING:
    from alwrity_desktop.core.ledger.batches import Batch

MAX_SNOOZE_DAYS: Final = 365

_SAMPLE: Final = "sample"


class Advice:
    """What the window and the command line ask about advice, for any thread."""

    def __init__(self, context: AdviceCore) -> None:
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

    def reprice(
        self,
        question: RepriceQuestion,
        *,
        is_trial: bool,
        tried: Repricing | None = None,
        progress: Progress = unwatched,
    ) -> Repricing:
        """Apply today's prices to past calls, in one commit; a trial says what would change.

        Where *tried* is given, nothing but that is done: PersonError where it would be
        something else. What *progress* raises ends it, and nothing is changed.
        """
        ledger, book = self._context.ledger(question.account), self.book(question.account)
        return ledger.reprice(
            question, book, self._door(), is_trial=is_trial, tried=tried, progress=progress
        )

    def undo_repricing(
        self, account: str, revision_id: int | None = None, progress: Progress = unwatched
    ) -> Repricing:
        """Take the newest revision of prices back. Raises NotFoundError without any.

        Where *revision_id* is given and is not the newest, raises PersonError.
        """
        ledger = self._context.ledger(account)
        return ledger.undo_repricing(account, self._door(), revision_id, progress)

    def models_used(self, account: str) -> tuple[tuple[str, str], ...]:
        """Return the provider and the model of every call of *account*, in their order."""
        return tuple(self._context.ledger(account).models(account))

    def price_revisions(self, account: str) -> tuple[Repricing, ...]:
        """Return what was done to the prices of past calls, newest first."""
        return tuple(self._context.ledger(account).price_revisions(account))

    def what_if(
        self, account: str, question: WhatIf, choice: PeriodChoice | None = None
    ) -> Outcome:
        """Return what the calls of a period would have cost on another model.

        Raises NotFoundError where there are no such calls, or the model has no price.
        """
        report = self._context.report(account, choice or PeriodChoice(), (), has_tips=False)
        book, period = self.book(account), report.period
        scope = replace(self._context.scope(account), billing_period=period.billing_period)
        models = {(question.provider, question.model)}
        with self._context.ledger(account).snapshot() as snapshot:
            bounds = snapshot.bounds(scope) or (period.start_ms, period.start_ms)
            start_ms = max(period.start_ms, bounds[0])
            end_ms = max(min(period.end_ms, self._context.clock.now_ms() + 1), start_ms + 1)
            turns = price_turns.turns(book, models, start_ms, end_ms, price_turns.QUARTER_MS)
            rows = snapshot.usage_sums(
                scope,
                [PricedSpan(*each) for each in turns],
                price_turns.thresholds(book, models, end_ms),
            )
        return work_out(rows, question, book)

    def _door(self) -> Batch:
        context = self._context
        from alwrity_desktop.core.ledger.batches import Batch  # noqa: PLC0415 - slow to load

        return Batch(
            "reprice", context.clock.now_ms(), context.timezone(), context.settings.week_starts
        )
