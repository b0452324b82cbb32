"""What if: the same calls on another model, and more or fewer of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from msgspec.structs import replace

from alwrity_desktop.core.domain.errors import NotFoundError, UsageError
from alwrity_desktop.core.domain.model_families import card_of, title_of
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.pricing import COUNT_KINDS, Quote
from alwrity_desktop.core.domain.tip_facts import PAID
from alwrity_desktop.core.domain.usage import PriceStatus
from alwrity_desktop.core.domain.usage_sums import UsageSums, calls_of, cost_of, repriced
from alwrity_desktop.core.domain.what_if_values import Outcome, WhatIf

MAX_VOLUME = 1000
"""A volume above this, times today's, is a slip of the finger."""


def work_out(rows: Iterable[UsageSums], question: WhatIf, book: PriceBook) -> Outcome:
    """Return what the calls among *rows* that are asked for would cost elsewhere.

    Calls that cannot be priced there stay out of both sums, and are counted. Raises
    NotFoundError where there is no such call with a price, or the other model can price none of
    them; UsageError for a volume that is none.
    """
    _check(question.volume)
    asked = [row for row in rows if _is_asked(row, question)]
    priced = [row for row in asked if row.price_status in _PRICED]
    if not priced:
        named = question.from_model or question.from_provider or "any model"
        raise NotFoundError(f"There are no priced calls to {named:.80} in this period.")
    costs = [_cost_elsewhere(row, book, question) for row in priced]
    moved = [row for row, cost in zip(priced, costs, strict=True) if cost is not None]
    if not moved:
        message = (
            f"{question.model:.80} of {question.provider:.80} has no price for these calls. "
            "alwrity-desktop prices list names the models that have one."
        )
        raise NotFoundError(message)
    instead = sum(cost for cost in costs if cost is not None)
    return Outcome(
        question=question,
        calls=calls_of(moved),
        tokens=sum(row.tokens for row in moved),
        cost_pico=cost_of(moved),
        instead_pico=instead,
        at_volume_pico=round(instead * question.volume),
        is_list_equivalent=any(row.price_status is PriceStatus.LIST_EQUIVALENT for row in moved),
        assumption=_assumption(moved, question),
        unpriced_calls=calls_of(row for row in asked if row.price_status is PriceStatus.UNPRICED),
        unfit_calls=calls_of(priced) - calls_of(moved),
    )


def at_volume(outcome: Outcome, volume: Fraction) -> Outcome:
    """Return *outcome* with *volume* times as many calls. Raises UsageError for no volume."""
    _check(volume)
    return replace(
        outcome,
        question=replace(outcome.question, volume=volume),
        at_volume_pico=round(outcome.instead_pico * volume),
    )


_PRICED = frozenset({*PAID, PriceStatus.LIST_EQUIVALENT})


def _check(volume: Fraction) -> None:
    if not 0 < volume <= MAX_VOLUME:
        raise UsageError(f"The volume is more than 0 and at most {MAX_VOLUME} times as many.")


def _cost_elsewhere(row: UsageSums, book: PriceBook, question: WhatIf) -> int | None:
    """Return what the calls of a row would cost; None where the model does not do such calls."""
    quote = book.quote(question.provider, question.model, row.at_ms, row.service_tier)
    own = book.quote(row.provider, row.model, row.at_ms, row.service_tier)
    if quote is None or not all(quote.unit_price(kind) for kind in _needed_kinds(row)):
        return None
    if not row.tokens and own is not None and not _pieces(own) & _pieces(quote):
        return None
    return repriced((row,), book, question.provider, question.model)


def _needed_kinds(row: UsageSums) -> list[str]:
    """Return what a model has to have a price for, so that it can be said to do such calls."""
    counts = {
        "input": row.tokens - row.output_tokens,
        "output": row.output_tokens,
        "web_search": row.web_searches,
        "image": row.images,
        "page": row.pages,
    }
    return [kind for kind, count in counts.items() if count]


def _pieces(quote: Quote) -> set[str]:
    return {kind for kind in COUNT_KINDS if quote.unit_price(kind) is not None}


def _is_asked(row: UsageSums, question: WhatIf) -> bool:
    return question.from_provider in {None, row.provider} and question.from_model in {
        None,
        row.model,
    }


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
