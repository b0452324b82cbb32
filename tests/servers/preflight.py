"""What planned calls would cost and whether they pass, as today's server works it out."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from tests.servers.bookkeeping import Books, Summary
from tests.servers.catalogue import BREAKDOWN, LANGUAGE_MODELS, PROVIDERS, price_of
from tests.servers.wire import Answer, Json, Request, detail, success

#: Without a model: dollars per request, whatever the price list says.
FLAT: Final = {"video": 0.10, "image_edit": 0.05, "stability": 0.04}
#: Audio without a model: dollars per character.
PER_CHARACTER: Final = 0.05 / 1000
#: Whose limits of calls are looked up; others are looked for among the tokens, and not found.
COUNTED: Final = frozenset({"stability", "video", "image_edit", "audio"})


def preflight(books: Books, request: Request, now: datetime) -> Answer:
    """Answer a pre-flight check, with its faults: operations are never added up."""
    try:
        body = json.loads(request.body)
    except ValueError:
        return detail(422, [_fault("json_invalid", ["body", 1], "JSON decode error", {})])
    if not isinstance(body, dict) or not isinstance(body.get("operations"), list):
        return detail(422, [_fault("missing", ["body", "operations"], "Field required", body)])
    known = [each for each in body["operations"] if _provider(each)]
    if not known:
        return detail(400, "No valid operations provided")
    summary = books.summaries.setdefault(books.period(now), Summary(now))
    blocked = next((why for each in known if (why := _blocked(books, summary, each))), None)
    told = [_told(books, summary, each, blocked) for each in known]
    total = round(sum(each["cost"] for each in told), 6)
    return success(
        {
            "can_proceed": blocked is None,
            "estimated_cost": total,
            "operations": told,
            "total_cost": total,
            "usage_summary": _videos(books, summary),
            "cached": False,
        }
    )


def _fault(kind: str, where: list[object], words: str, given: object) -> Json:
    return {"type": kind, "loc": where, "msg": words, "input": given}


def _provider(operation: Json) -> str:
    """Return the provider as prices call it; empty for one that the server does not know."""
    name = str(operation.get("provider", "")).lower()
    name = BREAKDOWN.get(name, name)
    return name if name in PROVIDERS else ""


def _tokens(operation: Json) -> int:
    return int(operation.get("tokens_requested") or 0)


def _cost(operation: Json) -> float:
    """Return the cost by the input price alone; output is never counted."""
    provider, model = _provider(operation), operation.get("model")
    if not model and provider in FLAT:
        return FLAT[provider]
    if not model and provider == "audio":
        return round(_tokens(operation) * PER_CHARACTER, 6)
    price = price_of(provider, str(model))
    each = price["cost_per_request"] + price["cost_per_image"] + price["cost_per_page"]
    cost: float = _tokens(operation) * price["cost_per_input_token"] + each
    return round(cost, 6)


def _blocked(books: Books, summary: Summary, operation: Json) -> tuple[int, str] | None:
    """Return the limit that stands in the way and the words for it; a limit of 0 never does."""
    limits = books.plan["limits"]
    provider, tokens = _provider(operation), _tokens(operation)
    if provider in LANGUAGE_MODELS:
        limit = limits["ai_text_generation_calls"] or limits[f"{provider}_calls"]
        used = sum(summary.calls[name] for name in LANGUAGE_MODELS) + 1
        if limit and used > limit:
            words = (
                "AI text generation call limit would be exceeded. "
                f"Would use {used} of {limit} total AI text generation calls."
            )
            return limit, words
        return _too_many_tokens(limits[f"{provider}_tokens"], summary, operation, tokens)
    limit = limits[f"{provider}_calls"]
    used = summary.calls[provider] + 1
    if limit and used > limit:
        words = (
            f"API call limit would be exceeded for {provider}. "
            f"Would use {used} of {limit} calls this billing period."
        )
        return limit, words
    return None


def _too_many_tokens(
    limit: int, summary: Summary, operation: Json, tokens: int
) -> tuple[int, str] | None:
    used = summary.tokens[_provider(operation)]
    if not limit or used + tokens <= limit:
        return None
    words = (
        f"Token limit exceeded for {operation['provider']} ({operation.get('operation_type')}). "
        f"Current: {used}/{limit}, Requested: {tokens}, Would exceed by: {used + tokens - limit} "
        f"tokens ({(used + tokens) / limit * 100:.1f}% of limit)"
    )
    return limit, words


def _told(books: Books, summary: Summary, operation: Json, blocked: tuple[int, str] | None) -> Json:
    info = _room(books, summary, operation)
    if blocked:
        info = {"current_usage": 0, "limit": blocked[0], "remaining": blocked[0]}
    return {
        "provider": operation["provider"],
        "operation_type": operation.get("operation_type"),
        "cost": _cost(operation),
        "allowed": blocked is None,
        "limit_info": info,
        "message": blocked[1] if blocked else None,
    }


def _room(books: Books, summary: Summary, operation: Json) -> Json:
    provider, limits = _provider(operation), books.plan["limits"]
    if provider in COUNTED:
        limit, used = limits[f"{provider}_calls"], summary.calls[provider]
    else:
        limit, used = limits.get(f"{provider}_tokens", 0), summary.tokens[provider]
    remaining = max(0, limit - used) if limit else None
    return {"current_usage": used, "limit": limit, "remaining": remaining}


def _videos(books: Books, summary: Summary) -> Json:
    """Return the summary of use: always that of videos, whatever was asked."""
    limit, used = books.plan["limits"]["video_calls"], summary.calls["video"]
    remaining = max(0, limit - used) if limit else None
    return {"current_calls": used, "limit": limit, "remaining": remaining}
