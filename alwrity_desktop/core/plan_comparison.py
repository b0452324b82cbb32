"""Gathers what plans are compared by: calls of the last full months, and the plans."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from alwrity_desktop.core.domain import periods
from alwrity_desktop.core.domain.alwrity_plans import PLANS_DATE, offline_plans
from alwrity_desktop.core.domain.breakdown import DAY_S, day_of_slot, offset_spans
from alwrity_desktop.core.domain.plan_advice import Standing, advise
from alwrity_desktop.core.domain.plan_replay import Comparison, Replay, Use, compare
from alwrity_desktop.core.domain.server import Subscription
from alwrity_desktop.core.domain.sums import Scope
from alwrity_desktop.core.domain.tip_facts import PAID

if TYPE_CHECKING:
    from alwrity_desktop.core.context import Context
    from alwrity_desktop.core.ledger.snapshot import LedgerSnapshot

MONTHS: Final = 3
"""How many full months are replayed, at most."""


def compare_plans(context: Context, account: str) -> Comparison:
    """Return how the calls of *account* would have fared on every plan of its server.

    The last full months with calls are replayed, the present one as far as it went where
    there is none before. An account without a server is compared on ALwrity's own plans.
    """
    now_ms, zone = context.clock.now_ms(), context.timezone()
    scope = context.scope(account)
    with context.ledger(account).snapshot() as snapshot:
        facts = snapshot.server_facts(account)
        start_ms, end_ms = _span(snapshot, scope, now_ms, zone)
        rows = snapshot.by_slot(scope, offset_spans(start_ms, end_ms, zone), DAY_S)
        spent = _spent_monthly(snapshot, scope, (start_ms, end_ms), zone)
    uses = [
        Use(
            day_of_slot(row.slot),
            row.provider,
            row.figures.calls,
            row.figures.tokens,
            row.figures.cost_pico,
        )
        for row in rows
    ]

    def calls_of(day: str) -> Iterator[Use]:
        one = periods.custom(day, day, zone)
        for call in context.ledger(account).calls(scope, one.start_ms, one.end_ms):
            yield Use(day, call.provider, 1, call.tokens, call.cost_pico or 0)

    replay = Replay(
        uses, periods.local_day(start_ms, zone), periods.local_day(end_ms - 1, zone), calls_of
    )
    plans, basis = offline_plans(), f"ALwrity's public plans of {PLANS_DATE}"
    if facts.plans:
        plans, basis = facts.plans, "the server's own plans"
    comparison = compare(plans, replay, basis)
    standing = _standing(facts.subscription, spent)
    return replace(comparison, advice=advise(plans, comparison, standing))


def _standing(own: Subscription | None, spent_monthly_pico: int) -> Standing:
    """Return what is paid today: the calls one by one, or a plan; nothing for one that ended."""
    if own is None:
        return Standing("", "", spent_monthly_pico)
    if own.is_active is False:
        return Standing("", "", 0)
    return Standing(own.plan, own.cycle, 0)


def _spent_monthly(snapshot: LedgerSnapshot, scope: Scope, span: tuple[int, int], zone: str) -> int:
    """Return what calls were paid for one by one in a month, on average; pico-dollars."""
    rows = snapshot.by_series(scope, *span)
    spent = sum(row.figures.cost_pico for row in rows if row.dimensions["price_status"] in PAID)
    first, last = periods.local_day(span[0], zone), periods.local_day(span[1] - 1, zone)
    months = (int(last[:4]) - int(first[:4])) * 12 + int(last[5:7]) - int(first[5:7]) + 1
    return spent // months


def _span(snapshot: LedgerSnapshot, scope: Scope, now_ms: int, zone: str) -> tuple[int, int]:
    """Return the bounds of the months to replay, UTC milliseconds."""
    present = periods.period_of("month", now_ms, zone)
    bounds = snapshot.bounds(scope)
    if bounds is None or bounds[0] >= present.start_ms:
        return present.start_ms, min(present.end_ms, now_ms + 1)
    first = periods.period_of("month", now_ms, zone, -MONTHS)
    begun = periods.period_of("month", bounds[0], zone)
    return max(first.start_ms, begun.start_ms), present.start_ms
