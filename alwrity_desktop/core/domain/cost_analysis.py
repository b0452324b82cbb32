"""What the money went for: token kinds, caching, errors, speed of spending, models side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from alwrity_desktop.core.domain.breakdown import share
from alwrity_desktop.core.domain.insight_values import (
    CacheUse,
    DearCall,
    ErrorCost,
    KindCost,
    Performance,
    UnitCosts,
    Velocity,
)
from alwrity_desktop.core.domain.money import divide_half_even
from alwrity_desktop.core.domain.pricing import KINDS, PER_MILLION, TOKEN_KINDS, Quote
from alwrity_desktop.core.domain.report import Amounts, CallRow, Figures, Group
from alwrity_desktop.core.domain.usage import PriceStatus
from alwrity_desktop.core.domain.usage_sums import UsageSums

__all__ = [
    "MIN_COMPARED_CALLS",
    "CacheUse",
    "DearCall",
    "ErrorCost",
    "KindCost",
    "Performance",
    "PricedUse",
    "UnitCosts",
    "Velocity",
    "cache_use",
    "dear_calls",
    "error_cost",
    "kind_costs",
    "performances",
    "tokens_per_second",
    "unit_costs",
    "velocities",
]

MIN_COMPARED_CALLS: Final = 20
"""With fewer calls a model is neither the cheapest nor the fastest."""

_MS_PER_SECOND: Final = 1000


class PricedUse(NamedTuple):
    """The calls of one sum with the prices that hold for them; None where none are known."""

    sums: UsageSums
    quote: Quote | None


def unit_costs(figures: Figures) -> UnitCosts:
    """Return what a call, a message, a conversation and a million tokens cost on average."""
    talks = figures.conversations
    return UnitCosts(
        per_call_pico=figures.cost_per_call_pico,
        per_message_pico=figures.cost_per_message_pico,
        per_conversation_pico=divide_half_even(figures.cost_pico, talks) if talks else None,
        per_million_tokens_pico=figures.cost_per_million_tokens_pico,
    )


def kind_costs(uses: Iterable[PricedUse]) -> tuple[KindCost, ...]:
    """Return what each kind of token, request, image and page cost at its prices.

    A reported cost is split as these prices would. Kinds that were not used are left out. The
    parts are rounded one by one, so their sum may be some pico-dollars off the calls' own.
    """
    quantities = dict.fromkeys(KINDS, 0)
    unpriced = dict.fromkeys(KINDS, 0)
    costs: dict[str, int] = {}
    for sums, quote in uses:
        used = _quantities(sums, quote)
        for kind, quantity, cost in zip(KINDS, used, _costs(sums, used, quote), strict=True):
            quantities[kind] += quantity
            if cost is None:
                unpriced[kind] += quantity
            elif quantity:
                costs[kind] = costs.get(kind, 0) + cost
    whole = sum(costs.values())
    return tuple(
        _kind_cost(kind, quantities[kind], unpriced[kind], costs.get(kind), whole)
        for kind in KINDS
        if quantities[kind]
    )


def _costs(sums: UsageSums, used: Sequence[int], quote: Quote | None) -> list[int | None]:
    """Return what each of KINDS cost; None where it has no price."""
    if quote is None:
        return [None] * len(KINDS)
    units = map(quote.unit_price, KINDS)
    costs = [
        None if unit is None else divide_half_even(unit.pico * quantity, unit.size)
        for unit, quantity in zip(units, used, strict=True)
    ]
    listed = sum(cost or 0 for cost in costs)
    if sums.price_status is not PriceStatus.REPORTED or not listed:
        return costs
    return [
        None if cost is None else divide_half_even(cost * sums.cost_pico, listed) for cost in costs
    ]


def _quantities(sums: UsageSums, quote: Quote | None) -> tuple[int, ...]:
    by_the_piece = quote is not None and quote.is_by_the_piece
    return (
        sums.input_tokens,
        sums.cache_read_tokens,
        sums.cache_write_5m_tokens,
        sums.cache_write_1h_tokens,
        sums.output_tokens,
        sums.requests + (sums.silent_requests if by_the_piece else 0),
        sums.web_searches,
        sums.images,
        sums.pages,
    )


def _kind_cost(kind: str, quantity: int, unpriced: int, cost: int | None, whole: int) -> KindCost:
    size = PER_MILLION if kind in TOKEN_KINDS else 1
    priced = quantity - unpriced
    return KindCost(
        kind=kind,
        quantity=quantity,
        cost_pico=cost,
        unit_cost_pico=None if cost is None else divide_half_even(cost * size, priced),
        share_percent=None if cost is None else share(cost, whole),
        unpriced_quantity=unpriced,
    )


def cache_use(uses: Iterable[PricedUse]) -> CacheUse:
    """Return how often the cache was hit, and what caching saved at the calls' own prices."""
    read = written = plain = unpriced = 0
    saved: int | None = None
    for sums, quote in uses:
        read += sums.cache_read_tokens
        written += sums.cache_tokens - sums.cache_read_tokens
        plain += sums.input_tokens
        if sums.cache_tokens:
            worth = _saved(sums, quote)
            if worth is None:
                unpriced += sums.cache_tokens
            else:
                saved = worth if saved is None else saved + worth
    whole = read + written + plain
    return CacheUse(read, written, whole, share(read, whole), saved, unpriced)


