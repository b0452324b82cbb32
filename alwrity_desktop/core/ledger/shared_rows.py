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
    f"INSERT INTO series ({', '.join(SERIES_DIMENSIONS)})"  # noqa: S608 - the schema's names
    f" VALUES ({', '.join('?' for _ in SERIES_DIMENSIONS)}) RETURNING id"
)
_SELECT_SERIES: Final = f"SELECT {', '.join(SERIES_DIMENSIONS)}, id FROM series"  # noqa: S608

SeriesKey = tuple[str, str, str, str, str, str, str, str, int, str]


class SharedRows:
    """The series and quotes of one transaction; made anew for each, so never out of date."""

    def __init__(self, connection: Connection) -> None:
        """Load the series that exist."""
        self._connection = connection
        self._series: dict[SeriesKey, int] = {
            tuple(row[:-1]): row[-1] for row in connection.exec_driver_sql(_SELECT_SERIES)
        }
        self._unpriced = {
            (key[2], key[3]) for key in self._series if key[-1] == PriceStatus.UNPRICED
        }
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
        made = self._connection.exec_driver_sql(_INSERT_SERIES, key).scalar_one()
        self._series[key] = made
        model = (key[2], key[3])
        if key[-1] == PriceStatus.UNPRICED and model not in self._unpriced:
            self._unpriced.add(model)
            self.newly_unpriced.append(model)
        return int(made)

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
