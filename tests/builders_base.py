"""The moment, the zone and the period of the values that tests use."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from alwrity_desktop.core.domain.periods import Period

ZONE: Final = "Europe/Berlin"
MILLION: Final = 10**6
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS


def at(iso: str) -> int:
    """Return a local time of Berlin as UTC milliseconds."""
    local = datetime.fromisoformat(iso).replace(tzinfo=ZoneInfo(ZONE))
    return int(local.astimezone(UTC).timestamp() * 1000)


NOW_MS: Final = at("2026-11-20T14:32:03")


def a_period(start: str = "2026-11-01", end: str = "2026-11-30", kind: str = "month") -> Period:
    """Return a period of Berlin's days."""
    after = (date.fromisoformat(end) + timedelta(days=1)).isoformat()
    return Period(kind, start, end, ZONE, at(f"{start}T00:00:00"), at(f"{after}T00:00:00"))
