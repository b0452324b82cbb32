"""What servers state: parts and what no part names are the whole, and unknown stays unknown."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.breakdown import total_of
from alwrity_desktop.core.domain.periods import custom, period_of
from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.stated import NOT_ITEMISED, Stated, of_platform, together
from alwrity_desktop.core.domain.statements import Statement, StatementKind

NOW_MS = 1_795_181_520_000
"""2026-11-20T13:32 UTC."""
NOVEMBER = period_of("month", NOW_MS, "UTC")


def state(
    kind: StatementKind,
    period: str,
    key: str = "",
    at_ms: int = NOW_MS,
    **figures: Any,  # noqa: ANN401 - any field of a statement
) -> Statement:
    """Return a statement of a platform, said and confirmed at one time."""
    return Statement(
        "bots", "billing", kind, period, key, said_at_ms=at_ms, confirmed_at_ms=at_ms, **figures
    )


@given(whole=st.integers(0, 10**15), parts=st.lists(st.integers(0, 10**12), max_size=6))
def test_that_the_parts_and_the_rest_are_the_whole(whole: int, parts: list[int]) -> None:
    total = state(StatementKind.TOTAL, "month", cost_pico=whole + sum(parts), messages=1)
    agents = [
        state(StatementKind.AGENT, "month", f"a-{number}", cost_pico=cost)
        for number, cost in enumerate(parts)
    ]
    found = of_platform([total, *agents], NOVEMBER)

    groups = found.of_dimension("agent")
    assert total_of(one.figures for one in groups).cost_pico == whole + sum(parts)
    assert [one.key for one in groups].count(NOT_ITEMISED) <= 1
    assert [one.key for one in found.of_dimension("project")] == [NOT_ITEMISED]


def test_that_parts_that_exceed_the_whole_leave_no_rest() -> None:
    total = state(StatementKind.TOTAL, "month", cost_pico=5, messages=1)
    model = state(StatementKind.MODEL, "month", "gpt-4", cost_pico=9, messages=1)
    groups = of_platform([total, model], NOVEMBER).of_dimension("model")
    assert [(one.key, one.provider) for one in groups] == [("gpt-4", "openai")]


def test_that_what_the_newest_answer_no_longer_names_is_history() -> None:
    total = state(StatementKind.TOTAL, "month", cost_pico=5, messages=1)
    gone = state(StatementKind.AGENT, "month", "a-1", at_ms=NOW_MS - 60_000, cost_pico=5)
    there = state(StatementKind.AGENT, "month", "a-2", cost_pico=3)
    groups = of_platform([gone, there, total], NOVEMBER).of_dimension("agent")
    assert [one.key for one in groups] == ["a-2", NOT_ITEMISED]
    before = state(StatementKind.AGENT, "month", "a-3", at_ms=NOVEMBER.start_ms - 1, cost_pico=5)
    assert [one.key for one in of_platform([before, total], NOVEMBER).of_dimension("agent")] == [
        NOT_ITEMISED
    ]


def test_that_days_that_an_answer_leaves_out_were_without_use_and_others_are_unknown() -> None:
    year = state(StatementKind.TOTAL, "year", cost_pico=5, messages=1)
    day = state(StatementKind.DAY, "year", "2026-11-03", cost_pico=5, messages=1)

    assert of_platform([year, day], custom("2026-11-02", "2026-11-04", "UTC")).totals == Figures(
        cost_pico=5, messages=1
    )
    assert of_platform([year, day], custom("2026-11-05", "2026-11-09", "UTC")).totals == Figures(
        messages=0
    )
    assert of_platform([year, day], custom("2025-11-02", "2025-11-04", "UTC")).totals is None
    assert of_platform([day], custom("2026-11-04", "2026-11-04", "UTC")).totals is None


def test_that_the_newest_statement_of_a_day_counts() -> None:
    old = state(StatementKind.DAY, "week", "2026-11-03", at_ms=NOW_MS - 5, cost_pico=5)
    new = state(StatementKind.DAY, "year", "2026-11-03", cost_pico=7)
    for order in ([old, new], [new, old]):
        found = of_platform(order, custom("2026-11-03", "2026-11-03", "UTC"))
        assert found.totals is not None
        assert found.totals.cost_pico == 7


def test_that_servers_that_state_nothing_add_nothing() -> None:
    assert together([]).totals is None
    known = Stated(Figures(messages=2))
    assert together([Stated(), known, known]).totals == Figures(messages=4)
