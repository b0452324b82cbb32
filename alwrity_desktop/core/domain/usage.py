"""A call: one billable request, with disjoint token counts and one identity."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

MAX_TOKENS_PER_CALL: Final = 1_000_000_000
"""A count above this is not believed: the record is rejected and named."""

LOCAL_ACCOUNT: Final = "local"

ALL_ACCOUNTS: Final = "all"
"""This computer's calls and those of all servers together."""


class PriceStatus(StrEnum):
    """How the cost of a call came about."""

    REPORTED = "reported"
    PRICED = "priced"
    LIST_EQUIVALENT = "list_equivalent"
    FREE = "free"
    UNPRICED = "unpriced"


class Call(msgspec.Struct, frozen=True, array_like=True, gc=False, kw_only=True):
    """One billable request as a source saw it, before it is priced.

    The token kinds are disjoint: their sum is the call's tokens. ``reasoning_tokens``
    is informational, a part of ``output_tokens``. A frozen struct rather than a
    dataclass because imports build tens of thousands of them and send them between
    processes.
    """

    #: Unique over the whole ledger. The same call seen twice has the same identity.
    identity: str
    #: When the provider answered, UTC, milliseconds since 1970.
    occurred_at_ms: int
    source: str
    provider: str
    model: str
    #: Uncached input only.
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    #: Requests billed per request, such as one search.
    requests: int = 0
    #: Web searches that the provider ran inside the call.
    web_searches: int = 0
    images: int = 0
    pages: int = 0
    duration_ms: int | None = None
    status_code: int | None = None
    account: str = LOCAL_ACCOUNT
    project: str = ""
    agent: str = ""
    conversation: str = ""
    endpoint: str = ""
    #: A price variant such as "batch", "priority" or "fast"; "" is the standard one.
    service_tier: str = ""
    #: What the provider or server said that this very call cost.
    reported_cost_pico: int | None = None
    #: True when a flat-rate plan paid: the cost is what it would have been.
    is_flat_rate: bool = False
    #: True when the counts are a floor or an estimate rather than the provider's own.
    is_estimated: bool = False
    #: A copy made in a side conversation; the main conversation's copy outranks it.
    is_sidechain: bool = False
    #: The billing period that a server booked the call to, by its own key ("2026-11"); "" for
    #: calls that no server books.
    billing_period: str = ""
    #: What the provider called its answer; "" where the source does not say.
    response_id: str = ""
    #: The same for the same request, 16 hexadecimal digits of a keyed hash; "" for unknown.
    request_hash: str = ""
    #: A name for the API key that paid, never a part of the key itself; "" for unknown.
    api_key: str = ""

    @property
    def cache_write_tokens(self) -> int:
        """Tokens written to the cache, for five minutes and for one hour."""
        return self.cache_write_5m_tokens + self.cache_write_1h_tokens

    @property
    def tokens(self) -> int:
        """The sum of all the disjoint token kinds."""
        return (
            self.input_tokens
            + self.cache_read_tokens
            + self.cache_write_5m_tokens
            + self.cache_write_1h_tokens
            + self.output_tokens
        )

    @property
    def is_error(self) -> bool:
        """Whether the provider answered with an error status."""
        return self.status_code is not None and self.status_code >= 400  # noqa: PLR2004 - HTTP
