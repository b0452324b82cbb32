"""Advice on plans: a saving is said only where it is one, and is the difference of two fees."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.alwrity_plans import offline_plans
from alwrity_desktop.core.domain.money import PICO_PER_USD
from alwrity_desktop.core.domain.plan_advice import Standing, advise
from alwrity_desktop.core.domain.plan_replay import Comparison, PlanAdvice

DOLLAR = PICO_PER_USD
NO_PLAN = ""


def advised(recommended: str | None, standing: Standing) -> tuple[PlanAdvice, ...]:
    comparison = Comparison((), recommended, "", "2026-09-01", "2026-10-31", "a table")
    return advise(offline_plans(), comparison, standing)


def test_that_a_plan_that_costs_less_than_the_calls_is_an_upgrade() -> None:
    (found,) = advised("Pro", Standing(NO_PLAN, "", 90 * DOLLAR))
    assert found.text == "Upgrading to Pro could save you $11.00/month"
    assert found.saving_monthly_pico == 11 * DOLLAR


def test_that_a_plan_that_costs_as_much_or_more_is_not_advised() -> None:
    assert advised("Pro", Standing(NO_PLAN, "", 79 * DOLLAR)) == ()
    assert advised("Pro", Standing("Basic", "monthly", 0)) == ()


def test_that_nothing_is_said_where_no_plan_fits_or_the_own_one_is_unknown() -> None:
    assert advised(None, Standing(NO_PLAN, "", 900 * DOLLAR)) == ()
    assert advised("Basic", Standing("Team of 2024", "monthly", 0)) == ()


def test_that_a_smaller_plan_that_fits_is_a_downgrade() -> None:
    (found,) = advised("Basic", Standing("Pro", "monthly", 0))
    assert found.text == "Downgrading to Basic could save you $50.00/month"
    # A year of Pro is $65.83 a month.
    (yearly,) = advised("Basic", Standing("Pro", "yearly", 0))
    assert yearly.text == "Downgrading to Basic could save you $36.83/month"


def test_that_the_plan_that_fits_is_cheaper_by_the_year() -> None:
    (found,) = advised("Pro", Standing("Pro", "monthly", 0))
    assert found.text == "Paying Pro by the year could save you $13.17/month"
    assert advised("Pro", Standing("Pro", "yearly", 0)) == ()
    assert advised("Free", Standing("Free", "monthly", 0)) == ()


@given(
    st.sampled_from([None, "Free", "Basic", "Pro", "Enterprise"]),
    st.sampled_from(["", "Free", "Basic", "Pro", "Enterprise"]),
    st.sampled_from(["monthly", "yearly"]),
    st.integers(0, 10**15),
)
def test_that_what_is_advised_always_saves_and_always_fits(
    recommended: str | None, own: str, cycle: str, spent: int
) -> None:
    for found in advised(recommended, Standing(own, cycle, 0 if own else spent)):
        assert found.saving_monthly_pico > 0
        assert found.plan == recommended
