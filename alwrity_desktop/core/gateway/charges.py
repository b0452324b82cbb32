"""What a call takes from budgets: while it is under way an estimate, then what it was."""

from __future__ import annotations

from typing import Final

import msgspec

from alwrity_desktop.core.domain.budgets import Budget, LimitKind
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT, Call
from alwrity_desktop.core.gateway.dialects.base import Asked, Route
from alwrity_desktop.core.gateway.estimates import tokens_at_most

MAX_OUTPUT_TOKENS: Final = 16_384
"""Held for a call that leaves its answer's length open, and never more for each answer."""

_MAX_ANSWERS: Final = 128


class Charge(msgspec.Struct, frozen=True):
    """What one call takes."""

    provider: str
    model: str
    at_ms: int
    #: None where the model has no price.
    cost_pico: int | None
    tokens: int
    project: str = ""
    account: str = LOCAL_ACCOUNT

    def taken_from(self, budget: Budget) -> int:
        """Return how much of *budget* the call takes, in the budget's unit."""
        if not budget.covers(self.account, self.provider, self.model, self.project):
            return 0
        if budget.kind == LimitKind.COST:
            return self.cost_pico or 0
        return self.tokens if budget.kind == LimitKind.TOKENS else 1


def charge_of(call: Call, book: PriceBook) -> Charge:
    """Return what *call* took."""
    cost_pico = book.settle(call).cost_pico
    return Charge(
        call.provider,
        call.model,
        call.occurred_at_ms,
        cost_pico,
        call.tokens,
        call.project,
        call.account,
    )


def call_at_most(base: Call, route: Route, asked: Asked, size_bytes: int) -> Call:
    """Return *base* with the counts that the call hardly exceeds.

    A request of *size_bytes* that asks for no end of its answer holds a usual one, and one that
    asks for an absurd one holds that much too.
    """
    answers = max(1, min(asked.answers, _MAX_ANSWERS))
    if route.unit:
        counts = {route.unit: max(asked.pages if route.unit == "pages" else answers, 1)}
    else:
        limit = asked.max_output_tokens
        output = MAX_OUTPUT_TOKENS if limit is None else min(limit, MAX_OUTPUT_TOKENS)
        counts = {
            "input_tokens": tokens_at_most(size_bytes),
            "output_tokens": 0 if route.is_input_only else output * answers,
        }
    return msgspec.structs.replace(base, **counts)
