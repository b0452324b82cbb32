"""What an export is made from, and what a part of it is: a table with columns and rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from alwrity_desktop.core.document_values import Document
from alwrity_desktop.core.domain.forecast_check import ForecastCheck
from alwrity_desktop.core.domain.plan_replay import Comparison
from alwrity_desktop.core.domain.report import CallRow, Report

Cell = str | int | float | bool | None

CHECK: Final = "check"
PLANS: Final = "plans"


class Contents(NamedTuple):
    """A period's report, and what is looked up beside it only for those who want it."""

    report: Report
    #: The period's calls, oldest first, as they come: they can be read once.
    calls: Iterable[CallRow] = ()
    #: How far off the forecast was in past periods; None unless wanted.
    check: ForecastCheck | None = None
    #: The own calls on every plan; None unless wanted.
    plans: Comparison | None = None


class Part(NamedTuple):
    """One table: its name as a person types it, its columns, and how its rows are made."""

    name: str
    #: What it holds, in a few words.
    title: str
    columns: tuple[str, ...]
    #: Yields documents that have each of the columns.
    rows: Callable[[Contents], Iterator[Document]]
    #: What the report has to be asked for, and what has to be looked up beside it.
    needs: frozenset[str] = frozenset()
    #: Columns beside those in dollars whose text is a decimal number.
    decimals: frozenset[str] = frozenset()

    def is_decimal(self, column: str) -> bool:
        """Return whether the text of *column* is a number that the program made itself."""
        return column.endswith("_usd") or column in self.decimals
