"""What a dialect is: its routes, how their requests and answers are read, how it says no."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

import msgspec

from alwrity_desktop.core.domain.usage import MAX_TOKENS_PER_CALL
from alwrity_desktop.core.gateway.estimates import tokens_of_json

Count = Annotated[int, msgspec.Meta(ge=0, le=MAX_TOKENS_PER_CALL)]
"""A count as a provider states it; anything else is not believed."""

STANDARD_TIERS: Final = frozenset({"", "auto", "default", "standard", "on_demand"})

MAX_NAME: Final = 200

NO_VALUE: Final = msgspec.Raw()
"""Stands for a field that is not there; a field of any type can be read as it is."""


class Asked(msgspec.Struct, gc=False):
    """What a request says about itself."""

    model: str = ""
    is_stream: bool = False
    #: The most that may be answered; None where the request leaves it open.
    max_output_tokens: int | None = None
    #: How many answers are asked for at once.
    answers: int = 1
    #: Pages that the request alone tells, such as the addresses to read.
    pages: int = 0
    #: True for a stream that counts nothing, and whose program leaves that open.
    may_ask_usage: bool = False


class Usage(msgspec.Struct, gc=False):
    """What an answer has counted so far. None is not known, 0 is none."""

    response_id: str = ""
    model: str = ""
    #: Uncached input only.
    input_tokens: int | None = None
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    #: With the reasoning in it.
    output_tokens: int | None = None
    reasoning_tokens: int = 0
    requests: int = 0
    web_searches: int = 0
    images: int = 0
    pages: int = 0
    service_tier: str = ""
    reported_cost_pico: int | None = None
    #: What the answer's text would be in tokens, for a stream that counts nothing itself.
    text_tokens: float = 0.0
    #: True once the stream said that it is over: nothing that follows is counted.
    is_complete: bool = False
    #: The status of an error that came inside a stream which had begun well.
    failed_status: int | None = None

    def add_text(self, raw: msgspec.Raw) -> None:
        """Take a piece of the answer's text into the estimate."""
        if raw:
            self.text_tokens += tokens_of_json(bytes(raw))

    def note_tier(self, tier: str | None) -> None:
        """Take the service tier where it is not the standard one."""
        if tier and tier not in STANDARD_TIERS:
            self.service_tier = tier


class Refusal(msgspec.Struct, frozen=True):
    """Why the gateway answers a call itself."""

    status: int
    #: The sentence for the person.
    message: str
    #: One word for programs: "budget_exceeded", "unpriced_model", "upstream_unreachable" …
    code: str
    #: More for programs: which budget, used, limit, when it resets.
    details: Mapping[str, str] = msgspec.field(default_factory=dict)


ReadRequest = Callable[[bytes, Asked], None]
ReadAnswer = Callable[[bytes, Usage], None]


def _nothing(_data: bytes, _into: object) -> None:
    """Read nothing: the route's own model and unit say it all."""


class Route(msgspec.Struct, frozen=True):
    """One kind of billable call. Readers raise msgspec's errors for what they cannot read."""

    pattern: re.Pattern[str]
    #: What the call is booked as.
    endpoint: str
    read_request: ReadRequest = _nothing
    #: Reads a whole answer.
    read_answer: ReadAnswer = _nothing
    #: Reads the data of one event of a stream.
    read_event: ReadAnswer = _nothing
    #: What is billed where requests name no model.
    model: str = ""
    #: Counted once for each answer that is no error: "requests", "images" or "pages"; "" for
    #: calls that are billed by tokens.
    unit: str = ""
    #: True where an answer is text: what a stream does not count can be estimated from it.
    is_text: bool = False
    #: True where answers have no tokens of output.
    is_input_only: bool = False
    #: The field of the request that asks a stream to count itself, as JSON; b"" for none.
    usage_request: bytes = b""


class Dialect(msgspec.Struct, frozen=True):
    """How one family of providers speaks."""

    name: str
    routes: tuple[Route, ...]
    #: Returns the body of an error in the provider's own shape.
    refuse: Callable[[Refusal], Any]

    def route(self, method: str, path: str) -> tuple[Route, re.Match[str]] | None:
        """Return the route of a billable call; None for what costs nothing, such as GET."""
        if method != "POST":
            return None
        for route in self.routes:
            found = route.pattern.fullmatch(path)
            if found is not None:
                return route, found
        return None


def path(pattern: str) -> re.Pattern[str]:
    """Return the pattern of a route's path."""
    return re.compile(pattern)
