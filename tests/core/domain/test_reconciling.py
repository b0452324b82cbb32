"""Reconciliation: each claim beside the sums, with the reason that fits and no other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain import reconciling
from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.reconciliation import ReconciliationRow
from alwrity_desktop.core.domain.reconciling import (
    COST_PERCENT,
    PERCENT_LOST,
    PERCENT_MORE,
    STATUS_STAYS,
    Sums,
    reconcile,
    reconcile_standing,
)
from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.server import Meaning, PlanLimit, ServerFacts, ServerStanding
from alwrity_desktop.core.domain.server_limits import limits_of
from alwrity_desktop.core.domain.statements import ALL_TIME, SUMMARY, Statement, StatementKind

CENT = 10_000_000_000

NOVEMBER = Sums().plus("gemini", Figures(calls=49, input_tokens=600, cost_pico=5_554_300_000))
EVER = NOVEMBER.plus("exa", Figures(calls=219, cost_pico=610 * CENT))


def claim(period: str = "2026-11", provider: str = "", **fields: Any) -> Statement:  # noqa: ANN401
    """Return the trends' claim about a total or a provider."""
    kind = StatementKind.PROVIDER if provider else StatementKind.TOTAL
    known: dict[str, Any] = {"account": "work", "origin": "trends", "key": provider}
    return Statement(kind=kind, period=period, **{**known, **fields})


def rows(*claims: Statement, merged: int = 0, **options: Any) -> tuple[ReconciliationRow, ...]:  # noqa: ANN401
    """Return the rows of November and of all time."""
    sums = {"2026-11": NOVEMBER, ALL_TIME: EVER}
    periods = ["2026-11", ALL_TIME]
    known: dict[str, Any] = {"has_calls": True}
    return reconcile(claims, sums, periods, {"2026-11": merged}, **{**known, **options})


@pytest.mark.parametrize(
    ("said", "likely"),
    [
        (claim(calls=49), ""),
        (claim(calls=1, origin="dashboard"), reconciling.LOST_COUNTS),
        (claim(calls=268, origin="dashboard"), reconciling.ALL_TIME_NAMED_MONTH),
        (claim(calls=300, origin=SUMMARY), reconciling.ALL_TIME_NAMED_MONTH),
        (claim(calls=52), reconciling.NOT_IN_ROWS),
        (claim(calls=0), reconciling.TRENDS_WITHOUT),
        (claim(calls=48), reconciling.DIFFERS),
        (claim(cost_pico=CENT), reconciling.ROUNDED),
        (
            claim(provider="gemini", cost_pico=0),
            "The server gives every provider's cost as 0 here.",
        ),
        (claim(provider="gemini", calls=0, origin="usage"), reconciling.LOST_COUNTS),
    ],
)
def test_that_a_difference_has_the_reason_that_fits(said: Statement, likely: str) -> None:
    (row,) = rows(said)
    assert row.likely == likely
    assert row.is_equal is (likely == "")


def test_that_calls_merged_unread_explain_what_the_server_lacks() -> None:
    (row,) = rows(claim(calls=19, origin="usage"), merged=30)
    assert row.likely == "30 of the calls were merged by the server before they were read."


def test_that_endpoints_that_contradict_one_another_have_a_row_each() -> None:
    found = rows(
        claim(calls=49), claim(calls=1, origin="dashboard"), claim(calls=1, origin="usage")
    )
    assert [(row.what, row.calls_say, row.server_says, row.difference) for row in found] == [
        ("calls 2026-11", "49", "49", "0"),
        ("calls 2026-11", "49", "1", "48"),
    ]
    assert [row.origin for row in found] == ["trends", "dashboard, usage"]


def test_that_money_is_exact_and_names_its_provider() -> None:
    (row,) = rows(claim(provider="gemini", cost_pico=CENT))
    assert (row.what, row.calls_say, row.server_says) == (
        "cost 2026-11 gemini",
        "0.0055543",
        "0.01",
    )
    assert row.difference == "-0.0044457"


def test_that_without_any_calls_nothing_is_held_against_a_claim() -> None:
    (row,) = rows(claim(calls=1250), has_calls=False)
    assert (row.calls_say, row.difference, row.likely, row.is_equal) == (None, None, "", None)


def test_that_what_was_not_said_has_no_row_and_nothing_beside_nothing_neither() -> None:
    assert rows(claim()) == ()
    assert rows(claim(provider="video", calls=0, cost_pico=0)) == ()
    assert rows(claim("2026-02", calls=7)) == ()


def test_that_all_time_lists_providers_only_when_it_is_asked_for() -> None:
    said = claim(ALL_TIME, provider="exa", calls=219)
    assert rows(said) == ()
    (row,) = rows(said, is_detailed=True)
    assert row.what == "calls all time exa"


@given(said=st.integers(0, 10**6), own=st.integers(0, 10**6))
def test_that_a_difference_is_the_calls_less_the_claim(said: int, own: int) -> None:
    sums = {"2026-11": Sums().plus("exa", Figures(calls=own))}
    found = reconcile([claim(calls=said)], sums, ["2026-11"], {}, has_calls=True)
    for row in found:
        assert int(row.difference or "0") == own - said
        assert bool(row.likely) is (own != said)


def standing_rows(status: str, percents: dict[str, str]) -> list[tuple[str | None, ...]]:
    limits = limits_of(
        ServerFacts(
            limits=(
                PlanLimit("exa_calls", LimitKind.CALLS, 30, Meaning.LIMITED, ("exa",)),
                PlanLimit("cost", LimitKind.COST, 10**12, Meaning.LIMITED),
            )
        ),
        "2026-11",
        {"exa": Figures(calls=25, cost_pico=5 * 10**11)},
        (),
        "",
    )
    said = ServerStanding("2026-11", status, tuple(percents.items()))
    rows = reconcile_standing(said, limits, None)
    return [(row.what, row.calls_say, row.server_says, row.difference, row.likely) for row in rows]


def test_that_the_servers_status_and_percentages_stand_beside_ours() -> None:
    assert standing_rows("active", {"exa_calls": "3.3333", "cost": "0", "openai_calls": "7"}) == [
        ("status 2026-11", "warning", "active", None, STATUS_STAYS),
        ("percent 2026-11 exa_calls", "83.3", "3.3", "80.0", PERCENT_LOST),
        ("percent 2026-11 cost", "50.0", "0.0", "50.0", COST_PERCENT),
    ]


def test_that_a_server_that_says_the_same_is_given_no_reason() -> None:
    assert standing_rows("warning", {"exa_calls": "83.333333", "cost": "50"}) == [
        ("status 2026-11", "warning", "warning", None, ""),
        ("percent 2026-11 exa_calls", "83.3", "83.3", "0.0", ""),
        ("percent 2026-11 cost", "50.0", "50.0", "0.0", ""),
    ]


def test_that_a_server_that_counts_more_is_told_so() -> None:
    assert standing_rows("", {"exa_calls": "90.0"})[0][-1] == PERCENT_MORE


def test_that_calls_without_a_price_say_nothing_of_the_cost() -> None:
    unpriced = {"2026-11": Sums().plus("acme", Figures(calls=3, unpriced_calls=3))}
    said = claim(cost_pico=CENT, calls=3)
    calls, cost = reconcile([said], unpriced, ["2026-11"], {}, has_calls=True)
    assert (calls.calls_say, calls.difference) == ("3", "0")
    assert (cost.calls_say, cost.difference, cost.likely) == (None, None, reconciling.UNPRICED)
