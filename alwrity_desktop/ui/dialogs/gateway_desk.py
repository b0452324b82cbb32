"""Opens the dialogs about the gateway, and keeps them fed while they are open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, SignalInstance
from PySide6.QtWidgets import QWidget

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.live import GatewayState
from alwrity_desktop.core.settings import Settings
from alwrity_desktop.ui import requests
from alwrity_desktop.ui.dialogs.track import TrackDialog


class Gateway(Protocol):
    """What these dialogs need of the gateway's part."""

    state: GatewayState
    seen: SignalInstance

    def take(self, request: object) -> None:
        """Do what *request* asks for."""

    def add_watcher(self, change: int) -> None:
        """Count a dialog that waits for calls."""


class Desk(Protocol):
    """What these dialogs need to know of the controller."""

    context: Context
    settings: Settings

    @property
    def gateway(self) -> Gateway:
        """The gateway's part of the window."""


class GatewayDialogs(QObject):
    """One method for each dialog; none of them waits."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        """Open nothing yet."""
        super().__init__(window)
        self._desk = desk
        self._window = window

    def track_program(self, provider: str = "") -> None:
        """Show how programs are tracked, and watch for the first call."""
        gateway = self._desk.gateway
        now_ms = self._desk.context.clock.now_ms()
        own = [pair.partition("=")[0] for pair in self._desk.settings.gateway_upstreams]
        dialog = TrackDialog(gateway.state, now_ms, own, provider, self._window)
        dialog.start_asked.connect(lambda: gateway.take(requests.StartGateway()))
        gateway.seen.connect(dialog.take_view)
        gateway.add_watcher(1)
        dialog.finished.connect(_leaver(gateway, dialog))
        dialog.open()


def _leaver(gateway: Gateway, dialog: TrackDialog) -> Callable[[int], None]:
    def leave(_result: int) -> None:
        gateway.seen.disconnect(dialog.take_view)
        gateway.add_watcher(-1)

    return leave
