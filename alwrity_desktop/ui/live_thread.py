"""The thread that looks at the gateway and at what goes on, and starts and stops the gateway."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.errors import AlwrityError
from alwrity_desktop.core.domain.live import GatewayState
from alwrity_desktop.core.live_view import live_view
from alwrity_desktop.core.program_log import stack_of
from alwrity_desktop.ui.events import Crashed, Done, Failed, LiveReady, Topic
from alwrity_desktop.ui.jobs import Post

WATCHED_S: Final = 1.0
SEEN_S: Final = 5.0
HIDDEN_S: Final = 30.0
_WORK_SHARE: Final = 10
"""Rests this many times longer than a look takes: a large ledger must not keep a core busy."""


class Control(Protocol):
    """What the thread needs of the gateway's control."""

    def state(self) -> GatewayState:
        """Return how the gateway stands."""

    def start(self) -> GatewayState:
        """Start the gateway."""

    def stop(self) -> GatewayState:
        """Stop the gateway."""

    def close(self) -> None:
        """Wait for the gateway no more."""


class LiveLoop:
    """Looks once a second while somebody watches, else less often."""

    def __init__(self, context: Context, control: Control, post: Post) -> None:
        self._context = context
        self._control = control
        self._post = post
        self._account = ""
        self._rest_s = HIDDEN_S
        self._wishes: deque[Callable[[], GatewayState]] = deque()
        self._wake = threading.Event()
        self._is_stopping = False

    def watch(self, account: str, rest_s: float) -> None:
        """Say whose calls to look at, and how often; may be called from any thread."""
        if (account, rest_s) != (self._account, self._rest_s):
            self._account, self._rest_s = account, rest_s
            self._wake.set()

    def start_gateway(self) -> None:
        """Have the gateway started; may be called from any thread."""
        self._wish(self._control.start)

    def stop_gateway(self) -> None:
        """Have the gateway stopped; may be called from any thread."""
        self._wish(self._control.stop)

    def _wish(self, wish: Callable[[], GatewayState]) -> None:
        self._wishes.append(wish)
        self._wake.set()

    def stop(self) -> None:
        """End the loop after the look at hand; may be called from any thread."""
        self._is_stopping = True
        self._control.close()
        self._wake.set()

    def run(self) -> None:
        """Look until asked to stop."""
        while True:
            began = time.monotonic()
            self._wake.clear()
            # Only now: what was asked for before would have been cleared with the rest.
            if self._is_stopping:
                return
            self.step()
            took_s = time.monotonic() - began
            self._wake.wait(max(self._rest_s, _WORK_SHARE * took_s))

    def step(self) -> None:
        """Do what was wished, then look and tell."""
        try:
            while self._wishes:
                self._fulfil(self._wishes.popleft())
            view = live_view(self._context, self._account, self._control.state())
        except AlwrityError as error:
            self._post(Failed(Topic.GATEWAY, str(error)))
        except Exception as error:  # noqa: BLE001 - our bug must not end the thread unseen
            self._post(Crashed(stack_of(error)))
        else:
            if not self._is_stopping:
                self._post(LiveReady(view))

    def _fulfil(self, wish: Callable[[], GatewayState]) -> None:
        try:
            wish()
        except AlwrityError as error:
            if not self._is_stopping:
                self._post(Failed(Topic.GATEWAY, str(error)))
        else:
            self._post(Done(Topic.GATEWAY))
