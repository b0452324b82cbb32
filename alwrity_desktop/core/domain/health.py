"""Health of the sources and of the providers, told from what was read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class HealthStatus(StrEnum):
    """How something stands; NO_DATA is neither well nor ill."""

    HEALTHY = "healthy"
    WARNING = "warning"
    FAILED = "failed"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class Rejection:
    """Lines of one source that were refused for one reason."""

    source: str
    #: A sentence without the line's text: "Token count is not a whole number".
    reason: str
    lines: int
    #: File and byte offset of the newest such line.
    example_path: str
    example_offset: int


@dataclass(frozen=True, slots=True)
class SourceHealth:
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


@dataclass(frozen=True, slots=True)
class ProviderHealth:
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


@dataclass(frozen=True, slots=True)
class Health:
    """The health of everything that brings figures."""

    status: HealthStatus
    #: One sentence for the pill and the dock's first line.
    reason: str
    sources: tuple[SourceHealth, ...] = ()
    providers: tuple[ProviderHealth, ...] = ()
