"""Pricing past calls anew: shown before, booked as corrections, undone in one step."""

from __future__ import annotations

import random
from typing import Final

import pytest

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.budgets import Budget, LimitKind
from alwrity_desktop.core.domain.errors import NotFoundError, PersonError
from alwrity_desktop.core.domain.money import PICO_PER_CENT, pico_from_usd
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.pricing import PriceOverride, Settled
from alwrity_desktop.core.domain.report import CallQuery, Report
from alwrity_desktop.core.domain.repricing import (
    RepriceQuestion,
    Repricing,
    RevisionKind,
    newest_standing,
    settled_anew,
)
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT, PriceStatus
from alwrity_desktop.core.ledger import repricing_slices
from alwrity_desktop.core.results import PeriodChoice
from tests.core.ledger.calls import a_log, from_logs
from tests.core.trees import NOW_MS, one_call

DAY_MS: Final = 86_400_000
EVER: Final = RepriceQuestion(LOCAL_ACCOUNT, 0, 1 << 52)
SONNET: Final = "claude-sonnet-4-5-20250929"

#: Half of the list's $3 and $15.
HALF: Final = PriceOverride(
    provider="anthropic",
    model=SONNET,
    input_usd_per_million="1.5",
    output_usd_per_million="7.5",
)


def cost(context: Context) -> int:
    return context.report(LOCAL_ACCOUNT, PeriodChoice("all")).totals.cost_pico


def figures(context: Context) -> Report:
    return context.report(LOCAL_ACCOUNT, PeriodChoice("all"), ("model", "status", "day", "source"))


def reprice(context: Context, question: RepriceQuestion = EVER, **how: bool) -> Repricing:
    return context.advice.reprice(question, is_trial=how.get("is_trial", False))


def differences(context: Context) -> int:
    return context.ledger(LOCAL_ACCOUNT).rollup_differences()


def test_that_a_price_that_was_set_leaves_past_calls_alone_until_it_is_asked_for(
    context: Context,
) -> None:
    context.record([one_call()])
    context.set_price(HALF)
    assert cost(context) == 105 * PICO_PER_CENT // 100
    trial = reprice(context, is_trial=True)
    assert (trial.revision_id, trial.calls, trial.changed) == (None, 1, 1)
    assert (trial.before_pico, trial.after_pico) == (10_500_000_000, 5_250_000_000)
    assert cost(context) == 10_500_000_000
    assert context.advice.price_revisions(LOCAL_ACCOUNT) == ()


def test_that_prices_are_applied_with_their_origin_and_the_sums_follow(context: Context) -> None:
    context.record([one_call(duration_ms=900), one_call(identity="record:2", model="gpt-5")])
    context.set_price(HALF)
    done = reprice(context)
    assert (done.revision_id, done.changed, done.models[0].model) == (1, 1, SONNET)
    assert differences(context) == 0
    rows = context.calls(LOCAL_ACCOUNT, CallQuery(0, 1 << 52)).rows
    assert {row.price_origin for row in rows if row.model == SONNET} == {"own price"}
    (kept,) = context.advice.price_revisions(LOCAL_ACCOUNT)
    assert (kept.revision_id, kept.made_at_ms, kept.kind) == (1, NOW_MS, RevisionKind.REPRICED)
    assert kept.question == EVER


def test_that_nothing_to_change_makes_no_revision(context: Context) -> None:
    context.record([one_call()])
    assert reprice(context).revision_id is None
    assert context.advice.price_revisions(LOCAL_ACCOUNT) == ()


def test_that_one_step_takes_it_back_to_the_unit(context: Context) -> None:
    context.record(
        [one_call(duration_ms=900), one_call(identity="x", model="big", provider="acme")]
    )
    before = figures(context)
    context.set_price(HALF)
    context.set_price(PriceOverride(provider="acme", model="big", input_usd_per_million="10"))
    done = reprice(context)
    assert sum(change.newly_priced for change in done.models) == 1
    assert figures(context).totals.unpriced_calls == 0
    undone = context.advice.undo_repricing(LOCAL_ACCOUNT)
    assert (undone.kind, undone.undoes_id, undone.changed) == (RevisionKind.UNDONE, 1, 2)
    after = figures(context)
    assert (after.totals, after.groups, after.unpriced) == (
        before.totals,
        before.groups,
        before.unpriced,
    )
    assert differences(context) == 0
    with pytest.raises(NotFoundError):
        context.advice.undo_repricing(LOCAL_ACCOUNT)


