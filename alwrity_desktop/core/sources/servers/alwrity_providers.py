"""Which provider a row or figure counts for, among the many names that a server has for one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from alwrity_desktop.core.domain.server import ServerPrice
from alwrity_desktop.core.sources.servers.alwrity_shapes import LogRow

LANGUAGE_MODELS: Final = ("gemini", "openai", "anthropic", "mistral")
"""The providers whose calls the limit on all text generation counts together."""

GATEWAY: Final = "wavespeed"
"""The name that rows show for calls of several of the server's own providers."""

BEHIND_GATEWAY: Final = ("video", "audio", "image_edit")
"""The server's providers whose merged rows show the gateway's name."""

_CANONICAL: Final = {"google": "gemini", "huggingface": "mistral"}
_MAX_NAME: Final = 60

_WORDS: Final = (
    ("image_edit", ("image_edit", "image-edit", "qwen-edit", "kontext")),
    ("video", ("video", "wan-2", "kling", "seedance", "infinitetalk", "hunyuan", "veo")),
    ("audio", ("audio", "speech", "tts", "voice")),
    ("stability", ("stability", "image", "stable-diffusion", "ideogram", "flux")),
)
"""Words in a path or a model by which a row's provider shows where no price list tells it."""


def canonical(name: str) -> str:
    """Return the one name of a provider, which limits and trends use on the server too."""
    plain = name.strip().lower()[:_MAX_NAME]
    return _CANONICAL.get(plain, plain)


class Categories:
    """Tells the provider of rows, by the server's price list before anything else."""

    def __init__(self, prices: Iterable[ServerPrice]) -> None:
        self._sellers: dict[str, set[str]] = {}
        for price in prices:
            self._sellers.setdefault(price.model.lower(), set()).add(price.provider)
        self._told: dict[tuple[str | None, str | None], str] = {}

    def tell(self, row: LogRow, provider: str) -> None:
        """Take what the server said, or what is known, of one row."""
        self._told[row.id, row.timestamp] = provider

    def of(self, row: LogRow) -> tuple[str, bool]:
        """Return the row's provider, and whether that is sure."""
        shown = canonical(row.provider or "")
        told = self._told.get((row.id, row.timestamp))
        if told is not None:
            return told, True
        sellers = self._sellers.get((row.model_used or "").lower(), set())
        if shown in sellers:
            return shown, True
        if len(sellers) == 1:
            return next(iter(sellers)), True
        if shown == GATEWAY or (shown in LANGUAGE_MODELS and not row.tokens_total):
            guessed = _by_words(row)
            return (guessed or shown), guessed is not None or shown != GATEWAY
        return shown, True


def _by_words(row: LogRow) -> str | None:
    for place in (row.endpoint or "", row.model_used or ""):
        for provider, words in _WORDS:
            if any(word in place.lower() for word in words):
                return provider
    return None
