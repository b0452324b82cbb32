"""Pricing booked calls anew: corrections, rollups and a dated revision, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, RowMapping

from alwrity_desktop.core.domain.errors import NotFoundError
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.pricing import Settled
from alwrity_desktop.core.domain.repricing import (
    ModelChange,
    RepriceQuestion,
    Repricing,
    RevisionKind,
    ordered,
    settled_anew,
)
from alwrity_desktop.core.domain.usage import Call, PriceStatus
from alwrity_desktop.core.ledger.rollups import Counted, Rollups
from alwrity_desktop.core.ledger.schema import (
    FIGURE_COLUMNS,
    FLAG_COMBINED,
    FLAG_ESTIMATED,
    FLAG_SIDECHAIN,
)
from alwrity_desktop.core.ledger.shared_rows import SERIES_DIMENSIONS, SharedRows

_FIGURES: Final = ", ".join(FIGURE_COLUMNS)
_DIMENSIONS: Final = ", ".join(f"s.{name}" for name in SERIES_DIMENSIONS)
_FIELDS: Final = frozenset(Call.__struct_fields__)

_ROWS_AT_ONCE: Final = 5_000

#: Each counted call once, as its newest correction has it.
_SELECT: Final = f"""
SELECT n.*, {_DIMENSIONS} FROM (
  SELECT id AS call_id, identity, {_FIGURES} FROM calls c
    WHERE NOT EXISTS (SELECT 1 FROM corrections k WHERE k.call_id = c.id)
  UNION ALL
  SELECT call_id, identity, {_FIGURES} FROM corrections
    WHERE id IN (SELECT max(id) FROM corrections GROUP BY call_id)
) n JOIN series s ON s.id = n.series_id
WHERE n.call_id NOT IN (SELECT seen_id FROM sightings WHERE NOT is_counted) AND {{where}}
"""  # noqa: S608 - the schema's own names

_ASKED: Final = (
    "s.account = ? AND n.occurred_at_ms >= ? AND n.occurred_at_ms < ?"
    " AND (? IS NULL OR s.provider = ?) AND (? IS NULL OR s.model = ?) ORDER BY n.call_id"
)

_INSERT: Final = (
    f"INSERT INTO corrections (id, call_id, identity, {_FIGURES})"  # noqa: S608 - our names
    f" VALUES (?, ?, ?, {', '.join('?' for _ in FIGURE_COLUMNS)})"
)

#: The calls that a revision changed and that no better copy changed since, each with the cost
#: that it had before.
_BEFORE: Final = f"""
WITH made AS MATERIALIZED (
  SELECT k.call_id, k.id FROM repriced r JOIN corrections k ON k.id = r.correction_id
  WHERE r.revision_id = ? AND NOT EXISTS (
    SELECT 1 FROM corrections o WHERE o.call_id = k.call_id AND o.id > k.id
      AND NOT o.flags & {FLAG_COMBINED} AND o.id NOT IN (SELECT correction_id FROM repriced)))
SELECT m.call_id, c.cost_pico, c.quote_id, s.price_status FROM made m
  JOIN calls c ON c.id = m.call_id JOIN series s ON s.id = c.series_id
  WHERE NOT EXISTS (SELECT 1 FROM corrections o WHERE o.call_id = m.call_id AND o.id < m.id)
UNION ALL
SELECT m.call_id, c.cost_pico, c.quote_id, s.price_status FROM made m JOIN corrections c ON c.id =
  (SELECT max(o.id) FROM corrections o WHERE o.call_id = m.call_id AND o.id < m.id)
  JOIN series s ON s.id = c.series_id
