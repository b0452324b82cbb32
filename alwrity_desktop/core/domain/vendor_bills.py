"""Providers' own bills beside what this computer's calls of the same provider add up to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final

from alwrity_desktop.core.domain.money import PICO_PER_CENT, usd_text
from alwrity_desktop.core.domain.periods import Period
from alwrity_desktop.core.domain.reconciliation import ReconciliationRow
from alwrity_desktop.core.domain.reconciling import UNPRICED
from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.statements import Statement, StatementKind

VENDORS: Final = frozenset({"openai-admin", "anthropic-admin", "openrouter"})
"""The kinds of accounts that are a provider's own bill."""

MEASURES: Final = ("calls", "tokens", "cost")

NOT_SEEN: Final = (
    "The provider counts calls that neither a log, nor the gateway, nor an import brought here."
)
LATE: Final = "The provider's reports come hours late, or a plan or another organisation paid."
PRICED: Final = "The tokens agree: a discount, a batch price, a tax or a newer price differs."

_MONTH_LENGTH: Final = len("2026-11")
_MONTHS: Final = 12


def months_in(statements: Sequence[Statement], period: Period) -> list[str]:
    """Return the months that are stated and touch *period*, the newest first."""
    stated = {
        one.period
        for one in statements
        if one.kind is StatementKind.PROVIDER and len(one.period) == _MONTH_LENGTH
    }
    first, last = period.start[:_MONTH_LENGTH], period.end[:_MONTH_LENGTH]
    return sorted((month for month in stated if first <= month <= last), reverse=True)


def bounds_of(month: str) -> tuple[int, int]:
    """Return where *month* begins and ends in UTC, in which providers cut their bills."""
    first = date.fromisoformat(f"{month}-01")
    next_year, next_month = divmod(first.month, _MONTHS)
    after = date(first.year + next_year, next_month + 1, 1)
    starts = (datetime(day.year, day.month, 1, tzinfo=UTC) for day in (first, after))
    start, end = (round(moment.timestamp() * 1000) for moment in starts)
    return start, end


def differences(
    statements: Sequence[Statement], own: Mapping[str, Mapping[str, Figures]]
) -> tuple[ReconciliationRow, ...]:
    """Return a row for each figure of a month that the provider states.

    *own* is what the calls here add up to, by month and provider; other months are left out.
    """
    newest: dict[tuple[str, str], Statement] = {}
    for one in statements:
        if one.kind is StatementKind.PROVIDER and one.period in own:
            known = newest.get((one.period, one.key))
            if known is None or one.confirmed_at_ms >= known.confirmed_at_ms:
                newest[one.period, one.key] = one
    rows: list[ReconciliationRow] = []
    for (month, provider), said in sorted(newest.items(), reverse=True):
        rows += _rows(said, own[month].get(provider, Figures()))
    return tuple(rows)


def _rows(said: Statement, own: Figures) -> Iterator[ReconciliationRow]:
    for measure in MEASURES:
        claimed = said.cost_pico if measure == "cost" else getattr(said, measure)
        if claimed is None:
            continue
        counted = own.known_cost_pico if measure == "cost" else getattr(own, measure)
        text = usd_text if measure == "cost" else str
        yield ReconciliationRow(
            what=f"{measure} {said.period} {said.key}",
            calls_say=None if counted is None else text(counted),
            server_says=text(claimed),
            difference=None if counted is None else text(counted - claimed),
            likely=_likely(measure, counted, claimed, said, own),
            measure=measure,
            period=said.period,
            key=said.key,
            origin=said.origin,
            said_at_ms=said.confirmed_at_ms,
        )


def _likely(measure: str, counted: int | None, claimed: int, said: Statement, own: Figures) -> str:
    if counted is None:
        return UNPRICED
    gap = claimed - counted
    if not gap or (measure == "cost" and abs(gap) < PICO_PER_CENT):
        return ""
    if measure == "cost" and said.tokens is not None and said.tokens == own.tokens:
        return PRICED
    return NOT_SEEN if gap > 0 else LATE
