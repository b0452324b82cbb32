"""What each action of the menus does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from alwrity_desktop.core.domain.usage import LOCAL_ACCOUNT
from alwrity_desktop.core.quiet import tomorrow_ms
from alwrity_desktop.core.results import PeriodChoice
from alwrity_desktop.core.settings import Settings
from alwrity_desktop.ui import jobs, requests
from alwrity_desktop.ui.controller import Controller
from alwrity_desktop.ui.main_window import MainWindow
from alwrity_desktop.ui.outcomes import APPLY_PRICES
from alwrity_desktop.ui.past_prices import TAKE_BACK
from alwrity_desktop.ui.servers import ENTER_TOKEN

if TYPE_CHECKING:
    from alwrity_desktop.core.domain.live import GatewayState
    from alwrity_desktop.ui.dialogs.desk import DialogEvent, Dialogs
    from alwrity_desktop.ui.dialogs.gateway_desk import GatewayDialogs
    from alwrity_desktop.ui.dialogs.reprice_desk import RepriceDialogs
    from alwrity_desktop.ui.dialogs.server_desk import ServerDialogs
    from alwrity_desktop.ui.dialogs.table_desk import TableDialogs

_MINUTE_MS: Final = 60_000


class Commands(QObject):
    """Turns the id of an action into the call that does it."""

    #: The program shall end.
    quit_asked = Signal()
    #: Until when nothing is read, in words; "" when reading goes on.
    paused = Signal(str)

    def __init__(self, controller: Controller, window: MainWindow) -> None:
        """Listen to the actions of *window*."""
        super().__init__(window)
        self._controller = controller
        self._window = window
        self._dialogs: Dialogs | None = None
        self._server_dialogs: ServerDialogs | None = None
        self._gateway_dialogs: GatewayDialogs | None = None
        self._table_dialogs: TableDialogs | None = None
        self._reprice_dialogs: RepriceDialogs | None = None
        self._pause_end = QTimer(self)
        self._pause_end.setSingleShot(True)
        self._pause_end.timeout.connect(self.go_on)
        self._deeds: dict[str, Callable[[], object]] = {
            **self._file_deeds(),
            **self._view_deeds(),
            **self._tool_deeds(),
        }
        window.chosen.connect(self.do)
        controller.settings_changed.connect(self.apply_settings)
        controller.dialog_wanted.connect(self._open_dialog)
        controller.answers.dialog_asked.connect(self._answer)
        controller.answers.server_asked.connect(self._answer_for_server)
        controller.answers.gateway_asked.connect(self._answer_for_gateway)
        controller.gateway.changed.connect(self._show_gateway)
        self._show_gateway(controller.gateway.state)
        controller.outcomes.chosen.connect(self._on_notice)
        window.first_run.connect_asked.connect(self._connect_server)
        window.first_run.track_asked.connect(self._track_program)
        self.apply_settings(controller.settings)

    def _file_deeds(self) -> dict[str, Callable[[], object]]:
        return {
            "file.read": self._controller.read_logs,
            "file.export": self._export,
            "file.table": lambda: self._window.requested.emit(requests.ImportTable()),
            "file.close": self._window.close,
            "file.quit": self.quit_asked.emit,
            "account.local": lambda: self._controller.show_account(LOCAL_ACCOUNT),
            "account.sample": self._controller.intake.make_sample,
            "account.add": self._connect_server,
            "account.manage": lambda: self._answer_for_server(requests.ManageAccounts()),
            "account.token": lambda: self._answer_for_server(requests.EnterToken()),
        }

    def _view_deeds(self) -> dict[str, Callable[[], object]]:
        return {
            "view.refresh": self._controller.refresh,
            "view.next_dock": self._window.focus_next_dock,
            "layout.save": self._keep_layout,
            "layout.reset": self._window.keeper.put_back,
            "theme.system": lambda: self._controller.change_settings(theme="system"),
            "theme.light": lambda: self._controller.change_settings(theme="light"),
            "theme.dark": lambda: self._controller.change_settings(theme="dark"),
            "period.custom": self._choose_period,
            "period.before": lambda: self._controller.step_period(-1),
            "period.after": lambda: self._controller.step_period(1),
            "calls.open": lambda: self._window.requested.emit(requests.OpenCalls()),
            "calls.search": self._controller.answers.search_calls,
        } | {
            f"period.{kind}": self._period_deed(kind)
            for kind in ("today", "week", "month", "year", "all")
        }

    def _tool_deeds(self) -> dict[str, Callable[[], object]]:
        return {
            "budget.new": lambda: self._window.requested.emit(requests.EditBudget()),
            "server.price": lambda: self._answer_for_server(requests.AskPrice()),
            "gateway.track": self._track_program,
            "gateway.start": lambda: self._answer_for_gateway(requests.StartGateway()),
            "gateway.stop": lambda: self._answer_for_gateway(requests.StopGateway()),
            "prices.show": lambda: self._window.requested.emit(requests.ShowPrices()),
            APPLY_PRICES: self._apply_prices,
            "alerts.read": lambda: self._window.requested.emit(requests.MarkAlertsRead()),
            "checks.run": lambda: self._controller.submit(jobs.RunChecks()),
            "settings.show": self._show_settings,
            "pause.15": lambda: self.pause(15 * _MINUTE_MS),
            "pause.60": lambda: self.pause(60 * _MINUTE_MS),
            "pause.tomorrow": self._pause_until_tomorrow,
            "pause.end": self.go_on,
            "help.keys": lambda: self.dialogs.show_keys(self._window.actions_),
            "help.logs": self._open_log_folder,
            "help.about": self._show_about,
        }

    def _period_deed(self, kind: str) -> Callable[[], object]:
        return lambda: self._controller.show_period(PeriodChoice(kind))

    @Slot(str)
    def do(self, action_id: str) -> None:
        """Do what the action *action_id* says."""
        self._deeds[action_id]()

    @property
    def known(self) -> frozenset[str]:
        """The ids of the actions that can be done."""
        return frozenset(self._deeds)

    @property
    def dialogs(self) -> Dialogs:
        """The dialogs, loaded when the first is opened."""
        if self._dialogs is None:
            from alwrity_desktop.ui.dialogs.desk import Dialogs  # noqa: PLC0415 - not for the first paint

            self._dialogs = Dialogs(self._controller, self._window)
            self._dialogs.past_calls_asked.connect(self._apply_prices)
        return self._dialogs

    @property
    def server_dialogs(self) -> ServerDialogs:
        """The dialogs about servers, loaded when the first is opened."""
        if self._server_dialogs is None:
            from alwrity_desktop.ui.dialogs.server_desk import ServerDialogs  # noqa: PLC0415 - as above

            self._server_dialogs = ServerDialogs(self._controller, self._window)
            self._controller.servers.dialog_wanted.connect(self._server_dialogs.on_event)
        return self._server_dialogs

    @property
    def gateway_dialogs(self) -> GatewayDialogs:
        """The dialogs about the gateway, loaded when the first is opened."""
        if self._gateway_dialogs is None:
            from alwrity_desktop.ui.dialogs.gateway_desk import GatewayDialogs  # noqa: PLC0415 - as above

            self._gateway_dialogs = GatewayDialogs(self._controller, self._window)
        return self._gateway_dialogs

    @property
    def table_dialogs(self) -> TableDialogs:
        """The dialogs about tables, loaded when the first is opened."""
        if self._table_dialogs is None:
            from alwrity_desktop.ui.dialogs.table_desk import TableDialogs  # noqa: PLC0415 - as above

            self._table_dialogs = TableDialogs(self._controller, self._window)
            self._controller.table_arrived.connect(self._table_dialogs.on_event)
        return self._table_dialogs

    @property
    def reprice_dialogs(self) -> RepriceDialogs:
        """The dialog about prices of past calls, loaded when it is first opened."""
        if self._reprice_dialogs is None:
            from alwrity_desktop.ui.dialogs.reprice_desk import RepriceDialogs  # noqa: PLC0415 - as above

            self._reprice_dialogs = RepriceDialogs(self._controller, self._window)
        return self._reprice_dialogs

    @Slot()
    def _apply_prices(self) -> None:
        self.reprice_dialogs.open()

    @Slot(object)
    def _answer_for_server(self, request: object) -> None:
        self.server_dialogs.take(request)

    @Slot(object)
    def _answer_for_gateway(self, request: object) -> None:
        self._controller.gateway.take(request)
        if isinstance(request, requests.TrackProgram):
            self.gateway_dialogs.track_program(request.provider)

    @Slot()
    def _track_program(self) -> None:
        self._answer_for_gateway(requests.TrackProgram())

    @Slot(object)
    def _show_gateway(self, state: GatewayState) -> None:
        """Offer to start what stands, and to stop what runs."""
        self._window.actions_["gateway.start"].setVisible(not state.is_running)
        self._window.actions_["gateway.stop"].setVisible(state.is_running)
        self._window.show_gateway(state)

    @Slot()
    def _connect_server(self) -> None:
        self._answer_for_server(requests.ConnectServer())

    @Slot(str)
    def _on_notice(self, action_id: str) -> None:
        if action_id == ENTER_TOKEN:
            self._controller.servers.tell_again()
            self._answer_for_server(requests.EnterToken())
        elif action_id == TAKE_BACK:
            self._controller.past_prices.take_back()
        elif action_id == APPLY_PRICES:
            self._apply_prices()

    @Slot(object)
    def _open_dialog(self, event: DialogEvent) -> None:
        self.dialogs.on_event(event)

    @Slot(object)
    def _answer(self, request: object) -> None:
        if isinstance(request, requests.RemoveBudget):
            self.dialogs.remove_budget(request.budget_id)
        elif isinstance(request, requests.ImportTable):
            self.table_dialogs.ask_file()
        else:
            self.dialogs.export()

    @Slot(object)
    def apply_settings(self, settings: Settings) -> None:
        """Mark what is chosen, and let an open dialog know."""
        self._window.actions_.check("theme", settings.theme)
        if self._dialogs is not None:
            self._dialogs.settings_changed(settings)

    def _export(self) -> None:
        self.dialogs.export()

    def _choose_period(self) -> None:
        self.dialogs.choose_period()

    def _show_settings(self) -> None:
        self.dialogs.show_settings()

    def _keep_layout(self) -> None:
        self.dialogs.ask_layout_name(self._window.keeper.names(), self._window.keeper.save_as)

    def pause(self, wait_ms: int) -> None:
        """Read and notify nothing of its own accord for *wait_ms*."""
        now = self._controller.context.clock.now_ms()
        zone = ZoneInfo(self._controller.context.timezone())
        until = datetime.fromtimestamp((now + wait_ms) / 1000, UTC).astimezone(zone)
        self._controller.intake.pause(wait_ms)
        self._controller.servers.set_paused(is_paused=True)
        self._controller.alerting.paused_until_ms = now + wait_ms
        self._pause_end.start(wait_ms)
        words = self.tr("Paused until {time}").format(time=f"{until:%H:%M}")
        self._window.status_line.show_paused(words)
        self.paused.emit(words)

    def _pause_until_tomorrow(self) -> None:
        context = self._controller.context
        now = context.clock.now_ms()
        self.pause(tomorrow_ms(now, context.timezone()) - now)

    @Slot()
    def go_on(self) -> None:
        """Read and notify again."""
        self._pause_end.stop()
        self._controller.intake.pause(0)
        self._controller.servers.set_paused(is_paused=False)
        self._controller.alerting.paused_until_ms = 0
        self._window.status_line.show_paused("")
        self.paused.emit("")
        self._controller.refresh()
        self._controller.alerting.look()

    def _open_log_folder(self) -> None:
        folder = self._controller.context.profile.logs
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _show_about(self) -> None:
        self.dialogs.show_about(str(self._controller.context.profile.data))
