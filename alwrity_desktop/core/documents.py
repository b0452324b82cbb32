"""The report, its calls, alerts and budgets as JSON documents with fixed keys.

Money is a decimal string, a time is ISO in UTC, and what is not known is None.
"""

from __future__ import annotations

from typing import Final

from alwrity_desktop.core.alert_documents import alert_document
from alwrity_desktop.core.document_values import (
    Document,
    amount,
    estimate,
    expected,
    moment,
    quantity,
)
from alwrity_desktop.core.domain.budgets import Budget, Limit
from alwrity_desktop.core.domain.disagreements import Disagreement
from alwrity_desktop.core.domain.health import Health
from alwrity_desktop.core.domain.money import usd_text
from alwrity_desktop.core.domain.report import CallRow, Figures, Group, Report
from alwrity_desktop.core.domain.server import ServerView, Subscription
from alwrity_desktop.core.domain.tip import Tip, saving_percent
from alwrity_desktop.core.forecast_documents import forecast_document
from alwrity_desktop.core.history_documents import month_documents
from alwrity_desktop.core.insight_documents import activity_document, spending_document

__all__ = [
    "Document",
    "amount",
    "budget_document",
    "call_document",
    "earlier_document",
    "estimate",
    "figures_document",
    "forecast_document",
    "group_document",
    "health_document",
    "limit_document",
    "moment",
    "quantity",
    "report_document",
    "server_document",
    "status_document",
    "tip_document",
]

_TOKEN_KINDS: Final = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")

_ONLY_OF_CALLS: Final = (
    "calls",
    "errors",
    "unpriced_calls",
    "priced_percent",
    "cache_read_tokens",
    "cache_write_tokens",
)
"""What a server cannot state that counts messages."""

_OF_SUBSCRIPTION: Final = (
    "plan",
    "tier",
    "status",
    "cycle",
    "active",
    "reason",
    "period_start",
    "period_end",
)

REPORT_SCHEMA: Final = "alwrity-desktop/report/1"
STATUS_SCHEMA: Final = "alwrity-desktop/status/1"


def figures_document(
    figures: Figures, *, is_stated: bool = False, is_unknown: bool = False
) -> Document:
    """Return sums over calls, or those that a server states of messages: of calls it says none.

    Of a period that was never stated nothing is known.
    """
    found = _sums_document(figures)
    if is_unknown:
        return dict.fromkeys(found)
    if is_stated:
        found |= dict.fromkeys(_ONLY_OF_CALLS)
    if figures.unsplit_tokens and figures.unsplit_tokens == figures.tokens:
        found |= dict.fromkeys(_TOKEN_KINDS)
    return found


def _sums_document(figures: Figures) -> Document:
    return {
        "calls": figures.calls,
        "messages": figures.messages,
        "conversations": figures.conversations,
        "errors": figures.errors,
        "input_tokens": figures.input_tokens,
        "output_tokens": figures.output_tokens,
        "cache_read_tokens": figures.cache_read_tokens,
        "cache_write_tokens": figures.cache_write_tokens,
        "tokens": figures.tokens,
        "cost_usd": usd_text(figures.cost_pico),
        "unpriced_calls": figures.unpriced_calls,
        "priced_percent": float(figures.priced_percent),
        "avg_duration_ms": figures.avg_duration_ms,
        "error_rate_percent": figures.error_rate_percent,
        "cost_per_message_usd": amount(figures.cost_per_message_pico),
    }


def group_document(group: Group, *, is_stated: bool = False) -> Document:
    """Return one group with the same figures as the totals."""
    return {
        "key": group.key,
        "label": group.label or None,
        **figures_document(group.figures, is_stated=is_stated),
        "share_percent": group.share_percent,
        "provider": group.provider,
        "p50_duration_ms": group.p50_duration_ms,
        "p95_duration_ms": group.p95_duration_ms,
    }


