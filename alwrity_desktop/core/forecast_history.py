"""Gathers what the forecast is checked by: an account's own periods that are over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from alwrity_desktop.core.domain.breakdown import DAY_S, day_of_slot, offset_spans
from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.figures import Figures
from alwrity_desktop.core.domain.forecast_check import ForecastCheck, backtest, summaries
from alwrity_desktop.core.domain.periods import Period, local_day
from alwrity_desktop.core.domain.sums import Scope
from alwrity_desktop.core.report_periods import period_of_choice
from alwrity_desktop.core.results import PeriodChoice

if TYPE_CHECKING:
    from alwrity_desktop.core.advice_core import AdviceCore
    from alwrity_desktop.core.ledger.snapshot import LedgerSnapshot

PERIODS: Final = 12
"""How many past periods are looked at, at most: a year of them."""

_AMOUNTS: Final[dict[LimitKind, Callable[[Figures], int]]] = {
    LimitKind.COST: attrgetter("cost_pico"),
    LimitKind.CALLS: attrgetter("calls"),
    LimitKind.TOKENS: attrgetter("tokens"),
}
_NO_CALLS: Final = "There are no single calls to check a forecast by."
_NONE_OVER: Final = "No month that was in use from its first day is over yet."
_NONE_TOLD: Final = "There was too little history to forecast any of the past months."


def check_forecast(
    context: AdviceCore, account: str, kind: LimitKind = LimitKind.COST
) -> ForecastCheck:
    """Return how far off the forecast of *kind* would have been in past months of *account*.

    The months are the calendar's or the subscription's; one that was begun before the first
    call is left out, since neither rate could do it justice. A forecast is made for each
    point of each month, which takes a good part of a second: never on the GUI's thread.
    """
    now_ms, zone = context.clock.now_ms(), context.timezone()
    scope, amount_of = context.scope(account), _AMOUNTS[kind]
    with context.ledger(account).snapshot() as snapshot:
        bounds = snapshot.bounds(scope)
        if bounds is None:
            return ForecastCheck(account, zone, refused=_NO_CALLS, kind=kind)
        past = _past(snapshot, context, scope, (bounds[0], now_ms))
        if not past:
            return ForecastCheck(account, zone, refused=_NONE_OVER, kind=kind)
        spans = offset_spans(bounds[0], past[0].end_ms, zone)
        amounts: defaultdict[str, int] = defaultdict(int)
        for row in snapshot.by_slot(scope, spans, DAY_S):
            amounts[day_of_slot(row.slot)] += amount_of(row.figures)
    rows = backtest(sorted(amounts.items()), past, kind)
    refused = None if summaries(rows) else _NONE_TOLD
    return ForecastCheck(account, zone, rows, refused, kind)


def _past(
    snapshot: LedgerSnapshot, context: AdviceCore, scope: Scope, span: tuple[int, int]
) -> list[Period]:
    """Return the periods that lie whole between the first call and now, newest first."""
    first_ms, now_ms = span
    zone, week_starts = context.timezone(), context.settings.week_starts
    first_day = local_day(first_ms, zone)
    found: list[Period] = []
    for ago in range(1, PERIODS + 1):
        choice = PeriodChoice("month", offset=-ago)
        period = period_of_choice(snapshot, scope, choice, zone, week_starts, now_ms)
        if period.start < first_day:
            break
        found.append(period)
    return found
