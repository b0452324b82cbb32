"""Rows as their sources saw them, and the names that providers gave their answers."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from alwrity_desktop.core.domain.disagreements import Disagreement, disagreements
from alwrity_desktop.core.domain.sightings import Sighting, evidence, usable_id
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.matching import KnownCall
from alwrity_desktop.core.ledger.rollups import Counted
from alwrity_desktop.core.ledger.schema import (
    FIGURE_COLUMNS,
    FLAG_COMBINED,
    FLAG_ESTIMATED,
    SERIES_DIMENSIONS,
)

_FIGURES: Final = ", ".join(f"n.{name}" for name in FIGURE_COLUMNS)
_DIMENSIONS: Final = ", ".join(f"s.{name}" for name in SERIES_DIMENSIONS)
_COLUMNS: Final = (
    f"f.id, n.identity, f.identity AS booked_as, {_FIGURES}, {_DIMENSIONS}, r.response_id,"
    " coalesce(x.series_id, n.series_id) AS present_series_id, y.call_id AS root, y.is_counted"
)
_JOINED: Final = (
    "JOIN series s ON s.id = n.series_id LEFT JOIN corrections x ON x.id = f.newest"
    " LEFT JOIN response_ids r ON r.call_id = f.id LEFT JOIN sightings y ON y.seen_id = f.id"
)
_LOAD: Final = f"""
WITH found AS MATERIALIZED (SELECT c.id, c.identity,
  (SELECT max(k.id) FROM corrections k WHERE k.call_id = c.id) AS newest,
  (SELECT max(k.id) FROM corrections k
   WHERE k.call_id = c.id AND NOT k.flags & {FLAG_COMBINED}) AS own
  FROM calls c WHERE c.id IN ({{ids}}))
SELECT {_COLUMNS} FROM found f JOIN calls n ON n.id = f.id {_JOINED} WHERE f.own IS NULL
UNION ALL
SELECT {_COLUMNS} FROM found f JOIN corrections n ON n.id = f.own {_JOINED}
"""  # noqa: S608 - the schema's own names

NEW: Final = _LOAD.format(
    ids="SELECT id FROM calls WHERE id > ? AND series_id IN (SELECT value FROM json_each(?))"
    " UNION SELECT value FROM json_each(?)"
)
#: More rows of one id than there are sources are not needed: one of them repeats it.
NAMED: Final = _LOAD.format(
    ids="SELECT r.call_id FROM json_each(?) q CROSS JOIN response_ids r WHERE r.call_id IN"
    " (SELECT a.call_id FROM response_ids a WHERE a.response_id = q.value"
    " ORDER BY a.call_id LIMIT 32)"
    " UNION SELECT g.id FROM json_each(?) q CROSS JOIN calls g"
    " ON g.identity >= q.value AND g.identity < q.value || char(1114111)"
)
DURING: Final = _LOAD.format(
    ids="SELECT k.id FROM calls k WHERE k.occurred_at_ms >= ? AND k.occurred_at_ms < ?"
    " AND k.series_id IN (SELECT value FROM json_each(?))"
    " UNION SELECT k.call_id FROM corrections k WHERE k.occurred_at_ms >= ?"
    " AND k.occurred_at_ms < ? AND k.series_id IN (SELECT value FROM json_each(?))"
)
_THESE: Final = _LOAD.format(ids="SELECT value FROM json_each(?)")
_COMPANY: Final = """
WITH asked AS MATERIALIZED (SELECT q.value AS id, coalesce(
    (SELECT y.call_id FROM sightings y WHERE y.seen_id = q.value), q.value) AS root
  FROM json_each(?) q)
SELECT a.id, a.root FROM asked a WHERE EXISTS (SELECT 1 FROM sightings y WHERE y.call_id = a.root)
UNION ALL
SELECT a.id, y.seen_id FROM asked a JOIN sightings y ON y.call_id = a.root
"""
_PLACES: Final = """
SELECT c.id, f.path FROM json_each(?) q CROSS JOIN calls c ON c.id = q.value
  JOIN files f ON f.id = c.file_id
