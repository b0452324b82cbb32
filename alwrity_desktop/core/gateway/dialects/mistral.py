"""Mistral: chat, fill-in-the-middle, agents, conversations, embeddings and reading of pages."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from alwrity_desktop.core.gateway.dialects.base import Count, Dialect, Refusal, Route, Usage, path
from alwrity_desktop.core.gateway.dialects.openai import read_chat, read_chunk, read_request


class _Pages(msgspec.Struct, gc=False):
    pages_processed: Count | None = None


class _Reading(msgspec.Struct, gc=False):
    model: str | None = None
    usage_info: _Pages | None = None


_READINGS: Final = msgspec.json.Decoder(_Reading)


def _read_pages(body: bytes, usage: Usage) -> None:
    reading = _READINGS.decode(body)
    usage.model = reading.model or ""
    usage.pages = reading.usage_info.pages_processed or 0 if reading.usage_info else 0


def _refuse(refusal: Refusal) -> dict[str, Any]:
    return {
        "object": "error",
        "message": refusal.message,
        "type": refusal.code,
        "param": None,
        "code": str(refusal.status),
        **refusal.details,
    }


def _text(pattern: str, endpoint: str, *, is_input_only: bool = False) -> Route:
    """Return a route of text; its streams count themselves without being asked."""
    return Route(
        pattern=path(pattern),
        endpoint=endpoint,
        read_request=read_request,
        read_answer=read_chat,
        read_event=read_chunk,
        is_text=True,
        is_input_only=is_input_only,
    )


DIALECT: Final = Dialect(
    name="mistral",
    routes=(
        _text(r"/v1/chat/completions", "chat/completions"),
        _text(r"/v1/fim/completions", "fim/completions"),
        _text(r"/v1/agents/completions", "agents/completions"),
        _text(r"/v1/conversations(?:/[^/?]+)?(?:#stream)?", "conversations"),
        _text(r"/v1/embeddings", "embeddings", is_input_only=True),
        _text(r"/v1/audio/transcriptions", "audio"),
        Route(
            pattern=path(r"/v1/ocr"),
            endpoint="ocr",
            read_request=read_request,
            read_answer=_read_pages,
            unit="pages",
        ),
    ),
    refuse=_refuse,
)
