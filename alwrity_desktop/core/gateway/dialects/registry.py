"""The providers that there are: the dialect of each, and where its calls go."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from alwrity_desktop.core.gateway.dialects import (
    anthropic,
    compatible,
    exa,
    firecrawl,
    gemini,
    mistral,
    openai,
    serper,
    stability,
    tavily,
)
from alwrity_desktop.core.gateway.dialects.base import Dialect


class Provider(msgspec.Struct, frozen=True):
    """A provider as the gateway knows it."""

    dialect: Dialect
    #: Its own address, without a slash at the end.
    url: str


PROVIDERS: Final[Mapping[str, Provider]] = MappingProxyType(
    {
        "openai": Provider(openai.DIALECT, "https://api.openai.com"),
        "anthropic": Provider(anthropic.DIALECT, "https://api.anthropic.com"),
        "gemini": Provider(gemini.DIALECT, "https://generativelanguage.googleapis.com"),
        "mistral": Provider(mistral.DIALECT, "https://api.mistral.ai"),
        "tavily": Provider(tavily.DIALECT, "https://api.tavily.com"),
        "serper": Provider(serper.DIALECT, "https://google.serper.dev"),
        "exa": Provider(exa.DIALECT, "https://api.exa.ai"),
        "metaphor": Provider(exa.DIALECT, "https://api.metaphor.systems"),
        "firecrawl": Provider(firecrawl.DIALECT, "https://api.firecrawl.dev"),
        "stability": Provider(stability.DIALECT, "https://api.stability.ai"),
    }
)
"""By the name in the gateway's addresses; a name that is not here speaks as OpenAI does."""

COMPATIBLE: Final = compatible.DIALECT
