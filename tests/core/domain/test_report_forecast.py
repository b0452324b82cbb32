"""Where a report's period and its limits end, from sums by day and by hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from alwrity_desktop.core.domain.budgets import Limit, LimitKind, percent_used, status_of
from alwrity_desktop.core.domain.money import PICO_PER_USD
from alwrity_desktop.core.domain.periods import period_of
from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.report_forecast import (
    WatchedLimit,
    day_shape,
    period_forecast,
    watch,
)
from alwrity_desktop.core.domain.sums import SlotSums

NOW_MS: Final = int(datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp() * 1000)
TODAY: Final = date(2026, 11, 20)
MONTH: Final = period_of("month", NOW_MS, "UTC")
EPOCH: Final = date(1970, 1, 1)


def slot(day: date, provider: str = "openai", dollars: int = 2, calls: int = 10) -> SlotSums:
    figures = Figures(calls=calls, output_tokens=100, cost_pico=dollars * PICO_PER_USD)
    return SlotSums((day - EPOCH).days, 0, provider, figures)


def days(count: int, provider: str = "openai", dollars: int = 2) -> list[SlotSums]:
    """Return *count* complete days before today, the oldest first."""
    return [slot(TODAY - timedelta(days=ago), provider, dollars) for ago in range(count, 0, -1)]


def totals_of(slots: list[SlotSums]) -> Figures:
    first = (date(2026, 11, 1) - EPOCH).days
    return sum((row.figures for row in slots if row.slot >= first), Figures())


def own(slots: list[SlotSums]) -> list[SlotSums]:
    return [row for row in slots if row.slot >= (date(2026, 11, 1) - EPOCH).days]


def cost_limit(used: int, limit: int) -> Limit:
    return Limit(
        name="Month",
        scope="account",
        kind=LimitKind.COST,
        used=used,
        limit=limit,
        percent=percent_used(used, limit),
        status=status_of(used, limit),
        origin="budget",
        period="month",
        resets_on="2026-12-01",
    )


def test_that_cost_calls_and_tokens_are_told_in_all_and_by_provider() -> None:
    slots = [*days(60), *days(60, "anthropic", 4)]
    told = period_forecast(slots, own(slots), totals_of(slots), MONTH, NOW_MS)
    assert told.cost_pico == pytest.approx((6 * 19 + 6 * 10.5) * PICO_PER_USD, rel=0.02)
    assert told.calls is not None
    assert told.calls.amount == pytest.approx(20 * 29.5, rel=0.02)
    assert told.tokens is not None
    assert told.tokens.so_far == 200 * 19
    assert [one.provider for one in told.providers] == ["anthropic", "openai"]
    ends = [one.cost.amount or 0 for one in told.providers]
    assert sum(ends) == pytest.approx(told.cost_pico or 0, abs=2)


def test_that_one_provider_is_not_told_twice() -> None:
    slots = days(60)
    told = period_forecast(slots, own(slots), totals_of(slots), MONTH, NOW_MS)
    assert told.providers == ()


def test_that_what_totals_hold_beyond_the_days_counts_as_used() -> None:
    slots = days(60)
    more = totals_of(slots) + Figures(cost_pico=7 * PICO_PER_USD)
    plain = period_forecast(slots, own(slots), totals_of(slots), MONTH, NOW_MS)
    told = period_forecast(slots, own(slots), more, MONTH, NOW_MS)
    assert told.cost is not None
    assert plain.cost is not None
    assert told.cost.so_far - plain.cost.so_far == 7 * PICO_PER_USD


def test_that_a_day_follows_the_hours_of_the_days_before() -> None:
    hours = [
        SlotSums((TODAY - EPOCH).days * 24 - ago * 24 + 9, 0, "openai", Figures(cost_pico=100))
        for ago in range(28)
    ]
    shape = day_shape(hours, TODAY.isoformat())
    assert shape.working_day[9] < 0.1
    assert shape.working_day[10] > 0.9


def test_that_a_limit_names_the_day_on_which_it_is_reached() -> None:
    slots = days(60)
    limit = cost_limit(38 * PICO_PER_USD, 45 * PICO_PER_USD)
    found = watch([WatchedLimit("budget:1", limit, MONTH, slots)], NOW_MS)
    assert found[0].key == "budget:1"
    assert found[0].limit.reaches_on == "2026-11-23"
    assert found[0].limit.reaches_earliest is not None
    assert found[0].limit.reaches_earliest <= "2026-11-23"
    assert found[0].limit.expected == found[0].projection.amount


def test_that_a_limit_out_of_reach_and_one_that_is_reached_name_no_day() -> None:
    slots = days(60)
    far = cost_limit(38 * PICO_PER_USD, 4500 * PICO_PER_USD)
    over = cost_limit(38 * PICO_PER_USD, 30 * PICO_PER_USD)
    found = watch([WatchedLimit(str(one), one, MONTH, slots) for one in (far, over)], NOW_MS)
    assert [one.limit.reaches_on for one in found] == [None, None]


def test_that_what_stands_against_a_limit_is_what_its_end_begins_with() -> None:
    slots = days(60)
    limit = cost_limit(43 * PICO_PER_USD, 100 * PICO_PER_USD)
    found = watch([WatchedLimit("server", limit, MONTH, slots)], NOW_MS)
    assert found[0].projection.so_far == 43 * PICO_PER_USD
    assert found[0].limit.expected == pytest.approx((43 + 2 * 10.5) * PICO_PER_USD, rel=0.02)


def test_that_too_little_history_names_no_day() -> None:
    limit = cost_limit(4 * PICO_PER_USD, 5 * PICO_PER_USD)
    found = watch([WatchedLimit("new", limit, MONTH, days(2))], NOW_MS)
    assert found[0].limit == limit
    assert found[0].projection.refused
