"""Tests of who is billed for a model."""

from __future__ import annotations

import pytest

from alwrity_desktop.core.domain.providers import PROVIDERS, label_of, provider_of


@pytest.mark.parametrize(
    ("model", "provider"),
    [
        ("claude-opus-4-5-20251101", "anthropic"),
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", "anthropic"),
        ("claude-opus-4@20250514", "anthropic"),
        ("vertex_ai/claude-3-5-haiku", "anthropic"),
        ("gpt-5-codex", "openai"),
        ("codex-mini-latest", "openai"),
        ("o3-mini", "openai"),
        ("O1", "openai"),
        ("openai/gpt-oss-120b", "openai"),
        ("models/gemini-2.5-pro", "gemini"),
        ("codestral-2", "mistral"),
        ("devstral-small", "mistral"),
        ("mixtral-8x7b", "mistral"),
        ("deepseek.v3-v1:0", "deepseek"),
        ("grok-code-fast-1", "x-ai"),
        ("z-ai/glm-4.6", "z-ai"),
        ("moonshotai/kimi-k2", "moonshot"),
        ("qwen3-coder-plus", "qwen"),
        ("orca-2", "other"),
        ("omni", "other"),
        ("", "other"),
    ],
)
def test_that_a_model_has_its_provider_whatever_road_it_was_called_by(
    model: str, provider: str
) -> None:
    assert provider_of(model) == provider
    assert provider in PROVIDERS


def test_that_an_unknown_provider_keeps_its_own_name() -> None:
    assert label_of("x-ai") == "xAI"
    assert label_of("acme") == "acme"
