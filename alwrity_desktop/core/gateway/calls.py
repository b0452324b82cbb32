"""Makes the call that is booked, out of what its request and its answer counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from alwrity_desktop.core.domain.sightings import usable_id
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.gateway.addresses import Address, clean
from alwrity_desktop.core.gateway.booking import SOURCE, own_identity
from alwrity_desktop.core.gateway.counting import RequestReader
from alwrity_desktop.core.gateway.dialects.base import Asked, Route, Usage
from alwrity_desktop.core.gateway.estimates import tokens_of_request

CANCELLED: Final = 499
"""What servers note for a client that went away before its answer was whole."""

_ERROR_STATUS: Final = 400


def begun_call(address: Address, route: Route, asked: Asked, tags: Mapping[str, str]) -> Call:
    """Return what is known of a call before it is answered, without key and time."""
    return Call(
        identity="",
        occurred_at_ms=0,
        source=SOURCE,
        provider=address.upstream.provider,
        model=clean(asked.model) or route.model,
        endpoint=route.endpoint,
        project=tags.get("project", ""),
        agent=tags.get("agent", ""),
        conversation=tags.get("conversation", ""),
        api_key=tags.get("api_key", ""),
        is_estimated=True,
    )


def orphan_of(begun: Call, route: Route, size_bytes: int, key: str, now_ms: int) -> Call:
    """Return what is booked when the gateway is killed before the answer has come."""
    is_text = not route.unit
    return msgspec.structs.replace(
        begun,
        identity=own_identity(key),
        occurred_at_ms=now_ms,
        input_tokens=-(-size_bytes // 4) if is_text else 0,
        requests=int(route.unit == "requests"),
        images=int(route.unit == "images"),
        pages=int(route.unit == "pages"),
    )


class Outcome(msgspec.Struct, frozen=True):
    """What became of a call."""

    #: The answer's status, or that of the failure that ended it.
    status: int
    key: str
    now_ms: int
    duration_ms: int
    #: See ``RequestHash``.
    request_hash: str = ""


def done_call(
    begun: Call,
    route: Route,
    request: RequestReader,
    usage: Usage,
    outcome: Outcome,
) -> Call:
    """Return the call as it is booked."""
    counts, is_estimated = _counts(route, request, usage, outcome.status)
    return msgspec.structs.replace(
        begun,
        identity=own_identity(outcome.key),
        occurred_at_ms=outcome.now_ms,
        model=_model(begun.model, clean(usage.model)),
        duration_ms=outcome.duration_ms,
        status_code=outcome.status,
        service_tier=clean(usage.service_tier),
        reported_cost_pico=usage.reported_cost_pico,
        is_estimated=is_estimated,
        response_id=usable_id(usage.response_id),
        request_hash=outcome.request_hash,
        **counts,
    )


def _model(asked: str, answered: str) -> str:
    """Return the name that the person uses: budgets and prices are set by it.

    An answer often names the dated version behind it; a server may also answer with another
    model altogether, and then that one is billed.
    """
    if not answered or (asked and answered.startswith(asked)):
        return asked
    return answered


def _counts(
    route: Route, request: RequestReader, usage: Usage, status: int
) -> tuple[dict[str, int], bool]:
    is_cancelled = status == CANCELLED
    has_begun = usage.input_tokens is not None or bool(usage.text_tokens)
    if status >= _ERROR_STATUS and not is_cancelled and not has_begun:
        # Providers bill no error that comes instead of an answer.
        return {}, False
    counts = {
        "input_tokens": usage.input_tokens or 0,
        "cache_read_tokens": usage.cache_read_tokens,
        "cache_write_5m_tokens": usage.cache_write_5m_tokens,
        "cache_write_1h_tokens": usage.cache_write_1h_tokens,
        "output_tokens": usage.output_tokens or 0,
        "reasoning_tokens": usage.reasoning_tokens,
        "requests": usage.requests,
        "web_searches": usage.web_searches,
        "images": usage.images,
        "pages": usage.pages,
    }
    if route.unit:
        least = {"images": request.asked.answers, "pages": request.asked.pages or 1}
        counts[route.unit] = counts[route.unit] or least.get(route.unit, 1)
        return counts, is_cancelled
    return _with_estimates(counts, route, request, usage)


def _with_estimates(
    counts: dict[str, int], route: Route, request: RequestReader, usage: Usage
) -> tuple[dict[str, int], bool]:
    """Return *counts* with estimates where the provider stated none, and whether there are."""
    is_estimated = False
    if usage.input_tokens is None:
        counts["input_tokens"] = tokens_of_request(request.body()) or -(-request.size_bytes // 4)
        is_estimated = True
    if usage.output_tokens is None and not route.is_input_only:
        counts["output_tokens"] = round(usage.text_tokens)
        is_estimated = True
    return counts, is_estimated
