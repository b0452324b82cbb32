"""Sums above the rollups: of half hours, of days, and of durations over eight days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_SUMS = (
    "calls",
    "input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "output_tokens",
    "cost_micro",
    "cost_rest_pico",
    "duration_ms",
    "duration_calls",
)


def upgrade() -> None:
    op.create_table(
        "series_groups",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("day_series_id", sa.Integer(), nullable=False),
        sa.Column("model_series_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series_id"),
    )
    for name in ("half_hour_rollups", "day_rollups"):
        op.create_table(
            name,
            sa.Column("quarter", sa.Integer(), nullable=False),
            sa.Column("series_id", sa.Integer(), nullable=False),
            *(sa.Column(column, sa.Integer(), nullable=False) for column in _SUMS),
            sa.PrimaryKeyConstraint("quarter", "series_id"),
            sqlite_with_rowid=False,
        )
    op.create_table(
        "long_durations",
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("quarter", "series_id", "bucket"),
        sqlite_with_rowid=False,
    )
    _fill()


def _fill() -> None:
    model = "account, billing_period, provider, model, status_code, price_status"
    op.execute(
        "INSERT INTO series_groups SELECT id,"  # noqa: S608 - constants
        f" min(id) OVER (PARTITION BY {model}, source, project, agent, endpoint, api_key),"
        f" min(id) OVER (PARTITION BY {model}) FROM series"
    )
    names = ", ".join(_SUMS)
    sums = ", ".join(f"sum({name})" for name in _SUMS)
    for table, quarters, series in (("half_hour_rollups", 2, "model"), ("day_rollups", 96, "day")):
        op.execute(
            f"INSERT INTO {table} (quarter, series_id, {names})"  # noqa: S608 - constants
            f" SELECT quarter / {quarters} * {quarters}, {series}_series_id, {sums}"
            " FROM rollups JOIN series_groups USING (series_id) GROUP BY 1, 2"
        )
    op.execute(
        "INSERT INTO long_durations (quarter, series_id, bucket, calls)"
        " SELECT quarter / 768 * 768, model_series_id, bucket, sum(calls)"
        " FROM durations JOIN series_groups USING (series_id) GROUP BY 1, 2, 3"
    )