def _saved(sums: UsageSums, quote: Quote | None) -> int | None:
    """Return what caching saved; None where plain or cached input has no price."""
    if quote is None:
        return None
    kinds = [
        kind
        for kind, quantity in zip(TOKEN_KINDS, _quantities(sums, quote), strict=False)
        if kind == "input" or (quantity and kind != "output")
    ]
    if any(quote.unit_price(kind) is None for kind in kinds):
        return None
    cached, plain = sums.cost_at(quote), sums.uncached().cost_at(quote)
    return None if cached is None or plain is None else plain - cached


def error_cost(rows: Iterable[UsageSums]) -> ErrorCost:
    """Return how many calls failed, and what these cost."""
    calls = paid = cost = whole = 0
    for row in rows:
        whole += row.cost_pico
        if row.is_error:
            calls += row.calls
            cost += row.cost_pico
            paid += row.calls if row.cost_pico else 0
    return ErrorCost(calls, paid, cost, share(cost, whole))


def velocities(
    stretches: Mapping[str, tuple[int, Amounts]],
    now_ms: int,
    usual: tuple[int, Amounts] | None = None,
) -> tuple[Velocity, ...]:
    """Return how fast money goes over *stretches*: name to (start_ms, amounts up to now).

    *usual* is (duration_ms, amounts) of what they are held against. A stretch that has only
    just begun has no rate and is left out.
    """
    found = []
    for name, (start_ms, amounts) in stretches.items():
        duration_ms = now_ms - start_ms
        if duration_ms > 0:
            times = None
            if usual is not None and usual[0] > 0 and usual[1].cost_pico > 0:
                rate = amounts.cost_pico / duration_ms
                times = round(rate * usual[0] / usual[1].cost_pico, 1)
            found.append(Velocity(name, amounts, duration_ms, times))
    return tuple(found)


def performances(groups: Sequence[Group]) -> tuple[Performance, ...]:
    """Return providers or models side by side, in the order of *groups*."""
    compared = [group for group in groups if group.figures.calls >= MIN_COMPARED_CALLS]
    cheapest = _best(compared, lambda group: group.figures.cost_per_million_tokens_pico)
    fastest = _best(compared, lambda group: group.p50_duration_ms)
    reliable = _best(compared, lambda group: group.figures.error_rate_percent)
    return tuple(
        Performance(
            key=group.key,
            provider=group.provider,
            figures=group.figures,
            share_percent=group.share_percent,
            p50_duration_ms=group.p50_duration_ms,
            p95_duration_ms=group.p95_duration_ms,
            tokens_per_second=tokens_per_second(group.figures),
            is_cheapest=group is cheapest,
            is_fastest=group is fastest,
            is_most_reliable=group is reliable,
        )
        for group in groups
    )


def tokens_per_second(figures: Figures) -> float | None:
    """Return the output tokens in a second of waiting; None where no duration is known.

    Where only some calls have one, they are taken to answer as much as the others.
    """
    if not figures.duration_ms or not figures.calls:
        return None
    tokens = figures.output_tokens * figures.duration_calls / figures.calls
    return round(tokens * _MS_PER_SECOND / figures.duration_ms, 1)


def dear_calls(rows: Iterable[CallRow], totals: Figures) -> tuple[DearCall, ...]:
    """Return *rows* beside the average of the priced calls among *totals*."""
    average = totals.cost_per_call_pico
    return tuple(
        DearCall(row, round((row.cost_pico or 0) / average, 1) if average else None) for row in rows
    )


def _best(groups: Sequence[Group], measure: Callable[[Group], float | None]) -> Group | None:
    """Return the one group with the smallest measure; None where it is alone or shared."""
    known = [(value, group) for group in groups if (value := measure(group)) is not None]
    if len(known) < 2:  # noqa: PLR2004 - nothing to compare with
        return None
    least = min(value for value, _ in known)
    best = [group for value, group in known if value == least]
    return best[0] if len(best) == 1 else None
