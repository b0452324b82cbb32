"""One call as a person opens it."""

from __future__ import annotations

import msgspec

from alwrity_desktop.core.domain.disagreements import Disagreement
from alwrity_desktop.core.domain.token_lines import TokenLine


class CallRow(msgspec.Struct, frozen=True):
    """One call as a person opens it: figures, price, origin, where it was seen."""

    id: int
    identity: str
    occurred_at_ms: int
    provider: str
    model: str
    source: str
    project: str
    agent: str
    conversation: str
    endpoint: str
    input_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    output_tokens: int
    reasoning_tokens: int
    duration_ms: int | None
    status_code: int | None
    cost_pico: int | None
    price_status: str
    price_origin: str | None
    price_date: str | None
    is_estimated: bool
    #: The files or doors by which the call came, that of the figures first.
    seen_in: tuple[str, ...] = ()
    lines: tuple[TokenLine, ...] = ()
    #: Where those that saw it differ.
    disagreements: tuple[Disagreement, ...] = ()
    #: What the provider called its answer; "" where the identity holds it or nobody says.
    response_id: str = ""
    #: A name for the API key that paid; "" where it is not known.
    api_key: str = ""

    @property
    def tokens(self) -> int:
        """The sum of all the disjoint token kinds."""
        return (
            self.input_tokens
            + self.cache_read_tokens
            + self.cache_write_tokens
            + self.output_tokens
        )
