"""Calls that two accounts have: each counts them, and both together count them once."""

from __future__ import annotations

import json
from typing import Final

import msgspec

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.sums import Scope
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.schema import PICO_PER_MICRO, QUARTER_MS, SERIES_DIMENSIONS

_DIMENSIONS: Final = ", ".join(f"s.{name}" for name in SERIES_DIMENSIONS)
_SUMS: Final = (
    "-1, -n.input_tokens, -n.output_tokens, -n.cache_read_tokens,"
    " -(n.cache_write_5m_tokens + n.cache_write_1h_tokens),"
    f" -coalesce(n.cost_pico / {PICO_PER_MICRO}, 0), -coalesce(n.cost_pico % {PICO_PER_MICRO}, 0),"
    " -coalesce(n.duration_ms, 0), -(n.duration_ms IS NOT NULL)"
)
_LOAD: Final = f"""
WITH named AS MATERIALIZED (SELECT value AS account FROM json_each(?)),
twice AS MATERIALIZED (
  SELECT c.id, (SELECT max(k.id) FROM corrections k WHERE k.call_id = c.id) AS correction
  FROM sightings y JOIN calls o ON o.id = y.call_id JOIN series t ON t.id = o.series_id
    JOIN calls c ON c.id = y.seen_id JOIN series u ON u.id = c.series_id
  WHERE y.is_counted AND t.account IN named AND u.account IN named)
SELECT n.occurred_at_ms / {QUARTER_MS}, {_DIMENSIONS}, {_SUMS} FROM twice w
  JOIN calls n ON n.id = w.id JOIN series s ON s.id = n.series_id WHERE w.correction IS NULL
UNION ALL
SELECT n.occurred_at_ms / {QUARTER_MS}, {_DIMENSIONS}, {_SUMS} FROM twice w
  JOIN corrections n ON n.id = w.correction JOIN series s ON s.id = n.series_id
"""  # noqa: S608 - the schema's own names


class Overlap(msgspec.Struct, frozen=True):
    """What the sums of several accounts hold twice of one call."""

    quarter: int
    dimensions: dict[str, str | int]
    #: To be added, in the order of the columns of sums.
    sums: tuple[int, ...]

    def amount(self, kind: LimitKind) -> int:
        """Return how much too much is counted in the unit of a limit."""
        calls, given, output, cache_read, cache_write, micro, rest, *_ = self.sums
        if kind is LimitKind.COST:
            return -(micro * PICO_PER_MICRO + rest)
        return -calls if kind is LimitKind.CALLS else -(given + output + cache_read + cache_write)


def are_there(connection: Connection) -> bool:
    """Return whether any call is counted by two accounts."""
    query = "SELECT 1 FROM sightings WHERE is_counted LIMIT 1"
    return connection.execute(query).first() is not None


def load(connection: Connection, scope: Scope, first: int, after: int) -> list[Overlap]:
    """Return what to add to the sums of *scope* from one quarter of an hour up to another."""
    if len(scope.accounts) < 2:  # noqa: PLR2004 - one account has nothing twice
        return []
    found = []
    for quarter, *values in connection.execute(_LOAD, (json.dumps(scope.accounts),)):
        dimensions = dict(zip(SERIES_DIMENSIONS, values, strict=False))
        key = dimensions["billing_period"]
        if first <= quarter < after and scope.billing_period in {"", key}:
            sums = tuple(values[len(SERIES_DIMENSIONS) :])
            found.append(Overlap(quarter, dimensions, sums))
    return found