def test_that_two_changes_are_taken_back_one_after_the_other(context: Context) -> None:
    context.record([one_call()])
    context.set_price(HALF)
    reprice(context)
    context.set_price(
        PriceOverride(
            provider="anthropic",
            model=SONNET,
            input_usd_per_million="0.3",
            output_usd_per_million="1.5",
        )
    )
    reprice(context)
    assert cost(context) == 1_050_000_000
    context.advice.undo_repricing(LOCAL_ACCOUNT)
    assert cost(context) == 5_250_000_000
    context.advice.undo_repricing(LOCAL_ACCOUNT)
    assert cost(context) == 10_500_000_000


def test_that_a_reported_cost_stays_unless_it_is_asked_for(context: Context) -> None:
    context.record([one_call(reported_cost_pico=pico_from_usd("7"))])
    context.set_price(HALF)
    assert reprice(context).changed == 0
    asked = RepriceQuestion(LOCAL_ACCOUNT, 0, 1 << 52, with_reported=True)
    assert reprice(context, asked).after_pico == 5_250_000_000
    context.advice.undo_repricing(LOCAL_ACCOUNT)
    assert cost(context) == pico_from_usd("7")
    (row,) = context.calls(LOCAL_ACCOUNT, CallQuery(0, 1 << 52)).rows
    assert row.price_status == "reported"


def test_that_only_the_calls_that_are_named_change(context: Context) -> None:
    context.record(
        [
            one_call(),
            one_call(identity="old", occurred_at_ms=NOW_MS - 9 * DAY_MS),
            one_call(identity="other", provider="openai", model="gpt-5"),
        ]
    )
    context.set_price(HALF)
    recent = RepriceQuestion(LOCAL_ACCOUNT, NOW_MS - DAY_MS, NOW_MS, "anthropic", SONNET)
    assert reprice(context, recent).changed == 1
    nobody = RepriceQuestion(LOCAL_ACCOUNT, 0, 1 << 52, "openai", SONNET)
    assert reprice(context, nobody).calls == 0


def test_that_a_price_that_is_gone_takes_no_cost_away() -> None:
    call = one_call(provider="acme", model="big")
    booked = Settled(7, PriceStatus.PRICED, None)
    assert settled_anew(call, booked, EVER, PriceBook(())) is None


def test_that_a_budget_that_is_passed_by_new_prices_raises_its_alert(context: Context) -> None:
    context.record([one_call()])
    context.set_budget(Budget(0, "Month", LimitKind.COST, pico_from_usd("0.02"), "month"))
    context.set_price(PriceOverride(provider="anthropic", model=SONNET, input_usd_per_million="30"))
    assert context.alerts(LOCAL_ACCOUNT) == ()
    reprice(context)
    assert [alert.threshold_percent for alert in context.alerts(LOCAL_ACCOUNT)] != []


@pytest.mark.parametrize("seed", range(3))
def test_that_any_run_of_changes_and_returns_keeps_sums_and_calls_equal(
    context: Context, seed: int
) -> None:
    chance = random.Random(seed)
    models = ((SONNET, "anthropic"), ("gpt-5", "openai"), ("big", "acme"))
    calls = []
    for number in range(60):
        model, provider = chance.choice(models)
        calls.append(
            one_call(
                identity=f"record:{number}",
                model=model,
                provider=provider,
                occurred_at_ms=NOW_MS - chance.randrange(30 * DAY_MS),
                duration_ms=chance.choice((None, 250, 4000)),
                is_flat_rate=chance.random() < 0.2,
            )
        )
    context.record(calls)
    totals = [figures(context).totals]
    for step in range(4):
        model, provider = chance.choice(models)
        usd = str(chance.randrange(1, 50))
        context.set_price(PriceOverride(provider=provider, model=model, input_usd_per_million=usd))
        if reprice(context).revision_id is not None:
            totals.append(figures(context).totals)
        assert differences(context) == 0, step
    for expected in reversed(totals[:-1]):
        context.advice.undo_repricing(LOCAL_ACCOUNT)
        assert figures(context).totals == expected
        assert differences(context) == 0


