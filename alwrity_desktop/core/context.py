"""Puts the parts together, once, for the window and the command line alike."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import asdict

from alwrity_desktop.core import clock, prices, settings
from alwrity_desktop.core.account_desk import AccountDesk
from alwrity_desktop.core.clock import Clock
from alwrity_desktop.core.domain.account_view import AccountView
from alwrity_desktop.core.domain.errors import AlwrityError, NotFoundError
from alwrity_desktop.core.domain.usage import ALL_ACCOUNTS, LOCAL_ACCOUNT, Call
from alwrity_desktop.core.doors import DOORS
from alwrity_desktop.core.profile import Profile
from alwrity_desktop.core.results import (
    BookedCall,
    Check,
    FoundLogs,
    ImportProgress,
    PeriodChoice,
    SourceImport,
)
from alwrity_desktop.core.settings import Settings

if TYPE_CHECKING:
    from alwrity_desktop.core.advice import Advice
    from alwrity_desktop.core.domain.alerts import Alert
    from alwrity_desktop.core.domain.budgets import Budget
    from alwrity_desktop.core.domain.live import Minute
    from alwrity_desktop.core.domain.price_book import PriceBook
    from alwrity_desktop.core.domain.pricing import PriceOverride
    from alwrity_desktop.core.domain.report import CallPage, CallQuery, CallRow, Report
    from alwrity_desktop.core.domain.sums import Scope
    from alwrity_desktop.core.ledger.batches import Batch, BatchResult
    from alwrity_desktop.core.ledger.ledger import Ledger
    from alwrity_desktop.core.log_places import LogPlaces

__all__ = [
    "SAMPLE_ACCOUNT",
    "BookedCall",
    "Check",
    "Context",
    "FoundLogs",
    "ImportProgress",
    "PeriodChoice",
    "SourceImport",
    "open_context",
]

SAMPLE_ACCOUNT: Final = "sample"

_SAMPLE_AGE_MS: Final = 86_400_000
"""A sample that ends earlier is made anew: a half year that ends now looks alive."""

_LOCAL: Final = AccountView(LOCAL_ACCOUNT, "This computer")
_SAMPLE: Final = AccountView(SAMPLE_ACCOUNT, "Sample data", kind="sample")
_ALL: Final = AccountView(ALL_ACCOUNTS, "All accounts", kind="all")
_ALWAYS_THERE: Final = {view.name: view for view in (_LOCAL, _SAMPLE)}


def open_context(profile: Profile, environ: Mapping[str, str] | None = None) -> Context:
    """Return the context of *profile*; nothing is opened yet.

    Raises PersonError for a clock in the environment that is no time.
    """
    environ = os.environ if environ is None else environ
    return Context(profile, clock.clock_from_environment(environ), environ)


class Context:
    """The program's parts for one profile folder, for any thread.

    Opens nothing until asked: a ledger is opened by the first thing that needs it, since the
    database library takes longer to load than all else at start.
    """

    def __init__(self, profile: Profile, now: Clock, environ: Mapping[str, str]) -> None:
        self.profile = profile
        self.clock = now
        self._environ = environ
        self._ledgers: dict[str, Ledger] = {}
        self._lock = threading.Lock()
        #: The accounts on servers.
        self.desk = AccountDesk(self, environ)
        self._advice: Advice | None = None

    @property
    def advice(self) -> Advice:
        """The desk for advice."""
        from alwrity_desktop.core.advice import Advice  # noqa: PLC0415 - seldom needed

        with self._lock:
            if self._advice is None:
                self._advice = Advice(self)
            return self._advice

    @property
    def settings(self) -> Settings:
        """The settings as they are kept now."""
        return settings.load(self.profile.settings)[0]

    def timezone(self) -> str:
        """Return the zone of the settings, else the system's."""
        return self.settings.timezone or clock.system_timezone(self._environ)

    def accounts(self) -> tuple[AccountView, ...]:
        """Return the accounts that can be shown: the sample only once it was made.

        All together are an account of their own once a server is connected. When the file
        of the accounts is damaged, which the doctor tells, the servers are left out.
        """
        servers: tuple[AccountView, ...] = ()
        with contextlib.suppress(AlwrityError):
            servers = self._servers()
        sample = (_SAMPLE,) if self.profile.sample.exists() else ()
        return (_LOCAL, *servers, *((_ALL,) if servers else ()), *sample)

    def account(self, name: str) -> AccountView:
        """Return an account. Raises NotFoundError, naming those that there are."""
        if name in _ALWAYS_THERE:
            return _ALWAYS_THERE[name]
        for view in (*self._servers(), _ALL):
            if view.name == name:
                return view
        views = self.accounts()
        known = ", ".join(view.name for view in views)
        raise NotFoundError(f'There is no account "{name:.60}". There are: {known}.')

    def report(
        self,
        account: str,
        choice: PeriodChoice,
        dimensions: Sequence[str] = ("provider", "model", "source"),
        *,
        has_tips: bool = True,
    ) -> Report:
        """Return the report of *account* for *choice*, with a group for each dimension.

        Tips read every call of the period and the price list: who shows none leaves them out.
        """
        from alwrity_desktop.core import reporting  # noqa: PLC0415 - only for reports
        from alwrity_desktop.core.sources.registry import all_sources  # noqa: PLC0415 - as above

        view = self.account(account)
        kept = self.settings
        zone = choice.timezone or kept.timezone or clock.system_timezone(self._environ)
        titles = {**DOORS, **{source.name: source.title for source in all_sources()}}
        asked, members = tuple(dimensions), self._members(view)
        question = reporting.Question(
            view, choice, zone, kept.week_starts, asked, members, has_tips=has_tips
        )
        with self.ledger(account).snapshot() as snapshot:
            book = self.advice.book(account) if question.needs_prices else None
            now_ms = self.clock.now_ms()
            report = reporting.build_report(snapshot, question, now_ms, titles, book)
        return self.desk.dressed(report)

    def calls(self, account: str, query: CallQuery) -> CallPage:
        """Return one page of calls."""
        return self.ledger(account).page(self.scope(account), query)

    def call(self, account: str, call_id: int) -> CallRow:
        """Return one call. Raises NotFoundError."""
        return self.ledger(account).call(self.scope(account), call_id)

    def per_minute(self, account: str) -> list[Minute]:
        """Return the sums of each minute of the last hour in which there were calls."""
        return self.ledger(account).per_minute(self.scope(account), self.clock.now_ms())

    def iterate_calls(self, account: str, choice: PeriodChoice) -> Iterator[CallRow]:
        """Yield every call of a period, oldest first."""
        from alwrity_desktop.core import reporting  # noqa: PLC0415 - only for reports

        zone = choice.timezone or self.timezone()
        scope = self.scope(account)
        with self.ledger(account).snapshot() as snapshot:
            period = reporting.period_of_choice(
                snapshot, scope, choice, zone, self.settings.week_starts, self.clock.now_ms()
            )
        yield from self.ledger(account).calls(
            scope, period.start_ms, period.end_ms, period.billing_period
        )

    def record(self, calls: Iterable[Call]) -> tuple[BookedCall, ...]:
        """Book *calls*, which one script or one table brought, in one commit."""
        given = tuple(calls)
        if not given:
            return ()
        batch = self.batch(given[0].source, calls=given, is_corrected_by_copies=False)
        return _booked(self.ledger(LOCAL_ACCOUNT).record(batch, self.price_book()))

    def find_logs(self) -> tuple[FoundLogs, ...]:
        """Return the logs that lie on this machine, by source."""
        return self._places().found()

    def import_logs(
        self,
        source: str | None = None,
        paths: Sequence[Path] = (),
        progress: Callable[[ImportProgress], None] | None = None,
        is_cancelled: Callable[[], bool] = lambda: False,
        hold: Callable[[object], None] = lambda _: None,
    ) -> tuple[SourceImport, ...]:
        """Read local logs; without *source* every source, without *paths* the usual folders.

        *hold* is given what a program that ends afterwards need not take apart before.
        Raises NotFoundError for a source that does not exist, or a path that is no source's.
        """
        from alwrity_desktop.core import log_imports  # noqa: PLC0415 - loads every source

        places = self._places()
        return log_imports.import_logs(self, places, source, paths, progress, is_cancelled, hold)

    def budgets(self, account: str) -> tuple[Budget, ...]:
        """Return the budgets of *account*."""
        self.account(account)
        return self.ledger(account).budgets(account)

    def set_budget(self, budget: Budget) -> Budget:
        """Add *budget* (id 0), or change the one of its id; one scope, kind and period has one."""
        self.account(budget.account)
        saved, _ = self.ledger(budget.account).set_budget(
            budget, self.clock.now_ms(), self.timezone(), self.settings.week_starts
        )
        return saved

    def remove_budget(self, account: str, budget_id: int) -> None:
        """Remove a budget; its alerts stay. Raises NotFoundError."""
        self.ledger(account).remove_budget(account, budget_id)

    def alerts(self, account: str) -> tuple[Alert, ...]:
        """Return the alert centre of *account*, unread first."""
        self.account(account)
        with self.ledger(account).snapshot() as snapshot:
            return tuple(snapshot.alerts(account))

    def mark_alerts_read(self, account: str, ids: Sequence[int] | None) -> int:
        """Mark alerts read, all for None; return how many changed. Raises NotFoundError."""
        return self.ledger(account).mark_alerts_read(account, ids, self.clock.now_ms())

    def take_notifications(self, account: str) -> tuple[Alert, ...]:
        """Return the alerts that wait to be shown: for each limit the highest only.

        Sample data notifies nobody.
        """
        if account == SAMPLE_ACCOUNT:
            return ()
        return self.ledger(account).waiting_notifications(account, self.clock.now_ms())

    def warn_ahead(self, report: Report) -> tuple[Alert, ...]:
        """Raise the alerts about limits of *report* that will be reached, each risk once.

        Sample data warns nobody.
        """
        account = report.account.name
        if account == SAMPLE_ACCOUNT or not report.watched:
            return ()
        return self.ledger(account).warn_ahead(account, report.watched, self.clock.now_ms())

    def confirm_notifications(self, account: str, ids: Sequence[int]) -> None:
        """Note that these were shown."""
        self.ledger(account).confirm_notifications(account, ids)

    def price_book(self) -> PriceBook:
        """Return the price book with the person's own prices."""
        overrides = self.ledger(LOCAL_ACCOUNT).price_overrides()
        return prices.open_price_book(self.profile.data, overrides)

    def set_price(self, override: PriceOverride) -> None:
        """Keep a price of the person's own; calls booked from now on use it."""
        self.ledger(LOCAL_ACCOUNT).set_price(override, self.clock.now_ms())

    def data_version(self, account: str) -> int:
        """Return a number that changes whenever anything was committed by any process."""
        return self.ledger(account).data_version()

    def make_sample(self, progress: Callable[[float], None] | None = None) -> None:
        """Fill the sample ledger, unless it is there and ends about now."""
        from alwrity_desktop.core import sample_ledger  # noqa: PLC0415 - only for the sample

        tell = progress or (lambda _: None)
        now_ms = self.clock.now_ms()
        with self.ledger(SAMPLE_ACCOUNT).snapshot() as snapshot:
            bounds = snapshot.bounds(SAMPLE_ACCOUNT)
        if bounds is not None and 0 <= now_ms - bounds[1] < _SAMPLE_AGE_MS:
            tell(1.0)
            return
        if bounds is not None:
            self._remove_sample()
        book = prices.open_price_book(self.profile.data)
        sample_ledger.fill(self.ledger(SAMPLE_ACCOUNT), book, now_ms, self.timezone(), tell)

    def doctor(self) -> tuple[Check, ...]:
        """Check everything; never raises for what it can name."""
        from alwrity_desktop.core import doctor  # noqa: PLC0415 - only for the checks

        return doctor.check(self)

    def ledger(self, account: str) -> Ledger:
        """Return the ledger of *account*, opened once. Raises LedgerUnavailableError."""
        path = self.profile.sample if account == SAMPLE_ACCOUNT else self.profile.ledger
        with self._lock:
            found = self._ledgers.get(path.name)
            if found is None:
                from alwrity_desktop.core.ledger.ledger import Ledger  # noqa: PLC0415 - slow

                found = self._ledgers[path.name] = Ledger(path)
            return found

    def close(self) -> None:
        """Call off what servers are asked, and release the ledgers' connections."""
        self.desk.close()
        with self._lock:
            for opened in self._ledgers.values():
                opened.close()
            self._ledgers.clear()

    def _servers(self) -> tuple[AccountView, ...]:
        accounts = self.desk.accounts()
        return tuple(AccountView(each.name, each.name, each.kind) for each in accounts)

    def _members(self, account: AccountView) -> tuple[AccountView, ...]:
        return (_LOCAL, *self._servers()) if account.kind == "all" else (account,)

    def scope(self, account: str) -> Scope:
        """Return whose calls *account* is about: those of several where it is all."""
        from alwrity_desktop.core.domain.sums import Scope  # noqa: PLC0415 - with all of reports

        return Scope(tuple(each.name for each in self._members(self.account(account))))

    def _remove_sample(self) -> None:
        path = self.profile.sample
        with self._lock:
            opened = self._ledgers.pop(path.name, None)
            if opened is not None:
                opened.close()
            for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                path.with_name(name).unlink(missing_ok=True)

    def batch(self, door: str, **contents: Any) -> Batch:  # noqa: ANN401 - the batch's fields
        """Return what is to be booked now by *door*, with these *contents*."""
        self.ledger(LOCAL_ACCOUNT)
        from alwrity_desktop.core.ledger.batches import Batch  # noqa: PLC0415 - see the class

        return Batch(
            door=door,
            now_ms=self.clock.now_ms(),
            timezone=self.timezone(),
            week_starts=self.settings.week_starts,
            **contents,
        )

    def _places(self) -> LogPlaces:
        from alwrity_desktop.core.log_places import LogPlaces  # noqa: PLC0415 - as import_logs

        return LogPlaces(self.settings, self._environ)


def _booked(result: BatchResult) -> tuple[BookedCall, ...]:
    """Return how each call of a commit was booked; the last one has the alerts of all."""
    last = len(result.booked) - 1
    return tuple(
        BookedCall(**asdict(booked), alerts=result.alerts if place == last else ())
        for place, booked in enumerate(result.booked)
    )
