"""Tips on requests that were sent again: what they save, say, and have brought."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Final

import pytest

from alwrity_desktop.core import profile
from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.context import Context, open_context
from alwrity_desktop.core.domain.money import PICO_PER_CENT
from alwrity_desktop.core.domain.report import CallQuery
from alwrity_desktop.core.domain.tip import TipBasis, TipClass, TipState
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT, Call
from alwrity_desktop.core.results import PeriodChoice
from tests.core.tips import DAY_MS, flash, named, sum_of_group
from tests.core.trees import NOW_MS

REQUESTS: Final = ("00000000000000aa", "00000000000000bb", "ffffffffffffff00", "")


def some_requests(seed: int, count: int = 80) -> list[Call]:
    """Return calls of few different requests and of two keys, within some days."""
    chance = random.Random(seed)
    return [
        flash(
            number,
            occurred_at_ms=NOW_MS - chance.randrange(5 * DAY_MS),
            model=chance.choice(("gemini-2.5-flash", "gemini-2.5-pro")),
            request_hash=chance.choice(REQUESTS),
            output_tokens=chance.randrange(50_000),
            status_code=chance.choice((None, 200, 200, 503)),
            is_flat_rate=chance.random() < 0.2,
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("seed", range(4))
def test_that_repeats_save_what_the_calls_cost_less_what_those_without_them_do(
    context: Context, tmp_path: Path, seed: int
) -> None:
    calls = some_requests(seed)
    context.record(calls)
    report = context.report(LOCAL_ACCOUNT, PeriodChoice(), ("provider", "model"))
    tips = [tip for tip in report.tips if tip.kind == "repeated_requests"]
    assert len(tips) == 2
    found = profile.find({profile.HOME_VARIABLE: str(tmp_path / "without")})
    profile.prepare(found)
    without = open_context(found)
    repeats = {
        row.identity
        for tip in tips
        for row in context.calls(
            LOCAL_ACCOUNT,
            CallQuery(
                tip.query.start_ms,
                tip.query.end_ms,
                provider=tip.query.provider,
                model=tip.query.model,
                state=tip.query.state,
            ),
        ).rows
    }
    assert len(repeats) == sum(tip.calls for tip in tips) > 10
    without.record([call for call in calls if call.identity not in repeats])
    other = without.report(LOCAL_ACCOUNT, PeriodChoice(), ("provider", "model"))
    for tip in tips:
        assert sum_of_group(report, tip) - sum_of_group(other, tip) == tip.saving_pico
    assert not [tip for tip in other.tips if tip.kind == "repeated_requests"]
    without.close()


def test_that_a_tip_on_repeats_says_what_it_takes_for_granted(context: Context) -> None:
    same = {"request_hash": REQUESTS[0], "status_code": 200}
    context.record(
        [flash(number, occurred_at_ms=NOW_MS - number * 1000, **same) for number in range(4)]
    )
    tip = named(context.advice.tips(LOCAL_ACCOUNT), "repeated_requests")
    assert tip.text == (
        "3 calls to Gemini 2.5 Flash sent a request again that was answered already, for $0.84"
    )
    assert (tip.tip_class, tip.basis) == (TipClass.HABIT, TipBasis.MEASURED)
    assert "had been kept for a day" in tip.assumption
    assert "temperature above 0" in tip.assumption
    assert {fact.name: fact.value for fact in tip.evidence}["Different requests"] == "1"


def test_that_a_done_tip_on_repeats_is_held_against_the_repeats_before(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = {"request_hash": REQUESTS[0], "status_code": 200}
    context.record(
        [flash(number, occurred_at_ms=NOW_MS - DAY_MS + number, **same) for number in range(4)]
    )
    tip = named(context.advice.tips(LOCAL_ACCOUNT), "repeated_requests")
    context.advice.mark(LOCAL_ACCOUNT, tip.id, TipState.DONE)
    after_ms = NOW_MS + 2 * DAY_MS
    context.record([flash(10, occurred_at_ms=after_ms + 1, **same)])
    context.record([flash(11, occurred_at_ms=after_ms + 2, **same)])
    monkeypatch.setattr(context, "clock", Clock(NOW_MS + 9 * DAY_MS))
    later = context.advice.tips(LOCAL_ACCOUNT, PeriodChoice("all"))
    (done,) = [each for each in later if each.id == tip.id]
    # Three of four calls of 28 cents were repeats before, and now one of two.
    assert (done.instead_pico, done.cost_pico) == (42 * PICO_PER_CENT, 28 * PICO_PER_CENT)
    assert done.brought_pico == 14 * PICO_PER_CENT
    assert done.assumption.startswith("The repeats among the calls to Gemini 2.5 Flash")
