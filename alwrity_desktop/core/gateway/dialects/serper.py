"""Serper: searches of every kind, billed by credits."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from alwrity_desktop.core.gateway.dialects.base import Count, Dialect, Refusal, Route, Usage, path


class _Answer(msgspec.Struct, gc=False):
    credits: Count | None = None


_ANSWERS: Final = msgspec.json.Decoder(_Answer)


def _read_answer(body: bytes, usage: Usage) -> None:
    if body.lstrip().startswith(b"{"):
        usage.requests = _ANSWERS.decode(body).credits or 0


def _refuse(refusal: Refusal) -> dict[str, Any]:
    return {
        "message": refusal.message,
        "statusCode": refusal.status,
        "code": refusal.code,
        **refusal.details,
    }


_KINDS: Final = "search|images|videos|places|maps|reviews|news|shopping|lens|scholar|patents"

DIALECT: Final = Dialect(
    name="serper",
    routes=(
        Route(
            pattern=path(f"/(?:{_KINDS}|autocomplete)"),
            endpoint="search",
            read_answer=_read_answer,
            model="search",
            unit="requests",
        ),
    ),
    refuse=_refuse,
)
