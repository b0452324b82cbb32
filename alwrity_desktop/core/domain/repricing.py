"""Pricing past calls anew: what was asked, and what it changes, model by model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final

import msgspec
from msgspec.structs import replace

from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.pricing import Settled
from alwrity_desktop.core.domain.usage import Call, PriceStatus

EVER_MS: Final = 1 << 52
"""Later than any call."""

Progress = Callable[[int, int], None]
"""Told how much of how much was looked at, a few times a second; what it raises ends the work."""


def unwatched(_done: int, _total: int) -> None:
    """Let the work go on: nobody looks."""


class RevisionKind(StrEnum):
    """What a revision did to prices of the past."""

    REPRICED = "repriced"
    UNDONE = "undone"


class RepriceQuestion(msgspec.Struct, frozen=True):
    """Which calls are priced anew."""

    account: str
    #: UTC milliseconds, the end excluded.
    start_ms: int
    end_ms: int
    provider: str | None = None
    model: str | None = None
    #: Whether list prices replace the costs that providers and servers reported.
    with_reported: bool = False


class ModelChange(msgspec.Struct, frozen=True):
    """How the sum of one model's changed calls moves."""

    provider: str
    model: str
    calls: int = 0
    before_pico: int = 0
    after_pico: int = 0
    #: Calls that had no price and now have one.
    newly_priced: int = 0
    #: Calls that had a price, and have none again.
    no_longer_priced: int = 0

    def plus(self, before_pico: int | None, after_pico: int | None) -> ModelChange:
        """Return it with one more call; None is a call without a price."""
        return replace(
            self,
            calls=self.calls + 1,
            before_pico=self.before_pico + (before_pico or 0),
            after_pico=self.after_pico + (after_pico or 0),
            newly_priced=self.newly_priced + (before_pico is None and after_pico is not None),
            no_longer_priced=self.no_longer_priced
            + (before_pico is not None and after_pico is None),
        )

    @property
    def known_before_pico(self) -> int | None:
        """What the calls cost before, as people read it; None where none had a price."""
        return None if 0 < self.calls == self.newly_priced else self.before_pico

    @property
    def known_after_pico(self) -> int | None:
        """What they cost afterwards; None where none has a price any more."""
        return None if 0 < self.calls == self.no_longer_priced else self.after_pico


class Repricing(msgspec.Struct, frozen=True):
    """What pricing anew changes, or has changed."""

    #: None for a trial, and where nothing changed.
    revision_id: int | None
    kind: RevisionKind
    made_at_ms: int
    question: RepriceQuestion
    #: How many calls were looked at.
    calls: int
    #: The models whose calls change, the largest change first.
    models: tuple[ModelChange, ...]
    #: The revision that was taken back.
    undoes_id: int | None = None

    @property
    def can_change(self) -> bool:
        """Whether it is a trial that found something to change."""
        return self.revision_id is None and bool(self.models)

    @property
    def changed(self) -> int:
        """How many calls change."""
        return sum(change.calls for change in self.models)

    @property
    def before_pico(self) -> int:
        """What the changed calls cost before."""
        return sum(change.before_pico for change in self.models)

    @property
    def after_pico(self) -> int:
        """What they cost afterwards."""
        return sum(change.after_pico for change in self.models)

    @property
    def known_before_pico(self) -> int | None:
        """What they cost before, as people read it; None where none of them had a price."""
        is_known = any(change.known_before_pico is not None for change in self.models)
        return self.before_pico if is_known or not self.models else None

    @property
    def known_after_pico(self) -> int | None:
        """What they cost afterwards; None where none of them has a price any more."""
        is_known = any(change.known_after_pico is not None for change in self.models)
        return self.after_pico if is_known or not self.models else None


def settled_anew(
    call: Call, booked: Settled, question: RepriceQuestion, book: PriceBook
) -> Settled | None:
    """Return what *call* costs at the prices of *book*; None where it stays as it was booked.

    A cost that was reported stays unless it was asked for, and a price is never lost.
    """
    is_reported = booked.status is PriceStatus.REPORTED
    if is_reported and not question.with_reported:
        return None
    settled = book.settle(call)
    if settled.cost_pico is None:
        return None
    if (settled.cost_pico, settled.status) == (booked.cost_pico, booked.status):
        return None
    return settled


def newest_standing(revisions: Sequence[Repricing]) -> Repricing | None:
    """Return the newest of *revisions*, newest first, that was not taken back yet."""
    undone = {one.undoes_id for one in revisions}
    standing = (
        one
        for one in revisions
        if one.kind is RevisionKind.REPRICED and one.revision_id not in undone
    )
    return next(standing, None)


def ordered(changes: dict[tuple[str, str], ModelChange]) -> tuple[ModelChange, ...]:
    """Return the changes, the largest first."""
    return tuple(
        sorted(
            changes.values(),
            key=lambda one: (-abs(one.after_pico - one.before_pico), one.provider, one.model),
        )
    )
