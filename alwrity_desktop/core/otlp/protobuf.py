"""Messages of OTLP in protobuf, by OpenTelemetry's own definition of them."""

from __future__ import annotations

from typing import Any, Final

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsPartialSuccess,
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsPartialSuccess,
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

_REQUESTS: Final[dict[str, Any]] = {
    "trace": ExportTraceServiceRequest,
    "metrics": ExportMetricsServiceRequest,
    "logs": ExportLogsServiceRequest,
}
_ANSWERS: Final[dict[str, tuple[Any, Any, str]]] = {
    "trace": (ExportTracePartialSuccess, ExportTraceServiceResponse, "rejected_spans"),
    "metrics": (
        ExportMetricsPartialSuccess,
        ExportMetricsServiceResponse,
        "rejected_data_points",
    ),
    "logs": (ExportLogsPartialSuccess, ExportLogsServiceResponse, "rejected_log_records"),
}


def parsed(body: bytes, kind: str) -> Any:  # noqa: ANN401 - generated classes of three kinds
    """Return the message in *body*. Raises ValueError for what is none."""
    try:
        return _REQUESTS[kind].FromString(body)
    except DecodeError:
        raise ValueError(kind) from None


def answer(kind: str, refused: int, words: str) -> bytes:
    """Return what the sender is told: nothing when all was taken."""
    if not refused:
        return b""
    part, whole, count = _ANSWERS[kind]
    message = whole(partial_success=part(**{count: refused, "error_message": words}))
    return bytes(message.SerializeToString())
