"""Statements: aggregates that a server claims, kept as they were said, with their time."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

ALL_TIME: Final = "all"
"""The period of a statement about everything that ever was."""

SUMMARY: Final = "summary"
"""The origin of what a server gives for the present period, and which is all time's."""


class StatementKind(StrEnum):
    """What a statement is about."""

    #: A whole period (or all time) of the account.
    TOTAL = "total"
    #: One provider in one period; the key is the provider.
    PROVIDER = "provider"
    #: Calls that the server merged into one row; the key is the row's own id, so that each
    #: such row is one statement; the label is the provider.
    MERGED = "merged"
    #: One day; the key is the ISO date.
    DAY = "day"
    AGENT = "agent"
    MODEL = "model"
    CONVERSATION = "conversation"


class Statement(msgspec.Struct, frozen=True):
    """One aggregate as a server said it; what it did not say is None, never 0.

    Account, origin, kind, period and key name it: the same name said again with other
    figures is a newer statement beside the old one, with the same figures a confirmation.
    """

    account: str
    #: The endpoint that said it, such as "trends", "usage", "usage-logs" or "billing".
    origin: str
    kind: StatementKind
    #: The server's own name of the period ("2026-11", "all", "month"), or
    #: "2026-11-01/2026-11-30" for days that were asked for.
    period: str
    key: str = ""
    #: What people call it: a title or a name, typed by people, plain text.
    label: str = ""
    calls: int | None = None
    messages: int | None = None
    conversations: int | None = None
    tokens: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_pico: int | None = None
    #: The moment that the figures are about where it is one (a merged row's), UTC milliseconds.
    occurred_at_ms: int | None = None
    #: When the server said it first with these figures, and last, UTC milliseconds.
    said_at_ms: int = 0
    confirmed_at_ms: int = 0

    @property
    def name(self) -> tuple[str, str, str, str, str]:
        """What tells statements apart."""
        return (self.account, self.origin, self.kind.value, self.period, self.key)
