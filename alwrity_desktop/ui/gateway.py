"""The gateway while the window is open: started, stopped and watched, its troubles told."""

from __future__ import annotations

from typing import Any, Final, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.live import GatewayState, LiveView
from alwrity_desktop.core.gateway_control import GatewayControl
from alwrity_desktop.core.settings import Settings
from alwrity_desktop.ui import requests
from alwrity_desktop.ui.gateway_text import waiting_sentence
from alwrity_desktop.ui.jobs import Post
from alwrity_desktop.ui.live_thread import HIDDEN_S, SEEN_S, WATCHED_S, LiveLoop
from alwrity_desktop.ui.loop_thread import LoopThread
from alwrity_desktop.ui.main_window import MainWindow
from alwrity_desktop.ui.notices import Notice

_WAITING: Final = "waiting"


class Desk(Protocol):
    """What the gateway's part needs of the controller."""

    context: Context
    account: str
    settings: Settings

    def change_settings(self, **changes: Any) -> None:  # noqa: ANN401 - checked by the settings
        """Keep some settings."""


class Gateway(QObject):
    """Owns the thread that looks at the gateway, and answers what is asked about it."""

    #: A ``LiveView``, as it came.
    seen = Signal(object)
    #: A ``GatewayState`` that differs from the one before in what the tray and header show.
    changed = Signal(object)

    def __init__(self, desk: Desk, window: MainWindow, post: Post) -> None:
        """Start nothing yet."""
        super().__init__(window)
        self._desk = desk
        self._window = window
        context = desk.context
        control = GatewayControl(context.profile, lambda: context.settings)
        self._loop = LiveLoop(context, control, post)
        self._thread: LoopThread | None = None
        self._is_hidden = False
        self._watchers = 0
        self.state = GatewayState()
        self._told = ""
        window.area.arranged.connect(self._look)
        window.narrow.strip.chosen.connect(self._look)

    def start(self) -> None:
        """Look at the gateway from now on."""
        self._look()
        if self._thread is None:
            self._thread = LoopThread(self._loop, "live", self)
            self._thread.start()

    def stop(self) -> tuple[str, ...]:
        """Look no more; the gateway goes on. Return the names of threads that hang."""
        if self._thread is None or self._thread.end():
            return ()
        return (self._thread.objectName(),)

    def set_hidden(self, *, is_hidden: bool) -> None:
        """Look less often while nobody sees it."""
        self._is_hidden = is_hidden
        self._look()

    def add_watcher(self, change: int) -> None:
        """Count a dialog that waits for calls (1), or is closed (-1)."""
        self._watchers += change
        self._look()

    @Slot()
    def _look(self) -> None:
        view = self._window.views.get("live")
        is_watched = self._watchers > 0 or (view is not None and view.isVisible())
        rest_s = HIDDEN_S if self._is_hidden else WATCHED_S if is_watched else SEEN_S
        self._loop.watch(self._desk.account, rest_s)

    @Slot(object)
    def take(self, request: object) -> None:
        """Do what *request* asks for; how to track a program is for a dialog to say."""
        match request:
            case requests.StartGateway():
                self._loop.start_gateway()
            case requests.StopGateway():
                self._loop.stop_gateway()
            case requests.AllowModel(provider, model):
                self._allow(f"{provider}/{model}")
            case _:
                """Others answer it."""

    def _allow(self, name: str) -> None:
        allowed = self._desk.settings.gateway_unpriced
        if name not in allowed:
            self._desk.change_settings(gateway_unpriced=(*allowed, name))

    def take_view(self, view: LiveView) -> None:
        """Show what the thread saw."""
        self._look()
        self._window.show_live(view)
        before, self.state = self.state, view.gateway
        self._tell_waiting(view.gateway)
        self.seen.emit(view)
        if _shown(before) != _shown(view.gateway):
            self.changed.emit(view.gateway)

    def _tell_waiting(self, state: GatewayState) -> None:
        """Say above the figures that calls wait to be booked, and why."""
        sentence = waiting_sentence(state)
        if sentence == self._told:
            return
        self._told = sentence
        if sentence:
            self._window.notices.post(_WAITING, Notice("warning", sentence))
        else:
            self._window.notices.clear(_WAITING)


def _shown(state: GatewayState) -> tuple[object, ...]:
    return state.is_running, state.url, state.trouble, state.waiting_reason