"""  # noqa: S608 - the schema's own names


class _Row(NamedTuple):
    """One row of figures of a call."""

    call_id: int
    identity: str
    figures: dict[str, Any]


class _Changes(msgspec.Struct):
    """What one revision changes, until it is written."""

    #: The rows before, and those that take their place.
    rows: list[tuple[_Row, _Row]] = msgspec.field(default_factory=list)
    models: dict[tuple[str, str], ModelChange] = msgspec.field(default_factory=dict)
    calls: list[Call] = msgspec.field(default_factory=list)
    seen: int = 0

    def add(self, call: Call, before: _Row, after: _Row) -> None:
        """Note that *after* takes the place of *before*."""
        self.rows.append((before, after))
        self.calls.append(call)
        key = (call.provider, call.model)
        change = self.models.get(key) or ModelChange(*key)
        costs = before.figures["cost_pico"], after.figures["cost_pico"]
        self.models[key] = change.plus(*costs)


def reprice(
    connection: Connection,
    question: RepriceQuestion,
    book: PriceBook,
    now_ms: int,
    *,
    is_trial: bool,
) -> tuple[Repricing, list[Call]]:
    """Price the calls of *question* anew; return what changed and the calls that did.

    A trial says what would change and changes nothing.
    """
    shared = SharedRows(connection)
    changes = _Changes()
    tiers = _tiers(connection)
    for values in _rows(connection, question):
        changes.seen += 1
        row = _row(values)
        call = _call(values, tiers)
        booked = Settled(values["cost_pico"], PriceStatus(values["price_status"]), None)
        settled = settled_anew(call, booked, question, book)
        if settled is None:
            continue
        figures = dict(row.figures, cost_pico=settled.cost_pico)
        if not is_trial:
            quote = settled.quote
            figures["series_id"] = shared.series_id(call, settled.status)
            figures["quote_id"] = None if quote is None else shared.quote_id(quote)
        changes.add(call, row, row._replace(figures=figures))
    result = Repricing(
        None, RevisionKind.REPRICED, now_ms, question, changes.seen, ordered(changes.models)
    )
    if is_trial or not changes.rows:
        return result, []
    shared.save()
    return _write(connection, result, changes), changes.calls


def undo(connection: Connection, account: str, now_ms: int) -> tuple[Repricing, list[Call]]:
    """Take the newest revision of *account* back; return what changed and the calls that did.

    Calls of which a better copy came since stay. Raises NotFoundError without a revision.
    """
    revision_id, made = _newest(connection, account)
    where = (
        "n.call_id IN (SELECT k.call_id FROM repriced r JOIN corrections k"
        " ON k.id = r.correction_id WHERE r.revision_id = ?)"
    )
    rows = connection.exec_driver_sql(_SELECT.format(where=where), (revision_id,)).mappings()
    now = {values["call_id"]: values for values in rows}
    shared, changes, tiers = SharedRows(connection), _Changes(), _tiers(connection)
    for call_id, cost, quote, status in connection.exec_driver_sql(_BEFORE, (revision_id,)).all():
        if call_id not in now:
            continue
        present, call = _row(now[call_id]), _call(now[call_id], tiers)
        series = shared.series_id(call, status)
        figures = dict(present.figures, cost_pico=cost, quote_id=quote, series_id=series)
        changes.add(call, present, present._replace(figures=figures))
    shared.save()
    changes.seen = len(now)
    result = Repricing(
        None,
        RevisionKind.UNDONE,
        now_ms,
        made.question,
        changes.seen,
        ordered(changes.models),
        revision_id,
    )
    return _write(connection, result, changes), changes.calls


def _newest(connection: Connection, account: str) -> tuple[int, Repricing]:
    """Return the newest revision that was not taken back. Raises NotFoundError without any."""
    query = (
        "SELECT id, body FROM price_revisions WHERE account = ? AND undoes_id IS NULL AND id NOT IN"
        " (SELECT undoes_id FROM price_revisions WHERE undoes_id IS NOT NULL)"
        " ORDER BY id DESC LIMIT 1"
    )
    found = connection.exec_driver_sql(query, (account,)).first()
    if found is None:
        raise NotFoundError(f"No prices of {account:.60} were applied to past calls.")
    return int(found[0]), msgspec.json.decode(found[1], type=Repricing)


def revisions(connection: Connection, account: str) -> list[Repricing]:
    """Return what was done to the prices of past calls, newest first."""
    query = "SELECT id, body FROM price_revisions WHERE account = ? ORDER BY id DESC"
    return [
        replace(msgspec.json.decode(body, type=Repricing), revision_id=revision)
        for revision, body in connection.exec_driver_sql(query, (account,))
    ]


def _rows(connection: Connection, question: RepriceQuestion) -> Iterator[RowMapping]:
    asked = (
        question.account,
        question.start_ms,
        question.end_ms,
        question.provider,
        question.provider,
        question.model,
        question.model,
    )
    result = connection.exec_driver_sql(_SELECT.format(where=_ASKED), asked).mappings()
    for part in result.partitions(_ROWS_AT_ONCE):
        yield from part


def _tiers(connection: Connection) -> dict[int, str]:
    query = "SELECT id, json_extract(body, '$.tier') FROM quotes"
    return {quote: str(tier) for quote, tier in connection.exec_driver_sql(query) if tier}


def _row(values: RowMapping) -> _Row:
    figures = {name: values[name] for name in FIGURE_COLUMNS}
    return _Row(values["call_id"], values["identity"], figures)


def _call(values: RowMapping, tiers: Mapping[int, str]) -> Call:
    """Return the call without the cost that was reported: it is to be priced by a list."""
    kept = {name: values[name] for name in _FIELDS & values.keys() if name != "status_code"}
    return Call(
        **kept,
        status_code=values["status_code"] or None,
        service_tier=tiers.get(values["quote_id"], ""),
        is_flat_rate=values["price_status"] == PriceStatus.LIST_EQUIVALENT,
        is_estimated=bool(values["flags"] & FLAG_ESTIMATED),
        is_sidechain=bool(values["flags"] & FLAG_SIDECHAIN),
    )


def _write(connection: Connection, result: Repricing, changes: _Changes) -> Repricing:
    """Book the changes as corrections of a new revision, and move the sums."""
    execute = connection.exec_driver_sql
    body = msgspec.json.encode(result).decode()
    row = (result.question.account, result.made_at_ms, result.undoes_id, body)
    insert = (
        "INSERT INTO price_revisions (account, made_at_ms, undoes_id, body) VALUES (?, ?, ?, ?)"
        " RETURNING id"
    )
    revision_id = int(execute(insert, row).scalar_one())
    last_id = int(execute("SELECT coalesce(max(id), 0) FROM corrections").scalar_one())
    corrections = [
        (last_id + number, after.call_id, after.identity, *_own(after.figures).values())
        for number, (_, after) in enumerate(changes.rows, 1)
    ]
    if corrections:
        execute(_INSERT, corrections)
        marks = [(correction[0], revision_id) for correction in corrections]
        execute("INSERT INTO repriced (correction_id, revision_id) VALUES (?, ?)", marks)
    moves = [
        (_counted(row.figures), sign)
        for before, after in changes.rows
        for row, sign in ((before, -1), (after, 1))
    ]
    rollups = Rollups(connection)
    rollups.shift_all(moves)
    rollups.save()
    return replace(result, revision_id=revision_id)


def _own(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures as those of the call itself, whatever was combined in them."""
    return dict(figures, flags=figures["flags"] & ~FLAG_COMBINED)


def _counted(figures: Mapping[str, Any]) -> Counted:
    return Counted(
        figures["series_id"],
        figures["occurred_at_ms"],
        figures["input_tokens"],
        figures["cache_read_tokens"],
        figures["cache_write_5m_tokens"] + figures["cache_write_1h_tokens"],
        figures["output_tokens"],
        figures["cost_pico"] or 0,
        figures["duration_ms"],
    )
