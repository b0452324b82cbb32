"""Accounts whose servers state sums and never single calls: their figures for one period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import msgspec

from alwrity_desktop.core.domain.budgets import Budget, Limit, LimitKind, percent_used, status_of
from alwrity_desktop.core.domain.periods import Period, local_day
from alwrity_desktop.core.domain.providers import provider_of
from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.statements import ALL_TIME, SUMMARY, Statement, StatementKind
from alwrity_desktop.core.domain.sums import SlotSums
from alwrity_desktop.core.domain.vendor_bills import VENDORS

NOT_ITEMISED: Final = "not itemised"
"""The key of what is in a server's total and in none of the parts that it names."""

PLATFORM: Final = "agent-billing"
"""The kind of accounts whose servers state sums of messages, and never single calls."""

STATING_DAYS: Final = frozenset({PLATFORM, *VENDORS})
"""The kinds of accounts whose servers state days, months and models, and never single calls."""

_PARTS: Final = {
    "agent": StatementKind.AGENT,
    "model": StatementKind.MODEL,
    "conversation": StatementKind.CONVERSATION,
}
_EPOCH: Final = date(1970, 1, 1)


class StatedGroup(msgspec.Struct, frozen=True):
    """One part that a server names."""

    key: str
    figures: Figures
    label: str = ""
    provider: str | None = None


class Stated(msgspec.Struct, frozen=True):
    """What one server, or several, state of a period."""

    #: None where it was never stated.
    totals: Figures | None = None
    #: By dimension; a dimension that is left out has no parts.
    groups: Mapping[str, tuple[StatedGroup, ...]] = msgspec.field(default_factory=dict)
    #: Every day that was ever stated, under one provider.
    day_slots: tuple[SlotSums, ...] = ()

    def of_dimension(self, name: str) -> tuple[StatedGroup, ...]:
        """Return the parts of a dimension; what no part names is one of them."""
        if self.totals is None:
            return ()
        parts = self.groups.get(name, ())
        rest = _rest(self.totals, [part.figures for part in parts])
        return parts if rest is None else (*parts, StatedGroup(NOT_ITEMISED, rest))


def figures_of(statement: Statement) -> Figures:
    """Return the figures that a statement gives; what it does not say adds nothing."""
    split = (statement.input_tokens or 0, statement.output_tokens or 0)
    return Figures(
        calls=statement.calls or 0,
        input_tokens=split[0],
        output_tokens=split[1],
        unsplit_tokens=max(0, (statement.tokens or 0) - sum(split)),
        cost_pico=statement.cost_pico or 0,
        messages=statement.messages,
        conversations=statement.conversations,
    )


def of_account(kind: str, statements: Sequence[Statement], period: Period) -> Stated:
    """Return what the server of an account of a kind states of *period*."""
    if kind in STATING_DAYS:
        return of_platform(statements, period)
    return of_periods(statements, period)


def of_platform(statements: Sequence[Statement], period: Period) -> Stated:
    """Return what a platform states of *period*: its own total, else the sum of its days.

    Its total of "this month" holds while it was confirmed within the month.
    """
    days = _days(statements, period.timezone)
    slots = tuple(
        SlotSums((date.fromisoformat(day) - _EPOCH).days, 0, NOT_ITEMISED, figures)
        for day, figures in sorted(days.items())
    )
    total = _platform_total(statements, period)
    if total is None:
        known = [figures for day, figures in days.items() if period.start <= day <= period.end]
        return Stated(sum(known, Figures()) if known else None, {}, slots)
    groups: dict[str, tuple[StatedGroup, ...]] = {
        name: tuple(
            StatedGroup(
                one.key,
                figures_of(one),
                one.label,
                provider_of(one.key) if kind is StatementKind.MODEL else None,
            )
            for one in _newest_parts(statements, kind, total.period, period)
        )
        for name, kind in _PARTS.items()
    }
    groups["provider"] = _by_provider(groups["model"])
    return Stated(figures_of(total), groups, slots)


def of_periods(statements: Sequence[Statement], period: Period) -> Stated:
    """Return what a server states of *period* that names months and providers alone.

    Where it contradicts itself the larger figure counts: its counters lose, they never gain.
    """
    month = period.billing_period or (period.start[:7] if period.kind == "month" else "")
    totals = _largest(
        one for one in statements if one.kind is StatementKind.TOTAL and one.origin != SUMMARY
    )
    by_period = {place[0]: figures for place, figures in totals.items()}
    if month:
        found = by_period.get(month)
    elif period.kind in {"year", "all"}:
        year = period.start[:4] if period.kind == "year" else ""
        months = [
            figures
            for name, figures in by_period.items()
            if name != ALL_TIME and name.startswith(year)
        ]
        whole = by_period.get(ALL_TIME) if period.kind == "all" else None
        found = whole or (sum(months, Figures()) if months else None)
    else:
        found = None
    providers = _largest(one for one in statements if one.kind is StatementKind.PROVIDER)
    named = month or (ALL_TIME if period.kind == "all" else "")
    parts = tuple(
        StatedGroup(key, figures)
        for (name, key), figures in sorted(providers.items())
        if name == named and figures != Figures()
    )
    return Stated(found, {"provider": parts})


