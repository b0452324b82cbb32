"""Statements as they are kept: a row for each claim, and a new one when its figures change."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from alwrity_desktop.core.domain.statements import Statement, StatementKind
from alwrity_desktop.core.ledger.connection import Connection

_NAMES: Final = ("account", "origin", "kind", "period", "key")
_FIGURES: Final = (
    "calls",
    "messages",
    "conversations",
    "tokens",
    "input_tokens",
    "output_tokens",
    "cost_pico",
    "occurred_at_ms",
)
_MOVING: Final = frozenset({"today", "week", "month", "year"})
"""Names of periods that mean another span of time each day, week and so on."""

_PARTS: Final = frozenset({StatementKind.AGENT, StatementKind.MODEL, StatementKind.CONVERSATION})
"""What an answer names as many of as there are: who is not named any more is gone."""

_Name = tuple[str, str, str, str, str]

_DAY_MS: Final = 86_400_000

_COLUMNS: Final = ", ".join((*_NAMES, "label", *_FIGURES, "said_at_ms", "confirmed_at_ms"))
_MARKS: Final = ", ".join("?" for _ in range(_COLUMNS.count(",") + 1))
_INSERT: Final = f"INSERT INTO statements ({_COLUMNS}) VALUES ({_MARKS})"  # noqa: S608 - our names
_NEWEST: Final = (
    f"SELECT id, {_COLUMNS} FROM statements WHERE id IN (SELECT max(id) FROM statements"  # noqa: S608
    " WHERE account IN (SELECT value FROM json_each(?)) GROUP BY account, origin, kind, period,"
    " key) ORDER BY id"
)


def save(connection: Connection, account: str, statements: Sequence[Statement], now_ms: int) -> int:
    """Keep what *account* was told at *now_ms*; return how many statements are new or changed.

    The same figures again only move the time at which they were confirmed. A figure that is
    missing this time keeps the last one that was good; where all are missing nothing was said.
    """
    known = {each.name: (row_id, each) for row_id, each in _newest(connection, (account,))}
    said = {each.name: each for each in statements if each.account == account}
    new, same = [], []
    for name, statement in said.items():
        row_id, old = known.get(name, (0, None))
        figures = _figures(statement)
        if not any(figure is not None for figure in figures):
            continue
        if old is not None and _lasts(old, now_ms):
            figures = _filled(figures, _figures(old))
        if old is None or _figures(old) != figures:
            new.append((*name, statement.label, *figures, now_ms, now_ms))
        else:
            same.append((now_ms, statement.label, row_id))
    if new:
        connection.execute_many(_INSERT, new)
    if same:
        query = "UPDATE statements SET confirmed_at_ms = ?, label = ? WHERE id = ?"
        connection.execute_many(query, same)
    left_out = [(now_ms - 1, row_id, now_ms) for row_id in _left_out(known, said)]
    if left_out:
        query = "UPDATE statements SET confirmed_at_ms = ? WHERE id = ? AND confirmed_at_ms >= ?"
        connection.execute_many(query, left_out)
    return len(new)


def _left_out(known: Mapping[_Name, tuple[int, Statement]], said: Collection[_Name]) -> list[int]:
    """Return the rows of parts that an answer of the same kind does not name any more.

    They were confirmed before it, however little time lies between.
    """
    answered = {name[:4] for name in said if name[2] in _PARTS}
    return [
        row_id for name, (row_id, _) in known.items() if name[:4] in answered and name not in said
    ]


def load(connection: Connection, accounts: Sequence[str]) -> list[Statement]:
    """Return what the servers of *accounts* say now: the newest of each name."""
    return [statement for _, statement in _newest(connection, accounts)]


def _newest(connection: Connection, accounts: Sequence[str]) -> list[tuple[int, Statement]]:
    rows = connection.execute(_NEWEST, (json.dumps(list(accounts)),))
    return [(row[0], _statement(row[1:])) for row in rows]


def _lasts(old: Statement, now_ms: int) -> bool:
    """Return whether *old* is about the same span of time still: "today" is one day's."""
    return old.period not in _MOVING or old.confirmed_at_ms // _DAY_MS == now_ms // _DAY_MS


def _filled(figures: tuple[int | None, ...], old: tuple[int | None, ...]) -> tuple[int | None, ...]:
    pairs = zip(figures, old, strict=True)
    return tuple(before if figure is None else figure for figure, before in pairs)


def _figures(statement: Statement) -> tuple[int | None, ...]:
    return tuple(getattr(statement, name) for name in _FIGURES)


def _statement(row: Sequence[object]) -> Statement:
    values = dict(zip(_COLUMNS.split(", "), row, strict=True))
    kind = StatementKind(str(values.pop("kind")))
    return Statement(kind=kind, **values)  # type: ignore[arg-type]
