"""What a report holds only when it is asked for: when things are used, what the money bought."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.call_row import CallRow
from alwrity_desktop.core.domain.figures import Amounts, Figures
from alwrity_desktop.core.domain.money import divide_half_even
from alwrity_desktop.core.domain.patterns import CalendarWeek, HourCell, Peak, SeasonPart
from alwrity_desktop.core.domain.unusual import Unusual

ACTIVITY: Final = "activity"
SPENDING: Final = "spending"
INSIGHTS: Final = (ACTIVITY, SPENDING)
"""What a report holds only when it is asked for, beside its groups."""

SIDES: Final = ("provider", "agent", "project", "endpoint")
"""What stands side by side beside models."""

_MS_PER_HOUR: Final = 3_600_000
_MS_PER_DAY: Final = 24 * _MS_PER_HOUR


class UnitCosts(msgspec.Struct, frozen=True):
    """What one piece of use costs on average, pico-dollars; None where there is none."""

    per_call_pico: int | None
    per_message_pico: int | None
    per_conversation_pico: int | None
    per_million_tokens_pico: int | None


class KindCost(msgspec.Struct, frozen=True):
    """What one of ``pricing.KINDS`` cost at its prices."""

    kind: str
    #: Tokens, requests, searches, images or pages.
    quantity: int
    #: Of the part that has a price; None where no part has one.
    cost_pico: int | None
    #: For a million tokens, or for one piece; None as above.
    unit_cost_pico: int | None
    share_percent: float | None
    unpriced_quantity: int = 0


class CacheUse(msgspec.Struct, frozen=True):
    """How much input came from the cache, and what that was worth."""

    read_tokens: int
    written_tokens: int
    #: All input: plain, read from the cache and written to it.
    input_tokens: int
    #: Read tokens in percent of all input; None without input.
    hit_percent: float | None
    #: What the same tokens would have cost as plain input, less what they cost. Below 0 where
    #: writing to the cache did not pay; None where no cached call has a price.
    saved_pico: int | None
    #: Cached tokens whose saving is not known.
    unpriced_tokens: int = 0


class ErrorCost(msgspec.Struct, frozen=True):
    """Calls that failed and were paid all the same."""

    calls: int
    paid_calls: int
    cost_pico: int
    #: Of the cost of all calls, in percent; None of nothing.
    share_percent: float | None


class Velocity(msgspec.Struct, frozen=True):
    """How fast money goes over a stretch that ends now."""

    #: "now", "today", "week" …
    name: str
    amounts: Amounts
    duration_ms: int
    #: This stretch's rate in terms of the usual one; None where that is nothing.
    times_usual: float | None = None

    @property
    def cost_per_hour_pico(self) -> int | None:
        """Pico-dollars an hour at this rate; None where no call of the stretch has a price."""
        return self._cost_per(_MS_PER_HOUR)

    @property
    def cost_per_day_pico(self) -> int | None:
        """Pico-dollars a day at this rate; None likewise."""
        return self._cost_per(_MS_PER_DAY)

    def _cost_per(self, span_ms: int) -> int | None:
        cost = self.amounts.known_cost_pico
        return None if cost is None else divide_half_even(cost * span_ms, self.duration_ms)

    @property
    def calls_per_hour(self) -> float:
        """Calls an hour at this rate."""
        return self.amounts.calls * _MS_PER_HOUR / self.duration_ms

    @property
    def tokens_per_hour(self) -> float:
        """Tokens an hour at this rate."""
        return self.amounts.tokens * _MS_PER_HOUR / self.duration_ms


class Performance(msgspec.Struct, frozen=True):
    """One provider or model beside the others."""

    key: str
    provider: str | None
    figures: Figures
    share_percent: float | None
    p50_duration_ms: int | None
    p95_duration_ms: int | None
    #: Output tokens in a second of waiting; None where no duration is known.
    tokens_per_second: float | None
    #: Best of those with enough calls; only where there are several.
    is_cheapest: bool = False
    is_fastest: bool = False
    is_most_reliable: bool = False


class Activity(msgspec.Struct, frozen=True):
    """When one thing is used: its hours of the week, its days of the year, what stands out."""

    kind: LimitKind
    #: Of the report's period.
    week: tuple[HourCell, ...]
    #: Of the last twelve months, as are all that follow.
    calendar: tuple[CalendarWeek, ...]
    peak_days: tuple[Peak, ...]
    #: Of the hours of the period.
    peak_hours: tuple[Peak, ...]
    weekly: tuple[SeasonPart, ...]
    monthly: tuple[SeasonPart, ...]
    #: Days, and hours of the last weeks; the newest first, a day before its hours.
    unusual: tuple[Unusual, ...]
    #: Of cost, the days and the hours of the week (weekday, hour) in which no call has a price.
    unpriced_days: frozenset[str] = frozenset()
    unpriced_hours: frozenset[tuple[int, int]] = frozenset()


class ModelUse(msgspec.Struct, frozen=True):
    """One model beside the others, with its use of the cache."""

    performance: Performance
    #: None where its calls are not known one by one.
    cache: CacheUse | None


class DearCall(msgspec.Struct, frozen=True):
    """A call that costs more than others."""

    call: CallRow
    #: In terms of the average of the period's priced calls; None where that is free.
    times_average: float | None


class Spending(msgspec.Struct, frozen=True):
    """What the money of the period bought."""

    units: UnitCosts
    kinds: tuple[KindCost, ...]
    cache: CacheUse
    errors: ErrorCost
    velocities: tuple[Velocity, ...]
    #: Dearest first.
    models: tuple[ModelUse, ...]
    #: From when on single calls were looked at, UTC milliseconds: all of the period, or its
    #: last days where there are very many.
    since_ms: int
    #: Others side by side, each dearest first, by dimension: of ``SIDES`` those with names.
    sides: Mapping[str, tuple[Performance, ...]] = msgspec.field(default_factory=dict)
    #: Of the whole period, dearest first.
    dearest_calls: tuple[DearCall, ...] = ()
    dearest_conversations: tuple[Performance, ...] = ()
