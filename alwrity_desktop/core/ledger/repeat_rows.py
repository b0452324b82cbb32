"""Requests that were sent again: told by their hashes, never by what they said."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Final

from alwrity_desktop.core.domain.repeats import KEPT_MS, RepeatedUse
from alwrity_desktop.core.domain.sums import Scope, scope_of
from alwrity_desktop.core.domain.usage import Call, PriceStatus
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.reading import EVER, whose_series
from alwrity_desktop.core.ledger.schema import PICO_PER_MICRO

_SLACK_MS: Final = 3_600_000
"""The row that stands for a call may have another time than the one that knows its request."""

_ROUNDING_MS: Final = 10
"""Times and durations are rounded each for itself: one that follows at once seems to overlap."""

PAID: Final = f"s.price_status IN ('{PriceStatus.PRICED}', '{PriceStatus.REPORTED}')"

#: One statement for all: a thread that books beside a gateway's calls lets go of the
#: interpreter with each, and each time a call waits for it.
_NOTE: Final = (
    "INSERT OR IGNORE INTO request_hashes (call_id, request_hash, asked_at_ms, answered_at_ms)"
    " SELECT c.id, j.value ->> 1, j.value ->> 2, j.value ->> 3 FROM json_each(?) j"
    " CROSS JOIN calls c ON c.identity = j.value ->> 0"
)

#: The rows of a span whose request was answered already, not long before it was sent again,
#: with all rows of the same calls: one of them counts. A request that was sent while the first
#: one was under way repeats nothing.
REPEATED: Final = f"""
WITH again AS MATERIALIZED (
  SELECT r.call_id, r.request_hash FROM calls c CROSS JOIN request_hashes r ON r.call_id = c.id
  WHERE c.occurred_at_ms >= ? AND c.occurred_at_ms < ? AND EXISTS (
    SELECT 1 FROM request_hashes p WHERE p.request_hash = r.request_hash
      AND p.answered_at_ms >= r.asked_at_ms - {KEPT_MS}
      AND p.answered_at_ms <= r.asked_at_ms + {_ROUNDING_MS}
      AND (p.answered_at_ms, p.call_id) < (r.answered_at_ms, r.call_id))),
root AS MATERIALIZED (
  SELECT coalesce((SELECT y.call_id FROM sightings y WHERE y.seen_id = a.call_id), a.call_id)
    AS call_id, a.request_hash FROM again a)
SELECT call_id, request_hash FROM root
UNION SELECT y.seen_id, r.request_hash FROM root r JOIN sightings y ON y.call_id = r.call_id
"""  # noqa: S608 - constants

IS_PAID_REPEAT: Final = f"{PAID} AND n.call_id IN (SELECT call_id FROM ({REPEATED}))"  # noqa: S608
"""The condition on a call in a query; its parameters are those of ``near``."""

_SUMS: Final = f"""
SELECT s.provider, s.model, w.request_hash, count(*),
  sum(n.cost_pico / {PICO_PER_MICRO}), sum(n.cost_pico % {PICO_PER_MICRO}) FROM present w
"""  # noqa: S608 - constants
_LOAD: Final = f"""
WITH repeated AS MATERIALIZED ({REPEATED}),
present AS MATERIALIZED (
  SELECT r.call_id, r.request_hash,
    (SELECT max(k.id) FROM corrections k WHERE k.call_id = r.call_id) AS correction
  FROM repeated r WHERE NOT EXISTS (
    SELECT 1 FROM sightings y JOIN calls o ON o.id = y.call_id JOIN series t ON t.id = o.series_id
    WHERE y.seen_id = r.call_id
      AND (NOT y.is_counted OR t.account IN (SELECT value FROM json_each(?)))))
{_SUMS} JOIN calls n ON n.id = w.call_id JOIN series s ON s.id = n.series_id
  WHERE w.correction IS NULL AND {{counts}} GROUP BY 1, 2, 3
UNION ALL
{_SUMS} JOIN corrections n ON n.id = w.correction JOIN series s ON s.id = n.series_id
  WHERE {{counts}} GROUP BY 1, 2, 3
"""  # noqa: S608 - constants


def note_requests(connection: Connection, calls: Iterable[Call]) -> None:
    """Keep the hashes of the requests of *calls*; one that failed brought no answer to keep."""
    rows = [
        (
            call.identity,
            int.from_bytes(bytes.fromhex(call.request_hash), signed=True),
            call.occurred_at_ms - (call.duration_ms or 0),
            call.occurred_at_ms,
        )
        for call in calls
        if not call.is_error
    ]
    if rows:
        connection.execute(_NOTE, (json.dumps(rows),))


def near(start_ms: int, end_ms: int) -> tuple[int, int]:
    """Return the parameters of ``REPEATED`` for the calls of a span."""
    return start_ms - _SLACK_MS, end_ms + _SLACK_MS


def load(
    connection: Connection, account: str | Scope, start_ms: int, end_ms: int
) -> list[RepeatedUse]:
    """Return the paid repeats among the calls of a span, by model, dearest first.

    Calls of a billing period are looked at wherever they lie.
    """
    if connection.execute("SELECT 1 FROM request_hashes LIMIT 1").first() is None:
        return []
    scope = scope_of(account)
    bounds = EVER if scope.billing_period else (start_ms, end_ms)
    whose, whom = whose_series(scope)
    counts = f"n.occurred_at_ms >= ? AND n.occurred_at_ms < ? AND {PAID} AND {whose}"
    several = json.dumps(scope.accounts if len(scope.accounts) > 1 else ())
    parameters = (*near(*bounds), several, *bounds, *whom, *bounds, *whom)
    calls: dict[tuple[str, str], Counter[int]] = {}
    costs: Counter[tuple[str, str]] = Counter()
    rows = connection.execute(_LOAD.format(counts=counts), parameters)
    for provider, model, request, count, micro, rest in rows:
        key = (str(provider), str(model))
        calls.setdefault(key, Counter())[request] += count
        costs[key] += micro * PICO_PER_MICRO + rest
    found = [
        RepeatedUse(*key, each.total(), len(each), max(each.values()), costs[key])
        for key, each in calls.items()
    ]
    return sorted(found, key=lambda use: (-use.cost_pico, use.provider, use.model))
