"""When no notification may be shown: quiet hours and snooze; pure functions."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alwrity_desktop.core.settings import Settings


def quiet_until_ms(settings: Settings, now_ms: int, timezone: str) -> int | None:
    """Return until when nothing may be shown, UTC milliseconds; None when it may be now."""
    moments = [
        moment
        for moment in (_snooze_end(settings), _quiet_end(settings, now_ms, timezone))
        if moment is not None and moment > now_ms
    ]
    return max(moments, default=None)


def _snooze_end(settings: Settings) -> int | None:
    if not settings.snooze_until:
        return None
    return round(datetime.fromisoformat(settings.snooze_until).timestamp() * 1000)


def _quiet_end(settings: Settings, now_ms: int, timezone: str) -> int | None:
    if not settings.quiet_from or not settings.quiet_to:
        return None
    start, end = time.fromisoformat(settings.quiet_from), time.fromisoformat(settings.quiet_to)
    now = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZoneInfo(timezone))
    present = now.time().replace(tzinfo=None)
    is_quiet = start <= present < end if start <= end else present >= start or present < end
    if not is_quiet:
        return None
    day = now.date() if present < end else now.date() + timedelta(days=1)
    return _ms(datetime.combine(day, end, ZoneInfo(timezone)))


def tomorrow_ms(now_ms: int, timezone: str) -> int:
    """Return the next midnight of the zone, UTC milliseconds."""
    now = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZoneInfo(timezone))
    return _ms(datetime.combine(now.date() + timedelta(days=1), time(), ZoneInfo(timezone)))


def iso_utc(at_ms: int) -> str:
    """Return a moment as the settings keep it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
