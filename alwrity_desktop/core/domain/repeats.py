"""Requests that were sent again although their answer was there already."""

from __future__ import annotations

from typing import Final

import msgspec

REPEATED_REQUESTS: Final = "repeated_requests"
"""The kind of tip that is about them."""

KEPT_MS: Final = 24 * 3_600_000
"""A request that is sent again later than this after its last answer asks for a new one."""


class RepeatedUse(msgspec.Struct, frozen=True):
    """The paid calls of one model whose requests were answered shortly before."""

    provider: str
    model: str
    #: The repeats alone, without the calls whose answers they asked for again.
    calls: int
    #: How many different requests they are.
    requests: int
    #: How often the request was sent again that was sent most often.
    most: int
    cost_pico: int
