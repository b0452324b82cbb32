"""What if: the same calls on another model, and more or fewer of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

import msgspec

from alwrity_desktop.core.domain.errors import NotFoundError, UsageError
from alwrity_desktop.core.domain.model_families import card_of, title_of
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.tip_facts import PAID
from alwrity_desktop.core.domain.usage import PriceStatus
from alwrity_desktop.core.domain.usage_sums import UsageSums, calls_of, cost_of, repriced

MAX_VOLUME = 1000
"""A volume above this, times today's, is a slip of the finger."""


class WhatIf(msgspec.Struct, frozen=True):
    """Which calls are moved where, and how many times as many they are."""

    provider: str
    model: str
    #: The calls that are moved: all of a provider, of a model, or both; None for any.
    from_provider: str | None = None
    from_model: str | None = None
    #: How many times as many calls there are.
    volume: Fraction = Fraction(1)


class Outcome(msgspec.Struct, frozen=True):
    """What the calls cost, and what they would cost."""

    question: WhatIf
    calls: int
    tokens: int
    #: As they were booked, and at list prices where a flat rate paid.
    cost_pico: int
    #: On the other model, as many calls as there were.
    instead_pico: int
    #: On the other model, at the volume asked for.
    at_volume_pico: int
    #: Whether some of the calls were paid by a flat rate.
    is_list_equivalent: bool
    #: What has to hold, in words.
    assumption: str

    @property
    def saving_pico(self) -> int:
        """What as many calls would save; negative where they would cost more."""
        return self.cost_pico - self.instead_pico


def work_out(rows: Iterable[UsageSums], question: WhatIf, book: PriceBook) -> Outcome:
    """Return what the calls among *rows* that are asked for would cost elsewhere.

    Raises NotFoundError where there is no such call with a price, or the other model cannot
    price them; UsageError for a volume that is none.
    """
    if not 0 < question.volume <= MAX_VOLUME:
        raise UsageError(f"The volume is more than 0 and at most {MAX_VOLUME} times as many.")
    asked = [row for row in rows if _is_asked(row, question)]
    if not asked:
        named = question.from_model or question.from_provider or "any model"
        raise NotFoundError(f"There are no priced calls to {named:.80} in this period.")
    instead = repriced(asked, book, question.provider, question.model)
    if instead is None:
        message = (
            f"{question.model:.80} of {question.provider:.80} has no price for these calls. "
            "alwrity-desktop prices list names the models that have one."
        )
        raise NotFoundError(message)
    return Outcome(
        question=question,
        calls=calls_of(asked),
        tokens=sum(row.tokens for row in asked),
        cost_pico=cost_of(asked),
        instead_pico=instead,
        at_volume_pico=round(instead * question.volume),
        is_list_equivalent=any(row.price_status is PriceStatus.LIST_EQUIVALENT for row in asked),
        assumption=_assumption(asked, question),
    )


def _is_asked(row: UsageSums, question: WhatIf) -> bool:
    return (
        row.price_status in {*PAID, PriceStatus.LIST_EQUIVALENT}
        and question.from_provider in {None, row.provider}
        and question.from_model in {None, row.model}
    )


def _assumption(rows: Sequence[UsageSums], question: WhatIf) -> str:
    title = title_of(question.provider, question.model)
    words = f"The same tokens and requests at the prices of {title}, day by day."
    if any(row.provider != question.provider for row in rows):
        words += " Another maker's model counts the same text in other tokens."
    card = card_of(question.provider, question.model)
    if card is not None and card.window:
        largest = max(row.context_above for row in rows)
        if largest >= card.window:
            words += f" Some of the calls are longer than the {card.window:,} tokens it takes."
    return words
