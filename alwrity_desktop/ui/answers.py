"""Answers what docks and header ask for: most of it becomes a job of the ledger's thread."""

from __future__ import annotations

from typing import Protocol, assert_never

from PySide6.QtCore import QObject, Signal, Slot

from alwrity_desktop.core.results import PeriodChoice
from alwrity_desktop.ui import jobs, requests
from alwrity_desktop.ui.calls_view import CallsView
from alwrity_desktop.ui.jobs import Job
from alwrity_desktop.ui.main_window import MainWindow
from alwrity_desktop.ui.server_jobs import ComparePlans
from alwrity_desktop.ui.what_if_view import WhatIfView

JobRequest = (
    requests.AskCalls
    | requests.OpenCall
    | requests.MarkAlertsRead
    | requests.MarkTip
    | requests.EditBudget
    | requests.ShowPrices
)
OtherRequest = (
    requests.RemoveBudget
    | requests.ExportReport
    | requests.ImportTable
    | requests.ConnectServer
    | requests.ManageAccounts
    | requests.EnterToken
    | requests.AskPrice
    | requests.OpenServerPage
    | requests.GatewayRequest
    | requests.WhatIfRequest
)


class Desk(Protocol):
    """What the answers need of the controller."""

    account: str
    choice: PeriodChoice

    def submit(self, job: Job) -> None:
        """Have *job* done."""

    def show_period(self, choice: PeriodChoice) -> None:
        """Show another period."""

    def read_logs(self) -> None:
        """Read all logs of this computer."""

    def refresh(self) -> None:
        """Ask for the figures anew."""


class Answers(QObject):
    """Takes every request of the window."""

    #: A request that a dialog answers.
    dialog_asked = Signal(object)
    #: A request about the account's server.
    server_asked = Signal(object)
    #: A request about the gateway.
    gateway_asked = Signal(object)

    def __init__(self, desk: Desk, window: MainWindow) -> None:
        """Listen to *window*."""
        super().__init__(window)
        self._desk = desk
        self._window = window
        window.requested.connect(self.take)

    @Slot(object)
    def take(self, request: requests.Request) -> None:
        """Do what *request* asks for."""
        match request:
            case (
                requests.AskCalls()
                | requests.OpenCall()
                | requests.MarkAlertsRead()
                | requests.MarkTip()
                | requests.EditBudget()
                | requests.ShowPrices()
            ):
                self._desk.submit(self._job_for(request))
            case requests.OpenCalls():
                view = self._calls_view()
                if view is not None:
                    view.show_query(request)
            case requests.ReadLogs():
                self._desk.read_logs()
            case requests.Retry():
                self._desk.refresh()
            case requests.SelectPeriod(kind, offset):
                self._desk.show_period(PeriodChoice(kind, offset=offset))
            case requests.ReplayPlans():
                self._desk.submit(ComparePlans(self._desk.account))
            case requests.CheckForecast():
                self._desk.submit(jobs.CheckForecast(self._desk.account))
            case requests.OpenDock(name):
                self._window.open_dock(name)
            case _:
                self._pass_on(request)

    def _pass_on(self, request: OtherRequest) -> None:
        """Hand *request* to whoever has the dialog or the thread for it."""
        match request:
            case requests.RemoveBudget() | requests.ExportReport() | requests.ImportTable():
                self.dialog_asked.emit(request)
            case (
                requests.ConnectServer()
                | requests.ManageAccounts()
                | requests.EnterToken()
                | requests.AskPrice()
                | requests.OpenServerPage()
            ):
                self.server_asked.emit(request)
            case (
                requests.StartGateway()
                | requests.StopGateway()
                | requests.TrackProgram()
                | requests.AllowModel()
            ):
                self.gateway_asked.emit(request)
            case requests.AskModelOffers() | requests.AskWhatIf() | requests.OpenWhatIf():
                self._take_what_if(request)
            case _:
                assert_never(request)

    def _take_what_if(self, request: requests.WhatIfRequest) -> None:
        from alwrity_desktop.ui import what_if_jobs  # noqa: PLC0415 - not for the first paint

        desk = self._desk
        match request:
            case requests.AskModelOffers(used):
                desk.submit(what_if_jobs.LoadModelOffers(desk.account, used))
            case requests.AskWhatIf(question):
                desk.submit(what_if_jobs.WorkOutWhatIf(desk.account, desk.choice, question))
            case requests.OpenWhatIf(provider, model):
                view: object = self._window.open_dock("models")
                if isinstance(view, WhatIfView):
                    view.start_what_if(provider, model)
            case _:
                assert_never(request)

    def _job_for(self, request: JobRequest) -> Job:
        account = self._desk.account
        match request:
            case requests.AskCalls(query):
                return jobs.LoadCalls(account, query)
            case requests.OpenCall(call_id):
                return jobs.LoadCall(account, call_id)
            case requests.MarkAlertsRead(ids):
                return jobs.MarkRead(account, ids)
            case requests.MarkTip(tip_id, state):
                return jobs.MarkTip(account, self._desk.choice, tip_id, state)
            case requests.EditBudget(budget_id):
                return jobs.LoadBudgets(account, budget_id)
            case requests.ShowPrices():
                return jobs.LoadPrices(account)
            case _:
                assert_never(request)

    def _calls_view(self) -> CallsView | None:
        view: object = self._window.open_dock("calls")
        return view if isinstance(view, CallsView) else None

    def search_calls(self) -> None:
        """Open the calls, ready to be searched."""
        view = self._calls_view()
        if view is not None:
            view.focus_search()
