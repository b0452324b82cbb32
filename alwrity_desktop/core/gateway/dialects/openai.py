"""OpenAI: chat completions, responses, embeddings, images, audio; and servers that speak alike."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec

from alwrity_desktop.core.domain.money import MAX_COST_PICO, PICO_PER_USD
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

DONE: Final = b"[DONE]"

_FAILED_STATUS: Final = 500
_OVER: Final = frozenset({"response.completed", "response.incomplete", "response.failed"})


class _InputDetails(msgspec.Struct, gc=False):
    cached_tokens: Count | None = None


class _OutputDetails(msgspec.Struct, gc=False):
    reasoning_tokens: Count | None = None


class _Usage(msgspec.Struct, gc=False):
    """Old and new names: completions say prompt, responses say input."""

    prompt_tokens: Count | None = None
    completion_tokens: Count | None = None
    input_tokens: Count | None = None
    output_tokens: Count | None = None
    prompt_tokens_details: _InputDetails | None = None
    completion_tokens_details: _OutputDetails | None = None
    input_tokens_details: _InputDetails | None = None
    output_tokens_details: _OutputDetails | None = None
    #: DeepSeek's name for cached input.
    prompt_cache_hit_tokens: Count | None = None
    #: OpenRouter's: dollars; other servers put other things here.
    cost: msgspec.Raw = NO_VALUE


class _Function(msgspec.Struct, gc=False):
    arguments: msgspec.Raw = NO_VALUE


class _ToolCall(msgspec.Struct, gc=False):
    function: _Function | None = None


class _Text(msgspec.Struct, gc=False):
    content: msgspec.Raw = NO_VALUE
    reasoning_content: msgspec.Raw = NO_VALUE
    tool_calls: list[_ToolCall] | None = None


class _Choice(msgspec.Struct, gc=False):
    delta: _Text | None = None
    message: _Text | None = None
    text: msgspec.Raw = NO_VALUE


class _Answer(msgspec.Struct, gc=False):
    #: Text; some servers number their answers, which names none of them.
    id: Any = None
    model: str | None = None
    usage: _Usage | None = None
    choices: list[_Choice] | None = None
    service_tier: str | None = None
    error: Any = None


class _Item(msgspec.Struct, gc=False):
    type: str | None = None


class _Response(msgspec.Struct, gc=False):
    id: str | None = None
    model: str | None = None
    usage: _Usage | None = None
    output: list[_Item] | None = None
    service_tier: str | None = None


class _ResponseEvent(msgspec.Struct, gc=False):
    type: str = ""
    response: _Response | None = None
    delta: msgspec.Raw = NO_VALUE


class _Images(msgspec.Struct, gc=False):
    data: list[msgspec.Raw] | None = None
    usage: _Usage | None = None


class _UsageEvent(msgspec.Struct, gc=False):
    type: str = ""
    usage: _Usage | None = None


class _Request(msgspec.Struct, gc=False):
    model: str | None = None
    stream: bool | None = None
    stream_options: dict[str, Any] | None = None
    max_tokens: Count | None = None
    max_completion_tokens: Count | None = None
    max_output_tokens: Count | None = None
    n: Count | None = None


_REQUESTS: Final = msgspec.json.Decoder(_Request)
_ANSWERS: Final = msgspec.json.Decoder(_Answer)
_RESPONSES: Final = msgspec.json.Decoder(_Response)
_RESPONSE_EVENTS: Final = msgspec.json.Decoder(_ResponseEvent)
_IMAGES: Final = msgspec.json.Decoder(_Images)
_USAGE_EVENTS: Final = msgspec.json.Decoder(_UsageEvent)


def read_request(body: bytes, asked: Asked) -> None:
    """Read a request that names its model."""
    request = _REQUESTS.decode(body)
    asked.model = request.model or ""
    asked.is_stream = bool(request.stream)
    limits = (request.max_completion_tokens, request.max_output_tokens, request.max_tokens)
    asked.max_output_tokens = next((limit for limit in limits if limit is not None), None)
    asked.answers = request.n or 1


def _read_chat_request(body: bytes, asked: Asked) -> None:
    read_request(body, asked)
    asked.may_ask_usage = asked.is_stream and _REQUESTS.decode(body).stream_options is None


def read_chat(body: bytes, usage: Usage) -> None:
    """Read a whole completion."""
    _take_answer(_ANSWERS.decode(body), usage)


def read_chunk(data: bytes, usage: Usage) -> None:
    """Read one event of a streamed completion."""
    if data == DONE:
        usage.is_complete = True
        return
    answer = _ANSWERS.decode(data)
    if answer.error:
        usage.failed_status = _FAILED_STATUS
    _take_answer(answer, usage)


def _take_answer(answer: _Answer, usage: Usage) -> None:
    usage.response_id = answer.id if isinstance(answer.id, str) else usage.response_id
    usage.model = answer.model or usage.model
    usage.note_tier(answer.service_tier)
    for choice in answer.choices or ():
        usage.add_text(choice.text)
        text = choice.delta or choice.message
        if text is None:
            continue
        usage.add_text(text.content)
        usage.add_text(text.reasoning_content)
        for call in text.tool_calls or ():
            if call.function is not None:
                usage.add_text(call.function.arguments)
    take_usage(answer.usage, usage)


def take_usage(stated: _Usage | None, usage: Usage) -> None:
    """Take the provider's own counts; cached input is a part of its input."""
    if stated is None:
        return
    whole = stated.prompt_tokens if stated.prompt_tokens is not None else stated.input_tokens
    details = stated.prompt_tokens_details or stated.input_tokens_details
    cached = details.cached_tokens if details is not None else stated.prompt_cache_hit_tokens
    if whole is not None:
        usage.cache_read_tokens = min(cached or 0, whole)
        usage.input_tokens = whole - usage.cache_read_tokens
    output = stated.completion_tokens
    output = stated.output_tokens if output is None else output
    if output is None and whole is not None:
        output = 0
    if output is not None:
        usage.output_tokens = output
    more = stated.completion_tokens_details or stated.output_tokens_details
    if more is not None and more.reasoning_tokens is not None:
        usage.reasoning_tokens = more.reasoning_tokens
    usage.reported_cost_pico = _dollars(stated.cost) if stated.cost else usage.reported_cost_pico


