"""When things are used: hours of the week, days of the year, season, and the peaks among them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import sqrt
from statistics import fmean, median, pstdev
from typing import Final

import msgspec

from alwrity_desktop.core.domain.periods import DAYS_PER_WEEK, HOURS_PER_DAY, WEEKDAYS

#: A peak is at least so many times its average, or of what is usual around it.
_PEAK_RATIO: Final = 1.5
_PEAK_WINDOW_DAYS: Final = 14
#: A season is clear when it lies so many standard errors off the average, and this far.
_CLEAR_ERRORS: Final = 2.5
_CLEAR_SHARE: Final = 0.15
_MIN_WEEKS: Final = 4
_MIN_MONTHS: Final = 3
_MONTH_PARTS: Final = ((1, 10), (11, 20), (21, 31))


class HourCell(msgspec.Struct, frozen=True):
    """One hour of the week over some time."""

    #: Monday 0.
    weekday: int
    hour: int
    amount: int
    #: Share of the whole in percent, one decimal; None of nothing.
    share_percent: float | None


class CalendarWeek(msgspec.Struct, frozen=True):
    """One week of a calendar: seven days, None where the day is not in the span."""

    #: ISO date of the first day.
    start: str
    amounts: tuple[int | None, ...]


class Peak(msgspec.Struct, frozen=True):
    """A day, a weekday, an hour of the day or an hour of the week that stands out."""

    #: "day", "weekday", "hour" or "weekday_hour".
    kind: str
    #: ISO date, "tuesday", "14" or "tuesday 14".
    key: str
    amount: int
    #: How many times the average of its kind; for a day, of what is usual around it.
    times: float


class SeasonPart(msgspec.Struct, frozen=True):
    """A weekday, or a part of the month, beside the average."""

    #: "monday" …, or the days of the month: "1-10", "11-20", "21-31".
    key: str
    #: 100 is an average day.
    percent: int
    #: Whether it stands out beyond chance.
    is_clear: bool


def week_grid(hours: Iterable[tuple[str, int, int]]) -> tuple[HourCell, ...]:
    """Return the 168 hours of the week, Monday midnight first.

    *hours* are (ISO day, hour of the clock, amount).
    """
    sums = [[0] * HOURS_PER_DAY for _ in range(DAYS_PER_WEEK)]
    for day, hour, amount in hours:
        sums[date.fromisoformat(day).weekday()][hour] += amount
    whole = sum(map(sum, sums))
    return tuple(
        HourCell(weekday, hour, amount, round(amount * 100 / whole, 1) if whole > 0 else None)
        for weekday, row in enumerate(sums)
        for hour, amount in enumerate(row)
    )


def calendar_weeks(
    days: Sequence[tuple[str, int]], week_starts: str = "monday"
) -> tuple[CalendarWeek, ...]:
    """Return the weeks from the first of *days* to the last; a day left out between is 0."""
    if not days:
        return ()
    amounts = dict(days)
    first, last = date.fromisoformat(min(amounts)), date.fromisoformat(max(amounts))
    offset = (first.weekday() - WEEKDAYS.index(week_starts)) % DAYS_PER_WEEK
    start = first - timedelta(days=offset)
    weeks = []
    while start <= last:
        names = [start + timedelta(days=number) for number in range(DAYS_PER_WEEK)]
        row = (amounts.get(day.isoformat(), 0) if first <= day <= last else None for day in names)
        weeks.append(CalendarWeek(start.isoformat(), tuple(row)))
        start += timedelta(days=DAYS_PER_WEEK)
    return tuple(weeks)


def peak_days(days: Sequence[tuple[str, int]], most: int = 3) -> tuple[Peak, ...]:
    """Return the days that tower over the two weeks on either side, highest first.

    *days* follow one another; of neighbours only the highest is a peak.
    """
    amounts = [amount for _, amount in days]
    found = []
    for index, (day, amount) in enumerate(days):
        before = amounts[max(0, index - _PEAK_WINDOW_DAYS) : index]
        after = amounts[index + 1 : index + 1 + _PEAK_WINDOW_DAYS]
        used = [other for other in (*before, *after) if other > 0]
        is_highest = amount >= max((*before[-1:], *after[:1]), default=0)
        if used and is_highest and amount >= _PEAK_RATIO * median(used):
            found.append(Peak("day", day, amount, round(amount / median(used), 1)))
    found.sort(key=lambda peak: (-peak.amount, peak.key))
    return tuple(found[:most])


def peak_hours(grid: Sequence[HourCell], most: int = 3) -> tuple[Peak, ...]:
    """Return the hours of the day, weekdays and hours of the week that stand out.

    Each kind is held against its average, and its highest *most* are returned.
    """
    kinds: Mapping[str, Mapping[str, int]] = {
        "hour": _sums((str(cell.hour), cell.amount) for cell in grid),
        "weekday": _sums((WEEKDAYS[cell.weekday], cell.amount) for cell in grid),
        "weekday_hour": _sums(
            (f"{WEEKDAYS[cell.weekday]} {cell.hour}", cell.amount) for cell in grid
        ),
    }
    return tuple(peak for kind, sums in kinds.items() for peak in _highest(kind, sums, most))


def _sums(rows: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: defaultdict[str, int] = defaultdict(int)
    for key, amount in rows:
        found[key] += amount
    return dict(found)


def _highest(kind: str, sums: Mapping[str, int], most: int) -> list[Peak]:
    average = fmean(sums.values()) if sums else 0.0
    peaks = [
        Peak(kind, key, amount, round(amount / average, 1))
        for key, amount in sums.items()
        if amount > 0 and amount >= _PEAK_RATIO * average
    ]
    return sorted(peaks, key=lambda peak: -peak.amount)[:most]


def weekly_season(days: Sequence[tuple[str, int]]) -> tuple[SeasonPart, ...]:
    """Return each weekday beside the average day of its week; () for under four whole weeks.

    *days* follow one another. A weekday is held against its own week, so growth is none of it.
    """
    rows: defaultdict[str, list[float]] = defaultdict(list)
    weeks = 0
    for start in range(0, len(days) - DAYS_PER_WEEK + 1, DAYS_PER_WEEK):
        week = days[start : start + DAYS_PER_WEEK]
        mean = fmean(amount for _, amount in week)
        if mean > 0:
            weeks += 1
            for day, amount in week:
                rows[WEEKDAYS[date.fromisoformat(day).weekday()]].append(amount / mean)
    return _parts(WEEKDAYS, rows) if weeks >= _MIN_WEEKS else ()


def monthly_season(days: Sequence[tuple[str, int]]) -> tuple[SeasonPart, ...]:
    """Return each third of the month beside the average day; () for under three whole months.

    *days* follow one another; months that are not whole are left out.
    """
    months: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for day, amount in days:
        months[day[:7]].append((day, amount))
    rows: defaultdict[str, list[float]] = defaultdict(list)
    whole = 0
    for month in months.values():
        mean = fmean(amount for _, amount in month)
        last = date.fromisoformat(month[-1][0])
        ends = (last + timedelta(days=1)).day == 1
        if mean > 0 and ends and len(month) == last.day:
            whole += 1
            for first, final in _MONTH_PARTS:
                part = [amount for _, amount in month[first - 1 : final]]
                rows[f"{first}-{final}"].append(fmean(part) / mean)
    keys = [f"{first}-{final}" for first, final in _MONTH_PARTS]
    return _parts(keys, rows) if whole >= _MIN_MONTHS else ()


def _parts(keys: Sequence[str], rows: Mapping[str, Sequence[float]]) -> tuple[SeasonPart, ...]:
    found = []
    for key in keys:
        ratios = rows[key]
        mean = fmean(ratios)
        # The spread is that of a sample: few weeks say less than their own spread tells.
        error = pstdev(ratios) / sqrt(len(ratios) - 1)
        off = abs(mean - 1)
        is_clear = off >= _CLEAR_SHARE and off > _CLEAR_ERRORS * error
        found.append(SeasonPart(key, round(mean * 100), is_clear))
    return tuple(found)
