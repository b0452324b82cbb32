"""Today's server meters whatever looks like a provider, the client's own name included."""

from __future__ import annotations

import re
from typing import Final

from tests.servers.wire import Request

#: By the provider that is billed for it.
PATTERNS: Final = {
    "gemini": r"gemini|google.*ai",
    "openai": r"openai|gpt",
    "anthropic": r"claude|anthropic",
    "mistral": r"mistral",
    "tavily": r"tavily",
    "serper": r"serper",
    "metaphor": r"metaphor|/exa",
    "firecrawl": r"firecrawl",
}
EXEMPT: Final = ("/api/subscription/", "/api/onboarding/")


def metered_provider(request: Request) -> str | None:
    """Return the provider that this request would be booked to, by its path and User-Agent."""
    if request.path.startswith(EXEMPT):
        return None
    text = f"{request.path} {request.headers.get('user-agent', '')}".lower()
    found = (name for name, pattern in PATTERNS.items() if re.search(pattern, text))
    return next(found, None)
