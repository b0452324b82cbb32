"""A context that behaves: it books, prices and remembers, in memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec

from alwrity_desktop.cli.session import Session
from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.domain.alerts import Alert
from alwrity_desktop.core.domain.budgets import Budget, Limit, percent_used, status_of
from alwrity_desktop.core.domain.forecast_check import ForecastCheck
from alwrity_desktop.core.domain.insight_values import INSIGHTS
from alwrity_desktop.core.domain.plan_replay import Comparison
from alwrity_desktop.core.domain.price_book import PriceBook
from alwrity_desktop.core.domain.pricing import PriceOverride
from alwrity_desktop.core.domain.report import CallRow, Report
from alwrity_desktop.core.domain.usage import Call
from alwrity_desktop.core.log_reading import RejectedLines
from alwrity_desktop.core.results import (
    BookedCall,
    Check,
    ImportProgress,
    PeriodChoice,
    SourceImport,
)
from tests.core import reports

if TYPE_CHECKING:
    from alwrity_desktop.core.context import Context

#: What every priced call costs here.
COST_PICO = 75_000_000


class FakeLedger:
    """Remembers what was refused, by door and place: reason, number, newest."""

    def __init__(self) -> None:
        self.refused: dict[tuple[str, str], list[tuple[str, int, int]]] = {}

    def keep_refused(
        self, door: str, path: str, refused: Sequence[RejectedLines], _now_ms: int, *, is_anew: bool
    ) -> None:
        kept = self.refused.setdefault((door, path), [])
        if is_anew:
            kept.clear()
        kept += [(each.reason, each.lines, each.example_offset) for each in refused]


class FakeContext:
    """Stands in for the context; ``failure`` is raised by whatever is asked for next."""

    def __init__(self, **report_changes: object) -> None:
        self.report_changes = report_changes
        self.questions: list[tuple[str, PeriodChoice, tuple[str, ...]]] = []
        self.booked: dict[str, Call] = {}
        self.commits: list[int] = []
        self.kept_budgets: dict[int, Budget] = {}
        second = msgspec.structs.replace(reports.ALERT, id=2, is_read=True)
        self.kept_alerts = [reports.ALERT, second]
        self.rows: list[CallRow] = [reports.CALL]
        self.overrides: list[PriceOverride] = []
        self.import_asked: tuple[str | None, tuple[Path, ...]] | None = None
        self.imports: tuple[SourceImport, ...] = ()
        self.progress: tuple[ImportProgress, ...] = ()
        self.checks: tuple[Check, ...] = (Check("ledger", is_ok=True, detail="It opens."),)
        self.sample_made = False
        self.is_closed = False
        self.failure: BaseException | None = None
        self.clock = Clock(fixed_ms=0)
        self.opened = FakeLedger()

    def ledger(self, _account: str) -> FakeLedger:
        self._fail_if_told()
        return self.opened

    def _fail_if_told(self) -> None:
        if self.failure is not None:
            raise self.failure

    def report(
        self,
        account: str,
        choice: PeriodChoice,
        dimensions: Sequence[str] = (),
        *,
        has_tips: bool = True,
    ) -> Report:
        self._fail_if_told()
        self.questions.append((account, choice, tuple(dimensions)))
        report = reports.report(**self.report_changes)
        groups = {name: report.groups.get(name, ()) for name in dimensions if name not in INSIGHTS}
        limits = tuple(map(self._limit, self.kept_budgets.values())) or report.limits
        tips = report.tips if has_tips else ()
        return msgspec.structs.replace(report, groups=groups, limits=limits, tips=tips)

    def warn_ahead(self, _report: Report) -> tuple[Alert, ...]:
        return ()

    def _limit(self, budget: Budget) -> Limit:
        used = budget.limit // 2
        return msgspec.structs.replace(
            reports.COST_LIMIT,
            name=budget.name,
            kind=budget.kind,
            used=used,
            limit=budget.limit,
            percent=percent_used(used, budget.limit),
            status=status_of(used, budget.limit),
            period=budget.period,
            budget_id=budget.id,
        )

    def record(self, calls: Iterable[Call]) -> tuple[BookedCall, ...]:
        self._fail_if_told()
        given = list(calls)
        self.commits.append(len(given))
        return tuple(map(self._book, given))

    def _book(self, call: Call) -> BookedCall:
        is_new = call.identity not in self.booked
        self.booked.setdefault(call.identity, call)
        if call.provider == "unknown":
            return BookedCall(call.identity, None, "unpriced", None, (), is_new)
        alerts = (reports.ALERT,) if call.input_tokens > 1_000_000 else ()
        return BookedCall(call.identity, COST_PICO, "priced", "a list", alerts, is_new)

    def import_logs(
        self,
        source: str | None = None,
        paths: Sequence[Path] = (),
        progress: Callable[[ImportProgress], None] | None = None,
        is_cancelled: Callable[[], bool] = lambda: False,
        hold: Callable[[object], None] = lambda _: None,
    ) -> tuple[SourceImport, ...]:
        self.import_asked = (source, tuple(paths))
        for step in self.progress:
            if progress is not None:
                progress(step)
        self._fail_if_told()
        return self.imports

    def iterate_calls(self, account: str, choice: PeriodChoice) -> Iterator[CallRow]:
        yield from self.rows

    def budgets(self, account: str) -> tuple[Budget, ...]:
        return tuple(self.kept_budgets.values())

    def set_budget(self, budget: Budget) -> Budget:
        kept = msgspec.structs.replace(budget, id=len(self.kept_budgets) + 1)
        self.kept_budgets[kept.id] = kept
        return kept

    def remove_budget(self, account: str, budget_id: int) -> None:
        del self.kept_budgets[budget_id]

    def alerts(self, account: str) -> tuple[Alert, ...]:
        return tuple(self.kept_alerts)

    def mark_alerts_read(self, account: str, ids: Sequence[int] | None) -> int:
        def is_meant(alert: Alert) -> bool:
            return not alert.is_read and (ids is None or alert.id in ids)

        changed = sum(map(is_meant, self.kept_alerts))
        self.kept_alerts = [
            msgspec.structs.replace(alert, is_read=True) if is_meant(alert) else alert
            for alert in self.kept_alerts
        ]
        return changed

    def price_book(self) -> PriceBook:
        return PriceBook((), self.overrides)

    def set_price(self, override: PriceOverride) -> None:
        self.overrides.append(override)

    def make_sample(self) -> None:
        self.sample_made = True

    def doctor(self) -> tuple[Check, ...]:
        self._fail_if_told()
        return self.checks

    def close(self) -> None:
        self.is_closed = True


def session_with(context: FakeContext) -> Session:
    """Return a session whose context is *context*."""
    return Session(os.environ, lambda: cast("Context", context))


def nothing_to_check(context: object, account: str) -> ForecastCheck:
    """Return the check of an account without history."""
    return ForecastCheck(account, "UTC", refused="There are no single calls.")


def nothing_to_replay(context: object, account: str) -> Comparison:
    """Return the comparison of an account without calls."""
    return Comparison((), None, "There are no calls.", "2026-11-01", "2026-11-20", "no plans")
