"""Sums of reports: whatever the period, grouping and zone, the parts are the calls, to the unit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain import breakdown
from alwrity_desktop.core.domain.breakdown import offset_spans
from alwrity_desktop.core.domain.dimensions import DIMENSIONS
from alwrity_desktop.core.domain.periods import days, local_day, local_time
from alwrity_desktop.core.domain.report import Figures, Report
from alwrity_desktop.core.domain.sums import OffsetSpan
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT, Call
from alwrity_desktop.core.results import PeriodChoice
from tests.core.trees import one_call, totals

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS


def ms(text: str) -> int:
    """Return a UTC time in milliseconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


#: Zones that do odd things, each with moments around which it does them (or a month ends).
TURNS: Final = {
    "UTC": ("2026-11-01T00:00", "2026-01-01T00:00"),
    "Europe/Berlin": ("2026-03-29T01:00", "2026-10-25T01:00", "2026-10-31T23:00"),
    "America/New_York": ("2026-03-08T07:00", "2026-11-01T06:00", "2026-11-01T04:00"),
    # Half an hour, not a whole one.
    "Australia/Lord_Howe": ("2026-04-04T15:00", "2026-10-03T15:30"),
    # Midnight itself is skipped, or comes an hour later.
    "America/Santiago": ("2026-04-05T03:00", "2026-09-06T04:00"),
    "Africa/Cairo": ("2026-04-23T22:00", "2026-10-29T21:00"),
    "America/Havana": ("2026-03-08T05:00", "2026-11-01T05:00"),
    # Offsets of three quarters of an hour.
    "Asia/Kathmandu": ("2026-10-31T18:15",),
    "Pacific/Chatham": ("2026-04-04T14:00", "2026-09-26T14:00"),
    # The far ends of the day.
    "Pacific/Apia": ("2026-10-31T11:00", "2021-04-03T14:00"),
    "Pacific/Kiritimati": ("2026-10-31T10:00",),
    "Etc/GMT+12": ("2026-11-01T12:00",),
    # Clocks that were set at a minute past midnight.
    "Antarctica/Casey": ("2020-10-03T16:01", "2021-03-13T13:00"),
    "Asia/Gaza": ("2026-03-28T00:00", "2026-10-24T00:00"),
}

#: Sums are kept by the quarter of an hour, so that a turn within one is told to the quarter.
WITHIN_A_QUARTER: Final = {"Antarctica/Casey"}

PRICED: Final = (
    ("anthropic", "claude-sonnet-4-5-20250929"),
    ("openai", "gpt-5"),
    ("gemini", "gemini-2.5-pro"),
    ("acme", "no-price-1"),
)

_numbers = st.integers(0, 10**9)


@st.composite
def moments(draw: st.DrawFn, zone: str) -> int:
    """Draw a moment near one of the zone's turns, on a border or beside it."""
    turn = ms(draw(st.sampled_from(TURNS[zone])))
    border = turn + draw(st.integers(-8, 8)) * HOUR_MS // 4
    return border + draw(st.sampled_from((-1, 0, 1, 450_000)))


@st.composite
def books(draw: st.DrawFn) -> tuple[str, list[Call]]:
    """Draw a zone and some calls around its turns."""
    zone = draw(st.sampled_from(list(TURNS)))
    count = draw(st.integers(1, 12))
    calls = []
    for number in range(count):
        provider, model = draw(st.sampled_from(PRICED))
        calls.append(
            Call(
                identity=f"record:{number}",
                occurred_at_ms=draw(moments(zone)),
                source=draw(st.sampled_from(("record", "claude-code"))),
                provider=provider,
                model=model,
                input_tokens=draw(_numbers),
                output_tokens=draw(_numbers),
                cache_read_tokens=draw(_numbers),
                cache_write_5m_tokens=draw(_numbers),
                cache_write_1h_tokens=draw(_numbers),
                duration_ms=draw(st.none() | st.integers(0, 10**7)),
                status_code=draw(st.sampled_from((None, 200, 429, 500))),
                project=draw(st.sampled_from(("", "blog"))),
                agent=draw(st.sampled_from(("", "writer"))),
                conversation=draw(st.sampled_from(("", "c1", "c2"))),
                endpoint=draw(st.sampled_from(("", "chat"))),
            )
        )
    return zone, calls


def naive(context: Context, calls: list[Call], start_ms: int, end_ms: int) -> Figures:
    """Add the calls of a span up one by one, at the costs that they were booked with."""
    page = context.ledger(LOCAL_ACCOUNT).calls(LOCAL_ACCOUNT, 0, 1 << 50)
    costs = {row.identity: row.cost_pico for row in page}
    total = Figures()
    for call in calls:
        if start_ms <= call.occurred_at_ms < end_ms:
            total += figures_of(call, costs[call.identity])
    return total


def figures_of(call: Call, cost_pico: int | None) -> Figures:
    return Figures(
        calls=1,
        errors=int(call.is_error),
        input_tokens=call.input_tokens,
        output_tokens=call.output_tokens,
        cache_read_tokens=call.cache_read_tokens,
        cache_write_tokens=call.cache_write_tokens,
        cost_pico=cost_pico or 0,
        unpriced_calls=int(cost_pico is None),
        status_calls=int(call.status_code is not None),
        duration_ms=call.duration_ms or 0,
        duration_calls=int(call.duration_ms is not None),
        unpriced_tokens=call.tokens if cost_pico is None else 0,
    )


