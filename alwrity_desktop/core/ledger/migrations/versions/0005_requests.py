"""The hashes of requests, and a name for the API key in the series."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_SHARED = (
    "account, source, provider, model, project, agent, conversation, endpoint, billing_period,"
    " status_code, price_status"
)


def upgrade() -> None:
    _series()
    op.create_table(
        "request_hashes",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("request_hash", sa.Integer(), nullable=False),
        sa.Column("asked_at_ms", sa.Integer(), nullable=False),
        sa.Column("answered_at_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"]),
        sa.PrimaryKeyConstraint("call_id"),
    )
    op.create_index(
        "request_hashes_by_request",
        "request_hashes",
        ["request_hash", "answered_at_ms"],
        unique=False,
    )


def _series() -> None:
    """Make the table anew: a constraint cannot be widened in place."""
    columns = ("account", "source", "provider", "model", "project", "agent", "conversation")
    texts = (*columns, "endpoint", "billing_period", "api_key")
    op.create_table(
        "series_with_key",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("status_code", sa.Integer(), nullable=False),
        sa.Column("price_status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(*texts, "status_code", "price_status", name="series_once"),
    )
    op.execute(
        f"INSERT INTO series_with_key (id, {_SHARED}, api_key)"  # noqa: S608 - constants
        f" SELECT id, {_SHARED}, '' FROM series"
    )
    op.drop_table("series")
    op.rename_table("series_with_key", "series")
