"""What the ledger's thread is asked to do: one frozen value with one method for each thing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

import msgspec

from alwrity_desktop.core import autostart
from alwrity_desktop.core import settings as stored_settings
from alwrity_desktop.core.context import SAMPLE_ACCOUNT, Context
from alwrity_desktop.core.domain.budgets import Budget
from alwrity_desktop.core.domain.errors import PersonError
from alwrity_desktop.core.domain.pricing import PriceOverride
from alwrity_desktop.core.domain.report import CallQuery
from alwrity_desktop.core.domain.tip import TipState
from alwrity_desktop.core.domain.usage import ALL_ACCOUNTS
from alwrity_desktop.core.files import is_stream
from alwrity_desktop.core.forecast_history import check_forecast
from alwrity_desktop.core.results import PeriodChoice
from alwrity_desktop.ui.events import (
    AlertsWaiting,
    BudgetsReady,
    CallReady,
    CallsReady,
    ChecksReady,
    Done,
    Event,
    Exported,
    ForecastChecked,
    LogsFound,
    PricesReady,
    ReportReady,
    SampleProgressed,
    SampleReady,
    SettingsChanged,
    StatusReady,
    Topic,
)
from alwrity_desktop.ui.first_report import SHOWN_DIMENSIONS, FirstReport

Post = Callable[[Event], None]

_AT_LOGIN: Final = "gateway_at_login"


class Job(Protocol):
    """Runs in the ledger's thread, and posts what came of it."""

    topic: ClassVar[Topic]

    def run(self, context: Context, post: Post) -> None:
        """Do the work. An AlwrityError becomes one sentence in the window."""


class BuildReport(msgspec.Struct, frozen=True):
    """Build the report that the window shows. Only the newest of several waiting is built."""

    topic: ClassVar[Topic] = Topic.FIGURES
    account: str
    choice: PeriodChoice
    dimensions: tuple[str, ...] = SHOWN_DIMENSIONS

    def run(self, context: Context, post: Post) -> None:
        """Post the report, and warn of the limits that it sees reached."""
        report = context.report(self.account, self.choice, self.dimensions)
        post(ReportReady(report))
        context.warn_ahead(report)


class TakeFirstReport(msgspec.Struct, frozen=True):
    """Take the report that was begun before the window, or build it here."""

    topic: ClassVar[Topic] = Topic.FIGURES
    first: FirstReport
    account: str
    choice: PeriodChoice

    def run(self, context: Context, post: Post) -> None:
        """Post the report."""
        report = self.first.take()
        if report is None:
            report = context.report(self.account, self.choice, SHOWN_DIMENSIONS)
        post(ReportReady(report))


class BuildStatus(msgspec.Struct, frozen=True):
    """Build this month's report of an account that the window does not show."""

    topic: ClassVar[Topic] = Topic.FIGURES
    account: str

    def run(self, context: Context, post: Post) -> None:
        """Post the report for the tray, and warn of the limits that it sees reached."""
        report = context.report(self.account, PeriodChoice(), (), has_tips=False)
        post(StatusReady(report))
        context.warn_ahead(report)


class LoadCalls(msgspec.Struct, frozen=True):
    """Fetch one page of calls."""

    topic: ClassVar[Topic] = Topic.CALLS
    account: str
    query: CallQuery

    def run(self, context: Context, post: Post) -> None:
        """Post the page."""
        post(CallsReady(context.calls(self.account, self.query)))


class LoadCall(msgspec.Struct, frozen=True):
    """Fetch one call with its prices."""

    topic: ClassVar[Topic] = Topic.CALLS
    account: str
    call_id: int

    def run(self, context: Context, post: Post) -> None:
        """Post the call."""
        post(CallReady(context.call(self.account, self.call_id)))


class LoadPrices(msgspec.Struct, frozen=True):
    """Fetch the models without a price, of all time."""

    topic: ClassVar[Topic] = Topic.PRICES
    account: str

    def run(self, context: Context, post: Post) -> None:
        """Post the models."""
        report = context.report(self.account, PeriodChoice("all"), (), has_tips=False)
        post(PricesReady(report.unpriced))


class SetPrice(msgspec.Struct, frozen=True):
    """Keep a price of the person's own."""

    topic: ClassVar[Topic] = Topic.PRICES
    override: PriceOverride

    def run(self, context: Context, post: Post) -> None:
        """Commit the price."""
        context.set_price(self.override)
        post(Done(self.topic))


class Export(msgspec.Struct, frozen=True):
    """Write a period to a file, in the format that the file's name ends with; or some tables."""

    topic: ClassVar[Topic] = Topic.EXPORT
    account: str
    choice: PeriodChoice
    path: Path
    #: A table, all of them into a folder, or "" for what the format holds.
    part: str = ""

    def run(self, context: Context, post: Post) -> None:
        """Write the file and say so."""
        from alwrity_desktop.core import exporting  # noqa: PLC0415 - only for exports

        if is_stream(self.path):
            # A pipe that nobody reads would hold everything else up.
            message = f"{self.path} is no file. Choose another place."
            raise PersonError(message)
        parts = exporting.parts_of(self.part or None)
        name = exporting.PARTED if parts else exporting.format_of(self.path)
        dimensions = () if parts else ("provider", "model", "source")
        exporting.export(
            context,
            self.account,
            self.choice,
            self.path,
            format_name=name,
            parts=parts,
            dimensions=dimensions,
        )
        post(Exported(self.path))


