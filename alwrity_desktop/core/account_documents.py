"""Accounts, syncs, plans and differences as JSON documents with fixed keys."""

from __future__ import annotations

from collections.abc import Iterable

from alwrity_desktop.core.accounts import AccountState, SyncResult
from alwrity_desktop.core.documents import Document, amount, moment, quantity
from alwrity_desktop.core.domain.plan_replay import Comparison
from alwrity_desktop.core.domain.reconciliation import ReconciliationRow
from alwrity_desktop.core.domain.server import PlanLimit, Renewal, ServerFacts, ServerPlan
from alwrity_desktop.core.domain.subscriptions import expired_on, notices


def accounts_document(states: Iterable[AccountState]) -> Document:
    """Return the connected accounts, without any token."""
    return {
        "accounts": [
            {
                "name": state.account.name,
                "kind": state.account.kind,
                "url": state.account.url,
                "user": state.account.user,
                "last_sync": moment(state.last_sync_ms),
                "state": state.state,
                "trouble": state.trouble or None,
            }
            for state in states
        ]
    }


def sync_document(results: Iterable[SyncResult]) -> Document:
    """Return what syncs did."""
    return {
        "accounts": [
            {
                "name": result.name,
                "ok": result.is_ok,
                "calls_added": result.calls_added,
                "statements": result.statements,
                "error": result.error,
                "seconds": round(result.seconds, 3),
                "requests": result.requests,
                "state": result.state,
                "troubles": list(result.troubles),
            }
            for result in results
        ]
    }


def plans_document(
    account: str, facts: ServerFacts, *, as_of: str | None, now_ms: int, timezone: str
) -> Document:
    """Return the plans, the own subscription, its limits and its renewals, as they are known."""
    subscription = facts.subscription
    return {
        "account": account,
        "as_of": as_of,
        "subscription": None
        if subscription is None
        else {
            "plan": subscription.plan,
            "tier": subscription.tier,
            "status": subscription.status,
            "cycle": subscription.cycle or None,
            "period_start": moment(subscription.period_start_ms),
            "period_end": moment(subscription.period_end_ms),
            "auto_renew": subscription.is_auto_renewed,
            "active": subscription.is_active,
            "reason": subscription.reason or None,
            "expired_on": expired_on(subscription, now_ms, timezone),
        },
        "notices": list(notices(facts, now_ms, timezone)),
        "limits": None if facts.limits is None else list(map(_limit_document, facts.limits)),
        "plans": None if facts.plans is None else list(map(_plan_document, facts.plans)),
        "renewals": None
        if facts.renewals is None
        else list(map(_renewal_document, facts.renewals)),
    }


def comparison_document(comparison: Comparison) -> Document:
    """Return how the own calls would have fared on every plan, a row for each way to pay it.

    A price is that of its cycle: a month's, or a whole year's.
    """
    return {
        "plans": [
            {
                "plan": outcome.plan,
                "cycle": cycle,
                "price_usd": amount(fee_pico),
                "fits": outcome.fits,
                "first_limit_hit": outcome.first_limit_hit,
                "hit_on": outcome.hit_on,
            }
            for outcome in comparison.outcomes
            for cycle, fee_pico in outcome.fees
        ],
        "recommended": comparison.recommended,
        "why": comparison.why,
        "advice": [
            {
                "plan": advice.plan,
                "cycle": advice.cycle,
                "saving_usd_per_month": amount(advice.saving_monthly_pico),
                "text": advice.text,
            }
            for advice in comparison.advice
        ],
        "from": comparison.first_day,
        "to": comparison.last_day,
        "basis": comparison.basis,
    }


def reconciliation_document(rows: Iterable[ReconciliationRow]) -> Document:
    """Return what the server says beside what the calls add up to."""
    return {
        "rows": [
            {
                "what": row.what,
                "calls_say": row.calls_say,
                "server_says": row.server_says,
                "difference": row.difference,
                "likely": row.likely,
                "measure": row.measure,
                "period": row.period,
                "key": row.key or None,
                "origin": row.origin,
                "said_at": moment(row.said_at_ms),
            }
            for row in rows
        ]
    }


def _plan_document(plan: ServerPlan) -> Document:
    return {
        "plan": plan.name,
        "tier": plan.tier,
        "price_monthly_usd": amount(plan.price_monthly_pico),
        "price_yearly_usd": amount(plan.price_yearly_pico),
        "description": plan.description,
        "features": list(plan.features),
        "limits": list(map(_limit_document, plan.limits)),
    }


def _limit_document(limit: PlanLimit) -> Document:
    return {
        "name": limit.name,
        "kind": limit.kind.value,
        "limit": None if limit.limit is None else quantity(limit.kind, limit.limit),
        "meaning": limit.meaning.value,
        "providers": list(limit.providers),
    }


def _renewal_document(renewal: Renewal) -> Document:
    return {
        "kind": renewal.kind,
        "plan": renewal.plan,
        "previous_plan": renewal.previous_plan or None,
        "cycle": renewal.cycle,
        "period_start": moment(renewal.period_start_ms),
        "period_end": moment(renewal.period_end_ms),
        "amount_usd": amount(renewal.amount_pico),
        "payment_status": renewal.payment_status or None,
        "paid_at": moment(renewal.paid_at_ms),
    }
