"""OpenTelemetry by the gateway: off by default, guarded as the rest, each span once."""

from __future__ import annotations

import json

import pytest

from tests.core.gateway.harness import RunningGateway
from tests.servers.upstreams.providers import respond
from tests.servers.upstreams.wire import Upstream


def span(number: int, padding: str = "") -> dict[str, object]:
    attributes = {
        "gen_ai.operation.name": {"stringValue": "chat"},
        "gen_ai.provider.name": {"stringValue": "openai"},
        "gen_ai.request.model": {"stringValue": "gpt-4o-mini"},
        "gen_ai.usage.input_tokens": {"intValue": "100"},
        "gen_ai.usage.output_tokens": {"intValue": "20"},
        "padding": {"stringValue": padding},
    }
    return {
        "traceId": f"{number:032x}",
        "spanId": f"{number:016x}",
        "name": "chat gpt-4o-mini",
        "kind": 3,
        "startTimeUnixNano": "1795000000000000000",
        "endTimeUnixNano": "1795000001000000000",
        "attributes": [{"key": key, "value": value} for key, value in attributes.items()],
    }


def message(*spans: dict[str, object]) -> bytes:
    scopes = [{"scope": {"name": "test"}, "spans": list(spans)}]
    return json.dumps({"resourceSpans": [{"resource": {}, "scopeSpans": scopes}]}).encode()


def test_that_it_is_off_by_default() -> None:
    with Upstream(respond) as upstream, RunningGateway(upstream.url) as gateway:
        assert gateway.ask("POST", "/v1/traces", message(span(1)))[0] == 404
        assert gateway.booked() == []


@pytest.mark.parametrize("padding", ["", "x" * 400_000])
def test_that_each_span_is_one_call_however_often_it_is_told(padding: str) -> None:
    with (
        Upstream(respond) as upstream,
        RunningGateway(upstream.url, receives_otlp=True) as gateway,
    ):
        told = message(span(1, padding), span(2, padding))
        for _ in range(3):
            status, _, body = gateway.ask("POST", "/v1/traces", told)
            assert (status, json.loads(body)) == (200, {})
        gateway.wait_until(lambda state: not state["spooled"])
        gateway.ask("POST", "/v1/traces", told)
        calls = gateway.booked()
    assert [(call.source, call.input_tokens, call.output_tokens) for call in calls] == [
        ("otlp", 100, 20)
    ] * 2


def test_that_web_pages_and_odd_messages_are_refused() -> None:
    with (
        Upstream(respond) as upstream,
        RunningGateway(upstream.url, receives_otlp=True) as gateway,
    ):
        told = message(span(1))
        assert gateway.ask("POST", "/v1/traces", told, {"Origin": "https://a.example"})[0] == 403
        assert gateway.ask("GET", "/v1/traces")[0] == 405
        assert gateway.ask("POST", "/v1/traces", b"{")[0] == 400
        assert gateway.ask("POST", "/v1/traces", told, {"Content-Type": "text/plain"})[0] == 415
        assert gateway.ask("POST", "/v1/traces", b" " * (17 << 20))[0] == 413
        assert gateway.booked() == []