def limit_document(limit: Limit) -> Document:
    """Return a limit as it stands."""
    return {
        "name": limit.name,
        "scope": limit.scope,
        "kind": limit.kind.value,
        "used": quantity(limit.kind, limit.used),
        "limit": quantity(limit.kind, limit.limit),
        "percent": float(limit.percent),
        "status": limit.status.value,
        "origin": limit.origin,
        "period": limit.period,
        "resets_on": limit.resets_on or None,
        "provider": limit.provider,
        "model": limit.model,
        "project": limit.project,
        "budget": limit.budget_id,
        "enforce": limit.enforcement.value,
        "thresholds": list(limit.thresholds),
        "account": limit.account or None,
        "reaches_on": limit.reaches_on,
        "reaches_earliest": limit.reaches_earliest,
        "expected": None if limit.expected is None else expected(limit.kind, limit.expected),
    }


def health_document(health: Health) -> Document:
    """Return how the sources and the providers stand."""
    return {
        "status": health.status.value,
        "reason": health.reason,
        "sources": [
            {
                "source": source.source,
                "status": source.status.value,
                "reason": source.reason,
                "files": source.files,
                "calls": source.calls,
                "rejected_lines": source.rejected_lines,
                "last_read": moment(source.last_read_ms),
                "newest_call": moment(source.newest_call_ms),
            }
            for source in health.sources
        ],
        "providers": [
            {
                "provider": provider.provider,
                "status": provider.status.value,
                "reason": provider.reason,
                "calls": provider.calls,
                "p50_duration_ms": provider.p50_duration_ms,
                "p95_duration_ms": provider.p95_duration_ms,
                "error_rate_percent": provider.error_rate_percent,
            }
            for provider in health.providers
        ],
    }


def report_document(report: Report) -> Document:
    """Return the report of one account and period."""
    period = report.period
    return {
        "schema": REPORT_SCHEMA,
        "account": report.account.name,
        "account_kind": report.account.kind,
        "as_of": moment(report.as_of_ms),
        "period": {
            "kind": period.kind,
            "start": period.start,
            "end": period.end,
            "timezone": period.timezone,
            "billing_period": period.billing_period or None,
        },
        "totals": figures_document(
            report.totals, is_stated=report.is_stated, is_unknown=report.is_unknown
        ),
        "groups": {
            dimension: [group_document(group, is_stated=report.is_stated) for group in groups]
            for dimension, groups in report.groups.items()
        },
        "comparison": earlier_document(report),
        "months": month_documents(report),
        "status": report.status.value,
        "limits": [limit_document(limit) for limit in report.limits],
        "forecast": forecast_document(report.forecast),
        "alerts": [alert_document(alert) for alert in report.alerts],
        "tips": [tip_document(tip) for tip in report.tips],
        "unpriced": [
            {"provider": each.provider, "model": each.model, "calls": each.calls}
            for each in report.unpriced
        ],
        "health": health_document(report.health),
        "activity": [activity_document(each) for each in report.activity],
        "spending": None if report.spending is None else spending_document(report.spending),
        "server": None if report.server is None else server_document(report.server),
    }


def earlier_document(report: Report) -> Document | None:
    """Return the period before, up to the same point of it; None where there is none."""
    earlier = report.comparison
    if earlier is None:
        return None
    return {
        "start": earlier.start,
        "end": earlier.end,
        "totals": figures_document(earlier.totals, is_stated=report.is_stated),
        "cost_change_percent": earlier.cost_percent,
        "calls_change_percent": earlier.calls_percent,
        "tokens_change_percent": earlier.tokens_percent,
    }


def tip_document(tip: Tip) -> Document:
    """Return one tip: its saving, the grounds for it, and which calls it is about."""
    query = tip.query
    return {
        "id": tip.id,
        "kind": tip.kind,
        "class": tip.tip_class.value,
        "text": tip.text,
        "saving_usd": amount(tip.saving_pico),
        "saving_percent": saving_percent(tip),
        "basis": tip.basis.value,
        "assumption": tip.assumption,
        "calls": tip.calls,
        "cost_usd": amount(tip.cost_pico),
        "instead_usd": amount(tip.instead_pico),
        "instead": {"provider": tip.instead_provider, "model": tip.instead_model},
        "query": {
            "from": moment(query.start_ms),
            "to": moment(query.end_ms),
            "provider": query.provider,
            "model": query.model,
            "state": query.state,
            "billing_period": query.billing_period or None,
        },
        "evidence": [{"name": fact.name, "value": fact.value} for fact in tip.evidence],
        "state": tip.state.value,
        "done_at": moment(tip.done_at_ms),
        "brought_usd": amount(tip.brought_pico),
    }


