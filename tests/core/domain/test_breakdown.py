"""Groups and series: cut where clocks turn, dearest first, and never a part lost."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.breakdown import (
    day_of_slot,
    day_points,
    hour_points,
    merged,
    offset_spans,
    series_groups,
    share,
    time_groups,
    total_of,
)
from alwrity_desktop.core.domain.durations import bucket_of
from alwrity_desktop.core.domain.periods import custom, local_time
from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.sums import DurationCount, SeriesSums, SlotSums

HOUR_MS = 3_600_000
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/Havana",
)
QUARTERS = st.integers(1_420_070_400_000 // 900_000, 1_900_000_000_000 // 900_000)


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def costing(cost_pico: int, calls: int = 1) -> Figures:
    return Figures(calls=calls, cost_pico=cost_pico, input_tokens=10 * calls)


@given(QUARTERS, st.integers(0, 40_000), st.sampled_from(ZONES), st.data())
def test_that_spans_of_one_offset_cover_a_span_without_gap_or_overlap(
    first: int, length: int, zone: str, data: st.DataObject
) -> None:
    start_ms, end_ms = first * 900_000, (first + length) * 900_000

    spans = offset_spans(start_ms, end_ms, zone)

    assert not spans if start_ms == end_ms else spans
    edges = [start_ms, *(span.end_ms for span in spans)]
    assert [span.start_ms for span in spans] == edges[:-1]
    assert edges[-1] == end_ms
    for span in spans:
        quarters = st.integers(span.start_ms // 900_000, span.end_ms // 900_000 - 1)
        moment = data.draw(quarters) * 900_000
        for at_ms in (span.start_ms, moment, span.end_ms - 1):
            offset = local_time(at_ms, zone).utcoffset()
            assert offset is not None
            assert offset.total_seconds() == span.offset_s


def test_that_two_turns_on_one_day_are_both_found() -> None:
    # Morocco puts its clocks back for Ramadan and forward after it.
    spans = offset_spans(ms("2026-02-01T00:00"), ms("2026-04-01T00:00"), "Africa/Casablanca")

    assert [span.offset_s for span in spans] == [3600, 0, 3600]


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(1, 3, 33.3), (0, 5, 0.0), (5, 5, 100.0), (0, 0, None)]
)
def test_that_a_share_of_nothing_is_unknown(part: int, whole: int, percent: float | None) -> None:
    assert share(part, whole) == percent


def a_series(cost_pico: int, **dimensions: str | int) -> SeriesSums:
    known: dict[str, str | int] = {
        "provider": "anthropic",
        "model": "claude",
        "status_code": 0,
        "price_status": "priced",
    }
    return SeriesSums({**known, **dimensions}, costing(cost_pico))


def test_that_groups_come_dearest_first_and_sum_to_everything() -> None:
    rows = [a_series(1, model="a"), a_series(5, model="b"), a_series(3, model="a", status_code=500)]

    groups = series_groups("model", rows, ())

    assert [(group.key, group.figures.cost_pico) for group in groups] == [("b", 5), ("a", 4)]
    assert [group.share_percent for group in groups] == [55.6, 44.4]
    assert total_of(group.figures for group in groups) == total_of(row.figures for row in rows)


def test_that_one_model_of_two_providers_is_two_groups() -> None:
    rows = [a_series(1), a_series(2, provider="bedrock")]

    groups = series_groups("model", rows, ())

    assert [(group.key, group.provider) for group in groups] == [
        ("claude", "bedrock"),
        ("claude", "anthropic"),
    ]


def test_that_an_unknown_status_is_called_so() -> None:
    rows = [a_series(1), a_series(2, status_code=429)]

    assert {group.key for group in series_groups("status", rows, ())} == {"unknown", "429"}


def test_that_percentiles_are_of_the_groups_own_calls() -> None:
    counts = [
        DurationCount("anthropic", "a", bucket_of(100), 9),
        DurationCount("anthropic", "a", bucket_of(5000), 1),
        DurationCount("openai", "a", bucket_of(9000), 5),
    ]
    rows = [a_series(1, model="a"), a_series(0, model="a", provider="openai")]

    models = {group.provider: group for group in series_groups("model", rows, counts)}
    providers = {group.key: group for group in series_groups("provider", rows, counts)}

    for groups in (models, providers):
        found = groups["anthropic"]
        assert found.p50_duration_ms == pytest.approx(100, rel=0.021)
        assert found.p95_duration_ms == pytest.approx(5000, rel=0.021)
        assert groups["openai"].p50_duration_ms == pytest.approx(9000, rel=0.021)
    assert series_groups("project", [a_series(1, project="p")], counts)[0].p50_duration_ms is None


def test_that_days_hours_and_weekdays_are_those_of_the_local_clock() -> None:
    # Friday 2026-11-20, 23:00 and Saturday 00:00 in Berlin.
    slots = [(ms("2026-11-20T22:00") + 3_600_000) // HOUR_MS]
    slots.append(slots[0] + 1)
    rows = [SlotSums(slot, 3600, "anthropic", costing(1)) for slot in slots]
    day_rows = [SlotSums(slot // 24, 3600, "anthropic", costing(1)) for slot in slots]

    assert [group.key for group in time_groups("hour", rows)] == [
        "2026-11-20T23:00+01:00",
        "2026-11-21T00:00+01:00",
    ]
    assert [group.key for group in time_groups("weekday_hour", rows)] == ["Fri 23", "Sat 00"]
    assert [group.key for group in time_groups("day", day_rows)] == ["2026-11-20", "2026-11-21"]


@given(st.integers(0, 40_000))
def test_that_a_slot_names_its_day(slot: int) -> None:
    day = day_of_slot(slot)
    assert datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() == slot * 86_400


def test_that_empty_days_are_there_and_today_is_unfinished() -> None:
    slot = ms("2026-11-19T00:00") // 86_400_000
    rows = [SlotSums(slot, 0, "a", costing(3)), SlotSums(slot, 0, "b", costing(4))]

    points = day_points(["2026-11-18", "2026-11-19", "2026-11-20"], rows, "2026-11-20")

    assert [point.total.cost_pico for point in points] == [0, 7, 0]
    assert [point.is_unfinished for point in points] == [False, False, True]
    assert {name: each.cost_pico for name, each in points[1].by_provider.items()} == {
        "a": 3,
        "b": 4,
    }


def test_that_merged_points_sum_to_their_days() -> None:
    slot = ms("2026-11-01T00:00") // 86_400_000
    rows = [SlotSums(slot + day, 0, "ab"[day % 2], costing(day)) for day in range(10)]
    days = day_points([day_of_slot(slot + day) for day in range(10)], rows, "2026-11-10")

    weeks = merged([("2026-11-01", days[:4]), ("2026-11-05", days[4:])], "2026-11-05")

    assert [week.total.cost_pico for week in weeks] == [6, 39]
    assert [week.is_unfinished for week in weeks] == [False, True]
    for week in weeks:
        parts = week.by_provider.values()
        assert sum(each.cost_pico for each in parts) == week.total.cost_pico
        assert sum(each.tokens for each in parts) == week.total.tokens


def test_that_an_hour_that_comes_twice_is_one_point_of_the_clock() -> None:
    day = custom("2026-10-25", "2026-10-25", "Europe/Berlin")
    first = ms("2026-10-25T00:00") // HOUR_MS
    rows = [SlotSums(first + 2, 7200, "a", costing(1)), SlotSums(first + 2, 3600, "a", costing(2))]

    points = hour_points(day, rows, day.end_ms)

    assert len(points) == 24
    assert points[2].total.cost_pico == 3
    assert not any(point.is_unfinished for point in points)
