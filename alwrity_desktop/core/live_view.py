"""Puts together what the Live dock shows, from the gateway's own word and from the ledger."""

from __future__ import annotations

from typing import Final

from alwrity_desktop.core.context import SAMPLE_ACCOUNT, Context
from alwrity_desktop.core.domain.errors import AlwrityError
from alwrity_desktop.core.domain.live import HOUR_MS, GatewayState, LiveView, series_of
from alwrity_desktop.core.domain.report import CallQuery, CallRow
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT

LISTED: Final = 40
"""So many of the newest calls are listed."""

_DAY_MS: Final = 24 * HOUR_MS


def live_view(context: Context, account: str, gateway: GatewayState) -> LiveView:
    """Return what goes on now for *account*; nothing of it is lost on a ledger that is locked.

    Sample data lie still: in their place this computer is shown.
    """
    now_ms, zone = context.clock.now_ms(), context.timezone()
    whose = LOCAL_ACCOUNT if account == SAMPLE_ACCOUNT else account
    try:
        calls, costs = series_of(context.per_minute(whose))
        listed = _newest(context, whose, now_ms)
    except AlwrityError:
        return LiveView(now_ms, zone, gateway, is_unread=True)
    return LiveView(now_ms, zone, gateway, calls, costs, listed)


def _newest(context: Context, account: str, now_ms: int) -> tuple[CallRow, ...]:
    """Return the newest calls, of the last hour where there are any, else of a day."""
    for span_ms in (HOUR_MS, _DAY_MS):
        query = CallQuery(now_ms - span_ms + 1, now_ms + 1, size=LISTED)
        rows = context.calls(account, query).rows
        if rows:
            return rows
    return ()
