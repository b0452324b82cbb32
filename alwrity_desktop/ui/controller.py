"""Ties the window to the threads: what is asked for becomes a job, what arrives is shown."""

from __future__ import annotations

from typing import Any, assert_never

from PySide6.QtCore import QObject, Signal, Slot

from alwrity_desktop.core.context import SAMPLE_ACCOUNT, Context
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.usage import ALL_ACCOUNTS, LOCAL_ACCOUNT
from alwrity_desktop.core.results import PeriodChoice
from alwrity_desktop.core.settings import Settings
from alwrity_desktop.ui import events, jobs
from alwrity_desktop.ui.ages import Ages
from alwrity_desktop.ui.alerting import AlertEvent, Alerting
from alwrity_desktop.ui.answers import Answers
from alwrity_desktop.ui.answers_shown import AnswerEvent, show_answer
from alwrity_desktop.ui.bridge import Bridge
from alwrity_desktop.ui.events import Topic
from alwrity_desktop.ui.first_report import SHOWN_DIMENSIONS, FirstReport, shown_account
from alwrity_desktop.ui.first_steps import FirstSteps
from alwrity_desktop.ui.gateway import Gateway
from alwrity_desktop.ui.intake import Intake, IntakeEvent
from alwrity_desktop.ui.jobs import Job
from alwrity_desktop.ui.loop_thread import LoopThread
from alwrity_desktop.ui.main_window import MainWindow
from alwrity_desktop.ui.outcomes import OutcomeEvent, Outcomes
from alwrity_desktop.ui.past_prices import PastPrices
from alwrity_desktop.ui.pollers import LedgerLoop
from alwrity_desktop.ui.servers import ServerEvent, Servers

FigureEvent = events.ReportReady | events.StatusReady | events.LedgerChanged
TableEvent = events.TablePreviewed | events.TableBooked
PassedEvent = events.LiveReady | TableEvent | events.RepriceEvent


