"""The tables of sums above the rollups: of half hours, of days, and of durations over eight days.

What many calls share is told apart less finely there, so that a year is read in a few
thousand rows however the calls lie: by conversations, or each in a quarter of its own. A
series that stands for others is the first one that was made of them.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Integer, Table

from alwrity_desktop.core.ledger.insight_tables import METADATA
from alwrity_desktop.core.ledger.tables import sums

__all__ = ["DAY_ROLLUPS", "HALF_HOUR_ROLLUPS", "LONG_DURATIONS", "METADATA", "SERIES_GROUPS"]

SERIES_GROUPS: Final = Table(
    "series_groups",
    METADATA,
    Column("series_id", Integer, primary_key=True),
    #: Stands for all series that differ in their conversation alone.
    Column("day_series_id", Integer, nullable=False),
    #: Stands for all series of one account, billing period, model and status.
    Column("model_series_id", Integer, nullable=False),
)


def _sums(name: str) -> Table:
    return Table(
        name,
        METADATA,
        #: The first quarter of an hour of the half hour or of the day, in UTC.
        Column("quarter", Integer, primary_key=True),
        Column("series_id", Integer, primary_key=True),
        *sums(),
        sqlite_with_rowid=False,
    )


HALF_HOUR_ROLLUPS: Final = _sums("half_hour_rollups")
DAY_ROLLUPS: Final = _sums("day_rollups")

LONG_DURATIONS: Final = Table(
    "long_durations",
    METADATA,
    #: The first quarter of an hour of eight days.
    Column("quarter", Integer, primary_key=True),
    #: As in ``half_hour_rollups``.
    Column("series_id", Integer, primary_key=True),
    Column("bucket", Integer, primary_key=True),
    Column("calls", Integer, nullable=False),
    sqlite_with_rowid=False,
)
