"""Gathers what tips are found in, out of one unchanging state of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from alwrity_desktop.core.domain import periods, price_turns
from alwrity_desktop.core.domain.breakdown import day_of_slot, total_of
from alwrity_desktop.core.domain.model_families import SEARCH_PROVIDERS
from alwrity_desktop.core.domain.periods import Period
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.repeats import REPEATED_REQUESTS
from alwrity_desktop.core.domain.sums import Scope, SeriesSums, SlotSums
from alwrity_desktop.core.domain.tip import Tip, TipCalls
from alwrity_desktop.core.domain.tip_facts import IdlePlan, SearchUse, TipFacts, model_uses
from alwrity_desktop.core.domain.tip_states import (
    MEASURED_AFTER_DAYS,
    KeptTip,
    Measured,
    measured_model,
    outcome_of,
    visible,
)
from alwrity_desktop.core.domain.tips import find_tips
from alwrity_desktop.core.domain.usage import PriceStatus
from alwrity_desktop.core.domain.usage_sums import PricedSpan, UsageSums

if TYPE_CHECKING:
    from alwrity_desktop.core.ledger.snapshot import LedgerSnapshot

MAX_CALLS: Final = 250_000
"""Of a period with more calls only the last days are looked at: single calls are summed."""

LAST_DAYS: Final = 31
NORM_DAYS: Final = 90
IDLE_DAYS: Final = 30

_PAID: Final = frozenset({PriceStatus.PRICED, PriceStatus.REPORTED})
_DAY_MS: Final = 86_400_000
_QUARTER_MS: Final = 900_000


class TipQuestion(msgspec.Struct, frozen=True):
    """What a report has read already, for the tips of the same account and period."""

    #: Whose tips they are: what was said of tips is kept under its name.
    account: str
    scope: Scope
    period: Period
    now_ms: int
    #: By provider and model at least, of the period.
    series: Sequence[SeriesSums]
    #: By local day, of the history and the period.
    day_slots: Sequence[SlotSums]


def single_calls(
    snapshot: LedgerSnapshot, book: PriceBook, question: TipQuestion
) -> list[UsageSums]:
    """Return the sums of the single calls that tips are found in and costs are told by.

    They are cut where a price of the calls' models changes, or of one that stands in for them.
    """
    span, _ = span_of(question)
    used = {_model_of(row) for row in question.series}
    paid = {_model_of(row) for row in question.series if row.dimensions["price_status"] in _PAID}
    compared = used | price_turns.compared_models(paid)
    held = snapshot.bounds(question.scope) or (span.start_ms, span.start_ms)
    return snapshot.usage_sums(
        question.scope,
        priced_spans(book, compared, span, held),
        price_turns.thresholds(book, compared, held[1]),
    )


def _model_of(row: SeriesSums) -> tuple[str, str]:
    return str(row.dimensions["provider"]), str(row.dimensions["model"])


def gather(
    snapshot: LedgerSnapshot, book: PriceBook, question: TipQuestion, rows: Sequence[UsageSums]
) -> TipFacts:
    """Return what the tips of *question* are found in; *rows* are its single calls."""
    span, words = span_of(question)
    conversational = frozenset(snapshot.conversational_models(question.scope))
    return TipFacts(
        book=book,
        span_words=words,
        uses=model_uses(rows, span, conversational),
        query=span,
        search=_search_use(question),
        idle=_idle_plan(snapshot, question),
        repeated=snapshot.repeated_use(question.scope, span.start_ms, span.end_ms),
    )


def span_of(question: TipQuestion) -> tuple[TipCalls, str]:
    """Return which calls are looked at one by one, and how a sentence names them."""
    period = question.period
    start_ms, end_ms = period.start_ms, period.end_ms
    words = "in this period"
    calls = total_of(row.figures for row in question.series).calls
    if calls > MAX_CALLS and not period.billing_period:
        last_ms = min(end_ms, question.now_ms + 1)
        start_ms = max(start_ms, last_ms - LAST_DAYS * _DAY_MS)
        words = f"in the last {LAST_DAYS} days of this period"
    return TipCalls(start_ms, end_ms, billing_period=period.billing_period), words


def priced_spans(
    book: PriceBook, compared: set[tuple[str, str]], span: TipCalls, held: tuple[int, int]
) -> list[PricedSpan]:
    """Return the span cut where a price of *compared* changes; *held* bounds all calls."""
    # Prices have turned many times since 1970, where a period of all calls begins.
    bounds = max(span.start_ms, held[0]), max(min(span.end_ms, held[1] + _QUARTER_MS), held[0] + 1)
    cut = price_turns.turns(book, compared, *bounds)
    # Calls of a billing period may lie beside it: they are summed in one go.
    spans = [PricedSpan(*each) for each in cut]
    return spans[-1:] if span.billing_period else spans


def _search_use(question: TipQuestion) -> SearchUse | None:
    """Return the searches of the period's days and of those before; None without any before."""
    period, today = question.period, periods.local_day(question.now_ms, question.period.timezone)
    first, last = period.start, min(period.end, today)
    calls = {"now": 0, "before": 0}
    norm_days: set[str] = set()
    norm_start = date.fromisoformat(first).toordinal() - NORM_DAYS
    for row in question.day_slots:
        if row.provider not in SEARCH_PROVIDERS:
            continue
        day = day_of_slot(row.slot)
        if first <= day <= last:
            calls["now"] += row.figures.calls
        elif day < first and date.fromisoformat(day).toordinal() >= norm_start:
            calls["before"] += row.figures.calls
            norm_days.add(day)
    if not norm_days or last < first:
        return None
    return SearchUse(
        calls=calls["now"],
        days=_days(first, last) + 1,
        calls_before=calls["before"],
        days_before=_days(min(norm_days), first),
    )


