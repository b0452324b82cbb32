"""Any server that speaks as OpenAI does, called by a name of the person's own."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from alwrity_desktop.core.gateway.dialects import openai

DIALECT: Final = replace(
    openai.DIALECT,
    name="openai-compatible",
    # Not every such server knows the field, and one that does not may refuse the call.
    routes=tuple(replace(route, usage_request=b"") for route in openai.DIALECT.routes),
)
