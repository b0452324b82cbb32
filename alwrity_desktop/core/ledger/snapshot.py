"""One unchanging state of the ledger, to read all sums of one report from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alwrity_desktop.core.domain.alerts import Alert
from alwrity_desktop.core.domain.breakdown import HOUR_S
from alwrity_desktop.core.domain.budgets import Budget, Limit
from alwrity_desktop.core.domain.call_row import CallRow
from alwrity_desktop.core.domain.figures import Figures
from alwrity_desktop.core.domain.periods import DAYS_PER_WEEK, HOURS_PER_DAY, Period
from alwrity_desktop.core.domain.pricing import Quote
from alwrity_desktop.core.domain.repeats import RepeatedUse
from alwrity_desktop.core.domain.server import ServerFacts, ServerView
from alwrity_desktop.core.domain.statements import Statement
from alwrity_desktop.core.domain.sums import (
    DurationCount,
    OffsetSpan,
    RejectedReason,
    Scope,
    SeriesSums,
    SlotSums,
    SourceTotals,
    scope_of,
)
from alwrity_desktop.core.domain.tip_states import KeptTip
from alwrity_desktop.core.domain.usage_sums import PricedSpan, UsageSums
from alwrity_desktop.core.ledger import (
    alerting,
    budget_rows,
    dearest_rows,
    reading,
    remainder_rows,
    repeat_rows,
    server_rows,
    source_rows,
    statement_rows,
    tip_rows,
    usage_rows,
)
from alwrity_desktop.core.ledger.budget_rows import Standing
from alwrity_desktop.core.ledger.connection import Connection
from alwrity_desktop.core.ledger.reading import EVERYTHING, Where


class LedgerSnapshot:
    """Reads of one transaction: whatever is committed meanwhile is not seen."""

    def __init__(self, connection: Connection) -> None:
        """Read through *connection*."""
        self._connection = connection

    def by_series(
        self, account: str | Scope, start_ms: int, end_ms: int, names: Iterable[str] = ()
    ) -> list[SeriesSums]:
        """Return the sums in a span by the dimensions *names*."""
        return reading.by_series(self._connection, account, start_ms, end_ms, names)

    def by_slot(
        self,
        account: str | Scope,
        spans: Iterable[OffsetSpan],
        slot_s: int,
        where: Where = EVERYTHING,
    ) -> list[SlotSums]:
        """Return the sums of each provider in each local day or hour, of all or of some series."""
        return reading.by_slot(self._connection, account, spans, slot_s, where)

    def by_week_hour(self, account: str | Scope, spans: Iterable[OffsetSpan]) -> list[SlotSums]:
        """Return the sums of each provider in each hour of the week, as those of one week.

        The week is the one of the first day since 1970, whose weekdays are right.
        """
        hours = DAYS_PER_WEEK * HOURS_PER_DAY
        return reading.by_slot(self._connection, account, spans, HOUR_S, slots=hours)

    def durations(self, account: str | Scope, start_ms: int, end_ms: int) -> list[DurationCount]:
        """Return the calls whose duration is known, by model and bucket."""
        return reading.durations(self._connection, account, start_ms, end_ms)

    def usage_sums(
        self,
        account: str | Scope,
        spans: Iterable[PricedSpan],
        thresholds: Sequence[int],
        model: tuple[str, str] | None = None,
    ) -> list[UsageSums]:
        """Return the sums of single calls by what prices depend on."""
        return usage_rows.sums(self._connection, account, spans, thresholds, model)

    def quotes(self, ids: Iterable[int]) -> dict[int, Quote]:
        """Return the prices that calls were booked with, by their numbers."""
        return usage_rows.quotes(self._connection, ids)

    def dearest_calls(self, scope: Scope, start_ms: int, end_ms: int, most: int) -> list[CallRow]:
        """Return the calls of a span that cost most, dearest first."""
        return dearest_rows.calls(self._connection, scope, start_ms, end_ms, most)

    def dearest_conversations(
        self, scope: Scope, start_ms: int, end_ms: int, most: int
    ) -> list[tuple[str, Figures]]:
        """Return the conversations that cost most in a span, dearest first, with their sums."""
        return dearest_rows.conversations(self._connection, scope, start_ms, end_ms, most)

    def repeated_use(self, account: str | Scope, start_ms: int, end_ms: int) -> list[RepeatedUse]:
        """Return the paid calls of a span whose requests were answered shortly before."""
        return repeat_rows.load(self._connection, account, start_ms, end_ms)

    def conversational_models(self, account: str | Scope) -> set[tuple[str, str]]:
        """Return the models with calls that belong to a conversation."""
        return usage_rows.conversational_models(self._connection, account)

    def kept_tips(self, account: str | Scope) -> list[KeptTip]:
        """Return what the person said of tips."""
        return tip_rows.load(self._connection, scope_of(account).accounts)

    def bounds(self, account: str | Scope) -> tuple[int, int] | None:
        """Return the starts of the first and last quarter with calls, or None."""
        return reading.bounds(self._connection, account)

    def calls_ever(self, account: str | Scope) -> int:
        """Return how many calls the ledger holds of *account*."""
        return reading.calls_ever(self._connection, account)

    def billing_periods(self, account: str) -> list[str]:
        """Return the keys to which the server booked calls, oldest first."""
        return reading.billing_periods(self._connection, account)

    def merged_calls(self, account: str) -> dict[str, int]:
        """Return how many calls of each billing period were merged before they were read."""
        found: dict[str, int] = {}
        for one in remainder_rows.load(self._connection, (account,)):
            found[one.billing_period] = found.get(one.billing_period, 0) + one.figures.calls
        return found

    def statements(self, account: str | Scope) -> list[Statement]:
        """Return what the servers of *account* say now: the newest of each name."""
        return statement_rows.load(self._connection, scope_of(account).accounts)

    def server_facts(self, account: str) -> ServerFacts:
        """Return what is known of the server of *account*."""
        return server_rows.facts(self._connection, account)[0]

    def server_view(self, account: str) -> ServerView | None:
        """Return what a report shows of the server of *account*; None before its first sync."""
        return server_rows.view(self._connection, account)

    def sources(self, account: str | Scope) -> list[SourceTotals]:
        """Return every source that brought calls or files."""
        return source_rows.sources(self._connection, account)

    def rejects(self) -> list[RejectedReason]:
        """Return the refused lines by source and reason."""
        return source_rows.rejects(self._connection)

    def budgets(self, account: str) -> list[Budget]:
        """Return the budgets of *account*."""
        return [budget for budget, _ in budget_rows.load(self._connection, account)]

    def standing(self, budget: Budget, period: Period) -> Limit:
        """Return how *budget* stands in *period*."""
        return budget_rows.standing(self._connection, budget, period)

    def budget_period(self, budget: Budget, at_ms: int, timezone: str, week_starts: str) -> Period:
        """Return the period of *budget* that holds an instant."""
        return budget_rows.present_period(self._connection, budget, at_ms, timezone, week_starts)

    def standings(self, now_ms: int, timezone: str, week_starts: str) -> list[Standing]:
        """Return how all budgets of all accounts stand now, as one state of the ledger has it."""
        return budget_rows.standings(self._connection, now_ms, timezone, week_starts)

    def alerts(self, account: str) -> list[Alert]:
        """Return all alerts of *account*, unread first."""
        return alerting.load(self._connection, account)

    def versions(self) -> tuple[str, str]:
        """Return the version of the SQLite library, and that of the ledger's tables."""
        query = "SELECT sqlite_version(), (SELECT version_num FROM alembic_version)"
        library, tables = self._connection.execute(query).one()
        return str(library), str(tables)
