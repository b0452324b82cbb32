"""Calls one by one: pages that answer a query, down to the frozen price of each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from alwrity_desktop.core.domain.live import HOUR_MS, MINUTE_MS, Minute
from alwrity_desktop.core.domain.pricing import Quote, lines_of
from alwrity_desktop.core.domain.report import CallPage, CallQuery, CallRow
from alwrity_desktop.core.domain.sums import Scope, scope_of
from alwrity_desktop.core.domain.usage import Call, PriceStatus
from alwrity_desktop.core.ledger import repeat_rows, sighting_rows
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.reading import EVER, whose_series
from alwrity_desktop.core.ledger.schema import (
    FIGURE_COLUMNS,
    FLAG_ESTIMATED,
    FLAG_SIDECHAIN,
    SERIES_DIMENSIONS,
)

_FIGURES: Final = ", ".join(FIGURE_COLUMNS)

_COUNTED: Final = (
    "NOT EXISTS (SELECT 1 FROM sightings y WHERE y.seen_id = {id} AND NOT y.is_counted)"
)

#: Calls of a span as their newest correction has them, each once.
_CURRENT: Final = f"""
SELECT id AS call_id, identity, {_FIGURES} FROM calls c WHERE {{span}}
  AND NOT EXISTS (SELECT 1 FROM corrections k WHERE k.call_id = c.id)
  AND {_COUNTED.format(id="c.id")}
UNION ALL
SELECT call_id, identity, {_FIGURES} FROM corrections
  WHERE {{span}} AND id IN (SELECT max(id) FROM corrections GROUP BY call_id)
  AND {_COUNTED.format(id="corrections.call_id")}
