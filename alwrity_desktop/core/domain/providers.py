"""Providers: who is billed for a model, told from the model's name."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

OTHER: Final = "other"
"""The provider of a model that no rule knows."""

PROVIDER_LABELS: Final = {
    "anthropic": "Anthropic",
    "openai": "OpenAI",
    "gemini": "Gemini",
    "mistral": "Mistral",
    "deepseek": "DeepSeek",
    "x-ai": "xAI",
    "z-ai": "Z.ai",
    "moonshot": "Moonshot",
    "qwen": "Qwen",
    "minimax": "MiniMax",
    "perplexity": "Perplexity",
    "cohere": "Cohere",
    "meta": "Meta",
    "stability": "Stability",
    "tavily": "Tavily",
    "serper": "Serper",
    "metaphor": "Metaphor",
    "exa": "Exa",
    "firecrawl": "Firecrawl",
    OTHER: "Other",
}
"""What people call each provider, in the order of listings."""

PROVIDERS: Final = tuple(PROVIDER_LABELS)

_RULES: Final = tuple(
    (provider, re.compile(pattern))
    for provider, pattern in (
        ("anthropic", r"claude"),
        ("openai", r"gpt|chatgpt|codex|davinci|babbage|text-embedding|dall-e|o[134](\b|-)"),
        ("gemini", r"gemini|gemma|imagen|veo"),
        ("mistral", r"(open-)?mi[sx]tral|codestral|magistral|devstral|ministral|pixtral|voxtral"),
        ("deepseek", r"deepseek"),
        ("x-ai", r"grok"),
        ("z-ai", r"glm|chatglm"),
        ("moonshot", r"kimi|moonshot"),
        ("qwen", r"qwen|qwq|qvq"),
        ("minimax", r"minimax|abab"),
        ("perplexity", r"sonar|pplx"),
        ("cohere", r"command|cohere|embed-|rerank"),
        ("meta", r"llama|meta-llama"),
        ("stability", r"stable-|stability|sd3|sdxl"),
    )
)

_REGION: Final = re.compile(r"^(us|eu|apac|ap|au|jp|ca|sa|global|us-gov)\.")
_VENDOR: Final = re.compile(
    r"^(anthropic|openai|mistral|meta|google|cohere|qwen|moonshotai?|zai|minimax)\."
)


@lru_cache(maxsize=4096)
def provider_of(model: str) -> str:
    """Return the provider of *model*, "other" when no rule knows it.

    Ways of naming the road to the model (``us.anthropic.claude-…`` on Bedrock, ``…@2025…`` on
    Vertex, ``anthropic/claude-…`` on OpenRouter, ``models/gemini-…``) do not matter.
    """
    name = bare_name(model)
    return next((provider for provider, rule in _RULES if rule.match(name)), OTHER)


def bare_name(model: str) -> str:
    """Return *model* in lower case without the prefixes of the road that it was called by."""
    name = model.strip().lower().rpartition("/")[2].lstrip("~")
    name = _REGION.sub("", name)
    return _VENDOR.sub("", name)


def label_of(provider: str) -> str:
    """Return what people call *provider*; an unknown one keeps its own name."""
    return PROVIDER_LABELS.get(provider, provider)
