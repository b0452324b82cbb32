"""Exa, which was Metaphor: searches, whose answers say what they cost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import msgspec

from alwrity_desktop.core.domain.money import MAX_COST_PICO, PICO_PER_USD
from alwrity_desktop.core.gateway.dialects.base import Dialect, Refusal, Route, Usage, path

_MAX_USD: Final = Decimal(MAX_COST_PICO // PICO_PER_USD)


class _Cost(msgspec.Struct, gc=False):
    total: Decimal | None = None


class _Answer(msgspec.Struct, rename="camel", gc=False):
    request_id: str | None = None
    cost_dollars: _Cost | None = None


_ANSWERS: Final = msgspec.json.Decoder(_Answer, float_hook=Decimal)


def _read_answer(body: bytes, usage: Usage) -> None:
    answer = _ANSWERS.decode(body)
    usage.response_id = answer.request_id or usage.response_id
    cost = answer.cost_dollars.total if answer.cost_dollars else None
    if cost is not None and cost.is_finite() and 0 <= cost <= _MAX_USD:
        usage.reported_cost_pico = round(cost * PICO_PER_USD)


def _refuse(refusal: Refusal) -> dict[str, Any]:
    return {"error": refusal.message, "tag": refusal.code.upper(), **refusal.details}


DIALECT: Final = Dialect(
    name="exa",
    routes=tuple(
        Route(
            pattern=path(f"/(?:v\\d+/)?{name}"),
            endpoint=name,
            read_answer=_read_answer,
            read_event=_read_answer,
            model="search" if name in {"search", "findSimilar"} else name,
            unit="requests",
        )
        for name in ("search", "findSimilar", "contents", "answer")
    ),
    refuse=_refuse,
)
