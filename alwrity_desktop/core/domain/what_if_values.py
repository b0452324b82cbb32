"""What is asked and told of calls on another model; light, for those who only pass it on."""

from __future__ import annotations

from fractions import Fraction

import msgspec


class WhatIf(msgspec.Struct, frozen=True):
    """Which calls are moved where, and how many times as many they are."""

    provider: str
    model: str
    #: The calls that are moved: all of a provider, of a model, or both; None for any.
    from_provider: str | None = None
    from_model: str | None = None
    #: How many times as many calls there are.
    volume: Fraction = Fraction(1)


class Outcome(msgspec.Struct, frozen=True):
    """What the calls cost, and what they would cost."""

    question: WhatIf
    calls: int
    tokens: int
    #: As they were booked, and at list prices where a flat rate paid.
    cost_pico: int
    #: On the other model, as many calls as there were.
    instead_pico: int
    #: On the other model, at the volume asked for.
    at_volume_pico: int
    #: Whether some of the calls were paid by a flat rate.
    is_list_equivalent: bool
    #: What has to hold, in words.
    assumption: str
    #: Calls among those asked for that have no price now, and are in none of the sums.
    unpriced_calls: int = 0
    #: Calls that the other model has no price for (images, searches …), in none of the sums.
    unfit_calls: int = 0

    @property
    def saving_pico(self) -> int:
        """What as many calls would save; negative where they would cost more."""
        return self.cost_pico - self.instead_pico

    @property
    def as_now_at_volume_pico(self) -> int:
        """What the calls would cost where they are now, at the volume asked for."""
        return round(self.cost_pico * self.question.volume)

    @property
    def difference_pico(self) -> int:
        """What is paid more than now, at the volume asked for; negative where it is less."""
        return self.at_volume_pico - self.cost_pico

    @property
    def difference_percent(self) -> float | None:
        """The difference in percent of what the calls cost; None where they cost nothing."""
        return 100 * self.difference_pico / self.cost_pico if self.cost_pico else None


class ModelOffer(msgspec.Struct, frozen=True):
    """A model that can be chosen, with what it costs now."""

    provider: str
    model: str
    #: As people call it.
    title: str
    #: Of a million tokens, pico-dollars; None where they have no price.
    input_pico: int | None = None
    output_pico: int | None = None
    #: Of one request or search, where that is what is billed.
    request_pico: int | None = None
    #: Whether there are calls to it.
    is_used: bool = False
