"""What reports of servers' accounts are built from: statements, limits, health, differences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from alwrity_desktop.core.domain import breakdown, stated, vendor_bills
from alwrity_desktop.core.domain.budgets import Limit
from alwrity_desktop.core.domain.health import Health, HealthStatus, SourceHealth
from alwrity_desktop.core.domain.periods import Period, local_day
from alwrity_desktop.core.domain.reconciliation import ReconciliationRow
from alwrity_desktop.core.domain.reconciling import Sums, reconcile, reconcile_standing
from alwrity_desktop.core.domain.report import AccountView, Figures
from alwrity_desktop.core.domain.server import ServerFacts, ServerView
from alwrity_desktop.core.domain.server_limits import limits_of, present_key, resets_on
from alwrity_desktop.core.domain.stated import PLATFORM, STATING_DAYS, Stated
from alwrity_desktop.core.domain.statements import ALL_TIME, Statement
from alwrity_desktop.core.domain.sums import Scope
from alwrity_desktop.core.domain.unlisted import beyond_calls
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.domain.vendor_bills import VENDORS

if TYPE_CHECKING:
    from alwrity_desktop.core.ledger.snapshot import LedgerSnapshot

WITHOUT_SERVER: Final = frozenset({"local", "sample", "all"})

_EVER: Final = (0, 1 << 52)
_HEALTH: Final = {
    "healthy": HealthStatus.HEALTHY,
    "warning": HealthStatus.WARNING,
    "critical": HealthStatus.FAILED,
}
_FAILED_STATES: Final = frozenset({"auth", "error"})


def is_stated_only(snapshot: LedgerSnapshot, account: AccountView) -> bool:
    """Return whether all that is known of *account* are sums that its server states."""
    if account.kind in WITHOUT_SERVER:
        return False
    if account.kind in STATING_DAYS:
        return True
    if snapshot.calls_ever(account.name):
        return False
    abilities = dict(snapshot.server_facts(account.name).abilities or ())
    return not abilities.get("usage_logs", False) and bool(snapshot.statements(account.name))


def stated_of(snapshot: LedgerSnapshot, account: AccountView, period: Period) -> Stated:
    """Return what the server of *account* states of *period*."""
    return stated.of_account(account.kind, snapshot.statements(account.name), period)


def limits(
    snapshot: LedgerSnapshot, account: AccountView, period: Period, now_ms: int
) -> list[Limit]:
    """Return how the server's limits stand: in the billing period asked for, else the present."""
    facts = snapshot.server_facts(account.name)
    if not facts.limits:
        return []
    key = _booked_key(snapshot, account.name, facts, period, now_ms)
    resets = resets_on(facts, key, now_ms, period.timezone)
    if period.billing_period:
        resets = local_day(period.end_ms, period.timezone)
    calls = _by_provider(snapshot, Scope((account.name,), key))
    said = snapshot.statements(account.name)
    return limits_of(facts, key, calls, said, resets, account.name)


def _booked_key(
    snapshot: LedgerSnapshot, account: str, facts: ServerFacts, period: Period, now_ms: int
) -> str:
    return period.billing_period or present_key(facts, snapshot.billing_periods(account), now_ms)


def _by_provider(snapshot: LedgerSnapshot, scope: Scope) -> dict[str, Figures]:
    sums: defaultdict[str, Figures] = defaultdict(Figures)
    for row in snapshot.by_series(scope, *_EVER, ("provider",)):
        sums[str(row.dimensions["provider"])] += row.figures
    return dict(sums)


def reconciliation(
    snapshot: LedgerSnapshot, account: AccountView, period: Period, now_ms: int
) -> tuple[ReconciliationRow, ...]:
    """Return the server's statements about the billing periods of *period* beside the sums."""
    if account.kind in WITHOUT_SERVER:
        return ()
    said = snapshot.statements(account.name)
    if account.kind == PLATFORM:
        return reconcile(said, {}, [period.kind], {}, has_calls=False)
    if account.kind in VENDORS:
        months = vendor_bills.months_in(said, period)
        return vendor_bills.differences(said, _own_calls(snapshot, months))
    keys = _keys_in(snapshot, account.name, said, period, now_ms)
    merged, sums = snapshot.merged_calls(account.name), _sums(snapshot, account.name)
    has_calls = not is_stated_only(snapshot, account)
    rows = reconcile(
        said, sums, keys, merged, has_calls=has_calls, is_detailed=period.kind == "all"
    )
    return (*_standing(snapshot, account, period, keys, now_ms), *rows)


