"""Reconciliation: what the server says beside what the calls add up to, row by row."""

from __future__ import annotations

import msgspec


class ReconciliationRow(msgspec.Struct, frozen=True):
    """One figure as the calls and as the server give it; decimal texts, None for unknown."""

    #: What is compared, such as "calls 2026-11" or "cost 2026-11 gemini".
    what: str
    calls_say: str | None
    server_says: str | None
    #: ``calls_say - server_says``; None when either is unknown, or both are words.
    difference: str | None
    #: The likely reason in a plain sentence, "" when both agree.
    likely: str = ""
    #: "calls", "tokens" or "cost"; "status" in words, "percent" of the limit that is the key.
    measure: str = "calls"
    period: str = ""
    key: str = ""
    #: The endpoint that said it, and when, UTC milliseconds.
    origin: str = ""
    said_at_ms: int | None = None

    @property
    def is_equal(self) -> bool | None:
        """Whether both agree; None when one of them is unknown."""
        is_known = self.calls_say is not None and self.server_says is not None
        return self.calls_say == self.server_says if is_known else None
