"""What programs report, in JSON as OTLP writes it, and the same in protobuf."""

from __future__ import annotations

import base64
import json
from typing import Any

from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from alwrity_desktop.core.otlp.messages import JSON, LOGS, METRICS_PATH, PROTOBUF, TRACES
from tests.logs import START_MS

_FORMS: dict[str, Any] = {
    TRACES: ExportTraceServiceRequest,
    LOGS: ExportLogsServiceRequest,
    METRICS_PATH: ExportMetricsServiceRequest,
}
CHAT = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.model": "gpt-4o-2024-08-06",
    "gen_ai.response.id": "chatcmpl-0123456789",
    "gen_ai.usage.input_tokens": 1000,
    "gen_ai.usage.output_tokens": 50,
    "gen_ai.input.messages": "canary-text",
}


def ns(at_ms: int = START_MS) -> str:
    return str(at_ms * 1_000_000)


def pairs(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in values.items()]


def _value(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any attribute
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(each) for each in value]}}
    return {"stringValue": value}


def span(
    number: int = 1,
    attributes: dict[str, Any] | None = None,
    *,
    parent: int = 0,
    at_ms: int = START_MS,
    error: bool = False,
    **changes: Any,  # noqa: ANN401 - any attribute, "." written as "__"
) -> dict[str, Any]:
    known = (CHAT if attributes is None else attributes) | {
        name.replace("__", "."): value for name, value in changes.items()
    }
    return {
        "traceId": "0af7651916cd43dd8448eb211c80319c",
        "spanId": f"{number:016x}",
        "parentSpanId": f"{parent:016x}" if parent else "",
        "name": "chat gpt-4o",
        "startTimeUnixNano": ns(at_ms - 1500),
        "endTimeUnixNano": ns(at_ms),
        "attributes": pairs({key: value for key, value in known.items() if value is not None}),
        "status": {"code": 2 if error else 1},
    }


def _resource(service: str) -> dict[str, Any]:
    return {"attributes": pairs({"service.name": service, "service.instance.id": "one"})}


def traces(*spans: dict[str, Any], service: str = "blog") -> dict[str, Any]:
    scope = {"scopeSpans": [{"scope": {"name": "x"}, "spans": list(spans)}]}
    return {"resourceSpans": [{"resource": _resource(service), **scope}]}


def event(name: str, *, at_ms: int = START_MS, **attributes: Any) -> dict[str, Any]:  # noqa: ANN401 - any attribute
    plain = {key.replace("__", "."): value for key, value in attributes.items()}
    return {
        "timeUnixNano": ns(at_ms),
        "body": {"stringValue": name},
        "attributes": pairs(plain),
    }


def logs(*events: dict[str, Any], service: str = "claude-code") -> dict[str, Any]:
    scope = {"scopeLogs": [{"logRecords": list(events)}]}
    return {"resourceLogs": [{"resource": _resource(service), **scope}]}


def point(
    total: float, *, at_ms: int = START_MS, start_ms: int = START_MS - 60_000, **attributes: str
) -> dict[str, Any]:
    plain = {key.replace("__", "."): value for key, value in attributes.items()}
    return {
        "startTimeUnixNano": ns(start_ms),
        "timeUnixNano": ns(at_ms),
        "asDouble": total,
        "attributes": pairs(plain),
    }


def metrics(
    name: str, *points: dict[str, Any], temporality: int = 1, service: str = "blog"
) -> dict[str, Any]:
    total = {"dataPoints": list(points), "aggregationTemporality": temporality}
    scope = {"scopeMetrics": [{"metrics": [{"name": name, "sum": total}]}]}
    return {"resourceMetrics": [{"resource": _resource(service), **scope}]}


def body(path: str, message: dict[str, Any], content_type: str) -> bytes:
    """Return *message* as it is posted; ids are hex in JSON and bytes in protobuf."""
    if content_type == JSON:
        return json.dumps(message).encode()
    assert content_type == PROTOBUF
    filled = json_format.ParseDict(_with_bytes(message), _FORMS[path]())
    return bytes(filled.SerializeToString())


def _with_bytes(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return *value* with ids as Protobuf's own JSON wants them."""
    if isinstance(value, list):
        return [_with_bytes(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64encode(bytes.fromhex(inner)).decode()
        if key in {"traceId", "spanId", "parentSpanId"}
        else _with_bytes(inner)
        for key, inner in value.items()
    }
