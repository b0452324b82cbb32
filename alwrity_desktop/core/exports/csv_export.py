"""CSV: one table a file, or a folder with a file for each table."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from alwrity_desktop.core.exports.contents import Cell, Contents, Part
from alwrity_desktop.core.exports.parts import usual_part
from alwrity_desktop.core.files import replacing

NAME: Final = "csv"
TITLE: Final = "A table for spreadsheets: groups, every call, or what is asked for"

#: A spreadsheet takes text that begins so for a formula, and would run it.
_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "\0")  # noqa: RUF001 - these are the signs to catch


def needs(parts: Sequence[Part]) -> frozenset[str]:
    """Return what *parts* need; the usual table needs nothing."""
    return frozenset().union(*(part.needs for part in parts))


def write(contents: Contents, path: Path, parts: Sequence[Part] = ()) -> None:
    """Write one table to *path*, or several into the folder *path*, made if it is not there.

    Without *parts* it is the report's groups, or its calls where it has none. Each file is
    written whole or not at all. Raises OSError when one cannot be written.
    """
    if len(parts) <= 1:
        _write(contents, path, parts[0] if parts else usual_part(contents))
        return
    path.mkdir(exist_ok=True)
    for part in parts:
        _write(contents, path / f"{part.name}.{NAME}", part)


def _write(contents: Contents, path: Path, part: Part) -> None:
    with replacing(path) as file:
        table = csv.writer(file)
        table.writerow(part.columns)
        for row in part.rows(contents):
            table.writerow([_cell(part, column, row[column]) for column in part.columns])


def _cell(part: Part, column: str, value: Cell) -> Cell:
    """Return *value* so that a spreadsheet shows it and never runs it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str) or part.is_decimal(column):
        return value
    text = value.replace("\0", "")
    return f"'{text}" if value.lstrip(" ").startswith(_FORMULA_SIGNS) else text
