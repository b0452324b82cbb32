"""Gemini: generateContent, whole and streamed, embedContent, and pictures by predict."""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec

from alwrity_desktop.core.gateway.dialects import openai
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
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_METADATA: Final = b'"usageMetadata"'
_FAILED_STATUS: Final = 500


class _Metadata(msgspec.Struct, rename="camel", gc=False):
    prompt_token_count: Count | None = None
    cached_content_token_count: Count | None = None
    candidates_token_count: Count | None = None
    thoughts_token_count: Count | None = None
    tool_use_prompt_token_count: Count | None = None


class _Part(msgspec.Struct, gc=False):
    text: msgspec.Raw = NO_VALUE


class _Content(msgspec.Struct, gc=False):
    parts: list[_Part] | None = None


class _Candidate(msgspec.Struct, gc=False):
    content: _Content | None = None


class _Error(msgspec.Struct, gc=False):
    code: int | None = None


class _Answer(msgspec.Struct, rename="camel", gc=False):
    response_id: str | None = None
    model_version: str | None = None
    usage_metadata: _Metadata | None = None
    candidates: list[_Candidate] | None = None
    predictions: list[msgspec.Raw] | None = None
    error: _Error | None = None


class _Generation(msgspec.Struct, rename="camel", gc=False):
    max_output_tokens: Count | None = None
    candidate_count: Count | None = None


class _Request(msgspec.Struct, rename="camel", gc=False):
    generation_config: _Generation | None = None


_REQUESTS: Final = msgspec.json.Decoder(_Request)
_ANSWERS: Final = msgspec.json.Decoder(_Answer)
_ANSWER_LISTS: Final = msgspec.json.Decoder(list[_Answer])


def _read_request(body: bytes, asked: Asked) -> None:
    generation = _REQUESTS.decode(body).generation_config
    if generation is not None:
        asked.max_output_tokens = generation.max_output_tokens
        asked.answers = generation.candidate_count or 1


def _read_stream_request(body: bytes, asked: Asked) -> None:
    asked.is_stream = True
    _read_request(body, asked)


def _read_answer(data: bytes, usage: Usage) -> None:
    _take(_ANSWERS.decode(data), usage)


def _read_list(body: bytes, usage: Usage) -> None:
    """Read a stream that comes as one JSON list; of one cut short the last count that is whole."""
    if not body.lstrip().startswith(b"["):
        _read_answer(body, usage)
        return
    try:
        answers = _ANSWER_LISTS.decode(body)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        answers = [_Answer(usage_metadata=_last_metadata(body))]
    for answer in answers:
        _take(answer, usage)


def _last_metadata(body: bytes) -> _Metadata | None:
    text = body.decode(errors="replace")
    place = text.rfind(_METADATA.decode())
    start = text.find("{", place) if place >= 0 else -1
    if start < 0:
        return None
    try:
        found, _ = json.JSONDecoder().raw_decode(text, start)
    except ValueError:
        return None
    return msgspec.convert(found, _Metadata)


def _take(answer: _Answer, usage: Usage) -> None:
    usage.response_id = answer.response_id or usage.response_id
    usage.model = answer.model_version or usage.model
    usage.images += len(answer.predictions or ())
    if answer.error is not None:
        usage.failed_status = answer.error.code or _FAILED_STATUS
    for candidate in answer.candidates or ():
        for part in (candidate.content.parts or ()) if candidate.content else ():
            usage.add_text(part.text)
    stated = answer.usage_metadata
    if stated is None or stated.prompt_token_count is None:
        return
    # Each count is of the whole answer so far: the last one stands. Cached input is a part of
    # the prompt; thoughts are billed as output beside the candidates.
    prompt = stated.prompt_token_count
    usage.cache_read_tokens = min(stated.cached_content_token_count or 0, prompt)
    tools = stated.tool_use_prompt_token_count or 0
    usage.input_tokens = prompt - usage.cache_read_tokens + tools
    usage.reasoning_tokens = stated.thoughts_token_count or 0
    usage.output_tokens = (stated.candidates_token_count or 0) + usage.reasoning_tokens


def _refuse(refusal: Refusal) -> dict[str, Any]:
    status = _STATUSES.get(refusal.status, "UNKNOWN")
    error: dict[str, Any] = {"code": refusal.status, "message": refusal.message, "status": status}
    reason = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": refusal.code}
    error["details"] = [{**reason, "metadata": dict(refusal.details)}]
    return {"error": error}


_MODEL: Final = r"(?:/[^?]*)?/(?:models|tunedModels)/(?P<model>[^/:?]+):"

DIALECT: Final = Dialect(
    name="gemini",
    routes=(
        Route(
            pattern=path(_MODEL + "generateContent"),
            endpoint="generateContent",
            read_request=_read_request,
            read_answer=_read_answer,
            is_text=True,
        ),
        Route(
            pattern=path(_MODEL + "streamGenerateContent"),
            endpoint="streamGenerateContent",
            read_request=_read_stream_request,
            read_answer=_read_list,
            read_event=_read_answer,
            is_text=True,
        ),
        Route(
            pattern=path(_MODEL + "(?:embedContent|batchEmbedContents|asyncBatchEmbedContent)"),
            endpoint="embedContent",
            read_answer=_read_answer,
            is_text=True,
            is_input_only=True,
        ),
        Route(
            pattern=path(_MODEL + "predict"),
            endpoint="predict",
            read_answer=_read_answer,
            unit="images",
        ),
        # The provider's own door for programs that speak OpenAI's dialect.
        *(
            route
            for route in openai.DIALECT.routes
            if route.endpoint in {"chat/completions", "embeddings", "images"}
        ),
    ),
    refuse=_refuse,
)
