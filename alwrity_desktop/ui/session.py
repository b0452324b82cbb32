"""One run of the window: the application object, the parts in order, and their end."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, QtMsgType, Slot, qInstallMessageHandler
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from alwrity_desktop import __version__
from alwrity_desktop.core import program_log
from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.errors import WorldError
from alwrity_desktop.core.resources import resource_path
from alwrity_desktop.ui import collector
from alwrity_desktop.ui.appearance import Appearance
from alwrity_desktop.ui.bridge import Bridge
from alwrity_desktop.ui.charts import library
from alwrity_desktop.ui.commands import Commands
from alwrity_desktop.ui.controller import Controller
from alwrity_desktop.ui.docks import dock_types
from alwrity_desktop.ui.faults import Faults
from alwrity_desktop.ui.first_report import FirstReport
from alwrity_desktop.ui.layout_store import LayoutStore
from alwrity_desktop.ui.main_window import MainWindow
from alwrity_desktop.ui.notices import Notice
from alwrity_desktop.ui.single import SingleInstance, raise_first

if TYPE_CHECKING:
    from alwrity_desktop.ui.tray import Tray

_log = logging.getLogger(f"{program_log.LOGGER_NAME}.qt")

_SIGNAL_LOOK_MS: Final = 500
_AFTER_FIGURES_MS: Final = 150
_LOAD_EVERY_MS: Final = 5
_SETTLED_MS: Final = 3_000
_SWITCH_S: Final = 0.0001
"""How long another thread may run Python while the window's thread waits to: painting asks for
it a hundred times, so that the usual 5 ms would add up to a stall."""


def run_session(
    context: Context, arguments: Sequence[str], first_report: FirstReport | None
) -> int:
    """Show the window of this profile, or raise the one that is open; return the exit status."""
    app = make_application(arguments)
    instance = SingleInstance(context.profile.data)
    try:
        if instance.hold():
            return _run_window(app, context, instance, first_report)
    finally:
        instance.release()
    if raise_first(context.profile.data):
        return 0
    raise WorldError(
        "ALwrity Desktop is open already, but does not answer. End it, then start again."
    )


def make_application(arguments: Sequence[str] = ()) -> QApplication:
    """Return the application object, named as the desktop knows it."""
    qInstallMessageHandler(_note)
    sys.setswitchinterval(_SWITCH_S)
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(["alwrity-desktop", *arguments])
    app.setApplicationName("alwrity-desktop")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("alwrity-desktop")
    app.setWindowIcon(QIcon(str(resource_path("icons", "app.svg"))))
    app.setQuitOnLastWindowClosed(False)
    return app


def _note(kind: QtMsgType, _where: object, text: str) -> None:
    """Keep what Qt says in the log; a person at a terminal did not ask for it."""
    level = logging.DEBUG if kind in {QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg} else logging.INFO
    _log.log(level, "Qt: %s", text)


def _run_window(
    app: QApplication,
    context: Context,
    instance: SingleInstance,
    first_report: FirstReport | None,
) -> int:
    appearance = Appearance(app)
    appearance.apply(context.settings)
    bridge = Bridge()
    faults = Faults(bridge.post)
    faults.install()
    try:
        session = Session(app, context, bridge, first_report)
        with _interruptible(session.quit):
            session.controller.settings_changed.connect(appearance.apply)
            instance.raise_asked.connect(session.window.come_to_front)
            session.start()
            status = app.exec()
            return status or session.stop()
    finally:
        faults.remove()


@contextlib.contextmanager
def _interruptible(end: Callable[[], None]) -> Iterator[None]:
    """Have Ctrl+C and a polite kill call *end*.

    The application's own quit would ask the window first, which stays in the tray.
    """
    timer = QTimer()
    # Python looks at signals only between its own instructions.
    timer.timeout.connect(_nothing)
    timer.start(_SIGNAL_LOOK_MS)
    kinds = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(kind, lambda *_: end()) for kind in kinds]
    try:
        yield
    finally:
        timer.stop()
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)


def _nothing() -> None:
    """Give Python the chance to look at signals."""


class Session(QObject):
    """One run of the window, from the first paint to the last thread."""

    def __init__(
        self,
        app: QApplication,
        context: Context,
        bridge: Bridge,
        first_report: FirstReport | None = None,
    ) -> None:
        """Make the window, as quickly as it can be shown."""
        super().__init__()
        self._app = app
        self._context = context
        self.window = MainWindow(dock_types(), LayoutStore(context.profile.window))
        self.controller = Controller(context, self.window, bridge, first_report)
        self.commands = Commands(self.controller, self.window)
        self.tray: Tray | None = None
        self._is_quitting = False
        self.window.may_close = self._may_close
        self.commands.quit_asked.connect(self.quit)
        self.controller.figures_shown.connect(self._start_later)
        self.controller.outcomes.chosen.connect(self._on_notice)
        self._later = QTimer(self)
        self._later.setInterval(_AFTER_FIGURES_MS)
        self._later.timeout.connect(self._load_rest)
        self._collector = collector.Collector(self)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self._collector.start)

    def start(self) -> None:
        """Ask for the figures, then show the window while they are worked out."""
        collector.hold()
        self._settled.start()
        self.controller.start()
        self.window.restore()
        self.window.show_loading(self.tr("Reading the ledger…"))
        self.window.show()

    @Slot()
    def _start_later(self) -> None:
        self._later.start()

    @Slot()
    def _load_rest(self) -> None:
        """Load one thing after another: threads that load at once stall the window."""
        if not library.advance():
            self._later.setInterval(_LOAD_EVERY_MS)
            return
        self._later.stop()
        self._start_rest()

    @Slot()
    def _start_rest(self) -> None:
        """Start what the first paint can do without: the tray, the watching, notifications."""
        self.window.rendering.is_gradual = True
        from alwrity_desktop.ui.tray import Tray  # noqa: PLC0415 - not for the first paint

        self.tray = Tray(self.window.actions_, self)
        self.tray.clicked.connect(self.window.come_to_front)
        self.tray.account_chosen.connect(self._open_account)
        self.controller.status_arrived.connect(self.tray.show_report)
        self.commands.paused.connect(self.tray.show_paused)
        self.controller.alerting.balloon = self.tray
        if self.controller.report is not None:
            self.tray.show_report(self.controller.report)
        if not self.window.is_first_run:
            self.controller.intake.start(is_watching=self.controller.settings.watch_logs)
            self.controller.intake.read(is_asked_for=False)
        self.controller.servers.start()
        self.controller.gateway.start()
        self.controller.alerting.look()

    @Slot(str)
    def _open_account(self, account: str) -> None:
        self.controller.show_account(account)
        self.window.come_to_front()

    def _may_close(self) -> bool:
        """Return whether the window closes for good, rather than into the tray or the bar."""
        if self._is_quitting or self._app.isSavingSession():
            return True
        settings = self.controller.settings
        if self.tray is None or not self.tray.is_available:
            self._minimise()
        elif not settings.tray_explained:
            self.commands.dialogs.ask_about_closing(self._answer_closing)
        elif settings.close_to_tray:
            self.window.hide()
        else:
            self._app.quit()
            return True
        return False

    def _minimise(self) -> None:
        """Without a tray a hidden window could not be reached again."""
        if self.controller.settings.tray_explained and not self.controller.settings.close_to_tray:
            self.quit()
            return
        words = self.tr(
            "This desktop has no tray, so closing minimises the window, and budgets are still "
            "watched. To end the program choose Quit."
        )
        notice = Notice("info", words, self.tr("Quit"), "quit")
        self.window.notices.post("tray", notice)
        self.window.showMinimized()

    @Slot(str)
    def _on_notice(self, action_id: str) -> None:
        if action_id == "quit":
            self.quit()

    @Slot(bool)
    def _answer_closing(self, keeps_running: bool) -> None:  # noqa: FBT001 - Qt's signal
        self.controller.change_settings(tray_explained=True, close_to_tray=keeps_running)
        if keeps_running:
            self.window.hide()
        else:
            self.quit()

    @Slot()
    def quit(self) -> None:
        """End the program in order."""
        self._is_quitting = True
        self.window.close()
        self._app.quit()

    def stop(self) -> int:
        """Stop every part and wait for it; return 1 if one hangs."""
        self._later.stop()
        self._settled.stop()
        self.window.keep()
        if self.tray is not None:
            self.tray.stop()
        hanging = self.controller.stop()
        self.window.close()
        if hanging:
            # Joining would wait for ever, and a thread destroyed while it runs aborts.
            os._exit(1)
        self._collector.stop()
        self._context.close()
        return 0
