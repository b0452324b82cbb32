"""Rows that many calls share, found or made once: series and frozen quotes."""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import Connection

from alwrity_desktop.core.domain.pricing import Quote
from alwrity_desktop.core.domain.usage import Call, PriceStatus
from alwrity_desktop.core.ledger.schema import SERIES

SERIES_DIMENSIONS: Final = tuple(column.name for column in SERIES.columns if not column.primary_key)

_INSERT_SERIES: Final = (
    f"INSERT INTO series ({', '.join(SERIES_DIMENSIONS)}, id)"  # noqa: S608 - the schema's names
    f" VALUES ({', '.join('?' for _ in SERIES_DIMENSIONS)}, ?)"
)
_SELECT_SERIES: Final = f"SELECT {', '.join(SERIES_DIMENSIONS)}, id FROM series"  # noqa: S608

SeriesKey = tuple[str, str, str, str, str, str, str, str, int, str]


class SharedRows:
    """The series and quotes of one transaction; made anew for each, so never out of date.

    Ids are given here, under the transaction's write lock, and new series are written
    together by ``save``: one statement instead of thousands.
    """

    def __init__(self, connection: Connection) -> None:
        """Load the series that exist."""
        self._connection = connection
        self._series: dict[SeriesKey, int] = {
            tuple(row[:-1]): row[-1] for row in connection.exec_driver_sql(_SELECT_SERIES)
        }
        self._unpriced = {
            (key[2], key[3]) for key in self._series if key[-1] == PriceStatus.UNPRICED
        }
        self._last_id = max(self._series.values(), default=0)
        self._new_series: list[tuple[str | int, ...]] = []
        self._quotes: dict[int, int] = {}
        #: Models that have their first call without a price in this transaction.
        self.newly_unpriced: list[tuple[str, str]] = []

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
            call.status_code or 0,
            price_status,
        )
        found = self._series.get(key)
        return self._make_series(key) if found is None else found

    def _make_series(self, key: SeriesKey) -> int:
        self._last_id += 1
        self._series[key] = self._last_id
        self._new_series.append((*key, self._last_id))
        model = (key[2], key[3])
        if key[-1] == PriceStatus.UNPRICED and model not in self._unpriced:
            self._unpriced.add(model)
            self.newly_unpriced.append(model)
        return self._last_id

    def save(self) -> None:
        """Write the series that are new; rows that name them come after."""
        if self._new_series:
            self._connection.exec_driver_sql(_INSERT_SERIES, self._new_series)
            self._new_series = []

    def quote_id(self, quote: Quote | None) -> int | None:
        """Return the id of the frozen *quote*; None for none."""
        if quote is None:
            return None
        found = self._quotes.get(id(quote))
        return self._make_quote(quote) if found is None else found

    def _make_quote(self, quote: Quote) -> int:
        body = msgspec.json.encode(quote).decode()
        connection = self._connection
        connection.exec_driver_sql("INSERT OR IGNORE INTO quotes (body) VALUES (?)", (body,))
        select = "SELECT id FROM quotes WHERE body = ?"
        found = int(connection.exec_driver_sql(select, (body,)).scalar_one())
        self._quotes[id(quote)] = found
        return found
