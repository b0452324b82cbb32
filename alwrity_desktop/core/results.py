"""What the context is asked with and answers with, beside calls and reports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alwrity_desktop.core.domain.alerts import Alert


@dataclass(frozen=True, slots=True)
class PeriodChoice:
    """Which period is asked for; the context works out its bounds."""

    #: "today", "week", "month", "year", "all" or "custom".
    kind: str = "month"
    #: First and last day for "custom", ISO.
    first: str | None = None
    last: str | None = None
    #: 0 is the present period, -1 the one before, and so on.
    offset: int = 0
    #: IANA name; None takes the setting, else the system's zone.
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class FoundLogs:
    """Logs of one source that lie on this machine."""

    source: str
    title: str
    folders: tuple[Path, ...]
    files: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class SourceImport:
    """What one import did for one source."""

    source: str
    files: int
    files_unchanged: int
    bytes_read: int
    calls_added: int
    calls_merged: int
    lines_rejected: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far a running import is."""

    files_done: int
    files_total: int
    bytes_done: int
    bytes_total: int
    calls: int


@dataclass(frozen=True, slots=True)
class BookedCall:
    """The answer to ``record``."""

    identity: str
    cost_pico: int | None
    price_status: str
    price_origin: str | None
    alerts: tuple[Alert, ...]
    #: False when the call was known already.
    is_new: bool
    #: True when a known identity came with other figures; the first ones stay.
    is_different: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """One line of ``doctor``."""

    name: str
    is_ok: bool
    detail: str
