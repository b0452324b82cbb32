"""What a server counts beyond the calls that it lists: uses without a row, rows that are gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from alwrity_desktop.core.domain.money import PICO_PER_CENT
from alwrity_desktop.core.domain.periods import Period
from alwrity_desktop.core.domain.reconciling import Sums
from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.stated import Stated, StatedGroup
from alwrity_desktop.core.domain.statements import ALL_TIME, SUMMARY, Statement, StatementKind

_HALF_CENT: Final = PICO_PER_CENT // 2
_MICRO: Final = PICO_PER_CENT // 10_000
_KIND_DIGITS: Final = {"month": 7, "year": 4}
"""By how much of its key a billing period belongs to one of the calendar's."""


def beyond_calls(
    statements: Sequence[Statement], held: Mapping[str, Sums], period: Period
) -> Stated:
    """Return what the server counts in *period* beyond the sums of the calls that are *held*.

    Its counters and its list of calls each miss some, so the larger of both is the truth.
    *held* is by billing period, and holds that of all time. Days are not known of it.
    """
    said = [one for one in statements if one.origin != SUMMARY]
    found, parts = Figures(), defaultdict[str, Figures](Figures)
    for key in _keys(said, period):
        more, by_provider = _beyond(said, held.get(key, Sums()), key)
        found += more
        for provider, figures in by_provider.items():
            parts[provider] += figures
    if period.kind == "all":
        # Periods so old that nothing tells of them but the sum of all time.
        found += _less(_beyond(said, held.get(ALL_TIME, Sums()), ALL_TIME)[0], found)
    if not found.calls:
        return Stated()
    groups = tuple(StatedGroup(provider, figures) for provider, figures in sorted(parts.items()))
    return Stated(found, {"provider": groups})


def _keys(said: Iterable[Statement], period: Period) -> list[str]:
    """Return the billing periods that belong to *period*: a day or a week has none."""
    if period.billing_period:
        return [period.billing_period]
    keys = sorted({one.period for one in said} - {ALL_TIME})
    if period.kind == "all":
        return keys
    digits = _KIND_DIGITS.get(period.kind)
    return [key for key in keys if digits and key.startswith(period.start[:digits])]


def _beyond(
    said: Sequence[Statement], held: Sums, key: str
) -> tuple[Figures, Mapping[str, Figures]]:
    """Return what is counted beyond *held*, and by provider as far as that explains it."""
    totals = [one for one in said if (one.kind, one.period) == (StatementKind.TOTAL, key)]
    more = _less(_largest(totals), held.total)
    if not more.calls:
        return Figures(), {}
    parts = {}
    for provider in {
        one.key for one in said if (one.kind, one.period) == (StatementKind.PROVIDER, key)
    }:
        own = [
            one
            for one in said
            if (one.kind, one.period, one.key) == (StatementKind.PROVIDER, key, provider)
        ]
        rest = _less(_largest(own), held.of(provider))
        if rest.calls:
            parts[provider] = rest
    named = sum(parts.values(), Figures())
    # A provider that the server counts under two names would count twice.
    is_within = named.calls <= more.calls and named.tokens <= more.tokens
    is_told = is_within and named.cost_pico <= more.cost_pico + _HALF_CENT
    if not is_told:
        return more, {}
    cost_pico = max(more.cost_pico, named.cost_pico)
    return Figures(more.calls, unsplit_tokens=more.tokens, cost_pico=cost_pico), parts


def _largest(statements: Sequence[Statement]) -> Figures:
    return Figures(
        calls=max((one.calls or 0 for one in statements), default=0),
        unsplit_tokens=max((one.tokens or 0 for one in statements), default=0),
        cost_pico=max((one.cost_pico or 0 for one in statements), default=0),
    )


def _less(said: Figures, held: Figures) -> Figures:
    """Return by how much *said* exceeds *held*; servers round money, some of it to cents."""
    cost_pico = said.cost_pico - held.cost_pico
    rounded_pico = _MICRO if said.cost_pico % PICO_PER_CENT else _HALF_CENT
    return Figures(
        calls=max(0, said.calls - held.calls),
        unsplit_tokens=max(0, said.tokens - held.tokens),
        cost_pico=cost_pico if cost_pico > rounded_pico else 0,
    )
