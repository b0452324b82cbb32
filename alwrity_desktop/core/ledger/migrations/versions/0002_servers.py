"""What servers say: statements, facts, alerts, syncs, and the billing period of a call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_SHARED = (
    "account, source, provider, model, project, agent, conversation, endpoint, status_code,"
    " price_status"
)


def upgrade() -> None:
    _series()
    _statements()
    _server_facts()
    _sync_states()
    _remainders()
    _server_alerts()
    op.create_index("rollups_by_series", "rollups", ["series_id", "quarter"], unique=False)
    op.create_index("durations_by_series", "durations", ["series_id", "quarter"], unique=False)


def _series() -> None:
    """Make the table anew: a constraint cannot be widened in place."""
    columns = ("account", "source", "provider", "model", "project", "agent", "conversation")
    texts = (*columns, "endpoint", "billing_period")
    op.create_table(
        "series_with_period",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("status_code", sa.Integer(), nullable=False),
        sa.Column("price_status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(*texts, "status_code", "price_status", name="series_once"),
    )
    op.execute(
        f"INSERT INTO series_with_period (id, {_SHARED}, billing_period)"  # noqa: S608 - constants
        f" SELECT id, {_SHARED}, '' FROM series"
    )
    op.drop_table("series")
    op.rename_table("series_with_period", "series")


def _statements() -> None:
    names = ("account", "origin", "kind", "period", "key")
    figures = ("calls", "messages", "conversations", "tokens", "input_tokens", "output_tokens")
    op.create_table(
        "statements",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in (*names, "label")),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in figures),
        sa.Column("cost_pico", sa.Integer(), nullable=True),
        sa.Column("occurred_at_ms", sa.Integer(), nullable=True),
        sa.Column("said_at_ms", sa.Integer(), nullable=False),
        sa.Column("confirmed_at_ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("statements_by_name", "statements", list(names), unique=False)


def _server_facts() -> None:
    op.create_table(
        "server_facts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("said_at_ms", sa.Integer(), nullable=False),
        sa.Column("confirmed_at_ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("server_facts_by_name", "server_facts", ["account", "name"], unique=False)


def _sync_states() -> None:
    op.create_table(
        "sync_states",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("first_ok_ms", sa.Integer(), nullable=True),
        sa.Column("last_ok_ms", sa.Integer(), nullable=True),
        sa.Column("is_whole", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account"),
    )


def _remainders() -> None:
    op.create_table(
        "remainders",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("billing_period", sa.Text(), nullable=False),
        sa.Column("occurred_at_ms", sa.Integer(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("input_tokens", sa.Integer(), nullable=False),
        sa.Column("output_tokens", sa.Integer(), nullable=False),
        sa.Column("unsplit_tokens", sa.Integer(), nullable=False),
        sa.Column("cost_pico", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account", "provider", "billing_period"),
    )


def _server_alerts() -> None:
    op.create_table(
        "server_alerts",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("server_id", sa.Text(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("is_read_there", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"]),
        sa.PrimaryKeyConstraint("account", "server_id"),
    )
    op.create_index("ix_server_alerts_alert_id", "server_alerts", ["alert_id"], unique=False)
