"""Messages of OTLP over HTTP, in JSON and in protobuf, as the few values that matter of them.

Only wanted attributes are taken out of a message: prompts, answers and whatever else programs
report is never held beyond it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

import msgspec

from alwrity_desktop.core.otlp.conventions import METRICS, WANTED, Value

TRACES: Final = "/v1/traces"
METRICS_PATH: Final = "/v1/metrics"
LOGS: Final = "/v1/logs"
PATHS: Final = (TRACES, METRICS_PATH, LOGS)

JSON: Final = "application/json"
PROTOBUF: Final = "application/x-protobuf"

_ERROR: Final = 2
_CUMULATIVE: Final = 2
_MAX_VALUE: Final = 512
_MAX_ATTRIBUTES: Final = 1000
_DIGITS: Final = 21

Attributes = dict[str, Value]


class MessageError(Exception):
    """A body that is no message of this kind; the text says which, and nothing of it."""


class Span(NamedTuple):
    """One span."""

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    start_ns: int
    end_ns: int
    is_error: bool
    attributes: Attributes


class Event(NamedTuple):
    """One record of a log."""

    service: str
    name: str
    time_ns: int
    attributes: Attributes


class Point(NamedTuple):
    """One point of a metric that counts tokens."""

    service: str
    instance: str
    metric: str
    start_ns: int
    time_ns: int
    total: float
    is_cumulative: bool
    attributes: Attributes


class _Any(msgspec.Struct, rename="camel"):
    string_value: str | None = None
    int_value: int | str | None = None
    double_value: float | str | None = None
    bool_value: bool | None = None


class _Pair(msgspec.Struct):
    key: str = ""
    value: _Any | None = None


class _Resource(msgspec.Struct):
    attributes: list[_Pair] = []


class _Status(msgspec.Struct):
    code: int | str = 0


class _Span(msgspec.Struct, rename="camel"):
    name: str = ""
    trace_id: str = ""
    span_id: str = ""
    parent_span_id: str = ""
    start_time_unix_nano: int | str = 0
    end_time_unix_nano: int | str = 0
    attributes: list[_Pair] = []
    status: _Status = msgspec.field(default_factory=_Status)


class _ScopeSpans(msgspec.Struct):
    spans: list[_Span] = []


class _ResourceSpans(msgspec.Struct, rename="camel"):
    resource: _Resource = msgspec.field(default_factory=_Resource)
    scope_spans: list[_ScopeSpans] = []


class _Traces(msgspec.Struct, rename="camel"):
    resource_spans: list[_ResourceSpans] = []


class _Log(msgspec.Struct, rename="camel"):
    time_unix_nano: int | str = 0
    observed_time_unix_nano: int | str = 0
    event_name: str = ""
    body: _Any | None = None
    attributes: list[_Pair] = []


class _ScopeLogs(msgspec.Struct, rename="camel"):
    log_records: list[_Log] = []


class _ResourceLogs(msgspec.Struct, rename="camel"):
    resource: _Resource = msgspec.field(default_factory=_Resource)
    scope_logs: list[_ScopeLogs] = []


class _Logs(msgspec.Struct, rename="camel"):
    resource_logs: list[_ResourceLogs] = []


class _Point(msgspec.Struct, rename="camel"):
    start_time_unix_nano: int | str = 0
    time_unix_nano: int | str = 0
    as_int: int | str | None = None
    as_double: float | None = None
    sum: float | None = None
    attributes: list[_Pair] = []


class _Points(msgspec.Struct, rename="camel"):
    data_points: list[_Point] = []
    aggregation_temporality: int | str = 0


class _Metric(msgspec.Struct):
    name: str = ""
    sum: _Points | None = None
    histogram: _Points | None = None


class _ScopeMetrics(msgspec.Struct):
    metrics: list[_Metric] = []


class _ResourceMetrics(msgspec.Struct, rename="camel"):
    resource: _Resource = msgspec.field(default_factory=_Resource)
    scope_metrics: list[_ScopeMetrics] = []


class _Metrics(msgspec.Struct, rename="camel"):
    resource_metrics: list[_ResourceMetrics] = []


def spans_of(body: bytes, content_type: str) -> Iterator[Span]:
    """Yield the spans of a body. Raises MessageError for one that is none."""
    message = _message(body, content_type, _Traces, "trace")
    for resource in message.resource_spans:
        service, _ = _service(resource.resource)
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield Span(
                    service,
                    span.name[:_MAX_VALUE],
                    _id(span.trace_id),
                    _id(span.span_id),
                    _id(span.parent_span_id),
                    _whole(span.start_time_unix_nano),
                    _whole(span.end_time_unix_nano),
                    span.status.code in {_ERROR, "STATUS_CODE_ERROR"},
                    _attributes(span.attributes),
                )


def events_of(body: bytes, content_type: str) -> Iterator[Event]:
    """Yield the log records of a body. Raises MessageError for one that is none."""
    message = _message(body, content_type, _Logs, "logs")
    for resource in message.resource_logs:
        service, _ = _service(resource.resource)
        for scope in resource.scope_logs:
            for log in scope.log_records:
                attributes = _attributes(log.attributes)
                name = log.event_name or str(attributes.get("event.name") or _text(log.body))
                time_ns = _whole(log.time_unix_nano) or _whole(log.observed_time_unix_nano)
                yield Event(service, name[:_MAX_VALUE], time_ns, attributes)


def points_of(body: bytes, content_type: str) -> Iterator[Point]:
    """Yield the points of metrics that count tokens. Raises MessageError for another body."""
    message = _message(body, content_type, _Metrics, "metrics")
    for resource in message.resource_metrics:
        service, instance = _service(resource.resource)
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                if metric.name in METRICS:
                    yield from _points(service, instance, metric)


def _points(service: str, instance: str, metric: Any) -> Iterator[Point]:  # noqa: ANN401 - of either form
    for points in filter(None, (metric.sum, metric.histogram)):
        temporality = points.aggregation_temporality
        is_cumulative = temporality in {_CUMULATIVE, "AGGREGATION_TEMPORALITY_CUMULATIVE"}
        for point in points.data_points:
            yield Point(
                service,
                instance,
                metric.name,
                _whole(point.start_time_unix_nano),
                _whole(point.time_unix_nano),
                _total(point),
                is_cumulative,
                _attributes(point.attributes),
            )


def _total(point: Any) -> float:  # noqa: ANN401 - of either form
    for name in ("as_int", "as_double", "sum"):
        value = getattr(point, name, None)
        if value:
            return float(_whole(value)) if name == "as_int" else float(value)
    return 0.0


def _message(body: bytes, content_type: str, form: type[Any], kind: str) -> Any:  # noqa: ANN401 - of either form
    try:
        if content_type == PROTOBUF:
            from alwrity_desktop.core.otlp import protobuf  # noqa: PLC0415 - takes long to load

            return protobuf.parsed(body, kind)
        return msgspec.json.decode(body, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        message = f"The body is no {kind} message of OTLP."
        raise MessageError(message) from None


def _attributes(pairs: Iterable[Any]) -> Attributes:
    """Return the wanted attributes, those with one plain value."""
    found: Attributes = {}
    for count, pair in enumerate(pairs):
        if count >= _MAX_ATTRIBUTES:
            break
        if pair.key in WANTED and (value := _value(pair.value)) is not None:
            found[pair.key] = value
    return found


def _value(value: Any) -> Value | None:  # noqa: ANN401 - of either form
    if value is None:
        return None
    if isinstance(value, _Any):
        known = (value.string_value, value.int_value, value.double_value, value.bool_value)
        plain = next((each for each in known if each is not None), None)
    else:
        name = value.WhichOneof("value")
        plain = getattr(value, name) if name in {*_PLAIN} else None
    return plain[:_MAX_VALUE] if isinstance(plain, str) else plain


_PLAIN: Final = ("string_value", "int_value", "double_value", "bool_value")


def _text(value: Any) -> str:  # noqa: ANN401 - of either form
    """Return the body of a log where it is a short word, as the name of an event is."""
    plain = _value(value)
    return plain if isinstance(plain, str) and len(plain) < _MAX_VALUE and " " not in plain else ""


def _service(resource: Any) -> tuple[str, str]:  # noqa: ANN401 - of either form
    attributes = _attributes(resource.attributes)
    return str(attributes.get("service.name", "")), str(attributes.get("service.instance.id", ""))


def _id(value: str | bytes) -> str:
    text = value.hex() if isinstance(value, bytes) else value.lower()
    return "" if not text.strip("0") else text[:64]


def _whole(value: float | str) -> int:
    """Return a whole number, which JSON may write as text; 0 for what is none."""
    if isinstance(value, str) and not (
        value.isascii() and value.isdigit() and len(value) < _DIGITS
    ):
        return 0
    return int(value)
