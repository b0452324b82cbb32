"""The tables of the sample data: who is called, how often, and what for."""

from __future__ import annotations

from typing import Final

import msgspec

#: Monday to Sunday; people write less at weekends.
WEEKDAYS: Final = (1.22, 1.28, 1.24, 1.18, 1.06, 0.46, 0.56)
#: Midnight to midnight: office hours with a lunch break, and a little in the evening.
HOURS: Final = (
    *(0.3, 0.2, 0.1, 0.1, 0.1, 0.3, 0.8, 2.0, 5.0, 8.2, 9.4, 9.0),
    *(5.6, 7.2, 9.2, 9.6, 8.6, 6.4, 4.0, 3.0, 3.2, 3.4, 2.4, 1.0),
)
#: What a whole month costs in units of the present one, going back.
MONTHS: Final = (1.0, 0.965, 0.895, 0.68, 0.663, 0.54, 0.5)
#: Calls were fewer and longer: they grow this much faster than the cost, for each month.
SHORTER_PER_MONTH: Final = 0.06
#: Days ago on which far more was used than usual.
PEAKS: Final = {8: 1.4, 37: 1.7, 66: 1.5, 96: 1.8, 141: 1.6}
DAY_NOISE: Final = 0.1
PROVIDER_NOISE: Final = 0.08
SIZE_NOISE: Final = 0.6


class Model(msgspec.Struct, frozen=True):
    """A model, how much of its provider it is, and how long its calls are."""

    name: str
    weight: int
    tokens: int
    #: Shares of the tokens: uncached input, cache read, cache write, output.
    shares: tuple[float, float, float, float]
    reasoning: float = 0.0


class Provider(msgspec.Struct, frozen=True):
    """A provider: how often it is called, by whom, and how it answers."""

    name: str
    endpoint: str
    #: Calls in the whole present month.
    calls: int
    models: tuple[Model, ...]
    #: Weights of AGENTS.
    agents: tuple[int, ...]
    errors_percent: float
    error_codes: tuple[int, ...]
    median_ms: int
    spread: float = 1.05
    is_troubled: bool = False
    #: Not called in the last 24 hours.
    is_quiet: bool = False
    #: What a call is billed by, where it is not tokens: "requests" or "images".
    pieces: str = ""


AGENTS: Final = (
    ("Blog writer", "content-studio"),
    ("Research agent", "market-research"),
    ("SEO review", "content-studio"),
    ("Translate", "localisation"),
    ("Code review", "platform"),
)

_CLAUDE: Final = (0.12, 0.74, 0.07, 0.07)
_GPT: Final = (0.515, 0.31, 0.0, 0.175)
_GEMINI: Final = (0.7, 0.15, 0.0, 0.15)
_MISTRAL: Final = (0.75, 0.0, 0.0, 0.25)
_NO_TOKENS: Final = (0.0, 0.0, 0.0, 0.0)

PROVIDERS: Final = (
    Provider(
        name="anthropic",
        endpoint="/v1/messages",
        calls=4930,
        models=(
            Model("claude-sonnet-5-5", 63, 11_280, _CLAUDE),
            Model("claude-opus-5-5", 6, 12_900, _CLAUDE),
            Model("claude-haiku-4-5", 31, 10_880, _CLAUDE),
        ),
        agents=(34, 18, 8, 2, 38),
        errors_percent=0.5,
        error_codes=(529, 429, 500),
        median_ms=930,
    ),
    Provider(
        name="openai",
        endpoint="/v1/responses",
        calls=4740,
        models=(
            Model("gpt-6.1-terra", 38, 5_200, _GPT, 0.35),
            Model("gpt-5.4-mini", 37, 5_200, _GPT, 0.2),
            Model("gpt-6-luna", 20, 5_000, _GPT),
            Model("gpt-6.1-sol", 5, 6_200, _GPT, 0.4),
        ),
        agents=(28, 30, 14, 10, 18),
        errors_percent=0.9,
        error_codes=(429, 500, 503),
        median_ms=1190,
    ),
    Provider(
        name="gemini",
        endpoint="/v1beta/models:generateContent",
        calls=8215,
        models=(
            Model("gemini-2.5-flash", 56, 4_600, _GEMINI),
            Model("gemini-2.0-flash-lite", 24, 4_500, _GEMINI),
            Model("gemini-2.5-flash-lite", 14, 4_500, _GEMINI),
            Model("gemini-2.5-pro", 5, 5_100, _GEMINI),
        ),
        agents=(24, 18, 28, 30, 0),
        errors_percent=0.4,
        error_codes=(503, 429),
        median_ms=730,
    ),
    Provider(
        name="mistral",
        endpoint="/v1/chat/completions",
        calls=1277,
        models=(
            Model("mistral-large", 30, 5_000, _MISTRAL),
            Model("mistral-small-latest", 70, 5_000, _MISTRAL),
        ),
        agents=(10, 0, 20, 70, 0),
        errors_percent=2.8,
        error_codes=(500, 502, 429),
        median_ms=980,
        is_troubled=True,
    ),
    Provider(
        name="stability",
        endpoint="/v2beta/stable-image/generate",
        calls=141,
        models=(Model("image", 1, 0, _NO_TOKENS),),
        agents=(1, 0, 0, 0, 0),
        errors_percent=0.0,
        error_codes=(500,),
        median_ms=3400,
        spread=0.4,
        is_quiet=True,
        pieces="images",
    ),
    Provider(
        name="tavily",
        endpoint="/search",
        calls=2130,
        models=(Model("search", 1, 0, _NO_TOKENS),),
        agents=(12, 80, 8, 0, 0),
        errors_percent=0.4,
        error_codes=(429, 500),
        median_ms=430,
        spread=0.8,
        pieces="requests",
    ),
)

#: Models that no list prices: provider, model, hours ago of each call.
UNPRICED: Final = (
    ("openai", "preview-nova-2026-11", (52, 52, 51, 51, 50, 49, 29, 28, 28)),
    ("mistral", "labs-aurora-1", (53, 52, 30, 29, 27)),
)
