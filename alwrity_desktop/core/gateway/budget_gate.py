"""Lets calls pass while blocking budgets last: what is under way holds its estimated cost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable
from typing import Final

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.domain.words import amount_words
from alwrity_desktop.core.gateway.booking import News
from alwrity_desktop.core.gateway.charges import Charge, charge_of
from alwrity_desktop.core.gateway.dialects.base import Refusal
from alwrity_desktop.core.gateway.door import Standing
from alwrity_desktop.core.gateway.spool import Place

TOO_MANY: Final = 429
UNAVAILABLE: Final = 503

PATIENCE_S: Final = 2.0
"""A ledger that does not answer within this time does not keep calls waiting any longer."""

_LOOKS: Final = 3
"""A look that was begun before a commit may not know of it; the next one does."""


class Hold:
    """What a call under way holds; given back when it is settled."""

    __slots__ = ("charge", "is_open")

    def __init__(self, charge: Charge) -> None:
        self.charge = charge
        self.is_open = True


class BudgetGate:
    """Decides about each call with what the ledger said last and what has passed since."""

    def __init__(
        self,
        look: Callable[[], Awaitable[News]],
        signature: Callable[[], Hashable],
        *,
        fails_closed: bool,
        unpriced_allowed: frozenset[str],
    ) -> None:
        """Ask *look* when *signature* tells that the ledger has changed."""
        self._look = look
        self._signature = signature
        self._fails_closed = fails_closed
        self._unpriced_allowed = unpriced_allowed
        self._unpriced_now: frozenset[str] = frozenset()
        self._seen: Hashable = None
        self._standings: tuple[Standing, ...] | None = None
        self._is_current = False
        self._running: asyncio.Task[None] | None = None
        self._deadline = 0.0
        self._holds: set[Hold] = set()
        #: Calls that are over and not yet in the standings, oldest first.
        self._passed: list[tuple[Place | None, Charge]] = []
        self._spent: list[int] = []
        self._held: list[int] = []
        self.price_book: PriceBook | None = None

    @property
    def has_budgets(self) -> bool:
        """Whether a request has to be read before it may pass."""
        return bool(self._standings) or (self._fails_closed and self._standings is None)

    def document(self) -> list[dict[str, int]]:
        """Return how each blocking budget stands now, with what is held, in its own unit."""
        standings = self._standings or ()
        return [
            {"id": each.budget.id, "used": each.used + spent, "held": held}
            for each, spent, held in zip(standings, self._spent, self._held, strict=True)
        ]

    async def refresh(self, now_ms: int) -> None:
        """Learn of budgets that were changed since; give up waiting when the ledger hangs."""
        loop = asyncio.get_running_loop()
        for _ in range(_LOOKS):
            signature = self._signature()
            if self._is_fresh(signature, now_ms):
                return
            if self._running is None or self._running.done():
                self._running = loop.create_task(self._learn(signature))
                self._deadline = loop.time() + PATIENCE_S
            wait_s = self._deadline - loop.time()
            if wait_s <= 0:
                return
            await asyncio.wait((self._running,), timeout=wait_s)
            if not self._is_current:
                return

    def _is_fresh(self, signature: Hashable, now_ms: int) -> bool:
        is_over = any(each.end_ms <= now_ms for each in self._standings or ())
        return self._is_current and not is_over and signature == self._seen

    async def _learn(self, signature: Hashable) -> None:
        self.take(await self._look(), signature)

    def take(self, news: News, signature: Hashable) -> None:
        """Take what the ledger's thread told; *signature* is of before it was asked."""
        if news.price_book is not None:
            self.price_book = news.price_book
        self._is_current = news.standings is not None
        self._unpriced_now = news.unpriced_allowed
        if news.standings is None:
            return
        self._seen = signature
        self._standings = news.standings
        self._passed = [
            (place, charge)
            for place, charge in self._passed
            if place is None or place > news.booked
        ]
        self._spent = self._sums(charge for _, charge in self._passed)
        self._held = self._sums(hold.charge for hold in self._holds)

    def admit(self, most: Call) -> Hold | Refusal | None:
        """Hold what *most* takes, or say why it may not pass; None where nothing is limited.

        A call passes while something is left: what goes over is at most the last call's worth.
        """
        if self._fails_closed and not self._is_current:
            sentence = (
                "The ledger cannot be read, so budgets cannot be checked, and you chose that"
                " calls are refused then."
            )
            return Refusal(UNAVAILABLE, sentence, "budget_unchecked")
        if not self._standings or self.price_book is None:
            return None
        charge = charge_of(most, self.price_book)
        for index, standing in enumerate(self._standings):
            refusal = self._judge(index, standing, charge)
            if refusal is not None:
                return refusal
        hold = Hold(charge)
        self._holds.add(hold)
        self._add(self._held, charge, 1)
        return hold

    def settle(self, hold: Hold | None, call: Call | None, place: Place | None) -> None:
        """Give back what was held, and count what *call* took until the ledger has it."""
        if hold is not None and hold.is_open:
            hold.is_open = False
            self._holds.discard(hold)
            self._add(self._held, hold.charge, -1)
        if call is not None and self._standings and self.price_book is not None:
            charge = charge_of(call, self.price_book)
            self._passed.append((place, charge))
            self._add(self._spent, charge, 1)

    def _judge(self, index: int, standing: Standing, charge: Charge) -> Refusal | None:
        budget = standing.budget
        if not self._concerns(standing, charge):
            return None
        if budget.kind == LimitKind.COST and charge.cost_pico is None:
            names = {charge.model, f"{charge.provider}/{charge.model}"}
            if names & (self._unpriced_allowed | self._unpriced_now):
                return None
            return _unpriced(standing, charge)
        spent = standing.used + self._spent[index]
        if spent + self._held[index] < budget.limit:
            return None
        return _used_up(standing, spent, self._held[index])

    @staticmethod
    def _concerns(standing: Standing, charge: Charge) -> bool:
        is_scope = standing.budget.covers(
            charge.account, charge.provider, charge.model, charge.project
        )
        return is_scope and standing.start_ms <= charge.at_ms < standing.end_ms

    def _sums(self, charges: Iterable[Charge]) -> list[int]:
        sums = [0] * len(self._standings or ())
        for charge in charges:
            self._add(sums, charge, 1)
        return sums

    def _add(self, sums: list[int], charge: Charge, sign: int) -> None:
        for index, standing in enumerate(self._standings or ()):
            if self._concerns(standing, charge):
                sums[index] += sign * charge.taken_from(standing.budget)


