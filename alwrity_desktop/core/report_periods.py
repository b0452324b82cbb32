"""Which period a choice means: the calendar's, or the billing period of a server's account."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from alwrity_desktop.core.domain import periods
from alwrity_desktop.core.domain.errors import UsageError
from alwrity_desktop.core.domain.periods import Period, start_of_day
from alwrity_desktop.core.domain.server import ServerFacts
from alwrity_desktop.core.domain.server_limits import billing_period, key_of, period_of_key
from alwrity_desktop.core.domain.statements import ALL_TIME, StatementKind
from alwrity_desktop.core.domain.sums import Scope, scope_of
from alwrity_desktop.core.results import PeriodChoice

if TYPE_CHECKING:
    from alwrity_desktop.core.ledger.snapshot import LedgerSnapshot

_KEY: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def period_of_choice(
    snapshot: LedgerSnapshot,
    account: str | Scope,
    choice: PeriodChoice,
    timezone: str,
    week_starts: str,
    now_ms: int,
) -> Period:
    """Return the period that *choice* means. Raises PersonError for days that are none.

    A month of an account whose subscription holds now is its billing period.
    """
    if choice.kind == "custom":
        if choice.first is None or choice.last is None:
            raise UsageError("A custom period needs its first and its last day.")
        return periods.custom(choice.first, choice.last, timezone)
    if choice.kind == "all":
        first_ms = _first_ms(snapshot, scope_of(account), timezone)
        return periods.all_time(first_ms, now_ms, timezone)
    accounts = scope_of(account).accounts
    if choice.kind == "month" and len(accounts) == 1:
        facts = snapshot.server_facts(accounts[0])
        present = billing_period(facts, now_ms, timezone)
        if present is not None:
            return _moved(snapshot, accounts[0], facts, present, choice.offset)
    return periods.period_of(choice.kind, now_ms, timezone, choice.offset, week_starts)


def before(snapshot: LedgerSnapshot, account: str, period: Period) -> Period | None:
    """Return the billing period before one; None when the server knows of none."""
    facts = snapshot.server_facts(account)
    keys = [key for key in _keys(snapshot, account, facts) if key < period.billing_period]
    return _of_key(snapshot, account, facts, keys[-1], period) if keys else None


def _first_ms(snapshot: LedgerSnapshot, scope: Scope, timezone: str) -> int | None:
    """Return when the first call happened or the first stated day began."""
    bounds = snapshot.bounds(scope)
    known = [] if bounds is None else [bounds[0]]
    known += [
        start_of_day(one.key, timezone)
        for one in snapshot.statements(scope)
        if one.kind is StatementKind.DAY
    ]
    return min(known, default=None)


def _moved(
    snapshot: LedgerSnapshot, account: str, facts: ServerFacts, present: Period, offset: int
) -> Period:
    """Return *present*, or the billing period that lies *offset* before it."""
    found = present
    for _ in range(-offset):
        keys = [key for key in _keys(snapshot, account, facts) if key < found.billing_period]
        if not keys:
            return _empty_before(found)
        found = _of_key(snapshot, account, facts, keys[-1], found)
    return found


def _keys(snapshot: LedgerSnapshot, account: str, facts: ServerFacts) -> list[str]:
    """Return the keys with calls, with statements that say more than nothing, or renewals."""
    said = {
        one.period
        for one in snapshot.statements(account)
        if one.kind is StatementKind.TOTAL
        and one.period != ALL_TIME
        and (one.calls or one.tokens or one.cost_pico)
    }
    renewed = {
        key_of(one.period_start_ms)
        for one in facts.renewals or ()
        if one.period_start_ms is not None
    }
    keys = {*snapshot.billing_periods(account), *said, *renewed}
    return sorted(key for key in keys if _KEY.fullmatch(key))


def _of_key(
    snapshot: LedgerSnapshot, account: str, facts: ServerFacts, key: str, later: Period
) -> Period:
    """Return the billing period *key*: bounds from its renewal, from its calls, or its month's.

    It ends at the latest where *later*, the period after it, starts.
    """
    bounds = _renewed(facts, key)
    if bounds is None:
        bounds = _called(snapshot, account, key, later.timezone)
    if bounds is None or bounds[0] >= later.start_ms:
        bounds = _month(key, later.timezone)
    start_ms = min(bounds[0], later.start_ms - 1)
    end_ms = max(start_ms + 1, min(bounds[1], later.start_ms))
    return period_of_key(key, start_ms, end_ms, later.timezone)


def _renewed(facts: ServerFacts, key: str) -> tuple[int, int] | None:
    for one in facts.renewals or ():
        start_ms, end_ms = one.period_start_ms, one.period_end_ms
        if start_ms is not None and end_ms is not None and key_of(start_ms) == key:
            return start_ms, end_ms
    return None


def _called(
    snapshot: LedgerSnapshot, account: str, key: str, timezone: str
) -> tuple[int, int] | None:
    bounds = snapshot.bounds(Scope((account,), key))
    if bounds is None:
        return None
    first, last = (periods.period_of("day", at_ms, timezone) for at_ms in bounds)
    return first.start_ms, last.end_ms


def _month(key: str, timezone: str) -> tuple[int, int]:
    month = periods.period_of("month", start_of_day(f"{key}-15", timezone), timezone)
    return month.start_ms, month.end_ms


def _empty_before(period: Period) -> Period:
    """Return a month before the first billing period, in which nothing can lie."""
    first = date.fromisoformat(f"{period.billing_period}-01")
    key = (first - timedelta(days=1)).strftime("%Y-%m")
    start_ms = periods.period_of("day", period.start_ms, period.timezone, offset=-30).start_ms
    return period_of_key(key, start_ms, period.start_ms, period.timezone)
