"""What another plan, or paying it by the year, would save a month: said only where it would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from alwrity_desktop.core.domain.plan_replay import MONTHS_A_YEAR, Comparison, PlanAdvice
from alwrity_desktop.core.domain.server import ServerPlan
from alwrity_desktop.core.domain.words import money_words


class Standing(msgspec.Struct, frozen=True):
    """What is paid today."""

    #: The plan that is subscribed to; "" without any.
    plan: str
    #: "monthly", "yearly" or "".
    cycle: str
    #: What the calls of a month were paid for one by one, on average; 0 under a plan.
    spent_monthly_pico: int


def advise(
    plans: Sequence[ServerPlan], comparison: Comparison, standing: Standing
) -> tuple[PlanAdvice, ...]:
    """Return the changes that save money and let every replayed call through.

    The greatest saving comes first; none where nothing saves, or no plan fits.
    """
    found = [*_moves(plans, comparison, standing), *_years(plans, comparison, standing)]
    return tuple(sorted(found, key=lambda one: -one.saving_monthly_pico))


def _moves(
    plans: Sequence[ServerPlan], comparison: Comparison, standing: Standing
) -> Iterator[PlanAdvice]:
    best = _named(plans, comparison.recommended)
    own = _named(plans, standing.plan)
    if best is None or best.price_monthly_pico is None or best == own:
        return
    if standing.plan and own is None:
        return
    paid = standing.spent_monthly_pico
    if own is not None:
        fee = fee_monthly_pico(own, standing.cycle)
        if fee is None:
            return
        paid += fee
    saving = paid - best.price_monthly_pico
    if saving <= 0:
        return
    is_down = own is not None and best.price_monthly_pico < (own.price_monthly_pico or 0)
    verb = "Downgrading" if is_down else "Upgrading"
    text = f"{verb} to {best.name} could save you {money_words(saving)}/month"
    yield PlanAdvice(best.name, "monthly", saving, text)


def _years(
    plans: Sequence[ServerPlan], comparison: Comparison, standing: Standing
) -> Iterator[PlanAdvice]:
    own = _named(plans, standing.plan)
    if own is None or standing.cycle != "monthly" or comparison.recommended != own.name:
        return
    monthly, yearly = own.price_monthly_pico, own.price_yearly_pico
    if not monthly or yearly is None:
        return
    saving = (monthly * MONTHS_A_YEAR - yearly) // MONTHS_A_YEAR
    if saving > 0:
        text = f"Paying {own.name} by the year could save you {money_words(saving)}/month"
        yield PlanAdvice(own.name, "yearly", saving, text)


def fee_monthly_pico(plan: ServerPlan, cycle: str) -> int | None:
    """Return what *plan* costs a month when paid by *cycle*; None where it is not known."""
    if cycle != "yearly":
        return plan.price_monthly_pico
    return None if plan.price_yearly_pico is None else plan.price_yearly_pico // MONTHS_A_YEAR


def _named(plans: Sequence[ServerPlan], name: str | None) -> ServerPlan | None:
    return next((plan for plan in plans if name and plan.name == name), None)
