"""Calls in columns, with what each costs: how many of them cross processes and reach rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any, Final, NamedTuple, Protocol

import msgspec
from msgspec.structs import astuple

from alwrity_desktop.core.domain.identity import is_loose
from alwrity_desktop.core.domain.money import MAX_COST_PICO
from alwrity_desktop.core.domain.pricing import Quote, Settled
from alwrity_desktop.core.domain.usage import Call, PriceStatus

_FIELDS: Final = Call.__struct_fields__
_DEFAULTS: Final = dict(
    zip(_FIELDS[-len(Call.__struct_defaults__) :], Call.__struct_defaults__, strict=True)
)
FIGURES: Final = _FIELDS[_FIELDS.index("input_tokens") : _FIELDS.index("duration_ms") + 1]
"""What is counted of a call, in the order of the fields and of a row."""

_OWN: Final = frozenset(
    (
        "identity",
        "occurred_at_ms",
        *FIGURES,
        "reported_cost_pico",
        "is_estimated",
        "is_sidechain",
        "response_id",
        "request_hash",
    )
)
_SHARED: Final = tuple(name for name in _FIELDS if name not in _OWN)
"""What all calls of one kind have in common."""

_COLUMNS: Final = tuple(name for name in _FIELDS if name in _OWN)


class Book(Protocol):
    """The price book as booking needs it."""

    def settle(self, call: Call) -> Settled:
        """Return what *call* costs, how that came about, and the unit prices used."""
        ...


class Kind(NamedTuple):
    """What calls have in common that belong to one series of the ledger."""

    #: The fields that are no call's own.
    shared: tuple[Any, ...]
    price_status: PriceStatus


class CallSheet(msgspec.Struct, array_like=True):
    """Calls in columns, a row for each: made and taken apart without a step for each value."""

    rows: int
    #: By column; where every row has the field's default there is None instead.
    columns: list[Sequence[Any] | None]
    kinds: list[Kind]
    kind_of: list[int]
    #: In which of the logs each call was read.
    log_of: list[int]
    cost_pico: list[int | None]
    quote_of: list[int]
    #: Rows that may belong to a call of another row or sheet, whatever their identity.
    loose: list[int]
    #: Rows of the first and the last call of each kind that alerts tell apart.
    edges: list[int]

    def column(self, name: str) -> Iterable[Any]:
        """Return the values of a field, which may be endless where all are the default."""
        values = self.columns[_COLUMNS.index(name)]
        return repeat(_DEFAULTS[name]) if values is None else values

    def has_column(self, name: str) -> bool:
        """Return whether any call has another value of a field than its default."""
        return self.columns[_COLUMNS.index(name)] is not None

    @property
    def identities(self) -> Sequence[str]:
        """The identity of each row's call."""
        return self.columns[0] or ()

    def settled(self, row: int, quotes: Sequence[Quote | None]) -> Settled:
        """Return what the call of *row* costs, given the *quotes* that the sheet counts."""
        status = self.kinds[self.kind_of[row]].price_status
        return Settled(self.cost_pico[row], status, quotes[self.quote_of[row]])

    def calls(self, rows: Sequence[int] | None = None) -> list[Call]:
        """Return the calls of *rows*, of all for None, in their order."""
        chosen = range(self.rows) if rows is None else rows
        if not chosen:
            return []
        columns: dict[str, Iterable[Any]] = {
            name: repeat(_DEFAULTS.get(name)) if values is None else [values[row] for row in chosen]
            for name, values in zip(_COLUMNS, self.columns, strict=True)
        }
        shared = zip(*(self.kinds[self.kind_of[row]].shared for row in chosen), strict=True)
        columns.update(zip(_SHARED, shared, strict=True))
        # The identities come first and end; a column of defaults has no end.
        values = zip(*(columns[name] for name in _FIELDS), strict=False)
        return msgspec.convert(list(values), list[Call])


def settle(book: Book, call: Call) -> Settled:
    """Return what *call* costs; a cost that no call has is none."""
    settled = book.settle(call)
    cost_pico = settled[0]
    if cost_pico is not None and cost_pico > MAX_COST_PICO:
        return Settled(None, PriceStatus.UNPRICED, None)
    return settled


def sheet_of(logs: Iterable[Sequence[Call]], book: Book) -> tuple[CallSheet, list[Quote | None]]:
    """Return the calls of some logs in columns, priced by *book*, with the quotes used."""
    calls: list[Call] = []
    log_of: list[int] = []
    for number, log in enumerate(logs):
        calls += log
        log_of += repeat(number, len(log))
    settled = [settle(book, call) for call in calls]
    costs, statuses, used = zip(*settled, strict=True) if settled else ((), (), ())
    fields = dict(zip(_FIELDS, zip(*map(astuple, calls), strict=True), strict=False))
    # By the object: a status hashes slowly, and comparing the many numbers of a quote for each
    # call would take longer than pricing it. The book answers with the same one for the same
    # prices.
    by_id = dict(zip(map(id, used), used, strict=True))
    status_by_id = dict(zip(map(id, statuses), statuses, strict=True))
    kinds, quotes = _Numbers(), _Numbers()
    shared = zip(*(fields.get(name, ()) for name in _SHARED), strict=True)
    kind_of = [kinds[key] for key in zip(shared, map(id, statuses), strict=True)]
    sheet = CallSheet(
        rows=len(calls),
        columns=[_column(name, fields.get(name, ())) for name in _COLUMNS],
        kinds=[Kind(shared, status_by_id[key]) for shared, key in kinds],
        kind_of=kind_of,
        log_of=log_of,
        cost_pico=list(costs),
        quote_of=[quotes[key] for key in map(id, used)],
        loose=[row for row, call in enumerate(calls) if is_loose(call)],
        edges=_edges(calls, kind_of),
    )
    return sheet, [by_id[key] for key in quotes]


class _Numbers(dict[Any, int]):
    """Numbers things in the order in which they are first asked for."""

    def __missing__(self, key: Any) -> int:  # noqa: ANN401 - anything that can be a key
        number = self[key] = len(self)
        return number


def _column(name: str, values: Sequence[Any]) -> Sequence[Any] | None:
    is_default = name in _DEFAULTS and values.count(_DEFAULTS[name]) == len(values)
    return None if is_default else values


def _edges(calls: Sequence[Call], kind_of: Sequence[int]) -> list[int]:
    in_time = sorted(range(len(calls)), key=[call.occurred_at_ms for call in calls].__getitem__)
    # Of the rows of a kind the one that comes last stays.
    lasts = {kind_of[row]: row for row in in_time}
    firsts = {kind_of[row]: row for row in reversed(in_time)}
    kinds: dict[tuple[str, str, str], list[int]] = {}
    for row in (*firsts.values(), *lasts.values()):
        call = calls[row]
        kinds.setdefault((call.account, call.provider, call.model), []).append(row)
    edges: set[int] = set()
    for rows in kinds.values():
        rows.sort(key=lambda row: calls[row].occurred_at_ms)
        edges.update((rows[0], rows[-1]))
    return sorted(edges)
