"""Where a period will end: cost, calls and tokens, in all and by provider, or why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.day_shape import EVEN, DayShape
from alwrity_desktop.core.domain.forecast_band import CONFIDENCE_PERCENT
from alwrity_desktop.core.domain.forecast_words import sentence_of
from alwrity_desktop.core.domain.periods import Period
from alwrity_desktop.core.domain.projection import MIN_HISTORY_DAYS, Projection, project, scaled

__all__ = ["MIN_HISTORY_DAYS", "DayUse", "Forecast", "ForecastPoint", "forecast", "forecast_use"]

KINDS: Final = (LimitKind.COST, LimitKind.CALLS, LimitKind.TOKENS)

_NO_COST: Final = "The calls so far have no known price, or are free."


class ForecastPoint(msgspec.Struct, frozen=True):
    """The cumulative cost expected at the end of one day."""

    #: ISO date in the period's zone.
    day: str
    cost_pico: int
    low_pico: int
    high_pico: int


class ProviderForecast(msgspec.Struct, frozen=True):
    """What one provider will have brought by the period's end."""

    provider: str
    cost: Projection
    calls: Projection
    tokens: Projection


class Forecast(msgspec.Struct, frozen=True):
    """The cost at the end of the period, or why none can be given."""

    cost_pico: int | None
    low_pico: int | None
    high_pico: int | None
    #: How often the band should hold the truth.
    confidence_percent: int = CONFIDENCE_PERCENT
    method: str = "weekday run rate"
    #: The reason when there is too little history; the amounts are then None.
    refused: str | None = None
    #: From today to the last day of the period.
    curve: tuple[ForecastPoint, ...] = ()
    #: One sentence that says what the forecast rests on; "" where there is none.
    sentence: str = ""
    #: The cost with its curve and grounds; None where nobody asked.
    cost: Projection | None = None
    calls: Projection | None = None
    tokens: Projection | None = None
    #: Dearest at the period's end first.
    providers: tuple[ProviderForecast, ...] = ()


class DayUse(NamedTuple):
    """What was used on one day."""

    #: ISO date in the period's zone.
    day: str
    cost_pico: int
    calls: int
    tokens: int


def forecast(
    days: Sequence[tuple[str, int]], period: Period, now_ms: int, shape: DayShape = EVEN
) -> Forecast:
    """Return where the cost of *period* will end, or why that cannot be told.

    *days* are (ISO day, cost in pico-dollars) in the period's zone, of the period and of up
    to half a year before the present moment; a day left out cost nothing. Days before the
    first cost do not count as history.
    """
    return _of_cost(project(LimitKind.COST, days, period, now_ms, shape))


def forecast_use(
    total: Sequence[DayUse],
    by_provider: Mapping[str, Sequence[DayUse]],
    period: Period,
    now_ms: int,
    shape: DayShape = EVEN,
) -> Forecast:
    """Return where cost, calls and tokens of *period* will end, in all and by provider.

    At the period's end the providers' parts add up to the whole where each can be told.
    """
    whole = _projections(total, period, now_ms, shape)
    parts = {
        provider: _projections(days, period, now_ms, shape)
        for provider, days in by_provider.items()
    }
    for kind in KINDS:
        factor = _share_out(whole[kind], [part[kind] for part in parts.values()])
        for part in parts.values():
            part[kind] = scaled(part[kind], factor)
    providers = [
        ProviderForecast(provider, *(part[kind] for kind in KINDS))
        for provider, part in parts.items()
    ]
    providers.sort(key=lambda one: (-(one.cost.amount or one.cost.so_far), one.provider))
    return _of_cost(
        whole[LimitKind.COST],
        calls=whole[LimitKind.CALLS],
        tokens=whole[LimitKind.TOKENS],
        providers=tuple(providers),
    )


def _projections(
    days: Sequence[DayUse], period: Period, now_ms: int, shape: DayShape
) -> dict[LimitKind, Projection]:
    columns = {
        LimitKind.COST: [(use.day, use.cost_pico) for use in days],
        LimitKind.CALLS: [(use.day, use.calls) for use in days],
        LimitKind.TOKENS: [(use.day, use.tokens) for use in days],
    }
    told = {kind: project(kind, rows, period, now_ms, shape) for kind, rows in columns.items()}
    cost = told[LimitKind.COST]
    is_used = told[LimitKind.CALLS].refused is None
    if cost.refused is not None and is_used and not any(use.cost_pico for use in days):
        # There is history enough: what is missing is money.
        told[LimitKind.COST] = replace(cost, refused=_NO_COST)
    return told


def _share_out(whole: Projection, parts: Sequence[Projection]) -> float:
    """Return by what the parts' days to come are multiplied so that they add up."""
    known = [part.amount - part.so_far for part in parts if part.amount is not None]
    rest = sum(known)
    if whole.amount is None or rest <= 0:
        return 1.0
    factor = (whole.amount - whole.so_far) / rest
    # What is missing may be the parts' of which nothing can be told.
    return factor if len(known) == len(parts) else min(1.0, factor)


def _of_cost(
    cost: Projection,
    calls: Projection | None = None,
    tokens: Projection | None = None,
    providers: tuple[ProviderForecast, ...] = (),
) -> Forecast:
    return Forecast(
        cost_pico=cost.amount,
        low_pico=cost.low,
        high_pico=cost.high,
        refused=cost.refused,
        curve=tuple(
            ForecastPoint(point.day, point.amount, point.low, point.high) for point in cost.curve
        ),
        sentence=sentence_of(cost),
        cost=cost,
        calls=calls,
        tokens=tokens,
        providers=providers,
    )