class LoadBudgets(msgspec.Struct, frozen=True):
    """Fetch the budgets, so that one can be changed; None means a new one."""

    topic: ClassVar[Topic] = Topic.BUDGET
    account: str
    budget_id: int | None

    def run(self, context: Context, post: Post) -> None:
        """Post the budgets: the account's own, those of all, and where all are shown all."""
        names = [self.account]
        if self.account == ALL_ACCOUNTS:
            names += [view.name for view in context.accounts() if not view.is_sample]
        elif self.account != SAMPLE_ACCOUNT:
            names.append(ALL_ACCOUNTS)
        found = [one for name in dict.fromkeys(names) for one in context.budgets(name)]
        post(BudgetsReady(tuple(found), self.budget_id))


class SetBudget(msgspec.Struct, frozen=True):
    """Add or change a budget."""

    topic: ClassVar[Topic] = Topic.BUDGET
    budget: Budget

    def run(self, context: Context, post: Post) -> None:
        """Commit the budget."""
        context.set_budget(self.budget)
        post(Done(self.topic))


class DropBudget(msgspec.Struct, frozen=True):
    """Remove a budget; its alerts stay."""

    topic: ClassVar[Topic] = Topic.BUDGET
    account: str
    budget_id: int

    def run(self, context: Context, post: Post) -> None:
        """Commit the removal."""
        context.remove_budget(self.account, self.budget_id)
        post(Done(self.topic))


class MarkRead(msgspec.Struct, frozen=True):
    """Mark alerts read; None means all of them."""

    topic: ClassVar[Topic] = Topic.ALERTS
    account: str
    ids: tuple[int, ...] | None

    def run(self, context: Context, post: Post) -> None:
        """Commit the marks."""
        context.mark_alerts_read(self.account, self.ids)
        post(Done(self.topic))


class MarkTip(msgspec.Struct, frozen=True):
    """Keep what the person says of a tip."""

    topic: ClassVar[Topic] = Topic.ALERTS
    account: str
    choice: PeriodChoice
    tip_id: str
    state: TipState

    def run(self, context: Context, post: Post) -> None:
        """Commit it."""
        context.advice.mark(self.account, self.tip_id, self.state, self.choice)
        post(Done(self.topic))


class CheckForecast(msgspec.Struct, frozen=True):
    """Work out how far off the forecast was in the account's own past periods."""

    topic: ClassVar[Topic] = Topic.CALLS
    account: str

    def run(self, context: Context, post: Post) -> None:
        """Post the errors."""
        post(ForecastChecked(check_forecast(context, self.account)))


class TakeNotifications(msgspec.Struct, frozen=True):
    """Fetch the alerts that wait to be notified."""

    topic: ClassVar[Topic] = Topic.NOTIFICATION
    account: str

    def run(self, context: Context, post: Post) -> None:
        """Post the alerts, if there are any."""
        alerts = context.take_notifications(self.account)
        if alerts:
            post(AlertsWaiting(alerts))


class ConfirmNotifications(msgspec.Struct, frozen=True):
    """Note that these alerts were shown, or that the person wants none."""

    topic: ClassVar[Topic] = Topic.NOTIFICATION
    account: str
    ids: tuple[int, ...]

    def run(self, context: Context, post: Post) -> None:
        """Commit the note."""
        context.confirm_notifications(self.account, self.ids)


class FindLogs(msgspec.Struct, frozen=True):
    """Look for logs on this computer."""

    topic: ClassVar[Topic] = Topic.IMPORT

    def run(self, context: Context, post: Post) -> None:
        """Post what was found."""
        post(LogsFound(context.find_logs()))


class MakeSample(msgspec.Struct, frozen=True):
    """Fill the sample ledger unless it is there already."""

    topic: ClassVar[Topic] = Topic.SAMPLE

    def run(self, context: Context, post: Post) -> None:
        """Make the sample and say how far it is."""
        context.make_sample(lambda part: post(SampleProgressed(part)))
        post(SampleReady())


class ChangeSettings(msgspec.Struct, frozen=True):
    """Keep some settings."""

    topic: ClassVar[Topic] = Topic.SETTINGS
    changes: tuple[tuple[str, Any], ...]

    def run(self, context: Context, post: Post) -> None:
        """Write the settings and post them; what they start at login is arranged first."""
        at_login = dict(self.changes).get(_AT_LOGIN)
        if at_login is not None:
            autostart.set_at_login(os.environ, is_wanted=bool(at_login))
        path = context.profile.settings
        kept = stored_settings.change(path, context.settings, **dict(self.changes))
        post(SettingsChanged(kept))


class RunChecks(msgspec.Struct, frozen=True):
    """Check everything, as the command ``doctor`` does."""

    topic: ClassVar[Topic] = Topic.CHECKS

    def run(self, context: Context, post: Post) -> None:
        """Post what was found."""
        post(ChecksReady(context.doctor()))
