"""Periods: half-open spans of time with calendar bounds in a named zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from alwrity_desktop.core.domain.errors import PersonError, UsageError

MS_PER_SECOND: Final = 1000
HOURS_PER_DAY: Final = 24
DAYS_PER_WEEK: Final = 7
MONTHS_PER_YEAR: Final = 12
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2999

WEEKDAYS: Final = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
KINDS: Final = ("today", "day", "week", "month", "year")
"""The kinds that follow from a moment alone; "all" and "custom" need their bounds."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_MONTHS_OF_KIND: Final = {"month": 1, "year": MONTHS_PER_YEAR}


class Period(msgspec.Struct, frozen=True):
    """A span ``[start_ms, end_ms)`` whose bounds are midnights of the named zone.

    A server's billing period starts and ends at any moment, and holds the calls that the
    server booked to its key, wherever they lie.
    """

    #: "today", "day", "week", "month", "year", "all" or "custom".
    kind: str
    #: First and last day, both included, ISO.
    start: str
    end: str
    timezone: str
    start_ms: int
    end_ms: int
    #: The server's own key of a billing period, such as "2026-11"; "" for the calendar's.
    billing_period: str = ""


class Span(msgspec.Struct, frozen=True):
    """A stretch ``[start_ms, end_ms)`` that may end in the middle of its last day."""

    #: First and last day that it touches, ISO.
    start: str
    end: str
    start_ms: int
    end_ms: int


def zone_of(name: str) -> ZoneInfo:
    """Return the zone of an IANA name; PersonError when there is none of that name."""
    try:
        return ZoneInfo(name)
    # zoneinfo answers a missing zone with a KeyError, a folder or odd path with the others.
    except (KeyError, ValueError, OSError) as error:
        message = (
            f'There is no time zone "{name:.60}". Use a name such as Europe/Berlin or '
            "America/New_York."
        )
        raise PersonError(message) from error


def local_time(at_ms: int, timezone: str) -> datetime:
    """Return the aware local time of an instant."""
    return (_EPOCH + timedelta(milliseconds=at_ms)).astimezone(zone_of(timezone))


def local_day(at_ms: int, timezone: str) -> str:
    """Return the ISO day in whose span the instant lies.

    Where clocks are put back over midnight the repeated part of the evening belongs to the
    day that had begun, so that days never overlap.
    """
    return _day_at(at_ms, timezone).isoformat()


@lru_cache(maxsize=4096)
def start_of_day(iso_day: str, timezone: str) -> int:
    """Return the first existing instant of a local day, UTC milliseconds."""
    return _first_instant(datetime.combine(date.fromisoformat(iso_day), time()), zone_of(timezone))


def period_of(
    kind: str, at_ms: int, timezone: str, offset: int = 0, week_starts: str = "monday"
) -> Period:
    """Return the calendar period around an instant, moved by *offset* periods.

    *kind* is one of KINDS and *week_starts* one of WEEKDAYS; PersonError for anything else,
    for an unknown zone, and for a period out of the calendar's range.
    """
    if kind not in KINDS:
        message = f'There is no period "{kind:.40}". Choose one of: {", ".join(KINDS)}.'
        raise PersonError(message)
    today = _day_at(at_ms, timezone)
    try:
        first, after = _bounds(kind, today, offset, week_starts)
    except (OverflowError, ValueError) as error:
        raise _out_of_range() from error
    return _period(kind, first, after, timezone)


def custom(first: str, last: str, timezone: str) -> Period:
    """Return the period from *first* to *last*, ISO days, both included.

    Raises PersonError for a day that is none, for the wrong order and for an unknown zone,
    UsageError for days out of the calendar's range.
    """
    start, end = _parse_day(first), _parse_day(last)
    if start.year < FIRST_YEAR or end.year > LAST_YEAR:
        raise _out_of_range()
    if end < start:
        message = f"The period ends on {end} before it starts on {start}. Swap the two days."
        raise PersonError(message)
    return _period("custom", start, end + timedelta(days=1), timezone)


def all_time(first_ms: int | None, at_ms: int, timezone: str) -> Period:
    """Return the days from the first call's to the present one; just today without a call.

    A call of a clock that was never set may lie before the calendar: its days begin with that.
    """
    today = _day_at(at_ms, timezone)
    earliest = date(FIRST_YEAR, 1, 1)
    first = today if first_ms is None else min(today, max(earliest, _day_at(first_ms, timezone)))
    return _period("all", first, today + timedelta(days=1), timezone)


def days(period: Period) -> tuple[tuple[str, int, int], ...]:
    """Return the days of *period* as (ISO day, start_ms, end_ms), without gap or overlap.

    A day that the zone skipped has no length and is left out.
    """
    first = date.fromisoformat(period.start)
    count = (date.fromisoformat(period.end) - first).days + 1
    names = [(first + timedelta(days=index)).isoformat() for index in range(count + 1)]
    bounds = [start_of_day(name, period.timezone) for name in names]
    return tuple(
        (name, start, end)
        for name, start, end in zip(names, bounds, bounds[1:], strict=False)
        if end > start
    )


def hours(period: Period) -> tuple[tuple[str, int, int], ...]:
    """Return the hours of *period* as ("2026-11-20T13:00", start_ms, end_ms).

    The clock's hours: one that the zone repeats is one longer hour, one that it skips is
    left out.
    """
    zone = zone_of(period.timezone)
    midnight = datetime.combine(date.fromisoformat(period.start), time())
    count = ((date.fromisoformat(period.end) - midnight.date()).days + 1) * HOURS_PER_DAY
    clock = [midnight + timedelta(hours=index) for index in range(count)]
    bounds = [_first_instant(hour, zone) for hour in clock]
    return tuple(
        (hour.strftime("%Y-%m-%dT%H:00"), start, end)
        for hour, start, end in zip(clock, bounds, [*bounds[1:], period.end_ms], strict=True)
        if end > start
    )


