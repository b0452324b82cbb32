"""What tips are found in: sums of the calls of one span, and what stands beside them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import msgspec

from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.repeats import RepeatedUse
from alwrity_desktop.core.domain.tip import TipCalls
from alwrity_desktop.core.domain.usage import PriceStatus
from alwrity_desktop.core.domain.usage_sums import UsageSums, calls_of, cost_of

PAID: frozenset[str] = frozenset({PriceStatus.PRICED, PriceStatus.REPORTED})
"""Price statuses of calls that were paid one by one."""


class SearchUse(msgspec.Struct, frozen=True):
    """How many searches a day there are, and how many there were before."""

    #: In the span: searches, and days that have passed.
    calls: int
    days: int
    #: Before it.
    calls_before: int
    days_before: int


class IdlePlan(msgspec.Struct, frozen=True):
    """A subscription that is paid and was not used."""

    plan: str
    fee_monthly_pico: int
    #: How many days there was no call.
    idle_days: int


class ModelUse(msgspec.Struct, frozen=True, dict=True):
    """The paid calls of one model in the span."""

    provider: str
    model: str
    #: Those that failed too.
    rows: tuple[UsageSums, ...]
    query: TipCalls
    #: Whether some of the calls belong to conversations, which do not wait.
    is_conversational: bool = False

    @cached_property
    def calls(self) -> int:
        """How many calls they are."""
        return calls_of(self.rows)

    @cached_property
    def cost_pico(self) -> int:
        """What they cost."""
        return cost_of(self.rows)

    @cached_property
    def input_tokens(self) -> int:
        """All that was sent, cached or not."""
        return sum(row.input_tokens + row.cache_tokens for row in self.rows)

    @cached_property
    def output_tokens(self) -> int:
        """All that was answered."""
        return sum(row.output_tokens for row in self.rows)

    @cached_property
    def largest_context(self) -> int:
        """A size that the largest input is known to pass, of those that make a difference."""
        return max((row.context_above for row in self.rows), default=0)


class TipFacts(msgspec.Struct, frozen=True):
    """All that tips are found in."""

    book: PriceBook
    #: "in this period" or the like, to end a sentence with.
    span_words: str
    uses: Sequence[ModelUse]
    #: The whole span, for what is about no model.
    query: TipCalls
    search: SearchUse | None = None
    idle: IdlePlan | None = None
    repeated: Sequence[RepeatedUse] = ()

    def use_of(self, provider: str, model: str) -> ModelUse | None:
        """Return the use of one model; None where it was not used."""
        return next(
            (use for use in self.uses if (use.provider, use.model) == (provider, model)), None
        )


def model_uses(
    rows: Sequence[UsageSums], span: TipCalls, conversational: frozenset[tuple[str, str]]
) -> list[ModelUse]:
    """Return the paid use of each model, dearest first.

    Calls that a flat rate paid, that were free, or that have no price save no money. Where a
    model has such calls too, the query asks for the paid ones alone.
    """
    by_model: dict[tuple[str, str], list[UsageSums]] = {}
    for row in rows:
        by_model.setdefault((row.provider, row.model), []).append(row)
    uses = []
    for (provider, model), found in by_model.items():
        paid = tuple(row for row in found if row.price_status in PAID)
        if not paid:
            continue
        query = TipCalls(
            span.start_ms,
            span.end_ms,
            provider,
            model,
            None if len(paid) == len(found) else "paid",
            span.billing_period,
        )
        uses.append(ModelUse(provider, model, paid, query, (provider, model) in conversational))
    uses.sort(key=lambda use: (-use.cost_pico, use.provider, use.model))
    return uses
