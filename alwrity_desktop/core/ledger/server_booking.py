"""Booking what a server brought: calls, statements, facts and alerts, in one transaction."""

from __future__ import annotations

from collections import defaultdict

from msgspec.structs import replace

from alwrity_desktop.core.call_sheets import Book
from alwrity_desktop.core.domain import stated
from alwrity_desktop.core.domain.alerts import (
    Alert,
    AlertKind,
    crossed,
    limit_key,
    severity_of,
    threshold_words,
)
from alwrity_desktop.core.domain.budgets import Limit
from alwrity_desktop.core.domain.report import Figures
from alwrity_desktop.core.domain.server import ServerFacts
from alwrity_desktop.core.domain.server_limits import billing_period, limits_of, present_key
from alwrity_desktop.core.domain.subscriptions import plan_words
from alwrity_desktop.core.domain.sums import Scope
from alwrity_desktop.core.ledger import (
    alerting,
    budget_rows,
    reading,
    remainder_rows,
    server_alert_rows,
    server_rows,
    statement_rows,
)
from alwrity_desktop.core.ledger.batches import Batch, BatchResult
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.intake import Intake
from alwrity_desktop.core.ledger.writing import book_batch


def book(
    connection: Connection, batch: Batch, prices: Book, intake: Intake | None = None
) -> BatchResult:
    """Book *batch* with all that the server of its account said beside the calls.

    What it said before and says again changes nothing but the time of its confirmation.
    """
    account = batch.account
    # A sync without new calls leaves no trace among the bookings.
    result = book_batch(connection, batch, prices, intake) if batch.calls else BatchResult()
    server_rows.begin(connection, account)
    server_rows.save_facts(connection, account, batch.facts, batch.now_ms)
    changed = statement_rows.save(connection, account, batch.statements, batch.now_ms)
    if batch.is_whole:
        remainder_rows.save(connection, account, batch.calls, batch.statements)
        server_rows.note_whole(connection, account)
    alerts = _alerts(connection, batch)
    return replace(result, alerts=(*result.alerts, *alerts), statements=changed)


def _alerts(connection: Connection, batch: Batch) -> list[Alert]:
    """Raise the server's alerts first, then those that it forgot."""
    facts, _ = server_rows.facts(connection, batch.account)
    keys = reading.billing_periods(connection, batch.account)
    key = present_key(facts, keys, batch.now_ms)
    first_ok_ms = server_rows.first_ok_ms(connection, batch.account)
    born = server_alert_rows.merge(connection, batch, first_ok_ms, key)
    is_silent = first_ok_ms is None
    born += _pass_budgets(connection, batch)
    for limit in _limits(connection, batch, facts, key):
        born += _cross(connection, batch, limit, (facts, key), is_silent=is_silent)
    return born


def _pass_budgets(connection: Connection, batch: Batch) -> list[Alert]:
    """Raise what the budgets are due by statements, where there are no calls to count."""
    budgets = budget_rows.load(connection, batch.account)
    if not budgets or reading.calls_ever(connection, batch.account):
        return []
    said = statement_rows.load(connection, (batch.account,))
    born = []
    for budget, _ in budgets:
        period = budget_rows.present_period(
            connection, budget, batch.now_ms, batch.timezone, batch.week_starts
        )
        limit = stated.standing(stated.of_account(batch.door, said, period), budget, period)
        if limit is not None:
            born += alerting.raise_passed(
                connection, batch.now_ms, budget, limit, period, is_silent=False
            )
    return born


def _limits(connection: Connection, batch: Batch, facts: ServerFacts, key: str) -> list[Limit]:
    if not facts.limits:
        return []
    sums: defaultdict[str, Figures] = defaultdict(Figures)
    scope = Scope((batch.account,), key)
    for row in reading.by_series(connection, scope, *reading.EVER, ("provider",)):
        sums[str(row.dimensions["provider"])] += row.figures
    said = statement_rows.load(connection, (batch.account,))
    return limits_of(facts, key, sums, said, "", batch.account)


def _cross(
    connection: Connection,
    batch: Batch,
    limit: Limit,
    place: tuple[ServerFacts, str],
    *,
    is_silent: bool,
) -> list[Alert]:
    """Raise the thresholds that *limit* has passed; the highest alone waits to be notified."""
    facts, key = place
    period = billing_period(facts, batch.now_ms, batch.timezone)
    is_dated = period is not None and period.billing_period == key
    group = limit_key(batch.account, limit.provider or limit.name, limit.kind, key)
    group += _revision(connection, batch.account, limit, period.start_ms if period else 0)
    title, message = _words(limit, facts)
    passed = crossed(limit)
    born = []
    for threshold in passed:
        values = (
            f"{group}:{threshold}",
            group,
            batch.account,
            AlertKind.LIMIT,
            severity_of(threshold),
            threshold,
            title,
            message,
            batch.now_ms,
            period.end_ms if is_dated and period is not None else None,
            None,
            limit.provider,
            "silent" if is_silent or threshold != passed[-1] else "pending",
        )
        alert_id = connection.execute(alerting.INSERT, values).scalar()
        if alert_id is not None:
            is_top = threshold == passed[-1]
            born.append(alerting.born_alert(connection, alert_id, batch.now_ms, is_top=is_top))
            alerting.silence_lower(connection, group, threshold)
    return born


def _words(limit: Limit, facts: ServerFacts) -> tuple[str, str]:
    """Return title and message of an alert about *limit*, with the plan that it is of."""
    title, message = threshold_words(limit)
    plan = plan_words(facts.subscription)
    return title, f"{message}, {plan}" if plan else message


def _revision(connection: Connection, account: str, limit: Limit, start_ms: int) -> str:
    """Return what tells *limit* from the one that its period began with; "" for that one.

    Another plan in the middle of a period has thresholds of its own.
    """
    for limits in server_rows.limits_since(connection, account, start_ms):
        before = next((one.limit for one in limits if one.name == limit.name), None)
        if before is not None:
            return "" if before == limit.limit else f":{limit.limit}"
    return ""