def hours_of_week(period: Period, weekday: int | None, hour: int) -> tuple[tuple[int, int], ...]:
    """Return (start_ms, end_ms) of the clock's *hour* on each *weekday* of *period*.

    Monday is 0, None is any day. An hour that the zone skips is left out.
    """
    zone = zone_of(period.timezone)
    first, last = (date.fromisoformat(day) for day in (period.start, period.end))
    days_in = (first + timedelta(days=index) for index in range((last - first).days + 1))
    clock = (
        datetime.combine(day, time(hour)) for day in days_in if weekday in {None, day.weekday()}
    )
    spans = (
        (_first_instant(at, zone), _first_instant(at + timedelta(hours=1), zone)) for at in clock
    )
    return tuple((start, end) for start, end in spans if end > start)


def previous(period: Period) -> Period | None:
    """Return the whole period before; None for "all", and where the calendar has none.

    A custom period is preceded by as many days.
    """
    if period.kind == "all":
        return None
    first = date.fromisoformat(period.start)
    months = _MONTHS_OF_KIND.get(period.kind)
    if months is None:
        count = (date.fromisoformat(period.end) - first).days + 1
        earlier = first - timedelta(days=count)
    else:
        earlier = _add_months(first, -months)
    if earlier.year < FIRST_YEAR:
        return None
    return _period(period.kind, earlier, first, period.timezone)


def like_for_like(period: Period, at_ms: int) -> Span | None:
    """Return the part of the period before that had passed at the same point in it.

    The same number of days, and the last of them up to the same time on the clock; the end
    of the period before where it is the shorter one. None where no period is before.
    """
    before = previous(period)
    if before is None:
        return None
    whole = Span(before.start, before.end, before.start_ms, before.end_ms)
    if at_ms >= period.end_ms:
        return whole
    today = _day_at(max(at_ms, period.start_ms), period.timezone)
    passed = today - date.fromisoformat(period.start)
    day = date.fromisoformat(before.start) + passed
    if day > date.fromisoformat(before.end):
        return whole
    clock = local_time(max(at_ms, period.start_ms), period.timezone).time().replace(tzinfo=None)
    end_ms = _first_instant(datetime.combine(day, clock), zone_of(period.timezone))
    return Span(before.start, day.isoformat(), before.start_ms, min(end_ms, before.end_ms))


def _bounds(kind: str, today: date, offset: int, week_starts: str) -> tuple[date, date]:
    """Return the first day of the period and the first day after it."""
    months = _MONTHS_OF_KIND.get(kind)
    if months is not None:
        first = today.replace(day=1, month=today.month if kind == "month" else 1)
        first = _add_months(first, months * offset)
        return first, _add_months(first, months)
    if kind == "week":
        if week_starts not in WEEKDAYS:
            message = f'"{week_starts:.40}" is no day of the week. Choose monday to sunday.'
            raise PersonError(message)
        back = (today.weekday() - WEEKDAYS.index(week_starts)) % DAYS_PER_WEEK
        first = today + timedelta(days=DAYS_PER_WEEK * offset - back)
        return first, first + timedelta(days=DAYS_PER_WEEK)
    first = today + timedelta(days=offset)
    return first, first + timedelta(days=1)


def _add_months(first_of_month: date, months: int) -> date:
    index = first_of_month.year * MONTHS_PER_YEAR + first_of_month.month - 1 + months
    return date(index // MONTHS_PER_YEAR, index % MONTHS_PER_YEAR + 1, 1)


def _period(kind: str, first: date, after: date, timezone: str) -> Period:
    if first.year < FIRST_YEAR or after.year > LAST_YEAR + 1:
        raise _out_of_range()
    return Period(
        kind=kind,
        start=first.isoformat(),
        end=(after - timedelta(days=1)).isoformat(),
        timezone=timezone,
        start_ms=start_of_day(first.isoformat(), timezone),
        end_ms=start_of_day(after.isoformat(), timezone),
    )


def _out_of_range() -> UsageError:
    return UsageError(f"Choose a period between the years {FIRST_YEAR} and {LAST_YEAR}.")


def _parse_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f'"{text:.40}" is not a day. Write it as 2026-11-20.'
        raise PersonError(message) from error


def _day_at(at_ms: int, timezone: str) -> date:
    try:
        day = local_time(at_ms, timezone).date()
        tomorrow = day + timedelta(days=1)
    except OverflowError as error:
        raise _out_of_range() from error
    # Clocks put back over midnight show the day before again; that day is over already.
    return tomorrow if at_ms >= start_of_day(tomorrow.isoformat(), timezone) else day


def _first_instant(clock: datetime, zone: ZoneInfo) -> int:
    """Return the first instant, in milliseconds, at which the zone's clock shows *clock*.

    For a time that the clock skips it is the instant of the jump.
    """
    first = clock.replace(tzinfo=zone, fold=0)
    second = clock.replace(tzinfo=zone, fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    instant = first.astimezone(UTC)
    if before is None or after is None or after <= before:
        return (instant - _EPOCH) // _MILLISECOND
    early = (second.astimezone(UTC) - _EPOCH) // _MILLISECOND // MS_PER_SECOND
    late = (instant - _EPOCH) // _MILLISECOND // MS_PER_SECOND
    while late - early > 1:
        middle = (early + late) // 2
        moment = (_EPOCH + timedelta(seconds=middle)).astimezone(zone)
        early, late = (middle, late) if moment.utcoffset() == before else (early, middle)
    return late * MS_PER_SECOND
