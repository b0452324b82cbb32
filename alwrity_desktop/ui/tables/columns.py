"""What a column of a table is: data about how a row is written, sorted and copied."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import msgspec

Row = TypeVar("Row")
SortKey = float | str


class Swatch(msgspec.Struct, frozen=True):
    """A square in a provider's colours."""

    provider: str


class StatusMark(msgspec.Struct, frozen=True):
    """A status icon before the text."""

    icon: str
    #: Role of the theme.
    colour: str


class Spark(msgspec.Struct, frozen=True):
    """A small curve in place of text."""

    values: tuple[float | None, ...]
    colour: str


class Share(msgspec.Struct, frozen=True):
    """A bar in place of text, filled to a fraction."""

    fraction: float
    colour: str
    tick: float | None = None


Decoration = Swatch | StatusMark | Spark | Share


class Look(msgspec.Struct, frozen=True):
    """How a cell's text is set."""

    colour: str = "text"
    weight: int = 400


class Column(msgspec.Struct, Generic[Row], frozen=True):
    """One column of a table over rows of one type."""

    key: str
    title: str
    text: Callable[[Row], str]
    #: Only float or str: anything else sorts wrongly in silence. None cannot be sorted by.
    sort_key: Callable[[Row], SortKey] | None = None
    is_number: bool = False
    tooltip: Callable[[Row], str] | None = None
    #: The plain value for the clipboard; the text where it is None.
    plain: Callable[[Row], str] | None = None
    decoration: Callable[[Row], Decoration | None] | None = None
    look: Callable[[Row], Look] | None = None
    #: Columns of high numbers go first when the table gets narrow; 0 always stays.
    priority: int = 0
    #: Takes what the other columns leave over.
    is_stretched: bool = False
    #: Room in pixels for columns that hold a drawing.
    width: int = 0
    #: The largest number comes first when the column is chosen.
    is_descending_first: bool = True


def column_index(columns: Sequence[Column[Row]], key: str) -> int:
    """Return where the column *key* stands."""
    return next(index for index, column in enumerate(columns) if column.key == key)


def sortable(value: float | None) -> float:
    """Return a sort key of *value*: what is not known comes after everything else."""
    return -math.inf if value is None else float(value)


def plain_number(value: float | None) -> str:
    """Return *value* for the clipboard; what is not known is empty there."""
    return "" if value is None else str(value)
