"""When and at which context sizes the prices of some models change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from alwrity_desktop.core.domain.model_families import alternatives, card_of, equals_elsewhere
from alwrity_desktop.core.domain.price_book import PriceBook

DAY_MS: Final = 86_400_000
QUARTER_MS: Final = 900_000

Models = Iterable[tuple[str, str]]


def compared_models(models: Models) -> set[tuple[str, str]]:
    """Return *models* and all those that tips compare them with."""
    found = set(models)
    for provider, model in tuple(found):
        card = card_of(provider, model)
        if card is not None:
            others = (*alternatives(card), *equals_elsewhere(card))
            found |= {(other.provider, other.model) for other in others}
    return found


def thresholds(book: PriceBook, models: Models, at_ms: int) -> tuple[int, ...]:
    """Return the context sizes, rising, above which a price changes or a model takes no more."""
    found: set[int] = set()
    for provider, model in models:
        entry = book.describe(provider, model, at_ms)
        if entry is not None:
            found.update(quote.context_above for quote in entry.longer)
        card = card_of(provider, model)
        if card is not None:
            found.add(card.window)
    return tuple(sorted(found - {0}))


def turns(
    book: PriceBook, models: Models, start_ms: int, end_ms: int, step_ms: int = DAY_MS
) -> list[tuple[int, int]]:
    """Return ``[start_ms, end_ms)`` cut where a price changes, looked at every *step_ms*.

    Price lists change by the UTC day; only prices that depend on the time of day need more.
    """
    asked = tuple(models)
    cuts = [start_ms]
    known = [book.quote(*names, start_ms) for names in asked]
    for at_ms in range((start_ms // step_ms + 1) * step_ms, end_ms, step_ms):
        now = [book.quote(*names, at_ms) for names in asked]
        if any(one is not other for one, other in zip(known, now, strict=True)):
            cuts.append(at_ms)
            known = now
    return list(zip(cuts, [*cuts[1:], end_ms], strict=True))
