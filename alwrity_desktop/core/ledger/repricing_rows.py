"""Pricing booked calls anew: corrections, rollups and a dated revision, in one transaction."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace

from alwrity_desktop.core.domain.errors import NotFoundError
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.pricing import Settled
from alwrity_desktop.core.domain.repricing import (
    ModelChange,
    Progress,
    RepriceQuestion,
    Repricing,
    RevisionKind,
    ordered,
    settled_anew,
    unwatched,
)
from alwrity_desktop.core.domain.usage import Call, PriceStatus
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.repricing_slices import (
    PLACE,
    Row,
    asked_slices,
    call_of,
    changed,
    counted,
    made_slices,
    tiers,
)
from alwrity_desktop.core.ledger.rollups import Rollups
from alwrity_desktop.core.ledger.schema import FIGURE_COLUMNS
from alwrity_desktop.core.ledger.shared_rows import SharedRows

_COST: Final = PLACE["cost_pico"]
_STATUS: Final = PLACE["price_status"]

_INSERT: Final = (
    f"INSERT INTO corrections (call_id, identity, {', '.join(FIGURE_COLUMNS)}, id)"  # noqa: S608
    f" VALUES (?, ?, {', '.join('?' for _ in FIGURE_COLUMNS)}, ?)"
)


class _Changes:
    """What a revision changes, added up; only its calls of one slice are held."""

    def __init__(self, connection: Connection, result: Repricing) -> None:
        """Begin *result*, which has no models yet."""
        self._connection = connection
        self._result = result
        self.shared = SharedRows(connection)
        self.seen = 0
        self._models: dict[tuple[str, str], ModelChange] = {}
        #: The first and the last call of each kind that alerts tell apart.
        self._edges: dict[tuple[str, str, str], tuple[Call, Call]] = {}
        self._rows: list[tuple[Row, Row]] = []
        self._rollups = Rollups(connection)
        self._last_id = 0

    def add(self, call: Call, before_pico: int | None, after_pico: int | None) -> None:
        """Add one call's change up."""
        key = (call.provider, call.model)
        change = self._models.get(key) or ModelChange(*key)
        self._models[key] = change.plus(before_pico, after_pico)

    def put(self, call: Call, row: Row, settled: Settled, quote_id: int | None) -> None:
        """Let *call* cost what *settled* says in place of what *row* has."""
        self.add(call, row[_COST], settled.cost_pico)
        kind = (call.account, call.provider, call.model)
        first, last = self._edges.get(kind) or (call, call)
        at_ms = call.occurred_at_ms
        self._edges[kind] = (
            call if at_ms < first.occurred_at_ms else first,
            call if at_ms > last.occurred_at_ms else last,
        )
        series_id = self.shared.series_id(call, settled.status)
        self._rows.append((row, changed(row, settled.cost_pico, quote_id, series_id)))

    def begin(self) -> int:
        """Make the revision, and return its id: what it changes points to it."""
        result = self._result
        row = (result.question.account, result.made_at_ms, result.undoes_id, _body(result))
        insert = (
            "INSERT INTO price_revisions (account, made_at_ms, undoes_id, body)"
            " VALUES (?, ?, ?, ?) RETURNING id"
        )
        execute = self._connection.execute
        revision_id = int(execute(insert, row).scalar_one())
        self._result = replace(result, revision_id=revision_id)
        self._last_id = int(execute("SELECT coalesce(max(id), 0) FROM corrections").scalar_one())
        return revision_id

    def write(self) -> None:
        """Book the slice's changes as corrections, and move the sums."""
        if not self._rows:
            return
        revision_id = self._result.revision_id or self.begin()
        self.shared.save()
        numbers = range(self._last_id + 1, self._last_id + 1 + len(self._rows))
        rows = [(*after, number) for (_, after), number in zip(self._rows, numbers, strict=True)]
        self._connection.execute_many(_INSERT, rows)
        marks = [(number, revision_id) for number in numbers]
        self._connection.execute_many(
            "INSERT INTO repriced (correction_id, revision_id) VALUES (?, ?)", marks
        )
        self._rollups.shift_all(
            (counted(row), sign)
            for before, after in self._rows
            for row, sign in ((before, -1), (after, 1))
        )
        self._last_id = numbers[-1]
        self._rows = []

    def end(self) -> tuple[Repricing, list[Call]]:
        """Return what changed, kept with the revision if there is one; and calls for alerts."""
        result = replace(self._result, calls=self.seen, models=ordered(self._models))
        if result.revision_id is not None:
            self._rollups.save()
            # The body does not name the revision: its row does.
            row = (_body(replace(result, revision_id=None)), result.revision_id)
            self._connection.execute("UPDATE price_revisions SET body = ? WHERE id = ?", row)
        return result, [call for edges in self._edges.values() for call in edges]


