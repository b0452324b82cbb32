"""Ties the window to the threads: what is asked for becomes a job, what arrives is shown."""

from __future__ import annotations

from typing import Any, Final, assert_never

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from alwrity_desktop.core.context import SAMPLE_ACCOUNT, Context
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.results import PeriodChoice
from alwrity_desktop.core.settings import Settings
from alwrity_desktop.ui import events, header_text, jobs
from alwrity_desktop.ui.alerting import Alerting
from alwrity_desktop.ui.answers import Answers
from alwrity_desktop.ui.bridge import Bridge
from alwrity_desktop.ui.calls_view import CallsView
from alwrity_desktop.ui.events import Topic
from alwrity_desktop.ui.first_report import FirstReport
from alwrity_desktop.ui.intake import Intake
from alwrity_desktop.ui.jobs import Job
from alwrity_desktop.ui.main_window import MainWindow
from alwrity_desktop.ui.outcomes import Outcomes
from alwrity_desktop.ui.pollers import LedgerLoop, LedgerThread

AGE_EVERY_MS: Final = 10_000
"""How often the words about ages are renewed."""

FigureEvent = events.ReportReady | events.StatusReady | events.LedgerChanged


class Controller(QObject):
    """Holds what the window shows now: the account, the period, the last good report."""

    #: The first figures are in view; what can wait may start.
    figures_shown = Signal()
    #: A report arrived, for the tray: of this month, of the account it names.
    status_arrived = Signal(object)
    settings_changed = Signal(object)
    #: ``BudgetsReady``, ``PricesReady`` or ``ChecksReady``: facts for a dialog.
    dialog_wanted = Signal(object)

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
        self.account = LOCAL_ACCOUNT
        self.choice = PeriodChoice()
        self.report: Report | None = None
        self._first_report = first_report
        self._has_answer = False
        self._loop = LedgerLoop(context, bridge.post)
        self._thread = LedgerThread(self._loop, self)
        self.intake = Intake(context, window, self.submit, bridge.post)
        self.alerting = Alerting(
            self.submit, bridge.post, context.clock, self._settings_now, context.timezone, self
        )
        self._ages = QTimer(self)
        self._ages.setInterval(AGE_EVERY_MS)
        self._ages.timeout.connect(self.show_age)
        self.answers = Answers(self, window)
        self.outcomes = Outcomes(window.notices)
        bridge.arrived.connect(self._on_event)
        self._connect()

    def _connect(self) -> None:
        window = self.window
        window.header.refresh_asked.connect(self.refresh)
        window.header.stepped.connect(self.step_period)
        window.seen_changed.connect(self.watch_ledger)
        window.first_run.read_asked.connect(self.read_logs)
        window.first_run.sample_asked.connect(self.intake.make_sample)
        window.first_run.later_asked.connect(self._set_up_later)
        self.outcomes.retry_asked.connect(self.refresh)
        self.intake.finished.connect(self._on_read)
        self.intake.sample_ready.connect(self._show_sample)
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
        self._ages.start()

    def stop(self) -> tuple[str, ...]:
        """Stop all threads and wait for them; return the names of those that hang."""
        self._ages.stop()
        hanging = list(self.intake.stop())
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
        if not is_hidden:
            self.show_age()

    def _watch_from_now_on(self) -> None:
        self._has_answer = True
        self.watch_ledger()

    @Slot()
    def ask_report(self) -> None:
        """Ask for the figures that the window shows."""
        self.submit(jobs.BuildReport(self.account, self.choice))

    @Slot()
    def refresh(self) -> None:
        """Read new calls, and ask for the figures anew."""
        if self.account == LOCAL_ACCOUNT:
            self.intake.read(is_asked_for=False)
        self.ask_report()

    @Slot()
    def read_logs(self) -> None:
        """Read all logs of this computer, with a beginning and an end in view."""
        self.show_account(LOCAL_ACCOUNT)
        self.window.show_first_run(is_shown=False)
        self.intake.start(is_watching=self.settings.watch_logs)
        self.intake.read(is_asked_for=True)

    @Slot()
    def _set_up_later(self) -> None:
        self.change_settings(first_run_done=True)
        self.window.show_first_run(is_shown=False)
        self.intake.start(is_watching=False)

    @Slot()
    def _on_read(self) -> None:
        if not self.settings.first_run_done:
            self.change_settings(first_run_done=True)
        self.ask_report()

    @Slot()
    def _show_sample(self) -> None:
        self.window.show_first_run(is_shown=False)
        self.show_account(SAMPLE_ACCOUNT)

    def show_account(self, account: str) -> None:
        """Show another account."""
        if account != self.account:
            self.account = account
            self.choice = PeriodChoice()
            self.watch_ledger()
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

    @Slot()
    def show_age(self) -> None:
        """Say how old the figures are, and when they are asked for next."""
        if self.report is not None:
            words = header_text.updated(
                self.report, self.context.clock.now_ms(), self.intake.next_read_ms()
            )
            self.window.header.show_age(words)

    @Slot(object)
    def _on_event(self, event: events.Event) -> None:
        match event:
            case events.ReportReady() | events.StatusReady() | events.LedgerChanged():
                self._on_figures(event)
            case events.CallsReady() | events.CallReady():
                self._on_calls(event)
            case events.BudgetsReady() | events.PricesReady() | events.ChecksReady():
                self.dialog_wanted.emit(event)
            case (
                events.LogsFound()
                | events.ImportStarted()
                | events.ImportProgressed()
                | events.ImportFinished()
                | events.ImportCancelled()
            ):
                self.intake.on_import(event)
            case events.SampleProgressed() | events.SampleReady():
                self.intake.on_sample(event)
            case (
                events.AlertsWaiting()
                | events.NotificationShown()
                | events.NotificationRefused()
                | events.NotificationChosen()
            ):
                self.alerting.on_event(event)
            case events.SettingsChanged(settings):
                self._apply_settings(settings)
            case events.Exported() | events.Done() | events.Failed() | events.Crashed():
                self.outcomes.take(event)
                if isinstance(event, events.Failed):
                    self._on_failed(event)
            case _:
                assert_never(event)

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
        if self.account != LOCAL_ACCOUNT or self.choice != PeriodChoice():
            self.submit(jobs.BuildStatus(LOCAL_ACCOUNT))

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
        if report.calls_ever:
            self.window.show_first_run(is_shown=False)
        self.show_age()
        if self.choice == PeriodChoice():
            self.status_arrived.emit(report)
        if is_first:
            self._watch_from_now_on()
            self.figures_shown.emit()

    def _on_calls(self, event: events.CallsReady | events.CallReady) -> None:
        view: object = self.window.views.get("calls")
        if not isinstance(view, CallsView):
            return
        if isinstance(event, events.CallsReady):
            view.show_calls(event.page)
        else:
            view.show_call(event.row)

    def _on_failed(self, event: events.Failed) -> None:
        if event.topic is Topic.IMPORT:
            self.intake.on_failed()
        if event.topic is Topic.FIGURES and self.report is None:
            self.window.show_failed(event.sentence)
            self._watch_from_now_on()

    @Slot(str)
    def _say_not_notified(self, sentence: str) -> None:
        self.outcomes.warn(Topic.NOTIFICATION, sentence)

    @Slot(int)
    def _open_alert(self, alert_id: int) -> None:
        self.window.come_to_front()
        if self.account != LOCAL_ACCOUNT:
            self.show_account(LOCAL_ACCOUNT)
        self.window.open_dock("alerts")
        self.submit(jobs.MarkRead(LOCAL_ACCOUNT, (alert_id,)))

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
