"""What the trend chart's vertical axis says, for each measure."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from alwrity_desktop.core.domain.money import PICO_PER_USD
from alwrity_desktop.ui import formatting

_CENTS = 2
_IDLE_ZEROS = re.compile(r"\.?0+(?=[A-Za-z]$)")


def write_axis(measure: str) -> Callable[[float, float], str]:
    """Return what writes an axis value of *measure*, where the ticks are so far apart."""
    return {"cost": _dollars, "tokens": _short}.get(measure, _whole)


def least_step(measure: str) -> float:
    """Return the least distance of two ticks that are worth telling apart."""
    return 1 / PICO_PER_USD if measure == "cost" else 1.0


def _dollars(value: float, step: float) -> str:
    if step >= 1:
        return formatting.money_whole(round(value * PICO_PER_USD))
    decimals = max(_CENTS, -math.floor(math.log10(step)))
    return f"${value:,.{decimals}f}"


def _short(value: float, _step: float) -> str:
    # A step is at least a sixth of the largest tick, so two decimals of its unit are exact.
    return _IDLE_ZEROS.sub("", formatting.tokens(round(value), decimals=2))


def _whole(value: float, _step: float) -> str:
    return formatting.count(round(value))