SEEN: Final = {"input_tokens": 4321, "output_tokens": 1234, "occurred_at_ms": NOW_MS - 5000}


def seen_by_two(context: Context) -> None:
    """Book a call of a log, with a project, and then what the gateway saw of it."""
    log = one_call(
        identity="anthropic:msg_01ABCDEFGH:req_1", source="claude-code", project="site", **SEEN
    )
    gateway = one_call(
        identity="gateway::1", source="gateway", response_id="msg_01ABCDEFGH", **SEEN
    )
    context.record([log])
    context.record([gateway])


def test_that_a_call_that_two_sources_saw_is_priced_once_and_back(context: Context) -> None:
    seen_by_two(context)
    before = context.report(LOCAL_ACCOUNT, PeriodChoice("all"), ("project", "source"))
    assert before.totals.calls == 1
    context.set_price(HALF)
    done = reprice(context)
    assert (done.calls, done.changed) == (1, 1)
    assert cost(context) * 2 == before.totals.cost_pico
    assert differences(context) == 0
    context.advice.undo_repricing(LOCAL_ACCOUNT)
    after = context.report(LOCAL_ACCOUNT, PeriodChoice("all"), ("project", "source"))
    assert (after.totals, after.groups) == (before.totals, before.groups)
    assert differences(context) == 0


def test_that_a_third_sighting_keeps_the_new_price(context: Context) -> None:
    seen_by_two(context)
    context.set_price(HALF)
    reprice(context)
    now = cost(context)
    third = one_call(identity="otlp::1-1", source="otlp", response_id="msg_01ABCDEFGH", **SEEN)
    context.record([third])
    assert figures(context).totals.calls == 1
    assert cost(context) == now
    assert differences(context) == 0


def test_that_a_better_copy_that_came_since_stays(context: Context) -> None:
    first = one_call(identity="anthropic:msg_2:req_2", source="claude-code")
    context.ledger(LOCAL_ACCOUNT).record(from_logs(a_log([first])), context.price_book())
    context.set_price(HALF)
    reprice(context)
    longer = one_call(identity="anthropic:msg_2:req_2", source="claude-code", output_tokens=900)
    log = a_log([longer], path="/logs/b.jsonl")
    context.ledger(LOCAL_ACCOUNT).record(from_logs(log), context.price_book())
    now = cost(context)
    undone = context.advice.undo_repricing(LOCAL_ACCOUNT)
    assert (undone.changed, cost(context)) == (0, now)
    assert differences(context) == 0


def some_calls(context: Context, count: int) -> None:
    """Book calls of which every other is half a month older."""
    context.record(
        [
            one_call(identity=f"record:{n}", occurred_at_ms=NOW_MS - n % 2 * 15 * DAY_MS - n)
            for n in range(count)
        ]
    )


