"""Anthropic: messages, whole and streamed, with both lives of cached input."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from alwrity_desktop.core.gateway.dialects.base import (
    NO_VALUE,
    Asked,
    Count,
    Dialect,
    Refusal,
    Route,
    Usage,
    path,
)

_STATUSES: Final = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "timeout_error": 504,
    "overloaded_error": 529,
}
_KINDS: Final = {429: "rate_limit_error", 403: "permission_error", 400: "invalid_request_error"}
_FAILED_STATUS: Final = 500


class _Split(msgspec.Struct, gc=False):
    ephemeral_5m_input_tokens: Count | None = None
    ephemeral_1h_input_tokens: Count | None = None


class _ServerTools(msgspec.Struct, gc=False):
    web_search_requests: Count | None = None


class _Usage(msgspec.Struct, gc=False):
    input_tokens: Count | None = None
    output_tokens: Count | None = None
    cache_creation_input_tokens: Count | None = None
    cache_read_input_tokens: Count | None = None
    cache_creation: _Split | None = None
    server_tool_use: _ServerTools | None = None
    service_tier: str | None = None


class _Message(msgspec.Struct, gc=False):
    id: str | None = None
    model: str | None = None
    usage: _Usage | None = None


class _Delta(msgspec.Struct, gc=False):
    text: msgspec.Raw = NO_VALUE
    thinking: msgspec.Raw = NO_VALUE
    partial_json: msgspec.Raw = NO_VALUE


class _Error(msgspec.Struct, gc=False):
    type: str | None = None


class _Event(msgspec.Struct, gc=False):
    type: str = ""
    message: _Message | None = None
    delta: _Delta | None = None
    usage: _Usage | None = None
    error: _Error | None = None


class _Request(msgspec.Struct, gc=False):
    model: str | None = None
    stream: bool | None = None
    max_tokens: Count | None = None


_REQUESTS: Final = msgspec.json.Decoder(_Request)
_MESSAGES: Final = msgspec.json.Decoder(_Message)
_EVENTS: Final = msgspec.json.Decoder(_Event)


def _read_request(body: bytes, asked: Asked) -> None:
    request = _REQUESTS.decode(body)
    asked.model = request.model or ""
    asked.is_stream = bool(request.stream)
    asked.max_output_tokens = request.max_tokens


def _read_message(body: bytes, usage: Usage) -> None:
    _take_message(_MESSAGES.decode(body), usage)


def _read_event(data: bytes, usage: Usage) -> None:
    """Read one event: the beginning counts the input, the last delta all of it once more."""
    event = _EVENTS.decode(data)
    if event.message is not None:
        _take_message(event.message, usage)
        # What the first event counts of the answer is only its first words.
        usage.output_tokens = None
    if event.delta is not None:
        usage.add_text(event.delta.text)
        usage.add_text(event.delta.thinking)
        usage.add_text(event.delta.partial_json)
    _take_usage(event.usage, usage)
    if event.error is not None:
        usage.failed_status = _STATUSES.get(event.error.type or "", _FAILED_STATUS)
    if event.type == "message_stop":
        usage.is_complete = True


def _take_message(message: _Message, usage: Usage) -> None:
    usage.response_id = message.id or usage.response_id
    usage.model = message.model or usage.model
    _take_usage(message.usage, usage)


def _take_usage(stated: _Usage | None, usage: Usage) -> None:
    """Take the provider's own counts; what is left out stands as it was."""
    if stated is None:
        return
    if stated.input_tokens is not None:
        usage.input_tokens = stated.input_tokens
    if stated.output_tokens is not None:
        usage.output_tokens = stated.output_tokens
    if stated.cache_read_input_tokens is not None:
        usage.cache_read_tokens = stated.cache_read_input_tokens
    if stated.cache_creation_input_tokens is not None or stated.cache_creation is not None:
        split = stated.cache_creation or _Split()
        hour = split.ephemeral_1h_input_tokens or 0
        brief = split.ephemeral_5m_input_tokens or 0
        written = stated.cache_creation_input_tokens
        written = hour + brief if written is None else written
        usage.cache_write_1h_tokens = min(hour, written)
        usage.cache_write_5m_tokens = written - usage.cache_write_1h_tokens
    if stated.server_tool_use is not None:
        usage.web_searches = stated.server_tool_use.web_search_requests or 0
    usage.note_tier(stated.service_tier)


def _refuse(refusal: Refusal) -> dict[str, Any]:
    kind = _KINDS.get(refusal.status, "api_error")
    error = {"type": kind, "message": refusal.message, "code": refusal.code}
    return {"type": "error", "error": {**error, **refusal.details}}


DIALECT: Final = Dialect(
    name="anthropic",
    routes=(
        Route(
            pattern=path(r"/v1/messages"),
            endpoint="messages",
            read_request=_read_request,
            read_answer=_read_message,
            read_event=_read_event,
            is_text=True,
        ),
    ),
    refuse=_refuse,
)
