"""Calls that several sources saw, the providers' own ids of answers, and budgets of projects."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "sightings",
        sa.Column("seen_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("is_counted", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"]),
        sa.ForeignKeyConstraint(["seen_id"], ["calls.id"]),
        sa.PrimaryKeyConstraint("seen_id"),
    )
    op.create_index("ix_sightings_call_id", "sightings", ["call_id"], unique=False)
    op.create_index(
        "sightings_counted",
        "sightings",
        ["call_id"],
        unique=False,
        sqlite_where=sa.text("is_counted"),
    )
    op.create_table(
        "response_ids",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"]),
        sa.PrimaryKeyConstraint("call_id"),
    )
    op.create_index("ix_response_ids_response_id", "response_ids", ["response_id"], unique=False)
    op.create_index("corrections_by_time", "corrections", ["occurred_at_ms"], unique=False)
    op.add_column("budgets", sa.Column("project", sa.Text(), nullable=True))