class Watcher:
    """Notes how far the work is, and stops it after so many slices."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.told: list[tuple[int, int]] = []
        self._stop_after = stop_after

    def __call__(self, done: int, total: int) -> None:
        self.told.append((done, total))
        if len(self.told) == self._stop_after:
            raise InterruptedError


@pytest.fixture
def _small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repricing_slices, "SLICE_IDS", 4)


@pytest.mark.usefixtures("_small_slices")
def test_that_slices_leave_nothing_out_and_count_nothing_twice(context: Context) -> None:
    some_calls(context, 18)
    context.set_price(HALF)
    before = figures(context)
    watcher = Watcher()
    advice = context.advice
    assert advice.reprice(EVER, is_trial=True, progress=watcher).changed == 18
    assert watcher.told == [(4, 18), (8, 18), (12, 18), (16, 18), (18, 18)]
    recent = RepriceQuestion(LOCAL_ACCOUNT, NOW_MS - DAY_MS, NOW_MS + 1)
    done = advice.reprice(recent, is_trial=False)
    assert (done.calls, done.changed, done.after_pico) == (9, 9, 9 * 5_250_000_000)
    rest = advice.reprice(EVER, is_trial=False)
    assert (rest.calls, rest.changed) == (18, 9)
    assert [kept.changed for kept in advice.price_revisions(LOCAL_ACCOUNT)] == [9, 9]
    assert differences(context) == 0
    watcher = Watcher()
    advice.undo_repricing(LOCAL_ACCOUNT, progress=watcher)
    assert watcher.told[-1][0] == watcher.told[-1][1]
    advice.undo_repricing(LOCAL_ACCOUNT)
    assert figures(context).totals == before.totals
    assert differences(context) == 0


@pytest.mark.usefixtures("_small_slices")
def test_that_what_is_stopped_halfway_changes_nothing(context: Context) -> None:
    some_calls(context, 18)
    context.set_price(HALF)
    before, advice = figures(context), context.advice
    with pytest.raises(InterruptedError):
        advice.reprice(EVER, is_trial=False, progress=Watcher(3))
    assert figures(context) == before
    assert advice.price_revisions(LOCAL_ACCOUNT) == ()
    done = advice.reprice(EVER, is_trial=False)
    after = figures(context)
    with pytest.raises(InterruptedError):
        advice.undo_repricing(LOCAL_ACCOUNT, progress=Watcher(3))
    assert figures(context) == after
    (kept,) = advice.price_revisions(LOCAL_ACCOUNT)
    assert kept == done
    assert advice.undo_repricing(LOCAL_ACCOUNT).changed == 18
    assert figures(context).totals == before.totals
    assert differences(context) == 0


def test_that_nothing_is_looked_at_where_nothing_was_called(context: Context) -> None:
    watcher = Watcher()
    assert context.advice.reprice(EVER, is_trial=True, progress=watcher).calls == 0
    assert watcher.told == []


def test_that_only_what_was_shown_is_applied(context: Context) -> None:
    context.record([one_call()])
    context.set_price(HALF)
    advice = context.advice
    tried = advice.reprice(EVER, is_trial=True)
    assert tried.can_change
    context.set_price(PriceOverride(provider="anthropic", model=SONNET, input_usd_per_million="30"))
    before = cost(context)
    with pytest.raises(PersonError, match="Look once more"):
        advice.reprice(EVER, is_trial=False, tried=tried)
    assert (cost(context), advice.price_revisions(LOCAL_ACCOUNT)) == (before, ())
    tried = advice.reprice(EVER, is_trial=True)
    done = advice.reprice(EVER, is_trial=False, tried=tried)
    assert done.models == tried.models
    assert not done.can_change


def test_that_only_the_revision_that_is_named_is_taken_back(context: Context) -> None:
    context.record([one_call()])
    advice = context.advice
    for price in ("30", "60"):
        context.set_price(
            PriceOverride(provider="anthropic", model=SONNET, input_usd_per_million=price)
        )
        reprice(context)
    now = cost(context)
    with pytest.raises(PersonError, match="once more since then"):
        advice.undo_repricing(LOCAL_ACCOUNT, 1)
    assert cost(context) == now
    for newest in (2, 1):
        standing = newest_standing(advice.price_revisions(LOCAL_ACCOUNT))
        assert standing is not None
        assert standing.revision_id == newest
        assert advice.undo_repricing(LOCAL_ACCOUNT, newest).undoes_id == newest
    assert newest_standing(advice.price_revisions(LOCAL_ACCOUNT)) is None


def test_that_the_models_of_an_account_are_those_of_its_calls(context: Context) -> None:
    context.record([one_call(), one_call(identity="x", provider="acme", model="big")])
    assert context.advice.models_used(LOCAL_ACCOUNT) == (("acme", "big"), ("anthropic", SONNET))
    assert context.advice.models_used("nobody") == ()
