"""The tables of what a person did with advice: tips put off or done, and calls priced anew."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from alwrity_desktop.core.ledger.tables import METADATA

__all__ = ["METADATA", "PRICE_REVISIONS", "REPRICED", "TIP_STATES"]

TIP_STATES: Final = Table(
    "tip_states",
    METADATA,
    Column("account", Text, primary_key=True),
    Column("tip_id", Text, primary_key=True),
    #: "dismissed", "snoozed" or "done".
    Column("state", Text, nullable=False),
    Column("set_at_ms", Integer, nullable=False),
    #: What was said, and what is measured again of a tip that was done; JSON.
    Column("body", Text, nullable=False),
)

PRICE_REVISIONS: Final = Table(
    "price_revisions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    Column("made_at_ms", Integer, nullable=False),
    #: The revision that this one takes back; NULL for one that prices anew.
    Column("undoes_id", Integer, ForeignKey("price_revisions.id")),
    #: What was asked and what it changed; JSON.
    Column("body", Text, nullable=False),
)

REPRICED: Final = Table(
    "repriced",
    METADATA,
    #: A correction that a revision made.
    Column("correction_id", Integer, ForeignKey("corrections.id"), primary_key=True),
    Column("revision_id", Integer, ForeignKey("price_revisions.id"), nullable=False, index=True),
)
