"""Calls in columns, with what each costs: how many of them cross processes and reach rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from operator import itemgetter
from typing import Any, Final, NamedTuple, Protocol

import msgspec
from msgspec.structs import astuple

from alwrity_desktop.core.domain.identity import is_loose
from alwrity_desktop.core.domain.money import MAX_COST_PICO
from alwrity_desktop.core.domain.price_book import SteadyQuote
from alwrity_desktop.core.domain.pricing import (
    TOKEN_KINDS,
    Quote,
    Settled,
    priced_status,
    token_costs,
)
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
_COLUMN_DEFAULTS: Final = tuple(_DEFAULTS.get(name) for name in _COLUMNS)
_in_order: Final = itemgetter(*map((*_COLUMNS, *_SHARED).index, _FIELDS))
"""Takes the values of the columns and the shared ones, returns them as a call's fields stand."""

_NOT_BY_TOKENS: Final = ("reported_cost_pico", "requests", "web_searches", "images", "pages")
"""Where one of these is said of a call, it is not settled by its tokens alone."""

_Fields = Mapping[str, Sequence[Any]]
"""The values of each field, by row."""


class Book(Protocol):
    """The price book as booking needs it."""

    def settle(self, call: Call) -> Settled:
        """Return what *call* costs, how that came about, and the unit prices used."""
        ...

    def steady_quote(
        self, provider: str, model: str, service_tier: str, from_ms: int
    ) -> SteadyQuote | None:
        """Return what a model's calls are settled with from an instant on; None if that differs."""
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

    def call(self, row: int) -> Call:
        """Return the call of *row*: quicker than ``calls`` for few, slower for many."""
        own = [
            default if values is None else values[row]
            for values, default in zip(self.columns, _COLUMN_DEFAULTS, strict=True)
        ]
        return msgspec.convert(_in_order((*own, *self.kinds[self.kind_of[row]].shared)), Call)

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
    values = zip(*map(astuple, calls), strict=True) if calls else repeat((), len(_FIELDS))
    fields = dict(zip(_FIELDS, values, strict=True))
    models = _models(fields)
    bills = _Bills(calls, fields, models, book)
    # By the object: a status hashes slowly, and comparing the many numbers of a quote for each
    # call would take longer than pricing it. The book answers with the same one for the same
    # prices.
    by_id = {id(quote): quote for quote in bills.quotes}
    status_by_id = {id(status): status for status in bills.statuses}
    kinds, quotes = _Numbers(), _Numbers()
    shared = zip(*(fields[name] for name in _SHARED), strict=True)
    sheet = CallSheet(
        rows=len(calls),
        columns=[_column(name, fields[name]) for name in _COLUMNS],
        kind_of=[kinds[key] for key in zip(shared, map(id, bills.statuses), strict=True)],
        kinds=[Kind(shared, status_by_id[key]) for shared, key in kinds],
        log_of=log_of,
        cost_pico=bills.cost_pico,
        quote_of=[quotes[key] for key in map(id, bills.quotes)],
        loose=_loose(calls, fields),
        edges=_edges(fields["occurred_at_ms"], models),
    )
    return sheet, [by_id[key] for key in quotes]


class _Model(NamedTuple):
    """What prices and alerts tell calls apart by."""

    account: str
    provider: str
    model: str
    service_tier: str
    is_flat_rate: bool


def _models(fields: _Fields) -> dict[_Model, list[int]]:
    """Return the rows of each model."""
    rows: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
    for row, key in enumerate(zip(*(fields[name] for name in _Model._fields), strict=True)):
        rows[key].append(row)
    return {_Model(*key): each for key, each in rows.items()}


class _Bills:
    """What the calls of a sheet cost, by row: by the many where one quote holds for them all."""

    def __init__(
        self,
        calls: Sequence[Call],
        fields: _Fields,
        models: Mapping[_Model, list[int]],
        book: Book,
    ) -> None:
        """Price *calls*, whose *models* have the rows given, by *book*."""
        self.cost_pico: list[int | None] = [None] * len(calls)
        self.statuses = [PriceStatus.UNPRICED] * len(calls)
        self.quotes: list[Quote | None] = [None] * len(calls)
        self._fields = fields
        self._tokens = list(zip(*(fields[f"{kind}_tokens"] for kind in TOKEN_KINDS), strict=True))
        #: Rows whose cost is not one of tokens alone.
        self._odd = {
            row
            for name in _NOT_BY_TOKENS
            if not _is_default(name, fields[name])
            for row, value in enumerate(fields[name])
            if value != _DEFAULTS[name]
        }
        for model, rows in models.items():
            for row in self._settle_alike(model, rows, book):
                settled = settle(book, calls[row])
                self.cost_pico[row], self.statuses[row], self.quotes[row] = settled

    def _settle_alike(self, model: _Model, rows: Sequence[int], book: Book) -> Iterator[int]:
        """Settle the rows that one quote holds for at a time; yield those that are left."""
        times = self._fields["occurred_at_ms"]
        later = rows
        while later:
            first_ms = min(map(times.__getitem__, later))
            steady = book.steady_quote(model.provider, model.model, model.service_tier, first_ms)
            if steady is None or steady.quote.is_by_the_piece:
                yield from later
                return
            rows, later = later, []
            if steady.until_ms is not None:
                later = [row for row in rows if times[row] >= steady.until_ms]
                rows = [row for row in rows if times[row] < steady.until_ms] if later else rows
            status = priced_status(is_flat_rate=model.is_flat_rate)
            yield from self._settle_at(steady, status, rows)

    def _settle_at(
        self, steady: SteadyQuote, status: PriceStatus, rows: Sequence[int]
    ) -> Iterator[int]:
        quote, upto, _ = steady
        tokens = [self._tokens[row] for row in rows]
        costs = token_costs(tokens, quote)
        for row, counted, cost_pico in zip(rows, tokens, costs, strict=True):
            is_long = upto is not None and sum(counted[:-1]) > upto
            if is_long or row in self._odd or not 0 < cost_pico <= MAX_COST_PICO:
                yield row
                continue
            self.cost_pico[row] = cost_pico
            self.statuses[row] = status
            self.quotes[row] = quote


class _Numbers(dict[Any, int]):
    """Numbers things in the order in which they are first asked for."""

    def __missing__(self, key: Any) -> int:  # noqa: ANN401 - anything that can be a key
        number = self[key] = len(self)
        return number


def _is_default(name: str, values: Sequence[Any]) -> bool:
    return name in _DEFAULTS and values.count(_DEFAULTS[name]) == len(values)


def _column(name: str, values: Sequence[Any]) -> Sequence[Any] | None:
    return None if _is_default(name, values) else values


def _loose(calls: Sequence[Call], fields: _Fields) -> list[int]:
    marks = zip(fields["identity"], fields["is_sidechain"], strict=True)
    # The rule itself takes longer than to see for which few calls it is worth asking.
    maybe = [row for row, (name, is_side) in enumerate(marks) if is_side or name[-1:] == ":"]
    return [row for row in maybe if is_loose(calls[row])]


def _edges(times: Sequence[int], models: Mapping[_Model, list[int]]) -> list[int]:
    kinds: dict[tuple[str, str, str], list[int]] = {}
    for model, rows in models.items():
        kinds.setdefault((model.account, model.provider, model.model), []).extend(rows)
    ends = (
        (min(rows, key=times.__getitem__), max(rows, key=times.__getitem__))
        for rows in kinds.values()
    )
    return sorted({row for pair in ends for row in pair})
