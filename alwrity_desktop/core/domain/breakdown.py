"""Groups and series of a report, folded from a ledger's sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

from msgspec.structs import replace

from alwrity_desktop.core.domain.durations import percentile
from alwrity_desktop.core.domain.periods import WEEKDAYS, Period, local_day, local_time
from alwrity_desktop.core.domain.report import Amounts, Figures, Group, Point
from alwrity_desktop.core.domain.stated import NOT_ITEMISED, StatedGroup
from alwrity_desktop.core.domain.sums import DurationCount, OffsetSpan, SeriesSums, SlotSums

DAY_S: Final = 86_400
HOUR_S: Final = 3_600

_DAY_MS: Final = DAY_S * 1000
_QUARTER_MS: Final = 900_000
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_UNKNOWN_STATUS: Final = "unknown"


def total_of(figures: Iterable[Figures]) -> Figures:
    """Return the sums over all of *figures*."""
    return sum(figures, Figures())


def offset_spans(start_ms: int, end_ms: int, zone: str) -> list[OffsetSpan]:
    """Return ``[start_ms, end_ms)`` cut where the zone's offset changes.

    Changes are found to the quarter of an hour, on which all of them lie since 1972.
    """
    spans: list[OffsetSpan] = []
    start, offset = start_ms, _offset_s(start_ms, zone)
    at_ms = start_ms
    while at_ms < end_ms:
        next_ms = min(at_ms + _DAY_MS, end_ms)
        if _offset_s(next_ms, zone) != offset:
            change_ms = _change(at_ms, next_ms, offset, zone)
            spans.append(OffsetSpan(start, change_ms, offset))
            start, offset, next_ms = change_ms, _offset_s(change_ms, zone), change_ms
        at_ms = next_ms
    if start < end_ms:
        spans.append(OffsetSpan(start, end_ms, offset))
    return spans


def _offset_s(at_ms: int, zone: str) -> int:
    offset = local_time(at_ms, zone).utcoffset()
    return 0 if offset is None else round(offset.total_seconds())


def _change(low_ms: int, high_ms: int, offset_s: int, zone: str) -> int:
    """Return the first quarter in ``(low_ms, high_ms]`` whose offset is not *offset_s*."""
    low, high = low_ms // _QUARTER_MS, -(-high_ms // _QUARTER_MS)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_s(middle * _QUARTER_MS, zone) == offset_s:
            low = middle
        else:
            high = middle
    return high * _QUARTER_MS


def series_groups(
    dimension: str, series: Sequence[SeriesSums], durations: Sequence[DurationCount]
) -> tuple[Group, ...]:
    """Return the groups of a dimension that belongs to the series, dearest first."""
    sums: defaultdict[tuple[str, str | None], Figures] = defaultdict(Figures)
    for row in series:
        sums[_group_of(dimension, row.dimensions)] += row.figures
    whole = sum(figures.cost_pico for figures in sums.values())
    groups = [
        Group(
            key=key,
            figures=figures,
            share_percent=share(figures.cost_pico, whole),
            provider=provider,
            p50_duration_ms=percentile(counts, 50),
            p95_duration_ms=percentile(counts, 95),
        )
        for (key, provider), figures in sums.items()
        for counts in (_duration_counts(dimension, key, provider, durations),)
    ]
    groups.sort(key=lambda group: (-group.figures.cost_pico, -group.figures.calls, group.key))
    return tuple(groups)


def with_stated(groups: Sequence[Group], stated: Sequence[StatedGroup]) -> tuple[Group, ...]:
    """Return *groups* with the parts that servers state, dearest first, what has no name last."""
    by_key = {(group.key, group.provider): group for group in groups}
    for part in stated:
        known = by_key.get((part.key, part.provider), Group(part.key, Figures()))
        by_key[part.key, part.provider] = replace(
            known,
            figures=known.figures + part.figures,
            provider=part.provider,
            label=known.label or part.label,
        )
    whole = sum(group.figures.cost_pico for group in by_key.values())
    found = [
        replace(group, share_percent=share(group.figures.cost_pico, whole))
        for group in by_key.values()
    ]
    found.sort(
        key=lambda one: (
            one.key == NOT_ITEMISED,
            -one.figures.cost_pico,
            -one.figures.calls,
            one.key,
        )
    )
    return tuple(found)


def _group_of(dimension: str, row: Mapping[str, str | int]) -> tuple[str, str | None]:
    if dimension == "status":
        return str(row["status_code"] or _UNKNOWN_STATUS), None
    return str(row[dimension]), str(row["provider"]) if dimension == "model" else None


def _duration_counts(
    dimension: str, key: str, provider: str | None, durations: Sequence[DurationCount]
) -> dict[int, int]:
    """Return the durations of one provider or model; none for other dimensions."""
    if dimension == "provider":
        return buckets(count for count in durations if count.provider == key)
    if dimension == "model":
        return buckets(
            count for count in durations if (count.provider, count.model) == (provider, key)
        )
    return {}


def buckets(counts: Iterable[DurationCount]) -> dict[int, int]:
    """Return calls by duration bucket, over all of *counts*."""
    found: defaultdict[int, int] = defaultdict(int)
    for count in counts:
        found[count.bucket] += count.calls
    return dict(found)


def share(part: int, whole: int) -> float | None:
    """Return *part* of *whole* in percent with one decimal; None of nothing."""
    return round(part * 100 / whole, 1) if whole > 0 else None


def time_groups(dimension: str, slots: Sequence[SlotSums]) -> tuple[Group, ...]:
    """Return the groups of a time dimension in the order of time; empty ones are left out."""
    sums: defaultdict[tuple[int, str], Figures] = defaultdict(Figures)
    for row in slots:
        sums[_time_key(dimension, row)] += row.figures
    whole = sum(figures.cost_pico for figures in sums.values())
    return tuple(
        Group(key, figures, share(figures.cost_pico, whole))
        for (_, key), figures in sorted(sums.items())
    )


def _time_key(dimension: str, row: SlotSums) -> tuple[int, str]:
    if dimension == "day":
        return row.slot, day_of_slot(row.slot)
    if dimension == "hour":
        zone = timezone(timedelta(seconds=row.offset_s))
        moment = datetime.fromtimestamp(row.slot * HOUR_S - row.offset_s, zone)
        return row.slot * HOUR_S - row.offset_s, moment.isoformat(timespec="minutes")
    day, hour = divmod(row.slot, 24)
    weekday = date.fromisoformat(day_of_slot(day)).weekday()
    return weekday * 24 + hour, f"{_WEEKDAYS[weekday]} {hour:02d}"


@lru_cache(maxsize=4096)
def day_of_slot(slot: int) -> str:
    """Return the ISO day of a number of local days since 1970."""
    return datetime.fromtimestamp(slot * DAY_S, UTC).date().isoformat()


def day_points(days: Iterable[str], slots: Sequence[SlotSums], today: str) -> tuple[Point, ...]:
    """Return one point for each of *days*, with zeros where nothing was used.

    From *today* on they are unfinished.
    """
    by_day: defaultdict[str, list[SlotSums]] = defaultdict(list)
    for row in slots:
        by_day[day_of_slot(row.slot)].append(row)
    return tuple(point(day, by_day.get(day, ()), is_unfinished=day >= today) for day in days)


def point(start: str, rows: Iterable[SlotSums], *, is_unfinished: bool = False) -> Point:
    """Return the amounts of some rows, in all and by provider."""
    by_provider: defaultdict[str, Figures] = defaultdict(Figures)
    for row in rows:
        by_provider[row.provider] += row.figures
    amounts = {provider: amounts_of(figures) for provider, figures in by_provider.items()}
    return Point(start, amounts_of(total_of(by_provider.values())), amounts, is_unfinished)


def amounts_of(figures: Figures) -> Amounts:
    """Return the measures that charts show."""
    return Amounts(figures.cost_pico, figures.calls, figures.tokens, figures.unpriced_calls)


def merged(starts: Sequence[tuple[str, Sequence[Point]]], open_start: str) -> tuple[Point, ...]:
    """Return one point for each (start, points) pair, such as the days of a week or month."""
    found = []
    for start, points in starts:
        by_provider: defaultdict[str, Amounts] = defaultdict(Amounts)
        for one in points:
            for provider, amounts in one.by_provider.items():
                by_provider[provider] += amounts
        total = sum(by_provider.values(), Amounts())
        found.append(Point(start, total, dict(by_provider), start == open_start))
    return tuple(found)


def weeks(days: Sequence[Point], week_starts: str, today: str) -> tuple[Point, ...]:
    """Return one point for each week of *days*, under the week's first day."""
    by_week: defaultdict[str, list[Point]] = defaultdict(list)
    for day in days:
        by_week[_first_of_week(day.start, week_starts)].append(day)
    return merged(list(by_week.items()), _first_of_week(today, week_starts))


def _first_of_week(iso_day: str, week_starts: str) -> str:
    day = date.fromisoformat(iso_day)
    return (day - timedelta(days=(day.weekday() - WEEKDAYS.index(week_starts)) % 7)).isoformat()


def hour_points(period: Period, slots: Sequence[SlotSums], now_ms: int) -> tuple[Point, ...]:
    """Return one point for each hour of a day's clock, with zeros where nothing was used."""
    first = date.fromisoformat(period.start).toordinal() - date(1970, 1, 1).toordinal()
    by_slot: defaultdict[int, list[SlotSums]] = defaultdict(list)
    for row in slots:
        by_slot[row.slot].append(row)
    now = local_time(now_ms, period.timezone)
    today = local_day(now_ms, period.timezone)
    first_open = now.hour if period.start == today else 24 * (period.start < today)
    return tuple(
        point(
            f"{period.start}T{hour:02d}:00",
            by_slot.get(first * 24 + hour, ()),
            is_unfinished=hour >= first_open,
        )
        for hour in range(24)
    )
