"""Budgets as they are kept, and how each stands in a period."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection

from alwrity_desktop.core.domain.budgets import (
    Budget,
    Enforcement,
    Limit,
    LimitKind,
    percent_used,
    status_of,
)
from alwrity_desktop.core.domain.errors import NotFoundError
from alwrity_desktop.core.domain.periods import Period
from alwrity_desktop.core.domain.usage import ALL_ACCOUNTS
from alwrity_desktop.core.ledger.schema import PICO_PER_MICRO, QUARTER_MS

_COLUMNS: Final = (
    "account, name, kind, limit_value, period, provider, model, enforcement, thresholds, revision"
)

_USED: Final = {
    LimitKind.COST: ("sum(r.cost_micro)", "sum(r.cost_rest_pico)"),
    LimitKind.CALLS: ("0", "sum(r.calls)"),
    LimitKind.TOKENS: (
        "0",
        "sum(r.input_tokens + r.cache_read_tokens + r.cache_write_tokens + r.output_tokens)",
    ),
}


def load(connection: Connection, account: str) -> list[tuple[Budget, int]]:
    """Return the budgets of *account*, each with the time at which it was made."""
    query = f"SELECT id, created_at_ms, {_COLUMNS} FROM budgets WHERE account = ? ORDER BY id"  # noqa: S608
    rows = connection.exec_driver_sql(query, (account,)).mappings()
    return [(_budget(dict(row)), row["created_at_ms"]) for row in rows]


def _budget(row: dict[str, object]) -> Budget:
    thresholds = tuple(int(part) for part in str(row["thresholds"]).split(","))
    return Budget(
        id=row["id"],  # type: ignore[arg-type]
        name=str(row["name"]),
        kind=LimitKind(str(row["kind"])),
        limit=row["limit_value"],  # type: ignore[arg-type]
        period=str(row["period"]),
        account=str(row["account"]),
        provider=row["provider"],  # type: ignore[arg-type]
        model=row["model"],  # type: ignore[arg-type]
        enforcement=Enforcement(str(row["enforcement"])),
        thresholds=thresholds,
        revision=row["revision"],  # type: ignore[arg-type]
    )


def save(connection: Connection, budget: Budget, now_ms: int) -> Budget:
    """Keep *budget*: a new one for id 0 unless its scope, kind and period has one already.

    A changed limit or thresholds raises the revision, which arms the thresholds again.
    Raises NotFoundError for an id that does not exist.
    """
    known = _find(connection, budget)
    values = (
        budget.account,
        budget.name,
        budget.kind,
        budget.limit,
        budget.period,
        budget.provider,
        budget.model,
        budget.enforcement,
        ",".join(str(threshold) for threshold in budget.thresholds),
    )
    if known is None:
        if budget.id:
            raise NotFoundError(f"There is no budget {budget.id}.")
        query = (
            f"INSERT INTO budgets ({_COLUMNS}, created_at_ms)"  # noqa: S608 - constants
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?) RETURNING id"
        )
        saved_id = connection.exec_driver_sql(query, (*values, now_ms)).scalar_one()
    else:
        is_rearmed = (known.limit, known.thresholds) != (budget.limit, budget.thresholds)
        query = (
            "UPDATE budgets SET account = ?, name = ?, kind = ?, limit_value = ?, period = ?,"
            " provider = ?, model = ?, enforcement = ?, thresholds = ?, revision = revision + ?"
            " WHERE id = ? RETURNING id"
        )
        parameters = (*values, int(is_rearmed), known.id)
        saved_id = connection.exec_driver_sql(query, parameters).scalar_one()
    return next(saved for saved, _ in load(connection, budget.account) if saved.id == saved_id)


def _find(connection: Connection, budget: Budget) -> Budget | None:
    """Return the budget that *budget* changes: the one of its id, or of its scope."""

    def matches(known: Budget) -> bool:
        if budget.id:
            return known.id == budget.id
        scope = (known.provider, known.model, known.kind, known.period)
        return scope == (budget.provider, budget.model, budget.kind, budget.period)

    return next((known for known, _ in load(connection, budget.account) if matches(known)), None)


def remove(connection: Connection, account: str, budget_id: int) -> None:
    """Remove a budget; its alerts stay. Raises NotFoundError."""
    query = "DELETE FROM budgets WHERE account = ? AND id = ?"
    if not connection.exec_driver_sql(query, (account, budget_id)).rowcount:
        raise NotFoundError(f"There is no budget {budget_id}.")


def standing(connection: Connection, budget: Budget, period: Period) -> Limit:
    """Return how *budget* stands in *period*, from the rollups."""
    high, low = _USED[budget.kind]
    query = (
        f"SELECT coalesce({high}, 0), coalesce({low}, 0) FROM rollups r"  # noqa: S608
        " CROSS JOIN series s ON s.id = r.series_id WHERE r.quarter >= ? AND r.quarter < ?"
        f" AND ? IN (s.account, '{ALL_ACCOUNTS}') AND (? IS NULL OR s.provider = ?)"
        " AND (? IS NULL OR s.model = ?)"
    )
    parameters = (
        period.start_ms // QUARTER_MS,
        -(-period.end_ms // QUARTER_MS),
        budget.account,
        budget.provider,
        budget.provider,
        budget.model,
        budget.model,
    )
    micro, rest = connection.exec_driver_sql(query, parameters).one()
    used = micro * PICO_PER_MICRO + rest
    return Limit(
        name=budget.name,
        scope=budget.scope,
        kind=budget.kind,
        used=used,
        limit=budget.limit,
        percent=percent_used(used, budget.limit),
        status=status_of(used, budget.limit),
        origin="budget",
        period=budget.period,
        resets_on=(date.fromisoformat(period.end) + timedelta(days=1)).isoformat(),
        budget_id=budget.id,
        provider=budget.provider,
        model=budget.model,
        enforcement=budget.enforcement,
        thresholds=budget.thresholds,
        account=budget.account,
    )