def choices(zone: str, calls: list[Call]) -> Iterator[PeriodChoice]:
    """Return each kind of period, those that hold a call, and one that cuts through them."""
    yield PeriodChoice("all", timezone=zone)
    for kind in ("today", "week", "month", "year"):
        yield PeriodChoice(kind, timezone=zone)
    some = sorted({local_day(call.occurred_at_ms, zone) for call in calls})
    yield PeriodChoice("custom", some[0], some[-1], timezone=zone)
    yield PeriodChoice("custom", some[0], some[0], timezone=zone)
    yield PeriodChoice("custom", some[-1], some[-1], timezone=zone)
    month = some[0][:7]
    yield PeriodChoice("custom", f"{month}-01", f"{month}-28", timezone=zone)


def check_sums(report: Report, expected: Figures) -> None:
    """Hold every grouping and series of a report against what the calls add up to."""
    assert report.totals == expected
    for name in tuple(DIMENSIONS):
        parts = [group.figures for group in report.groups[name]]
        assert breakdown.total_of(parts) == expected, name
    amounts = breakdown.amounts_of(expected)
    for name in ("cost_pico", "calls", "tokens"):
        assert sum(getattr(point.total, name) for point in report.points) == getattr(amounts, name)
        by_provider = (
            getattr(each, name) for point in report.points for each in point.by_provider.values()
        )
        assert sum(by_provider) == getattr(amounts, name)


@given(books())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_that_every_grouping_of_every_period_sums_to_the_calls(
    context: Context, drawn: tuple[str, list[Call]]
) -> None:
    zone, calls = drawn
    clear(context)
    context.record(calls)
    totals(context)
    for choice in choices(zone, calls):
        report = context.report(LOCAL_ACCOUNT, choice, tuple(DIMENSIONS))
        expected = naive(context, calls, report.period.start_ms, report.period.end_ms)
        check_sums(report, expected)
        days_of_calls = {local_day(call.occurred_at_ms, zone) for call in calls}
        assert {group.key for group in report.groups["day"]} <= days_of_calls


def clear(context: Context) -> None:
    """Forget all calls: the next ones get a ledger of their own."""
    context.close()
    for path in context.profile.data.glob("ledger.sqlite3*"):
        path.unlink()


@given(books())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_that_days_one_by_one_sum_to_the_span_and_to_its_day_groups(
    context: Context, drawn: tuple[str, list[Call]]
) -> None:
    zone, calls = drawn
    clear(context)
    context.record(calls)
    check_days(context, zone, calls)


def by_day(context: Context, first: str, last: str, zone: str) -> Report:
    """Return the report of some days, with a group for each."""
    choice = PeriodChoice("custom", first, last, timezone=zone)
    return context.report(LOCAL_ACCOUNT, choice, ("day",))


def check_days(context: Context, zone: str, calls: list[Call]) -> None:
    """Hold each day's report against its calls, and against its part of the whole span."""
    first = min(call.occurred_at_ms for call in calls)
    start, end = local_day(first, zone), local_day(first + 3 * DAY_MS, zone)
    whole = context.report(
        LOCAL_ACCOUNT, PeriodChoice("custom", start, end, timezone=zone), ("day",)
    )
    groups = {group.key: group.figures for group in whole.groups["day"]}
    total = Figures()
    for day, start_ms, end_ms in days(whole.period):
        one = context.report(
            LOCAL_ACCOUNT, PeriodChoice("custom", day, day, timezone=zone), ("day",)
        )
        assert one.totals == naive(context, calls, start_ms, end_ms)
        assert one.totals == groups.get(day, Figures())
        total += one.totals
    assert total == whole.totals


def test_that_days_cut_at_one_offset_would_be_found(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An hour after the clocks of Berlin were put back, and half an hour before midnight.
    call = one_call(occurred_at_ms=ms("2026-10-25T22:30"))
    before = one_call(identity="record:2", occurred_at_ms=ms("2026-10-24T22:30"))
    context.record([call, before])
    check_days(context, "Europe/Berlin", [call, before])

    def at_one_offset(start_ms: int, end_ms: int, zone: str) -> list[OffsetSpan]:
        return [replace(offset_spans(start_ms, end_ms, zone)[0], end_ms=end_ms)]

    monkeypatch.setattr(breakdown, "offset_spans", at_one_offset)
    with pytest.raises(AssertionError):
        check_days(context, "Europe/Berlin", [call, before])


@pytest.mark.parametrize("zone", sorted(TURNS.keys() - WITHIN_A_QUARTER))
def test_that_an_hour_that_comes_twice_is_told_apart(context: Context, zone: str) -> None:
    turns = [ms(turn) for turn in TURNS[zone]]
    at = [turn + quarter * HOUR_MS // 4 for turn in turns for quarter in range(-16, 17)]
    calls = [
        Call(
            identity=f"record:{moment}",
            occurred_at_ms=moment,
            source="record",
            provider="openai",
            model="gpt-5",
            input_tokens=number + 1,
        )
        for number, moment in enumerate(dict.fromkeys(at))
    ]
    context.record(calls)
    report = context.report(LOCAL_ACCOUNT, PeriodChoice("all", timezone=zone), ("hour", "day"))
    expected: dict[str, int] = {}
    for call in calls:
        local = local_time(call.occurred_at_ms, zone).isoformat(timespec="minutes")
        hour = f"{local[:14]}00{local[16:]}"
        expected[hour] = expected.get(hour, 0) + call.input_tokens
    found = {group.key: group.figures.input_tokens for group in report.groups["hour"]}
    assert found == expected
    keys = [group.key for group in report.groups["hour"]]
    assert keys == sorted(keys, key=datetime.fromisoformat)
