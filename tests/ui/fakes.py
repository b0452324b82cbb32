"""A context that behaves, for the window: it remembers, counts commits, and can fail."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from msgspec.structs import replace

from alwrity_desktop.core import settings as stored_settings
from alwrity_desktop.core.accounts import Account, AccountState, SyncResult
from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.domain.alerts import Alert
from alwrity_desktop.core.domain.budgets import Budget
from alwrity_desktop.core.domain.errors import AlwrityError
from alwrity_desktop.core.domain.insight_values import INSIGHTS
from alwrity_desktop.core.domain.live import Minute
from alwrity_desktop.core.domain.pricing import PriceOverride
from alwrity_desktop.core.domain.report import AccountView, CallPage, CallQuery, CallRow, Report
from alwrity_desktop.core.domain.server import Preflight
from alwrity_desktop.core.profile import Profile
from alwrity_desktop.core.results import (
    Check,
    FoundLogs,
    ImportProgress,
    PeriodChoice,
    SourceImport,
)
from alwrity_desktop.core.settings import Settings
from tests import builders, builders_servers

if TYPE_CHECKING:
    from alwrity_desktop.core.context import Context

READ = SourceImport("claude-code", 3, 0, 900, 12, 0, 0, 0.1)


class FakeContext:
    """Stands in for the context; ``failure`` is raised by whatever is asked for next."""

    def __init__(self, folder: Path, *, calls_ever: int = 96_400) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.profile = Profile(folder, folder, folder / "cache", folder / "logs")
        self.clock = Clock(builders.NOW_MS)
        self.calls_ever = calls_ever
        self.versions = {"local": 1, "sample": 1}
        self.questions: list[tuple[str, PeriodChoice]] = []
        self.dimensions: list[tuple[str, ...]] = []
        self.queries: list[CallQuery] = []
        self.kept_budgets: list[Budget] = []
        self.overrides: list[PriceOverride] = []
        self.marked: list[Sequence[int] | None] = []
        self.waiting: list[Alert] = []
        self.confirmed: list[int] = []
        self.warned: list[str] = []
        self.logs: tuple[FoundLogs, ...] = ()
        self.read_paths: list[tuple[Path, ...]] = []
        self.imports: tuple[SourceImport, ...] = (READ,)
        self.is_sample_made = False
        self.desk = FakeDesk(self)
        self.minutes: list[Minute] = []
        self.failure: Exception | None = None

    def as_context(self) -> Context:
        """Return this as what the window takes it for."""
        return cast("Context", self)

    def commit(self, account: str = "local") -> None:
        """Let another program have committed something."""
        self.versions[account] += 1

    def fail_next(self, sentence: str) -> None:
        """Let the next question fail with *sentence*."""
        self.failure = AlwrityError(sentence)

    def _check(self) -> None:
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure

    @property
    def settings(self) -> Settings:
        return stored_settings.load(self.profile.settings)[0]

    def timezone(self) -> str:
        return builders.ZONE

    def report(
        self,
        account: str,
        choice: PeriodChoice,
        dimensions: Sequence[str] = (),
        *,
        has_tips: bool = True,
    ) -> Report:
        self._check()
        self.questions.append((account, choice))
        self.dimensions.append(tuple(dimensions))
        report = self._report_of(account)
        known = set(report.groups) | {"agent", "conversation"}
        groups = {name: report.groups.get(name, ()) for name in dimensions if name in known}
        insights = tuple(name for name in dimensions if name in INSIGHTS)
        tips = report.tips if has_tips else ()
        return replace(report, groups=groups, insights=insights, tips=tips)

    def _report_of(self, account: str) -> Report:
        if account == "sample":
            return builders.a_report(account=AccountView("sample", "Sample data", "sample"))
        if account in self.desk.reports:
            return self.desk.reports[account]
        if not self.calls_ever:
            return builders.an_empty_report()
        return builders.a_report(calls_ever=self.calls_ever)

    def accounts(self) -> tuple[AccountView, ...]:
        local = AccountView("local", "This computer")
        servers = tuple(
            AccountView(state.account.name, state.account.name, state.account.kind)
            for state in self.desk.states
        )
        everything = (AccountView("all", "All accounts", "all"),) if servers else ()
        return (local, *servers, *everything)

    def calls(self, account: str, query: CallQuery) -> CallPage:
        self._check()
        self.queries.append(query)
        return builders.a_page(query)

    def per_minute(self, account: str) -> list[Minute]:
        return self.minutes

    def call(self, account: str, call_id: int) -> CallRow:
        self._check()
        return replace(builders.a_call_with_lines(), id=call_id)

    def budgets(self, account: str) -> tuple[Budget, ...]:
        self._check()
        return tuple(self.kept_budgets)

    def set_budget(self, budget: Budget) -> Budget:
        self._check()
        kept = replace(budget, id=budget.id or len(self.kept_budgets) + 1)
        self.kept_budgets = [one for one in self.kept_budgets if one.id != kept.id] + [kept]
        self.commit(budget.account)
        return kept

    def remove_budget(self, account: str, budget_id: int) -> None:
        self._check()
        self.kept_budgets = [one for one in self.kept_budgets if one.id != budget_id]
        self.commit(account)

    def mark_alerts_read(self, account: str, ids: Sequence[int] | None) -> int:
        self._check()
        self.marked.append(ids)
        self.commit(account)
        return 1

    def warn_ahead(self, report: Report) -> tuple[Alert, ...]:
        self.warned.append(report.account.name)
        return ()

    def take_notifications(self, account: str) -> tuple[Alert, ...]:
        self._check()
        return tuple(alert for alert in self.waiting if alert.id not in self.confirmed)

    def confirm_notifications(self, account: str, ids: Sequence[int]) -> None:
        self._check()
        self.confirmed.extend(ids)

    def set_price(self, override: PriceOverride) -> None:
        self._check()
        self.overrides.append(override)

    def find_logs(self) -> tuple[FoundLogs, ...]:
        self._check()
        return self.logs

    def import_logs(
        self,
        source: str | None = None,
        paths: Sequence[Path] = (),
        progress: Callable[[ImportProgress], None] | None = None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> tuple[SourceImport, ...]:
        self._check()
        self.read_paths.append(tuple(paths))
        if progress is not None:
            progress(ImportProgress(1, 1, 900, 900, 12))
        self.calls_ever = self.calls_ever or 12
        self.commit()
        return self.imports

    def data_version(self, account: str) -> int:
        self._check()
        return self.versions[account]

    def make_sample(self, progress: Callable[[float], None] | None = None) -> None:
        self._check()
        if progress is not None:
            progress(0.5)
        self.is_sample_made = True

    def doctor(self) -> tuple[Check, ...]:
        return (Check("ledger", is_ok=True, detail="It opens."),)

    def close(self) -> None:
        """Nothing is open."""


class FakeDesk:
    """Stands in for the desk of accounts: it remembers what it was asked, and can refuse."""

    def __init__(self, context: FakeContext) -> None:
        self._context = context
        self.states: tuple[AccountState, ...] = ()
        self.reports: dict[str, Report] = {}
        self.tokens: dict[str, str | None] = {}
        self.syncs: list[Mapping[str, Collection[str]]] = []
        self.asked: list[object] = []
        self.preflight_answer = Preflight(is_allowed=True, cost_pico=0)
        self.url = "https://checkout.example/pay"
        self.refusal: AlwrityError | None = None
        self.listened: list[tuple[str, ...]] = []
        self.is_closed = False

    def connect(self, report: Report, state: str = "ok") -> None:
        """Let an account of *report*'s kind be there, standing as *state* says."""
        view = report.account
        account = Account(view.name, view.kind, "http://localhost:8000", "user_1")
        server = report.server
        last = None if server is None else server.last_sync_ms
        self.states = (*self.states, AccountState(account, last, state))
        self.reports[view.name] = report
        self._context.versions.setdefault(view.name, 1)
        self._context.versions.setdefault("all", 1)

    def _check(self) -> None:
        if self.refusal is not None:
            raise self.refusal

    def list(self) -> tuple[AccountState, ...]:
        return self.states

    def where_tokens_are(self) -> str:
        return "The token is kept in the test's own key store."

    def check(self, account: Account, token: str | None = None) -> str:
        self.asked.append((account, token))
        self._check()
        return "Pro plan, billing period until 16 December."

    def add(self, account: Account, token: str | None) -> str:
        self._check()
        self.tokens[account.name] = token
        self.states = (*self.states, AccountState(account, None, "stale"))
        self.reports[account.name] = builders_servers.a_server_report(
            account=AccountView(account.name, account.name, account.kind)
        )
        self._context.versions[account.name] = 1
        return self.where_tokens_are()

    def remove(self, name: str) -> None:
        self._check()
        self.states = tuple(each for each in self.states if each.account.name != name)

    def set_token(self, name: str, token: str) -> str:
        self._check()
        self.tokens[name] = token
        return self.where_tokens_are()

    def set_token_command(self, name: str, command: tuple[str, ...]) -> None:
        self._check()
        self.asked.append((name, command))

    def sync_each(
        self,
        parts: Mapping[str, Collection[str]],
        hastened: Collection[str] = (),
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> tuple[SyncResult, ...]:
        self.syncs.append(parts)
        return tuple(SyncResult(name, True, 0, 0, None, 0.1) for name in parts)

    def listen(self, names: Sequence[str], on_hint: Callable[[str, Collection[str]], None]) -> None:
        self.listened.append(tuple(names))

    def note_next(self, name: str, at_ms: int | None) -> None:
        """Nobody else looks."""

    def preflight(self, name: str, operations: Sequence[Mapping[str, str | int]]) -> Preflight:
        self.asked.append((name, tuple(operations)))
        self._check()
        return self.preflight_answer

    def link(self, name: str, what: str, tier: str = "", cycle: str = "monthly") -> str:
        self.asked.append((name, what, tier, cycle))
        self._check()
        return self.url

    def close(self) -> None:
        self.is_closed = True


class Collector:
    """Takes events as the bridge would."""

    def __init__(self) -> None:
        self.events: list[object] = []

    def post(self, event: object) -> None:
        self.events.append(event)

    def of(self, kind: type) -> list[object]:
        """Return the events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]
