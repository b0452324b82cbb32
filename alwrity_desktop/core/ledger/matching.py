"""Finding the calls that the ledger knows already, by identity or by group of identities."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from alwrity_desktop.core.domain.identity import group_of, is_loose
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.schema import (
    FIGURE_COLUMNS,
    FLAG_COMBINED,
    FLAG_ESTIMATED,
    FLAG_SIDECHAIN,
    SERIES_DIMENSIONS,
)

_GROUPS_AT_ONCE: Final = 20_000

_COLUMNS: Final = ", ".join(f"n.{name}" for name in FIGURE_COLUMNS)
_DIMENSIONS: Final = ", ".join(f"s.{name}" for name in SERIES_DIMENSIONS)
_NOW: Final = "coalesce(x.series_id, n.series_id) AS present_series_id, y.is_counted"
_JOINED: Final = (
    "JOIN series s ON s.id = n.series_id LEFT JOIN corrections x ON x.id = f.newest"
    " LEFT JOIN sightings y ON y.seen_id = f.id"
)

#: A correction, where there is one, stands for its call; what other sources know of it does not.
_CURRENT: Final = f"""
WITH wanted AS MATERIALIZED (SELECT value AS low FROM json_each(?)),
found AS MATERIALIZED (
  SELECT c.id, c.identity,
         (SELECT max(k.id) FROM corrections k WHERE k.call_id = c.id) AS newest,
         (SELECT max(k.id) FROM corrections k
          WHERE k.call_id = c.id AND NOT k.flags & {FLAG_COMBINED}) AS correction
  FROM wanted CROSS JOIN calls c ON {{match}})
SELECT n.id, n.identity, f.identity AS booked_as, {_COLUMNS}, {_DIMENSIONS}, {_NOW} FROM found f
  JOIN calls n ON n.id = f.id {_JOINED} WHERE f.correction IS NULL
UNION ALL
SELECT n.call_id, n.identity, f.identity, {_COLUMNS}, {_DIMENSIONS}, {_NOW} FROM found f
  JOIN corrections n ON n.id = f.correction {_JOINED}
"""  # noqa: S608 - the schema's own names

#: Identities of a group begin with it; the highest code point sorts after all that follows.
_BY_GROUP: Final = _CURRENT.format(
    match="c.identity >= wanted.low AND c.identity < wanted.low || char(1114111)"
)
_BY_IDENTITY: Final = _CURRENT.format(match="c.identity = wanted.low")


_KEPT: Final = {"identity", *SERIES_DIMENSIONS, *FIGURE_COLUMNS} - {"status_code"}
_AS_KEPT: Final = tuple(name for name in Call.__struct_fields__ if name in _KEPT)
"""Fields of a call that the ledger keeps as they are."""


figures_of: Final = attrgetter(
    "provider",
    "model",
    "input_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
    "requests",
    "images",
    "pages",
)
"""What must be equal in two records of one call."""


class KnownCall(msgspec.Struct, frozen=True):
    """A call as the ledger has it now, with its row and its frozen price."""

    id: int
    call: Call
    #: The identity that it was first booked under; a correction may have brought a better one.
    booked_as: str
    #: The series that holds it now: what other sources know may have moved it.
    series_id: int
    cost_pico: int | None
    quote_id: int | None
    #: False for a row by which another source saw a call that counts already.
    is_counted: bool = True

    def corrected(self, call: Call, figures: Mapping[str, Any]) -> KnownCall:
        """Return it as *call* corrects it, whose row has *figures*."""
        return replace(
            self,
            call=call,
            series_id=figures["series_id"],
            cost_pico=figures["cost_pico"],
            quote_id=figures["quote_id"],
        )


class KnownCalls:
    """The known calls that a batch may bring again."""

    def __init__(self, connection: Connection, calls: Sequence[Call]) -> None:
        """Look up everything that could be the same as one of *calls*."""
        self._by_identity: dict[str, KnownCall] = {}
        self._by_group: dict[str, list[KnownCall]] = {}
        if connection.execute("SELECT 1 FROM calls LIMIT 1").first() is None:
            return
        keys = {group_of(call.identity) for call in calls}
        groups = {key for key in keys if key.endswith(":")}
        for query, wanted in ((_BY_GROUP, groups), (_BY_IDENTITY, keys - groups)):
            for known in _look_up(connection, query, sorted(wanted)):
                self._by_identity[known.booked_as] = known
                self._by_identity[known.call.identity] = known
                self._by_group.setdefault(group_of(known.call.identity), []).append(known)

    @property
    def is_empty(self) -> bool:
        """Whether none of the calls can be known."""
        return not self._by_identity

    def in_order(self, calls: Iterable[Call]) -> list[Call]:
        """Return *calls* in the order to find them, so that it does not matter how they came.

        Of several calls of one group, those known by their very identity come first: what is
        left of the group may then be another one's.
        """
        exact, others, unknown = [], [], []
        for call in calls:
            if call.identity in self._by_identity:
                exact.append(call)
            elif group_of(call.identity) in self._by_group:
                others.append(call)
            else:
                unknown.append(call)
        others.sort(key=attrgetter("identity"))
        return [*exact, *others, *unknown]

    def correct(self, known: KnownCall, corrected: KnownCall) -> None:
        """Have *corrected* stand for *known*: another call of the batch may meet it again."""
        for identity in (known.booked_as, known.call.identity, corrected.call.identity):
            self._by_identity[identity] = corrected
        group = self._by_group[group_of(known.call.identity)]
        group[group.index(known)] = corrected

    def find(self, call: Call) -> KnownCall | None:
        """Return the known call that *call* is a copy of."""
        exact = self._by_identity.get(call.identity)
        if exact is not None:
            return exact
        candidates = self._by_group.get(group_of(call.identity), ())
        if is_loose(call):
            return next(iter(candidates), None)
        return next((known for known in candidates if is_loose(known.call)), None)


def _look_up(connection: Connection, query: str, keys: Sequence[str]) -> Iterable[KnownCall]:
    for start in range(0, len(keys), _GROUPS_AT_ONCE):
        part = json.dumps(keys[start : start + _GROUPS_AT_ONCE])
        for values in connection.execute(query, (part,)).named():
            yield _known(values)


def _known(values: Mapping[str, Any]) -> KnownCall:
    flags = values["flags"]
    call = Call(
        **{name: values[name] for name in _AS_KEPT},
        status_code=values["status_code"] or None,
        is_estimated=bool(flags & FLAG_ESTIMATED),
        is_sidechain=bool(flags & FLAG_SIDECHAIN),
    )
    return KnownCall(
        values["id"],
        call,
        values["booked_as"],
        values["present_series_id"],
        values["cost_pico"],
        values["quote_id"],
        values["is_counted"] != 0,
    )
