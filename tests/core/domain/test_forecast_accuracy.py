"""The forecast beats the naive rate on lives that are not its model, and its band is honest."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest

from alwrity_desktop.core.domain.forecast_check import (
    BacktestRow,
    BacktestSummary,
    backtest,
    summaries,
)
from alwrity_desktop.core.domain.periods import custom
from benchmarks.forecast_error import Told, figures, table, told_months
from benchmarks.histories import KINDS, PLAIN, histories

USD = 10**12


@pytest.fixture(scope="module")
def told() -> list[Told]:
    return list(told_months(seed=2026, lives=5, kinds=tuple(KINDS)))


def test_that_half_way_the_error_is_well_below_the_naive_rates(told: list[Told]) -> None:
    middle = [one for one in told if one.row.passed_percent == 50]
    error, naive, _ = figures(middle)
    assert len(middle) > 400
    assert error < 0.85 * naive


def test_that_with_plain_habits_it_is_a_quarter_lower(told: list[Told]) -> None:
    middle = [one for one in told if one.row.passed_percent == 50 and one.kind in PLAIN]
    error, naive, held = figures(middle)
    assert len(middle) > 200
    assert error < 0.77 * naive
    assert 75 <= held <= 92


@pytest.mark.parametrize("percent", [25, 50, 75])
def test_that_the_band_holds_what_comes(told: list[Told], percent: int) -> None:
    rows = [one for one in told if one.row.passed_percent == percent]
    assert 75 <= figures(rows)[2] <= 92


def test_that_the_band_is_honest_for_each_kind_of_life(told: list[Told]) -> None:
    kinds = defaultdict(list)
    for one in told:
        kinds[one.kind].append(one)
    held = {kind: figures(rows)[2] for kind, rows in kinds.items() if len(rows) >= 30}
    assert len(held) > 10
    assert all(68 <= percent <= 99 for percent in held.values()), held


def test_that_the_table_has_a_line_for_each_kind(told: list[Told]) -> None:
    lines = list(table(told))
    assert [line.split()[0] for line in lines[2:]] == [*KINDS, "all"]


def test_that_lives_are_the_same_for_the_same_seed() -> None:
    one, two = (list(histories(7, 1, ("mixed",))) for _ in range(2))
    assert one == two
    assert one != list(histories(8, 1, ("mixed",)))


DAYS = [((date(2026, 8, 1) + timedelta(days=number)).isoformat(), USD) for number in range(61)]
SEPTEMBER = custom("2026-09-01", "2026-09-30", "UTC")


def test_that_a_backtest_knows_only_what_was_known_then() -> None:
    doubled = [(day, cost * (2 if day > "2026-09-15" else 1)) for day, cost in DAYS]
    quarter, half, late = backtest(doubled, [SEPTEMBER])
    assert [row.actual for row in (quarter, half, late)] == [45 * USD] * 3
    assert half.naive == 30 * USD
    assert half.told == pytest.approx(half.naive, rel=1e-6)
    assert half.error_percent == pytest.approx(33.33)
    assert half.is_held is False
    assert late.told is not None
    assert late.told > 33 * USD


def test_that_periods_without_a_history_are_left_out_of_the_summary() -> None:
    august = custom("2026-08-01", "2026-08-30", "UTC")
    early = backtest(DAYS, [august])[0]
    assert early.told == pytest.approx(30 * USD, rel=1e-6)
    assert (early.error_percent, early.is_held) == (0.0, True)
    first = backtest(DAYS, [custom("2026-07-30", "2026-08-10", "UTC")])[0]
    assert (first.told, first.error_percent, first.is_held) == (None, None, None)
    assert summaries([first]) == ()


def test_that_a_summary_has_the_middle_of_the_errors() -> None:
    rows = [
        BacktestRow("2026-09-01", "2026-09-30", 50, 100, told, 90, 110, 150)
        for told in (100, 105, 120)
    ]
    assert summaries(rows) == (BacktestSummary(50, 3, 5.0, 50.0, 100.0),)
