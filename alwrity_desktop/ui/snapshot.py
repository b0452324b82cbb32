"""A picture of the window's content, drawn off screen: the same figures, the same picture."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import QEventLoop, QObject, QTimer, Slot

from alwrity_desktop.core.context import Context
from alwrity_desktop.core.domain.errors import NotFoundError, WorldError
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.core.gateway_control import GatewayControl
from alwrity_desktop.core.live_view import live_view
from alwrity_desktop.core.results import PeriodChoice
from alwrity_desktop.ui import header_text, requests
from alwrity_desktop.ui import theme as looks
from alwrity_desktop.ui.calls_view import CallsView
from alwrity_desktop.ui.docks import dock_types
from alwrity_desktop.ui.first_report import SHOWN_DIMENSIONS
from alwrity_desktop.ui.layout_keeper import title_of
from alwrity_desktop.ui.layout_store import LayoutStore
from alwrity_desktop.ui.layouts import LAYOUTS
from alwrity_desktop.ui.main_window import MainWindow
from alwrity_desktop.ui.session import make_application

_MAX_ROUNDS: Final = 500
_ROUND_MS: Final = 20
_QUIET_ROUNDS: Final = 3


def render(
    context: Context,
    path: Path,
    *,
    size: tuple[int, int] = (1440, 900),
    theme: Literal["light", "dark"] = "light",
    layout: str = "Overview",
    account: str = "local",
    period: PeriodChoice | None = None,
) -> None:
    """Draw the window with the figures of *account* and *period* into the PNG file *path*.

    Raises NotFoundError for a layout that does not exist, and WorldError when the file
    cannot be written.
    """
    store = LayoutStore(context.profile.window)
    name = _layout_name(layout, store)
    report = context.report(account, period or PeriodChoice(), _dimensions())
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = make_application()
    looks.set_reduced_motion(is_reduced=True)
    looks.apply(app, theme)
    window = MainWindow(dock_types(), store)
    answers = _Answers(context, window, account)
    try:
        window.setMinimumSize(1, 1)
        window.resize(*size)
        window.keeper.fit(size[0])
        window.keeper.open(name)
        _look_at_now(context, window, account)
        _draw(window, report)
        _save(window, path)
    finally:
        window.hide()
        answers.deleteLater()
        window.deleteLater()
        app.processEvents()


def _dimensions() -> tuple[str, ...]:
    """Return all that any dock needs the report to be grouped by."""
    needed = (name for dock in dock_types() for name in dock.dimensions)
    return tuple(dict.fromkeys((*SHOWN_DIMENSIONS, *needed)))


def _layout_name(words: str, store: LayoutStore) -> str:
    names = [layout.name for layout in LAYOUTS] + list(store.own())
    wanted = words.strip().casefold()
    for name in names:
        if wanted in {name.casefold(), title_of(name).casefold()}:
            return name
    known = ", ".join(title_of(name) for name in names)
    message = f'There is no layout "{words:.40}". There are: {known}.'
    raise NotFoundError(message)


def _draw(window: MainWindow, report: Report) -> None:
    window.show()
    window.show_report(report)
    window.header.show_age(header_text.updated(report, report.as_of_ms, None))
    settling = _Settling(window)
    settling.wait()
    # What the docks asked for while they settled may have moved them.
    window.area.settle()
    settling.wait()


def _look_at_now(context: Context, window: MainWindow, account: str) -> None:
    """Show how the gateway stands and what goes on, where a dock in view tells of it."""
    control = GatewayControl(context.profile, lambda: context.settings)
    view = live_view(context, account, control.state())
    window.show_live(view)
    window.show_gateway(view.gateway)


def _save(window: MainWindow, path: Path) -> None:
    if not window.grab().save(str(path), "PNG"):
        message = f"{path} cannot be written. Choose another place."
        raise WorldError(message)


class _Settling(QObject):
    """Lets everything that was asked for arrive and be laid out."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._loop = QEventLoop()
        self._rounds = self._quiet_rounds = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_ROUND_MS)
        self._timer.timeout.connect(self._look)

    def wait(self) -> None:
        """Return when nothing has been under way for some rounds."""
        # An event loop rather than a loop of ours: the libraries of charts load in a thread.
        self._rounds = self._quiet_rounds = 0
        self._timer.start()
        self._loop.exec()
        self._timer.stop()

    @Slot()
    def _look(self) -> None:
        shown = [view for view in self._window.views.values() if view.isVisible()]
        is_quiet = all(view.is_ready for view in shown)
        self._rounds += 1
        self._quiet_rounds = self._quiet_rounds + 1 if is_quiet else 0
        if self._quiet_rounds >= _QUIET_ROUNDS or self._rounds >= _MAX_ROUNDS:
            self._loop.quit()


class _Answers(QObject):
    """Answers at once what the docks ask for: nobody waits for the window here."""

    def __init__(self, context: Context, window: MainWindow, account: str) -> None:
        super().__init__()
        self._context = context
        self._window = window
        self._account = account
        window.requested.connect(self._on_request)

    @Slot(object)
    def _on_request(self, request: object) -> None:
        view: object = self._window.views.get("calls")
        if not isinstance(view, CallsView):
            return
        if isinstance(request, requests.AskCalls):
            view.show_calls(self._context.calls(self._account, request.query))
        elif isinstance(request, requests.OpenCall):
            view.show_call(self._context.call(self._account, request.call_id))
