"""What can be worked out before a transaction: which calls are distinct, and what each costs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, groupby, repeat
from operator import attrgetter, itemgetter
from typing import Final, NamedTuple, TypeVar

import msgspec

from alwrity_desktop.core.call_sheets import Book, CallSheet, settle
from alwrity_desktop.core.domain.identity import Merger, group_of, is_better
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
    #: Those that do not, in the order in which that turned out.
    left: list[int]

    @classmethod
    def whole(cls, haul: Haul, first_row: int, first_log: int) -> SheetPart:
        """Return all rows of a haul."""
        sheet = haul.sheet
        return cls(sheet, haul.quotes, first_row, first_log, bytearray(b"\1") * sheet.rows, [])

    def leave(self, row: int) -> None:
        """Take *row* out."""
        self.stays[row] = 0
        self.left.append(row)

    def of(self, values: Iterable[Value]) -> Iterator[Value]:
        """Return those of the values of all rows that belong to rows that stay."""
        return compress(values, self.stays)


class _Copy(NamedTuple):
    """A copy that is merged, with what it costs and the number of its log."""

    call: Call
    settled: Settled
    log: int | None


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
        self.arriving: Iterator[Sequence[LogReading]] | None = None
        self._merger = Merger()
        #: By the object, the copies that are in the merger. Each is held here, so that no other
        #: takes its place in memory.
        self._copies: dict[int, _Copy] = {}
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
            self._copies[id(call)] = _Copy(call, settle(self._book, call), log)

    def take(self, haul: Haul) -> None:
        """Take in what was read of some logs, which count on from those before."""
        sheet = haul.sheet
        self.copies += sheet.rows
        part = SheetPart.whole(haul, self._rows, self._logs)
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
        fresh = dict(zip(sheet.identities, numbers, strict=True))
        if len(fresh) < sheet.rows:
            self._choose_within(part, fresh)
        # Durations are counted call by call. No log tells them, so no import is slower for it.
        is_whole = sheet.has_column("duration_ms")
        for identity in list(fresh) if is_whole else self._row_of.keys() & fresh.keys():
            known = self._row_of.get(identity, _IN_MERGER)
            fresh[identity] = self._chosen(known, fresh[identity], is_whole=is_whole)
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
        return self._copies[id(self._merger.copy_behind(call))].settled

    def log_of(self, call: Call) -> int | None:
        """Return the number of the log in which one of the distinct calls was read."""
        return self._copies[id(self._merger.copy_behind(call))].log

    def _take_apart(self, part: SheetPart) -> None:
        self._merge_rows(part, list(part.of(range(part.sheet.rows))))

    def _merge_rows(self, part: SheetPart, rows: Sequence[int]) -> None:
        sheet = part.sheet
        calls = sheet.calls(rows)
        for row, call in zip(rows, calls, strict=True):
            log = part.first_log + sheet.log_of[row]
            self._copies[id(call)] = _Copy(call, sheet.settled(row, part.quotes), log)
        self._merger.add(calls)

    def _merge(self) -> None:
        """Give the disputed rows to the merger."""
        numbers, self._disputed = sorted(self._disputed), []
        for part, group in groupby(numbers, self._part_of):
            self._merge_rows(part, [number - part.first_row for number in group])

    def _dispute_groups(self) -> None:
        """Take the rows of each group that has a loose copy and another out of their columns."""
        row_of, merged = self._row_of, self._merger.loose_groups
        loose = {
            group: staying
            for group, numbers in self._loose.items()
            if (staying := [number for number in numbers if self._stays(number)])
        }
        groups = {group[:-1] for group in (*loose, *merged)}
        if not groups:
            return
        alone = {numbers[0] for numbers in loose.values() if len(numbers) == 1}
        # All steps of this are C: it goes through every identity, while nothing else can be done.
        heads = map(itemgetter(0), map(str.rpartition, row_of, repeat(":")))
        for identity in list(compress(row_of, map(groups.__contains__, heads))):
            group = identity[: identity.rfind(":") + 1]
            if row_of[identity] not in alone or group in merged:
                for number in (row_of[identity], *loose.get(group, ())):
                    self._dispute_number(number)

    def _stays(self, number: int) -> bool:
        part = self._part_of(number)
        return bool(part.stays[number - part.first_row])

    def _dispute_number(self, number: int) -> None:
        """Take a row out of its columns for the merger: it has a copy, or may have one."""
        if number == _IN_MERGER:
            return
        part = self._part_of(number)
        row = number - part.first_row
        if part.stays[row]:
            part.leave(row)
            self._disputed.append(number)

    def _choose_within(self, part: SheetPart, fresh: dict[str, int]) -> None:
        """Choose among the rows of one sheet that share an identity; *fresh* has the last."""
        for number, identity in enumerate(part.sheet.identities, part.first_row):
            known = fresh[identity]
            if known != number and part.stays[number - part.first_row]:
                fresh[identity] = self._chosen(min(known, number), max(known, number))

    def _chosen(self, known: int, fresh: int, *, is_whole: bool = False) -> int:
        """Return which of two rows of one identity stays in its columns, the merger for neither.

        *is_whole* says that the copies become calls in any case.
        """
        if known == _IN_MERGER or is_whole:
            self._dispute_number(known)
            self._dispute_number(fresh)
            return _IN_MERGER
        loser = known if self._is_better(fresh, known) else fresh
        part = self._part_of(loser)
        part.leave(loser - part.first_row)
        return fresh if loser == known else known

    def _is_better(self, fresh: int, known: int) -> bool:
        """Return whether of two rows *fresh* is the copy to keep; see ``is_better``."""
        ours, theirs = self._part_of(fresh), self._part_of(known)
        call, known_call = (
            ours.sheet.call(fresh - ours.first_row),
            theirs.sheet.call(known - theirs.first_row),
        )
        return is_better(call, known_call)

    def _part_of(self, number: int) -> SheetPart:
        return self.parts[bisect_right(self.parts, number, key=_first_row) - 1]


_first_row: Final = attrgetter("first_row")
