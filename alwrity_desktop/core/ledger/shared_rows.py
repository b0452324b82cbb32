"""Rows that many calls share, found or made once: series and frozen quotes."""

from __future__ import annotations

from typing import Final

import msgspec

from alwrity_desktop.core.domain.pricing import Quote
from alwrity_desktop.core.domain.usage import Call, PriceStatus
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.schema import SERIES_DIMENSIONS

_INSERT_SERIES: Final = (
    f"INSERT INTO series ({', '.join(SERIES_DIMENSIONS)}, id)"  # noqa: S608 - the schema's names
    f" VALUES ({', '.join('?' for _ in SERIES_DIMENSIONS)}, ?)"
)
_FIND_SERIES: Final = (
    f"SELECT id FROM series WHERE {' AND '.join(f'{name} = ?' for name in SERIES_DIMENSIONS)}"  # noqa: S608
)
_FIND_UNPRICED: Final = (
    "SELECT 1 FROM series WHERE provider = ? AND model = ? AND price_status = ? LIMIT 1"
)

SeriesKey = tuple[str, str, str, str, str, str, str, str, str, str, int, str]


class SharedRows:
    """The series and quotes of one transaction; made anew for each, so never out of date.

    Ids are given here, under the transaction's write lock, and new series are written
    together by ``save``: one statement instead of thousands.
    """

    def __init__(self, connection: Connection) -> None:
        """Take the ids that are free."""
        self._connection = connection
        self._series: dict[SeriesKey, int] = {}
        last_id = connection.execute("SELECT max(id) FROM series").scalar_one()
        #: Whether the ledger had no series before.
        self.is_fresh = last_id is None
        self._last_id = int(last_id or 0)
        self._new_series: list[tuple[str | int, ...]] = []
        self._quotes: dict[int, int] = {}
        #: Workers bring copies of the same quotes.
        self._bodies: dict[str, int] = {}
        #: Models that have their first call without a price in this transaction.
        self.newly_unpriced: list[tuple[str, str]] = []

    @property
    def kinds(self) -> set[tuple[str, str, str]]:
        """Source, provider and model of all series that were asked for."""
        return {key[1:4] for key in self._series}

    def series_id(self, call: Call, price_status: str) -> int:
        """Return the id of the series that *call* belongs to."""
        key = (
            call.account,
            call.source,
            call.provider,
            call.model,
            call.project,
            call.agent,
            call.conversation,
            call.endpoint,
            call.billing_period,
            call.api_key,
            call.status_code or 0,
            price_status,
        )
        found = self._series.get(key)
        return self._find_or_make_series(key) if found is None else found

    def _find_or_make_series(self, key: SeriesKey) -> int:
        found = None
        if not self.is_fresh:
            found = self._connection.execute(_FIND_SERIES, key).scalar()
        if found is None:
            self._note_unpriced(key)
            self._last_id += 1
            found = self._last_id
            self._new_series.append((*key, found))
        self._series[key] = found
        return found

    def _note_unpriced(self, key: SeriesKey) -> None:
        model, status = (key[2], key[3]), key[-1]
        if status != PriceStatus.UNPRICED or model in self.newly_unpriced:
            return
        if self._connection.execute(_FIND_UNPRICED, (*model, status)).first() is None:
            self.newly_unpriced.append(model)

    def save(self) -> None:
        """Write the series that are new; rows that name them come after."""
        if self._new_series:
            self._connection.execute_many(_INSERT_SERIES, self._new_series)
            self._new_series = []

    def quote_id(self, quote: Quote) -> int:
        """Return the id of the frozen *quote*."""
        found = self._quotes.get(id(quote))
        return self._make_quote(quote) if found is None else found

    def _make_quote(self, quote: Quote) -> int:
        body = msgspec.json.encode(quote).decode()
        found = self._bodies.get(body)
        if found is None:
            execute = self._connection.execute
            execute("INSERT OR IGNORE INTO quotes (body) VALUES (?)", (body,))
            select = "SELECT id FROM quotes WHERE body = ?"
            found = self._bodies[body] = int(execute(select, (body,)).scalar_one())
        self._quotes[id(quote)] = found
        return found
