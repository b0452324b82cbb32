"""Jobs of the ledger's thread about tables of the person's own: previewed, then booked."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar, Final

import msgspec

from alwrity_desktop.core import table_import
from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.table_mapping import RefusedRow, TableMapping
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.refusals import Refusals
from alwrity_desktop.core.table_mappings import TableMappings
from alwrity_desktop.ui.events import TableBooked, TablePreviewed, Topic
from alwrity_desktop.ui.jobs import Job, Post

ROWS_AT_ONCE: Final = 2_000
"""A commit has so many; other jobs come in between."""

_PREVIEWED: Final = 40


class PreviewTable(msgspec.Struct, frozen=True):
    """Read the first rows; without a mapping by the one that was kept for such columns."""

    topic: ClassVar[Topic] = Topic.TABLE
    path: Path
    mapping: TableMapping | None = None

    def run(self, context: Context, post: Post) -> None:
        """Post what the rows would become."""
        mapping = self.mapping
        if mapping is None:
            header, _rows = table_import.table_header(self.path)
            mapping = TableMappings(context.profile.config).for_header(header)
        now_ms, zone = context.clock.now_ms(), context.timezone()
        preview = table_import.preview(self.path, mapping, now_ms, _PREVIEWED, zone)
        post(TablePreviewed(self.path, preview))


class BookTable:
    """Book a table slice by slice: after each the job stands in line again."""

    topic: ClassVar[Topic] = Topic.TABLE

    def __init__(self, path: Path, mapping: TableMapping, submit: Callable[[Job], None]) -> None:
        self._path = path
        self._mapping = mapping
        self._submit = submit
        self._rows: Iterator[Call | RefusedRow] | None = None
        self._refusals: Refusals | None = None
        self._added = self._known = self._refused = 0

    def run(self, context: Context, post: Post) -> None:
        """Book the next slice, and post how far it is."""
        if self._rows is None:
            header, _rows = table_import.table_header(self._path)
            name = "".join(filter(str.isprintable, self._path.stem))[:60].strip()
            TableMappings(context.profile.config).keep(name or "table", header, self._mapping)
            self._rows = table_import.read(self._path, self._mapping, context.clock.now_ms())
        if self._refusals is None:
            self._refusals = Refusals(context, table_import.SOURCE, self._path)
        some = list(itertools.islice(self._rows, ROWS_AT_ONCE))
        calls = [row for row in some if isinstance(row, Call)]
        booked = context.record(calls)
        self._added += sum(each.is_new for each in booked)
        self._known += sum(not each.is_new for each in booked)
        self._refused += len(some) - len(calls)
        for row in some:
            if isinstance(row, RefusedRow):
                self._refusals.add(row.reason, row.row)
        self._refusals.keep()
        is_done = len(some) < ROWS_AT_ONCE
        post(TableBooked(self._added, self._known, self._refused, is_done=is_done))
        if not is_done:
            self._submit(self)
