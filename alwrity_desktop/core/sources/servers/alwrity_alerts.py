"""Alerts of an ALwrity server: each threshold of a period once, however often it is repeated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from alwrity_desktop.core.domain.errors import BrokenAnswerError
from alwrity_desktop.core.domain.server import ServerAlert
from alwrity_desktop.core.sources.servers.alwrity_providers import canonical
from alwrity_desktop.core.sources.servers.alwrity_shapes import AlertPage, AlertRow
from alwrity_desktop.core.sources.servers.fields import Place, read, read_rows

DEFAULT_SEVERITY: Final = "info"


def alert_rows(data: object, place: Place) -> tuple[AlertRow, ...]:
    """Return the rows of an answer about alerts. Raises BrokenAnswerError."""
    if isinstance(data, list):
        return read_rows(AlertRow, data, place)
    found = read(AlertPage, data, place).alerts
    if found is None:
        message = f"The server has no data about {place.name}."
        raise BrokenAnswerError(message)
    return found


def grouped(rows: Iterable[AlertRow]) -> tuple[ServerAlert, ...]:
    """Return one alert for each provider, threshold and period, in the order of *rows*.

    Rows that say less are told apart by type and title. The newest row gives the words, the
    oldest the time; an alert is read when all its rows are.
    """
    groups: dict[tuple[object, ...], list[AlertRow]] = {}
    for row in rows:
        if row.title or row.message:
            groups.setdefault(_group(row), []).append(row)
    return tuple(_alert(sorted(group, key=_age, reverse=True)) for group in groups.values())


def _group(row: AlertRow) -> tuple[object, ...]:
    if row.provider and row.threshold_percentage is not None and row.billing_period:
        return (canonical(row.provider), row.threshold_percentage, row.billing_period)
    return (row.type, row.title, row.billing_period, row.provider, row.threshold_percentage)


def _age(row: AlertRow) -> tuple[int, int]:
    is_number = row.id is not None and row.id.isdecimal()
    return (row.created_at or 0, int(row.id or 0) if is_number else 0)


def _alert(newest_first: Sequence[AlertRow]) -> ServerAlert:
    newest = newest_first[0]
    times = [row.created_at for row in newest_first if row.created_at is not None]
    return ServerAlert(
        ids=tuple(dict.fromkeys(row.id for row in newest_first if row.id)),
        title=newest.title or newest.message or "",
        message=newest.message or "",
        severity=newest.severity or DEFAULT_SEVERITY,
        is_read=all(_is_read(row) for row in newest_first),
        created_at_ms=min(times, default=None),
        provider=canonical(newest.provider) if newest.provider else None,
        threshold_percent=newest.threshold_percentage,
        billing_period=newest.billing_period or "",
    )


def _is_read(row: AlertRow) -> bool:
    return bool(row.is_read if row.is_read is not None else row.read)
