"""Calls that a server had merged into sums before they were ever read."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.statements import Statement, StatementKind
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.schema import PICO_PER_MICRO

MERGED_MODEL: Final = "merged by the server"
"""The model of what no row tells any more."""

_COLUMNS: Final = (
    "account, provider, billing_period, occurred_at_ms, calls, input_tokens, output_tokens,"
    " unsplit_tokens, cost_pico"
)
_GROWN: Final = ", ".join(
    f"{name} = max({name}, excluded.{name})"
    for name in ("calls", "input_tokens", "output_tokens", "unsplit_tokens", "cost_pico")
)
_SAVE: Final = (
    f"INSERT INTO remainders ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
    f" ON CONFLICT (account, provider, billing_period) DO UPDATE SET {_GROWN},"
    " occurred_at_ms = min(occurred_at_ms, excluded.occurred_at_ms)"
)

Place = tuple[str, str]
"""Provider and billing period."""


class Remainder(msgspec.Struct, frozen=True):
    """What one provider's merged rows of one billing period add to the calls that are held."""

    account: str
    provider: str
    billing_period: str
    occurred_at_ms: int
    figures: Figures


def save(
    connection: Connection, account: str, calls: Iterable[Call], statements: Sequence[Statement]
) -> None:
    """Keep what the server's rows add up to beyond the calls that the ledger holds.

    *calls* are all the rows that the server lists, *statements* all those that it merged.
    What was once seen to be missing stays so: rows that were merged never come back.
    """
    merged = _merged(statements)
    if not merged:
        return
    listed: defaultdict[Place, Figures] = defaultdict(Figures)
    for call in {call.identity: call for call in calls}.values():
        listed[call.provider, call.billing_period] += _of_call(call)
    for place, (occurred_at_ms, figures) in merged.items():
        said, held = listed[place] + figures, _held(connection, account, place)
        if said.calls <= held.calls:
            continue
        row = (
            account,
            *place,
            occurred_at_ms,
            said.calls - held.calls,
            max(0, said.input_tokens - held.input_tokens),
            max(0, said.output_tokens - held.output_tokens),
            said.unsplit_tokens,
            max(0, said.cost_pico - held.cost_pico),
        )
        connection.execute(_SAVE, row)


def load(connection: Connection, accounts: Sequence[str]) -> list[Remainder]:
    """Return the remainders of *accounts*; few of them have any."""
    query = (
        f"SELECT {_COLUMNS} FROM remainders"  # noqa: S608 - constants
        " WHERE account IN (SELECT value FROM json_each(?)) ORDER BY 1, 2, 3"
    )
    found = []
    for row in connection.execute(query, (json.dumps(list(accounts)),)):
        account, provider, key, at_ms, calls, given, output, unsplit, cost = row
        figures = Figures(
            calls=calls,
            input_tokens=given,
            output_tokens=output,
            unsplit_tokens=unsplit,
            cost_pico=cost,
        )
        found.append(Remainder(account, provider, key, at_ms, figures))
    return found


def _merged(statements: Sequence[Statement]) -> dict[Place, tuple[int, Figures]]:
    """Return the time of the oldest and the sum of the merged rows of each place."""
    found: dict[Place, tuple[int, Figures]] = {}
    for statement in statements:
        if statement.kind is not StatementKind.MERGED or not statement.calls:
            continue
        place = (statement.label, statement.period)
        at_ms = statement.occurred_at_ms or 0
        known_ms, figures = found.get(place, (at_ms, Figures()))
        found[place] = (min(known_ms, at_ms), figures + _of_statement(statement))
    return found


def _of_statement(statement: Statement) -> Figures:
    split = (statement.input_tokens or 0, statement.output_tokens or 0)
    return Figures(
        calls=statement.calls or 0,
        input_tokens=split[0],
        output_tokens=split[1],
        unsplit_tokens=max(0, (statement.tokens or 0) - sum(split)),
        cost_pico=statement.cost_pico or 0,
    )


def _of_call(call: Call) -> Figures:
    return Figures(
        calls=1,
        input_tokens=call.input_tokens,
        output_tokens=call.output_tokens,
        cost_pico=call.reported_cost_pico or 0,
    )


def _held(connection: Connection, account: str, place: Place) -> Figures:
    query = (
        "SELECT sum(r.calls), sum(r.input_tokens), sum(r.output_tokens), sum(r.cost_micro),"
        " sum(r.cost_rest_pico) FROM rollups r CROSS JOIN series s ON s.id = r.series_id"
        " WHERE s.account = ? AND s.provider = ? AND s.billing_period = ?"
    )
    row = connection.execute(query, (account, *place)).one()
    calls, given, output, micro, rest = (value or 0 for value in row)
    return Figures(
        calls=calls,
        input_tokens=given,
        output_tokens=output,
        cost_pico=micro * PICO_PER_MICRO + rest,
    )
