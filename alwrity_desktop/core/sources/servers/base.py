"""The contract of a source that asks a server: what it is given, and what it brings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

import msgspec

from alwrity_desktop.core.domain.server import Preflight, ServerAlert, ServerFacts
from alwrity_desktop.core.domain.statements import Statement
from alwrity_desktop.core.domain.usage import Call

STATUS: Final = "status"
USAGE: Final = "usage"
TRENDS: Final = "trends"
PLANS: Final = "plans"
PARTS: Final = (STATUS, USAGE, TRENDS, PLANS)
"""What can be asked for apart: status and health, calls and alerts, trends, plans and prices."""


class Ask(Protocol):
    """Asks the account's server one question.

    Returns the parsed JSON body of a success (floats as Decimal). Raises the errors of
    ``core.domain.errors`` with a sentence: refused token, limited, unreachable, broken answer.
    """

    @property
    def origin(self) -> str:
        """Host and port of the server, the port always written out: a part of identities."""
        ...

    @property
    def duration_ms(self) -> int | None:
        """How long the server took for the last answer, without pauses; None before it."""
        ...

    def __call__(
        self,
        method: str,
        path: str,
        params: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - JSON is parsed by the source into its own types
        """Return the body of the answer to *method* on *path*, which begins after the base."""
        ...


class KnownRows(msgspec.Struct, frozen=True):
    """What the ledger holds of an account already: how far a pull has to go back."""

    #: Identities of the newest calls, enough to recognise where the new rows end.
    newest: frozenset[str] = frozenset()
    #: Whether the account was ever synced whole.
    is_complete: bool = False
    facts: ServerFacts = msgspec.field(default_factory=ServerFacts)
    #: When each of the facts was confirmed last, by its name, UTC milliseconds.
    confirmed_ms: Mapping[str, int] = msgspec.field(default_factory=dict)
    #: What is known of the rows that the server merged: each row's newest statement.
    merged: tuple[Statement, ...] = ()


class Pull(msgspec.Struct, frozen=True):
    """What one pull brought; a part that failed left its piece out and named its trouble."""

    calls: tuple[Call, ...] = ()
    statements: tuple[Statement, ...] = ()
    #: Only the fields that this pull learnt; the others keep what is known.
    facts: ServerFacts = msgspec.field(default_factory=ServerFacts)
    alerts: tuple[ServerAlert, ...] = ()
    #: Plain sentences about what could not be read, without any content of it.
    troubles: tuple[str, ...] = ()
    #: True when this very pull read every row that the server lists, merged ones included.
    is_complete: bool = False


class ServerSource(Protocol):
    """One kind of server."""

    #: The kind of account: "alwrity", "agent-billing".
    name: str
    title: str
    #: Whether an account names its user beside its token.
    has_user: bool
    #: Addresses to choose from, by name ("development", "staging", "production").
    presets: Mapping[str, str]

    def pull(
        self,
        ask: Ask,
        account: str,
        user: str,
        known: KnownRows,
        parts: frozenset[str],
        now_ms: int,
    ) -> Pull:
        """Ask for *parts* and return what came. Raises only when nothing at all could be had."""
        ...

    def check(self, ask: Ask, user: str) -> str:
        """Try the account; return a sentence that says what answers. Raises what went wrong."""
        ...

    def mark_read(self, ask: Ask, ids: tuple[str, ...]) -> tuple[str, ...]:
        """Mark the server's alerts read; return the ids that the server took or does not know."""
        ...

    def preflight(self, ask: Ask, operations: tuple[Mapping[str, str | int], ...]) -> Preflight:
        """Ask what *operations* would cost and whether they would be let through."""
        ...

    def link(self, ask: Ask, what: str, tier: str, cycle: str) -> str:
        """Return the address of the "checkout" or "portal" page, https only."""
        ...
