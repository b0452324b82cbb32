"""What today's server says of one user's books: usage, trends, dashboard, with all its faults."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from tests.servers.bookkeeping import Books, Summary
from tests.servers.catalogue import BREAKDOWN, ITEMISED, PERCENTAGES, PROVIDERS, plain_limits
from tests.servers.wire import Json

ALL: Final = "all"
DAYS_IN_MONTH: Final = 30


def usage_stats(books: Books, period: str | None, now: datetime) -> Json:
    """Return UsageStats: of one period, or of all time without one."""
    chosen = [books.summaries[period]] if period in books.summaries else []
    if not period:
        chosen = list(books.summaries.values())
    return {
        "billing_period": period or ALL,
        "usage_status": "active",
        "total_calls": sum(each.calls.total() for each in chosen),
        "total_tokens": sum(each.tokens.total() for each in chosen),
        "total_cost": round(sum(each.total_cost for each in chosen), 2),
        "avg_response_time": _mean_seconds(chosen, digits=None if period else 2),
        "error_rate": 0.0,
        "limits": plain_limits(books.plan),
        "provider_breakdown": _breakdown(chosen),
        "usage_percentages": _percentages(books, chosen) if period else {},
        "historical_breakdown": [] if period else _history(books),
        "last_updated": now.isoformat(),
    }


def _mean_seconds(chosen: list[Summary], digits: int | None) -> float:
    calls = sum(each.calls.total() for each in chosen)
    if not calls:
        return 0.0
    mean = sum(each.seconds * each.calls.total() for each in chosen) / calls
    return mean if digits is None else round(mean, digits)


def _breakdown(chosen: list[Summary]) -> Json:
    """Return each provider's calls; what they cost is written as 0, whatever it was."""
    if not chosen:
        return {}
    return {
        name: {"calls": sum(each.calls[provider] for each in chosen), "cost": 0, "tokens": 0}
        for name, provider in BREAKDOWN.items()
    }


def _percentages(books: Books, chosen: list[Summary]) -> Json:
    result: Json = {}
    for name in PERCENTAGES:
        limit = books.plan["limits"][f"{BREAKDOWN[name]}_calls"]
        if limit:
            calls = sum(each.calls[BREAKDOWN[name]] for each in chosen)
            result[f"{name}_calls"] = calls / limit * 100
    return result | {"cost": 0.0}


def _history(books: Books) -> list[Json]:
    return [
        {
            "billing_period": period,
            "total_calls": summary.calls.total(),
            "total_tokens": summary.tokens.total(),
            "total_cost": summary.total_cost,
            "usage_status": "active",
            "updated_at": summary.updated.isoformat(),
        }
        for period, summary in sorted(books.summaries.items(), reverse=True)
    ]


def trends(books: Books, months: int, now: datetime) -> Json:
    """Return the trends of some months, and repair the summaries by the rows before."""
    books.repair()
    # Thirty days back each: a month may come twice or never, as on the server.
    back = [now - timedelta(days=DAYS_IN_MONTH * place) for place in reversed(range(months))]
    periods = [f"{each:%Y-%m}" for each in back]
    chosen = [books.summaries.get(period, Summary(now)) for period in periods]
    return {
        "periods": periods,
        "total_calls": [each.calls.total() for each in chosen],
        "total_cost": [each.total_cost for each in chosen],
        "total_tokens": [each.tokens.total() for each in chosen],
        "provider_trends": {
            name: {
                "calls": [each.calls[name] for each in chosen],
                "cost": [each.cost.get(name, 0.0) for each in chosen],
                "tokens": [each.tokens[name] if name in ITEMISED else 0 for each in chosen],
            }
            for name in PROVIDERS
        },
    }


def dashboard(books: Books, period: str | None, now: datetime) -> Json:
    """Return the dashboard; its usage was read before its trends were repaired."""
    current = books.period(now)
    total = usage_stats(books, period, now)
    shown = usage_stats(books, period or current, now)
    unread = [each for each in reversed(books.alerts) if each.read is None][:5]
    if period:
        unread = [each for each in unread if each.period == period]
    keys = ("id", "type", "title", "message", "severity", "created_at")
    return {
        "total_usage": total,
        "current_period_usage": shown,
        "trends": trends(books, 6, now),
        "limits": plain_limits(books.plan),
        "alerts": [{key: each.document()[key] for key in keys} for each in unread],
        "projections": _projections(books, total["total_cost"], period, now),
        "summary": {
            "total_api_calls_this_month": total["total_calls"],
            "total_cost_this_month": total["total_cost"],
            "usage_status": "active",
            "unread_alerts": len(unread),
        },
    }


def _projections(books: Books, cost: float, period: str | None, now: datetime) -> Json:
    """Return the projection: all that was ever spent, by the day of this month, times 30."""
    limit = books.plan["limits"]["monthly_cost"]
    is_current = period in {None, books.period(now)}
    projected = round(cost / now.day * DAYS_IN_MONTH, 2) if is_current else cost
    return {
        "projected_monthly_cost": projected,
        "cost_limit": limit,
        "projected_usage_percentage": projected / max(limit, 1) * 100,
    }


def status(books: Books, now: datetime) -> Json:
    """Return the subscription's status; renews one that renews itself."""
    books.renew(now)
    tier = books.plan["tier"]
    if books.is_expired(now):
        return {
            "active": False,
            "plan": tier,
            "tier": tier,
            "can_use_api": False,
            "reason": "Subscription expired",
        }
    limits = books.plan["limits"]
    return {"active": True, "plan": tier, "tier": tier, "can_use_api": True, "limits": limits}


def subscription(books: Books) -> Json:
    """Return the subscription as `/user/{user}/subscription` tells it, expired or not."""
    plan, contract = books.plan, books.contract
    keys = ("id", "name", "tier", "price_monthly", "price_yearly", "description")
    told = {key: plan[key] for key in keys}
    if contract is None:
        del told["price_yearly"]
        told["is_free"] = True
        limits = plan["limits"]
        return {"subscription": None, "plan": told, "status": "free", "limits": limits}
    return {
        "subscription": {
            "id": 1,
            "billing_cycle": contract.cycle,
            "current_period_start": contract.start.isoformat(),
            "current_period_end": contract.end.isoformat(),
            "status": "active",
            "auto_renew": contract.is_auto_renewed,
            "created_at": contract.created.isoformat(),
        },
        "plan": told | {"is_free": False},
        "limits": plan["limits"],
    }


def retention(books: Books) -> Json:
    """Return what is kept of the renewals, and for how long."""
    total = len(books.renewals)
    return {
        "total_records": total,
        "recent_records": total,
        "records_to_compress": 0,
        "records_to_summarize": 0,
        "records_to_archive": 0,
        "retention_policy": {
            "compress_after_days": 365,
            "summarize_after_days": 730,
            "archive_after_days": 2555,
        },
    }
