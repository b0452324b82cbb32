"""Tokens out of metrics, for programs that report nothing better: sums of calls, not calls.

A program that sends traces or events tells each call itself, and its metrics would count all of
it again. So the points of one message wait for the next one of the same program: what has told
calls by then drops them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from alwrity_desktop.core.domain.identity import lone_identity
from alwrity_desktop.core.domain.usage import MAX_TOKENS_PER_CALL, Call
from alwrity_desktop.core.otlp.calls import (
    BAD_COUNT,
    BAD_MODEL,
    BAD_TIME,
    EARLIEST_MS,
    LATEST_AHEAD_MS,
    SOURCE,
)
from alwrity_desktop.core.otlp.conventions import METRICS, TOKEN_TYPES, Value, named, provider_named
from alwrity_desktop.core.otlp.messages import Point

ENDPOINT: Final = "metrics"

_NS_PER_MS: Final = 1_000_000
_MAX_SERIES: Final = 10_000
_MAX_WAITING: Final = 10_000

_Series = tuple[str, str, str, str, str, int]


class _Interval(NamedTuple):
    """Whose tokens, and of which time."""

    service: str
    instance: str
    provider: str
    model: str
    start_ns: int
    time_ns: int
    is_cache_inside: bool


class MetricCounter:
    """Turns points into calls, each the sum of what one program used of one model meanwhile."""

    def __init__(self, opened_ms: int = 0) -> None:
        """Begin at *opened_ms*: what running totals held before it may be counted already."""
        self._opened_ns = opened_ms * _NS_PER_MS
        self._totals: dict[_Series, float] = {}
        self._waiting: dict[str, list[Call]] = defaultdict(list)
        self._telling: set[str] = set()

    def tells_calls(self, services: Iterable[str]) -> None:
        """Remember that *services* tell their calls one by one: their metrics say it again."""
        for service in services:
            if len(self._telling) < _MAX_SERIES:
                self._telling.add(service)
            self._waiting.pop(service, None)

    def take(self, points: Iterable[Point], now_ms: int) -> tuple[list[Call], list[str]]:
        """Return the calls whose time has come, and why some points are none."""
        sums: dict[_Interval, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        refused = []
        services = set()
        for point in points:
            services.add(point.service)
            reason = self._add(sums, point, now_ms)
            if reason:
                refused.append(reason)
        ready = [call for service in services for call in self._waiting.pop(service, ())]
        for interval, kinds in sums.items():
            if interval.service not in self._telling and any(kinds.values()):
                self._wait(interval, kinds)
        return ready, refused

    def flush(self) -> list[Call]:
        """Return what still waits: nothing more will come."""
        waiting = [call for calls in self._waiting.values() for call in calls]
        self._waiting.clear()
        return waiting

    def _add(self, sums: dict[_Interval, dict[str, float]], point: Point, now_ms: int) -> str:
        metric = METRICS[point.metric]
        kind = metric.kind or TOKEN_TYPES.get(str(_type_of(point.attributes)), "")
        if not kind:
            return ""
        model = str(named(point.attributes, "model") or "")
        if not model:
            return BAD_MODEL
        at_ms = point.time_ns // _NS_PER_MS
        if not EARLIEST_MS <= at_ms <= now_ms + LATEST_AHEAD_MS:
            return BAD_TIME
        provider = provider_named(model, named(point.attributes, "provider"))
        tokens = self._growth(point, kind, model, provider)
        if not 0 <= tokens <= MAX_TOKENS_PER_CALL:
            return BAD_COUNT
        interval = _Interval(
            point.service,
            point.instance,
            provider,
            model,
            point.start_ns,
            point.time_ns,
            metric.is_cache_inside,
        )
        sums[interval][kind] += tokens
        return ""

    def _growth(self, point: Point, kind: str, model: str, provider: str) -> float:
        """Return what a point adds: its own total, or what a running total has grown by."""
        if not point.is_cumulative:
            return point.total
        series = (
            point.service,
            point.instance,
            f"{point.metric}/{provider}",
            kind,
            model,
            point.start_ns,
        )
        began_here = point.start_ns >= self._opened_ns
        before = self._totals.get(series, 0.0 if began_here else point.total)
        if len(self._totals) >= _MAX_SERIES and series not in self._totals:
            self._totals.clear()
        self._totals[series] = max(before, point.total)
        return max(0.0, point.total - before)

    def _wait(self, interval: _Interval, kinds: Mapping[str, float]) -> None:
        waiting = self._waiting[interval.service]
        if len(waiting) < _MAX_WAITING:
            waiting.append(_call(interval, kinds))


def _type_of(attributes: Mapping[str, Value]) -> Value | None:
    return attributes.get("gen_ai.token.type", attributes.get("type"))


def _call(interval: _Interval, kinds: Mapping[str, float]) -> Call:
    given, read, write, output = (
        round(kinds.get(name, 0)) for name in ("input", "cache_read", "cache_write", "output")
    )
    if interval.is_cache_inside and read + write <= given:
        given -= read + write
    key = "-".join(map(str, interval[:-1]))
    return Call(
        identity=lone_identity(SOURCE, f"metrics-{key}"),
        occurred_at_ms=interval.time_ns // _NS_PER_MS,
        source=SOURCE,
        provider=interval.provider,
        model=interval.model,
        input_tokens=given,
        cache_read_tokens=read,
        cache_write_5m_tokens=write,
        output_tokens=output,
        reasoning_tokens=min(round(kinds.get("reasoning", 0)), output),
        project=interval.service[:200],
        endpoint=ENDPOINT,
        # Several calls in one sum: their number is not known.
        is_estimated=True,
    )