def server_document(server: ServerView) -> Document:
    """Return what is known of the account's server: its plan, its period, the last sync."""
    return {
        "state": server.state,
        "trouble": server.trouble or None,
        "last_sync": moment(server.last_sync_ms),
        "billing_period": server.facts.billing_period,
        **_subscription_document(server.facts.subscription),
    }


def _subscription_document(known: Subscription | None) -> Document:
    if known is None:
        return dict.fromkeys(_OF_SUBSCRIPTION)
    values = (
        known.plan,
        known.tier,
        known.status,
        known.cycle or None,
        known.is_active,
        known.reason or None,
        moment(known.period_start_ms),
        moment(known.period_end_ms),
    )
    return dict(zip(_OF_SUBSCRIPTION, values, strict=True))


def status_document(report: Report, text: str) -> Document:
    """Return what a status bar shows: one line, and the figures that it is made of."""
    limit = report.cost_limit
    return {
        "schema": STATUS_SCHEMA,
        "account": report.account.name,
        "text": text,
        "cost_usd": None if report.is_unknown else usd_text(report.totals.cost_pico),
        "unpriced_calls": report.totals.unpriced_calls,
        "limit_usd": None if limit is None else usd_text(limit.limit),
        "percent": None if limit is None else float(limit.percent),
        "forecast_usd": estimate(report.forecast.cost_pico),
        "status": report.status.value,
        "health": report.health.status.value,
        "unread_alerts": report.unread_alerts,
        "as_of": moment(report.as_of_ms),
    }


def budget_document(budget: Budget) -> Document:
    """Return a budget as the person set it."""
    return {
        "id": budget.id,
        "name": budget.name,
        "account": budget.account,
        "scope": budget.scope,
        "kind": budget.kind.value,
        "limit": quantity(budget.kind, budget.limit),
        "period": budget.period,
        "provider": budget.provider,
        "model": budget.model,
        "project": budget.project,
        "enforce": budget.enforcement.value,
        "thresholds": list(budget.thresholds),
    }


def call_document(call: CallRow) -> Document:
    """Return one call with its cost and where the cost came from."""
    return {
        "id": call.identity,
        "at": moment(call.occurred_at_ms),
        "provider": call.provider,
        "model": call.model,
        "source": call.source,
        "project": call.project,
        "agent": call.agent,
        "conversation": call.conversation,
        "endpoint": call.endpoint,
        "api_key": call.api_key,
        "input_tokens": call.input_tokens,
        "output_tokens": call.output_tokens,
        "cache_read_tokens": call.cache_read_tokens,
        "cache_write_tokens": call.cache_write_tokens,
        "reasoning_tokens": call.reasoning_tokens,
        "tokens": call.tokens,
        "duration_ms": call.duration_ms,
        "status_code": call.status_code,
        "cost_usd": amount(call.cost_pico),
        "price_status": call.price_status,
        "price_origin": call.price_origin,
        "price_date": call.price_date,
        "estimated": call.is_estimated,
        "response_id": call.response_id or None,
        "seen_in": list(call.seen_in),
        "disagreements": [_disagreement_document(each) for each in call.disagreements],
    }


def _disagreement_document(disagreement: Disagreement) -> Document:
    """Return who says what about one field; amounts in dollars."""
    is_cost = disagreement.field == "cost_pico"
    return {
        "field": "cost_usd" if is_cost else disagreement.field,
        "says": [
            {"source": source, "value": amount(int(value)) if is_cost else value}
            for source, value in disagreement.says
        ],
    }
