"""Sums over calls, and the three measures that charts show."""

from __future__ import annotations

import msgspec

from alwrity_desktop.core.domain.money import divide_half_even

TOKENS_PER_MILLION = 1_000_000

_FLOOR_PERCENT = 1
"""Where so many of the calls lack a price, it is said beside every sum."""


class Figures(msgspec.Struct, frozen=True):
    """Sums over some calls. Adding two gives the sums over both."""

    calls: int = 0
    errors: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    #: Sum of the priced calls only; unpriced calls are counted beside it.
    cost_pico: int = 0
    unpriced_calls: int = 0
    #: Calls whose status is known, the ground of the error rate.
    status_calls: int = 0
    duration_ms: int = 0
    #: Calls whose duration is known.
    duration_calls: int = 0
    #: Messages of a server that states only aggregates and never single calls; None where
    #: calls are known.
    messages: int | None = None
    #: Conversations that the server counted, where it does.
    conversations: int | None = None
    #: Tokens that the server states without saying of which kind.
    unsplit_tokens: int = 0
    #: Tokens of the calls without a price.
    unpriced_tokens: int = 0

    def __add__(self, other: Figures) -> Figures:
        """Return the sums over both."""
        return Figures(
            self.calls + other.calls,
            self.errors + other.errors,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cache_read_tokens + other.cache_read_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
            self.cost_pico + other.cost_pico,
            self.unpriced_calls + other.unpriced_calls,
            self.status_calls + other.status_calls,
            self.duration_ms + other.duration_ms,
            self.duration_calls + other.duration_calls,
            _sum_known(self.messages, other.messages),
            # A conversation may be in both: only the server can count them over more.
            self.conversations if other.conversations is None else other.conversations,
            self.unsplit_tokens + other.unsplit_tokens,
            self.unpriced_tokens + other.unpriced_tokens,
        )

    @property
    def known_cost_pico(self) -> int | None:
        """The cost as people read it; None where every call lacks a price.

        With some of them unpriced it is the sum of the others: a floor.
        """
        if self.messages:
            return self.cost_pico
        return _known_cost(self.cost_pico, self.calls, self.unpriced_calls)

    @property
    def is_floor(self) -> bool:
        """Whether so many calls lack a price that the cost is not told without saying so."""
        return 0 < self.calls * _FLOOR_PERCENT <= self.unpriced_calls * 100

    @property
    def tokens(self) -> int:
        """The sum of all the disjoint token kinds."""
        return (
            self.input_tokens
            + self.output_tokens
            + self.cache_read_tokens
            + self.cache_write_tokens
            + self.unsplit_tokens
        )

    @property
    def is_stated(self) -> bool:
        """Whether a server stated the figures, without single calls behind them."""
        return self.messages is not None and not self.calls

    @property
    def cost_per_message_pico(self) -> int | None:
        """Cost of one message on average; None without messages."""
        return divide_half_even(self.cost_pico, self.messages) if self.messages else None

    @property
    def priced_percent(self) -> float:
        """How many of the calls have a price, in percent; 100 when there are none."""
        if not self.calls:
            return 100.0
        return (self.calls - self.unpriced_calls) * 1000 // self.calls / 10

    @property
    def avg_duration_ms(self) -> int | None:
        """The mean duration of the calls whose duration is known."""
        if not self.duration_calls:
            return None
        return divide_half_even(self.duration_ms, self.duration_calls)

    @property
    def error_rate_percent(self) -> float | None:
        """Failed calls in percent of the calls whose status is known."""
        if not self.status_calls:
            return None
        return round(self.errors * 100 / self.status_calls, 2)

    @property
    def cost_per_call_pico(self) -> int | None:
        """Cost of one priced call on average."""
        priced = self.calls - self.unpriced_calls
        return divide_half_even(self.cost_pico, priced) if priced > 0 else None

    @property
    def cost_per_million_tokens_pico(self) -> int | None:
        """Cost of a million priced tokens of any kind on average; None without any."""
        has_price = self.is_stated or self.calls > self.unpriced_calls
        priced = self.tokens - self.unpriced_tokens
        if priced <= 0 or not has_price:
            return None
        return divide_half_even(self.cost_pico * TOKENS_PER_MILLION, priced)


def _known_cost(cost_pico: int, calls: int, unpriced_calls: int) -> int | None:
    """Return the cost, None where none of the calls has a price. No calls cost nothing."""
    return None if calls and calls == unpriced_calls and not cost_pico else cost_pico


def _sum_known(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return one if other is None else other
    return one + other


class Amounts(msgspec.Struct, frozen=True):
    """The three measures that charts can show."""

    #: Sum of the priced calls only.
    cost_pico: int = 0
    calls: int = 0
    tokens: int = 0
    unpriced_calls: int = 0

    def __add__(self, other: Amounts) -> Amounts:
        """Return the sums over both."""
        return Amounts(
            self.cost_pico + other.cost_pico,
            self.calls + other.calls,
            self.tokens + other.tokens,
            self.unpriced_calls + other.unpriced_calls,
        )

    @property
    def known_cost_pico(self) -> int | None:
        """The cost as people read it; None where every call lacks a price."""
        return _known_cost(self.cost_pico, self.calls, self.unpriced_calls)
