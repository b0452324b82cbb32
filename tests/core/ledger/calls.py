"""Believable calls and batches for the ledger's tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.ledger.batches import Batch
from alwrity_desktop.core.ledger.ledger import Ledger
from alwrity_desktop.core.log_reading import LogCursor, LogReading, RejectedLines

ZONE: Final = "Europe/Berlin"
NOW_MS: Final = 1_795_181_520_000
"""2026-11-20 14:32 in Berlin."""

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS


def a_call(message: str = "msg_1", request: str = "req_1", **fields: Any) -> Call:  # noqa: ANN401
    """Return a call of Claude Sonnet 4.5: $0.0105 unless *fields* say otherwise."""
    known: dict[str, Any] = {
        "identity": f"anthropic:{message}:{request}",
        "occurred_at_ms": NOW_MS - HOUR_MS,
        "source": "claude-code",
        "provider": "anthropic",
        "model": "claude-sonnet-4-5-20250929",
        "input_tokens": 1000,
        "output_tokens": 500,
    }
    return Call(**{**known, **fields})


def a_log(calls: Sequence[Call], path: str = "/logs/a.jsonl", **fields: Any) -> LogReading:  # noqa: ANN401
    """Return the reading of one log."""
    cursor = LogCursor("claude-code", path, 1, 2, 1000, 5, 1000, 10, b"hash", b"")
    return LogReading(
        cursor=cursor,
        calls=list(calls),
        rejected=[RejectedLines(*each) for each in fields.get("rejected", ())],
        begun_at=fields.get("begun_at", 0),
        bytes_read=1000,
    )


def from_logs(*logs: LogReading, is_first_read: bool = False, now_ms: int = NOW_MS) -> Batch:
    """Return a batch that an import brings."""
    return Batch("claude-code", now_ms, ZONE, readings=logs, is_first_read=is_first_read)


def from_script(*calls: Call, now_ms: int = NOW_MS) -> Batch:
    """Return a batch that ``record`` brings."""
    return Batch("record", now_ms, ZONE, calls=calls, is_corrected_by_copies=False)


def totals(ledger: Ledger, account: str = "local") -> Figures:
    """Return the sums over everything in the ledger, from the rollups."""
    with ledger.snapshot() as snapshot:
        rows = snapshot.by_series(account, 0, NOW_MS + 1000 * DAY_MS)
    return sum((row.figures for row in rows), Figures())
