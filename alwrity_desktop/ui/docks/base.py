"""What every dock is: a title, an icon, a report shown, and things asked for by signal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.ui.requests import ReadLogs, Request, Retry, SelectPeriod
from alwrity_desktop.ui.widgets.states import EmptyState, InlineMessage, Skeleton


class DockView(QWidget):
    """The content of a dock; the window wraps it in a frame with a title bar.

    A dock renders the report and computes nothing.
    """

    #: Stable name in layouts, and the object name of the wrapping dock.
    name: ClassVar[str]
    title: ClassVar[str]
    icon: ClassVar[str]
    #: One sentence that says what the dock answers.
    about: ClassVar[str]
    #: What the report must be grouped by beyond what it always is, while the dock is in view.
    dimensions: ClassVar[tuple[str, ...]] = ()
    #: Where the dock stands in the View menu.
    order: ClassVar[int] = 100

    #: Carries a ``Request``.
    requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make the dock with its skeleton in view."""
        super().__init__(parent)
        self.setObjectName(f"{self.name}-view")
        self._message = InlineMessage(self)
        self._message.triggered.connect(self._retry)
        self._message.hide()
        self._faces = QStackedWidget(self)
        self._body = QWidget()
        self._skeleton: Skeleton | None = None
        self._empty: EmptyState | None = None
        self._faces.addWidget(self._body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._message)
        layout.addWidget(self._faces, 1)

    @property
    def body(self) -> QWidget:
        """The widget that holds the figures."""
        return self._body

    @property
    def is_ready(self) -> bool:
        """Whether everything in view is drawn; a picture waits for it."""
        return True

    @property
    def title_tools(self) -> tuple[QWidget, ...]:
        """The dock's own controls for the title bar, if it has any."""
        return ()

    def choices(self) -> Mapping[str, str]:
        """Return what the person chose here and would look for at the next start."""
        return {}

    def choose(self, choices: Mapping[str, str]) -> None:
        """Take up the *choices* of an earlier start; one that is no more is passed over."""

    def show_report(self, report: Report) -> None:
        """Render *report*."""
        if self.is_empty(report):
            self._show_empty(report)
            return
        self._faces.setCurrentWidget(self._body)
        if self._skeleton is not None:
            self._skeleton.stop()
        self.render_report(report)

    def is_empty(self, report: Report) -> bool:
        """Return whether *report* has nothing that this dock could show."""
        return not report.totals.calls and not report.totals.is_stated

    def render_report(self, report: Report) -> None:
        """Fill the body from *report*. Each dock has its own."""
        raise NotImplementedError

    def show_loading(self, sentence: str) -> None:
        """Show a skeleton in the final layout, with *sentence* below it."""
        if self._skeleton is None:
            self._skeleton = Skeleton(self.skeleton_rows())
            self._faces.addWidget(self._skeleton)
        self._skeleton.set_sentence(sentence)
        self._skeleton.start()
        self._faces.setCurrentWidget(self._skeleton)

    def skeleton_rows(self) -> tuple[tuple[float, ...], ...]:
        """Return the skeleton's rows as fractions of the width, filled and empty in turn."""
        return ((0.35, 0.3, 0.35), (0.5, 0.2, 0.3), (0.4, 0.35, 0.25), (0.45, 0.25, 0.3))

    def show_stale(self, sentence: str | None) -> None:
        """Say above the figures that they are old, and why; None removes it."""
        if sentence is None:
            self._message.hide()
            return
        self._message.show_message("neutral", "wifi-off", sentence, self.tr("Retry"))

    def _show_empty(self, report: Report) -> None:
        state = self.empty_state(report)
        if self._empty is not None:
            if self._empty.says_the_same(state):
                state.deleteLater()
                self._faces.setCurrentWidget(self._empty)
                return
            self._faces.removeWidget(self._empty)
            self._empty.deleteLater()
        self._empty = state
        self._empty.chosen.connect(self.requested)
        self._faces.addWidget(self._empty)
        self._faces.setCurrentWidget(self._empty)

    def empty_state(self, report: Report) -> EmptyState:
        """Return what stands here while there is nothing to show."""
        actions: tuple[tuple[str, str, Request], ...]
        if report.is_stated:
            title = self.tr("No messages in this period")
            text = self.tr("The server has told of none. Choose another period, or ask again.")
            if report.is_unknown:
                title = self.tr("Nothing is known of this period")
                text = self.tr("The server never stated it. Choose a period that it knows.")
            actions = (
                (self.tr("Period before"), "calendar", SelectPeriod(report.period.kind, -1)),
                (self.tr("Ask again"), "refresh-cw", Retry()),
            )
        elif report.calls_ever:
            title = self.tr("No calls in this period")
            text = self.tr("Calls of other periods are there. Choose another period to see them.")
            actions = (
                (self.tr("Period before"), "calendar", SelectPeriod(report.period.kind, -1)),
                (self.tr("All time"), "", SelectPeriod("all")),
            )
        elif report.server is not None:
            title = self.tr("No calls yet")
            text = self.tr("The server has told of no calls for this account.")
            actions = ((self.tr("Ask again"), "refresh-cw", Retry()),)
        else:
            title = self.tr("No calls yet")
            text = self.tr("Nothing has been read yet. Read the logs on this computer.")
            actions = ((self.tr("Read logs"), "folder-open", ReadLogs()),)
        return EmptyState(self.icon, title, text, actions)

    def ask(self, request: Request) -> None:
        """Send *request* to the window."""
        self.requested.emit(request)

    def _retry(self) -> None:
        self.ask(Retry())


class TurningDock(DockView):
    """A dock whose drawing can be read as a table as well: T turns it."""

    def turn(self) -> None:
        """Show the table in place of the drawing, or the drawing again. Each has its own."""
        raise NotImplementedError

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn with T, unless what has the focus has a use for it."""
        if event.key() == Qt.Key.Key_T and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.turn()
        else:
            super().keyPressEvent(event)
