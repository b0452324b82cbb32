"""Finding tips: what the person's own calls say could be changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from alwrity_desktop.core.domain import tips_of_models, tips_of_use
from alwrity_desktop.core.domain.tip import Tip, TipClass
from alwrity_desktop.core.domain.tip_facts import TipFacts

_FINDERS: Final[tuple[Callable[[TipFacts], Iterator[Tip]], ...]] = (
    tips_of_models.cheaper_models,
    tips_of_models.dear_providers,
    tips_of_models.batch_prices,
    tips_of_use.caching,
    tips_of_use.paid_failures,
    tips_of_use.repeated_requests,
    tips_of_use.small_requests,
    tips_of_use.more_searches,
    tips_of_use.idle_plan,
)


def find_tips(facts: TipFacts) -> tuple[Tip, ...]:
    """Return all tips that the calls bear out; none where usage is as it should be.

    What can be done at once comes first, then the greatest saving.
    """
    found = [tip for finder in _FINDERS for tip in finder(facts)]
    classes = tuple(TipClass)
    found.sort(key=lambda tip: (classes.index(tip.tip_class), -(tip.saving_pico or 0), tip.id))
    return tuple(found)