def together(several: Iterable[Stated]) -> Stated:
    """Return what several servers state, added up; one that states nothing adds nothing."""
    totals: Figures | None = None
    groups: defaultdict[str, tuple[StatedGroup, ...]] = defaultdict(tuple)
    slots: tuple[SlotSums, ...] = ()
    for one in several:
        if one.totals is not None:
            totals = one.totals if totals is None else totals + one.totals
        for name, parts in one.groups.items():
            groups[name] += parts
        slots += one.day_slots
    return Stated(totals, dict(groups), slots)


def standing(found: Stated, budget: Budget, period: Period) -> Limit | None:
    """Return how *budget* stands by what is stated of its *period*; None where nothing is."""
    totals = found.totals
    if totals is None or budget.kind is LimitKind.CALLS or budget.scope != "account":
        return None
    used = totals.tokens if budget.kind is LimitKind.TOKENS else totals.cost_pico
    return Limit(
        name=budget.name,
        scope=budget.scope,
        kind=budget.kind,
        used=used,
        limit=budget.limit,
        percent=percent_used(used, budget.limit),
        status=status_of(used, budget.limit),
        origin="budget",
        period=budget.period,
        resets_on=(date.fromisoformat(period.end) + timedelta(days=1)).isoformat(),
        budget_id=budget.id,
        enforcement=budget.enforcement,
        thresholds=budget.thresholds,
        account=budget.account,
    )


def _newest_parts(
    statements: Sequence[Statement], kind: StatementKind, named: str, period: Period
) -> list[Statement]:
    """Return the parts that the newest answer within *period* named; others are history."""
    parts = [
        one
        for one in statements
        if (one.kind, one.period) == (kind, named)
        and period.start_ms <= one.confirmed_at_ms < period.end_ms
    ]
    newest_ms = max((one.confirmed_at_ms for one in parts), default=0)
    # One without a key says that there were none.
    return [one for one in parts if one.confirmed_at_ms == newest_ms and one.key]


def _platform_total(statements: Sequence[Statement], period: Period) -> Statement | None:
    kind = "today" if period.kind == "day" else period.kind
    return next(
        (
            one
            for one in reversed(statements)
            if (one.kind, one.period) == (StatementKind.TOTAL, kind)
            and one.cost_pico is not None
            and period.start_ms <= one.confirmed_at_ms < period.end_ms
        ),
        None,
    )


def _days(statements: Sequence[Statement], timezone: str) -> dict[str, Figures]:
    """Return the days that were stated, the newest statement of each.

    Days that an answer about the year leaves out were without use, up to the day on which
    it was given.
    """
    newest: dict[str, Statement] = {}
    for one in statements:
        known = newest.get(one.key)
        is_newer = known is None or one.confirmed_at_ms >= known.confirmed_at_ms
        if one.kind is StatementKind.DAY and is_newer:
            newest[one.key] = one
    nothing = Figures(messages=0)
    days = {
        day: nothing for first, last in _ranges(statements, timezone) for day in _span(first, last)
    }
    return days | {day: figures_of(one) for day, one in newest.items()}


def _ranges(statements: Sequence[Statement], timezone: str) -> Iterable[tuple[str, str]]:
    for one in statements:
        if one.kind is StatementKind.TOTAL and one.period == "year":
            last = local_day(one.confirmed_at_ms, timezone)
            yield f"{last[:4]}-01-01", last
        elif one.kind is StatementKind.TOTAL and "/" in one.period:
            first, _, last = one.period.partition("/")
            yield first, last


def _span(first: str, last: str) -> Iterable[str]:
    start, end = date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal()
    return (date.fromordinal(number).isoformat() for number in range(start, end + 1))


def _by_provider(models: Sequence[StatedGroup]) -> tuple[StatedGroup, ...]:
    sums: defaultdict[str, Figures] = defaultdict(Figures)
    for model in models:
        sums[model.provider or NOT_ITEMISED] += model.figures
    return tuple(StatedGroup(provider, figures) for provider, figures in sums.items())


def _largest(statements: Iterable[Statement]) -> dict[tuple[str, str], Figures]:
    """Return the largest figures that any endpoint gives, by period and key."""
    found: dict[tuple[str, str], Figures] = {}
    for one in statements:
        place, figures = (one.period, one.key), figures_of(one)
        known = found.get(place)
        size = (figures.calls, figures.tokens, figures.cost_pico)
        if known is None or size > (known.calls, known.tokens, known.cost_pico):
            found[place] = figures
    return found


def _rest(whole: Figures, parts: Sequence[Figures]) -> Figures | None:
    """Return what of *whole* no part names; None when the parts are all of it."""
    named = sum(parts, Figures())
    rest = Figures(
        calls=max(0, whole.calls - named.calls),
        unsplit_tokens=max(0, whole.tokens - named.tokens),
        cost_pico=max(0, whole.cost_pico - named.cost_pico),
        messages=None if whole.messages is None else max(0, whole.messages - (named.messages or 0)),
    )
    is_nothing = not (rest.calls or rest.tokens or rest.cost_pico or rest.messages)
    return None if is_nothing else rest
