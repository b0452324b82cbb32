"""What can be worked out before a transaction: which calls are distinct, and what each costs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, groupby
from operator import attrgetter
from typing import Final, TypeVar

import msgspec

from alwrity_desktop.core.call_sheets import Book, CallSheet, settle
from alwrity_desktop.core.domain.identity import Merger, group_of
from alwrity_desktop.core.domain.pricing import Quote, Settled
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.log_reading import Haul, LogReading

_MERGED_AT_ONCE: Final = 4096
"""Rows become calls by the many: for each alone it takes three times as long."""

_IN_MERGER: Final = -1
"""Instead of a row's number: all copies of the identity are in the merger."""

Value = TypeVar("Value")


class SheetPart(msgspec.Struct, frozen=True):
    """The rows of a sheet that are booked as they stand."""

    sheet: CallSheet
    quotes: Sequence[Quote | None]
    #: Number of the sheet's first row among the rows of all sheets.
    first_row: int
    #: Number of the sheet's first log among the logs of all sheets.
    first_log: int
    #: 1 for each row that stays, 0 for one that turned out to have a copy elsewhere.
    stays: bytearray

    def of(self, values: Iterable[Value]) -> Iterator[Value]:
        """Return those of the values of all rows that belong to rows that stay."""
        return compress(values, self.stays)


class Intake:
    """Takes calls in as they are read, while other processes still read.

    The ledger is not locked meanwhile: what it knows already is found out when the calls
    are booked. For an empty ledger, calls without a copy stay in the columns in which they
    came, and become rows without ever being made whole: most of a first import is such calls.
    """

    def __init__(self, book: Book, *, is_first: bool = False) -> None:
        """Price by *book*; *is_first* says that the ledger has no calls yet."""
        self._book = book
        self.is_first = is_first
        #: What is still being read: each step takes calls in, and says from which logs.
        self.arriving: Iterator[Sequence[LogReading]] = iter(())
        self._merger = Merger()
        self._settled: dict[str, tuple[Call, Settled]] = {}
        self._log_of: dict[str, int] = {}
        self._logs = 0
        #: What stays in columns.
        self.parts: list[SheetPart] = []
        #: The number of each identity's row in columns.
        self._row_of: dict[str, int] = {}
        self._rows = 0
        #: By group, the numbers of the rows in columns that may belong to others of their group.
        self._loose: dict[str, list[int]] = {}
        #: Numbers of the rows that left their columns and wait to be merged.
        self._disputed: list[int] = []
        #: Calls taken in, copies counted.
        self.copies = 0

    def add(self, calls: Iterable[Call], log: int | None = None) -> None:
        """Take in some calls, copies among them or not, from the *log* of that number."""
        taken = list(calls)
        self.copies += len(taken)
        self._merger.add(taken)
        for call in taken:
            self._settled[call.identity] = (call, settle(self._book, call))
            if log is not None:
                self._log_of.setdefault(call.identity, log)

    def take(self, haul: Haul) -> None:
        """Take in what was read of some logs, which count on from those before."""
        sheet = haul.sheet
        self.copies += sheet.rows
        part = SheetPart(sheet, haul.quotes, self._rows, self._logs, bytearray(b"\1") * sheet.rows)
        self._logs += len(haul.readings)
        self._rows += sheet.rows
        if not self.is_first:
            self._take_apart(part)
            return
        self.parts.append(part)
        for row in sheet.loose:
            group = group_of(sheet.identities[row])
            self._loose.setdefault(group, []).append(part.first_row + row)
        numbers = range(part.first_row, self._rows)
        fresh = dict(zip(part.of(sheet.identities), part.of(numbers), strict=True))
        if len(fresh) < sum(part.stays):
            self._dispute_repeats(part, fresh)
        # Durations are counted call by call. No log tells them, so no import is slower for it.
        is_whole = sheet.has_column("duration_ms")
        for identity in list(fresh) if is_whole else self._row_of.keys() & fresh.keys():
            self._dispute_number(self._row_of.get(identity, _IN_MERGER))
            self._dispute_number(fresh[identity])
            fresh[identity] = _IN_MERGER
        self._row_of.update(fresh)
        if len(self._disputed) >= _MERGED_AT_ONCE:
            self._merge()

    def take_apart(self) -> None:
        """Make calls of what is in columns: the ledger has calls that may be the same."""
        self._merge()
        self._row_of.clear()
        self._loose.clear()
        parts, self.parts = self.parts, []
        for part in parts:
            self._take_apart(part)

    def distinct(self) -> list[Call]:
        """Return each call once that is not in ``parts``; nothing can be taken in afterwards."""
        self._merge()
        self._dispute_groups()
        self._merge()
        return self._merger.distinct()

    def settle(self, call: Call) -> Settled:
        """Return what one of the distinct calls costs."""
        known, settled = self._settled.get(call.identity, (None, None))
        if known is call and settled is not None:
            return settled
        return settle(self._book, call)

    def log_of(self, call: Call) -> int | None:
        """Return the number of the log in which one of the distinct calls was read first."""
        return self._log_of.get(call.identity)

    def _take_apart(self, part: SheetPart) -> None:
        self._merge_rows(part, list(part.of(range(part.sheet.rows))))

    def _merge_rows(self, part: SheetPart, rows: Sequence[int]) -> None:
        sheet, log_of, settled = part.sheet, self._log_of, self._settled
        calls = sheet.calls(rows)
        for row, call in zip(rows, calls, strict=True):
            identity = call.identity
            settled[identity] = (call, sheet.settled(row, part.quotes))
            log = part.first_log + sheet.log_of[row]
            log_of[identity] = min(log, log_of.get(identity, log))
        self._merger.add(calls)

    def _merge(self) -> None:
        """Give the disputed rows to the merger."""
        numbers, self._disputed = sorted(self._disputed), []
        for part, group in groupby(numbers, self._part_of):
            self._merge_rows(part, [number - part.first_row for number in group])

    def _dispute_groups(self) -> None:
        """Take the rows of each group that has a loose copy and another out of their columns."""
        loose, merged, row_of = self._loose, self._merger.loose_groups, self._row_of
        groups = merged | loose.keys()
        if not groups:
            return
        alone = {numbers[0] for numbers in loose.values() if len(numbers) == 1}
        within = [name for name in row_of if name[: name.rfind(":") + 1] in groups]
        for identity in within:
            group = identity[: identity.rfind(":") + 1]
            if row_of[identity] not in alone or group in merged:
                for number in (row_of[identity], *loose.get(group, ())):
                    self._dispute_number(number)

    def _dispute(self, part: SheetPart, row: int) -> None:
        """Take a row out of its columns: it has a copy, or may have one."""
        part.stays[row] = 0
        self._disputed.append(part.first_row + row)

    def _dispute_number(self, number: int) -> None:
        if number == _IN_MERGER:
            return
        part = self._part_of(number)
        row = number - part.first_row
        if part.stays[row]:
            self._dispute(part, row)

    def _dispute_repeats(self, part: SheetPart, fresh: dict[str, int]) -> None:
        """Take the rows of one sheet that share an identity out of it."""
        identities = part.sheet.identities
        for row in list(part.of(range(part.sheet.rows))):
            identity = identities[row]
            if fresh[identity] != part.first_row + row:
                self._dispute(part, row)
                self._dispute_number(fresh[identity])
                fresh[identity] = _IN_MERGER

    def _part_of(self, number: int) -> SheetPart:
        return self.parts[bisect_right(self.parts, number, key=_first_row) - 1]


_first_row: Final = attrgetter("first_row")
