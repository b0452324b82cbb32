"""Round steps for the axes of charts."""

from __future__ import annotations

import math
from typing import Final

_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_MAX_LINES: Final = 6


def axis_steps(top: float, *, is_whole: bool = True) -> tuple[float, ...]:
    """Return the values of the grid lines from 0 up to *top*: at most six, round numbers.

    *is_whole* keeps to whole numbers where *top* is above 4, so that a money axis reads
    "$5", never "$2.50".
    """
    if top <= 0 or not math.isfinite(top):
        return (0.0,)
    power = 10.0 ** math.floor(math.log10(top / _MAX_LINES))
    step = next(
        (
            factor * power
            for factor in _STEPS
            if top / (factor * power) <= _MAX_LINES
            and not (is_whole and top > 4 and (factor * power) % 1)  # noqa: PLR2004 - see above
        ),
        _STEPS[-1] * power,
    )
    return tuple(round(step * index, 10) for index in range(int(top / step + 1e-9) + 1))
