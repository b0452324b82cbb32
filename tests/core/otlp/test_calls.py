"""Spans and events as calls: each once, by old names and new, and nothing of what was written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.otlp import calls
from alwrity_desktop.core.otlp.calls import Told
from alwrity_desktop.core.otlp.messages import JSON, LOGS, PROTOBUF, TRACES, MessageError
from alwrity_desktop.core.otlp.receiver import calls_of
from tests.core.otlp.reports import CHAT, body, event, logs, span, traces
from tests.logs import NOW_MS, START_MS, figures

FORMS = (JSON, PROTOBUF)


def told(path: str, message: dict[str, Any], content_type: str = JSON) -> Told:
    return calls_of(path, body(path, message, content_type), content_type, NOW_MS)


def only(path: str, message: dict[str, Any]) -> Call:
    for content_type in FORMS:
        found = told(path, message, content_type)
        assert found.refused == []
        assert len(found.calls) == 1
    assert told(path, message, JSON) == told(path, message, PROTOBUF)
    return told(path, message).calls[0]


@pytest.mark.parametrize("content_type", FORMS)
def test_that_a_span_is_a_call(content_type: str) -> None:
    cached = {"gen_ai.usage.cache_read.input_tokens": 600, "gen_ai.conversation.id": "talk-1"}
    found = told(TRACES, traces(span(attributes=CHAT | cached)), content_type)
    assert found.calls == [
        Call(
            identity="otlp::0af7651916cd43dd8448eb211c80319c-0000000000000001",
            occurred_at_ms=START_MS,
            source="otlp",
            provider="openai",
            model="gpt-4o-2024-08-06",
            input_tokens=400,
            cache_read_tokens=600,
            output_tokens=50,
            duration_ms=1500,
            project="blog",
            conversation="talk-1",
            endpoint="chat",
            response_id="chatcmpl-0123456789",
        )
    ]
    assert found.services == {"blog"}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"gen_ai.usage.prompt_tokens": 9, "gen_ai.usage.completion_tokens": 2}, (9, 0, 0, 0, 2)),
        ({"llm.usage.prompt_tokens": 9, "llm.usage.completion_tokens": 2}, (9, 0, 0, 0, 2)),
        (
            {
                "llm.token_count.prompt": 9,
                "llm.token_count.completion": 2,
                "llm.token_count.prompt_details.cache_read": 4,
            },
            (5, 4, 0, 0, 2),
        ),
        ({"prompt_tokens": 9, "cache_read_input_tokens": 3}, (6, 3, 0, 0, 0)),
        ({"gen_ai.usage.input_tokens": "9", "gen_ai.usage.output_tokens": 2.0}, (9, 0, 0, 0, 2)),
        (
            {
                "gen_ai.usage.input_tokens": 9,
                "gen_ai.usage.cache_read_input_tokens": 90,
                "gen_ai.usage.cache_creation_input_tokens": 5,
            },
            (9, 90, 5, 0, 0),
        ),
    ],
)
def test_that_old_names_are_known(
    names: dict[str, Any], expected: tuple[int, int, int, int, int]
) -> None:
    attributes = {"gen_ai.request.model": "m", "gen_ai.system": "openai", **names}
    assert figures(only(TRACES, traces(span(attributes=attributes)))) == expected


@pytest.mark.parametrize(
    ("name", "provider"),
    [("gcp.vertex_ai", "gemini"), ("x_ai", "x-ai"), ("mistral_ai", "mistral"), ("own", "own")],
)
def test_that_providers_have_our_names(name: str, provider: str) -> None:
    attributes = {**CHAT, "gen_ai.response.model": "m", "gen_ai.provider.name": name}
    assert only(TRACES, traces(span(attributes=attributes))).provider == provider


def test_that_agents_chains_and_tools_repeat_no_call() -> None:
    repeated = [
        span(2, gen_ai__operation__name="invoke_agent"),
        span(3, gen_ai__operation__name="execute_tool"),
        span(4, {"openinference.span.kind": "CHAIN", "llm.token_count.prompt": 5}),
        span(5, {"traceloop.span.kind": "workflow", "gen_ai.usage.prompt_tokens": 5}),
        span(6, {"http.request.method": "POST"}),
    ]
    assert only(TRACES, traces(span(1, parent=2), *repeated)).identity.endswith("1")


def test_that_a_call_watched_by_two_libraries_counts_once() -> None:
    assert only(TRACES, traces(span(1), span(2, parent=1))).identity.endswith("2")


def test_that_a_response_id_that_repeats_swallows_no_call() -> None:
    found = told(TRACES, traces(*(span(number) for number in range(1, 101))))
    assert len({call.identity for call in found.calls}) == 100


def test_that_a_weak_response_id_is_none() -> None:
    assert only(TRACES, traces(span(gen_ai__response__id="None"))).response_id == ""


def test_that_without_trace_and_span_the_response_tells_calls_apart() -> None:
    bare = span() | {"traceId": "", "spanId": ""}
    assert only(TRACES, traces(bare)).identity == "otlp::chatcmpl-0123456789"
    nameless = span(gen_ai__response__id=None) | {"traceId": "0" * 32, "spanId": ""}
    other = nameless | {"endTimeUnixNano": f"{START_MS + 1}000000"}
    assert len({call.identity for call in told(TRACES, traces(nameless, other)).calls}) == 2


def test_that_a_failure_is_a_call_without_tokens() -> None:
    failed = span(
        error=True,
        gen_ai__usage__input_tokens=None,
        gen_ai__usage__output_tokens=None,
        error__type="429",
    )
    call = only(TRACES, traces(failed))
    assert (call.tokens, call.status_code) == (0, 429)
    named = span(error=True, error__type="RateLimitError")
    assert only(TRACES, traces(named)).status_code is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"gen_ai__usage__input_tokens": -1}, calls.BAD_COUNT),
        ({"gen_ai__usage__input_tokens": 10**9 + 1}, calls.BAD_COUNT),
        ({"gen_ai__usage__input_tokens": 1.5}, calls.BAD_COUNT),
        ({"gen_ai__usage__input_tokens": "many"}, calls.BAD_COUNT),
        ({"gen_ai__usage__input_tokens": True}, calls.BAD_COUNT),
        ({"gen_ai__usage__input_tokens": 10**9}, calls.BAD_COUNT),
        ({"gen_ai__response__model": None, "gen_ai__request__model": None}, calls.BAD_MODEL),
        (
            {"gen_ai__usage__input_tokens": None, "gen_ai__usage__output_tokens": None},
            calls.NO_USAGE,
        ),
        ({"at_ms": 1500}, calls.BAD_TIME),
        ({"at_ms": NOW_MS + 10**6}, calls.BAD_TIME),
    ],
)
def test_that_what_cannot_be_is_refused_and_the_rest_stays(
    changes: dict[str, Any], reason: str
) -> None:
    for content_type in FORMS:
        found = told(TRACES, traces(span(1, **changes), span(2)), content_type)
        assert (found.refused, len(found.calls)) == ([reason], 1)


def test_that_claude_codes_events_are_calls_with_their_cost() -> None:
    request = event(
        "claude_code.api_request",
        event__name="api_request",
        session__id="s-1",
        event__sequence=7,
        model="claude-sonnet-4-5",
        input_tokens="3",
        output_tokens=20,
        cache_read_tokens="700",
        cache_creation_tokens=50,
        cost_usd="0.0125",
        duration_ms="900",
        prompt="canary-text",
    )
    call = only(LOGS, logs(request))
    assert figures(call) == (3, 700, 50, 0, 20)
    assert (call.provider, call.conversation, call.duration_ms) == ("anthropic", "s-1", 900)
    assert call.reported_cost_pico == 12_500_000_000
    assert only(LOGS, logs(request)).identity == call.identity
    again = event("claude_code.api_request", model="m", input_tokens=1, cost_usd=0.0)
    assert only(LOGS, logs(again)).reported_cost_pico is None


def test_that_a_failed_request_is_a_call_with_its_status() -> None:
    call = only(LOGS, logs(event("claude_code.api_error", model="m", status_code=529)))
    assert (call.status_code, call.tokens) == (529, 0)


def test_that_gemini_and_codex_report_calls_in_their_own_words() -> None:
    gemini = event(
        "gemini_cli.api_response",
        model="gemini-2.5-pro",
        input_token_count=1000,
        output_token_count=50,
        cached_content_token_count=600,
        thoughts_token_count=30,
        tool_token_count=7,
    )
    assert figures(only(LOGS, logs(gemini))) == (407, 600, 0, 0, 80)
    codex = event(
        "codex.sse_event",
        model="gpt-5-codex",
        input_token_count="1000",
        output_token_count="50",
        cached_token_count="600",
        reasoning_token_count="20",
    )
    call = only(LOGS, logs(codex, event("codex.sse_event", event__kind="response.created")))
    assert (figures(call), call.reasoning_tokens) == ((400, 600, 0, 0, 50), 20)


def test_that_other_events_are_no_calls_and_bad_ones_are_named() -> None:
    bad = [
        event("claude_code.api_request", model="m"),
        event("claude_code.api_request", model="m", input_tokens="x"),
        event("claude_code.api_request", input_tokens=1),
        event("claude_code.api_request", model="m", input_tokens=1, cost_usd="free"),
        event("claude_code.api_request", model="m", input_tokens=1, at_ms=0),
    ]
    found = told(LOGS, logs(event("claude_code.user_prompt", prompt="canary"), *bad))
    assert found.calls == []
    assert found.refused == [
        calls.NO_USAGE,
        calls.BAD_COUNT,
        calls.BAD_MODEL,
        calls.BAD_COST,
        calls.BAD_TIME,
    ]


def test_that_nothing_that_was_written_is_kept() -> None:
    assert "canary" not in repr(told(TRACES, traces(span())))


@pytest.mark.parametrize("content_type", FORMS)
@pytest.mark.parametrize("path", [TRACES, LOGS])
@given(data=st.binary(max_size=60))
def test_that_any_bytes_are_a_message_or_are_not(path: str, content_type: str, data: bytes) -> None:
    try:
        found = calls_of(path, data, content_type, NOW_MS)
    except MessageError:
        return
    assert found.calls == []
