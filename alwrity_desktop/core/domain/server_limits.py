"""A server's billing periods and limits, worked out from what it says and what was called.

A server never tells that a limit is near, and its own figures may be too low: whatever
counts more, its statement or the calls, is what stands against the limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from alwrity_desktop.core.domain.budgets import Limit, LimitKind, percent_used, status_of
from alwrity_desktop.core.domain.money import PICO_PER_CENT
from alwrity_desktop.core.domain.periods import Period, local_day
from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.server import Meaning, PlanLimit, ServerFacts
from alwrity_desktop.core.domain.statements import SUMMARY, Statement, StatementKind

SERVER: Final = "server"
"""The origin of limits that a server set."""

COST: Final = "cost"
"""The name of the limit on the cost of a billing period."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def key_of(at_ms: int) -> str:
    """Return the key of a billing period that starts at an instant, such as "2026-11"."""
    return (_EPOCH + timedelta(milliseconds=at_ms)).strftime("%Y-%m")


def billing_period(facts: ServerFacts, now_ms: int, timezone: str) -> Period | None:
    """Return the subscription's period when it holds the present moment, else None.

    Its key is the one that the server books to, in the month of its start unless it said else.
    """
    subscription = facts.subscription
    if subscription is None:
        return None
    start_ms, end_ms = subscription.period_start_ms, subscription.period_end_ms
    if start_ms is None or end_ms is None or not start_ms <= now_ms < end_ms:
        return None
    return period_of_key(facts.billing_period or key_of(start_ms), start_ms, end_ms, timezone)


def period_of_key(key: str, start_ms: int, end_ms: int, timezone: str) -> Period:
    """Return the billing period *key* with its exact bounds."""
    return Period(
        kind="month",
        start=local_day(start_ms, timezone),
        end=local_day(end_ms - 1, timezone),
        timezone=timezone,
        start_ms=start_ms,
        end_ms=end_ms,
        billing_period=key,
    )


def present_key(facts: ServerFacts, keys: Iterable[str], now_ms: int) -> str:
    """Return the key to which the server books now.

    What the server said itself; else that of a subscription that holds; else the newest of
    *keys*, to which it booked before; else the calendar month's.
    """
    if facts.billing_period:
        return facts.billing_period
    period = billing_period(facts, now_ms, "UTC")
    if period is not None:
        return period.billing_period
    return max(keys, default=key_of(now_ms))


def resets_on(facts: ServerFacts, key: str, now_ms: int, timezone: str) -> str:
    """Return the day on which the billing period *key* ends; "" where it never does."""
    period = billing_period(facts, now_ms, timezone)
    if period is None or period.billing_period != key:
        return ""
    return local_day(period.end_ms, timezone)


def limits_of(
    facts: ServerFacts,
    key: str,
    calls: Mapping[str, Figures],
    statements: Sequence[Statement],
    resets_on: str,
    account: str = "",
) -> list[Limit]:
    """Return how the limits of the account's plan stand in the billing period *key*.

    *calls* are the sums of the calls of that period by provider. Limits that are not
    included in the plan, or that are none, are left out: nothing stands against them.
    """
    said = [one for one in statements if one.period == key and one.origin != SUMMARY]
    found = []
    for limit in facts.limits or ():
        if limit.limit is None or limit.meaning is not Meaning.LIMITED:
            continue
        used = _used(limit, calls, said)
        is_cost = limit.kind is LimitKind.COST
        is_one = len(limit.providers) == 1
        found.append(
            Limit(
                name=limit.name,
                scope="provider" if is_one else "account",
                kind=limit.kind,
                used=used,
                limit=limit.limit,
                percent=percent_used(used, limit.limit),
                status=status_of(used, limit.limit),
                origin=SERVER,
                period="month",
                resets_on=resets_on,
                provider=limit.providers[0] if is_one else None,
                account=account,
                is_unknown=is_cost and not used and _all(calls).known_cost_pico is None,
            )
        )
    return found


def _all(calls: Mapping[str, Figures]) -> Figures:
    return sum(calls.values(), Figures())


def _used(limit: PlanLimit, calls: Mapping[str, Figures], said: Sequence[Statement]) -> int:
    if limit.kind is LimitKind.COST:
        own = _all(calls).cost_pico
        stated = [one.cost_pico or 0 for one in said if one.kind is StatementKind.TOTAL]
        most = max(stated, default=0)
        # Servers round to cents: half a cent more is the same figure.
        return most if most - own > PICO_PER_CENT // 2 else own
    providers = limit.providers or tuple(calls)
    return sum(_of_provider(limit.kind, provider, calls, said) for provider in providers)


def _of_provider(
    kind: LimitKind, provider: str, calls: Mapping[str, Figures], said: Sequence[Statement]
) -> int:
    """Return the larger of what was called and what the server says of one provider."""
    figures = calls.get(provider, Figures())
    own = figures.tokens if kind is LimitKind.TOKENS else figures.calls
    stated = [
        (one.tokens if kind is LimitKind.TOKENS else one.calls) or 0
        for one in said
        if one.kind is StatementKind.PROVIDER and one.key == provider
    ]
    return max(own, *stated, 0)
