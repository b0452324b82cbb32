"""The calls and conversations of a span that cost most, found without looking at all of them."""

from __future__ import annotations

from typing import Final

from alwrity_desktop.core.domain.call_row import CallRow
from alwrity_desktop.core.domain.figures import Figures
from alwrity_desktop.core.domain.sums import Scope
from alwrity_desktop.core.domain.usage import PriceStatus
from alwrity_desktop.core.ledger import listing, overlap_rows
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.reading import EVER, quarters, whose_series
from alwrity_desktop.core.ledger.schema import PICO_PER_MICRO

_SPAN: Final = "n.occurred_at_ms >= ? AND n.occurred_at_ms < ? AND n.cost_pico > 0"

#: So many times as many calls as are wanted are looked at, and whether only those of the
#: account: the dearest of all are found in half the time, and mostly are the account's.
_ATTEMPTS: Final = ((4, False), (4, True), (40, True), (400, True))

_CONVERSATIONS: Final = f"""
SELECT s.conversation, sum(r.calls), sum(r.calls * (s.status_code >= 400)),
  sum(r.calls * (s.status_code > 0)), sum(r.calls * (s.price_status = '{PriceStatus.UNPRICED}')),
  sum(r.input_tokens), sum(r.output_tokens), sum(r.cache_read_tokens), sum(r.cache_write_tokens),
  sum(r.cost_micro) AS micro, sum(r.cost_rest_pico) AS rest, sum(r.duration_ms),
  sum(r.duration_calls),
  sum((r.input_tokens + r.output_tokens + r.cache_read_tokens + r.cache_write_tokens)
    * (s.price_status = '{PriceStatus.UNPRICED}'))
FROM rollups r CROSS JOIN series s ON s.id = r.series_id
WHERE r.quarter >= ? AND r.quarter < ? AND s.conversation <> '' AND {{whose}}
GROUP BY 1 HAVING micro + rest > 0 ORDER BY micro + rest / {PICO_PER_MICRO}.0 DESC, 1 LIMIT ?
"""  # noqa: S608 - constants


def calls(
    connection: Connection, scope: Scope, start_ms: int, end_ms: int, most: int
) -> list[CallRow]:
    """Return the dearest calls as they are now, dearest first; unpriced and free ones never are.

    The prices of the first rows that are found are those of the calls as they came. A call
    that was corrected since, or that counts elsewhere, makes room for others.
    """
    found: list[CallRow] = []
    for times, is_narrowed in _ATTEMPTS:
        taken = most * times
        places, least = _dearest(
            connection, scope, (start_ms, end_ms), taken, is_narrowed=is_narrowed
        )
        rows = listing.some(connection, scope, sorted(places))
        found = [
            row for row in rows if (row.cost_pico or 0) > 0 and _lies(row, scope, start_ms, end_ms)
        ]
        found.sort(key=lambda row: (-(row.cost_pico or 0), row.id))
        if sum((row.cost_pico or 0) >= least for row in found) >= most or not least:
            break
    return found[:most]


def _lies(row: CallRow, scope: Scope, start_ms: int, end_ms: int) -> bool:
    """Return whether a call is in the span still: a correction may have moved it."""
    return bool(scope.billing_period) or start_ms <= row.occurred_at_ms < end_ms


def _dearest(
    connection: Connection, scope: Scope, span: tuple[int, int], taken: int, *, is_narrowed: bool
) -> tuple[set[int], int]:
    """Return the ids of the dearest rows, and what all others cost at most; 0 for no others."""
    whose, parameters = whose_series(scope)
    bounds = EVER if scope.billing_period else span
    narrowed = f" CROSS JOIN series s ON s.id = n.series_id WHERE {_SPAN} AND {whose}"
    ids: set[int] = set()
    least = 0
    for table, column in (("calls", "id"), ("corrections", "call_id")):
        query = (
            f"SELECT n.{column}, n.cost_pico FROM {table} n"  # noqa: S608 - our names
            f"{narrowed if is_narrowed else f' WHERE {_SPAN}'}"
            " ORDER BY n.cost_pico DESC, n.id LIMIT ?"
        )
        given = (*bounds, *(parameters if is_narrowed else ()), taken)
        rows = connection.execute(query, given).all()
        ids.update(row[0] for row in rows)
        if len(rows) == taken:
            least = max(least, rows[-1][1])
    return ids, least


def conversations(
    connection: Connection, scope: Scope, start_ms: int, end_ms: int, most: int
) -> list[tuple[str, Figures]]:
    """Return the dearest conversations with their sums, dearest first; free ones never are."""
    whose, parameters = whose_series(scope)
    bounds = quarters(*EVER) if scope.billing_period else quarters(start_ms, end_ms)
    query = _CONVERSATIONS.format(whose=whose)
    found = {}
    for key, *sums in connection.execute(query, (*bounds, *parameters, most)).all():
        found[str(key)] = _figures(sums)
    for overlap in overlap_rows.load(connection, scope, *bounds):
        key = str(overlap.dimensions["conversation"])
        if key in found:
            count, given, output, read, written, micro, rest, duration, timed = overlap.sums
            code = int(overlap.dimensions["status_code"])
            is_unpriced = overlap.dimensions["price_status"] == PriceStatus.UNPRICED
            states = (count * (code >= 400), count * (code > 0), count * is_unpriced)  # noqa: PLR2004 - errors
            tokens = (given, output, read, written)
            unpriced = sum(tokens) * is_unpriced
            found[key] += _figures(
                (count, *states, *tokens, micro, rest, duration, timed, unpriced)
            )
    return sorted(found.items(), key=lambda one: (-one[1].cost_pico, one[0]))


def _figures(sums: tuple[int, ...] | list[int]) -> Figures:
    count, errors, known, unpriced, given, output, read, written, micro, rest, *others = sums
    return Figures(
        calls=count,
        errors=errors,
        status_calls=known,
        unpriced_calls=unpriced,
        input_tokens=given,
        output_tokens=output,
        cache_read_tokens=read,
        cache_write_tokens=written,
        cost_pico=micro * PICO_PER_MICRO + rest,
        duration_ms=others[0],
        duration_calls=others[1],
        unpriced_tokens=others[2],
    )
