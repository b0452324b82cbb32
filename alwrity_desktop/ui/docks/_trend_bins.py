"""Bins of the trend chart: a period's own points, or the weeks of the last months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from alwrity_desktop.core.domain.money import PICO_PER_USD
from alwrity_desktop.core.domain.report import Amounts, Point
from alwrity_desktop.ui.tokens import MAX_SERIES

OTHER = "other"
_DAYS_A_WEEK = 7


class Bin(msgspec.Struct, frozen=True):
    """An hour, a day or a week with what was used in it."""

    #: ISO, as a point has it.
    start: str
    #: The last day that has figures, ISO.
    last_day: str
    total: Amounts
    by_provider: dict[str, Amounts]
    is_unfinished: bool = False


def measured(amounts: Amounts, measure: str) -> float:
    """Return one measure ("cost" in dollars, "calls" or "tokens") for drawing."""
    if measure == "cost":
        return amounts.cost_pico / PICO_PER_USD
    return float(amounts.calls if measure == "calls" else amounts.tokens)


def bins_of(points: Sequence[Point]) -> tuple[Bin, ...]:
    """Return one bin for each point."""
    return tuple(
        Bin(
            point.start, point.start[:10], point.total, dict(point.by_provider), point.is_unfinished
        )
        for point in points
    )


def weekly(weeks: Sequence[Point], last_day: str, months: int) -> tuple[Bin, ...]:
    """Return those of *weeks* that reach into the last *months* before *last_day*."""
    last = date.fromisoformat(last_day)
    first = last - timedelta(days=round(months * 365.25 / 12) - 1)
    ends = [date.fromisoformat(week.start) + timedelta(days=_DAYS_A_WEEK - 1) for week in weeks]
    return tuple(
        Bin(
            week.start,
            min(end, last).isoformat(),
            week.total,
            dict(week.by_provider),
            week.is_unfinished,
        )
        for week, end in zip(weeks, ends, strict=True)
        if end >= first
    )


def reached(bins: Sequence[Bin]) -> tuple[Bin, ...]:
    """Return the bins up to the present one; those that are still to come are left out."""
    count = len(bins)
    while count > 1 and bins[count - 2].is_unfinished:
        count -= 1
    return tuple(bins[:count])


def leading_providers(bins: Sequence[Bin], measure: str) -> tuple[str, ...]:
    """Return the providers that get a curve of their own, dearest first; the rest is "other"."""
    sums: dict[str, float] = {}
    for item in bins:
        for provider, amounts in item.by_provider.items():
            sums[provider] = sums.get(provider, 0.0) + measured(amounts, measure)
    ranked = sorted((name for name in sums if sums[name] > 0), key=lambda name: -sums[name])
    if len(ranked) <= MAX_SERIES:
        return tuple(ranked)
    return (*ranked[: MAX_SERIES - 1], OTHER)


def provider_amounts(
    bins: Sequence[Bin], providers: Sequence[str]
) -> dict[str, tuple[Amounts, ...]]:
    """Return each provider's amounts, with those beyond *providers* summed in "other"."""
    named = set(providers) - {OTHER}
    found: dict[str, tuple[Amounts, ...]] = {}
    for provider in providers:
        if provider == OTHER:
            found[provider] = tuple(
                sum(
                    (amounts for name, amounts in item.by_provider.items() if name not in named),
                    Amounts(),
                )
                for item in bins
            )
        else:
            found[provider] = tuple(item.by_provider.get(provider, Amounts()) for item in bins)
    return found


def provider_values(
    bins: Sequence[Bin], providers: Sequence[str], measure: str
) -> dict[str, tuple[float, ...]]:
    """Return one measure of each provider's amounts, for drawing."""
    return {
        provider: tuple(measured(one, measure) for one in amounts)
        for provider, amounts in provider_amounts(bins, providers).items()
    }
