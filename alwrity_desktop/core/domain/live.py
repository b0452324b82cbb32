"""What happens now: calls as they come, what the gateway has under way and what it refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from alwrity_desktop.core.domain.report import CallRow

MINUTE_MS: Final = 60_000
MINUTES: Final = 60
"""So far back the curves go."""
HOUR_MS: Final = MINUTES * MINUTE_MS


class UnderWay(msgspec.Struct, frozen=True):
    """A call that a provider has not answered yet."""

    provider: str
    model: str
    endpoint: str
    since_ms: int


class BlockedCall(msgspec.Struct, frozen=True):
    """A call that a budget kept from going out."""

    at_ms: int
    provider: str
    model: str
    #: "budget_exceeded", "budget_held" or "unpriced_model".
    code: str
    #: One sentence that says why.
    reason: str
    budget: str = ""
    #: Amounts in words, "" where the gateway did not say.
    used: str = ""
    limit: str = ""
    #: ISO date, "" where nobody knows.
    resets_on: str = ""


class HeldBudget(msgspec.Struct, frozen=True):
    """What calls under way hold of a blocking budget: pico-dollars for cost, else a count."""

    budget_id: int
    #: With what the ledger does not have yet.
    used: int
    held: int


class GatewayState(msgspec.Struct, frozen=True):
    """How the gateway stands."""

    is_running: bool = False
    #: Where it listens, or would listen.
    url: str = ""
    #: Why it cannot be asked although something listens there; "" when it can.
    trouble: str = ""
    pid: int | None = None
    since_ms: int | None = None
    in_flight: int = 0
    #: Counted, and not in the ledger yet.
    waiting: int = 0
    #: Why they wait; "" while booking goes on as it should.
    waiting_reason: str = ""
    booked: int = 0
    blocked: int = 0
    under_way: tuple[UnderWay, ...] = ()
    #: The newest first.
    blocks: tuple[BlockedCall, ...] = ()
    budgets: tuple[HeldBudget, ...] = ()
    #: The names that addresses begin with.
    providers: tuple[str, ...] = ()

    @property
    def is_held_up(self) -> bool:
        """Whether calls wait because they cannot be booked."""
        return self.is_running and bool(self.waiting_reason)


class Minute(msgspec.Struct, frozen=True):
    """Sums of one minute, counted back from now."""

    #: 0 is the minute that ends now.
    minutes_ago: int
    calls: int
    #: Of the priced calls; None where none of them has a price.
    cost_pico: int | None


class LiveView(msgspec.Struct, frozen=True):
    """Everything that the Live dock shows."""

    as_of_ms: int
    timezone: str
    gateway: GatewayState = GatewayState()
    #: The last hour, oldest first, the minute that ends now last.
    calls_per_minute: tuple[int, ...] = (0,) * MINUTES
    #: Likewise; None where there were calls, and none of them has a price.
    cost_pico_per_minute: tuple[int | None, ...] = (0,) * MINUTES
    #: The newest first.
    calls: tuple[CallRow, ...] = ()
    #: True where the ledger could not be read: the calls are of no time.
    is_unread: bool = False

    @property
    def calls_now(self) -> int | None:
        """Calls of the last minute; None when nobody knows."""
        return None if self.is_unread else self.calls_per_minute[-1]

    @property
    def cost_pico_now(self) -> int | None:
        """Cost of the last minute's priced calls; None when nobody knows."""
        return None if self.is_unread else self.cost_pico_per_minute[-1]

    @property
    def cost_pico_of_hour(self) -> int | None:
        """Cost of the last hour's priced calls; None when nobody knows."""
        minutes = zip(self.calls_per_minute, self.cost_pico_per_minute, strict=True)
        used = [cost for calls, cost in minutes if calls]
        is_unpriced = bool(used) and all(cost is None for cost in used)
        return None if self.is_unread or is_unpriced else sum(cost or 0 for cost in used)


def series_of(minutes: Iterable[Minute]) -> tuple[tuple[int, ...], tuple[int | None, ...]]:
    """Return calls and cost of each of the last 60 minutes, oldest first, 0 where nothing ran."""
    calls = [0] * MINUTES
    costs: list[int | None] = [0] * MINUTES
    for one in minutes:
        if 0 <= one.minutes_ago < MINUTES:
            calls[-1 - one.minutes_ago] = one.calls
            costs[-1 - one.minutes_ago] = one.cost_pico
    return tuple(calls), tuple(costs)
