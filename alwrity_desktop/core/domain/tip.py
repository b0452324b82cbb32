"""Tips: what could be changed, what it saves, on what grounds, and the calls behind it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

NOTHING_TO_SAY: Final = "✅ Usage within normal range"


class TipClass(StrEnum):
    """What a person does with a tip."""

    DO_NOW = "do_now"
    HABIT = "habit"
    INFORMATION = "information"


class TipBasis(StrEnum):
    """What the saving rests on: the calls alone, or an assumption about them as well."""

    MEASURED = "measured"
    ESTIMATED = "estimated"


class TipState(StrEnum):
    """What a person said of a tip."""

    OPEN = "open"
    DISMISSED = "dismissed"
    SNOOZED = "snoozed"
    DONE = "done"


class TipCalls(msgspec.Struct, frozen=True):
    """Which calls a tip is about: all that match."""

    #: UTC milliseconds, the end excluded.
    start_ms: int
    end_ms: int
    provider: str | None = None
    model: str | None = None
    #: "error", "paid", "repeated" or None for any, as in a query for calls.
    state: str | None = None
    #: The key of a server's billing period, wherever its calls lie.
    billing_period: str = ""


class TipFact(msgspec.Struct, frozen=True):
    """One figure that a tip rests on, as text."""

    name: str
    value: str


class Tip(msgspec.Struct, frozen=True):
    """One thing that could be changed."""

    #: The same for the same advice, whatever the period.
    id: str
    kind: str
    tip_class: TipClass
    #: One sentence.
    text: str
    #: What the calls cost less what they would have cost; None where that cannot be told.
    saving_pico: int | None
    basis: TipBasis
    #: What has to hold for the saving, in words.
    assumption: str
    #: How many calls it is about.
    calls: int
    query: TipCalls
    evidence: tuple[TipFact, ...] = ()
    #: The two sums whose difference the saving is; None where there is none.
    cost_pico: int | None = None
    instead_pico: int | None = None
    #: The provider and model to use instead, where the tip names one.
    instead_provider: str | None = None
    instead_model: str | None = None
    state: TipState = TipState.OPEN
    #: When it was said to be done, UTC milliseconds.
    done_at_ms: int | None = None
    #: What a tip that was done has brought; None before it was measured again.
    brought_pico: int | None = None


def saving_percent(tip: Tip) -> int | None:
    """Return the saving in whole percent of the cost, rounded down."""
    if tip.saving_pico is None or not tip.cost_pico:
        return None
    return tip.saving_pico * 100 // tip.cost_pico
