"""Round steps for the axes of charts."""

from __future__ import annotations

import math
from typing import Final

_MOST_GAPS: Final = 5
_OVERRUN: Final = 0.02
"""What a curve may pass the last line by: $126 of forecast needs no line at $150."""
_TENTHS: Final = (10, 20, 50)
_TENTHS_FROM_TEN: Final = (10, 20, 25, 50)
"""Steps in tenths of a power of ten: 25 reads as easily as 20, and 2.5 does not."""


def axis_steps(top: float, least: float = 0.0) -> tuple[float, ...]:
    """Return the values of the grid lines from 0 on, of which the last covers *top*.

    Their distance is 1, 2 or 5 times a power of ten, from 10 on 2.5 times as well, and never
    below *least*, itself a power of ten: 1 for what is counted. There are four to six lines,
    fewer where *least* is near *top*, and the one at 0 without any *top*.
    """
    if top <= 0 or not math.isfinite(top):
        return (0.0,)
    covered = top * (1 - _OVERRUN)
    needed = max(covered / _MOST_GAPS, least) * (1 - 1e-9)
    tenths, power = _step(needed)
    count = max(1, math.ceil(covered / _scaled(tenths, power) - 1e-9))
    return tuple(_scaled(tenths * index, power) for index in range(count + 1))


def _step(needed: float) -> tuple[int, int]:
    """Return the first round step from *needed* on, as a number and its power of ten."""
    magnitude = math.floor(math.log10(needed))
    return next(
        (tenths, power - 1)
        for power in range(magnitude, magnitude + 3)
        for tenths in (_TENTHS_FROM_TEN if power > 0 else _TENTHS)
        if _scaled(tenths, power - 1) >= needed
    )


def _scaled(number: int, power: int) -> float:
    """Return *number* times ten to the *power*, as near as a float comes."""
    return float(number * 10**power) if power >= 0 else number / 10**-power
