"""Figures and sentences for a terminal: plain English, plain text, nothing to interpret."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, Final

from alwrity_desktop.core.domain.money import PICO_PER_USD, divide_half_even
from alwrity_desktop.core.domain.words import UNKNOWN

PROGRAM: Final = "alwrity-desktop"

_PICO_PER_BASIS: Final = PICO_PER_USD // 10_000
_WIDE: Final = frozenset("FW")


def plain(text: str) -> str:
    """Return *text* without characters that a terminal would obey, in one line."""
    return "".join(
        each if unicodedata.category(each) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} else " "
        for each in text
    )


def complain(sentence: str) -> None:
    """Say on standard error, in one line, what went wrong."""
    print(f"{PROGRAM}: {plain(sentence)}", file=sys.stderr, flush=True)


def print_document(document: Any) -> None:  # noqa: ANN401 - any JSON value
    """Print one JSON document and nothing else."""
    print(json.dumps(document, indent=2))


def call_money(pico: int | None) -> str:
    """Return the dollars of one call, with four decimals."""
    if pico is None:
        return UNKNOWN
    basis = divide_half_even(abs(pico), _PICO_PER_BASIS)
    if pico > 0 and basis == 0:
        return "<$0.0001"
    sign = "-" if pico < 0 and basis else ""
    return f"{sign}${basis // 10_000:,}.{basis % 10_000:04d}"


def count(number: int | None) -> str:
    """Return a whole number with its thousands parted."""
    return UNKNOWN if number is None else f"{number:,}"


def percent(value: float | None) -> str:
    """Return a percentage with one decimal."""
    return UNKNOWN if value is None else f"{value:.1f}%"


def calls(number: int) -> str:
    """Return "1 call" or "12 calls"."""
    return f"{number:,} call" if number == 1 else f"{number:,} calls"


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], texts: int = 1) -> str:
    """Return an aligned table; the first *texts* columns are text, the others are figures."""
    cells = [[plain(cell) for cell in row] for row in (headings, *rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    return "\n".join("  ".join(_aligned(row, widths, texts)).rstrip() for row in cells)


def _aligned(row: Sequence[str], widths: Sequence[int], texts: int) -> Iterator[str]:
    for index, (cell, width) in enumerate(zip(row, widths, strict=True)):
        space = " " * (width - _width(cell))
        yield cell + space if index < texts else space + cell


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in _WIDE else 1 for each in text)