def _standing(
    snapshot: LedgerSnapshot,
    account: AccountView,
    period: Period,
    keys: Sequence[str],
    now_ms: int,
) -> tuple[ReconciliationRow, ...]:
    """Return the server's own status and percentages beside those worked out here."""
    view = snapshot.server_view(account.name)
    standing = None if view is None else view.facts.standing
    if view is None or standing is None or standing.period not in keys:
        return ()
    booked = _booked_key(snapshot, account.name, view.facts, period, now_ms)
    found = limits(snapshot, account, period, now_ms)
    if not found or booked != standing.period:
        return ()
    return reconcile_standing(standing, found, dict(view.confirmed_ms).get("standing"))


def unlisted(snapshot: LedgerSnapshot, account: AccountView, period: Period) -> Stated:
    """Return what the server of *account* counts in *period* beyond the calls that it lists."""
    if account.kind in WITHOUT_SERVER:
        return Stated()
    said = snapshot.statements(account.name)
    return beyond_calls(said, _sums(snapshot, account.name), period)


def _sums(snapshot: LedgerSnapshot, account: str) -> dict[str, Sums]:
    """Return what the calls of *account* add up to, by billing period and of all time."""
    sums: defaultdict[str, Sums] = defaultdict(Sums)
    for row in snapshot.by_series(Scope((account,)), *_EVER, ("billing_period", "provider")):
        provider, figures = str(row.dimensions["provider"]), row.figures
        for name in (str(row.dimensions["billing_period"]), ALL_TIME):
            sums[name] = sums[name].plus(provider, figures)
    return dict(sums)


def _own_calls(snapshot: LedgerSnapshot, months: Sequence[str]) -> dict[str, dict[str, Figures]]:
    """Return what this computer's calls add up to, by UTC month and provider."""
    found = {}
    for month in months:
        bounds = vendor_bills.bounds_of(month)
        rows = snapshot.by_series(Scope((LOCAL_ACCOUNT,)), *bounds, ("provider",))
        sums: defaultdict[str, Figures] = defaultdict(Figures)
        for row in rows:
            sums[str(row.dimensions["provider"])] += row.figures
        found[month] = dict(sums)
    return found


def _keys_in(
    snapshot: LedgerSnapshot,
    account: str,
    said: Sequence[Statement],
    period: Period,
    now_ms: int,
) -> list[str]:
    """Return the keys of the billing periods that belong to *period*, newest first.

    All time is one of them, since servers give it for the present period.
    """
    facts = snapshot.server_facts(account)
    if period.billing_period:
        return [period.billing_period, ALL_TIME]
    known = {*snapshot.billing_periods(account), *(one.period for one in said)} - {ALL_TIME}
    first, last = period.start[:7], period.end[:7]
    keys = {key for key in known if period.kind == "all" or first <= key <= last}
    if period.start_ms <= now_ms < period.end_ms:
        keys.add(_booked_key(snapshot, account, facts, period, now_ms))
    return [*sorted(keys, reverse=True), ALL_TIME]


def server_health(
    snapshot: LedgerSnapshot, account: AccountView, view: ServerView | None, calls_ever: int
) -> Health:
    """Return how the server of *account* stands: "no data" where it says nothing to believe."""
    status, reason = _judge(account, view)
    bounds = snapshot.bounds(account.name)
    source = SourceHealth(
        source=account.kind,
        title=account.label,
        status=status,
        reason=reason,
        files=0,
        calls=calls_ever,
        rejected_lines=0,
        last_read_ms=None if view is None else view.last_sync_ms,
        newest_call_ms=None if bounds is None else bounds[1],
    )
    return Health(status, reason, (source,))


def _judge(account: AccountView, view: ServerView | None) -> tuple[HealthStatus, str]:
    name = account.label
    if view is None:
        return HealthStatus.NO_DATA, f"{name}: not synced yet."
    if view.state in _FAILED_STATES:
        return (
            HealthStatus.FAILED,
            f"{name}: {view.trouble}" if view.trouble else f"{name}: failed.",
        )
    if view.state != "ok":
        return HealthStatus.WARNING, f"{name}: {view.trouble or 'cannot be reached.'}"
    health = view.facts.health
    if health is None or health.status not in _HEALTH:
        said = " ".join(health.reasons) if health is not None else ""
        return (
            HealthStatus.NO_DATA,
            f"{name}: {said or 'the server says nothing about its health.'}",
        )
    reason = " ".join(health.reasons) or f"the server calls itself {health.status}."
    return _HEALTH[health.status], f"{name}: {reason}"


def total_of_days(found: Stated, first: str, last: str) -> Figures | None:
    """Return the sum of the stated days from *first* to *last*; None where none was stated."""
    rows = [row for row in found.day_slots if first <= breakdown.day_of_slot(row.slot) <= last]
    return breakdown.total_of(row.figures for row in rows) if rows else None
