"""The endpoint: what senders are answered, what is too large, and metrics that repeat calls."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.otlp import receiver
from alwrity_desktop.core.otlp.calls import BAD_COUNT, BAD_MODEL, BAD_TIME
from alwrity_desktop.core.otlp.messages import JSON, LOGS, METRICS_PATH, PROTOBUF, TRACES
from alwrity_desktop.core.otlp.receiver import Receipt, Receiver, calls_of
from tests.core.otlp.reports import body, event, logs, metrics, point, span, traces
from tests.logs import NOW_MS, START_MS, figures

OPENED_MS = START_MS - 3_600_000
TOKENS = "gen_ai.client.token.usage"


def take(
    receiver_: Receiver, path: str, message: dict[str, Any], content_type: str = JSON
) -> Receipt:
    return receiver_.take(path, body(path, message, content_type), content_type, "", NOW_MS)


def usage(kind: str, total: float, **how: Any) -> dict[str, Any]:  # noqa: ANN401 - passed on
    names: dict[str, Any] = {"gen_ai__token__type": kind, "gen_ai__request__model": "gpt-4o"}
    return point(total, **names, **how)


def test_that_a_good_message_is_answered_with_nothing() -> None:
    for content_type, answer in ((f"{JSON}; charset=utf-8", b"{}"), (PROTOBUF, b"")):
        kind = content_type.partition(";")[0]
        text = body(TRACES, traces(span()), kind)
        receipt = Receiver(OPENED_MS).take(TRACES, text, content_type, "", NOW_MS)
        assert (receipt.status, receipt.content_type, receipt.body) == (200, kind, answer)
        assert len(receipt.calls) == 1


def test_that_what_was_refused_is_told() -> None:
    message = traces(span(1), span(2, gen_ai__usage__input_tokens=-1))
    partial = json.loads(take(Receiver(OPENED_MS), TRACES, message).body)["partialSuccess"]
    assert partial == {"rejectedSpans": "1", "errorMessage": f"{BAD_COUNT} (1)"}
    receipt = take(Receiver(OPENED_MS), TRACES, message, PROTOBUF)
    success = ExportTraceServiceResponse.FromString(receipt.body).partial_success
    assert (success.rejected_spans, receipt.refused) == (1, [BAD_COUNT])
    bad = logs(event("claude_code.api_request", model="m", input_tokens=-1))
    assert take(Receiver(OPENED_MS), LOGS, bad, PROTOBUF).body


@pytest.mark.parametrize(
    ("path", "content_type", "encoding", "text", "status"),
    [
        ("/v1/other", JSON, "", b"{}", 404),
        (TRACES, "text/plain", "", b"{}", 415),
        (TRACES, JSON, "br", b"{}", 415),
        (TRACES, JSON, "gzip", b"{}", 400),
        (TRACES, JSON, "gzip", gzip.compress(b"{}" * 99, mtime=0)[:-12], 400),
        (TRACES, JSON, "", b"{torn", 400),
        (TRACES, JSON, "", b"[" * 100_000, 400),
        (TRACES, PROTOBUF, "", b"\xff\xff\xff", 400),
        (METRICS_PATH, JSON, "", b'{"resourceMetrics": 3}', 400),
    ],
)
def test_that_what_cannot_be_taken_is_answered_with_what_is_wrong(
    path: str, content_type: str, encoding: str, text: bytes, status: int
) -> None:
    receipt = Receiver(OPENED_MS).take(path, text, content_type, encoding, NOW_MS)
    assert (receipt.status, receipt.calls) == (status, [])
    assert json.loads(receipt.body)["message"]


def test_that_packed_messages_are_unpacked_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress(body(TRACES, traces(span()), JSON))
    endpoint = Receiver(OPENED_MS)
    assert len(endpoint.take(TRACES, packed, JSON, "GZIP", NOW_MS).calls) == 1
    monkeypatch.setattr(receiver, "MAX_UNPACKED_BYTES", 1000)
    bomb = gzip.compress(b" " * 10**6)
    assert endpoint.take(TRACES, bomb, JSON, "gzip", NOW_MS).status == 413
    monkeypatch.setattr(receiver, "MAX_BODY_BYTES", 10)
    assert endpoint.take(TRACES, packed, JSON, "gzip", NOW_MS).status == 413


def test_that_points_of_one_interval_are_one_sum() -> None:
    message = metrics(TOKENS, usage("input", 1000), usage("output", 50), usage("input", 5))
    for content_type in (JSON, PROTOBUF):
        text = body(METRICS_PATH, message, content_type)
        (call,) = calls_of(METRICS_PATH, text, content_type, NOW_MS).calls
        assert (figures(call), call.provider) == ((1005, 0, 0, 0, 50), "openai")
        assert (call.is_estimated, call.endpoint) == (True, "metrics")


def test_that_new_counters_and_claude_codes_are_known() -> None:
    kinds = ("input_tokens", "output_tokens", "cache_read.input_tokens")
    endpoint = Receiver(OPENED_MS)
    names = [f"gen_ai.client.inference.usage.{kind}" for kind in kinds]
    parts = [metrics(name, point(100, gen_ai__request__model="m")) for name in names]
    merged = {"resourceMetrics": [each["resourceMetrics"][0] for each in parts]}
    take(endpoint, METRICS_PATH, merged)
    (call,) = endpoint.flush()
    assert figures(call) == (0, 100, 0, 0, 100)
    claude = metrics(
        "claude_code.token.usage",
        point(3, type="input", model="claude-x"),
        point(700, type="cacheRead", model="claude-x"),
        point(9, type="cacheCreation", model="claude-x"),
    )
    take(endpoint, METRICS_PATH, claude)
    assert figures(endpoint.flush()[0]) == (3, 700, 9, 0, 0)


def test_that_metrics_wait_for_the_next_message() -> None:
    endpoint = Receiver(OPENED_MS)
    assert take(endpoint, METRICS_PATH, metrics(TOKENS, usage("input", 10))).calls == []
    later = metrics(TOKENS, usage("input", 20, at_ms=START_MS + 60_000))
    assert [call.input_tokens for call in take(endpoint, METRICS_PATH, later).calls] == [10]
    assert [call.input_tokens for call in endpoint.flush()] == [20]
    assert endpoint.flush() == []


def test_that_a_program_that_tells_its_calls_is_not_counted_by_its_metrics() -> None:
    endpoint = Receiver(OPENED_MS)
    take(endpoint, METRICS_PATH, metrics(TOKENS, usage("input", 10)))
    take(endpoint, TRACES, traces(span()))
    take(endpoint, METRICS_PATH, metrics(TOKENS, usage("input", 20)))
    take(endpoint, METRICS_PATH, metrics(TOKENS, usage("input", 7), service="other"))
    assert [call.input_tokens for call in endpoint.flush()] == [7]


def running(endpoint: Receiver, *totals: float, start_ms: int = START_MS) -> list[Call]:
    for number, total in enumerate(totals, 1):
        told = usage("input", total, start_ms=start_ms, at_ms=START_MS + number * 60_000)
        take(endpoint, METRICS_PATH, metrics(TOKENS, told, temporality=2))
    return endpoint.flush()


def test_that_running_totals_count_their_growth() -> None:
    endpoint = Receiver(OPENED_MS)
    assert [call.input_tokens for call in running(endpoint, 10, 10, 30)] == [20]
    seen = Receiver(OPENED_MS)
    sums = [running(seen, 10), running(seen, 10, 25), running(seen, 5)]
    assert [[call.input_tokens for call in each] for each in sums] == [[10], [15], []]


def test_that_a_total_from_before_the_start_is_not_counted_again() -> None:
    calls = running(Receiver(START_MS + 1), 1000, 1010)
    assert [call.input_tokens for call in calls] == [10]


def test_that_a_message_sent_twice_is_the_same_call() -> None:
    first, again = Receiver(OPENED_MS), Receiver(OPENED_MS)
    message = metrics(TOKENS, usage("input", 10))
    take(first, METRICS_PATH, message)
    take(again, METRICS_PATH, message)
    assert first.flush() == again.flush()


def test_that_points_that_cannot_be_are_named() -> None:
    message = metrics(
        TOKENS,
        point(5, gen_ai__token__type="input"),
        usage("input", -5),
        usage("input", 1e12),
        usage("input", 5, at_ms=1000),
        usage("audio", 5),
    )
    refused = take(Receiver(OPENED_MS), METRICS_PATH, message).refused
    assert refused == [BAD_MODEL, BAD_COUNT, BAD_COUNT, BAD_TIME]
