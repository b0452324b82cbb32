"""Tips to use another model, another provider or a waiting line: the own calls repriced there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Final

from alwrity_desktop.core.domain.model_families import (
    CARDS,
    SEARCH,
    TEXT,
    ModelCard,
    alternatives,
    card_of,
    equals_elsewhere,
    title_of,
)
from alwrity_desktop.core.domain.money import PICO_PER_CENT
from alwrity_desktop.core.domain.tip import Tip, TipBasis, TipClass, TipFact
from alwrity_desktop.core.domain.tip_facts import ModelUse, TipFacts
from alwrity_desktop.core.domain.usage_sums import repriced
from alwrity_desktop.core.domain.words import money_words

LEAST_SAVING_PICO: Final = PICO_PER_CENT // 2
"""What saves less rounds to nothing, and is not worth a sentence."""

BATCH: Final = "batch"


def cheaper_models(facts: TipFacts) -> Iterator[Tip]:
    """Yield for each model the best one of its maker that would have cost less.

    One of the same class that is as new is advised first, then an older one, then one of the
    class below.
    """
    for use in facts.uses:
        card = card_of(use.provider, use.model)
        if card is None or card.does != TEXT:
            continue
        for step in _STEPS:
            others = [other for other in alternatives(card) if _step(card, other) is step]
            best = _cheapest(facts, use, others)
            if best is not None:
                yield _cheaper_model(facts, use, *best, step)
                break


class _Step(Enum):
    """What moving to a model of the same maker means; the value is what there is to try."""

    RENEWED = ""
    OLDER = " It is an older model: try on a few calls whether it is good enough."
    BELOW = " Its class is the one below: try on a few calls whether it is good enough."


_STEPS: Final = tuple(_Step)


def _step(card: ModelCard, other: ModelCard) -> _Step:
    if other.size < card.size:
        return _Step.BELOW
    # The table names the newest model of each class first.
    return _Step.RENEWED if CARDS.index(other) < CARDS.index(card) else _Step.OLDER


def _cheaper_model(
    facts: TipFacts, use: ModelUse, other: ModelCard, instead_pico: int, step: _Step
) -> Tip:
    saved = use.cost_pico - instead_pico
    percent = saved * 100 // use.cost_pico
    return Tip(
        id=f"cheaper_model:{use.provider}:{use.model}:{other.model}",
        kind="cheaper_model",
        tip_class=TipClass.DO_NOW if step is _Step.RENEWED else TipClass.HABIT,
        text=f"Consider using {other.title} for {percent}% cost savings",
        saving_pico=saved,
        basis=TipBasis.MEASURED,
        assumption=(
            f"The calls to {title_of(use.provider, use.model)} {facts.span_words} with the same "
            f"tokens, at the prices of {other.title}.{step.value}"
        ),
        calls=use.calls,
        query=use.query,
        evidence=_two_sums(use, other, instead_pico),
        cost_pico=use.cost_pico,
        instead_pico=instead_pico,
        instead_provider=other.provider,
        instead_model=other.model,
    )


def dear_providers(facts: TipFacts) -> Iterator[Tip]:
    """Yield where another provider does the same for less.

    For searches that is any provider of searches; for text only a model that the person uses
    already, since another maker's tokens are counted otherwise, and only the greatest saving.
    """
    texts = []
    for use in facts.uses:
        card = card_of(use.provider, use.model)
        if card is None:
            continue
        others = [
            other
            for other in equals_elsewhere(card)
            if card.does == SEARCH or facts.use_of(other.provider, other.model) is not None
        ]
        best = _cheapest(facts, use, others)
        if best is None:
            continue
        tip = _dear_provider(facts, use, card, *best)
        if card.does == SEARCH:
            yield tip
        else:
            texts.append(tip)
    if texts:
        yield max(texts, key=lambda tip: tip.saving_pico or 0)


def _dear_provider(
    facts: TipFacts, use: ModelUse, card: ModelCard, other: ModelCard, instead_pico: int
) -> Tip:
    percent = (use.cost_pico - instead_pico) * 100 // use.cost_pico
    is_search = card.does == SEARCH
    text = (
        f"{other.title} searches for {percent}% less than {card.title}"
        if is_search
        else f"{other.title}, which you use too, costs {percent}% less than {card.title}"
    )
    doubt = (
        "Results differ from one index to another."
        if is_search
        else "Its answers differ, and its maker counts the same text in other tokens."
    )
    return Tip(
        id=f"dear_provider:{use.provider}:{use.model}:{other.provider}:{other.model}",
        kind="dear_provider",
        tip_class=TipClass.HABIT if is_search else TipClass.INFORMATION,
        text=text,
        saving_pico=use.cost_pico - instead_pico,
        basis=TipBasis.MEASURED if is_search else TipBasis.ESTIMATED,
        assumption=(
            f"The {'searches' if is_search else 'calls'} of {card.title} {facts.span_words}, as "
            f"many and as long, at the prices of {other.title}. {doubt}"
        ),
        calls=use.calls,
        query=use.query,
        evidence=_two_sums(use, other, instead_pico),
        cost_pico=use.cost_pico,
        instead_pico=instead_pico,
        instead_provider=other.provider,
        instead_model=other.model,
    )


def batch_prices(facts: TipFacts) -> Iterator[Tip]:
    """Yield the models whose calls could have waited for batch prices.

    Calls that belong to a conversation cannot wait, so models with any are left out.
    """
    for use in facts.uses:
        if use.is_conversational or any(row.service_tier for row in use.rows):
            continue
        if not is_at_list_price(facts, use) or not _has_batch_prices(facts, use):
            continue
        instead = repriced(use.rows, facts.book, use.provider, use.model, BATCH)
        if instead is None or use.cost_pico - instead < LEAST_SAVING_PICO:
            continue
        title = title_of(use.provider, use.model)
        percent = (use.cost_pico - instead) * 100 // use.cost_pico
        yield Tip(
            id=f"batch_price:{use.provider}:{use.model}",
            kind="batch_price",
            tip_class=TipClass.HABIT,
            text=f"Send calls to {title} that can wait as batches for {percent}% less",
            saving_pico=use.cost_pico - instead,
            basis=TipBasis.ESTIMATED,
            assumption=(
                f"All calls to {title} {facts.span_words} could have waited, for up to a day, and "
                "none of them belongs to a conversation."
            ),
            calls=use.calls,
            query=use.query,
            evidence=(
                TipFact("Cost", money_words(use.cost_pico)),
                TipFact("At batch prices", money_words(instead)),
            ),
            cost_pico=use.cost_pico,
            instead_pico=instead,
            instead_provider=use.provider,
            instead_model=use.model,
        )


def is_at_list_price(facts: TipFacts, use: ModelUse) -> bool:
    """Return whether the calls were booked at the prices that the book has now.

    Otherwise what another way of calling would save cannot be told from what prices did.
    """
    now_pico = repriced(use.rows, facts.book, use.provider, use.model)
    # Each call was rounded to a pico-dollar by itself.
    return now_pico is not None and abs(now_pico - use.cost_pico) <= use.calls


def _has_batch_prices(facts: TipFacts, use: ModelUse) -> bool:
    quote = facts.book.quote(use.provider, use.model, use.rows[0].at_ms, BATCH)
    return quote is not None and quote.tier == BATCH


def _cheapest(
    facts: TipFacts, use: ModelUse, others: Iterable[ModelCard]
) -> tuple[ModelCard, int] | None:
    """Return the model on which the calls would have cost least, and what; None if none saves."""
    if use.cost_pico <= 0:
        return None
    found = []
    for other in others:
        if other.window and use.largest_context >= other.window:
            continue
        cost = repriced(use.rows, facts.book, other.provider, other.model)
        if cost is not None and use.cost_pico - cost >= LEAST_SAVING_PICO:
            found.append((cost, other))
    if not found:
        return None
    cost, other = min(found, key=lambda each: each[0])
    return other, cost


def _two_sums(use: ModelUse, other: ModelCard, instead_pico: int) -> tuple[TipFact, ...]:
    return (
        TipFact(title_of(use.provider, use.model), money_words(use.cost_pico)),
        TipFact(other.title, money_words(instead_pico)),
    )
