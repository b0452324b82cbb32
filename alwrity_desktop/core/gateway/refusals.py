"""Answers that the gateway gives itself, each in the shape that the provider's SDK knows."""

from __future__ import annotations

import json
from typing import Any, Final

from aiohttp import web

from alwrity_desktop.core.gateway.dialects.base import Dialect, Refusal

_FINAL: Final = frozenset({"budget_exceeded", "unpriced_model"})
_RETRY_S: Final = "1"


def answer_of(refusal: Refusal, dialect: Dialect | None = None) -> web.Response:
    """Return *refusal* as *dialect* says errors; without one in the plainest shape."""
    shape: Any = {"error": {"message": refusal.message, "code": refusal.code}}
    if dialect is not None:
        shape = dialect.refuse(refusal)
    headers = {"Connection": "keep-alive", "X-Alwrity-Gateway": refusal.code}
    if refusal.code in _FINAL:
        # The SDKs of OpenAI and Anthropic try again unless they are told not to.
        headers["x-should-retry"] = "false"
    elif refusal.code in {"budget_held", "too_many_calls"}:
        headers["Retry-After"] = _RETRY_S
    body = json.dumps(shape, ensure_ascii=False).encode()
    return web.Response(
        status=refusal.status, body=body, headers=headers, content_type="application/json"
    )
