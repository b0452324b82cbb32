"""A stream that counts nothing: untouched by default, and counted exactly where that is allowed."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.gateway.usage_asking import UsageKeeper, asking
from tests.core.gateway.harness import RunningGateway
from tests.servers.upstreams.providers import CACHED, OPENAI_USAGE, OUTPUT, PROMPT, respond
from tests.servers.upstreams.wire import Upstream

CHAT = "/openai/v1/chat/completions"
BODY = b' {"model": "gpt-4o-mini", "stream": true, "messages": [{"content": "hi"}]}'


def test_that_nothing_is_asked_by_default() -> None:
    with Upstream(respond) as upstream, RunningGateway(upstream.url) as gateway:
        gateway.ask("POST", CHAT, BODY)
        (call,) = gateway.booked()
        assert upstream.heard[0].body == BODY
    assert call.is_estimated


def test_that_what_was_asked_for_is_counted_and_kept_from_the_client() -> None:
    with Upstream(respond) as upstream, RunningGateway(upstream.url, asks_usage=True) as gateway:
        status, _, received = gateway.ask("POST", CHAT, BODY)
        (call,) = gateway.booked()
        asked = json.loads(upstream.heard[0].body)
    assert status == 200
    assert asked.pop("stream_options") == {"include_usage": True}
    assert asked == json.loads(BODY)
    assert (call.input_tokens, call.cache_read_tokens) == (PROMPT - CACHED, CACHED)
    assert (call.output_tokens, call.is_estimated) == (OUTPUT, False)
    assert b"prompt_tokens" not in received
    assert received.endswith(b"data: [DONE]\n\n")
    assert received.count(b'"delta"') == 5


def test_that_a_program_that_has_chosen_is_not_asked_again() -> None:
    for choice in ({"include_usage": True}, {"include_usage": False}, {}):
        body = json.dumps({**json.loads(BODY), "stream_options": choice}).encode()
        with (
            Upstream(respond) as upstream,
            RunningGateway(upstream.url, asks_usage=True) as gateway,
        ):
            gateway.ask("POST", CHAT, body)
            assert upstream.heard[0].body == body
            gateway.stop()


def test_that_other_servers_are_not_asked() -> None:
    with (
        Upstream(respond) as upstream,
        RunningGateway(
            upstream.url, asks_usage=True, own={"groq": f"{upstream.url}/groq"}
        ) as gateway,
    ):
        gateway.ask("POST", "/groq/v1/chat/completions", BODY)
        assert upstream.heard[0].body == BODY


@given(st.lists(st.integers(1, 400), max_size=20))
def test_that_chunks_may_end_anywhere(cuts: list[int]) -> None:
    kept = [
        b'data: {"choices":[{"delta":{"content":"\\"usage\\""}}],"usage":null}\n\n',
        b": a comment\n\n",
        b"data: [DONE]\n\n",
        b"data: no end",
    ]
    extra = b"data: " + json.dumps({"choices": [], "usage": OPENAI_USAGE}).encode() + b"\n\n"
    stream = kept[0] + kept[1] + extra + kept[2] + kept[3]
    keeper = UsageKeeper()
    received = b""
    for cut in cuts:
        received += keeper.feed(stream[:cut])
        stream = stream[cut:]
    received += keeper.feed(stream) + keeper.end()
    assert received == b"".join(kept)


def test_that_the_wish_is_the_first_field() -> None:
    assert json.loads(asking(b'\n{"a":1}', b'"b":2')) == {"b": 2, "a": 1}
