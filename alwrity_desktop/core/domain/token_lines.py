"""One line of a call's bill: a kind of token, request, image or page with its price."""

from __future__ import annotations

from typing import NamedTuple


class TokenLine(NamedTuple):
    """One token kind (or request kind) of a call with its price."""

    #: "input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "request",
    #: "web_search", "image" or "page".
    kind: str
    quantity: int
    #: Price of ``unit_size`` units; None when unpriced.
    unit_price_pico: int | None
    unit_size: int
    cost_pico: int | None
