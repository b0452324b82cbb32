"""Opens the dialogs of the window, and turns what is chosen in them into jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, assert_never

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from alwrity_desktop.core.context import SAMPLE_ACCOUNT
from alwrity_desktop.core.domain.budgets import Budget
from alwrity_desktop.core.domain.pricing import PriceOverride
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.usage import ALL_ACCOUNTS, LOCAL_ACCOUNT
from alwrity_desktop.core.results import PeriodChoice
from alwrity_desktop.core.settings import Settings
from alwrity_desktop.ui import jobs
from alwrity_desktop.ui.actions import Actions
from alwrity_desktop.ui.dialogs.base import Sheet
from alwrity_desktop.ui.dialogs.budget import BudgetDialog, Scopes
from alwrity_desktop.ui.dialogs.export import ExportDialog
from alwrity_desktop.ui.dialogs.prices import PricesDialog
from alwrity_desktop.ui.dialogs.settings import SettingsDialog
from alwrity_desktop.ui.dialogs.small import (
    AboutDialog,
    ChecksDialog,
    CloseDialog,
    ConfirmDialog,
    KeysDialog,
    NameDialog,
    PeriodDialog,
)
from alwrity_desktop.ui.events import BudgetsReady, ChecksReady, PricesReady
from alwrity_desktop.ui.jobs import Job

DialogEvent = BudgetsReady | PricesReady | ChecksReady


class Desk(Protocol):
    """What the dialogs need to know of the controller."""

    account: str
    choice: PeriodChoice
    report: Report | None
    settings: Settings

    def submit(self, job: Job) -> None:
        """Have *job* done."""

    def show_period(self, choice: PeriodChoice) -> None:
        """Show another period."""

    def change_settings(self, **changes: Any) -> None:  # noqa: ANN401 - checked by the settings
        """Keep some settings."""


class Dialogs(QObject):
    """One method for each dialog; none of them waits."""

    #: Prices shall be applied to past calls.
    past_calls_asked = Signal()

    def __init__(self, desk: Desk, window: QWidget) -> None:
        """Open nothing yet."""
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._settings_dialog: SettingsDialog | None = None

    def on_event(self, event: DialogEvent) -> None:
        """Open the dialog whose facts have arrived."""
        match event:
            case BudgetsReady(budgets, budget_id):
                budget = next((one for one in budgets if one.id == budget_id), None)
                self._open_budget(budget)
            case PricesReady(models):
                prices = PricesDialog(models, self._window)
                prices.kept.connect(self._keep_price)
                prices.past_calls_asked.connect(self.past_calls_asked)
                prices.open()
            case ChecksReady(checks):
                ChecksDialog(checks, self._window).open()
            case _:
                assert_never(event)

    def _open_budget(self, budget: Budget | None) -> None:
        models: dict[str, list[str]] = {}
        report = self._desk.report
        for group in report.groups.get("provider", ()) if report is not None else ():
            models.setdefault(group.key, [])
        for group in report.groups.get("model", ()) if report is not None else ():
            if group.provider is not None:
                models.setdefault(group.provider, []).append(group.key)
        projects = report.groups.get("project", ()) if report is not None else ()
        scopes = Scopes(
            models,
            tuple(group.key for group in projects if group.key),
            self._accounts(budget),
            self._desk.settings.gateway_fail,
        )
        dialog = BudgetDialog(
            budget, self._desk.account, scopes, self._desk.settings.thresholds, self._window
        )
        dialog.failure_chosen.connect(self._choose_failure)
        dialog.kept.connect(self._keep_budget)
        dialog.removed.connect(self.remove_budget)
        dialog.open()

    def _accounts(self, budget: Budget | None) -> tuple[tuple[str, str], ...]:
        """Return whom a budget can be for: the account that is shown, or all of them."""
        names = dict.fromkeys((self._desk.account, budget.account if budget else ""))
        if self._desk.account != SAMPLE_ACCOUNT:
            names[ALL_ACCOUNTS] = None
        words = {LOCAL_ACCOUNT: self.tr("This computer"), ALL_ACCOUNTS: self.tr("All accounts")}
        return tuple((name, words.get(name, name)) for name in names if name)

    @Slot(str)
    def _choose_failure(self, failure: str) -> None:
        self._desk.change_settings(gateway_fail=failure)

    @Slot(object)
    def _keep_budget(self, budget: Budget) -> None:
        self._desk.submit(jobs.SetBudget(budget))

    @Slot(object)
    def _keep_price(self, override: PriceOverride) -> None:
        self._desk.submit(jobs.SetPrice(override))

    @Slot(int)
    def remove_budget(self, budget_id: int) -> None:
        """Ask before a budget is removed."""
        question = ConfirmDialog(
            self.tr("Remove the budget?"),
            self.tr("It warns no more. Alerts that it raised stay in the alert centre."),
            self.tr("Remove"),
            self._window,
        )
        job = jobs.DropBudget(self._account_of(budget_id), budget_id)
        question.confirmed.connect(_submitter(self._desk, job))
        question.open()

    def _account_of(self, budget_id: int) -> str:
        """Return whose budget it is: one of all accounts is shown with each of them."""
        limits = self._desk.report.limits if self._desk.report is not None else ()
        owners = (limit.account for limit in limits if limit.budget_id == budget_id)
        return next((owner for owner in owners if owner), self._desk.account)

    def export(self) -> None:
        """Ask where to write the period."""
        report = self._desk.report
        start = report.period.start[:7] if report is not None else ""
        dialog = ExportDialog(start, self._window)
        dialog.chosen.connect(self._export_to)
        dialog.open()

    @Slot(object, str)
    def _export_to(self, path: Path, part: str) -> None:
        self._desk.submit(jobs.Export(self._desk.account, self._desk.choice, path, part))

    def choose_period(self) -> None:
        """Ask for the first and the last day."""
        report = self._desk.report
        if report is None:
            return
        dialog = PeriodDialog(report.period.start, report.period.end, self._window)
        dialog.chosen.connect(self._show_days)
        dialog.open()

    @Slot(str, str)
    def _show_days(self, first: str, last: str) -> None:
        self._desk.show_period(PeriodChoice("custom", first, last))

    def show_settings(self) -> None:
        """Open the settings."""
        self._settings_dialog = SettingsDialog(self._desk.settings, self._window)
        self._settings_dialog.changed.connect(self._change_setting)
        self._settings_dialog.destroyed.connect(self._forget_settings)
        self._settings_dialog.open()

    @Slot(str, object)
    def _change_setting(self, name: str, value: object) -> None:
        # Until the file is written, a second change must not undo the first.
        self._desk.settings = replace(self._desk.settings, **{name: value})  # type: ignore[arg-type]
        self._desk.change_settings(**{name: value})

    @Slot()
    def _forget_settings(self) -> None:
        self._settings_dialog = None

    def settings_changed(self, settings: Settings) -> None:
        """Let an open dialog know what is kept now."""
        if self._settings_dialog is not None:
            self._settings_dialog.show_settings(settings)

    def ask_layout_name(self, taken: tuple[str, ...], keep: Callable[[str], None]) -> None:
        """Ask for the name of a layout, and hand it to *keep*."""
        dialog = NameDialog(self.tr("Keep this layout as"), taken, self._window)
        dialog.chosen.connect(keep)
        dialog.open()

    def ask_about_closing(self, answer: Callable[[bool], None]) -> None:
        """Ask once what closing the window shall do."""
        dialog = CloseDialog(self._window)
        dialog.chosen.connect(answer)
        dialog.open()

    def show_keys(self, actions: Actions) -> None:
        """Open the list of keys."""
        KeysDialog(actions, self._window).open()

    def show_about(self, folder: str) -> None:
        """Open what there is to know of the program."""
        AboutDialog(folder, self._window).open()

    @property
    def open_dialogs(self) -> tuple[Sheet, ...]:
        """The dialogs that are open."""
        return tuple(self._window.findChildren(Sheet))


def _submitter(desk: Desk, job: Job) -> Callable[[], None]:
    def submit() -> None:
        desk.submit(job)

    return submit
