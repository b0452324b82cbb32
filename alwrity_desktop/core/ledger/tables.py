"""The tables of the ledger, declared once; ``schema.sql`` is made of them, migrations end there.

Calls and corrections are append-only. A ``series`` row holds what many calls share, so
that a call is a short row of numbers, and ``rollups`` holds the sums of each series for
each quarter of an hour: every zone's days and hours are whole numbers of quarters.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    DDL,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)

from alwrity_desktop.core.ledger.schema import (
    FIGURE_COLUMNS,
    SERIES_DIMENSIONS,
    SUMS,
    UNKNOWN_FIGURES,
)

METADATA: Final = MetaData()

SERIES: Final = Table(
    "series",
    METADATA,
    Column("id", Integer, primary_key=True),
    *(
        Column(name, Integer if name == "status_code" else Text, nullable=False)
        for name in SERIES_DIMENSIONS
    ),
    UniqueConstraint(*SERIES_DIMENSIONS, name="series_once"),
)

QUOTES: Final = Table(
    "quotes",
    METADATA,
    Column("id", Integer, primary_key=True),
    #: The whole quote as canonical JSON: what was used is never looked up again.
    Column("body", Text, nullable=False, unique=True),
)

BATCHES: Final = Table(
    "batches",
    METADATA,
    Column("id", Integer, primary_key=True),
    #: The source, or the door such as "record".
    Column("door", Text, nullable=False),
    Column("booked_at_ms", Integer, nullable=False),
)

FILES: Final = Table(
    "files",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("device", Integer, nullable=False),
    Column("inode", Integer, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("mtime_ns", Integer, nullable=False),
    #: Reading goes on here.
    Column("next_offset", Integer, nullable=False),
    #: Hash of the first ``prefix_bytes``: tells a longer file from a rewritten one.
    Column("prefix_bytes", Integer, nullable=False),
    Column("prefix_hash", LargeBinary, nullable=False),
    #: What the source has to remember of the part that was read.
    Column("state", LargeBinary, nullable=False),
    Column("read_at_ms", Integer, nullable=False),
    UniqueConstraint("source", "path", name="files_once"),
)

REJECTS: Final = Table(
    "rejects",
    METADATA,
    Column("file_id", Integer, ForeignKey("files.id"), primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("lines", Integer, nullable=False),
    Column("example_offset", Integer, nullable=False),
    Column("at_ms", Integer, nullable=False),
)


def _figures() -> tuple[Column[int] | Column[int | None], ...]:
    """Return the columns that a call and its correction share.

    Their ids are given by the ledger itself in the same transaction, so they are no foreign
    keys, which would be looked up four times for each of the calls of an import; ``doctor``
    looks for ids that lead nowhere instead.
    """
    return tuple(Column(name, Integer, nullable=name in UNKNOWN_FIGURES) for name in FIGURE_COLUMNS)


CALLS: Final = Table(
    "calls",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("identity", Text, nullable=False),
    *_figures(),
    CheckConstraint("abs(cost_pico) <= 1000000000000000000", name="calls_cost_bound"),
    Index("calls_once", "identity", unique=True),
    Index("calls_by_time", "occurred_at_ms"),
)

CORRECTIONS: Final = Table(
    "corrections",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("call_id", Integer, ForeignKey("calls.id"), nullable=False, index=True),
    #: The better copy's own identity.
    Column("identity", Text, nullable=False),
    *_figures(),
    Index("corrections_by_time", "occurred_at_ms"),
)

SIGHTINGS: Final = Table(
    "sightings",
    METADATA,
    #: The row of a source that saw a call of another row.
    Column("seen_id", Integer, ForeignKey("calls.id"), primary_key=True),
    #: The row that stands for the call.
    Column("call_id", Integer, ForeignKey("calls.id"), nullable=False, index=True),
    #: 1 where it counts for its own account, and only for all accounts together does not.
    Column("is_counted", Integer, nullable=False),
    Index("sightings_counted", "call_id", sqlite_where=text("is_counted")),
)

RESPONSE_IDS: Final = Table(
    "response_ids",
    METADATA,
    Column("call_id", Integer, ForeignKey("calls.id"), primary_key=True),
    #: What the provider called its answer, where the identity does not hold it.
    Column("response_id", Text, nullable=False, index=True),
)

REQUEST_HASHES: Final = Table(
    "request_hashes",
    METADATA,
    #: Only calls that were answered, and whose request is known, have a row.
    Column("call_id", Integer, ForeignKey("calls.id"), primary_key=True),
    #: The 64 bits of the hash as a signed number.
    Column("request_hash", Integer, nullable=False),
    #: When the request was sent, and when it was answered.
    Column("asked_at_ms", Integer, nullable=False),
    Column("answered_at_ms", Integer, nullable=False),
    Index("request_hashes_by_request", "request_hash", "answered_at_ms"),
)


def sums() -> tuple[Column[int], ...]:
    """Return the columns of sums, in the rollups and above them."""
    return tuple(Column(name, Integer, nullable=False) for name in SUMS)


ROLLUPS: Final = Table(
    "rollups",
    METADATA,
    #: ``occurred_at_ms // QUARTER_MS``
    Column("quarter", Integer, primary_key=True),
    Column("series_id", Integer, ForeignKey("series.id"), primary_key=True),
    *sums(),
    #: For accounts whose calls are few among all: those of servers.
    Index("rollups_by_series", "series_id", "quarter"),
    sqlite_with_rowid=False,
)

DURATIONS: Final = Table(
    "durations",
    METADATA,
    Column("quarter", Integer, primary_key=True),
    Column("series_id", Integer, ForeignKey("series.id"), primary_key=True),
    #: Logarithmic bucket of the duration, see ``core.domain.durations``.
    Column("bucket", Integer, primary_key=True),
    Column("calls", Integer, nullable=False),
    Index("durations_by_series", "series_id", "quarter"),
    sqlite_with_rowid=False,
)

BUDGETS: Final = Table(
    "budgets",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    #: Pico-dollars for cost, else a count.
    Column("limit_value", Integer, nullable=False),
    Column("period", Text, nullable=False),
    Column("provider", Text),
    Column("model", Text),
    Column("enforcement", Text, nullable=False),
    #: Percentages, comma-separated.
    Column("thresholds", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_at_ms", Integer, nullable=False),
    Column("project", Text),
    sqlite_autoincrement=True,
)

ALERTS: Final = Table(
    "alerts",
    METADATA,
    Column("id", Integer, primary_key=True),
    #: What makes it once: the limit, its revision, the period and the threshold.
    Column("once_key", Text, nullable=False, unique=True),
    #: All thresholds of one limit in one period share it.
    Column("group_key", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("threshold_percent", Integer),
    Column("title", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("at_ms", Integer, nullable=False),
    #: End of the period it belongs to: afterwards it is history and notifies nobody.
    Column("period_end_ms", Integer),
    Column("read_at_ms", Integer),
    Column("budget_id", Integer),
    Column("provider", Text),
    #: "pending", "shown" or "silent".
    Column("notification", Text, nullable=False),
    Index("alerts_by_notification", "notification"),
)

PRICES: Final = Table(
    "prices",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("model", Text, nullable=False),
    #: ISO date; "" is since ever.
    Column("effective_from", Text, nullable=False),
    #: The person's own unit prices as JSON of decimal strings.
    Column("body", Text, nullable=False),
    Column("set_at_ms", Integer, nullable=False),
    UniqueConstraint("provider", "model", "effective_from", name="prices_once"),
)

STATEMENTS: Final = Table(
    "statements",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("label", Text, nullable=False),
    #: Figures are NULL where the server said none.
    Column("calls", Integer),
    Column("messages", Integer),
    Column("conversations", Integer),
    Column("tokens", Integer),
    Column("input_tokens", Integer),
    Column("output_tokens", Integer),
    Column("cost_pico", Integer),
    Column("occurred_at_ms", Integer),
    Column("said_at_ms", Integer, nullable=False),
    Column("confirmed_at_ms", Integer, nullable=False),
    #: The newest row of a name is what the server says now; the others are history.
    Index("statements_by_name", "account", "origin", "kind", "period", "key"),
)

SERVER_FACTS: Final = Table(
    "server_facts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    #: A field of ``ServerFacts``.
    Column("name", Text, nullable=False),
    #: JSON.
    Column("body", Text, nullable=False),
    Column("said_at_ms", Integer, nullable=False),
    Column("confirmed_at_ms", Integer, nullable=False),
    Index("server_facts_by_name", "account", "name"),
)

SYNC_STATES: Final = Table(
    "sync_states",
    METADATA,
    Column("account", Text, primary_key=True),
    #: The first and the last sync that went well.
    Column("first_ok_ms", Integer),
    Column("last_ok_ms", Integer),
    #: 1 once all rows that the server listed were read.
    Column("is_whole", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("trouble", Text, nullable=False),
)

REMAINDERS: Final = Table(
    "remainders",
    METADATA,
    Column("account", Text, primary_key=True),
    Column("provider", Text, primary_key=True),
    Column("billing_period", Text, primary_key=True),
    Column("occurred_at_ms", Integer, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    #: Tokens of which the server does not say the kind.
    Column("unsplit_tokens", Integer, nullable=False),
    Column("cost_pico", Integer, nullable=False),
)

SERVER_ALERTS: Final = Table(
    "server_alerts",
    METADATA,
    Column("account", Text, primary_key=True),
    #: The server's own id of one of its rows.
    Column("server_id", Text, primary_key=True),
    Column("alert_id", Integer, ForeignKey("alerts.id"), nullable=False, index=True),
    #: 1 when the server has it as read.
    Column("is_read_there", Integer, nullable=False),
)

for _table in (CALLS, CORRECTIONS):
    event.listen(
        _table,
        "after_create",
        DDL(  # type: ignore[no-untyped-call] # the library leaves it untyped
            f"CREATE TRIGGER {_table.name}_never_change BEFORE UPDATE ON {_table.name} "
            "BEGIN SELECT RAISE(ABORT, 'money is never updated: book a correction'); END"
        ),
    )