"""  # noqa: S608 - the schema's own names

#: Calls that another account of several has as well, by better evidence.
_ELSEWHERE: Final = """NOT EXISTS (SELECT 1 FROM sightings y JOIN calls o ON o.id = y.call_id
  JOIN series t ON t.id = o.series_id WHERE y.seen_id = n.call_id
  AND t.account IN (SELECT value FROM json_each(?)))"""

_SPAN: Final = "occurred_at_ms >= ? AND occurred_at_ms < ?"
_HOURS: Final = "(n.occurred_at_ms >= ? AND n.occurred_at_ms < ?)"

_SORTS: Final = {
    "time": "n.occurred_at_ms",
    "model": "s.model",
    "provider": "s.provider",
    "project": "s.project",
    "agent": "s.agent",
    "api_key": "s.api_key",
    "input": "n.input_tokens + n.cache_read_tokens + n.cache_write_5m_tokens"
    " + n.cache_write_1h_tokens",
    "output": "n.output_tokens",
    "duration": "n.duration_ms",
    "cost": "n.cost_pico",
}

_STATES: Final = {
    "ok": "s.status_code < 400",
    "error": "s.status_code >= 400",
    "unpriced": f"s.price_status = '{PriceStatus.UNPRICED}'",
    "paid": repeat_rows.PAID,
    "estimated": f"n.flags & {FLAG_ESTIMATED}",
    "repeated": repeat_rows.IS_PAID_REPEAT,
}

_SEARCHED: Final = (
    "s.model",
    "s.provider",
    "s.project",
    "s.agent",
    "s.conversation",
    "s.api_key",
    "n.identity",
)

_BELONGINGS: Final = frozenset({"agent", "project", "conversation", "endpoint", "api_key"})

_ROWS_AT_ONCE: Final = 2000


def page(connection: Connection, account: str | Scope, query: CallQuery) -> CallPage:
    """Return the page of calls that answers *query*."""
    where, parameters = _conditions(account, query)
    counted = f"SELECT count(*) FROM ({_from(where)})"  # noqa: S608 - constants
    total = int(connection.execute(counted, tuple(parameters)).scalar_one())
    order = _SORTS.get(query.sort, _SORTS["time"])
    direction = "DESC" if query.is_descending else "ASC"
    statement = (
        f"{_from(where)} ORDER BY {order} {direction} NULLS LAST, n.call_id {direction}"
        " LIMIT ? OFFSET ?"
    )
    rows = connection.execute(statement, (*parameters, query.size, query.offset))
    return CallPage(query, total, tuple(_rows(connection, list(rows.named()))))


def one(connection: Connection, account: str | Scope, call_id: int) -> CallRow | None:
    """Return one call with its price lines, or None."""
    whose, parameters = whose_series(scope_of(account))
    statement = _from(f"n.call_id = ? AND {whose}").replace(_SPAN, "1")
    rows = list(connection.execute(statement, (call_id, *parameters)).named())
    return next(iter(_rows(connection, rows)), None)


def some(connection: Connection, scope: Scope, call_ids: Sequence[int]) -> list[CallRow]:
    """Return the calls of *call_ids* that are those of *scope* and count in it, in no order."""
    where, (_, _, _, _, *whom) = _conditions(scope, CallQuery(*EVER))
    ids = "n.call_id IN (SELECT value FROM json_each(?))"
    statement = _from(f"{ids} AND {where}").replace(_SPAN, "1")
    parameters = (json.dumps(call_ids), *whom)
    rows = list(connection.execute(statement, parameters).named())
    return list(_rows(connection, rows))


def all_rows(connection: Connection, account: str | Scope, query: CallQuery) -> Iterator[CallRow]:
    """Yield every call that answers *query*, oldest first, without holding them all."""
    where, parameters = _conditions(account, query)
    statement = f"{_from(where)} ORDER BY n.occurred_at_ms, n.call_id"
    rows = connection.execute(statement, tuple(parameters)).named()
    while part := list(islice(rows, _ROWS_AT_ONCE)):
        yield from _rows(connection, part)


def per_minute(connection: Connection, account: str | Scope, now_ms: int) -> list[Minute]:
    """Return the sums of each minute of the last hour in which there were calls."""
    where, parameters = _conditions(account, CallQuery(now_ms - HOUR_MS + 1, now_ms + 1))
    statement = (
        f"SELECT (? - occurred_at_ms) / {MINUTE_MS} AS ago, count(*), sum(cost_pico)"  # noqa: S608
        f" FROM ({_from(where)}) GROUP BY ago"
    )
    rows = connection.execute(statement, (now_ms, *parameters))
    return [Minute(*row) for row in rows]


def _from(where: str) -> str:
    names = ", ".join(f"s.{name}" for name in SERIES_DIMENSIONS)
    return (
        f"SELECT n.*, {names}, q.body, f.path,"  # noqa: S608 - our names
        f" coalesce(i.response_id, '') AS response_id FROM ({_CURRENT.format(span=_SPAN)}) n"
        " JOIN series s ON s.id = n.series_id"
        " LEFT JOIN quotes q ON q.id = n.quote_id LEFT JOIN files f ON f.id = n.file_id"
        " LEFT JOIN response_ids i ON i.call_id = n.call_id"
        f" WHERE {where}"
    )


def _conditions(account: str | Scope, query: CallQuery) -> tuple[str, list[object]]:
    scope, span = scope_of(account), (query.start_ms, query.end_ms)
    if query.billing_period:
        scope, span = replace(scope, billing_period=query.billing_period), EVER
    whose, whom = whose_series(scope)
    conditions, parameters = [whose], [*span, *span, *whom]
    if len(scope.accounts) > 1:
        conditions.append(_ELSEWHERE)
        parameters.append(json.dumps(scope.accounts))
    for column, wanted in (("s.provider", query.provider), ("s.model", query.model)):
        if wanted is not None:
            conditions.append(f"{column} = ?")
            parameters.append(wanted)
    if query.belongs_to is not None and query.belongs_to[0] in _BELONGINGS:
        conditions.append(f"s.{query.belongs_to[0]} = ?")
        parameters.append(query.belongs_to[1])
    if query.state in _STATES:
        conditions.append(_STATES[query.state])
        parameters.extend(repeat_rows.near(*span) if query.state == "repeated" else ())
    if query.spans:
        conditions.append("(" + " OR ".join(_HOURS for _ in query.spans) + ")")
        parameters.extend(bound for hours in query.spans for bound in hours)
    for word in query.search.split():
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        matches = " OR ".join(f"{column} LIKE ? ESCAPE '\\'" for column in _SEARCHED)
        conditions.append(f"({matches})")
        parameters.extend(pattern for _ in _SEARCHED)
    return " AND ".join(conditions), parameters


def _rows(connection: Connection, rows: Sequence[dict[str, Any]]) -> Iterator[CallRow]:
    """Yield the calls of *rows* with all the places that they were seen in."""
    companies = sighting_rows.companies(connection, [row["call_id"] for row in rows])
    for values in rows:
        row, company = _row(values), companies.get(values["call_id"])
        if company is not None:
            row = replace(row, seen_in=company.seen_in, disagreements=company.disagreements)
        yield row


def _row(values: dict[str, Any]) -> CallRow:
    body = values["body"]
    quote = None if body is None else msgspec.json.decode(body, type=Quote)
    call = _call(values)
    return CallRow(
        id=values["call_id"],
        identity=call.identity,
        occurred_at_ms=call.occurred_at_ms,
        provider=call.provider,
        model=call.model,
        source=call.source,
        project=call.project,
        agent=call.agent,
        conversation=call.conversation,
        endpoint=call.endpoint,
        input_tokens=call.input_tokens,
        cache_read_tokens=call.cache_read_tokens,
        cache_write_tokens=call.cache_write_tokens,
        output_tokens=call.output_tokens,
        reasoning_tokens=call.reasoning_tokens,
        duration_ms=call.duration_ms,
        status_code=call.status_code,
        cost_pico=values["cost_pico"],
        price_status=values["price_status"],
        price_origin=None if quote is None else quote.origin,
        price_date=None if quote is None else quote.list_date or quote.effective,
        is_estimated=call.is_estimated,
        seen_in=(values["path"] or call.source,),
        lines=lines_of(call, quote),
        response_id=call.response_id,
        api_key=call.api_key,
    )


def _call(values: dict[str, Any]) -> Call:
    names = set(Call.__struct_fields__) & values.keys()
    kept = {name: values[name] for name in names - {"status_code"}}
    return Call(
        **kept,
        status_code=values["status_code"] or None,
        is_estimated=bool(values["flags"] & FLAG_ESTIMATED),
        is_sidechain=bool(values["flags"] & FLAG_SIDECHAIN),
    )
