"""Sums as a ledger gives them, before a report gives them meaning."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from alwrity_desktop.core.domain.report import Figures


class Scope(msgspec.Struct, frozen=True):
    """Whose calls are summed: those of some accounts, all of them or of one billing period."""

    accounts: tuple[str, ...]
    #: The server's key, such as "2026-11"; "" for calls of any.
    billing_period: str = ""


def scope_of(account: str | Scope) -> Scope:
    """Return the scope that *account* alone is, or *account* where it is a scope already."""
    return Scope((account,)) if isinstance(account, str) else account


class SeriesSums(msgspec.Struct, frozen=True):
    """The figures of the calls of a span that share some dimensions.

    ``dimensions`` holds status_code (0 for unknown) and price_status always, and those of
    account, source, provider, model, project, agent, conversation, endpoint and
    billing_period that were asked for.
    """

    dimensions: Mapping[str, str | int]
    figures: Figures


class SlotSums(msgspec.Struct, frozen=True):
    """The figures of one provider in one local day or hour."""

    #: Days or hours since 1970 on the local clock.
    slot: int
    #: Where the zone's offset stood, in seconds: an hour of the autumn change comes twice.
    offset_s: int
    provider: str
    figures: Figures


class OffsetSpan(msgspec.Struct, frozen=True):
    """A span in which the zone's offset from UTC does not change."""

    start_ms: int
    end_ms: int
    offset_s: int


class DurationCount(msgspec.Struct, frozen=True):
    """Calls of one model whose duration lies in one bucket (see ``domain.durations``)."""

    provider: str
    model: str
    bucket: int
    calls: int


class SourceTotals(msgspec.Struct, frozen=True):
    """What one source brought in all."""

    source: str
    files: int
    calls: int
    #: Start of the newest quarter of an hour with a call, UTC milliseconds.
    newest_ms: int | None
    last_read_ms: int | None


class RejectedReason(msgspec.Struct, frozen=True):
    """Lines of a source that were refused for one reason, over all its files."""

    source: str
    reason: str
    lines: int
    example_path: str
    example_offset: int
