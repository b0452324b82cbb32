"""Takes what is posted to an OTLP endpoint, and says what the sender is to be answered."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.otlp.calls import Told, calls_of_events, calls_of_spans
from alwrity_desktop.core.otlp.messages import (
    JSON,
    LOGS,
    METRICS_PATH,
    PATHS,
    PROTOBUF,
    TRACES,
    MessageError,
    events_of,
    points_of,
    spans_of,
)
from alwrity_desktop.core.otlp.metrics import MetricCounter

__all__ = ["PATHS", "Receipt", "Receiver", "calls_of"]

MAX_BODY_BYTES: Final = 16 * 1024 * 1024
MAX_UNPACKED_BYTES: Final = 64 * 1024 * 1024

_OK: Final = 200
_BAD_REQUEST: Final = 400
_NOT_FOUND: Final = 404
_TOO_LARGE: Final = 413
_UNSUPPORTED: Final = 415
_GZIP: Final = 31
_KINDS: Final = {
    TRACES: ("trace", "rejectedSpans"),
    METRICS_PATH: ("metrics", "rejectedDataPoints"),
    LOGS: ("logs", "rejectedLogRecords"),
}


class Receipt(NamedTuple):
    """What came of one message, and what its sender is answered."""

    calls: list[Call]
    #: Why some of what it reported was refused.
    refused: list[str]
    status: int
    content_type: str
    body: bytes


class _RejectedError(Exception):
    """A message that is not taken at all."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


def calls_of(path: str, body: bytes, content_type: str, now_ms: int) -> Told:
    """Return the calls in the body that was posted to *path*; those of metrics are sums.

    Raises MessageError for a body that is no message of that kind.
    """
    if path == TRACES:
        return calls_of_spans(spans_of(body, content_type), now_ms)
    if path == LOGS:
        return calls_of_events(events_of(body, content_type), now_ms)
    counter = MetricCounter()
    _, refused = counter.take(points_of(body, content_type), now_ms)
    return Told(counter.flush(), refused)


class Receiver:
    """One endpoint, for as long as it is open. Not for several threads at once."""

    def __init__(self, opened_ms: int) -> None:
        self._metrics = MetricCounter(opened_ms)

    def take(
        self, path: str, body: bytes, content_type: str, encoding: str, now_ms: int
    ) -> Receipt:
        """Take what was posted to *path*, with the headers' type and encoding.

        Never raises: a body that cannot be read is answered with what is wrong.
        """
        kind = content_type.partition(";")[0].strip().lower()
        try:
            _check(path, kind, body)
            told = self._told(path, _unpacked(body, encoding.strip().lower()), kind, now_ms)
        except MessageError as error:
            return Receipt([], [str(error)], _BAD_REQUEST, JSON, _words(str(error)))
        except _RejectedError as error:
            return Receipt([], [str(error)], error.status, JSON, _words(str(error)))
        return Receipt(told.calls, told.refused, _OK, kind, _answer(path, kind, told.refused))

    def flush(self) -> list[Call]:
        """Return what was held back: the endpoint closes."""
        return self._metrics.flush()

    def _told(self, path: str, body: bytes, kind: str, now_ms: int) -> Told:
        if path == METRICS_PATH:
            return Told(*self._metrics.take(points_of(body, kind), now_ms))
        told = calls_of(path, body, kind, now_ms)
        self._metrics.tells_calls(told.services)
        return told


def _check(path: str, kind: str, body: bytes) -> None:
    if path not in PATHS:
        raise _RejectedError(_NOT_FOUND, f"There are only {', '.join(PATHS)}.")
    if kind not in {JSON, PROTOBUF}:
        raise _RejectedError(_UNSUPPORTED, f"Send {JSON} or {PROTOBUF}.")
    if len(body) > MAX_BODY_BYTES:
        raise _RejectedError(_TOO_LARGE, "The message is larger than 16 MB.")


def _unpacked(body: bytes, encoding: str) -> bytes:
    if encoding in {"", "identity"}:
        return body
    if encoding != "gzip":
        raise _RejectedError(_UNSUPPORTED, "Send the message as it is, or packed by gzip.")
    unpacker = zlib.decompressobj(_GZIP)
    try:
        text = unpacker.decompress(body, MAX_UNPACKED_BYTES)
    except zlib.error:
        raise _RejectedError(_BAD_REQUEST, "The message is not packed by gzip.") from None
    if unpacker.unconsumed_tail:
        raise _RejectedError(_TOO_LARGE, "The message is larger than 64 MB.")
    if not unpacker.eof:
        raise _RejectedError(_BAD_REQUEST, "The message is cut off.")
    return text


def _answer(path: str, kind: str, refused: list[str]) -> bytes:
    name, count = _KINDS[path]
    words = "; ".join(_counted(refused))
    if kind == PROTOBUF:
        from alwrity_desktop.core.otlp import protobuf  # noqa: PLC0415 - takes long to load

        return protobuf.answer(name, len(refused), words)
    partial = {"partialSuccess": {count: str(len(refused)), "errorMessage": words}}
    return json.dumps(partial if refused else {}).encode()


def _counted(refused: list[str]) -> Iterator[str]:
    for reason, number in Counter(refused).most_common():
        yield f"{reason} ({number})"


def _words(text: str) -> bytes:
    return json.dumps({"message": text}).encode()
