"""Opens layouts, follows the room there is, and keeps what the person made of them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from alwrity_desktop.ui.dock_area import DockArea, room_for
from alwrity_desktop.ui.layout_store import LayoutStore
from alwrity_desktop.ui.layouts import BY_NAME, DEFAULT, LAYOUTS, Room


class LayoutKeeper(QObject):
    """Which layout is open, and how it is arranged in the room that the window has."""

    #: Another layout was opened.
    changed = Signal()

    def __init__(self, area: DockArea, store: LayoutStore, parent: QObject) -> None:
        """Open nothing yet."""
        super().__init__(parent)
        self._area = area
        self._store = store
        self._name = DEFAULT.name
        self._room = Room.WIDE
        self._is_open = False
        self._actions: dict[str, QAction] = {}
        self._menu: QMenu | None = None

    @property
    def name(self) -> str:
        """The layout that is open."""
        return self._name

    @property
    def title(self) -> str:
        """The name of the open layout as people read it."""
        return title_of(self._name)

    def names(self) -> tuple[str, ...]:
        """Return the titles of all layouts, the person's own included."""
        return tuple(title_of(name) for name in self._actions)

    def fill(self, menu: QMenu) -> None:
        """Put all layouts at the top of *menu*."""
        self._menu = menu
        for number, layout in enumerate(LAYOUTS, start=1):
            self._add(layout.name, f"Ctrl+{number}")
        for name in self._store.own():
            self._add(name)

    def _add(self, name: str, shortcut: str = "") -> None:
        if self._menu is None or name in self._actions:
            return
        before = self._menu.actions()
        # The person's own layouts stand behind the given ones, before the line.
        place = before[len(self._actions)] if len(before) > len(self._actions) else None
        action = QAction(title_of(name), self)
        action.setCheckable(True)
        action.setData(name)
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
        action.triggered.connect(self._chosen)
        if place is None:
            self._menu.addAction(action)
        else:
            self._menu.insertAction(place, action)
        self._actions[name] = action

    @Slot()
    def _chosen(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.open(str(action.data()))

    def open(self, name: str) -> None:
        """Open the layout *name* as the person last had it."""
        if self._is_open:
            self.keep()
        self._name = name
        self._is_open = True
        self._store.keep_layout(name)
        self._arrange()
        for key, action in self._actions.items():
            action.setChecked(key == name)
        self.changed.emit()

    @Slot(int)
    def prepare(self, width: int) -> None:
        """Keep the arrangement while it is as the person left it, before another *width*."""
        if self._is_open and room_for(width) is not self._room:
            self.keep()

    @Slot(int)
    def fit(self, width: int) -> None:
        """Arrange for *width* where that makes a difference."""
        room = room_for(width)
        if room is self._room:
            self._area.settle()
            return
        self._room = room
        if self._is_open:
            self._arrange()

    def keep(self) -> None:
        """Keep the arrangement as it stands."""
        if self._is_open:
            self._store.keep_state(self._name, self._room, self._area.state())

    def put_back(self) -> None:
        """Arrange the open layout as it was made."""
        self._store.forget_state(self._name)
        self._arrange()

    def save_as(self, name: str) -> None:
        """Keep the arrangement as a layout of the person's own, and open it."""
        self._store.add_own(name)
        self._store.keep_state(name, self._room, self._area.state())
        self._name = name
        self._add(name)
        self.open(name)

    def _arrange(self) -> None:
        state = self._store.state(self._name, self._room)
        if state is not None and self._area.restore(state):
            return
        layout = BY_NAME.get(self._name, DEFAULT)
        self._area.arrange(layout.tree(self._room))


def title_of(name: str) -> str:
    """Return the name of a layout as people read it."""
    layout = BY_NAME.get(name)
    return name if layout is None else QCoreApplication.translate("layouts", layout.title)
