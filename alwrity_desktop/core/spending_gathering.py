"""Gathers what the money of a period bought, out of one unchanging state of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from alwrity_desktop.core.domain import periods
from alwrity_desktop.core.domain.breakdown import amounts_of, day_of_slot, total_of
from alwrity_desktop.core.domain.cost_analysis import PricedUse, Velocity, velocities
from alwrity_desktop.core.domain.insights import SpendingFacts
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.pricing import Quote
from alwrity_desktop.core.domain.report import Amounts
from alwrity_desktop.core.domain.usage import PriceStatus
from alwrity_desktop.core.domain.usage_sums import UsageSums
from alwrity_desktop.core.tip_gathering import TipQuestion, span_of

if TYPE_CHECKING:
    from alwrity_desktop.core.ledger.snapshot import LedgerSnapshot

DEAREST: Final = 10
"""How many of the dearest calls and conversations are named."""

_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 86_400_000
_USUAL_DAYS: Final = 28
_FEWEST_DAYS: Final = 7


def spending_facts(
    snapshot: LedgerSnapshot,
    book: PriceBook,
    question: TipQuestion,
    rows: Sequence[UsageSums],
    week_starts: str,
) -> SpendingFacts:
    """Return *rows*, the sums of single calls, with their prices, and what was dearest.

    The prices are those that the calls were booked with: a new price moves no past costs.
    Where the provider reported the cost they are the present ones of *book*. How fast money
    goes now is told by the days and the last hour.
    """
    span, _ = span_of(question)
    frozen = snapshot.quotes({row.quote_id for row in rows if row.quote_id})
    uses = [
        PricedUse(row, frozen[row.quote_id] if row.quote_id else _present_prices(book, row))
        for row in rows
    ]
    scope, whole = question.scope, (question.period.start_ms, question.period.end_ms)
    return SpendingFacts(
        uses,
        _velocities(snapshot, question, week_starts),
        span.start_ms,
        snapshot.dearest_calls(scope, *whole, DEAREST),
        snapshot.dearest_conversations(scope, *whole, DEAREST),
    )


def _present_prices(book: PriceBook, row: UsageSums) -> Quote | None:
    """Return what calls cost now whose cost was reported; None for those without a price."""
    if row.price_status is not PriceStatus.REPORTED:
        return None
    context = row.context_above + 1 if row.context_above else 0
    return book.quote(row.provider, row.model, row.at_ms, row.service_tier, context)


def _velocities(
    snapshot: LedgerSnapshot, question: TipQuestion, week_starts: str
) -> tuple[Velocity, ...]:
    """Return the rates of the last hour, of today and of this week, beside what is usual."""
    now_ms, zone = question.now_ms, question.period.timezone
    last = snapshot.by_series(question.scope, now_ms - _HOUR_MS, now_ms + 1)
    stretches = {"now": (now_ms - _HOUR_MS, amounts_of(total_of(row.figures for row in last)))}
    for name, kind in (("today", "day"), ("week", "week")):
        period = periods.period_of(kind, now_ms, zone, week_starts=week_starts)
        stretches[name] = period.start_ms, _between(question, period.start, period.end)
    return velocities(stretches, now_ms, _usual(question))


def _usual(question: TipQuestion) -> tuple[int, Amounts] | None:
    """Return what was used in four weeks, and their length; less where the use began later.

    None within the first week: nothing is usual yet.
    """
    now_ms, zone = question.now_ms, question.period.timezone
    used = (day_of_slot(row.slot) for row in question.day_slots if row.figures.calls)
    today = periods.local_day(now_ms, zone)
    first = max(periods.local_day(now_ms - _USUAL_DAYS * _DAY_MS, zone), min(used, default=today))
    duration_ms = now_ms - periods.start_of_day(first, zone)
    if duration_ms < _FEWEST_DAYS * _DAY_MS:
        return None
    return duration_ms, _between(question, first, today)


def _between(question: TipQuestion, first: str, last: str) -> Amounts:
    days = (row.figures for row in question.day_slots if first <= day_of_slot(row.slot) <= last)
    return amounts_of(total_of(days))
