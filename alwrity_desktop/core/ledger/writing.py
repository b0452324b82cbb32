"""Booking: identity → price → rows → rollups → thresholds crossed, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple

from msgspec.structs import astuple

from alwrity_desktop.core.call_sheets import Book
from alwrity_desktop.core.domain.identity import is_better
from alwrity_desktop.core.domain.pricing import Quote
from alwrity_desktop.core.domain.usage import Call, PriceStatus
from alwrity_desktop.core.ledger import alerting, cursors, linking, repeat_rows, sighting_rows
from alwrity_desktop.core.ledger.batches import Batch, BatchResult, Booked
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.intake import Intake, SheetPart
from alwrity_desktop.core.ledger.matching import KnownCall, KnownCalls, figures_of
from alwrity_desktop.core.ledger.rollups import Rollups
from alwrity_desktop.core.ledger.schema import FIGURE_COLUMNS, FLAG_ESTIMATED, FLAG_SIDECHAIN
from alwrity_desktop.core.ledger.shared_rows import SharedRows
from alwrity_desktop.core.ledger.sheet_rows import rows_of
from alwrity_desktop.core.log_reading import LogReading

_NAMES: Final = ", ".join(("identity", *FIGURE_COLUMNS))
_MARKS: Final = ", ".join("?" for _ in ("identity", *FIGURE_COLUMNS))
_INSERT_CALL: Final = f"INSERT INTO calls ({_NAMES}) VALUES ({_MARKS})"  # noqa: S608 - our names
_INSERT_CORRECTION: Final = f"INSERT INTO corrections ({_NAMES}, call_id) VALUES ({_MARKS}, ?)"  # noqa: S608

_INDEXES: Final = (
    "SELECT name, sql FROM sqlite_master"
    " WHERE type = 'index' AND tbl_name IN ('calls', 'rollups') AND sql IS NOT NULL"
)

_FIRST_FIGURE: Final = Call.__struct_fields__.index("input_tokens")
_AFTER_FIGURES: Final = Call.__struct_fields__.index("duration_ms") + 1

_BULK_ROWS: Final = 10_000

Row = tuple[object, ...]


def book_batch(
    connection: Connection, batch: Batch, book: Book, intake: Intake | None = None
) -> BatchResult:
    """Book *batch*; the caller's transaction makes it all or nothing.

    *intake* holds the calls of the batch's readings when they were taken in before, and what is
    still arriving in it is booked too. Returns what was added, merged into known calls and
    corrected, and the alerts born.
    """
    if intake is None:
        intake = _taken_in(batch, book)
    booking = _Booking(connection, batch, intake)
    booking.book()
    alerts = alerting.cross_thresholds(connection, batch, booking.touched)
    unpriced = alerting.note_unpriced(connection, batch, booking.shared.newly_unpriced)
    return BatchResult(
        added=booking.added,
        merged=max(0, intake.copies - booking.added),
        corrected=booking.corrected,
        alerts=(*alerts, *unpriced),
        booked=tuple(booking.answer(call) for call in batch.calls),
    )


def _taken_in(batch: Batch, book: Book) -> Intake:
    intake = Intake(book)
    for number, reading in enumerate(batch.readings):
        intake.add(reading.calls, number)
    intake.add(batch.calls if batch.is_corrected_by_copies else _first_of_each(batch.calls))
    return intake


def _first_of_each(calls: Iterable[Call]) -> list[Call]:
    """Return the calls without repeats of an identity; the first stays."""
    firsts: dict[str, Call] = {}
    for call in calls:
        firsts.setdefault(call.identity, call)
    return list(firsts.values())


class _Inserted(NamedTuple):
    """A part whose rows were inserted while others were still being read."""

    part: SheetPart
    first_id: int
    #: Which of its rows stayed at that time.
    stayed: bytes

    def take_left(self) -> list[tuple[int]]:
        """Return the ids of the rows that turned out to have a better copy since the last time."""
        left = self.part.left
        ids = [self.first_id + self.stayed.count(1, 0, row) for row in left if self.stayed[row]]
        left.clear()
        return [(row_id,) for row_id in ids]


class _Booking:
    """The work of one transaction."""

    def __init__(self, connection: Connection, batch: Batch, intake: Intake) -> None:
        self._connection = connection
        self._batch = batch
        self._intake = intake
        self.shared = SharedRows(connection)
        self._rollups = Rollups(connection)
        self._file_ids = self._files_of(batch.readings)
        self._batch_id = int(
            connection.execute(
                "INSERT INTO batches (door, booked_at_ms) VALUES (?, ?) RETURNING id",
                (batch.door, batch.now_ms),
            ).scalar_one()
        )
        self._answers: dict[str, Booked] = {}
        self._rows: list[Row] = []
        self._inserted: list[_Inserted] = []
        #: What providers called their answers, each with the identity of its call.
        self._names: list[tuple[str, str]] = []
        #: Calls whose requests are known by their hashes.
        self._hashed: list[Call] = []
        #: Known calls as they were before better copies came.
        self._known_before: list[KnownCall] = []
        self.added = 0
        self.corrected = 0
        #: Calls that changed the sums.
        self.touched: list[Call] = []

    def book(self) -> None:
        """Book what was taken in, and what arrives meanwhile."""
        last_id = self._last_call_id()
        with self._indexes_later(is_first=not last_id):
            for readings in self._intake.arriving or ():
                self._file_ids += self._files_of(readings)
                if not last_id:
                    self._insert_parts()
            self._settle_calls(is_first=not last_id)
            self._insert_parts()
            self._insert_rows()
            if self.added:
                self._rollups.add_calls_after(last_id)
        self._rollups.add_durations(self._rows)
        for part in self._intake.parts:
            self._note(part)
        if self.added or self.corrected:
            self._link(last_id)
        self._rollups.save()

    def _settle_calls(self, *, is_first: bool) -> None:
        """Find the rows of the calls that are not in columns, and what they correct."""
        if not is_first:
            self._intake.take_apart()
        calls = self._intake.distinct()
        known = None if is_first else KnownCalls(self._connection, calls)
        if known is None or known.is_empty:
            self._rows = [self._row(call) for call in calls]
            self.touched.extend(calls)
        else:
            self._book_beside(calls, known)

    def _files_of(self, readings: Sequence[LogReading]) -> list[int]:
        batch = self._batch
        return cursors.save(self._connection, batch.door, readings, batch.now_ms)

    def _link(self, last_id: int) -> None:
        """Let what several sources saw count once."""
        if self._names:
            sighting_rows.name_rows(self._connection, self._names)
        if self._hashed:
            repeat_rows.note_requests(self._connection, self._hashed)
        self.added -= linking.link(
            self._connection, self.shared, self._rollups, last_id, self._known_before
        )

    def _note(self, part: SheetPart) -> None:
        """Note what else is known of the calls that stayed in columns."""
        if part.sheet.has_column("response_id"):
            names = part.of(part.sheet.column("response_id"))
            self._names += zip(names, part.of(part.sheet.identities), strict=True)
        if part.sheet.has_column("request_hash"):
            self._hashed += part.of(part.sheet.calls())
        self.touched += part.sheet.calls(part.sheet.edges)

    @contextmanager
    def _indexes_later(self, *, is_first: bool) -> Iterator[None]:
        """Let the first large import sort its keys once, at the end."""
        is_large = self._intake.copies >= _BULK_ROWS or self._intake.arriving is not None
        is_bulk = is_first and is_large
        later = self._connection.execute(_INDEXES).all() if is_bulk else ()
        for name, _ in later:
            self._connection.execute(f"DROP INDEX {name}")
        yield
        for _, statement in later:
            self._connection.execute(statement)

    def _insert_parts(self) -> None:
        """Insert the rows of the parts that came since the last time, without holding them."""
        self._drop_copies()
        # Not counted on: SQLite gives the last ids again when their rows were taken out.
        next_id = self._last_call_id() + 1
        for part in self._intake.parts[len(self._inserted) :]:
            sheet = rows_of(part, self.shared, self._batch_id, self._file_ids)
            self.shared.save()
            self._connection.execute_many(sheet.insert, sheet.rows)
            self._inserted.append(_Inserted(part, next_id, bytes(part.stays)))
            next_id += sheet.calls
            self.added += sheet.calls

    def _drop_copies(self) -> None:
        """Take out again what has a better copy that was read later, or may have one."""
        left = [row_id for inserted in self._inserted for row_id in inserted.take_left()]
        if left:
            self._connection.execute_many("DELETE FROM calls WHERE id = ?", left)
        self.added -= len(left)

    def _insert_rows(self) -> None:
        self.shared.save()
        if self._rows:
            self._connection.execute_many(_INSERT_CALL, self._rows)
        self.added += len(self._rows)

    def _book_beside(self, calls: Sequence[Call], known: KnownCalls) -> None:
        for call in known.in_order(calls):
            match = known.find(call)
            if match is None:
                self._rows.append(self._row(call))
                self.touched.append(call)
            else:
                self._meet_again(call, match, known)

    def answer(self, call: Call) -> Booked:
        """Return how *call* was booked."""
        return self._answers[call.identity]

    def _last_call_id(self) -> int:
        query = "SELECT coalesce(max(id), 0) FROM calls"
        return int(self._connection.execute(query).scalar_one())

    def _file_id(self, call: Call) -> int | None:
        log = self._intake.log_of(call)
        return None if log is None else self._file_ids[log]

    def _row(self, call: Call) -> Row:
        """Return the row of *call* at the price of its day.

        The figures that a call and its row share stand in the same order in both, and are
        taken over together: this runs for every call of an import.
        """
        cost_pico, status, quote = self._intake.settle(call)
        if not self._batch.readings:
            self._answers[call.identity] = _answer(call.identity, cost_pico, status, quote)
        if call.response_id:
            self._names.append((call.response_id, call.identity))
        if call.request_hash:
            self._hashed.append(call)
        values = astuple(call)
        return (
            call.identity,
            self.shared.series_id(call, status),
            call.occurred_at_ms,
            self._batch_id,
            self._file_id(call),
            *values[_FIRST_FIGURE:_AFTER_FIGURES],
            cost_pico,
            None if quote is None else self.shared.quote_id(quote),
            FLAG_ESTIMATED * call.is_estimated + FLAG_SIDECHAIN * call.is_sidechain,
        )

    def _meet_again(self, call: Call, known: KnownCall, all_known: KnownCalls) -> None:
        """Correct a known call where the new copy is better; else leave it as it is."""
        is_taken = self._batch.is_corrected_by_copies and is_better(call, known.call)
        if not self._batch.readings:
            self._answer_known(call, known)
        if not is_taken:
            return
        row = self._row(call)
        self.shared.save()
        self._connection.execute(_INSERT_CORRECTION, (*row, known.id))
        if known.is_counted:
            self._rollups.replace(known, row)
        self._known_before.append(known)
        figures = dict(zip(FIGURE_COLUMNS, row[1:], strict=True))
        all_known.correct(known, known.corrected(call, figures))
        self.touched.append(call)
        self.corrected += 1

    def _answer_known(self, call: Call, known: KnownCall) -> None:
        origin, status = self._frozen(known)
        self._answers[call.identity] = Booked(
            identity=known.call.identity,
            cost_pico=known.cost_pico,
            price_status=status,
            price_origin=origin,
            is_new=False,
            is_different=figures_of(call) != figures_of(known.call),
        )

    def _frozen(self, known: KnownCall) -> tuple[str | None, str]:
        query = (
            "SELECT (SELECT json_extract(body, '$.origin') FROM quotes WHERE id = ?),"
            " price_status FROM series WHERE id = ?"
        )
        origin, status = self._connection.execute(query, (known.quote_id, known.series_id)).one()
        return origin, status


def _answer(
    identity: str, cost_pico: int | None, status: PriceStatus, quote: Quote | None
) -> Booked:
    reported = "reported with the call" if cost_pico is not None else None
    return Booked(
        identity=identity,
        cost_pico=cost_pico,
        price_status=status,
        price_origin=reported if quote is None else quote.origin,
        is_new=True,
    )
