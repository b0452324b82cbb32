"""How a subscription stands, which servers tell nobody: when it ended, and what was not paid."""

from __future__ import annotations

from typing import Final

from alwrity_desktop.core.domain.periods import local_day
from alwrity_desktop.core.domain.server import Renewal, ServerFacts, Subscription
from alwrity_desktop.core.domain.words import money_words

_NOT_PAID: Final = frozenset({"failed", "past_due", "unpaid"})
_NO_PLAN: Final = frozenset({"", "none"})


def expired_on(own: Subscription | None, now_ms: int, timezone: str) -> str | None:
    """Return the day on which the subscription ended, ISO; None while it goes on.

    Servers call it active all the same. One that renews itself does so when it is next used.
    """
    if own is None or own.period_end_ms is None or own.period_end_ms > now_ms:
        return None
    goes_on = own.is_auto_renewed is True and own.is_active is not False
    return None if goes_on else local_day(own.period_end_ms, timezone)


def unpaid(facts: ServerFacts) -> Renewal | None:
    """Return the newest renewal when its payment failed, else None."""
    newest = max(facts.renewals or (), key=lambda one: one.created_at_ms or 0, default=None)
    return newest if newest is not None and newest.payment_status.lower() in _NOT_PAID else None


def notices(facts: ServerFacts, now_ms: int, timezone: str) -> tuple[str, ...]:
    """Return what the person has to know of the subscription, in short sentences."""
    found = []
    day = expired_on(facts.subscription, now_ms, timezone)
    if day is not None:
        found.append(f"The subscription expired on {day}.")
    failed = unpaid(facts)
    if failed is not None:
        when = failed.created_at_ms
        on = "" if when is None else f" of {local_day(when, timezone)}"
        amount = "" if failed.amount_pico is None else f" ({money_words(failed.amount_pico)})"
        found.append(f"The payment{on} for {failed.plan or 'the plan'}{amount} failed.")
    return tuple(found)


def plan_words(own: Subscription | None) -> str:
    """Return the plan as a title, such as "Free plan"; "" where there is none."""
    return "" if own is None or own.plan.lower() in _NO_PLAN else f"{own.plan} plan"
