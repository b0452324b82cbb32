"""Plans, limits and prices of today's server, and the many names of one provider."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from tests.servers.recording_files import cases
from tests.servers.wire import Json

#: The names in trends and prices; filters of the logs want these too.
PROVIDERS: Final = (
    "gemini",
    "openai",
    "anthropic",
    "mistral",
    "wavespeed",
    "tavily",
    "serper",
    "metaphor",
    "firecrawl",
    "stability",
    "exa",
    "video",
    "image_edit",
    "audio",
)
LANGUAGE_MODELS: Final = ("gemini", "openai", "anthropic", "mistral")
#: Whose tokens trends itemise; those of others stand in the total alone.
ITEMISED: Final = frozenset({*LANGUAGE_MODELS, "wavespeed"})
#: The names in breakdowns, in the order in which they stand there.
BREAKDOWN: Final = {
    "gemini": "gemini",
    "openai": "openai",
    "anthropic": "anthropic",
    "huggingface": "mistral",
    "wavespeed": "wavespeed",
    "exa": "exa",
    "tavily": "tavily",
    "serper": "serper",
    "firecrawl": "firecrawl",
    "metaphor": "metaphor",
    "stability": "stability",
    "video": "video",
    "image_edit": "image_edit",
    "audio": "audio",
}
#: The names in percentages; neither OpenAI nor Anthropic has any.
PERCENTAGES: Final = (
    *("gemini", "huggingface", "stability", "video", "audio", "image_edit", "wavespeed"),
    *("tavily", "serper", "firecrawl", "metaphor", "exa"),
)
#: The names of merged rows; single rows say whom the call really went to.
SHOWN: Final = {"gemini": "google", "mistral": "huggingface"}
PER_UNKNOWN_TOKEN: Final = 1e-6
MONEY_DIGITS: Final = 6


def _recorded(path: str, key: str) -> list[Json]:
    """Return the longest list that was recorded for all tenants alike."""
    bodies: list[Any] = [case.answer.body for case in cases("shared") if case.path.endswith(path)]
    lists: list[list[Json]] = [body["data"][key] for body in bodies]
    return max(lists, key=len)


PLANS: Final = {plan["tier"]: plan for plan in _recorded("/plans", "plans")}
PRICES: Final = {
    (row["provider"], row["model_name"]): row for row in _recorded("/pricing", "pricing")
}


@dataclass(frozen=True, slots=True)
class Use:
    """What one call used."""

    provider: str
    model: str
    tokens_in: int = 0
    tokens_out: int = 0
    images: int = 0
    pages: int = 0


def plan_of(tier: str) -> Json:
    """Return a plan as `/plans` tells it; a copy, so that a tenant may have limits of its own."""
    return deepcopy(PLANS[tier])


def plain_limits(plan: Json) -> Json:
    """Return a plan's limits as usage and dashboard tell them, without `_zero_means`."""
    limits = {key: value for key, value in plan["limits"].items() if key != "_zero_means"}
    return {
        "plan_name": plan["name"],
        "tier": plan["tier"],
        "limits": limits,
        "features": plan["features"],
    }


def price_of(provider: str, model: str) -> Json:
    """Return the price row of a model: its own, the provider's default, else $1 per million."""
    row = PRICES.get((provider, model)) or PRICES.get((provider, "default"))
    if row:
        return row
    fallback = dict.fromkeys(PRICES["gemini", "gemini-2.5-pro"], 0.0)
    per_token = {"cost_per_input_token": PER_UNKNOWN_TOKEN}
    return fallback | per_token | {"cost_per_output_token": PER_UNKNOWN_TOKEN}


def cost_of(use: Use) -> tuple[float, float, float]:
    """Return what a call costs: input, output and total, each rounded to micro-dollars."""
    price = price_of(use.provider, use.model)
    cost_in = use.tokens_in * price["cost_per_input_token"]
    cost_out = use.tokens_out * price["cost_per_output_token"]
    total = (
        cost_in
        + cost_out
        + price["cost_per_request"]
        + use.images * price["cost_per_image"]
        + use.pages * price["cost_per_page"]
    )
    return (
        round(cost_in, MONEY_DIGITS),
        round(cost_out, MONEY_DIGITS),
        round(total, MONEY_DIGITS),
    )