def _dollars(raw: msgspec.Raw) -> int | None:
    """Return a cost that is a plain number, exactly; anything else is no cost that we know."""
    try:
        pico = Decimal(bytes(raw).decode()) * PICO_PER_USD
    except (InvalidOperation, UnicodeDecodeError):
        return None
    is_cost = pico.is_finite() and 0 <= pico <= MAX_COST_PICO
    return round(pico) if is_cost else None


def _read_response(body: bytes, usage: Usage) -> None:
    _take_response(_RESPONSES.decode(body), usage)


def _read_response_event(data: bytes, usage: Usage) -> None:
    event = _RESPONSE_EVENTS.decode(data)
    if event.type.endswith(".delta"):
        usage.add_text(event.delta)
    if event.type == "error":
        usage.failed_status = _FAILED_STATUS
    if event.response is not None:
        _take_response(event.response, usage)
    if event.type in _OVER:
        usage.is_complete = True
    if event.type == "response.failed":
        usage.failed_status = _FAILED_STATUS


def _take_response(response: _Response, usage: Usage) -> None:
    usage.response_id = response.id or usage.response_id
    usage.model = response.model or usage.model
    usage.note_tier(response.service_tier)
    searches = sum(item.type == "web_search_call" for item in response.output or ())
    usage.web_searches = max(usage.web_searches, searches)
    take_usage(response.usage, usage)


def _read_images(body: bytes, usage: Usage) -> None:
    answer = _IMAGES.decode(body)
    usage.images = len(answer.data or ())
    take_usage(answer.usage, usage)


def _read_image_event(data: bytes, usage: Usage) -> None:
    event = _USAGE_EVENTS.decode(data)
    if event.type.endswith(".completed"):
        usage.images += 1
        take_usage(event.usage, usage)


def _read_audio(body: bytes, usage: Usage) -> None:
    take_usage(_USAGE_EVENTS.decode(body).usage, usage)


def refuse(refusal: Refusal) -> dict[str, Any]:
    """Return an error as OpenAI says it."""
    kind = "insufficient_quota" if refusal.code == "budget_exceeded" else refusal.code
    error = {"message": refusal.message, "type": kind, "param": None, "code": refusal.code}
    return {"error": {**error, **refusal.details}}


#: Servers that speak alike may have any path before the well-known end.
_ANY: Final = r"(?:/[^?]*)?"

CHAT: Final = Route(
    pattern=path(_ANY + r"/chat/completions"),
    endpoint="chat/completions",
    read_request=_read_chat_request,
    read_answer=read_chat,
    read_event=read_chunk,
    is_text=True,
    usage_request=b'"stream_options":{"include_usage":true}',
)

_ROUTES: Final = (
    CHAT,
    Route(
        pattern=path(_ANY + r"/responses"),
        endpoint="responses",
        read_request=read_request,
        read_answer=_read_response,
        read_event=_read_response_event,
        is_text=True,
    ),
    Route(
        pattern=path(_ANY + r"/completions"),
        endpoint="completions",
        read_request=_read_chat_request,
        read_answer=read_chat,
        read_event=read_chunk,
        is_text=True,
        usage_request=CHAT.usage_request,
    ),
    Route(
        pattern=path(_ANY + r"/embeddings"),
        endpoint="embeddings",
        read_request=read_request,
        read_answer=read_chat,
        is_text=True,
        is_input_only=True,
    ),
    Route(
        pattern=path(_ANY + r"/images/(?:generations|edits|variations)"),
        endpoint="images",
        read_request=read_request,
        read_answer=_read_images,
        read_event=_read_image_event,
        model="dall-e-2",
        unit="images",
    ),
    Route(
        pattern=path(_ANY + r"/audio/(?:transcriptions|translations|speech)"),
        endpoint="audio",
        read_request=read_request,
        read_answer=_read_audio,
        read_event=_read_audio,
        unit="requests",
    ),
)

DIALECT: Final = Dialect(name="openai", routes=_ROUTES, refuse=refuse)