class Controller(QObject):
    """Holds what the window shows now: the account, the period, the last good report."""

    #: The first figures are in view; what can wait may start.
    figures_shown = Signal()
    #: A report arrived, for the tray: of this month, of the account it names.
    status_arrived = Signal(object)
    settings_changed = Signal(object)
    #: ``BudgetsReady``, ``PricesReady`` or ``ChecksReady``: facts for a dialog.
    dialog_wanted = Signal(object)
    #: ``TablePreviewed`` or ``TableBooked``, for the dialog that imports.
    table_arrived = Signal(object)

    def __init__(
        self,
        context: Context,
        window: MainWindow,
        bridge: Bridge,
        first_report: FirstReport | None = None,
    ) -> None:
        """Start nothing yet."""
        super().__init__(window)
        self.context = context
        self.window = window
        self.settings: Settings = context.settings
        self.account = shown_account(context)
        self.choice = PeriodChoice()
        self.report: Report | None = None
        self._first_report = first_report
        self._has_answer = False
        self._loop = LedgerLoop(context, bridge.post)
        self._thread = LoopThread(self._loop, "ledger", self)
        self.intake = Intake(context, window, self.submit, bridge.post)
        self.servers = Servers(context, window, self.submit, bridge.post)
        self.gateway = Gateway(self, window, bridge.post)
        self.past_prices = PastPrices(self, window.notices, bridge.post)
        self.alerting = Alerting(
            self.submit, bridge.post, context.clock, self._settings_now, context.timezone, self
        )
        self.answers = Answers(self, window)
        self.outcomes = Outcomes(window.notices)
        self.ages = Ages(self, self)
        self.first_steps = FirstSteps(self, self)
        bridge.arrived.connect(self._on_event)
        self._connect()

    def _connect(self) -> None:
        window = self.window
        window.header.refresh_asked.connect(self.refresh)
        window.header.stepped.connect(self.step_period)
        window.seen_changed.connect(self.watch_ledger)
        self.outcomes.retry_asked.connect(self.refresh)
        window.account_menu.chosen.connect(self.show_account)
        window.groups_missed.connect(self.ask_report)
        self.servers.listed.connect(self._on_listed)
        self.alerting.opened.connect(self._open_alert)
        self.alerting.failed.connect(self._say_not_notified)
        self.alerting.snoozed.connect(self._snooze)

    def _settings_now(self) -> Settings:
        return self.settings

    def start(self) -> None:
        """Ask for the figures; everything else waits until they are shown."""
        self._thread.start()
        if self._first_report is None:
            self.ask_report()
        else:
            self.submit(jobs.TakeFirstReport(self._first_report, self.account, self.choice))
        self.ages.start()

    def stop(self) -> tuple[str, ...]:
        """Stop all threads and wait for them; return the names of those that hang."""
        self.ages.stop()
        hanging = [*self.servers.stop(), *self.intake.stop(), *self.gateway.stop()]
        hanging += self.past_prices.stop()
        if not self.alerting.stop():
            hanging.append("notifications")
        if not self._thread.end():
            hanging.append("ledger")
        return tuple(hanging)

    def submit(self, job: Job) -> None:
        """Have *job* done in the ledger's thread."""
        self._loop.submit(job)

    @Slot()
    def watch_ledger(self) -> None:
        """Look at the ledgers of the local account and of the one that is shown."""
        if not self._has_answer:
            # Until the first figures are there, nothing should stand in their way.
            return
        accounts = tuple(dict.fromkeys((LOCAL_ACCOUNT, self.account)))
        is_hidden = not self.window.isVisible() or self.window.isMinimized()
        self._loop.watch(accounts, is_hidden=is_hidden)
        self.intake.set_hidden(is_hidden=is_hidden)
        self.servers.set_hidden(is_hidden=is_hidden)
        self.gateway.set_hidden(is_hidden=is_hidden)
        if not is_hidden:
            self.ages.show()

    def _watch_from_now_on(self) -> None:
        self._has_answer = True
        self.watch_ledger()

    @Slot()
    def ask_report(self) -> None:
        """Ask for the figures that the window shows."""
        dimensions = (*SHOWN_DIMENSIONS, *self.window.rendering.dimensions_in_view())
        self.submit(jobs.BuildReport(self.account, self.choice, dimensions))

    @Slot()
    def refresh(self) -> None:
        """Read new calls, ask the account's server, and ask for the figures anew."""
        if self.account in {LOCAL_ACCOUNT, ALL_ACCOUNTS}:
            self.intake.read(is_asked_for=False)
        self.servers.refresh(self.account)
        self.ages.show()
        self.ask_report()

    def read_logs(self) -> None:
        """Read all logs of this computer, with a beginning and an end in view."""
        self.first_steps.read_logs()

    @Slot()
    def _on_listed(self) -> None:
        """Notify of the servers' alerts as well; leave an account that is there no more."""
        self.alerting.accounts = (LOCAL_ACCOUNT, *self.servers.names)
        known = {LOCAL_ACCOUNT, SAMPLE_ACCOUNT, *self.servers.names}
        known |= {ALL_ACCOUNTS} if self.servers.names else set()
        if self.account not in known:
            self.show_account(LOCAL_ACCOUNT)

    @Slot(str)
    def show_account(self, account: str) -> None:
        """Show another account."""
        if account != self.account:
            self.account = account
            self.choice = PeriodChoice()
            self.watch_ledger()
            if account != SAMPLE_ACCOUNT:
                self.change_settings(account=account)
        self.ask_report()

    def show_period(self, choice: PeriodChoice) -> None:
        """Show another period."""
        self.choice = choice
        self.ask_report()

    @Slot(int)
    def step_period(self, step: int) -> None:
        """Show the period before (-1) or after (1)."""
        offset = self.choice.offset + step
        if self.choice.kind not in {"all", "custom"} and offset <= 0:
            self.show_period(PeriodChoice(self.choice.kind, offset=offset))

    def change_settings(self, **changes: Any) -> None:  # noqa: ANN401 - checked by the settings
        """Keep some settings; they apply when they are kept."""
        self.submit(jobs.ChangeSettings(tuple(changes.items())))

    @Slot(object)
    def _on_event(self, event: events.Event) -> None:
        if isinstance(event, FigureEvent):
            self._on_figures(event)
        elif isinstance(event, AnswerEvent):
            show_answer(self.window.views, event)
        elif isinstance(event, events.BudgetsReady | events.PricesReady | events.ChecksReady):
            self.dialog_wanted.emit(event)
        elif isinstance(event, IntakeEvent):
            self.intake.on_event(event)
        elif isinstance(event, AlertEvent):
            self.alerting.on_event(event)
        elif isinstance(event, ServerEvent):
            self._on_server(event)
        elif isinstance(event, PassedEvent):
            self._pass_on(event)
        elif isinstance(event, events.SettingsChanged):
            self._apply_settings(event.settings)
        elif isinstance(event, OutcomeEvent):
            self._on_outcome(event)
        else:
            assert_never(event)

    def _pass_on(self, event: PassedEvent) -> None:
        if isinstance(event, events.LiveReady):
            self.gateway.take_view(event.view)
        elif isinstance(event, TableEvent):
            self.table_arrived.emit(event)
        else:
            self.past_prices.on_event(event)

    def _on_outcome(self, event: OutcomeEvent) -> None:
        self.outcomes.take(event)
        if isinstance(event, events.Failed):
            self._on_failed(event)
        elif isinstance(event, events.Done) and event.topic is Topic.ALERTS:
            self.servers.carry_marks(self.account)

    def _on_server(self, event: ServerEvent) -> None:
        self.servers.on_event(event)
        if isinstance(event, events.Synced):
            self.ages.show()
            if self.account in {ALL_ACCOUNTS, *(each.name for each in event.results)}:
                self.ask_report()

    def _on_figures(self, event: FigureEvent) -> None:
        match event:
            case events.ReportReady(report):
                self._show_report(report)
            case events.StatusReady(report):
                self.status_arrived.emit(report)
            case events.LedgerChanged(accounts):
                if self.account in accounts:
                    self.ask_report()
                if LOCAL_ACCOUNT in accounts:
                    self._ask_status()
                    self.alerting.look()
            case _:
                assert_never(event)

    def _ask_status(self) -> None:
        """Ask for the tray's figures where the window does not show them."""
        for account in (LOCAL_ACCOUNT, *self.servers.names):
            if self.account != account or self.choice != PeriodChoice():
                self.submit(jobs.BuildStatus(account))

    def _show_report(self, report: Report) -> None:
        if report.account.name != self.account:
            return
        is_first = self.report is None
        self.report = report
        self.window.notices.clear(Topic.FIGURES)
        is_new_here = report.calls_ever == 0 and not self.settings.first_run_done
        if is_new_here and self.account == LOCAL_ACCOUNT and not self.window.import_bar.isVisible():
            self.intake.offer_first_run()
        self.window.show_report(report)
        self.servers.show_trouble(report)
        if report.calls_ever:
            self.window.show_first_run(is_shown=False)
        self.ages.show()
        if self.choice == PeriodChoice():
            self.status_arrived.emit(report)
        if is_first:
            self._watch_from_now_on()
            self.figures_shown.emit()

    def _on_failed(self, event: events.Failed) -> None:
        if event.topic is Topic.IMPORT:
            self.intake.on_failed()
        if event.topic is Topic.SERVER:
            self.servers.start()
        if event.topic is Topic.FIGURES and self.report is None:
            self.window.show_loading(event.sentence)
            self._watch_from_now_on()

    @Slot(str)
    def _say_not_notified(self, sentence: str) -> None:
        self.outcomes.warn(Topic.NOTIFICATION, sentence)

    @Slot(int)
    def _open_alert(self, alert_id: int) -> None:
        self.window.come_to_front()
        account = self.alerting.account_of(alert_id)
        if self.account != account:
            self.show_account(account)
        self.window.open_dock("alerts")
        self.submit(jobs.MarkRead(account, (alert_id,)))

    @Slot(str)
    def _snooze(self, until: str) -> None:
        self.change_settings(snooze_until=until)

    def _apply_settings(self, settings: Settings) -> None:
        before, self.settings = self.settings, settings
        if settings.watch_logs != before.watch_logs:
            if settings.watch_logs:
                self.intake.start(is_watching=True)
            else:
                self.intake.stop_watching()
        if (settings.timezone, settings.week_starts) != (before.timezone, before.week_starts):
            self.ask_report()
        self.settings_changed.emit(settings)
