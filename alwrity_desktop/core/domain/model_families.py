"""Models that can stand in for one another: by family, class and how much they take in.

A declared table, dated, the newest model of each class first; one that is not in it gets no
advice.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import msgspec

TABLE_DATE: Final = "2026-11-15"

LARGE: Final = 3
MEDIUM: Final = 2
SMALL: Final = 1

SEARCH: Final = "search"
TEXT: Final = "text"


class ModelCard(msgspec.Struct, frozen=True):
    """What is known of a model beside its prices."""

    provider: str
    #: As price lists call it.
    model: str
    #: As people call it.
    title: str
    #: LARGE, MEDIUM or SMALL; models of one class do about the same.
    size: int
    #: The largest input, in tokens; 0 where there is none.
    window: int
    #: TEXT or SEARCH.
    does: str = TEXT
    #: Whether it can be advised: old models can only be moved away from.
    is_advised: bool = True


#: Provider, model, title, class, window in thousands of tokens, whether it is advised.
_TEXT_MODELS: Final = (
    ("gemini", "gemini-4-argon", "Gemini 4 Argon", LARGE, 1000, False),
    ("gemini", "gemini-3.1-pro-preview", "Gemini 3.1 Pro", LARGE, 1000, True),
    ("gemini", "gemini-3-pro", "Gemini 3 Pro", LARGE, 1000, False),
    ("gemini", "gemini-2.5-pro", "Gemini 2.5 Pro", LARGE, 1000, True),
    ("gemini", "gemini-1.5-pro", "Gemini 1.5 Pro", LARGE, 2000, False),
    ("gemini", "gemini-3.8-flash", "Gemini 3.8 Flash", MEDIUM, 1000, True),
    ("gemini", "gemini-3.7-flash", "Gemini 3.7 Flash", MEDIUM, 1000, False),
    ("gemini", "gemini-3.6-flash", "Gemini 3.6 Flash", MEDIUM, 1000, False),
    ("gemini", "gemini-3.5-flash", "Gemini 3.5 Flash", MEDIUM, 1000, False),
    ("gemini", "gemini-3-flash", "Gemini 3 Flash", MEDIUM, 1000, False),
    ("gemini", "gemini-2.5-flash", "Gemini 2.5 Flash", MEDIUM, 1000, True),
    ("gemini", "gemini-3.5-flash-lite", "Gemini 3.5 Flash Lite", SMALL, 1000, False),
    ("gemini", "gemini-3.1-flash-lite", "Gemini 3.1 Flash Lite", SMALL, 1000, False),
    ("gemini", "gemini-2.5-flash-lite", "Gemini 2.5 Flash Lite", SMALL, 1000, True),
    ("gemini", "gemini-2.0-flash", "Gemini 2.0 Flash", SMALL, 1000, False),
    ("gemini", "gemini-2.0-flash-lite", "Gemini 2.0 Flash Lite", SMALL, 1000, True),
    ("gemini", "gemini-1.5-flash", "Gemini 1.5 Flash", SMALL, 1000, False),
    ("openai", "gpt-6.1-sol", "GPT-6.1 Sol", LARGE, 1000, False),
    ("openai", "gpt-5.5", "GPT-5.5", LARGE, 1000, False),
    ("openai", "gpt-5.4", "GPT-5.4", LARGE, 1000, False),
    ("openai", "gpt-5.2", "GPT-5.2", LARGE, 272, True),
    ("openai", "gpt-5.1", "GPT-5.1", LARGE, 272, True),
    ("openai", "gpt-5", "GPT-5", LARGE, 272, True),
    ("openai", "gpt-4.1", "GPT-4.1", LARGE, 1000, True),
    ("openai", "gpt-4o", "GPT-4o", LARGE, 128, False),
    ("openai", "gpt-4-turbo", "GPT-4 Turbo", LARGE, 128, False),
    ("openai", "gpt-4", "GPT-4", LARGE, 8, False),
    ("openai", "o1", "o1", LARGE, 200, False),
    ("openai", "o3", "o3", LARGE, 200, False),
    ("openai", "gpt-5.4-mini", "GPT-5.4 mini", MEDIUM, 272, True),
    ("openai", "gpt-5-mini", "GPT-5 mini", MEDIUM, 272, True),
    ("openai", "gpt-4.1-mini", "GPT-4.1 mini", MEDIUM, 1000, True),
    ("openai", "o4-mini", "o4-mini", MEDIUM, 200, False),
    ("openai", "o3-mini", "o3-mini", MEDIUM, 200, False),
    ("openai", "gpt-5.4-nano", "GPT-5.4 nano", SMALL, 272, True),
    ("openai", "gpt-5-nano", "GPT-5 nano", SMALL, 272, True),
    ("openai", "gpt-4.1-nano", "GPT-4.1 nano", SMALL, 1000, True),
    ("openai", "gpt-4o-mini", "GPT-4o mini", SMALL, 128, True),
    ("openai", "gpt-3.5-turbo", "GPT-3.5 Turbo", SMALL, 16, False),
    ("anthropic", "claude-opus-5-5", "Claude Opus 5.5", LARGE, 1000, True),
    ("anthropic", "claude-opus-5", "Claude Opus 5", LARGE, 1000, False),
    ("anthropic", "claude-opus-4-8", "Claude Opus 4.8", LARGE, 200, False),
    ("anthropic", "claude-opus-4-7", "Claude Opus 4.7", LARGE, 200, False),
    ("anthropic", "claude-opus-4-6", "Claude Opus 4.6", LARGE, 200, False),
    ("anthropic", "claude-opus-4-5", "Claude Opus 4.5", LARGE, 200, True),
    ("anthropic", "claude-opus-4-1", "Claude Opus 4.1", LARGE, 200, False),
    ("anthropic", "claude-opus-4-0", "Claude Opus 4", LARGE, 200, False),
    ("anthropic", "claude-opus-4", "Claude Opus 4", LARGE, 200, False),
    ("anthropic", "claude-3-opus", "Claude Opus 3", LARGE, 200, False),
    ("anthropic", "claude-sonnet-5-5", "Claude Sonnet 5.5", MEDIUM, 1000, True),
    ("anthropic", "claude-sonnet-5", "Claude Sonnet 5", MEDIUM, 1000, False),
    ("anthropic", "claude-sonnet-4-6", "Claude Sonnet 4.6", MEDIUM, 200, False),
    ("anthropic", "claude-sonnet-4-5", "Claude Sonnet 4.5", MEDIUM, 200, True),
    ("anthropic", "claude-sonnet-4-0", "Claude Sonnet 4", MEDIUM, 200, False),
    ("anthropic", "claude-sonnet-4", "Claude Sonnet 4", MEDIUM, 200, False),
    ("anthropic", "claude-3-7-sonnet", "Claude Sonnet 3.7", MEDIUM, 200, False),
    ("anthropic", "claude-3-5-sonnet", "Claude Sonnet 3.5", MEDIUM, 200, False),
    ("anthropic", "claude-haiku-4-5", "Claude Haiku 4.5", SMALL, 200, True),
    ("anthropic", "claude-3-5-haiku", "Claude Haiku 3.5", SMALL, 200, False),
    ("mistral", "mistral-large-4", "Mistral Large 4", LARGE, 128, True),
    ("mistral", "mistral-large", "Mistral Large", LARGE, 128, False),
    ("mistral", "mistral-medium", "Mistral Medium", MEDIUM, 128, True),
    ("mistral", "mistral-small-latest", "Mistral Small", SMALL, 128, True),
)

_SEARCHES: Final = (
    ("tavily", "search", "Tavily"),
    ("serper", "search", "Serper"),
    ("exa", "search", "Exa"),
    ("metaphor", "search", "Metaphor"),
)

#: What the makers hang on to a name: a date, a channel, a number of the build.
_TAIL: Final = re.compile(r"(-\d{8}|-\d{4}-\d{2}-\d{2}|-\d{4}|-latest|-preview|-exp|-00\d)+$")

CARDS: Final = (
    *(
        ModelCard(provider, model, title, size, thousands * 1000, is_advised=is_advised)
        for provider, model, title, size, thousands, is_advised in _TEXT_MODELS
    ),
    *(ModelCard(*names, MEDIUM, 0, SEARCH) for names in _SEARCHES),
)

_BY_NAME: Final = {(card.provider, _TAIL.sub("", card.model)): card for card in CARDS} | {
    (card.provider, card.model): card for card in CARDS
}

SEARCH_PROVIDERS: Final = frozenset(card.provider for card in CARDS if card.does == SEARCH)


@cache
def card_of(provider: str, model: str) -> ModelCard | None:
    """Return what is known of a model by any of the names that its maker gives it."""
    name = model.strip().lower().rpartition("/")[2]
    if provider in SEARCH_PROVIDERS and SEARCH in name:
        # Servers call it "tavily-search" and the like.
        name = SEARCH
    exact = _BY_NAME.get((provider, name))
    return exact or _BY_NAME.get((provider, _TAIL.sub("", name)))


def title_of(provider: str, model: str) -> str:
    """Return what people call a model; its own name where it is not in the table."""
    card = card_of(provider, model)
    return model if card is None else card.title


@cache
def alternatives(card: ModelCard) -> tuple[ModelCard, ...]:
    """Return the models of the same maker, in the same class or one below, to move to."""
    return tuple(
        other
        for other in CARDS
        if other.is_advised
        and other != card
        and other.provider == card.provider
        and other.does == card.does == TEXT
        and card.size - 1 <= other.size <= card.size
    )


@cache
def equals_elsewhere(card: ModelCard) -> tuple[ModelCard, ...]:
    """Return the models of other makers that do the same in the same class."""
    return tuple(
        other
        for other in CARDS
        if other.is_advised
        and other.provider != card.provider
        and (other.does, other.size) == (card.does, card.size)
    )
