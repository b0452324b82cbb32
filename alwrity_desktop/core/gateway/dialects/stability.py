"""Stability: pictures, billed by the piece."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from alwrity_desktop.core.gateway.dialects.base import Dialect, Refusal, Route, Usage, path


class _Answer(msgspec.Struct, gc=False):
    artifacts: list[msgspec.Raw] | None = None


_ANSWERS: Final = msgspec.json.Decoder(_Answer)


def _read_answer(body: bytes, usage: Usage) -> None:
    usage.images = len(_ANSWERS.decode(body).artifacts or ())


def _refuse(refusal: Refusal) -> dict[str, Any]:
    return {
        "id": refusal.code,
        "name": refusal.code,
        "message": refusal.message,
        "errors": [refusal.message],
        **refusal.details,
    }


DIALECT: Final = Dialect(
    name="stability",
    routes=(
        Route(
            pattern=path(r"/v2(?:beta|alpha)?/stable-image/(?P<endpoint>.+)"),
            endpoint="stable-image",
            read_answer=_read_answer,
            model="image",
            unit="images",
        ),
        Route(
            pattern=path(r"/v1/generation/[^/]+/.+"),
            endpoint="generation",
            read_answer=_read_answer,
            model="image",
            unit="images",
        ),
    ),
    refuse=_refuse,
)
