"""The rows of `usage-logs`, and how today's server merges the old ones away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tests.servers.catalogue import SHOWN
from tests.servers.wire import Json

KEPT_DAYS: Final = 90
MAX_ROWS: Final = 5_000
ROWS_LEFT: Final = 4_000


@dataclass(frozen=True, slots=True)
class CallRow:
    """One row: a call, or several that were merged."""

    id: int
    at: datetime
    #: As in trends and prices.
    provider: str
    #: Whom the call really went to; None for merged rows.
    went_to: str | None
    model: str
    endpoint: str
    period: str
    tokens_in: int = 0
    tokens_out: int = 0
    cost_in: float = 0.0
    cost_out: float = 0.0
    cost: float = 0.0
    seconds: float = 1.0
    status: int = 200
    #: How many calls were merged into it; 0 for a single call.
    merged: int = 0

    def document(self) -> Json:
        """Return the row as `usage-logs` writes it."""
        words = f"Aggregated {self.merged} calls: {self.merged} success, 0 failed"
        return {
            "id": self.id,
            "timestamp": self.at.isoformat(),
            "provider": self.went_to or SHOWN.get(self.provider, self.provider),
            "actual_provider_name": self.went_to,
            "model_used": self.model,
            "endpoint": self.endpoint,
            "method": "AGGREGATED" if self.merged else "POST",
            "tokens_input": self.tokens_in,
            "tokens_output": self.tokens_out,
            "tokens_total": self.tokens_in + self.tokens_out,
            "cost_input": self.cost_in,
            "cost_output": self.cost_out,
            "cost_total": self.cost,
            "response_time": self.seconds,
            "status_code": self.status,
            "status": "success" if self.status < 400 else "failed",
            "error_message": words if self.merged else None,
            "billing_period": self.period,
            "retry_count": 0,
            "is_aggregated": bool(self.merged),
        }


def without_old(rows: list[CallRow], now: datetime) -> list[CallRow]:
    """Return the rows after a look at them: the old ones merged by provider and period.

    Old are those of over 90 days, and where there are over 5,000 all but the newest 4,000.
    Merged rows take the ids that follow the highest one left, which may have been in use.
    """
    newest = sorted(rows, key=lambda row: (row.at, row.id), reverse=True)
    limit = ROWS_LEFT if len(rows) > MAX_ROWS else len(rows)
    oldest_kept = now - timedelta(days=KEPT_DAYS)
    groups: dict[tuple[str, str], list[CallRow]] = {}
    kept: list[CallRow] = []
    for place, row in enumerate(newest):
        if row.merged or (row.at >= oldest_kept and place < limit):
            kept.append(row)
        else:
            groups.setdefault((row.period, row.provider), []).append(row)
    first_id = max((row.id for row in kept), default=0) + 1
    ordered = sorted(groups.values(), key=lambda group: group[-1].at)
    return kept + [merged(group, first_id + place) for place, group in enumerate(ordered)]


def merged(group: Iterable[CallRow], row_id: int) -> CallRow:
    """Return the row that stands for a group of calls of one provider and period."""
    rows = sorted(group, key=lambda row: row.at)
    return CallRow(
        id=row_id,
        at=rows[0].at,
        provider=rows[0].provider,
        went_to=None,
        model=f"[{len(rows)} calls aggregated]",
        endpoint="[AGGREGATED]",
        period=rows[0].period,
        tokens_in=sum(row.tokens_in for row in rows),
        tokens_out=sum(row.tokens_out for row in rows),
        cost_in=sum(row.cost_in for row in rows),
        cost_out=sum(row.cost_out for row in rows),
        cost=sum(row.cost for row in rows),
        seconds=sum(row.seconds for row in rows) / len(rows),
        merged=len(rows),
    )
