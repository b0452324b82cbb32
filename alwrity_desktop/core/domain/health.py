"""Health of the sources and of the providers, told from what was read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from alwrity_desktop.core.domain.providers import label_of

MIN_CALLS_FOR_RATE: Final = 20
"""Fewer calls say nothing about an error rate."""
WARNING_ERROR_PERCENT: Final = 5.0
FAILED_ERROR_PERCENT: Final = 25.0
SLOW_FACTOR: Final = 2
"""A p95 this many times its norm is a warning."""
MIN_SLOW_MS: Final = 1000
"""Nobody waits for a p95 under a second, whatever its norm is."""
WARNING_REJECTED_PERCENT: Final = 1.0
"""Log readers meet a torn line now and then; more than this is a change of format."""
FAILED_REJECTED_PERCENT: Final = 50.0
STALE_DAYS: Final = 7
STANDARD_INPUT: Final = "standard input"
"""Where lines come from that stand in no file."""

_MS_PER_DAY: Final = 86_400_000

_NOUNS: Final = {"table": "row"}
_UNITS: Final = {"table": "row", "record": "line"}
"""By what people find a place, by source; in logs by the byte."""


class HealthStatus(StrEnum):
    """How something stands; NO_DATA is neither well nor ill."""

    HEALTHY = "healthy"
    WARNING = "warning"
    FAILED = "failed"
    NO_DATA = "no_data"


class Rejection(msgspec.Struct, frozen=True):
    """Lines of one source that were refused for one reason."""

    source: str
    #: A sentence without the line's text: "Token count is not a whole number".
    reason: str
    lines: int
    #: Where the newest such line is: its byte offset in a log, its number in a table or pipe.
    example_path: str
    example_offset: int

    @property
    def noun(self) -> str:
        """What was refused: "line", "row"."""
        return noun_of(self.source)

    @property
    def place(self) -> str:
        """Where in its file the newest is: "byte 1,204", "row 17"; "" for all of the file."""
        unit = _UNITS.get(self.source)
        if unit is not None and not self.example_offset:
            return ""
        return f"{unit or 'byte'} {self.example_offset:,}"


class SourceHealth(msgspec.Struct, frozen=True):
    """One source: when it was last read, what it brought, what it refused."""

    source: str
    title: str
    status: HealthStatus
    #: One sentence that gives the reason.
    reason: str
    files: int
    calls: int
    rejected_lines: int
    last_read_ms: int | None
    #: The newest call that the source brought.
    newest_call_ms: int | None
    rejections: tuple[Rejection, ...] = ()


class ProviderHealth(msgspec.Struct, frozen=True):
    """One provider over the last 24 hours."""

    provider: str
    status: HealthStatus
    reason: str
    calls: int
    p50_duration_ms: int | None
    p95_duration_ms: int | None
    error_rate_percent: float | None
    #: Mean duration in milliseconds of each of the last 24 hours, None where nothing ran.
    hourly_duration_ms: tuple[int | None, ...] = ()


class Health(msgspec.Struct, frozen=True):
    """The health of everything that brings figures."""

    status: HealthStatus
    #: One sentence for the pill and the dock's first line.
    reason: str
    sources: tuple[SourceHealth, ...] = ()
    providers: tuple[ProviderHealth, ...] = ()


class SourceCounts(msgspec.Struct, frozen=True):
    """What is known of one source, before it is judged."""

    source: str
    title: str
    files: int
    calls: int
    rejected_lines: int
    last_read_ms: int | None
    newest_call_ms: int | None
    rejections: tuple[Rejection, ...] = ()
    #: Why it could not be read the last time, one sentence; None when it could.
    problem: str | None = None


class ProviderCounts(msgspec.Struct, frozen=True):
    """What one provider answered in the last 24 hours, before it is judged."""

    provider: str
    calls: int
    errors: int
    #: Calls whose status is known.
    status_calls: int
    p50_duration_ms: int | None
    p95_duration_ms: int | None
    hourly_duration_ms: tuple[int | None, ...] = ()
    #: The p95 of the last 30 days; None where there is too little to tell.
    usual_p95_duration_ms: int | None = None


def noun_of(source: str) -> str:
    """Return what the lines of *source* are: "line", "row"."""
    return _NOUNS.get(source, "line")


def source_health(counts: SourceCounts, now_ms: int) -> SourceHealth:
    """Return how a source stands at *now_ms*, with the reason."""
    status, reason = _judge_source(counts, now_ms)
    return SourceHealth(
        source=counts.source,
        title=counts.title,
        status=status,
        reason=reason,
        files=counts.files,
        calls=counts.calls,
        rejected_lines=counts.rejected_lines,
        last_read_ms=counts.last_read_ms,
        newest_call_ms=counts.newest_call_ms,
        rejections=counts.rejections,
    )


def provider_health(counts: ProviderCounts) -> ProviderHealth:
    """Return how a provider stands, with the reason."""
    rate = None
    if counts.status_calls:
        rate = round(counts.errors * 100 / counts.status_calls, 2)
    status, reason = _judge_provider(counts, rate)
    return ProviderHealth(
        provider=counts.provider,
        status=status,
        reason=reason,
        calls=counts.calls,
        p50_duration_ms=counts.p50_duration_ms,
        p95_duration_ms=counts.p95_duration_ms,
        error_rate_percent=rate,
        hourly_duration_ms=counts.hourly_duration_ms,
    )


def overall_health(sources: Sequence[SourceHealth], providers: Sequence[ProviderHealth]) -> Health:
    """Return the health of everything: as the worst part of it, sources first."""
    parts = [(part.status, part.reason) for part in sources]
    parts += [(part.status, part.reason) for part in providers]
    for status in (HealthStatus.FAILED, HealthStatus.WARNING):
        reasons = [reason for found, reason in parts if found == status]
        if reasons:
            return Health(status, reasons[0], tuple(sources), tuple(providers))
    if any(status == HealthStatus.HEALTHY for status, _ in parts):
        refused = sum(source.rejected_lines for source in sources)
        reason = "Everything that was read is in order."
        if refused:
            reason = f"{refused:,} {'line' if refused == 1 else 'lines'} refused, all else is fine."
        return Health(HealthStatus.HEALTHY, reason, tuple(sources), tuple(providers))
    return Health(HealthStatus.NO_DATA, "Nothing was read yet.", tuple(sources), tuple(providers))


def _judge_source(counts: SourceCounts, now_ms: int) -> tuple[HealthStatus, str]:
    title = counts.title
    if counts.problem is not None:
        return HealthStatus.FAILED, f"{title}: {counts.problem}"
    if counts.last_read_ms is None:
        return HealthStatus.NO_DATA, f"{title}: not read yet."
    refused = _judge_refusals(counts)
    if refused is not None:
        noun = noun_of(counts.source)
        return refused, f"{title}: {counts.rejected_lines:,} of its {noun}s could not be read."
    days = (now_ms - counts.last_read_ms) // _MS_PER_DAY
    if days >= STALE_DAYS:
        return HealthStatus.WARNING, f"{title}: last read {days} days ago."
    if not counts.calls:
        return HealthStatus.NO_DATA, f"{title}: no calls in its logs."
    return HealthStatus.HEALTHY, f"{title}: {counts.calls:,} calls read."


def _judge_refusals(counts: SourceCounts) -> HealthStatus | None:
    percent = counts.rejected_lines * 100 / max(1, counts.rejected_lines + counts.calls)
    if percent >= FAILED_REJECTED_PERCENT and counts.rejected_lines >= MIN_CALLS_FOR_RATE:
        return HealthStatus.FAILED
    return HealthStatus.WARNING if percent >= WARNING_REJECTED_PERCENT else None


def _judge_provider(counts: ProviderCounts, rate: float | None) -> tuple[HealthStatus, str]:
    label = label_of(counts.provider)
    if not counts.calls:
        return HealthStatus.NO_DATA, f"{label}: no calls in 24 hours."
    figures = _figures(counts, rate)
    said = f"{label}: {', '.join(figures)}" if figures else f"{label}: {counts.calls:,} calls."
    if rate is not None and counts.status_calls >= MIN_CALLS_FOR_RATE:
        if rate >= FAILED_ERROR_PERCENT:
            return HealthStatus.FAILED, said
        if rate >= WARNING_ERROR_PERCENT:
            return HealthStatus.WARNING, said
    usual, p95 = counts.usual_p95_duration_ms, counts.p95_duration_ms
    is_enough = counts.calls >= MIN_CALLS_FOR_RATE and p95 is not None and p95 >= MIN_SLOW_MS
    if is_enough and usual and p95 is not None and p95 >= SLOW_FACTOR * usual:
        return HealthStatus.WARNING, f"{said}, usually {_seconds(usual)}"
    if rate is None and p95 is None:
        return HealthStatus.NO_DATA, f"{label}: neither status nor duration is known."
    return HealthStatus.HEALTHY, said


def _figures(counts: ProviderCounts, rate: float | None) -> Iterable[str]:
    figures = [] if rate is None else [f"{rate:.1f}% errors"]
    if counts.p95_duration_ms is not None:
        figures.append(f"p95 {_seconds(counts.p95_duration_ms)}")
    return figures


def _seconds(duration_ms: int) -> str:
    return f"{duration_ms / 1000:.1f} s"
