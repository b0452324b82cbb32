"""Periods: half-open spans of time with calendar bounds in a named zone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Period:
    """A span ``[start_ms, end_ms)`` whose bounds are midnights of the named zone."""

    #: "today", "day", "week", "month", "year", "all" or "custom".
    kind: str
    #: First and last day, both included, ISO.
    start: str
    end: str
    timezone: str
    start_ms: int
    end_ms: int