def _used_up(standing: Standing, spent: int, held: int) -> Refusal:
    budget = standing.budget
    used, limit = amount_words(spent, budget.kind), amount_words(budget.limit, budget.kind)
    details = _details(standing) | {"used": used, "limit": limit}
    if spent >= budget.limit:
        sentence = (
            f'The budget "{budget.name}" is used up: {used} of {limit} for the'
            f" {budget.period_name}. It resets on {standing.resets_on}; raising it lets calls pass."
        )
        return Refusal(TOO_MANY, sentence, "budget_exceeded", details)
    waiting = amount_words(held, budget.kind)
    sentence = (
        f'The budget "{budget.name}" has {used} of {limit} used and {waiting} held for calls'
        f" under way. Try again when they are over; it resets on {standing.resets_on}."
    )
    return Refusal(TOO_MANY, sentence, "budget_held", details | {"held": waiting})


def _unpriced(standing: Standing, charge: Charge) -> Refusal:
    budget = standing.budget
    sentence = (
        f'The model "{charge.model}" has no price, so the budget "{budget.name}" cannot hold.'
        " Give it a price, or allow it in the settings."
    )
    limit = amount_words(budget.limit, budget.kind)
    used = amount_words(standing.used, budget.kind)
    details = _details(standing) | {"used": used, "limit": limit, "model": charge.model}
    return Refusal(TOO_MANY, sentence, "unpriced_model", details)


def _details(standing: Standing) -> dict[str, str]:
    return {"budget": standing.budget.name, "resets_on": standing.resets_on}
