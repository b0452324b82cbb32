"""What is booked equals what the provider's answer counted, for every dialect."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from typing import Any

import brotli
import pytest

from tests.core.gateway.harness import RunningGateway
from tests.servers.upstreams.providers import CACHED, OUTPUT, PROMPT, REASONING, answer_of, respond
from tests.servers.upstreams.wire import Answer, Heard, Line, Upstream, send_answer

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdCompressor
else:
    from backports.zstd import ZstdCompressor

MESSAGES = [{"role": "user", "content": "Say hello to the owner, please."}]
PLAIN = (PROMPT - CACHED, CACHED, 0, OUTPUT, REASONING)
ANTHROPIC = (PROMPT, CACHED, 70, OUTPUT, 0)
INPUT = (PROMPT, 0, 0, 0, 0)
STREAM = {"stream": True, "stream_options": {"include_usage": True}}

CASES: list[tuple[str, dict[str, Any], str, tuple[int, int, int, int, int]]] = [
    ("openai/v1/chat/completions", {"model": "gpt-4o-mini"}, "gpt-4o-mini", PLAIN),
    ("openai/v1/chat/completions", {"model": "gpt-4o-mini", **STREAM}, "gpt-4o-mini", PLAIN),
    ("openai/v1/responses", {"model": "gpt-5", "input": "hi"}, "gpt-5", PLAIN),
    ("openai/v1/responses", {"model": "gpt-5", "input": "hi", "stream": True}, "gpt-5", PLAIN),
    ("openai/v1/embeddings", {"model": "text-embedding-3-small"}, "text-embedding-3-small", INPUT),
    ("anthropic/v1/messages", {"model": "claude-sonnet-4-5"}, "claude-sonnet-4-5", ANTHROPIC),
    (
        "anthropic/v1/messages",
        {"model": "claude-sonnet-4-5", "stream": True},
        "claude-sonnet-4-5",
        ANTHROPIC,
    ),
    ("gemini/v1beta/models/gemini-2.5-pro:generateContent", {}, "gemini-2.5-pro", PLAIN),
    (
        "gemini/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse",
        {},
        "gemini-2.5-pro",
        PLAIN,
    ),
    ("gemini/v1beta/models/gemini-2.5-pro:streamGenerateContent", {}, "gemini-2.5-pro", PLAIN),
    (
        "mistral/v1/chat/completions",
        {"model": "mistral-small-latest"},
        "mistral-small-latest",
        PLAIN,
    ),
    (
        "mistral/v1/chat/completions",
        {"model": "mistral-small-latest", "stream": True},
        "mistral-small-latest",
        PLAIN,
    ),
]


@pytest.mark.parametrize(("path", "body", "model", "counts"), CASES)
def test_that_the_provider_s_own_counts_are_booked(
    path: str, body: dict[str, Any], model: str, counts: tuple[int, int, int, int, int]
) -> None:
    with Upstream(respond) as upstream, RunningGateway(upstream.url) as gateway:
        status, _, _ = gateway.ask("POST", f"/{path}", {"messages": MESSAGES, **body})
        (call,) = gateway.booked()
    assert status == 200
    assert (call.model, call.provider, call.source) == (model, path.partition("/")[0], "gateway")
    assert counts == (
        call.input_tokens,
        call.cache_read_tokens,
        call.cache_write_tokens,
        call.output_tokens,
        call.reasoning_tokens,
    )
    assert call.status_code == 200
    assert not call.is_estimated
    assert call.cost_pico
    assert call.duration_ms is not None


@pytest.mark.parametrize(
    ("path", "body", "model", "usd"),
    [
        ("tavily/search", {"query": "q"}, "search", "0.001"),
        ("serper/search", {"q": "q"}, "search", "0.002"),
        ("exa/search", {"query": "q"}, "search", "0.005"),
        ("metaphor/search", {"query": "q"}, "search", "0.003"),
        ("firecrawl/v2/scrape", {"url": "https://a.example"}, "extract", "0.006"),
        ("stability/v2beta/stable-image/generate/core", {}, "image", "0.04"),
    ],
)
def test_that_searches_pages_and_pictures_are_booked(
    path: str, body: dict[str, Any], model: str, usd: str
) -> None:
    with Upstream(respond) as upstream, RunningGateway(upstream.url) as gateway:
        gateway.ask("POST", f"/{path}", body)
        (call,) = gateway.booked()
    assert call.model == model
    assert call.cost_pico == round(float(usd) * 10**12)


def test_that_pictures_sound_and_read_pages_are_counted_by_the_piece() -> None:
    with Upstream(respond) as upstream, RunningGateway(upstream.url) as gateway:
        gateway.ask("POST", "/openai/v1/images/generations", {"model": "dall-e-3", "n": 2})
        gateway.ask("POST", "/openai/v1/audio/transcriptions", {"model": "gpt-4o-transcribe"})
        gateway.ask("POST", "/openai/v1/audio/speech", {"model": "tts-1", "input": "Hello"})
        gateway.ask("POST", "/mistral/v1/ocr", {"model": "mistral-ocr-latest"})
        images, heard, spoken, read = gateway.booked()
    assert {line.kind: line.quantity for line in images.lines} == {"image": 2}
    assert (heard.input_tokens, heard.output_tokens) == (PROMPT, OUTPUT)
    # What is known of neither tokens nor price is no cost of nothing.
    assert spoken.price_status == "unpriced"
    assert {line.kind: line.quantity for line in read.lines} == {"page": 4}


def test_that_a_form_s_model_is_found_around_its_file() -> None:
    form = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        + b"\x00" * 300_000
        + b'\r\n--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n--x--\r\n'
    )
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    with Upstream(respond) as upstream, RunningGateway(upstream.url) as gateway:
        gateway.ask("POST", "/openai/v1/audio/transcriptions", form, kind)
        (call,) = gateway.booked()
        assert upstream.heard[0].body == form
    assert call.model == "whisper-1"


def test_that_a_stream_without_counts_is_estimated() -> None:
    body = {"model": "gpt-4o-mini", "stream": True, "messages": MESSAGES}
    with Upstream(respond) as upstream, RunningGateway(upstream.url) as gateway:
        gateway.ask("POST", "/openai/v1/chat/completions", body)
        (call,) = gateway.booked()
    assert call.is_estimated
    assert 5 <= call.input_tokens <= 25
    assert 2 <= call.output_tokens <= 10


@pytest.mark.parametrize("status", [400, 401, 429, 500, 529])
def test_that_failed_calls_are_booked_and_cost_nothing(status: int) -> None:
    body = {"model": f"error-{status}", "messages": MESSAGES}
    with Upstream(respond) as upstream, RunningGateway(upstream.url) as gateway:
        answered, _, _ = gateway.ask("POST", "/anthropic/v1/messages", body)
        (call,) = gateway.booked()
    assert answered == call.status_code == status
    assert call.tokens == 0
    assert not call.is_estimated


def test_that_an_error_inside_a_stream_is_booked_as_one() -> None:
    begun = {"type": "message_start", "message": {"id": "msg_1", "usage": {"input_tokens": 9}}}
    failed = {"type": "error", "error": {"type": "overloaded_error", "message": "No"}}
    stream = [f"data: {json.dumps(each)}\n\n".encode() for each in (begun, failed)]
    answer = Answer(stream, headers=(("Content-Type", "text/event-stream"),))
    with (
        Upstream(lambda _, line: send_answer(line, answer)) as upstream,
        RunningGateway(upstream.url) as gateway,
    ):
        gateway.ask("POST", "/anthropic/v1/messages", {"model": "claude-sonnet-4-5"})
        (call,) = gateway.booked()
    assert (call.status_code, call.input_tokens, call.is_estimated) == (529, 9, True)


def test_that_what_costs_nothing_is_passed_and_not_booked() -> None:
    with Upstream(respond) as upstream, RunningGateway(upstream.url) as gateway:
        assert gateway.ask("GET", "/openai/v1/models")[0] == 200
        assert gateway.ask("GET", "/openai/v1/responses/resp_1")[0] == 200
        assert gateway.health()["uncounted"] == 2
        assert gateway.booked() == []


def test_that_cost_that_a_server_reports_is_taken_exactly() -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 2, "cost": 0.000123456789}
    answer = Answer(json.dumps({"id": "gen-1", "model": "m", "usage": usage}).encode())
    with (
        Upstream(lambda _, line: send_answer(line, answer)) as upstream,
        RunningGateway(upstream.url, own={"openrouter": f"{upstream.url}/api"}) as gateway,
    ):
        gateway.ask("POST", "/openrouter/v1/chat/completions", {"model": "m"})
        (call,) = gateway.booked()
        assert upstream.heard[0].target == "/api/v1/chat/completions"
    assert (call.cost_pico, call.price_status) == (123_456_789, "reported")
    assert (call.provider, call.model) == ("openrouter", "m")


def compressed(encoding: str, data: bytes) -> bytes:
    if encoding == "br":
        packed: bytes = brotli.compress(data)
        return packed
    if encoding == "zstd":
        return ZstdCompressor().compress(data, ZstdCompressor.FLUSH_FRAME)
    return gzip.compress(data) if encoding == "gzip" else zlib.compress(data)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("is_stream", [False, True])
def test_that_compressed_answers_pass_untouched_and_are_counted(
    encoding: str, *, is_stream: bool
) -> None:
    sent: list[bytes] = []

    def pack(heard: Heard, line: Line) -> None:
        answer = answer_of(heard)
        data = answer.body if isinstance(answer.body, bytes) else b"".join(answer.body)
        packed = compressed(encoding, data)
        sent.append(packed)
        pieces = [packed[at : at + 7] for at in range(0, len(packed), 7)]
        headers = (*answer.headers, ("Content-Encoding", encoding))
        send_answer(line, Answer(pieces, headers=headers))

    body = {"model": "claude-sonnet-4-5", "stream": is_stream}
    with Upstream(pack) as upstream, RunningGateway(upstream.url) as gateway:
        _, headers, received = gateway.ask("POST", "/anthropic/v1/messages", body)
        (call,) = gateway.booked()
    assert received == sent[0]
    assert dict(headers)["Content-Encoding"] == encoding
    assert (call.input_tokens, call.output_tokens, call.is_estimated) == (PROMPT, OUTPUT, False)


def test_that_a_call_is_marked_by_headers_and_by_its_address() -> None:
    tags = {"X-Project": "blog", "X-Agent": "writer", "X-Conversation": "c\xc2\x99 7"}
    body = {"model": "gpt-4o-mini"}
    with Upstream(respond) as upstream, RunningGateway(upstream.url) as gateway:
        gateway.ask("POST", "/openai/v1/chat/completions", body, tags)
        path = "/project/My%20Book/agent/editor/openai/v1/chat/completions"
        gateway.ask("POST", path, body, {"X-Project": "blog"})
        first, second = gateway.booked()
    assert (first.project, first.agent, first.conversation) == ("blog", "writer", "c 7")
    assert (second.project, second.agent, second.conversation) == ("My Book", "editor", "")


@pytest.mark.parametrize("answer_id", [None, "", "None", "null", 0, 17, "0", "x" * 300, "a\nb"])
def test_that_what_is_no_id_swallows_no_call(answer_id: object) -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 2}
    body = json.dumps({"id": answer_id, "model": "gpt-4o-mini", "usage": usage})
    answer = Answer(body.encode())
    with (
        Upstream(lambda _, line: send_answer(line, answer)) as upstream,
        RunningGateway(upstream.url) as gateway,
    ):
        for _ in range(3):
            gateway.ask("POST", "/openai/v1/chat/completions", {"model": "gpt-4o-mini"})
        calls = gateway.booked()
    assert [(call.tokens, call.is_estimated) for call in calls] == [(12, False)] * 3


def test_that_a_count_of_zero_is_a_count() -> None:
    usage = {"prompt_tokens": 0, "completion_tokens": 0}
    answer = Answer(json.dumps({"id": "c-1", "model": "gpt-4o-mini", "usage": usage}).encode())
    with (
        Upstream(lambda _, line: send_answer(line, answer)) as upstream,
        RunningGateway(upstream.url) as gateway,
    ):
        gateway.ask("POST", "/openai/v1/chat/completions", {"model": "gpt-4o-mini"})
        (call,) = gateway.booked()
    assert (call.tokens, call.is_estimated, call.cost_pico) == (0, False, 0)


def test_that_the_model_is_booked_by_the_name_that_was_asked_for() -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 1}
    names = iter(["gpt-4o-mini-2024-07-18", "another-model"])

    def reply(_heard: Heard, line: Line) -> None:
        body = json.dumps({"model": next(names), "usage": usage}).encode()
        send_answer(line, Answer(body))

    with Upstream(reply) as upstream, RunningGateway(upstream.url) as gateway:
        for _ in range(2):
            gateway.ask("POST", "/openai/v1/chat/completions", {"model": "gpt-4o-mini"})
        calls = gateway.booked()
    assert [call.model for call in calls] == ["gpt-4o-mini", "another-model"]
