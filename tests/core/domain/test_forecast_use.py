"""The forecast of cost, calls and tokens, in all and by provider, and its one sentence."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from random import Random

import pytest

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.forecast import DayUse, forecast, forecast_use
from alwrity_desktop.core.domain.forecast_words import sentence_of
from alwrity_desktop.core.domain.periods import period_of, start_of_day
from alwrity_desktop.core.domain.projection import Grounds, Projection

USD = 10**12
NOW_MS = start_of_day("2026-11-16", "UTC")
NOVEMBER = period_of("month", NOW_MS, "UTC")


def uses(seed: int, count: int = 90, cost: int = USD) -> list[DayUse]:
    random = Random(seed)
    found = []
    for number in range(count):
        day = date(2026, 11, 15) - timedelta(days=count - 1 - number)
        calls = random.randint(5, 40)
        found.append(DayUse(day.isoformat(), calls * cost // 20, calls, calls * 1000))
    return found


def summed(*parts: list[DayUse]) -> list[DayUse]:
    days = sorted({use.day for part in parts for use in part})
    by_day = [{use.day: use for use in part} for part in parts]
    found = []
    for day in days:
        rows = [rows[day] for rows in by_day if day in rows]
        found.append(DayUse(day, *(sum(column) for column in list(zip(*rows, strict=True))[1:])))
    return found


def test_that_the_providers_forecasts_add_up_to_the_whole() -> None:
    openai, mistral = uses(1), uses(2, cost=USD // 3)
    result = forecast_use(
        summed(openai, mistral), {"mistral": mistral, "openai": openai}, NOVEMBER, NOW_MS
    )
    assert [one.provider for one in result.providers] == ["openai", "mistral"]
    assert result.cost is not None
    assert result.calls is not None
    assert result.tokens is not None
    for kind, whole in (("cost", result.cost), ("calls", result.calls), ("tokens", result.tokens)):
        parts = [getattr(one, kind) for one in result.providers]
        assert sum(part.amount for part in parts) == pytest.approx(whole.amount, abs=2)
    assert (result.cost_pico, result.low_pico, result.high_pico) == (
        result.cost.amount,
        result.cost.low,
        result.cost.high,
    )
    assert result.calls.kind is LimitKind.CALLS


def test_that_a_new_provider_is_refused_and_the_others_grow_no_larger_for_it() -> None:
    openai, fresh = uses(1), uses(2, count=3)
    whole = summed(openai, fresh)
    result = forecast_use(whole, {"openai": openai, "xai": fresh}, NOVEMBER, NOW_MS)
    alone = forecast_use(openai, {"openai": openai}, NOVEMBER, NOW_MS)
    by_name = {one.provider: one.cost for one in result.providers}
    assert by_name["xai"].refused == "Too little history: 3 complete days so far, 7 are needed."
    assert by_name["xai"].amount is None
    assert by_name["openai"].amount is not None
    assert alone.cost_pico is not None
    assert by_name["openai"].amount <= alone.cost_pico


def test_that_cost_alone_is_the_same_by_both_doors() -> None:
    rows = uses(4)
    one = forecast([(use.day, use.cost_pico) for use in rows], NOVEMBER, NOW_MS)
    both = forecast_use(rows, {}, NOVEMBER, NOW_MS)
    assert (one.cost_pico, one.curve, one.sentence) == (both.cost_pico, both.curve, both.sentence)
    assert both.providers == ()
    assert (one.calls, one.tokens) == (None, None)


def told(kind: LimitKind = LimitKind.COST, **changed: object) -> str:
    fields: dict[str, object] = {
        "history_days": 90,
        "per_day": 3 * USD if kind is LimitKind.COST else 1500,
        "weekend_percent": 100,
        "growth_percent_per_week": 0.0,
    }
    grounds = Grounds(**{**fields, **changed})  # type: ignore[arg-type]
    return sentence_of(Projection(kind, 0, 1, 1, 1, grounds=grounds))


def test_that_the_sentence_says_what_the_forecast_rests_on() -> None:
    assert told() == "$3.00 a day at the present rate, from the last 90 days."
    assert told(LimitKind.CALLS).startswith("1,500 calls a day")
    assert told(LimitKind.TOKENS).startswith("1.5k tokens a day")
    assert "weekends at 20% of a working day" in told(weekend_percent=20)
    assert "nothing on weekends" in told(weekend_percent=0)
    assert "next to nothing on working days" in told(weekend_percent=None)
    assert "growing 4% a week" in told(growth_percent_per_week=4.2)
    assert "falling 4% a week" in told(growth_percent_per_week=-4.2)
    assert "up 45% since Nov 3" in told(changed_on="2026-11-03", change_percent=45)
    assert "down 45% since Nov 3" in told(changed_on="2026-11-03", change_percent=-45)
    assert told(bursts=1).endswith("1 unusual day set aside.")
    assert told(bursts=3).endswith("3 unusual days set aside.")


def test_that_who_works_on_weekends_alone_has_no_working_day_to_compare_with() -> None:
    first = date.fromisoformat(NOVEMBER.start) - timedelta(days=120)
    days = [(first + timedelta(days=index)).isoformat() for index in range(135)]
    spent = [(day, USD) for day in days if date.fromisoformat(day).weekday() >= 5]
    sentence = forecast(spent, NOVEMBER, NOW_MS).sentence
    assert sentence.endswith("next to nothing on working days.")


def test_that_calls_without_a_cost_are_not_taken_for_too_little_history() -> None:
    told = forecast_use(uses(1, cost=0), {}, NOVEMBER, NOW_MS)
    assert told.cost_pico is None
    assert told.refused == "The calls so far have no known price, or are free."
    assert told.calls is not None
    assert told.calls.amount is not None


def test_that_a_refusal_has_no_sentence() -> None:
    assert forecast([], NOVEMBER, NOW_MS).sentence == ""


def test_that_every_part_of_the_sentence_is_joined_once() -> None:
    words = told(weekend_percent=20, growth_percent_per_week=3.0, bursts=2)
    assert words.count(".") == 2
    assert all(part.strip() for part in words.split(","))
    assert not any(one == two for one, two in itertools.pairwise(words.split()))
