"""Answers of every provider, as they are documented: plain, streamed, with tools, and errors."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Callable, Iterable
from typing import Any, Final

from tests.servers.upstreams.wire import Answer, Heard, Line, send_answer

EVENTS: Final = (("Content-Type", "text/event-stream; charset=utf-8"),)
JSON: Final = (("Content-Type", "application/json"),)
PICTURE: Final = base64.b64encode(b"\x89PNG canary picture").decode()

#: What every answer counts, so that tests can add up.
PROMPT: Final = 1200
CACHED: Final = 200
OUTPUT: Final = 345
REASONING: Final = 45

_numbers: Final = itertools.count(1)


def new_id(prefix: str) -> str:
    """Return an id as providers make them."""
    return f"{prefix}{next(_numbers):024x}"


def answer_of(heard: Heard) -> Answer:
    """Return what the provider of the request's path answers."""
    path = heard.target.partition("?")[0]
    for end, make in _ANSWERS.items():
        if end in path:
            return make(heard)
    return Answer(json.dumps({"object": "list", "data": []}).encode())


def respond(heard: Heard, line: Line) -> None:
    """Answer as the provider does; a model named error-NNN answers that status."""
    send_answer(line, answer_of(heard))


def whole(document: object, status: int = 200, *headers: tuple[str, str]) -> Answer:
    """Return a document as it is sent."""
    return Answer(json.dumps(document).encode(), status, (*JSON, *headers))


def events(documents: Iterable[Any], *, named: bool = False, done: bool = False) -> Answer:
    """Return documents as a stream of events."""
    chunks = []
    for each in documents:
        name = f"event: {each['type']}\n" if named else ""
        chunks.append(f"{name}data: {json.dumps(each)}\n\n".encode())
    if done:
        chunks.append(b"data: [DONE]\n\n")
    return Answer(chunks, headers=EVENTS)


