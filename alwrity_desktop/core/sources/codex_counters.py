"""The counters of a Codex session: what of an event is new, and whose event it is."""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

SECOND_MS: Final = 1000

REPLAY_GAP_MS: Final = 200
"""Events closer than this were copied: no model answers twice so quickly."""

SETTLE_MS: Final = 500
"""A copied beginning is written at once; what has stood alone for so long is no copy."""

REMEMBERED_TOTALS: Final = 64
"""Totals that are known again when they come once more."""


class Used(NamedTuple):
    """Token counts as Codex writes them: cached inside input, reasoning inside output."""

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0


class Event(msgspec.Struct, array_like=True, frozen=True):
    """One ``token_count``: what the last call used, and the session up to then."""

    at_ms: int
    total: Used | None
    last: Used | None
    #: The total was overwritten with the size of the context window: counting begins anew.
    is_rewritten: bool
    model: str
    is_flat_rate: bool


class Counters(msgspec.Struct, array_like=True):
    """The high-water mark of a session's totals, and what of its growth is not counted yet."""

    high: Used | None = None
    uncounted: Used = Used()
    #: Newest last.
    seen: list[Used] = []
    #: Totals of another counter were among them, or the totals went back.
    is_interleaved: bool = False
    #: Whether an event of this session itself, not of its parent, was counted.
    has_own: bool = False

    def absorb(self, event: Event) -> None:
        """Take *event* as a parent's: it raises the mark and counts nothing."""
        if event.total is not None:
            self._remember(event.total)
            self.high = _larger(self.high or Used(), event.total)

    def take(self, event: Event, *, is_fork: bool) -> Used:
        """Return what *event* adds; nothing for a repetition."""
        total, last = event.total, event.last
        if total is None:
            return last or Used()
        if total in self.seen:
            return Used()
        self._remember(total)
        if event.is_rewritten:
            self.high = Used()
            self.uncounted = Used()
            self.has_own = True
            return Used()
        if self.has_own or (last is None and self.high is not None):
            grown = self._raise(total)
        else:
            grown = self._begin(total, last, is_fork=is_fork)
        self.has_own = True
        used = grown if last is None else _smaller(last, self.uncounted)
        self.uncounted = _minus(self.uncounted, used)
        return used

    def _begin(self, total: Used, last: Used | None, *, is_fork: bool) -> Used:
        """Set the mark by the first event, which says itself what came before it."""
        self.high = total
        unsaid = Used() if is_fork else total
        grown = unsaid if last is None else _smaller(last, total)
        self.uncounted = grown
        return grown

    def _raise(self, total: Used) -> Used:
        """Raise the mark to *total*; return by how much it grew."""
        high = self.high or Used()
        if any(now < before for now, before in zip(total, high, strict=True)):
            self.is_interleaved = True
        self.high = _larger(high, total)
        grown = _minus(self.high, high)
        self.uncounted = Used(*map(sum, zip(self.uncounted, grown, strict=True)))
        return grown

    def _remember(self, total: Used) -> None:
        self.seen = [*self.seen[1 - REMEMBERED_TOTALS :], total]


class Forks(msgspec.Struct, array_like=True):
    """Tells in a forked session the parent's copied events from the session's own.

    Copied are the events from before the session began and those of its first second, the
    events that share one second at the beginning, and what follows a copied event at once. A
    single event after the first second is held back until the next one, or the time, tells.
    """

    start_ms: int
    copied_ms: int | None = None
    held: Event | None = None
    is_over: bool = False

    def own(self, event: Event, counters: Counters) -> tuple[Event, ...]:
        """Return the events that are certain, with *event* in hand, to be the session's own."""
        if self.is_over:
            return (event,)
        before_ms = self.held.at_ms if self.held else self.copied_ms
        is_early = event.at_ms // SECOND_MS <= self.start_ms // SECOND_MS
        if is_early or (before_ms is not None and _is_at_once(before_ms, event.at_ms)):
            if self.held is not None:
                counters.absorb(self.held)
                self.held = None
            counters.absorb(event)
            self.copied_ms = event.at_ms
            return ()
        if before_ms is None:
            self.held = event
            return ()
        self.is_over = True
        return self._released(event)

    def settled(self, now_ms: int) -> tuple[Event, ...]:
        """Return the event that was held back, once nothing copied can follow it any more."""
        if self.held is None or now_ms < self.held.at_ms + SETTLE_MS:
            return ()
        self.is_over = True
        return self._released()

    def _released(self, *events: Event) -> tuple[Event, ...]:
        held, self.held = self.held, None
        return events if held is None else (held, *events)


def _is_at_once(before_ms: int, at_ms: int) -> bool:
    is_same_second = before_ms // SECOND_MS == at_ms // SECOND_MS
    return is_same_second or 0 <= at_ms - before_ms < REPLAY_GAP_MS


def _larger(one: Used, other: Used) -> Used:
    return Used(*map(max, one, other))


def _smaller(one: Used, other: Used) -> Used:
    return Used(*map(min, one, other))


def _minus(one: Used, other: Used) -> Used:
    return Used(*(a - b for a, b in zip(one, other, strict=True)))
