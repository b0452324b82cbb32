"""Every action of the window, declared once as data: id, menu, text, shortcut, icon."""

from __future__ import annotations

from typing import Final

import msgspec
from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.translation import QT_TRANSLATE_NOOP


class Declared(msgspec.Struct, frozen=True):
    """One action as people find it."""

    id: str
    menu: str
    text: str
    shortcut: str = ""
    icon: str = ""
    #: Whether a line parts it from the action before.
    starts_group: bool = False
    is_checkable: bool = False


MENUS: Final = (
    ("file", QT_TRANSLATE_NOOP("actions", "&File")),
    ("view", QT_TRANSLATE_NOOP("actions", "&View")),
    ("account", QT_TRANSLATE_NOOP("actions", "&Account")),
    ("reports", QT_TRANSLATE_NOOP("actions", "&Reports")),
    ("tools", QT_TRANSLATE_NOOP("actions", "&Tools")),
    ("help", QT_TRANSLATE_NOOP("actions", "&Help")),
)

SUBMENUS: Final = (
    ("layout", "view", QT_TRANSLATE_NOOP("actions", "&Layout")),
    ("docks", "view", QT_TRANSLATE_NOOP("actions", "&Docks")),
    ("theme", "view", QT_TRANSLATE_NOOP("actions", "&Appearance")),
    ("pause", "tools", QT_TRANSLATE_NOOP("actions", "&Pause for")),
)

ACTIONS: Final = (
    Declared(
        "file.read", "file", QT_TRANSLATE_NOOP("actions", "&Read logs now"), "Ctrl+R", "folder-open"
    ),
    Declared("file.table", "file", QT_TRANSLATE_NOOP("actions", "&Import a table…"), "", "table"),
    Declared("file.export", "file", QT_TRANSLATE_NOOP("actions", "&Export…"), "Ctrl+E", "download"),
    Declared(
        "file.close", "file", QT_TRANSLATE_NOOP("actions", "&Close window"), "Ctrl+W", "x", True
    ),
    Declared("file.quit", "file", QT_TRANSLATE_NOOP("actions", "&Quit"), "Ctrl+Q", "log-out"),
    Declared("view.refresh", "view", QT_TRANSLATE_NOOP("actions", "&Refresh"), "F5", "refresh-cw"),
    Declared("view.next_dock", "view", QT_TRANSLATE_NOOP("actions", "&Next dock"), "F6", "layers"),
    Declared(
        "layout.save", "layout", QT_TRANSLATE_NOOP("actions", "&Keep this layout as…"), "", "", True
    ),
    Declared("layout.reset", "layout", QT_TRANSLATE_NOOP("actions", "&Put this layout back")),
    Declared(
        "theme.system",
        "theme",
        QT_TRANSLATE_NOOP("actions", "As the &desktop"),
        "",
        "monitor",
        False,
        True,
    ),
    Declared(
        "theme.light", "theme", QT_TRANSLATE_NOOP("actions", "&Light"), "", "sun", False, True
    ),
    Declared("theme.dark", "theme", QT_TRANSLATE_NOOP("actions", "D&ark"), "", "moon", False, True),
    Declared(
        "account.local",
        "account",
        QT_TRANSLATE_NOOP("actions", "&This computer"),
        "",
        "server",
        False,
        True,
    ),
    Declared(
        "account.sample",
        "account",
        QT_TRANSLATE_NOOP("actions", "&Sample data"),
        "",
        "flask-conical",
        False,
        True,
    ),
    Declared(
        "account.add",
        "account",
        QT_TRANSLATE_NOOP("actions", "&Connect a server…"),
        "",
        "plug",
        True,
    ),
    Declared("account.manage", "account", QT_TRANSLATE_NOOP("actions", "&Accounts…"), "", "server"),
    Declared(
        "account.token",
        "account",
        QT_TRANSLATE_NOOP("actions", "Enter a new &token…"),
        "",
        "key-round",
    ),
    Declared("period.today", "reports", QT_TRANSLATE_NOOP("actions", "&Today"), "Ctrl+Shift+1"),
    Declared("period.week", "reports", QT_TRANSLATE_NOOP("actions", "This &week"), "Ctrl+Shift+2"),
    Declared(
        "period.month", "reports", QT_TRANSLATE_NOOP("actions", "This &month"), "Ctrl+Shift+3"
    ),
    Declared("period.year", "reports", QT_TRANSLATE_NOOP("actions", "This &year"), "Ctrl+Shift+4"),
    Declared("period.all", "reports", QT_TRANSLATE_NOOP("actions", "&All time"), "Ctrl+Shift+5"),
    Declared(
        "period.custom",
        "reports",
        QT_TRANSLATE_NOOP("actions", "&From … to …"),
        "",
        "calendar-days",
    ),
    Declared(
        "period.before",
        "reports",
        QT_TRANSLATE_NOOP("actions", "Period &before"),
        "Alt+Left",
        "chevron-left",
        True,
    ),
    Declared(
        "period.after",
        "reports",
        QT_TRANSLATE_NOOP("actions", "Period a&fter"),
        "Alt+Right",
        "chevron-right",
    ),
    Declared(
        "calls.open", "reports", QT_TRANSLATE_NOOP("actions", "&Calls"), "Ctrl+L", "list", True
    ),
    Declared(
        "calls.search",
        "reports",
        QT_TRANSLATE_NOOP("actions", "&Search the calls"),
        "Ctrl+F",
        "search",
    ),
    Declared(
        "budget.new", "tools", QT_TRANSLATE_NOOP("actions", "Set a &budget…"), "Ctrl+B", "target"
    ),
    Declared(
        "server.price",
        "tools",
        QT_TRANSLATE_NOOP("actions", "&What would this cost?…"),
        "",
        "calculator",
    ),
    Declared("prices.show", "tools", QT_TRANSLATE_NOOP("actions", "&Prices…"), "", "wallet"),
    Declared(
        "prices.reprice",
        "tools",
        QT_TRANSLATE_NOOP("actions", "&Apply prices to past calls…"),
        "",
        "clock",
    ),
    Declared(
        "alerts.read", "tools", QT_TRANSLATE_NOOP("actions", "&Mark all alerts read"), "", "check"
    ),
    Declared(
        "checks.run", "tools", QT_TRANSLATE_NOOP("actions", "&Check everything…"), "", "activity"
    ),
    Declared(
        "gateway.track",
        "tools",
        QT_TRANSLATE_NOOP("actions", "&Track a program…"),
        "Ctrl+T",
        "waypoints",
        True,
    ),
    Declared(
        "gateway.start", "tools", QT_TRANSLATE_NOOP("actions", "Start the &gateway"), "", "play"
    ),
    Declared(
        "gateway.stop", "tools", QT_TRANSLATE_NOOP("actions", "Stop the &gateway"), "", "square"
    ),
    Declared("pause.15", "pause", QT_TRANSLATE_NOOP("actions", "15 minutes")),
    Declared("pause.60", "pause", QT_TRANSLATE_NOOP("actions", "1 hour")),
    Declared("pause.tomorrow", "pause", QT_TRANSLATE_NOOP("actions", "Until tomorrow")),
    Declared("pause.end", "pause", QT_TRANSLATE_NOOP("actions", "Go on now"), "", "play", True),
    Declared(
        "settings.show",
        "tools",
        QT_TRANSLATE_NOOP("actions", "&Settings…"),
        "Ctrl+,",
        "settings",
        True,
    ),
    Declared("help.keys", "help", QT_TRANSLATE_NOOP("actions", "&Keyboard"), "F1", "keyboard"),
    Declared(
        "help.logs",
        "help",
        QT_TRANSLATE_NOOP("actions", "Open the program's &log folder"),
        "",
        "file-text",
    ),
    Declared(
        "help.about",
        "help",
        QT_TRANSLATE_NOOP("actions", "&About ALwrity Desktop"),
        "",
        "info",
        True,
    ),
)

