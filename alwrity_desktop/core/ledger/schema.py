"""What the ledger's statements are made of: names of columns, units, flags."""

from __future__ import annotations

from typing import Final

PICO_PER_MICRO: Final = 1_000_000

QUARTER_MS: Final = 900_000
"""A quarter of an hour: the offsets of all zones in use are multiples of it."""

FLAG_ESTIMATED: Final = 1
FLAG_SIDECHAIN: Final = 2
FLAG_COMBINED: Final = 4
"""A correction by what another source knows of the call; its own figures are those before it."""

SERIES_DIMENSIONS: Final = (
    "account",
    "source",
    "provider",
    "model",
    "project",
    "agent",
    "conversation",
    "endpoint",
    # The key of a server's billing period; "" for calls that no server books.
    "billing_period",
    # A name for the API key that paid; "" where it is not known.
    "api_key",
    # 0 where the status is not known: NULLs would never be equal in the constraint.
    "status_code",
    "price_status",
)
"""What the calls of one series have in common."""

FIGURE_COLUMNS: Final = (
    "series_id",
    "occurred_at_ms",
    "batch_id",
    # The log it was read from; NULL for other doors.
    "file_id",
    "input_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
    "reasoning_tokens",
    "requests",
    "web_searches",
    "images",
    "pages",
    "duration_ms",
    # NULL when unpriced.
    "cost_pico",
    "quote_id",
    # Sum of FLAG_ESTIMATED, FLAG_SIDECHAIN, FLAG_COMBINED.
    "flags",
)
"""The columns that a call and its correction share."""

UNKNOWN_FIGURES: Final = frozenset({"file_id", "duration_ms", "cost_pico", "quote_id"})
"""Those that may be NULL."""

SUMS: Final = (
    "calls",
    "input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "output_tokens",
    # The cost in two limbs, micro-dollars and what is left in pico-dollars: ten calls at the
    # bound of one would pass the range of 64 bits.
    "cost_micro",
    "cost_rest_pico",
    "duration_ms",
    "duration_calls",
)
"""The columns of sums, in the rollups and above them."""
