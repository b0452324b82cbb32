"""Budgets as they are kept, and how each stands in a period."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import msgspec

from alwrity_desktop.core.domain.budgets import (
    OWN_PERIOD,
    Budget,
    Enforcement,
    Limit,
    LimitKind,
    percent_used,
    status_of,
)
from alwrity_desktop.core.domain.errors import NotFoundError
from alwrity_desktop.core.domain.periods import Period, period_of
from alwrity_desktop.core.domain.server_limits import billing_period
from alwrity_desktop.core.domain.sums import Scope
from alwrity_desktop.core.domain.usage import ALL_ACCOUNTS, PriceStatus
from alwrity_desktop.core.ledger import overlap_rows, server_rows
from alwrity_desktop.core.ledger.coarse_rows import levels_for, pieces
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.schema import PICO_PER_MICRO, QUARTER_MS


class Standing(msgspec.Struct, frozen=True):
    """A budget, its present period, and how it stands in it."""

    budget: Budget
    period: Period
    limit: Limit


_COLUMNS: Final = (
    "account, name, kind, limit_value, period, provider, model, project, enforcement, thresholds,"
    " revision"
)

_USED: Final = {
    LimitKind.COST: ("sum(r.cost_micro)", "sum(r.cost_rest_pico)"),
    LimitKind.CALLS: ("0", "sum(r.calls)"),
    LimitKind.TOKENS: (
        "0",
        "sum(r.input_tokens + r.cache_read_tokens + r.cache_write_tokens + r.output_tokens)",
    ),
}

_CALLS: Final = (
    "sum(r.calls)",
    f"sum(r.calls * (s.price_status = '{PriceStatus.UNPRICED}'))",
)


def load(connection: Connection, account: str) -> list[tuple[Budget, int]]:
    """Return the budgets of *account*, each with the time at which it was made."""
    query = f"SELECT id, created_at_ms, {_COLUMNS} FROM budgets WHERE account = ? ORDER BY id"  # noqa: S608
    rows = connection.execute(query, (account,)).named()
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
        project=row["project"],  # type: ignore[arg-type]
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
        budget.project,
        budget.enforcement,
        ",".join(str(threshold) for threshold in budget.thresholds),
    )
    if known is None:
        if budget.id:
            raise NotFoundError(f"There is no budget {budget.id}.")
        query = (
            f"INSERT INTO budgets ({_COLUMNS}, created_at_ms)"  # noqa: S608 - constants
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?) RETURNING id"
        )
        saved_id = connection.execute(query, (*values, now_ms)).scalar_one()
    else:
        is_rearmed = (known.limit, known.thresholds) != (budget.limit, budget.thresholds)
        query = (
            "UPDATE budgets SET account = ?, name = ?, kind = ?, limit_value = ?, period = ?,"
            " provider = ?, model = ?, project = ?, enforcement = ?, thresholds = ?,"
            " revision = revision + ?"
            " WHERE id = ? RETURNING id"
        )
        parameters = (*values, int(is_rearmed), known.id)
        saved_id = connection.execute(query, parameters).scalar_one()
    return next(saved for saved, _ in load(connection, budget.account) if saved.id == saved_id)


def _find(connection: Connection, budget: Budget) -> Budget | None:
    """Return the budget that *budget* changes: the one of its id, or of its scope."""

    def matches(known: Budget) -> bool:
        if budget.id:
            return known.id == budget.id
        return _scope(known) == _scope(budget)

    return next((known for known, _ in load(connection, budget.account) if matches(known)), None)


def _scope(budget: Budget) -> tuple[object, ...]:
    return budget.provider, budget.model, budget.project, budget.kind, budget.period


def remove(connection: Connection, account: str, budget_id: int) -> None:
    """Remove a budget; its alerts stay. Raises NotFoundError."""
    query = "DELETE FROM budgets WHERE account = ? AND id = ?"
    if not connection.execute(query, (account, budget_id)).changed:
        raise NotFoundError(f"There is no budget {budget_id}.")


def present_period(
    connection: Connection, budget: Budget, at_ms: int, timezone: str, week_starts: str
) -> Period:
    """Return the period of *budget* that holds an instant.

    Its account's own one is the server's, and the calendar's month where the server has none.
    """
    if budget.period != OWN_PERIOD:
        return period_of(budget.period, at_ms, timezone, week_starts=week_starts)
    facts, _ = server_rows.facts(connection, budget.account)
    return billing_period(facts, at_ms, timezone) or period_of("month", at_ms, timezone)


def standings(
    connection: Connection, now_ms: int, timezone: str, week_starts: str
) -> list[Standing]:
    """Return how all budgets of all accounts stand now."""
    query = "SELECT DISTINCT account FROM budgets ORDER BY 1"
    found = []
    for (account,) in connection.execute(query).all():
        for budget, _ in load(connection, account):
            period = present_period(connection, budget, now_ms, timezone, week_starts)
            found.append(Standing(budget, period, standing(connection, budget, period)))
    return found


def standing(connection: Connection, budget: Budget, period: Period) -> Limit:
    """Return how *budget* stands in *period*, from the rollups.

    In a server's billing period stand the calls that the server booked to it.
    """
    used = _used(connection, budget, period)
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
        project=budget.project,
        is_unknown=budget.kind is LimitKind.COST
        and not used
        and _is_unpriced(connection, budget, period),
    )


def _is_unpriced(connection: Connection, budget: Budget, period: Period) -> bool:
    """Return whether calls count for *budget*, and none of them has a price."""
    calls, unpriced = _sums(connection, budget, period, _CALLS)
    return 0 < calls == unpriced


def _used(connection: Connection, budget: Budget, period: Period) -> int:
    micro, rest = _sums(connection, budget, period, _USED[budget.kind])
    return micro * PICO_PER_MICRO + rest - _twice(connection, budget, period)


def _sums(
    connection: Connection, budget: Budget, period: Period, wanted: tuple[str, str]
) -> tuple[int, int]:
    """Return two sums over the calls that count for *budget*."""
    one, other = wanted
    key = period.billing_period
    bounds = (0, 1 << 52) if key else (period.start_ms, period.end_ms)
    named = {
        "account": None if budget.account == ALL_ACCOUNTS else budget.account,
        "billing_period": key or None,
        "provider": budget.provider,
        "model": budget.model,
        "project": budget.project,
    }
    kept = {name: value for name, value in named.items() if value is not None}
    conditions = "".join(f" AND s.{name} = ?" for name in kept)
    found = (0, 0)
    span = bounds[0] // QUARTER_MS, -(-bounds[1] // QUARTER_MS)
    for table, *part in pieces(*span, levels_for(kept), "rollups"):
        query = (
            f"SELECT coalesce({one}, 0), coalesce({other}, 0) FROM {table} r"  # noqa: S608 - our names
            " CROSS JOIN series s ON s.id = r.series_id"
            f" WHERE r.quarter >= ? AND r.quarter < ?{conditions}"
        )
        row = connection.execute(query, (*part, *kept.values())).one()
        found = found[0] + int(row[0]), found[1] + int(row[1])
    return found


def _twice(connection: Connection, budget: Budget, period: Period) -> int:
    """Return what a budget of all accounts would count twice of calls that two of them have."""
    if budget.account != ALL_ACCOUNTS or not overlap_rows.are_there(connection):
        return 0
    accounts = connection.execute("SELECT DISTINCT account FROM series")
    scope = Scope(tuple(row[0] for row in accounts))
    bounds = (period.start_ms // QUARTER_MS, -(-period.end_ms // QUARTER_MS))
    used = 0
    for one in overlap_rows.load(connection, scope, *bounds):
        places = (str(one.dimensions[name]) for name in ("provider", "model", "project"))
        if budget.covers(ALL_ACCOUNTS, *places):
            used += one.amount(budget.kind)
    return used