def _asked(heard: Heard) -> dict[str, Any]:
    try:
        found = json.loads(heard.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


OPENAI_USAGE: Final = {
    "prompt_tokens": PROMPT,
    "completion_tokens": OUTPUT,
    "total_tokens": PROMPT + OUTPUT,
    "prompt_tokens_details": {"cached_tokens": CACHED, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": REASONING, "audio_tokens": 0},
}

_TOOL: Final = {
    "id": "call_canary",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city": "Berlin"}'},
}


def _chat(heard: Heard) -> Answer:
    asked = _asked(heard)
    model = asked.get("model", "")
    if model.startswith("error-"):
        status = int(model.removeprefix("error-"))
        return whole({"error": {"message": "No.", "type": "server_error", "code": None}}, status)
    head = {"id": new_id("chatcmpl-"), "created": 1795000000, "model": model}
    message: dict[str, Any] = {"role": "assistant", "content": "Hello there, owner."}
    finish = "stop"
    if asked.get("tools"):
        message, finish = (
            {"role": "assistant", "content": None, "tool_calls": [_TOOL]},
            "tool_calls",
        )
    if not asked.get("stream"):
        choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
        head |= {"object": "chat.completion", "choices": [choice]}
        return whole({**head, "usage": OPENAI_USAGE, "service_tier": "default"})
    options = asked.get("stream_options") or {}
    has_usage = bool(options.get("include_usage")) or "/mistral" in heard.target
    return events(_chat_chunks(head, message, finish, has_usage=has_usage), done=True)


def _chat_chunks(
    head: dict[str, Any], message: dict[str, Any], finish: str, *, has_usage: bool
) -> Iterable[Any]:
    head = {**head, "object": "chat.completion.chunk"}
    more = {"usage": None} if has_usage else {}
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": word} for word in (message.get("content") or "").split(" ") if word]
    deltas += [{"tool_calls": [{"index": 0, **call}]} for call in message.get("tool_calls", ())]
    for delta in deltas:
        choice = {"index": 0, "delta": delta, "finish_reason": None}
        yield {**head, "choices": [choice], **more}
    yield {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": finish}], **more}
    if has_usage:
        yield {**head, "choices": [], "usage": OPENAI_USAGE}


RESPONSES_USAGE: Final = {
    "input_tokens": PROMPT,
    "input_tokens_details": {"cached_tokens": CACHED},
    "output_tokens": OUTPUT,
    "output_tokens_details": {"reasoning_tokens": REASONING},
    "total_tokens": PROMPT + OUTPUT,
}


def _responses(heard: Heard) -> Answer:
    asked = _asked(heard)
    text = {"type": "output_text", "text": "Hello there.", "annotations": []}
    message = {"id": new_id("msg_"), "type": "message", "role": "assistant"}
    output = [{**message, "status": "completed", "content": [text]}]
    response = {
        "id": new_id("resp_"),
        "object": "response",
        "created_at": 1795000000,
        "status": "completed",
        "model": asked.get("model"),
        "output": output,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": RESPONSES_USAGE,
    }
    if not asked.get("stream"):
        return whole(response)
    begun: dict[str, Any] = {**response, "status": "in_progress", "output": [], "usage": None}
    delta: dict[str, Any] = {
        "type": "response.output_text.delta",
        "delta": "Hello there.",
        "item_id": "m",
    }
    stream: list[dict[str, Any]] = [
        {"type": "response.created", "response": begun},
        {**delta, "output_index": 0, "content_index": 0, "logprobs": []},
        {"type": "response.completed", "response": response},
    ]
    return events(
        ({**each, "sequence_number": number} for number, each in enumerate(stream)), named=True
    )


def _embeddings(heard: Heard) -> Answer:
    usage = {"prompt_tokens": PROMPT, "total_tokens": PROMPT}
    vector = {"object": "embedding", "index": 0, "embedding": [0.5, 0.25]}
    answer = {"object": "list", "data": [vector], "model": _asked(heard).get("model")}
    # Mistral alone gives these an id.
    own = {"id": new_id("e")} if "/mistral" in heard.target else {}
    return whole({**answer, **own, "usage": usage})


def _images(heard: Heard) -> Answer:
    asked = _asked(heard)
    data = [{"b64_json": PICTURE}] * asked.get("n", 1)
    return whole({"created": 1795000000, "data": data})


def _transcription(_heard: Heard) -> Answer:
    usage = {"type": "tokens", "input_tokens": PROMPT, "output_tokens": OUTPUT}
    return whole({"text": "Hello.", "usage": {**usage, "total_tokens": PROMPT + OUTPUT}})


def _speech(_heard: Heard) -> Answer:
    return Answer([b"ID3\x00" * 100, b"\xff\xfb" * 300], headers=(("Content-Type", "audio/mpeg"),))


ANTHROPIC_USAGE: Final = {
    "input_tokens": PROMPT,
    "cache_creation_input_tokens": 70,
    "cache_read_input_tokens": CACHED,
    "cache_creation": {"ephemeral_5m_input_tokens": 40, "ephemeral_1h_input_tokens": 30},
    "output_tokens": OUTPUT,
    "service_tier": "standard",
    "server_tool_use": {"web_search_requests": 2},
}


def _messages(heard: Heard) -> Answer:
    asked = _asked(heard)
    model = asked.get("model", "")
    if model.startswith("error-"):
        error = {"type": "overloaded_error", "message": "Overloaded"}
        return whole({"type": "error", "error": error}, int(model.removeprefix("error-")))
    request_id = ("request-id", new_id("req_"))
    block: dict[str, Any] = {"type": "text", "text": "Hello there."}
    if asked.get("tools"):
        block = {"type": "tool_use", "id": "toolu_canary", "name": "weather", "input": {"a": 1}}
    message = {
        "id": new_id("msg_"),
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [block],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": ANTHROPIC_USAGE,
    }
    if not asked.get("stream"):
        return whole(message, 200, request_id)
    stream = events(_message_events(message, block), named=True)
    return Answer(stream.body, headers=(*EVENTS, request_id))


def _message_events(message: dict[str, Any], block: dict[str, Any]) -> Iterable[Any]:
    begun = {**ANTHROPIC_USAGE, "output_tokens": 1, "server_tool_use": None}
    yield {
        "type": "message_start",
        "message": {**message, "content": [], "stop_reason": None, "usage": begun},
    }
    is_text = block["type"] == "text"
    empty = {**block, "text": ""} if is_text else {**block, "input": {}}
    delta: dict[str, Any] = (
        {"type": "text_delta", "text": "Hello there."}
        if is_text
        else {"type": "input_json_delta", "partial_json": '{"a": 1}'}
    )
    yield {"type": "content_block_start", "index": 0, "content_block": empty}
    yield {"type": "ping"}
    yield {"type": "content_block_delta", "index": 0, "delta": delta}
    yield {"type": "content_block_stop", "index": 0}
    usage: dict[str, Any] = {"output_tokens": OUTPUT, "server_tool_use": {"web_search_requests": 2}}
    stop = {"stop_reason": "end_turn", "stop_sequence": None}
    yield {"type": "message_delta", "delta": stop, "usage": usage}
    yield {"type": "message_stop"}


GEMINI_USAGE: Final = {
    "promptTokenCount": PROMPT,
    "cachedContentTokenCount": CACHED,
    "candidatesTokenCount": OUTPUT - REASONING,
    "thoughtsTokenCount": REASONING,
    "totalTokenCount": PROMPT + OUTPUT,
}


def _gemini(heard: Heard) -> Answer:
    model = heard.target.partition("/models/")[2].partition(":")[0]
    if model.startswith("error-"):
        status = int(model.removeprefix("error-"))
        return whole({"error": {"code": status, "message": "No.", "status": "UNKNOWN"}}, status)
    head = {"modelVersion": model, "responseId": new_id("g")}

    def part(text: str, usage: dict[str, int]) -> dict[str, Any]:
        content = {"role": "model", "parts": [{"text": text}]}
        candidate = {"content": content, "index": 0, "finishReason": "STOP"}
        return {"candidates": [candidate], "usageMetadata": usage, **head}

    first = {"promptTokenCount": PROMPT, "totalTokenCount": PROMPT}
    if "streamGenerateContent" not in heard.target:
        return whole(part("Hello there.", GEMINI_USAGE))
    parts = [part("Hello ", first), part("there.", GEMINI_USAGE)]
    if "alt=sse" in heard.target:
        return events(parts)
    first_bytes, last_bytes = (json.dumps(each).encode() for each in parts)
    return Answer([b"[" + first_bytes, b"\n,\n", last_bytes, b"]"], headers=JSON)


def _gemini_embedding(_heard: Heard) -> Answer:
    return whole({"embedding": {"values": [0.5]}, "embeddings": [{"values": [0.5]}]})


def _search(_heard: Heard) -> Answer:
    return whole({"query": "q", "results": [], "request_id": new_id("t-"), "credits": 2})


def _exa(_heard: Heard) -> Answer:
    cost = {"total": 0.005, "search": {"neural": 0.005}}
    return whole({"requestId": new_id("e"), "results": [], "costDollars": cost})


def _scrape(_heard: Heard) -> Answer:
    metadata = {"creditsUsed": 3, "statusCode": 200, "scrapeId": new_id("s")}
    return whole({"success": True, "data": {"markdown": "Hello", "metadata": metadata}})


def _stability(_heard: Heard) -> Answer:
    return Answer(b"\x89PNG canary", headers=(("Content-Type", "image/png"),))


def _ocr(heard: Heard) -> Answer:
    model = _asked(heard).get("model")
    return whole({"model": model, "pages": [], "usage_info": {"pages_processed": 4}})


_ANSWERS: Final[dict[str, Callable[[Heard], Answer]]] = {
    "/chat/completions": _chat,
    "/responses": _responses,
    "/embeddings": _embeddings,
    "/images/": _images,
    "/audio/transcriptions": _transcription,
    "/audio/speech": _speech,
    "/messages": _messages,
    "enerateContent": _gemini,
    "mbedContent": _gemini_embedding,
    "batchEmbedContents": _gemini_embedding,
    "/ocr": _ocr,
    "/exa/": _exa,
    "/scrape": _scrape,
    "/stable-image/": _stability,
    "/search": _search,
}
