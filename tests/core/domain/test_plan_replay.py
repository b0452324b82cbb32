"""Plans replayed: the first limit that was passed, its day, and the cheapest plan that fits."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from alwrity_desktop.core.domain.alwrity_plans import offline_plans
from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.money import PICO_PER_USD
from alwrity_desktop.core.domain.plan_replay import Comparison, Replay, Use, compare
from alwrity_desktop.core.domain.server import Meaning, PlanLimit, ServerPlan

DOLLAR = PICO_PER_USD


def gemini(day: str, calls: int, tokens: int = 0, cost_pico: int = 0) -> Use:
    return Use(day, "gemini", calls, tokens, cost_pico)


def replayed(
    uses: Iterable[Use],
    calls: Iterable[Use] = (),
    plans: tuple[ServerPlan, ...] = offline_plans(),
) -> Comparison:
    asked = list(calls)
    replay = Replay(tuple(uses), "2026-09-01", "2026-10-31", lambda _day: asked)
    return compare(plans, replay, "a table")


def test_that_the_public_plans_stand_in_the_order_of_their_fees() -> None:
    plans = offline_plans()
    assert [plan.name for plan in plans] == ["Free", "Basic", "Pro", "Enterprise"]
    fees = [(plan.price_monthly_pico, plan.price_yearly_pico) for plan in plans]
    assert fees == [
        (m * DOLLAR, y * DOLLAR) for m, y in ((0, 0), (29, 290), (79, 790), (199, 1990))
    ]
    assert all(len(plan.limits) == 20 for plan in plans)


def test_that_exactly_the_limit_fits_and_one_more_does_not() -> None:
    fits = replayed([gemini("2026-09-01", 30), gemini("2026-09-02", 20)])
    assert [outcome.fits for outcome in fits.outcomes] == [True] * 4
    assert fits.recommended == "Free"
    over = replayed([gemini("2026-09-01", 30), gemini("2026-09-02", 21)], [gemini("", 1)] * 21)
    free, basic, *_ = over.outcomes
    assert (free.fits, free.first_limit_hit, free.hit_on) == (
        False,
        "ai_text_generation_calls",
        "2026-09-02",
    )
    assert (basic.fits, basic.first_limit_hit, basic.hit_on) == (True, None, None)
    assert over.recommended == "Basic"
    assert over.why == (
        "Basic for $29.00 a month is the cheapest plan that fits the calls from 2026-09-01 to "
        "2026-10-31: Free stops on 2026-09-02 at 50 (AI text generation calls). "
        "Paid by the year it is $290.00, $58.00 a year less than by the month."
    )


def test_that_each_month_begins_anew() -> None:
    months = replayed([gemini("2026-09-30", 50), gemini("2026-10-01", 50)])
    assert months.recommended == "Free"


def test_that_the_days_calls_tell_which_of_several_limits_was_first() -> None:
    uses = [Use("2026-09-01", "gemini", 2, 60_000, 3 * DOLLAR)]
    dear_first = [gemini("", 1, 10_000, 3 * DOLLAR), gemini("", 1, 50_000)]
    long_first = list(reversed(dear_first))
    assert replayed(uses, dear_first).outcomes[0].first_limit_hit == "cost"
    assert replayed(uses, long_first).outcomes[0].first_limit_hit == "gemini_tokens"


def test_that_what_a_plan_does_not_include_stops_at_the_first_call() -> None:
    found = replayed([Use("2026-09-05", "openai", 1, 10, 0)], [Use("", "openai", 1, 10, 0)])
    free = found.outcomes[0]
    assert (free.fits, free.first_limit_hit, free.hit_on) == (False, "openai_calls", "2026-09-05")
    assert found.recommended == "Basic"
    assert "which it does not include" in found.why


def test_that_a_plan_without_limits_takes_everything_but_its_cost() -> None:
    found = replayed([Use("2026-09-05", "openai", 10**6, 10**9, 499 * DOLLAR)])
    assert found.recommended == "Enterprise"


def test_that_no_plan_is_recommended_where_none_fits() -> None:
    found = replayed([gemini("2026-09-05", 1, 1, 501 * DOLLAR)])
    assert found.recommended is None
    assert found.why.startswith("No plan fits the calls from 2026-09-01 to 2026-10-31: Free stops")


def test_that_without_calls_nothing_is_claimed() -> None:
    found = replayed([])
    assert {outcome.fits for outcome in found.outcomes} == {None}
    assert (found.recommended, found.why) == (
        None,
        "There are no calls from 2026-09-01 to 2026-10-31 to replay.",
    )


def test_that_a_plan_without_a_price_is_never_recommended() -> None:
    plan = ServerPlan("1", "Odd", "odd")
    assert replayed([gemini("2026-09-05", 1)], plans=(plan,)).recommended is None


def test_that_a_year_that_saves_nothing_is_not_praised() -> None:
    dear = ServerPlan("1", "Odd", "odd", price_monthly_pico=DOLLAR, price_yearly_pico=12 * DOLLAR)
    unknown = ServerPlan("2", "Even", "even", price_monthly_pico=DOLLAR)
    for plan in (dear, unknown):
        assert "year" not in replayed([gemini("2026-09-05", 1)], plans=(plan,)).why


def test_that_a_plan_is_paid_by_the_month_and_where_known_by_the_year() -> None:
    pro = replayed([]).outcomes[2]
    assert pro.fees == (("monthly", 79 * DOLLAR), ("yearly", 790 * DOLLAR))
    (odd,) = replayed([], plans=(ServerPlan("1", "Odd", "odd"),)).outcomes
    assert odd.fees == (("monthly", None),)


DAYS = st.sampled_from(["2026-09-01", "2026-09-15", "2026-10-01", "2026-10-31"])


@given(st.lists(st.tuples(DAYS, st.integers(1, 40)), max_size=12), st.integers(1, 100))
def test_that_the_day_is_the_first_on_which_the_sum_passes(
    booked: list[tuple[str, int]], limit: int
) -> None:
    plan = ServerPlan(
        "1",
        "One",
        "one",
        price_monthly_pico=1,
        limits=(PlanLimit("gemini_calls", LimitKind.CALLS, limit, Meaning.LIMITED, ("gemini",)),),
    )
    found = replayed([gemini(day, calls) for day, calls in booked], plans=(plan,)).outcomes[0]
    days = [
        day
        for day in sorted({day for day, _ in booked})
        if sum(n for each, n in booked if each[:7] == day[:7] and each <= day) > limit
    ]
    assert found.hit_on == (days[0] if days else None)
    assert found.fits is (not days if booked else None)