def reprice(
    connection: Connection,
    question: RepriceQuestion,
    book: PriceBook,
    now_ms: int,
    *,
    is_trial: bool,
    progress: Progress = unwatched,
) -> tuple[Repricing, list[Call]]:
    """Price the calls of *question* anew; return what changed and calls for alerts.

    A trial says what would change and changes nothing. What *progress* raises ends it.
    """
    begun = Repricing(None, RevisionKind.REPRICED, now_ms, question, 0, ())
    changes, known = _Changes(connection, begun), tiers(connection)
    for rows in asked_slices(connection, question, progress):
        changes.seen += len(rows)
        for row in rows:
            call = call_of(row, known)
            booked = Settled(row[_COST], PriceStatus(row[_STATUS]), None)
            settled = settled_anew(call, booked, question, book)
            if settled is None:
                continue
            if is_trial:
                changes.add(call, row[_COST], settled.cost_pico)
            else:
                quote = settled.quote
                quote_id = None if quote is None else changes.shared.quote_id(quote)
                changes.put(call, row, settled, quote_id)
        changes.write()
    return changes.end()


def undo(
    connection: Connection, account: str, now_ms: int, progress: Progress = unwatched
) -> tuple[Repricing, list[Call]]:
    """Take the newest revision of *account* back; return what changed and calls for alerts.

    Calls of which a better copy came since stay. Raises NotFoundError without a revision.
    """
    revision_id, made = _newest(connection, account)
    begun = Repricing(None, RevisionKind.UNDONE, now_ms, made.question, 0, (), revision_id)
    changes, known = _Changes(connection, begun), tiers(connection)
    changes.begin()
    for rows, before in made_slices(connection, revision_id, progress):
        changes.seen += len(rows)
        now = {row[0]: row for row in rows}
        for call_id, cost_pico, quote_id, status in before:
            if call_id in now:
                row = now[call_id]
                settled = Settled(cost_pico, PriceStatus(status), None)
                changes.put(call_of(row, known), row, settled, quote_id)
        changes.write()
    return changes.end()


def _newest(connection: Connection, account: str) -> tuple[int, Repricing]:
    """Return the newest revision that was not taken back. Raises NotFoundError without any."""
    query = (
        "SELECT id, body FROM price_revisions WHERE account = ? AND undoes_id IS NULL AND id NOT IN"
        " (SELECT undoes_id FROM price_revisions WHERE undoes_id IS NOT NULL)"
        " ORDER BY id DESC LIMIT 1"
    )
    found = connection.execute(query, (account,)).first()
    if found is None:
        raise NotFoundError(f"No prices of {account:.60} were applied to past calls.")
    return int(found[0]), msgspec.json.decode(found[1], type=Repricing)


def revisions(connection: Connection, account: str) -> list[Repricing]:
    """Return what was done to the prices of past calls, newest first."""
    query = "SELECT id, body FROM price_revisions WHERE account = ? ORDER BY id DESC"
    return [
        replace(msgspec.json.decode(body, type=Repricing), revision_id=revision)
        for revision, body in connection.execute(query, (account,))
    ]


def models(connection: Connection, account: str) -> list[tuple[str, str]]:
    """Return the provider and the model of every call of *account*, in their order."""
    query = "SELECT DISTINCT provider, model FROM series WHERE account = ? ORDER BY 1, 2"
    return [(provider, model) for provider, model in connection.execute(query, (account,))]


def _body(result: Repricing) -> str:
    return msgspec.json.encode(result).decode()
