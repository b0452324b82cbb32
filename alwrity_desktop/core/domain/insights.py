"""Works out when things are used, and what the money bought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Final

import msgspec

from alwrity_desktop.core.domain.breakdown import amounts_of, day_of_slot, share
from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.call_row import CallRow
from alwrity_desktop.core.domain.cost_analysis import (
    PricedUse,
    cache_use,
    dear_calls,
    error_cost,
    kind_costs,
    performances,
    unit_costs,
)
from alwrity_desktop.core.domain.figures import Amounts, Figures
from alwrity_desktop.core.domain.insight_values import (
    Activity,
    ModelUse,
    Performance,
    Spending,
    Velocity,
)
from alwrity_desktop.core.domain.patterns import (
    calendar_weeks,
    monthly_season,
    peak_days,
    peak_hours,
    week_grid,
    weekly_season,
)
from alwrity_desktop.core.domain.periods import HOURS_PER_DAY
from alwrity_desktop.core.domain.report import Group, Point
from alwrity_desktop.core.domain.sums import SlotSums
from alwrity_desktop.core.domain.unusual import unusual_days


class SpendingFacts(msgspec.Struct, frozen=True):
    """What ``Spending`` is made from."""

    uses: Sequence[PricedUse]
    velocities: tuple[Velocity, ...]
    since_ms: int
    #: Of the whole period, dearest first.
    dearest_calls: Sequence[CallRow] = ()
    #: Likewise, each with its sums.
    dearest_conversations: Sequence[tuple[str, Figures]] = ()


def activities(
    history: Sequence[Point], hours: Sequence[SlotSums], week_starts: str
) -> tuple[Activity, ...]:
    """Return when cost, calls and tokens are used.

    *history* are days in a row, of which the last is not over; *hours* those of the period.
    """
    return tuple(_activity(kind, history, hours, week_starts) for kind in LimitKind)


def _activity(
    kind: LimitKind, history: Sequence[Point], hours: Sequence[SlotSums], week_starts: str
) -> Activity:
    days = [(point.start, amount_of(point.total, kind)) for point in history]
    complete = days[:-1]
    parts: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for point in history[:-1]:
        for provider, amounts in point.by_provider.items():
            parts[provider].append((point.start, amount_of(amounts, kind)))
    grid = week_grid(
        (
            day_of_slot(row.slot // HOURS_PER_DAY),
            row.slot % HOURS_PER_DAY,
            used_of(row.figures, kind),
        )
        for row in hours
    )
    return Activity(
        kind=kind,
        week=grid,
        calendar=calendar_weeks(days, week_starts),
        peak_days=peak_days(complete),
        peak_hours=peak_hours(grid),
        weekly=weekly_season(complete),
        monthly=monthly_season(complete),
        unusual=unusual_days(complete, {"provider": parts})[::-1],
        unpriced_days=_unpriced_days(history) if kind is LimitKind.COST else frozenset(),
        unpriced_hours=_unpriced_hours(hours) if kind is LimitKind.COST else frozenset(),
    )


def _unpriced_days(history: Sequence[Point]) -> frozenset[str]:
    return frozenset(point.start for point in history if point.total.known_cost_pico is None)


def _unpriced_hours(hours: Sequence[SlotSums]) -> frozenset[tuple[int, int]]:
    if not any(row.figures.unpriced_calls for row in hours):
        return frozenset()
    sums: defaultdict[tuple[int, int], Amounts] = defaultdict(Amounts)
    for row in hours:
        day, hour = divmod(row.slot, HOURS_PER_DAY)
        weekday = date.fromisoformat(day_of_slot(day)).weekday()
        sums[weekday, hour] += amounts_of(row.figures)
    return frozenset(place for place, one in sums.items() if one.known_cost_pico is None)


def amount_of(amounts: Amounts, kind: LimitKind) -> int:
    """Return what *amounts* hold of *kind*: pico-dollars, calls or tokens."""
    return _HELD[kind](amounts)


def used_of(figures: Figures, kind: LimitKind) -> int:
    """Return what *figures* hold of *kind*: pico-dollars, calls or tokens."""
    return _HELD[kind](figures)


_HELD: Final[Mapping[LimitKind, Callable[[Amounts | Figures], int]]] = {
    LimitKind.COST: attrgetter("cost_pico"),
    LimitKind.CALLS: attrgetter("calls"),
    LimitKind.TOKENS: attrgetter("tokens"),
}
"""By attribute: it is asked for each day and hour of a year."""


def spending(
    facts: SpendingFacts,
    totals: Figures,
    models: Sequence[Group],
    sides: Mapping[str, Sequence[Group]],
) -> Spending:
    """Return what the money bought, with *models* side by side, and each of *sides* too."""
    by_model: defaultdict[tuple[str, str], list[PricedUse]] = defaultdict(list)
    for use in facts.uses:
        by_model[use.sums.provider, use.sums.model].append(use)
    return Spending(
        units=unit_costs(totals),
        kinds=kind_costs(facts.uses),
        cache=cache_use(facts.uses),
        errors=error_cost(use.sums for use in facts.uses),
        velocities=facts.velocities,
        models=tuple(_model(one, by_model) for one in performances(models)),
        since_ms=facts.since_ms,
        sides={
            name: performances(groups)
            for name, groups in sides.items()
            if any(group.key for group in groups)
        },
        dearest_calls=dear_calls(facts.dearest_calls, totals),
        dearest_conversations=performances(
            [
                Group(key, figures, share(figures.cost_pico, totals.cost_pico))
                for key, figures in facts.dearest_conversations
            ]
        ),
    )


def _model(
    performance: Performance, by_model: Mapping[tuple[str, str], Sequence[PricedUse]]
) -> ModelUse:
    uses = by_model.get((performance.provider or "", performance.key))
    return ModelUse(performance, cache_use(uses) if uses else None)