PERIOD_ACTIONS: Final = tuple(each for each in ACTIONS if each.id.startswith("period."))


class Action(QAction):
    """A declared action as Qt knows it."""

    #: The id.
    chosen = Signal(str)

    def __init__(self, declared: Declared, parent: QObject) -> None:
        """Make the action of *declared*."""
        super().__init__(parent)
        self.declared = declared
        self.setObjectName(declared.id)
        self.setText(QCoreApplication.translate("actions", declared.text))
        self.setCheckable(declared.is_checkable)
        if declared.shortcut:
            self.setShortcut(QKeySequence(declared.shortcut))
        self.triggered.connect(self._tell)
        theme.bus().changed.connect(self._dress)
        self._dress()

    @Slot()
    def _dress(self) -> None:
        if self.declared.icon:
            self.setIcon(theme.icon(self.declared.icon))

    @Slot()
    def _tell(self) -> None:
        self.chosen.emit(self.declared.id)


class Actions(QObject):
    """All actions of one window, with the menus made from them."""

    #: The id of the action that was chosen.
    chosen = Signal(str)

    def __init__(self, window: QWidget) -> None:
        """Make the actions; their shortcuts work in *window*."""
        super().__init__(window)
        self._actions = {each.id: Action(each, self) for each in ACTIONS}
        self._menus: dict[str, QMenu] = {}
        for action in self._actions.values():
            action.chosen.connect(self.chosen)
            window.addAction(action)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def menu(self, name: str) -> QMenu:
        """Return one of the menus by its id."""
        return self._menus[name]

    def fill(self, bar: QMenuBar) -> None:
        """Put the menus with their actions into *bar*."""
        for name, text in MENUS:
            menu = bar.addMenu(QCoreApplication.translate("actions", text))
            self._menus[name] = menu
        for name, parent, text in SUBMENUS:
            self._menus[name] = QMenu(QCoreApplication.translate("actions", text), bar)
            self._menus[name].setObjectName(parent)
        for declared in ACTIONS:
            self.add_to(self._menus[declared.menu], declared)
        for name, parent, _text in SUBMENUS:
            self._menus[parent].addMenu(self._menus[name])

    def add_to(self, menu: QMenu, declared: Declared) -> None:
        """Put one action into *menu*."""
        if declared.starts_group:
            menu.addSeparator()
        menu.addAction(self._actions[declared.id])

    def check(self, group: str, name: str) -> None:
        """Mark ``group.name`` as the chosen one of its group."""
        for declared in ACTIONS:
            if declared.is_checkable and declared.id.startswith(f"{group}."):
                self._actions[declared.id].setChecked(declared.id == f"{group}.{name}")
