"""Values of other tools' tables, taken as what they have to be or refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from alwrity_desktop.core.domain.usage import MAX_TOKENS_PER_CALL
from alwrity_desktop.core.sources import base
from alwrity_desktop.core.sources.base import Cell
from alwrity_desktop.core.sources.decoding import FaultError, milliseconds

_MAX_TEXT: Final = 200
_MAX_DURATION_MS: Final = 1_000_000_000


def count_of(cell: Cell) -> int:
    """Return a token count, 0 for none. Raises FaultError for what is no believable count."""
    if cell is None:
        return 0
    if not isinstance(cell, int):
        raise FaultError(base.BAD_COUNT)
    if cell < 0:
        raise FaultError(base.NEGATIVE_COUNT)
    if cell > MAX_TOKENS_PER_CALL:
        raise FaultError(base.ABSURD_COUNT)
    return cell


def text_of(cell: Cell) -> str:
    """Return a name of at most 200 characters, "" for none."""
    if cell is None:
        return ""
    text = cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)
    return text[:_MAX_TEXT]


def duration_of(cell: Cell) -> int | None:
    """Return a duration in whole milliseconds, None for none and for one that cannot be."""
    if isinstance(cell, (int, float)) and 0 <= cell <= _MAX_DURATION_MS:
        return round(cell)
    return None


def time_of(cell: Cell, latest_ms: int) -> int:
    """Return a moment in milliseconds since 1970; text without a zone is UTC.

    Raises FaultError for what is no time, too early, or after *latest_ms*.
    """
    if isinstance(cell, bytes):
        try:
            time = datetime.fromisoformat(cell.decode("utf-8", "replace").strip())
        except ValueError:
            raise FaultError(base.BAD_TIME) from None
        return milliseconds(time, latest_ms)
    return moment_of(cell, latest_ms)


def moment_of(at_ms: float | None, latest_ms: int) -> int:
    """Return *at_ms*, milliseconds since 1970, as a whole number. Raises FaultError."""
    try:
        time = None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        raise FaultError(base.BAD_TIME) from None
    return milliseconds(time, latest_ms)
