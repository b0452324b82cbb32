"""Periods lie end to end in every zone, whatever its clocks do."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.errors import PersonError, UsageError
from alwrity_desktop.core.domain.periods import (
    KINDS,
    WEEKDAYS,
    Period,
    all_time,
    custom,
    days,
    hours,
    hours_of_week,
    like_for_like,
    local_day,
    local_time,
    period_of,
    previous,
    start_of_day,
)

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
HOUR_MS = 3_600_000
BERLIN = "Europe/Berlin"


def ms(text: str, zone: str = "UTC") -> int:
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
    return int(aware.timestamp() * 1000)


moments = st.datetimes(
    min_value=datetime(1975, 1, 1),  # noqa: DTZ001 - Hypothesis wants naive bounds
    max_value=datetime(2037, 12, 31),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
).map(lambda moment: int(moment.timestamp() * 1000))
zones = st.sampled_from(ZONES)


@pytest.mark.parametrize("kind", ["month", "week"])
def test_that_periods_of_all_zones_lie_end_to_end(kind: str) -> None:
    at_ms = ms("2024-01-15T12:00")
    for zone in ZONES:
        run = [period_of(kind, at_ms, zone, offset) for offset in range(36)]
        for period, following in itertools.pairwise(run):
            assert period.end_ms == following.start_ms, zone
            assert period.start_ms < period.end_ms, zone


@given(
    at_ms=moments, zone=zones, kind=st.sampled_from(KINDS), week_starts=st.sampled_from(WEEKDAYS)
)
def test_that_an_instant_lies_in_its_own_period_only(
    at_ms: int, zone: str, kind: str, week_starts: str
) -> None:
    period = period_of(kind, at_ms, zone, 0, week_starts)
    before = period_of(kind, at_ms, zone, -1, week_starts)
    after = period_of(kind, at_ms, zone, 1, week_starts)
    assert period.start_ms <= at_ms < period.end_ms
    assert before.end_ms == period.start_ms
    assert after.start_ms == period.end_ms
    assert previous(period) == before


@given(at_ms=moments, zone=zones)
def test_that_days_and_hours_fill_a_month_without_gap_or_overlap(at_ms: int, zone: str) -> None:
    month = period_of("month", at_ms, zone)
    for parts in (days(month), hours(month)):
        assert parts[0][1] == month.start_ms
        assert parts[-1][2] == month.end_ms
        assert all(left[2] == right[1] for left, right in itertools.pairwise(parts))
        names = [part[0] for part in parts]
        assert names == sorted(set(names))


@given(at_ms=moments, zone=zones)
def test_that_the_local_day_is_the_day_whose_span_holds_the_instant(at_ms: int, zone: str) -> None:
    day = local_day(at_ms, zone)
    spans = {name: (start, end) for name, start, end in days(period_of("month", at_ms, zone))}
    start, end = spans[day]
    assert start <= at_ms < end


@given(at_ms=moments, zone=zones, kind=st.sampled_from(KINDS))
def test_that_the_comparison_never_leaves_the_period_before(
    at_ms: int, zone: str, kind: str
) -> None:
    period = period_of(kind, at_ms, zone)
    before = previous(period)
    span = like_for_like(period, at_ms)
    assert before is not None
    assert span is not None
    assert before.start_ms == span.start_ms <= span.end_ms <= before.end_ms
    assert before.start <= span.end <= before.end


@pytest.mark.parametrize(
    ("day", "hours_of_day", "names"),
    [("2026-03-29", 23, 23), ("2026-10-25", 25, 24), ("2026-06-01", 24, 24)],
)
def test_that_the_change_of_clocks_makes_days_of_23_and_25_hours(
    day: str, hours_of_day: int, names: int
) -> None:
    period = custom(day, day, BERLIN)
    assert period.end_ms - period.start_ms == hours_of_day * HOUR_MS
    assert len(hours(period)) == names


def test_that_the_repeated_hour_is_one_longer_hour() -> None:
    spans = {
        name: end - start for name, start, end in hours(custom("2026-10-25", "2026-10-25", BERLIN))
    }
    assert spans["2026-10-25T02:00"] == 2 * HOUR_MS
    assert sum(spans.values()) == 25 * HOUR_MS


def test_that_lord_howe_shifts_by_half_an_hour() -> None:
    spring = custom("2026-10-04", "2026-10-04", "Australia/Lord_Howe")
    autumn = custom("2026-04-05", "2026-04-05", "Australia/Lord_Howe")
    assert spring.end_ms - spring.start_ms == HOUR_MS * 47 // 2
    assert autumn.end_ms - autumn.start_ms == HOUR_MS * 49 // 2


def test_that_apia_has_no_thirtieth_of_december_2011() -> None:
    december = period_of("month", ms("2011-12-10T12:00"), "Pacific/Apia")
    names = [name for name, _, _ in days(december)]
    assert "2011-12-30" not in names
    assert names[-2:] == ["2011-12-29", "2011-12-31"]
    assert december.end_ms - december.start_ms == 30 * 24 * HOUR_MS


def test_that_a_day_begins_at_its_first_instant_where_midnight_is_skipped() -> None:
    start = start_of_day("2018-11-04", "America/Sao_Paulo")
    assert start == ms("2018-11-04T01:00:00-02:00")
    assert local_day(start, "America/Sao_Paulo") == "2018-11-04"
    assert local_day(start - 1, "America/Sao_Paulo") == "2018-11-03"


def test_that_an_evening_repeated_after_midnight_belongs_to_the_day_that_had_begun() -> None:
    # St. John's put its clocks from 00:01 back to 23:01.
    repeated = ms("2010-11-07T00:00:30-02:30") + HOUR_MS
    assert local_day(repeated, "America/St_Johns") == "2010-11-07"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("today", ("2026-11-20", "2026-11-20")),
        ("week", ("2026-11-16", "2026-11-22")),
        ("month", ("2026-11-01", "2026-11-30")),
        ("year", ("2026-01-01", "2026-12-31")),
    ],
)
def test_that_a_calendar_period_has_its_first_and_last_day(
    kind: str, expected: tuple[str, str]
) -> None:
    period = period_of(kind, ms("2026-11-20T14:32", BERLIN), BERLIN)
    assert (period.start, period.end) == expected


def test_that_the_week_can_start_on_sunday() -> None:
    period = period_of("week", ms("2026-11-20T14:32", BERLIN), BERLIN, week_starts="sunday")
    assert (period.start, period.end) == ("2026-11-15", "2026-11-21")


def test_that_a_call_before_midnight_belongs_to_the_local_day() -> None:
    assert local_day(ms("2026-10-31T23:30"), BERLIN) == "2026-11-01"
    assert local_day(ms("2026-10-31T23:30"), "America/New_York") == "2026-10-31"


def test_that_like_for_like_takes_as_many_days_and_the_same_time() -> None:
    at_ms = ms("2026-11-20T14:32", BERLIN)
    span = like_for_like(period_of("month", at_ms, BERLIN), at_ms)
    assert span is not None
    assert (span.start, span.end) == ("2026-10-01", "2026-10-20")
    assert span.end_ms == ms("2026-10-20T14:32", BERLIN)


def test_that_like_for_like_ends_with_a_shorter_period_before() -> None:
    at_ms = ms("2026-03-31T10:00", BERLIN)
    span = like_for_like(period_of("month", at_ms, BERLIN), at_ms)
    assert span is not None
    assert span.end == "2026-02-28"
    assert span.end_ms == ms("2026-03-01", BERLIN)


def test_that_a_period_that_is_over_is_compared_whole() -> None:
    at_ms = ms("2026-11-20T14:32", BERLIN)
    span = like_for_like(period_of("month", at_ms, BERLIN, -1), at_ms)
    assert span is not None
    assert (span.start, span.end) == ("2026-09-01", "2026-09-30")


def test_that_all_time_reaches_from_the_first_call_to_today() -> None:
    at_ms = ms("2026-11-20T14:32", BERLIN)
    period = all_time(ms("2026-05-03T23:30"), at_ms, BERLIN)
    assert (period.kind, period.start, period.end) == ("all", "2026-05-04", "2026-11-20")
    assert previous(period) is None
    assert like_for_like(period, at_ms) is None
    assert all_time(None, at_ms, BERLIN).start == "2026-11-20"


def test_that_a_custom_period_holds_both_its_days() -> None:
    period = custom("2026-11-02", "2026-11-04", "UTC")
    assert period == Period(
        "custom", "2026-11-02", "2026-11-04", "UTC", ms("2026-11-02"), ms("2026-11-05")
    )
    before = previous(period)
    assert before is not None
    assert (before.start, before.end) == ("2026-10-30", "2026-11-01")


@pytest.mark.parametrize("name", ["Europe/Nowhere", "", "../etc/passwd", "/etc/passwd", "a\0b"])
def test_that_an_unknown_zone_is_said_in_words(name: str) -> None:
    with pytest.raises(PersonError, match="There is no time zone"):
        period_of("month", 0, name)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-11-05", "2026-11-04", "before it starts"),
        ("yesterday", "2026-11-04", "is not a day"),
        ("2026-02-30", "2026-03-04", "is not a day"),
        ("1969-12-31", "1970-01-01", "between the years"),
        ("2026-01-01", "9999-12-30", "between the years"),
    ],
)
def test_that_impossible_days_are_said_in_words(first: str, last: str, words: str) -> None:
    with pytest.raises(PersonError, match=words):
        custom(first, last, "UTC")


@pytest.mark.parametrize(
    ("first", "last", "zone"),
    [
        ("0001-01-01", "9999-12-31", "UTC"),
        ("0001-01-01", "2026-11-20", "Pacific/Apia"),
        ("2026-11-20", "9999-12-31", "UTC"),
        ("9999-12-31", "9999-12-31", "Pacific/Apia"),
        ("3000-01-01", "3000-01-01", "UTC"),
    ],
)
def test_that_days_out_of_the_calendar_are_a_wrong_usage(first: str, last: str, zone: str) -> None:
    with pytest.raises(UsageError, match="between the years 1970 and 2999"):
        custom(first, last, zone)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Apia", "America/New_York"])
def test_that_nothing_comes_before_the_whole_calendar(zone: str) -> None:
    whole = custom("1970-01-01", "2999-12-31", zone)
    assert (whole.start, whole.end) == ("1970-01-01", "2999-12-31")
    assert previous(whole) is None
    assert like_for_like(whole, ms("2026-11-20")) is None
    assert previous(period_of("month", ms("1970-01-15"), zone)) is None


@pytest.mark.parametrize("offset", [-10_000, 10_000, -(10**12), 10**30])
@pytest.mark.parametrize("kind", ["month", "year"])
def test_that_a_period_out_of_the_calendar_is_said_in_words(kind: str, offset: int) -> None:
    with pytest.raises(PersonError, match="between the years"):
        period_of(kind, ms("2026-11-20"), "UTC", offset * 12)


def test_that_unknown_kinds_and_weekdays_are_said_in_words() -> None:
    with pytest.raises(PersonError, match="Choose one of"):
        period_of("fortnight", 0, "UTC")
    with pytest.raises(PersonError, match="no day of the week"):
        period_of("week", 0, "UTC", week_starts="someday")


def test_that_a_moment_out_of_the_calendar_is_said_in_words() -> None:
    with pytest.raises(PersonError, match="between the years"):
        period_of("month", 10**18, "UTC")


def test_that_neighbouring_days_touch_over_a_century() -> None:
    at_ms = ms("1971-01-01")
    for zone in ("America/St_Johns", "Africa/Cairo", "Asia/Gaza", "America/Asuncion"):
        for year in range(60):
            spans = days(period_of("year", at_ms, zone, year))
            assert all(
                end - start <= timedelta(hours=26) // timedelta(milliseconds=1)
                for _, start, end in spans
            )


def test_that_an_hour_of_the_week_is_that_hour_on_each_such_day() -> None:
    november = period_of("month", ms("2026-11-20T12:00", "Europe/Berlin"), "Europe/Berlin")
    spans = hours_of_week(november, 3, 14)
    assert [local_time(start, "Europe/Berlin").strftime("%a %d %H:%M") for start, _ in spans] == [
        "Thu 05 14:00", "Thu 12 14:00", "Thu 19 14:00", "Thu 26 14:00",
    ]  # fmt: skip
    assert {end - start for start, end in spans} == {HOUR_MS}
    assert len(hours_of_week(november, None, 14)) == 30


def test_that_skipped_and_repeated_hours_of_the_week_are_the_clocks() -> None:
    zone = "Europe/Berlin"
    march = custom("2026-03-29", "2026-03-29", zone)
    assert hours_of_week(march, 6, 2) == ()
    ((start, end),) = hours_of_week(custom("2026-10-25", "2026-10-25", zone), 6, 2)
    assert end - start == 2 * HOUR_MS


@given(moments, zones)
def test_that_the_hours_of_the_week_are_the_hours_of_the_period(at_ms: int, zone: str) -> None:
    period = period_of("week", at_ms, zone)
    found = [
        span for day in range(7) for hour in range(24) for span in hours_of_week(period, day, hour)
    ]
    assert sorted(found) == [(start, end) for _, start, end in hours(period)]


def test_that_all_time_begins_with_the_calendar_where_a_clock_was_never_set() -> None:
    period = all_time(5_000, ms("2026-11-20T12:00"), "America/New_York")
    assert (period.start, period.end) == ("1970-01-01", "2026-11-20")
