"""How the columns of somebody's table become calls: which column is what, and how it is written."""

from __future__ import annotations

from typing import Final

import msgspec

from alwrity_desktop.core.domain.usage import Call

TOKEN_FIELDS: Final = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
)
COUNT_FIELDS: Final = ("requests", "images", "pages")
TEXT_FIELDS: Final = (
    "provider",
    "model",
    "project",
    "agent",
    "conversation",
    "endpoint",
    "api_key",
)
FIELDS: Final = (
    "at",
    *TEXT_FIELDS[:2],
    *TOKEN_FIELDS,
    *COUNT_FIELDS,
    "cost",
    "id",
    *TEXT_FIELDS[2:],
    "status_code",
    "duration",
)
"""What a column can be, in the order in which people think of them."""

NEEDED: Final = ("at", "model")
"""Without these a row can be given no day and no price."""

COST_UNITS: Final = ("usd", "cents", "other")
DURATION_UNITS: Final = ("ms", "s")


class TableMapping(msgspec.Struct, frozen=True):
    """Which columns of a table are what, and how its values are to be read."""

    #: Field and the header of its column, in the order of FIELDS.
    columns: tuple[tuple[str, str], ...]
    #: Fields that are the same in every row, such as the provider of the whole table.
    fixed: tuple[tuple[str, str], ...] = ()
    #: The zone of times that name none.
    timezone: str = "UTC"
    #: Whether 03/04/2026 is the third of April.
    is_day_first: bool = False
    #: Whether 1.234,5 is a thousand and some.
    has_decimal_comma: bool = False
    #: Whether the input tokens include those read from and written to the cache.
    is_cache_inside: bool = True
    #: One of COST_UNITS; amounts in other currencies are never taken for dollars.
    cost_unit: str = "usd"
    #: One of DURATION_UNITS.
    duration_unit: str = "ms"

    def header_of(self, name: str) -> str | None:
        """Return the header of the column that is *name*."""
        return dict(self.columns).get(name)

    @property
    def missing(self) -> tuple[str, ...]:
        """The needed fields that have no column and are not fixed."""
        known = {**dict(self.columns), **dict(self.fixed)}
        return tuple(name for name in NEEDED if name not in known)


class RefusedRow(msgspec.Struct, frozen=True):
    """A row that is no call, and why; nothing of it is kept."""

    #: Counted from 1 at the first row below the header.
    row: int
    reason: str


class TablePreview(msgspec.Struct, frozen=True):
    """What the first rows of a table would become."""

    header: tuple[str, ...]
    mapping: TableMapping
    calls: tuple[Call, ...]
    refused: tuple[RefusedRow, ...]
    #: What a person should know before importing, in plain sentences.
    notes: tuple[str, ...]
    #: How many rows were looked at.
    rows: int
