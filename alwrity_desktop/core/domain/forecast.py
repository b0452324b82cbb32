"""Where a period will end: a weekday-aware run rate with a band, or a refusal with its reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ForecastPoint:
    """The cumulative cost expected at the end of one day."""

    #: ISO date in the period's zone.
    day: str
    cost_pico: int
    low_pico: int
    high_pico: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """The cost at the end of the period, or why none can be given."""

    cost_pico: int | None
    low_pico: int | None
    high_pico: int | None
    #: How often the band should hold the truth.
    confidence_percent: int = 80
    method: str = "weekday run rate"
    #: The reason when there is too little history; the amounts are then None.
    refused: str | None = None
    #: From today to the last day of the period.
    curve: tuple[ForecastPoint, ...] = ()
