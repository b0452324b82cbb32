"""Has each dock show what arrived last, as soon as the dock comes into view."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from alwrity_desktop.core.domain.live import LiveView
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.ui.dock_frame import DockFrame
from alwrity_desktop.ui.docks.base import DockView
from alwrity_desktop.ui.layout_store import LayoutStore
from alwrity_desktop.ui.live_view import LiveDockView


class Rendering(QObject):
    """Knows the docks that were made, and which of them show older figures.

    A dock that nobody has looked at is neither made nor rendered.
    """

    #: A dock asks for something; carries a ``Request``.
    requested = Signal(object)
    #: A dock in view needs the report grouped by more than it is.
    groups_missed = Signal()

    def __init__(
        self, frames: Mapping[str, DockFrame], store: LayoutStore, parent: QObject
    ) -> None:
        """Follow the docks in *frames*, with nothing to show yet; *store* keeps their choices."""
        super().__init__(parent)
        self._store = store
        #: The docks that were made, by name.
        self.views: dict[str, DockView] = {}
        #: Whether docks are rendered one in each turn of the event loop, so that none stalls it.
        self.is_gradual = False
        self._report: Report | None = None
        self._live: LiveView | None = None
        self._sentence: str | None = None
        self._to_render: list[str] = []
        self._turns = QTimer(self)
        self._turns.timeout.connect(self._render_in_turn)
        for frame in frames.values():
            frame.made.connect(self._take)

    @Slot(object)
    def _take(self, view: DockView) -> None:
        """Have the new *view* show what those in view show already."""
        self.views[view.name] = view
        view.choose(self._store.choices(view.name))
        view.requested.connect(self.requested)
        if self._report is not None:
            self._to_render.append(view.name)
        elif self._sentence is not None:
            view.show_loading(self._sentence)
        if self._live is not None and isinstance(view, LiveDockView):
            view.show_live(self._live)

    def keep(self) -> None:
        """Keep what was chosen in the docks."""
        for name, view in self.views.items():
            self._store.keep_choices(name, view.choices())

    def show_loading(self, sentence: str) -> None:
        """Show skeletons with *sentence* until a report comes."""
        self._sentence = sentence
        for view in self.views.values():
            view.show_loading(sentence)

    def show_report(self, report: Report) -> None:
        """Render *report* where it can be seen; the rest follows when it comes into view."""
        self._report = report
        self._to_render = list(self.views)
        self.render_shown()

    def show_live(self, view: LiveView) -> None:
        """Show what goes on now."""
        self._live = view
        # Widgets have another metaclass than protocols: the checker takes them apart.
        docks: tuple[object, ...] = tuple(self.views.values())
        for dock in docks:
            if isinstance(dock, LiveDockView):
                dock.show_live(view)

    @Slot()
    def render_shown(self) -> None:
        """Render every dock in view that shows older figures, at once or in turn."""
        if self.is_gradual:
            self._turns.start()
            return
        while self._render_next():
            pass

    @Slot()
    def _render_in_turn(self) -> None:
        if not self._render_next():
            self._turns.stop()

    def _render_next(self) -> bool:
        """Render the first dock in view that shows older figures; return whether there was one."""
        if self._report is None:
            return False
        for name in self._to_render:
            view = self.views[name]
            if view.isVisibleTo(view.window()) or view.isVisible():
                self._to_render.remove(name)
                if self._report.answers(view.dimensions):
                    view.show_report(self._report)
                else:
                    view.show_loading(self.tr("Adding up…"))
                    self.groups_missed.emit()
                return True
        return False

    def dimensions_in_view(self) -> tuple[str, ...]:
        """Return what the docks in view need a report to be grouped by beyond the usual."""
        shown = (view for view in self.views.values() if view.isVisible())
        return tuple(dict.fromkeys(name for view in shown for name in view.dimensions))
