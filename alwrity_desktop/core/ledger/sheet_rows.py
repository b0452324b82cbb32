"""Rows of calls that came in columns: each column is laid beside the others, no call is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Final, NamedTuple

from alwrity_desktop.core.call_sheets import FIGURES
from alwrity_desktop.core.ledger.intake import SheetPart
from alwrity_desktop.core.ledger.schema import FLAG_ESTIMATED, FLAG_SIDECHAIN
from alwrity_desktop.core.ledger.shared_rows import SharedRows

_BEFORE: Final = ("identity", "series_id", "occurred_at_ms", "batch_id", "file_id")
_AFTER: Final = ("cost_pico", "quote_id", "flags")

_FLAGS: Final = {
    (is_estimated, is_sidechain): FLAG_ESTIMATED * is_estimated + FLAG_SIDECHAIN * is_sidechain
    for is_estimated in (False, True)
    for is_sidechain in (False, True)
}

_UNKNOWN: Final = frozenset({"duration_ms"})
"""Figures that are NULL where they are not known; the others are 0."""


class SheetRows(NamedTuple):
    """Rows of one sheet, and the statement that inserts them."""

    insert: str
    #: Can be gone through once: each row is laid together when it is asked for.
    rows: Iterable[tuple[object, ...]]
    calls: int


def rows_of(
    part: SheetPart, shared: SharedRows, batch_id: int, file_ids: Sequence[int]
) -> SheetRows:
    """Return the rows of *part*; *file_ids* names the logs of all sheets.

    Figures that no call of the sheet has are written into the statement: to bind them for
    each row takes a quarter of the time of the insertion.
    """
    sheet = part.sheet
    kind_of = list(part.of(sheet.kind_of))
    # The last row of each kind, of those that stay, stands for it.
    examples = dict(zip(kind_of, part.of(range(sheet.rows)), strict=True))
    series_ids = {
        kind: shared.series_id(call, sheet.kinds[kind].price_status)
        for kind, call in zip(examples, sheet.calls(list(examples.values())), strict=True)
    }
    quote_ids = [None if quote is None else shared.quote_id(quote) for quote in part.quotes]
    files = file_ids[part.first_log :]
    bound = [name for name in FIGURES if sheet.has_column(name)]
    marks = zip(
        part.of(sheet.column("is_estimated")), part.of(sheet.column("is_sidechain")), strict=True
    )
    rows = zip(
        part.of(sheet.identities),
        map(series_ids.__getitem__, kind_of),
        part.of(sheet.column("occurred_at_ms")),
        repeat(batch_id),
        map(files.__getitem__, part.of(sheet.log_of)),
        *(part.of(sheet.column(name)) for name in bound),
        part.of(sheet.cost_pico),
        map(quote_ids.__getitem__, part.of(sheet.quote_of)),
        map(_FLAGS.__getitem__, marks),
        strict=False,
    )
    return SheetRows(_insert(bound), rows, len(kind_of))


def _insert(bound: Sequence[str]) -> str:
    names = (*_BEFORE, *FIGURES, *_AFTER)
    literal = {name: "NULL" if name in _UNKNOWN else "0" for name in FIGURES if name not in bound}
    values = ", ".join(literal.get(name, "?") for name in names)
    return f"INSERT INTO calls ({', '.join(names)}) VALUES ({values})"  # noqa: S608 - our names
