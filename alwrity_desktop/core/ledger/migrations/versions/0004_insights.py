"""What a person did with advice: tips put off or done, and calls priced anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "tip_states",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("tip_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("set_at_ms", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "tip_id"),
    )
    op.create_table(
        "price_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("made_at_ms", sa.Integer(), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["undoes_id"], ["price_revisions.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "repriced",
        sa.Column("correction_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["correction_id"], ["corrections.id"]),
        sa.ForeignKeyConstraint(["revision_id"], ["price_revisions.id"]),
        sa.PrimaryKeyConstraint("correction_id"),
    )
    op.create_index("ix_repriced_revision_id", "repriced", ["revision_id"], unique=False)
