"""Amounts in words, the same in alerts, in the command line and in the window."""

from __future__ import annotations

from typing import Final

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.money import PICO_PER_CENT, cents_half_even

UNKNOWN: Final = "—"

_UNITS: Final = frozenset({"calls", "tokens"})
_SUBJECTS: Final = {
    "ai_text_generation": "AI text generation",
    "gemini": "Gemini",
    "openai": "OpenAI",
    "anthropic": "Anthropic",
    "mistral": "Mistral",
    "tavily": "Tavily",
    "serper": "Serper",
    "metaphor": "Metaphor",
    "firecrawl": "Firecrawl",
    "exa": "Exa",
    "stability": "Stability",
    "video": "Video",
    "image_edit": "Image editing",
    "audio": "Audio",
    "wavespeed": "WaveSpeed",
}
"""What servers count, as people read it."""

_THOUSAND: Final = 1_000
_MILLION: Final = 1_000_000
_BILLION: Final = 1_000_000_000


def money_words(pico: int | None) -> str:
    """Return dollars with two decimals; "<$0.01" where a cost would read as nothing.

    >>> money_words(83_850_000_000_000)
    '$83.85'
    """
    if pico is None:
        return UNKNOWN
    if 0 < pico < PICO_PER_CENT and cents_half_even(pico) == 0:
        return "<$0.01"
    cents = cents_half_even(abs(pico))
    sign = "-" if pico < 0 and cents else ""
    return f"{sign}${cents // 100:,}.{cents % 100:02d}"


def name_words(name: str) -> str:
    """Return what a person called something, or a server its limit, as a title.

    >>> name_words("cost")
    'Cost'
    >>> name_words("ai_text_generation_calls")
    'AI text generation calls'
    """
    subject, _, unit = name.rpartition("_")
    if unit in _UNITS and subject in _SUBJECTS:
        return f"{_SUBJECTS[subject]} {unit}"
    return name[:1].upper() + name[1:]


def tokens_words(tokens: int | None) -> str:
    """Return a count of tokens in three or four figures: 812, 12.3k, 4.56M, 84.7M."""
    if tokens is None:
        return UNKNOWN
    for size, sign in ((_BILLION, "B"), (_MILLION, "M"), (_THOUSAND, "k")):
        if tokens >= size:
            amount = tokens / size
            decimals = 2 if amount < 10 and size > _THOUSAND else 1  # noqa: PLR2004 - one figure
            return f"{amount:.{decimals}f}{sign}"
    return str(tokens)


def amount_words(amount: int | None, kind: LimitKind) -> str:
    """Return what a limit counts, in its own unit."""
    if amount is None:
        return UNKNOWN
    if kind == LimitKind.COST:
        return money_words(amount)
    return tokens_words(amount) if kind == LimitKind.TOKENS else f"{amount:,}"
