"""Puts what a server states beside what the calls add up to, with the likely reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from typing import Final

import msgspec

from alwrity_desktop.core.domain.budgets import Limit, LimitKind, worst
from alwrity_desktop.core.domain.money import PICO_PER_CENT, usd_text
from alwrity_desktop.core.domain.reconciliation import ReconciliationRow
from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.server import ServerStanding
from alwrity_desktop.core.domain.statements import ALL_TIME, SUMMARY, Statement, StatementKind

MEASURES: Final = ("calls", "tokens", "cost")

TRENDS: Final = "trends"
STANDING_ORIGIN: Final = "dashboard"

ALL_TIME_NAMED_MONTH: Final = "The server calls this month what is the sum of all time."
ROUNDED: Final = "The server rounds to cents."
PROVIDERS_WITHOUT: Final = "The server gives every provider's {measure} as 0 here."
LOST_COUNTS: Final = (
    "The server's counter loses calls: after the first one of a period the others may miss it."
)
TRENDS_WITHOUT: Final = (
    "The server's trends leave out periods without a counter, and the oldest of 24 months."
)
NOT_IN_ROWS: Final = (
    "The server counts uses for which it writes no row, or rows were gone before they were read."
)
MERGED: Final = "{calls} of the calls were merged by the server before they were read."
STATUS_STAYS: Final = "The server never changes its status, whatever is used."
COST_PERCENT: Final = "The server's percentage of the cost is 0, whatever is spent."
PERCENT_LOST: Final = "The server's percentages stand on counters that lose calls."
PERCENT_MORE: Final = "The server counts uses that the calls do not show."
UNPRICED: Final = "None of the calls here has a price."
DIFFERS: Final = "The server's counters and its rows do not agree."

_HALF_CENT: Final = PICO_PER_CENT // 2


class Sums(msgspec.Struct, frozen=True):
    """What the calls of one billing period, or of all time, add up to."""

    total: Figures = msgspec.field(default_factory=Figures)
    providers: Mapping[str, Figures] = msgspec.field(default_factory=dict)

    def plus(self, provider: str, figures: Figures) -> Sums:
        """Return the sums with those of one provider added."""
        known = self.providers.get(provider, Figures())
        return Sums(self.total + figures, {**self.providers, provider: known + figures})

    def of(self, provider: str) -> Figures:
        """Return the sums of one provider, of all for ""."""
        return self.providers.get(provider, Figures()) if provider else self.total


class _Claim(msgspec.Struct, frozen=True):
    """One value of one measure, by the statements that give it."""

    measure: str
    period: str
    #: "" for the total.
    provider: str
    value: int
    statements: Sequence[Statement]

    @property
    def what(self) -> str:
        period = "all time" if self.period == ALL_TIME else self.period
        return " ".join(part for part in (self.measure, period, self.provider) if part)


def reconcile(
    statements: Sequence[Statement],
    sums: Mapping[str, Sums],
    periods: Sequence[str],
    merged: Mapping[str, int],
    *,
    has_calls: bool,
    is_detailed: bool = False,
) -> tuple[ReconciliationRow, ...]:
    """Return a row for each claim about *periods*, totals before providers.

    Endpoints that contradict one another have a row each. *merged* says how many calls of a
    period were only known merged; without calls of any kind nothing stands against a claim.
    Providers over all time have rows where *is_detailed*.
    """
    ever = sums.get(ALL_TIME, Sums()).total
    rows = []
    for period in periods:
        known = sums.get(period, Sums())
        for claim in _claims([one for one in statements if one.period == period], period):
            if claim.provider and period == ALL_TIME and not is_detailed:
                continue
            own = _measure(known.of(claim.provider), claim.measure)
            if not own and not claim.value and (claim.provider or len(periods) > 2):  # noqa: PLR2004 - the period and all time
                continue
            if not has_calls or own is None:
                rows.append(_row(claim, None, UNPRICED if has_calls else ""))
                continue
            likely = _likely(claim, own, _measure(ever, claim.measure), merged.get(period, 0))
            rows.append(_row(claim, own, likely))
    return tuple(rows)


def reconcile_standing(
    standing: ServerStanding, limits: Sequence[Limit], said_at_ms: int | None
) -> tuple[ReconciliationRow, ...]:
    """Return what the server says of its limits beside how they stand by the calls.

    Percentages are compared with one decimal, rounded down.
    """
    period = standing.period
    rows: list[tuple[str, str, str, str, str | None, str]] = []
    if standing.status:
        own = worst(tuple(limit.status for limit in limits)).value
        likely = "" if own == standing.status else STATUS_STAYS
        rows.append(("status", "", own, standing.status, None, likely))
    said = dict(standing.percents)
    for limit in limits:
        if limit.name not in said:
            continue
        own_percent = Decimal(str(limit.percent))
        server = Decimal(said[limit.name]).quantize(Decimal("0.1"), ROUND_DOWN)
        if own_percent or server:
            likely = _percent_likely(limit, own_percent, server)
            difference = str(own_percent - server)
            rows.append(("percent", limit.name, str(own_percent), str(server), difference, likely))
    return tuple(
        ReconciliationRow(
            what=" ".join(part for part in (measure, period, key) if part),
            calls_say=own,
            server_says=server_says,
            difference=difference,
            likely=likely,
            measure=measure,
            period=period,
            key=key,
            origin=STANDING_ORIGIN,
            said_at_ms=said_at_ms,
        )
        for measure, key, own, server_says, difference, likely in rows
    )


def _percent_likely(limit: Limit, own: Decimal, server: Decimal) -> str:
    reasons = (
        (own == server, ""),
        (limit.kind is LimitKind.COST and not server, COST_PERCENT),
        (server > own, PERCENT_MORE),
    )
    return next((reason for holds, reason in reasons if holds), PERCENT_LOST)


def _claims(statements: Sequence[Statement], period: str) -> Iterator[_Claim]:
    totals = [one for one in statements if one.kind is StatementKind.TOTAL]
    providers = [one for one in statements if one.kind is StatementKind.PROVIDER]
    yield from _by_value(totals, period, "")
    for provider in sorted({one.key for one in providers}):
        yield from _by_value([one for one in providers if one.key == provider], period, provider)


def _by_value(statements: Iterable[Statement], period: str, provider: str) -> Iterator[_Claim]:
    said = list(statements)
    for measure in MEASURES:
        values: dict[int, list[Statement]] = {}
        for one in said:
            value = one.cost_pico if measure == "cost" else getattr(one, measure)
            if value is not None:
                values.setdefault(value, []).append(one)
        for value, by in values.items():
            yield _Claim(measure, period, provider, value, by)


def _measure(figures: Figures, measure: str) -> int | None:
    return figures.known_cost_pico if measure == "cost" else int(getattr(figures, measure))


def _row(claim: _Claim, own: int | None, likely: str) -> ReconciliationRow:
    text = usd_text if claim.measure == "cost" else str
    newest = max(claim.statements, key=lambda one: one.confirmed_at_ms)
    return ReconciliationRow(
        what=claim.what,
        calls_say=None if own is None else text(own),
        server_says=text(claim.value),
        difference=None if own is None else text(own - claim.value),
        likely=likely,
        measure=claim.measure,
        period=claim.period,
        key=claim.provider,
        origin=", ".join(dict.fromkeys(one.origin for one in claim.statements)),
        said_at_ms=newest.confirmed_at_ms,
    )


def _likely(claim: _Claim, own: int, ever: int | None, merged: int) -> str:
    """Return the likely reason why the calls add up to *own*; "" when they say the same.

    *ever* is the sum over all time, which some endpoints give for a month.
    """
    value, measure = claim.value, claim.measure
    is_month = claim.period != ALL_TIME and not claim.provider
    is_summary = all(one.origin == SUMMARY for one in claim.statements)
    is_trend = all(one.origin == TRENDS for one in claim.statements)
    reasons = (
        (value == own, ""),
        (bool(claim.provider) and not value and measure != "calls", PROVIDERS_WITHOUT),
        (_same(value, own, measure), ROUNDED),
        (
            is_month and ever not in {own, None} and _same(value, ever or 0, measure),
            ALL_TIME_NAMED_MONTH,
        ),
        # Whatever it says that no other endpoint says of the period.
        (is_summary, ALL_TIME_NAMED_MONTH),
        (value > own, NOT_IN_ROWS),
        (is_trend, DIFFERS if value else TRENDS_WITHOUT),
        (bool(merged) and value + merged == own, MERGED),
    )
    sentence = next((reason for holds, reason in reasons if holds), LOST_COUNTS)
    return sentence.format(measure=measure, calls=f"{merged:,}")


def _same(value: int, own: int, measure: str) -> bool:
    """Return whether a claim is *own*, rounded to cents where it is money."""
    return value == own or (measure == "cost" and abs(value - own) <= _HALF_CENT)
