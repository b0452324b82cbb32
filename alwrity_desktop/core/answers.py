"""What an import, a booking and a check did, as JSON documents with fixed keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alwrity_desktop.core.alert_documents import alert_document
from alwrity_desktop.core.document_values import Document, amount
from alwrity_desktop.core.results import BookedCall, Check, ImportProgress, SourceImport


def import_document(imports: Iterable[SourceImport]) -> Document:
    """Return what an import did for each source."""
    return {
        "sources": [
            {
                "source": each.source,
                "files": each.files,
                "files_unchanged": each.files_unchanged,
                "bytes_read": each.bytes_read,
                "calls_added": each.calls_added,
                "calls_merged": each.calls_merged,
                "lines_rejected": each.lines_rejected,
                "seconds": round(each.seconds, 3),
            }
            for each in imports
        ]
    }


def progress_document(progress: ImportProgress) -> Document:
    """Return how far a running import is."""
    return {
        "files_done": progress.files_done,
        "files_total": progress.files_total,
        "bytes_done": progress.bytes_done,
        "bytes_total": progress.bytes_total,
        "calls": progress.calls,
    }


def booked_document(booked: BookedCall) -> Document:
    """Return what was booked for one call."""
    return {
        "call": booked.identity,
        "cost_usd": amount(booked.cost_pico),
        "price_status": booked.price_status,
        "price_origin": booked.price_origin,
        "alerts": [alert_document(alert) for alert in booked.alerts],
        "new": booked.is_new,
        "different": booked.is_different,
    }


def recorded_document(
    booked: Iterable[BookedCall], rejected: Iterable[tuple[int, str]]
) -> Document:
    """Return what was booked for many lines, and which lines were refused."""
    return {
        "calls": [booked_document(each) for each in booked],
        "rejected": [{"line": line, "reason": reason} for line, reason in rejected],
    }


def doctor_document(checks: Sequence[Check]) -> Document:
    """Return what was checked."""
    return {
        "ok": all(check.is_ok for check in checks),
        "checks": [
            {"name": check.name, "ok": check.is_ok, "detail": check.detail} for check in checks
        ],
    }
