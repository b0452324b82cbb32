"""The gateway's own state: what it passes, refused and keeps waiting, for whoever asks."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec.structs import asdict

from alwrity_desktop.core.gateway.dialects.base import Refusal

_KEPT: Final = 50
"""So many blocks are remembered, and so many calls under way are listed."""


class UnderWay(msgspec.Struct, frozen=True):
    """A call that is being answered."""

    provider: str
    model: str
    endpoint: str
    since_ms: int


class Blocked(msgspec.Struct, frozen=True):
    """A call that a budget kept from going out."""

    at_ms: int
    provider: str
    model: str
    refusal: Refusal


class Tally(msgspec.Struct):
    """What happened since the gateway was started."""

    since_ms: int
    passed: int = 0
    #: Passed on without being booked: addresses that cost nothing, and those not known.
    uncounted: int = 0
    booked: int = 0
    #: Written to the spool since the start.
    spooled: int = 0
    blocked: int = 0
    #: Refused for how they came: another host, a web page, a strange path.
    refused: int = 0
    unreachable: int = 0
    ledger_trouble: str = ""
    spool_trouble: str = ""
    under_way: dict[str, UnderWay] = msgspec.field(default_factory=dict)
    blocks: deque[Blocked] = msgspec.field(default_factory=lambda: deque(maxlen=_KEPT))

    def note_block(self, at_ms: int, provider: str, model: str, refusal: Refusal) -> None:
        """Note that a budget kept a call from going out."""
        self.blocked += 1
        self.blocks.append(Blocked(at_ms, provider, model, refusal))


def health_document(
    tally: Tally,
    waiting: int,
    providers: Iterable[str],
    address: str,
    budgets: Sequence[Mapping[str, int]],
) -> dict[str, Any]:
    """Return the answer of ``/healthz``: counts, names and times, never a key or a text."""
    is_well = not tally.ledger_trouble and not tally.spool_trouble
    return {
        "state": "ok" if is_well else "spooling",
        "listening": address,
        "pid": os.getpid(),
        "since_ms": tally.since_ms,
        "passed": tally.passed,
        "uncounted": tally.uncounted,
        "in_flight": len(tally.under_way),
        "spooled": waiting,
        "booked": tally.booked,
        "blocked": tally.blocked,
        "refused": tally.refused,
        "unreachable": tally.unreachable,
        "ledger": {"ok": not tally.ledger_trouble, "detail": tally.ledger_trouble},
        "spool": {"ok": not tally.spool_trouble, "detail": tally.spool_trouble},
        "providers": list(providers),
        "budgets": list(budgets),
        "calls_in_flight": [asdict(each) for each in list(tally.under_way.values())[-_KEPT:]],
        "blocks": [_block_document(each) for each in tally.blocks],
    }


def _block_document(block: Blocked) -> dict[str, Any]:
    return {
        "at_ms": block.at_ms,
        "provider": block.provider,
        "model": block.model,
        "code": block.refusal.code,
        "message": block.refusal.message,
        **block.refusal.details,
    }
