"""A month's change is told only where both months are whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.month_changes import month_changes
from alwrity_desktop.core.domain.report import Amounts, Point


def point(start: str, cost: int = 0, calls: int = 1, *, is_unfinished: bool = False) -> Point:
    return Point(start, Amounts(cost_pico=cost, calls=calls), {}, is_unfinished=is_unfinished)


MONTHS = (
    point("2026-07-01", 0, 0),
    point("2026-08-01", 40),
    point("2026-09-01", 100),
    point("2026-10-01", 150, 3),
    point("2026-11-01", 90, is_unfinished=True),
)
DAYS = (point("2026-07-31", 0, 0), point("2026-08-20", 40))


def test_that_whole_months_are_held_against_the_month_before() -> None:
    cost = month_changes(MONTHS, DAYS, LimitKind.COST)
    assert cost == (None, None, None, 50.0, None)
    assert month_changes(MONTHS, DAYS, LimitKind.CALLS)[3] == 200.0
    assert month_changes(MONTHS, DAYS, LimitKind.TOKENS)[3] is None


def test_that_use_from_the_first_of_a_month_makes_it_whole() -> None:
    days = (point("2026-08-01", 40),)
    assert month_changes(MONTHS, days, LimitKind.COST)[2] == 150.0


def test_that_nothing_is_said_without_any_use() -> None:
    assert month_changes(MONTHS, (), LimitKind.COST) == (None,) * 5
    assert month_changes((), (), LimitKind.COST) == ()


@given(st.lists(st.integers(0, 10**15), min_size=2, max_size=12))
def test_that_a_change_leads_from_one_month_to_the_next(costs: list[int]) -> None:
    months = [point(f"2026-{index + 1:02d}-01", cost) for index, cost in enumerate(costs)]
    found = month_changes(months, (point("2026-01-01"),), LimitKind.COST)
    for before, now, change in zip(costs[:-1], costs[1:], found[1:], strict=True):
        if change is None:
            assert before == 0
        else:
            assert abs(before * (100 + change) / 100 - now) <= 1 + now * 1e-9


def test_that_a_month_of_unknown_cost_is_held_against_nothing() -> None:
    unknown = Point("2026-10-01", Amounts(calls=3, unpriced_calls=3), {})
    months = (MONTHS[2], unknown, point("2026-11-01", 90))
    found = month_changes(months, (point("2026-08-01"),), LimitKind.COST)
    assert found == (None, None, None)
    assert month_changes(months, (point("2026-08-01"),), LimitKind.CALLS)[1] == 200.0