"""
_NAME: Final = (
    "INSERT OR IGNORE INTO response_ids (call_id, response_id)"
    " SELECT id, ? FROM calls WHERE identity = ?"
)


class SeenRow(msgspec.Struct, frozen=True):
    """A row as its source has it, and what stands of it in the ledger now."""

    sighting: Sighting
    values: dict[str, Any]

    @property
    def id(self) -> int:
        """The number of the row."""
        return self.sighting.row

    @property
    def counts(self) -> bool:
        """Whether its account's sums hold it."""
        return bool(self.values["is_counted"] != 0)

    def counted(self, series_id: int) -> Counted:
        """Return what sums hold of it in a series."""
        values = self.values
        return Counted(
            series_id,
            values["occurred_at_ms"],
            values["input_tokens"],
            values["cache_read_tokens"],
            values["cache_write_5m_tokens"] + values["cache_write_1h_tokens"],
            values["output_tokens"],
            values["cost_pico"] or 0,
            values["duration_ms"],
        )


def name_rows(connection: Connection, named: Iterable[tuple[str, str]]) -> None:
    """Keep what providers called their answers, given as pairs of such an id and an identity."""
    rows = [
        (response_id, identity)
        for response_id, identity in ((usable_id(given), identity) for given, identity in named)
        if response_id and response_id != _message_of(identity)
    ]
    if rows:
        connection.execute_many(_NAME, rows)


class Company(msgspec.Struct, frozen=True):
    """Where a call was seen, and what those that saw it say differently."""

    seen_in: tuple[str, ...]
    disagreements: tuple[Disagreement, ...]


def companies(connection: Connection, ids: Sequence[int]) -> dict[int, Company]:
    """Return for those of the rows *ids* that several sources saw where, and what differs."""
    members: defaultdict[int, list[int]] = defaultdict(list)
    for row_id, seen_id in connection.execute(_COMPANY, (json.dumps(list(ids)),)):
        members[row_id].append(seen_id)
    if not members:
        return {}
    wanted = json.dumps(sorted({seen_id for each in members.values() for seen_id in each}))
    rows = {row.id: row for row in load(connection, _THESE, (wanted,))}
    places = {row[0]: str(row[1]) for row in connection.execute(_PLACES, (wanted,))}
    found = {}
    for row_id, seen in members.items():
        ordered = sorted((rows[one] for one in seen), key=lambda row: evidence(row.sighting))
        found[row_id] = Company(
            tuple(dict.fromkeys(places.get(row.id, row.sighting.source) for row in ordered)),
            disagreements([(row.sighting.source, row.values) for row in ordered]),
        )
    return found


def load(connection: Connection, query: str, parameters: tuple[object, ...]) -> list[SeenRow]:
    """Return the rows of one of the queries above."""
    rows = connection.execute(query, parameters).named()
    return [_row(dict(row)) for row in rows]


def _row(values: dict[str, Any]) -> SeenRow:
    inputs = ("input_tokens", "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens")
    sighting = Sighting(
        row=values["id"],
        account=values["account"],
        source=values["source"],
        provider=values["provider"],
        model=values["model"],
        response_id=values["response_id"] or _message_of(values["booked_as"]),
        occurred_at_ms=values["occurred_at_ms"],
        duration_ms=values["duration_ms"],
        input_tokens=sum(values[name] for name in inputs),
        output_tokens=values["output_tokens"],
        price_status=values["price_status"],
        is_estimated=bool(values["flags"] & FLAG_ESTIMATED),
        project=values["project"],
        agent=values["agent"],
        conversation=values["conversation"],
        api_key=values["api_key"],
    )
    return SeenRow(sighting, values)


def as_it_was(known: KnownCall) -> Sighting:
    """Return a row by what it said before it was corrected."""
    call = known.call
    return Sighting(
        row=known.id,
        account=call.account,
        source=call.source,
        provider=call.provider,
        model=call.model,
        response_id="",
        occurred_at_ms=call.occurred_at_ms,
        duration_ms=call.duration_ms,
        input_tokens=call.tokens - call.output_tokens,
        output_tokens=call.output_tokens,
    )


def _message_of(identity: str) -> str:
    """Return the provider's id that an identity holds, "" for none. See ``identity``."""
    parts = identity.split(":")
    return parts[1] if len(parts) == 3 else ""  # noqa: PLR2004 - provider, message, request
