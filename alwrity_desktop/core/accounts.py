"""Accounts: which servers the person connected, kept without any token."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """One connected server; its token lies in the key store, never here."""

    #: What commands call it: letters, digits, "-" and "_", unique among the accounts.
    name: str
    #: "alwrity" or "agent-billing".
    kind: str
    url: str
    #: The user's id on the server, "" where the server knows it from the token.
    user: str = ""
    #: A command that prints a fresh token, as arguments; () for a token that is kept.
    token_command: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountState:
    """How an account stands, for ``accounts list`` and the window."""

    account: Account
    last_sync_ms: int | None
    #: "ok", "stale", "auth", "offline" or "error".
    state: str
    #: The sentence of the last failure, or "".
    trouble: str = ""
    next_sync_ms: int | None = None


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What one sync of one account did."""

    name: str
    is_ok: bool
    calls_added: int
    #: Statements that are new or changed.
    statements: int
    error: str | None
    seconds: float
    requests: int = 0
