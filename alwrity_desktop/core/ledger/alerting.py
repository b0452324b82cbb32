"""Alerts, born in the commit that crosses a threshold, once for each limit and period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from alwrity_desktop.core.domain.alerts import (
    Alert,
    AlertKind,
    Severity,
    crossed,
    severity_of,
    threshold_words,
    unpriced_words,
)
from alwrity_desktop.core.domain.budgets import OWN_PERIOD, Budget, Limit
from alwrity_desktop.core.domain.periods import Period, period_of
from alwrity_desktop.core.domain.usage import ALL_ACCOUNTS, Call
from alwrity_desktop.core.ledger import budget_rows
from alwrity_desktop.core.ledger.batches import Batch
from alwrity_desktop.core.ledger.connection import Connection

_COLUMNS: Final = (
    "id, kind, severity, title, message, at_ms, read_at_ms, threshold_percent, budget_id,"
    " provider, account"
)
#: Those of an account, or of all accounts together.
_OF: Final = f"? IN (account, '{ALL_ACCOUNTS}')"
INSERT: Final = (
    "INSERT INTO alerts (once_key, group_key, account, kind, severity, threshold_percent, title,"
    " message, at_ms, period_end_ms, budget_id, provider, notification)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (once_key) DO NOTHING"
    " RETURNING id"
)


class _Span(msgspec.Struct):
    """When the calls of one account, provider and model happened."""

    first_ms: int
    last_ms: int


def cross_thresholds(connection: Connection, batch: Batch, touched: Iterable[Call]) -> list[Alert]:
    """Raise the alerts that the booked calls are due; only their own periods are looked at.

    While the logs of a source are read for the first time, a limit that only old calls
    passed is noted in silence: old are those from before the budget was made.
    """
    spans = _spans(touched)
    alerts: list[Alert] = []
    for account in {ALL_ACCOUNTS, *(account for account, _, _ in spans)}:
        for budget, made_at_ms in budget_rows.load(connection, account):
            last_ms = max((span.last_ms for span in _covered(budget, spans)), default=0)
            is_silent = batch.is_first_read and last_ms < made_at_ms
            for period in _periods(connection, (budget, made_at_ms), spans, batch):
                limit = budget_rows.standing(connection, budget, period)
                alerts += raise_passed(connection, batch.now_ms, budget, limit, period, is_silent)
    return alerts


def check_budget(
    connection: Connection, budget: Budget, now_ms: int, timezone: str, week_starts: str
) -> list[Alert]:
    """Raise, in silence, the alerts that a budget just set is due for the present period."""
    period = budget_rows.present_period(connection, budget, now_ms, timezone, week_starts)
    limit = budget_rows.standing(connection, budget, period)
    return raise_passed(connection, now_ms, budget, limit, period, is_silent=True)


def _spans(calls: Iterable[Call]) -> dict[tuple[str, str, str], _Span]:
    spans: dict[tuple[str, str, str], _Span] = {}
    for call in calls:
        key = (call.account, call.provider, call.model)
        span = spans.get(key)
        at_ms = call.occurred_at_ms
        if span is None:
            spans[key] = _Span(at_ms, at_ms)
        elif at_ms > span.last_ms:
            span.last_ms = at_ms
        elif at_ms < span.first_ms:
            span.first_ms = at_ms
    return spans


def _covered(budget: Budget, spans: dict[tuple[str, str, str], _Span]) -> list[_Span]:
    return [
        span
        for (account, provider, model), span in spans.items()
        if budget.account in {account, ALL_ACCOUNTS}
        and budget.provider in {None, provider}
        and budget.model in {None, model}
    ]


def _periods(
    connection: Connection,
    made: tuple[Budget, int],
    spans: dict[tuple[str, str, str], _Span],
    batch: Batch,
) -> Iterator[Period]:
    """Yield the periods that the calls fall into, from the one in which the budget was made.

    Of billing periods only the present one: the server says of no other where it began.
    """
    budget, made_at_ms = made
    covered = _covered(budget, spans)
    if not covered:
        return
    if budget.period == OWN_PERIOD:
        yield budget_rows.present_period(
            connection, budget, batch.now_ms, batch.timezone, batch.week_starts
        )
        return
    last_ms = max(span.last_ms for span in covered)
    at_ms = max(made_at_ms, min(span.first_ms for span in covered))
    while True:
        period = period_of(budget.period, at_ms, batch.timezone, week_starts=batch.week_starts)
        if period.start_ms > last_ms:
            return
        yield period
        at_ms = period.end_ms


def raise_passed(
    connection: Connection,
    now_ms: int,
    budget: Budget,
    limit: Limit,
    period: Period,
    is_silent: bool,  # noqa: FBT001 - named at each call
) -> list[Alert]:
    """Insert the alerts of *limit* that are new; only the highest waits to be notified."""
    group = f"budget:{budget.id}:{budget.revision}:{period.start_ms}"
    title, message = threshold_words(limit)
    passed = crossed(limit)
    is_over = period.end_ms <= now_ms
    if is_over:
        message = f"{message} (late, for {period.start} to {period.end})"
    born = []
    for threshold in passed:
        is_waiting = threshold == passed[-1] and not (is_silent or is_over)
        values = (
            f"{group}:{threshold}",
            group,
            budget.account,
            AlertKind.BUDGET,
            severity_of(threshold),
            threshold,
            title,
            message,
            now_ms,
            period.end_ms,
            budget.id,
            budget.provider,
            "pending" if is_waiting else "silent",
        )
        alert_id = connection.execute(INSERT, values).scalar()
        if alert_id is not None:
            born.append(born_alert(connection, alert_id, now_ms, is_top=threshold == passed[-1]))
            silence_lower(connection, group, threshold)
    return born


def born_alert(connection: Connection, alert_id: int, now_ms: int, *, is_top: bool) -> Alert:
    """Return the alert just inserted, read unless it is the highest of those passed at once.

    A jump past several thresholds is one piece of news.
    """
    if not is_top:
        query = "UPDATE alerts SET read_at_ms = ? WHERE id = ?"
        connection.execute(query, (now_ms, alert_id))
    return find(connection, alert_id)


def silence_lower(connection: Connection, group: str, threshold: int) -> None:
    """Keep the alerts of *group* below *threshold* from being notified."""
    query = (
        "UPDATE alerts SET notification = 'silent' WHERE group_key = ?"
        " AND threshold_percent < ? AND notification = 'pending'"
    )
    connection.execute(query, (group, threshold))


def note_unpriced(
    connection: Connection, batch: Batch, models: Sequence[tuple[str, str]]
) -> list[Alert]:
    """Raise one alert about the models that have their first calls without a price."""
    if not models:
        return []
    title, message = unpriced_words([model for _, model in models])
    key = "unpriced:" + "|".join(f"{provider}/{model}" for provider, model in sorted(models))
    account = next(
        (call.account for call in batch.calls),
        next((call.account for reading in batch.readings for call in reading.calls), "local"),
    )
    values = (key, key, account, AlertKind.UNPRICED, Severity.INFO, None, title, message)
    alert_id = connection.execute(
        INSERT, (*values, batch.now_ms, None, None, models[0][0], "silent")
    ).scalar()
    return [] if alert_id is None else [find(connection, alert_id)]


def load(connection: Connection, account: str) -> list[Alert]:
    """Return all alerts of *account*, unread first, then newest first."""
    query = (
        f"SELECT {_COLUMNS} FROM alerts WHERE {_OF}"  # noqa: S608 - constants
        " ORDER BY read_at_ms IS NOT NULL, at_ms DESC, id DESC"
    )
    return [_alert(row) for row in connection.execute(query, (account,))]


def mark_read(connection: Connection, account: str, ids: Sequence[int] | None, now_ms: int) -> int:
    """Mark alerts read, all of the account for None; return how many changed."""
    query = f"UPDATE alerts SET read_at_ms = ? WHERE {_OF} AND read_at_ms IS NULL"  # noqa: S608 - constants
    execute = connection.execute
    if ids is None:
        return execute(query, (now_ms, account)).changed
    return sum(execute(f"{query} AND id = ?", (now_ms, account, one)).changed for one in ids)


def waiting(connection: Connection, account: str, now_ms: int) -> list[Alert]:
    """Return the alerts that wait to be notified and whose period is not over."""
    query = (
        f"SELECT {_COLUMNS} FROM alerts WHERE {_OF} AND notification = 'pending'"  # noqa: S608
        " AND (period_end_ms IS NULL OR period_end_ms > ?) ORDER BY id"
    )
    return [_alert(row) for row in connection.execute(query, (account, now_ms))]


def confirm(connection: Connection, account: str, ids: Sequence[int]) -> None:
    """Note that these alerts were shown."""
    query = f"UPDATE alerts SET notification = 'shown' WHERE {_OF} AND id = ?"  # noqa: S608 - constants
    for one in ids:
        connection.execute(query, (account, one))


def existing(connection: Connection, account: str, ids: Sequence[int]) -> set[int]:
    """Return which of *ids* are alerts of *account*."""
    query = f"SELECT 1 FROM alerts WHERE {_OF} AND id = ?"  # noqa: S608 - constants
    execute = connection.execute
    return {one for one in ids if execute(query, (account, one)).first() is not None}


def find(connection: Connection, alert_id: int) -> Alert:
    """Return one alert."""
    query = f"SELECT {_COLUMNS} FROM alerts WHERE id = ?"  # noqa: S608 - constants
    return _alert(connection.execute(query, (alert_id,)).one())


def _alert(row: Sequence[object]) -> Alert:
    alert_id, kind, severity, title, message, at_ms, read_at_ms, *rest = row
    threshold, budget_id, provider, account = rest
    return Alert(
        id=alert_id,  # type: ignore[arg-type]
        kind=AlertKind(str(kind)),
        severity=Severity(str(severity)),
        title=str(title),
        message=str(message),
        at_ms=at_ms,  # type: ignore[arg-type]
        is_read=read_at_ms is not None,
        threshold_percent=threshold,  # type: ignore[arg-type]
        budget_id=budget_id,  # type: ignore[arg-type]
        provider=provider,  # type: ignore[arg-type]
        account=str(account),
    )