def _days(first: str, last: str) -> int:
    return date.fromisoformat(last).toordinal() - date.fromisoformat(first).toordinal()


def _idle_plan(snapshot: LedgerSnapshot, question: TipQuestion) -> IdlePlan | None:
    """Return the paid subscription of the one account whose server saw no call for a month."""
    if len(question.scope.accounts) != 1:
        return None
    (account,) = question.scope.accounts
    view = snapshot.server_view(account)
    if view is None or view.facts.subscription is None or view.state != "ok":
        return None
    own = view.facts.subscription
    plan = next((plan for plan in view.facts.plans or () if plan.name == own.plan), None)
    fee = _fee(
        None if plan is None else (plan.price_monthly_pico, plan.price_yearly_pico), own.cycle
    )
    bounds = snapshot.bounds(account)
    if not fee or not own.is_active or bounds is None:
        return None
    idle_days = (question.now_ms - bounds[1]) // _DAY_MS
    return IdlePlan(own.plan, fee, idle_days) if idle_days >= IDLE_DAYS else None


def _fee(prices: tuple[int | None, int | None] | None, cycle: str) -> int:
    """Return what a plan costs a month, pico-dollars; 0 where that is not known."""
    if prices is None:
        return 0
    monthly, yearly = prices
    return (yearly or 0) // 12 if cycle == "yearly" else monthly or 0


def tips_of(
    snapshot: LedgerSnapshot, book: PriceBook, question: TipQuestion, rows: Sequence[UsageSums]
) -> tuple[Tip, ...]:
    """Return the tips that *rows*, its single calls, give; those that were put off are left out."""
    found = find_tips(gather(snapshot, book, question, rows))
    return visible(
        found,
        snapshot.kept_tips(question.account),
        question.now_ms,
        lambda kept: _outcome(snapshot, book, question.scope, kept),
    )


def _outcome(snapshot: LedgerSnapshot, book: PriceBook, scope: Scope, kept: KeptTip) -> Tip | None:
    """Return what a done tip brought, measured over the days before and after it was done."""
    named = measured_model(kept)
    if named is None:
        return None
    done_ms, days_ms = kept.set_at_ms, MEASURED_AFTER_DAYS * _DAY_MS
    asked = {named, (kept.provider or "", kept.model or "")}
    thresholds = price_turns.thresholds(book, asked, done_ms)
    anywhere = replace(scope, billing_period="")
    spans = ((done_ms - days_ms, done_ms), (done_ms, done_ms + days_ms))
    before, after = (
        snapshot.usage_sums(
            anywhere,
            [PricedSpan(*each) for each in price_turns.turns(book, asked, *span)],
            thresholds,
            named,
        )
        for span in spans
    )
    repeats = (0, 0)
    if kept.kind == REPEATED_REQUESTS:
        once, now = (_repeats_pico(snapshot, anywhere, span, named) for span in spans)
        repeats = (once, now)
    return outcome_of(kept, Measured(before, after, *spans[1], repeats), book)


def _repeats_pico(
    snapshot: LedgerSnapshot, scope: Scope, span: tuple[int, int], named: tuple[str, str]
) -> int:
    found = snapshot.repeated_use(scope, *span)
    return sum(use.cost_pico for use in found if (use.provider, use.model) == named)
