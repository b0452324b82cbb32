"""The part of the window that holds the docks and puts them where a layout says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QTabBar, QTabWidget, QWidget

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.dock_frame import DockFrame
from alwrity_desktop.ui.docks.base import DockView
from alwrity_desktop.ui.layouts import Column, Node, Room, Row, Tabs, docks_of, first_of, pruned

STATE_VERSION: Final = 2
"""Raised when docks are added or renamed, so that an old arrangement is not half restored; and
since the first arrangements, which left out the docks that they did not show."""

AREA_MARGIN: Final = 5
"""Around all docks, beside the margin of their own shadows."""

_WIDE: Final = 1320
"""From this width on the docks stand in the wide arrangement."""

_AREA: Final = Qt.DockWidgetArea.LeftDockWidgetArea


class DockArea(QMainWindow):
    """A window in the window, with nothing but docks in it."""

    #: A dock was shown, hidden, moved or floated.
    arranged = Signal()

    def __init__(self, docks: Iterable[type[DockView]], parent: QWidget | None = None) -> None:
        """Make a frame for each of *docks*; a layout shows some of them."""
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockNestingEnabled(True)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.frames: dict[str, DockFrame] = {}
        self._pending: Node | None = None
        #: Docks that no layout has given a place where there would be room for them.
        self._aside: set[str] = set()
        for dock in docks:
            frame = DockFrame(dock)
            self.frames[dock.name] = frame
            self.addDockWidget(_AREA, frame)
            frame.hide()
            frame.visibilityChanged.connect(self._tell)
            frame.toggleViewAction().triggered.connect(self._find_place)

    @Slot()
    def _tell(self) -> None:
        self.arranged.emit()

    def minimumSizeHint(self) -> QSize:
        """Return little, so that the window can be made small; the docks then scroll."""
        return QSize(1, 1)

    def arrange(self, tree: Node) -> None:
        """Show the docks of *tree*, and only those, where it says."""
        known = pruned(tree, self.frames)
        for frame in self.frames.values():
            frame.setFloating(False)
            self.removeDockWidget(frame)
        if known is None:
            return
        for name in _fronts(known):
            self.frames[name].fill()
        first = self.frames[first_of(known)]
        self.addDockWidget(_AREA, first)
        first.show()
        self._place(known)
        self._set_aside(docks_of(known))
        self._pending = known
        if self.isVisible():
            self._resize()

    def _set_aside(self, shown: Sequence[str]) -> None:
        """Hide the docks that are not *shown*, at a place of their own.

        Without one they would be in no kept state, and Qt shows such docks when it is restored.
        """
        self._aside = set(self.frames) - set(shown)
        for name, frame in self.frames.items():
            if name in self._aside:
                self.addDockWidget(_AREA, frame)
                frame.hide()

    def _place(self, node: Node) -> None:
        if isinstance(node, Tabs):
            front = self.frames[node.docks[0]]
            for name in node.docks[1:]:
                self.tabifyDockWidget(front, self.frames[name])
                self.frames[name].show()
            front.raise_()
            return
        orientation = _orientation(node)
        for before, after in zip(node.parts, node.parts[1:], strict=False):
            frame = self.frames[first_of(after)]
            self.splitDockWidget(self.frames[first_of(before)], frame, orientation)
            frame.show()
        for part in node.parts:
            self._place(part)

    def _resize(self) -> None:
        if self._pending is None:
            return
        # The docks' sizes are only taken once the layout knows the size of the whole.
        layout = self.layout()
        if layout is not None:
            layout.activate()
        self._resize_parts(self._pending)
        for name in _fronts(self._pending):
            self.frames[name].raise_()
        self._pending = None

    def _resize_parts(self, node: Node) -> None:
        if isinstance(node, Tabs):
            return
        frames = [self.frames[first_of(part)] for part in node.parts]
        extents = [theme.scaled(part.extent) for part in node.parts]
        self.resizeDocks(frames, extents, _orientation(node))
        for part in node.parts:
            self._resize_parts(part)

    def showEvent(self, event: QShowEvent) -> None:
        """Give the docks their sizes when the whole has one."""
        super().showEvent(event)
        self._resize()

    def settle(self) -> None:
        """Give the docks their sizes anew, after the whole was resized."""
        self._resize()

    def event(self, event: QEvent) -> bool:
        """Dress the tab bars that Qt makes for docks on top of one another."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            for bar in self.findChildren(QTabBar):
                bar.setDrawBase(False)
                bar.setDocumentMode(True)
                bar.setExpanding(False)
                # Whole words, and arrows to the tabs that do not fit. Setting the mode asks for
                # a new layout even where it is set already: that would never come to rest.
                if bar.elideMode() != Qt.TextElideMode.ElideNone:
                    bar.setElideMode(Qt.TextElideMode.ElideNone)
                bar.setUsesScrollButtons(True)
        return handled

    def state(self) -> QByteArray:
        """Return the arrangement as it stands."""
        return self.saveState(STATE_VERSION)

    def restore(self, state: QByteArray) -> bool:
        """Take an arrangement over; return whether it was one of ours."""
        self._pending = None
        is_ours = self.restoreState(state, STATE_VERSION)
        self._aside = {name for name, frame in self.frames.items() if frame.isHidden()}
        return is_ours

    def bring_up(self, name: str) -> DockView | None:
        """Show the dock *name* in front, and return its view."""
        frame = self.frames.get(name)
        if frame is None:
            return None
        if self.dockWidgetArea(frame) == Qt.DockWidgetArea.NoDockWidgetArea:
            self.addDockWidget(_AREA, frame)
        frame.show()
        self._find_place()
        frame.raise_()
        frame.fill()
        return frame.view

    @Slot()
    def _find_place(self) -> None:
        """Put what was shown without a place behind a tab of the largest dock.

        Otherwise it would take its room from all others.
        """
        for name in sorted(self._aside):
            frame = self.frames[name]
            if frame.isHidden():
                continue
            self._aside.discard(name)
            docked = [
                other
                for other in self.frames.values()
                if other is not frame and not other.isHidden() and not other.isFloating()
            ]
            if docked:
                host = max(docked, key=lambda one: one.width() * one.height())
                self.tabifyDockWidget(host, frame)
                frame.raise_()

    def names_in_view(self) -> tuple[str, ...]:
        """Return the docks that are shown."""
        return tuple(name for name, frame in self.frames.items() if not frame.isHidden())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground between the docks."""
        QPainter(self).fillRect(self.rect(), theme.current().colour("bg"))


class DockPage(QWidget):
    """Holds the docks, and tells of a new size before and after they take it.

    A layout would resize the docks before anyone could keep how they were arranged.
    """

    #: The width that the docks will have; they still have the old one.
    resizing = Signal(int)
    #: The width that the docks have now.
    resized = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a page without docks."""
        super().__init__(parent)
        self._area: DockArea | None = None

    def hold(self, area: DockArea) -> None:
        """Fill the page with *area*."""
        self._area = area
        self._fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Resize the docks."""
        super().resizeEvent(event)
        self.resizing.emit(self.width())
        self._fill()
        self.resized.emit(self.width())

    def _fill(self) -> None:
        if self._area is not None:
            margin = AREA_MARGIN
            self._area.setGeometry(self.rect().adjusted(margin, margin, -margin, -margin))


def room_for(width: int) -> Room:
    """Return how the docks are arranged in *width* pixels at the text size in use."""
    return Room.WIDE if width >= theme.scaled(_WIDE) else Room.MEDIUM


def _orientation(node: Row | Column) -> Qt.Orientation:
    return Qt.Orientation.Horizontal if isinstance(node, Row) else Qt.Orientation.Vertical


def _fronts(node: Node) -> tuple[str, ...]:
    if isinstance(node, Tabs):
        return node.docks[:1]
    return tuple(name for part in node.parts for name in _fronts(part))
