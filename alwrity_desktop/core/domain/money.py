"""Money as whole pico-dollars: exact sums in any order, one rounding per call."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

PICO_PER_USD: Final = 10**12
PICO_PER_CENT: Final = 10**10
MAX_COST_PICO: Final = 10**18
"""A million dollars: no single call costs more, so a larger figure is a fault."""

_EXACT: Final = Context(prec=60, rounding=ROUND_HALF_EVEN)


def pico_from_usd(usd: Decimal | str) -> int:
    """Return *usd* in pico-dollars, rounded once, half to even.

    Raises ValueError for text that is not a finite decimal number.
    """
    try:
        amount = Decimal(usd)
        scaled = _EXACT.multiply(amount, Decimal(PICO_PER_USD))
        return int(scaled.to_integral_value(ROUND_HALF_EVEN, _EXACT))
    except (ArithmeticError, ValueError) as error:
        message = f"{usd!s:.40} is not an amount of money."
        raise ValueError(message) from error


def usd_text(pico: int) -> str:
    """Return *pico* as exact decimal dollars with at least two decimals.

    >>> usd_text(75_000_000)
    '0.000075'
    >>> usd_text(150 * PICO_PER_USD)
    '150.00'
    """
    sign = "-" if pico < 0 else ""
    dollars, rest = divmod(abs(pico), PICO_PER_USD)
    decimals = f"{rest:012d}".rstrip("0")
    return f"{sign}{dollars}.{decimals:0<2}"


def cents_half_even(pico: int) -> int:
    """Return *pico* in whole cents, rounded half to even."""
    cents, rest = divmod(pico, PICO_PER_CENT)
    half = PICO_PER_CENT // 2
    if rest > half or (rest == half and cents % 2):
        cents += 1
    return cents


def divide_half_even(numerator: int, denominator: int) -> int:
    """Return *numerator* / *denominator* rounded half to even; *denominator* > 0."""
    quotient, rest = divmod(numerator, denominator)
    twice = 2 * rest
    if twice > denominator or (twice == denominator and quotient % 2):
        quotient += 1
    return quotient
