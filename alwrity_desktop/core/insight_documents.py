"""When things are used and what the money bought, as JSON documents."""

from __future__ import annotations

from alwrity_desktop.core.document_values import Document, amount, moment, quantity
from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.insight_values import (
    Activity,
    CacheUse,
    DearCall,
    ModelUse,
    Performance,
    Spending,
    Velocity,
)
from alwrity_desktop.core.domain.patterns import Peak, SeasonPart
from alwrity_desktop.core.domain.unusual import Unusual


def activity_document(activity: Activity) -> Document:
    """Return when cost, calls or tokens are used; empty hours and weeks are left out."""
    kind = activity.kind
    return {
        "kind": kind.value,
        "hours": [
            {
                "weekday": cell.weekday,
                "hour": cell.hour,
                "amount": quantity(kind, cell.amount),
                "share_percent": cell.share_percent,
            }
            for cell in activity.week
            if cell.amount
        ],
        "peaks": [_peak(kind, each) for each in (*activity.peak_days, *activity.peak_hours)],
        "weekly": [_season(part) for part in activity.weekly],
        "monthly": [_season(part) for part in activity.monthly],
        "unusual": [_unusual(kind, each) for each in activity.unusual],
    }


def _peak(kind: LimitKind, peak: Peak) -> Document:
    return {
        "kind": peak.kind,
        "key": peak.key,
        "amount": quantity(kind, peak.amount),
        "times": peak.times,
    }


def _season(part: SeasonPart) -> Document:
    return {"key": part.key, "percent": part.percent, "clear": part.is_clear}


def _unusual(kind: LimitKind, unusual: Unusual) -> Document:
    return {
        "day": unusual.day,
        "hour": unusual.hour,
        "amount": quantity(kind, unusual.amount),
        "usual": quantity(kind, unusual.usual),
        "deviations": unusual.deviations,
        "causes": [
            {
                "dimension": cause.dimension,
                "key": cause.key,
                "excess": quantity(kind, cause.excess),
                "share_percent": cause.share_percent,
            }
            for cause in unusual.causes
        ],
    }


def spending_document(spending: Spending) -> Document:
    """Return what the money of the period bought."""
    units, errors = spending.units, spending.errors
    return {
        "since": moment(spending.since_ms),
        "per_call_usd": amount(units.per_call_pico),
        "per_message_usd": amount(units.per_message_pico),
        "per_conversation_usd": amount(units.per_conversation_pico),
        "per_million_tokens_usd": amount(units.per_million_tokens_pico),
        "kinds": [
            {
                "kind": kind.kind,
                "quantity": kind.quantity,
                "cost_usd": amount(kind.cost_pico),
                "unit_cost_usd": amount(kind.unit_cost_pico),
                "share_percent": kind.share_percent,
                "unpriced_quantity": kind.unpriced_quantity,
            }
            for kind in spending.kinds
        ],
        "cache": _cache(spending.cache),
        "errors": {
            "calls": errors.calls,
            "paid_calls": errors.paid_calls,
            "cost_usd": amount(errors.cost_pico),
            "share_percent": errors.share_percent,
        },
        "velocities": [_velocity(each) for each in spending.velocities],
        "models": [_model(each) for each in spending.models],
        "sides": {
            name: [{"key": row.key, **_performance(row)} for row in rows]
            for name, rows in spending.sides.items()
        },
        "dearest_calls": [_dear_call(each) for each in spending.dearest_calls],
        "dearest_conversations": [
            {"key": row.key, "share_percent": row.share_percent, **_performance(row)}
            for row in spending.dearest_conversations
        ],
    }


def _dear_call(dear: DearCall) -> Document:
    call = dear.call
    return {
        "id": call.identity,
        "at": moment(call.occurred_at_ms),
        "provider": call.provider,
        "model": call.model,
        "input_tokens": call.input_tokens,
        "output_tokens": call.output_tokens,
        "tokens": call.tokens,
        "cost_usd": amount(call.cost_pico),
        "times_average": dear.times_average,
        "conversation": call.conversation,
        "project": call.project,
        "agent": call.agent,
        "endpoint": call.endpoint,
    }


def _cache(cache: CacheUse | None) -> Document | None:
    if cache is None:
        return None
    return {
        "read_tokens": cache.read_tokens,
        "written_tokens": cache.written_tokens,
        "input_tokens": cache.input_tokens,
        "hit_percent": cache.hit_percent,
        "saved_usd": amount(cache.saved_pico),
        "unpriced_tokens": cache.unpriced_tokens,
    }


def _velocity(velocity: Velocity) -> Document:
    return {
        "name": velocity.name,
        "cost_per_hour_usd": amount(velocity.cost_per_hour_pico),
        "cost_per_day_usd": amount(velocity.cost_per_day_pico),
        "calls_per_hour": round(velocity.calls_per_hour, 2),
        "tokens_per_hour": round(velocity.tokens_per_hour, 1),
        "times_usual": velocity.times_usual,
    }


def _model(use: ModelUse) -> Document:
    seen = use.performance
    return {
        "provider": seen.provider,
        "model": seen.key,
        **_performance(seen),
        "cache": _cache(use.cache),
    }


def _performance(seen: Performance) -> Document:
    figures = seen.figures
    return {
        "calls": figures.calls,
        "tokens": figures.tokens,
        "cost_usd": amount(figures.cost_pico),
        "cost_per_call_usd": amount(figures.cost_per_call_pico),
        "cost_per_million_tokens_usd": amount(figures.cost_per_million_tokens_pico),
        "p50_duration_ms": seen.p50_duration_ms,
        "p95_duration_ms": seen.p95_duration_ms,
        "error_rate_percent": figures.error_rate_percent,
        "tokens_per_second": seen.tokens_per_second,
        "cheapest": seen.is_cheapest,
        "fastest": seen.is_fastest,
        "most_reliable": seen.is_most_reliable,
    }
