"""What the context is asked with and answers with, beside calls and reports."""

from __future__ import annotations

from pathlib import Path

import msgspec

from alwrity_desktop.core.domain.alerts import Alert


class PeriodChoice(msgspec.Struct, frozen=True):
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


class FoundLogs(msgspec.Struct, frozen=True):
    """Logs of one source that lie on this machine."""

    source: str
    title: str
    folders: tuple[Path, ...]
    files: int
    size_bytes: int


class SourceImport(msgspec.Struct, frozen=True):
    """What one import did for one source."""

    source: str
    files: int
    files_unchanged: int
    bytes_read: int
    calls_added: int
    calls_merged: int
    lines_rejected: int
    seconds: float


class ImportProgress(msgspec.Struct, frozen=True):
    """How far a running import is."""

    files_done: int
    files_total: int
    bytes_done: int
    bytes_total: int
    calls: int


class BookedCall(msgspec.Struct, frozen=True):
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


class Check(msgspec.Struct, frozen=True):
    """One line of ``doctor``."""

    name: str
    is_ok: bool
    detail: str
