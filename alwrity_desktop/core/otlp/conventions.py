"""The names under which programs report calls: the GenAI conventions, old and new, and others'."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from alwrity_desktop.core.domain.providers import OTHER, provider_of

Value = str | int | float | bool

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "model": (
        *("gen_ai.response.model", "gen_ai.request.model", "llm.response.model"),
        *("llm.request.model", "llm.model_name", "model"),
    ),
    "provider": ("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system"),
    "operation": ("gen_ai.operation.name", "llm.request.type"),
    "input": (
        *("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.usage.prompt_tokens"),
        *("llm.token_count.prompt", "prompt_tokens"),
    ),
    "output": (
        *("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
        *("llm.usage.completion_tokens", "llm.token_count.completion", "completion_tokens"),
    ),
    "cache_read": (
        *("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens"),
        *("llm.usage.cache_read_input_tokens", "llm.token_count.prompt_details.cache_read"),
        *("gen_ai.usage.input_tokens.cached", "cache_read_input_tokens"),
    ),
    "cache_write": (
        *("gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_write.input_tokens"),
        *("gen_ai.usage.cache_creation_input_tokens", "llm.usage.cache_creation_input_tokens"),
        *("llm.token_count.prompt_details.cache_write", "cache_creation_input_tokens"),
    ),
    "reasoning": (
        *("gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens"),
        *("llm.usage.reasoning_tokens", "llm.token_count.completion_details.reasoning"),
    ),
    "response_id": ("gen_ai.response.id", "llm.response.id"),
    "conversation": ("gen_ai.conversation.id", "session.id", "conversation.id"),
    "agent": ("gen_ai.agent.name",),
    "status": ("http.response.status_code", "http.status_code", "status_code", "error.type"),
    "kind": ("openinference.span.kind", "traceloop.span.kind"),
}
"""What is read of a span, and the names under which it may stand; the first that is there."""

EVENT_KEYS: Final = frozenset(
    {
        *("event.name", "event.sequence", "session.id", "conversation.id", "model", "cost_usd"),
        *("input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens"),
        *("input_token_count", "output_token_count", "cached_content_token_count"),
        *("thoughts_token_count", "tool_token_count", "cached_token_count"),
        *("reasoning_token_count", "event.kind", "duration_ms", "status_code"),
    }
)
POINT_KEYS: Final = frozenset({"gen_ai.token.type", "type", "model"})
RESOURCE_KEYS: Final = ("service.name", "service.namespace", "service.instance.id")

WANTED: Final = frozenset(
    {name for names in FIELDS.values() for name in names}
    | EVENT_KEYS
    | POINT_KEYS
    | set(RESOURCE_KEYS)
)
"""All that is ever looked at: what people and models wrote stands under other names."""

CALLS: Final = frozenset(
    {"chat", "completion", "text_completion", "generate_content", "embeddings", "embedding"}
)
"""The operations that are one request to a model."""

NO_CALLS: Final = frozenset(
    {"invoke_agent", "create_agent", "invoke_workflow", "execute_tool", "retrieval", "agent"}
)
"""The operations that repeat what the requests within them used."""

CALL_KINDS: Final = frozenset({"llm", "embedding"})
"""The kinds of spans that are one request, where a convention has kinds."""

_PROVIDERS: Final = {
    "gcp.gemini": "gemini",
    "gcp.vertex_ai": "gemini",
    "gcp.gen_ai": "gemini",
    "vertex_ai": "gemini",
    "vertexai": "gemini",
    "google": "gemini",
    "azure.ai.openai": "openai",
    "az.ai.openai": "openai",
    "azure.ai.inference": "azure",
    "az.ai.inference": "azure",
    "aws.bedrock": "bedrock",
    "mistral_ai": "mistral",
    "mistralai": "mistral",
    "x_ai": "x-ai",
    "xai": "x-ai",
    "moonshot_ai": "moonshot",
    "ibm.watsonx.ai": "watsonx",
}
"""Providers by the names that the conventions give them, where ours differ."""

_MAX_NAME: Final = 60


class MetricName(NamedTuple):
    """A metric that counts tokens."""

    #: The kind of all its points; "" where an attribute of each point says it.
    kind: str
    #: Whether the input tokens include the cached ones.
    is_cache_inside: bool


METRICS: Final[Mapping[str, MetricName]] = {
    "gen_ai.client.token.usage": MetricName("", is_cache_inside=True),
    "claude_code.token.usage": MetricName("", is_cache_inside=False),
} | {
    f"gen_ai.client.inference.usage.{name}": MetricName(kind, is_cache_inside=True)
    for name, kind in (
        ("input_tokens", "input"),
        ("output_tokens", "output"),
        ("cache_read.input_tokens", "cache_read"),
        ("cache_write.input_tokens", "cache_write"),
        ("reasoning.output_tokens", "reasoning"),
    )
}

TOKEN_TYPES: Final = {
    "input": "input",
    "prompt": "input",
    "output": "output",
    "completion": "output",
    "cacheRead": "cache_read",
    "cache_read": "cache_read",
    "cacheCreation": "cache_write",
    "cache_creation": "cache_write",
    "reasoning": "reasoning",
}
"""What the points of a metric call the kinds of tokens."""


def named(attributes: Mapping[str, Value], field: str) -> Value | None:
    """Return what *attributes* say of *field*, by the first of its names; None for nothing."""
    for name in FIELDS[field]:
        value = attributes.get(name)
        if value is not None and value != "":
            return value
    return None


def provider_named(model: str, name: Value | None) -> str:
    """Return who is billed for *model*; *name* is what the program calls the provider."""
    provider = provider_of(model)
    if provider != OTHER or not isinstance(name, str):
        return provider
    known = name.strip().lower()
    return _PROVIDERS.get(known, known[:_MAX_NAME]) or OTHER
