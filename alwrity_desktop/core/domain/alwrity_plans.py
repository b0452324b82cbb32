"""ALwrity's plans as its public code had them on one day, for comparing without a server."""

from __future__ import annotations

from typing import Final

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.money import PICO_PER_USD
from alwrity_desktop.core.domain.server import Meaning, PlanLimit, ServerPlan

PLANS_DATE: Final = "2026-08-14"
"""The day of the code that the table was read from."""

_TEXT_PROVIDERS: Final = ("gemini", "openai", "anthropic", "mistral")
#: Name of the plan, its fee by month and by year in dollars.
_FEES: Final = (("Free", 0, 0), ("Basic", 29, 290), ("Pro", 79, 790), ("Enterprise", 199, 1990))
#: One row for each limit, one column for each plan; 0 is not included, and without a limit on
#: the last plan.
_CALLS: Final = {
    "ai_text_generation": (50, 500, 3000, 0),
    "gemini": (50, 1000, 5000, 0),
    "openai": (0, 500, 2500, 0),
    "anthropic": (0, 200, 1000, 0),
    "mistral": (0, 500, 2500, 0),
    "tavily": (10, 200, 1000, 0),
    "serper": (10, 200, 1000, 0),
    "metaphor": (0, 100, 500, 0),
    "firecrawl": (0, 100, 500, 0),
    "stability": (10, 25, 100, 0),
    "video": (2, 10, 30, 0),
    "image_edit": (5, 25, 100, 0),
    "audio": (10, 100, 100, 0),
    "exa": (10, 100, 500, 0),
    "wavespeed": (0, 200, 500, 0),
}
_TOKENS: Final = {
    "gemini": (50_000, 100_000, 5_000_000, 0),
    "openai": (0, 100_000, 2_500_000, 0),
    "anthropic": (0, 100_000, 1_000_000, 0),
    "mistral": (0, 100_000, 2_500_000, 0),
}
_COST_USD: Final = (2, 25, 100, 500)
_LAST: Final = len(_FEES) - 1


def offline_plans() -> tuple[ServerPlan, ...]:
    """Return the four plans with their limits, cheapest first."""
    return tuple(
        ServerPlan(
            id=name.lower(),
            name=name,
            tier=name.lower(),
            price_monthly_pico=monthly * PICO_PER_USD,
            price_yearly_pico=yearly * PICO_PER_USD,
            limits=_limits(place),
        )
        for place, (name, monthly, yearly) in enumerate(_FEES)
    )


def _limits(place: int) -> tuple[PlanLimit, ...]:
    calls = (
        _limit(f"{name}_calls", LimitKind.CALLS, row[place], place, _providers(name))
        for name, row in _CALLS.items()
    )
    tokens = (
        _limit(f"{name}_tokens", LimitKind.TOKENS, row[place], place, (name,))
        for name, row in _TOKENS.items()
    )
    cost = _limit("cost", LimitKind.COST, _COST_USD[place] * PICO_PER_USD, place, ())
    return (*calls, *tokens, cost)


def _providers(name: str) -> tuple[str, ...]:
    return _TEXT_PROVIDERS if name == "ai_text_generation" else (name,)


def _limit(
    name: str, kind: LimitKind, limit: int, place: int, providers: tuple[str, ...]
) -> PlanLimit:
    if limit:
        return PlanLimit(name, kind, limit, Meaning.LIMITED, providers)
    meaning = Meaning.UNLIMITED if place == _LAST else Meaning.NOT_INCLUDED
    return PlanLimit(name, kind, None, meaning, providers)
