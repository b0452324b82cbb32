"""Tavily: searches, billed by the piece."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from alwrity_desktop.core.gateway.dialects.base import Dialect, Refusal, Route, Usage, path


class _Answer(msgspec.Struct, gc=False):
    request_id: str | None = None


_ANSWERS: Final = msgspec.json.Decoder(_Answer)


def _read_answer(body: bytes, usage: Usage) -> None:
    usage.response_id = _ANSWERS.decode(body).request_id or ""


def _refuse(refusal: Refusal) -> dict[str, Any]:
    return {"detail": {"error": refusal.message, "code": refusal.code, **refusal.details}}


DIALECT: Final = Dialect(
    name="tavily",
    routes=tuple(
        Route(
            pattern=path(f"/{name}"),
            endpoint=name,
            read_answer=_read_answer,
            model=name,
            unit="requests",
        )
        for name in ("search", "extract", "crawl", "map", "research")
    ),
    refuse=_refuse,
)
