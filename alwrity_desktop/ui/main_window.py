"""The main window: header, notices, docks or tabs or the first start, and the status bar."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QByteArray, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QMenuBar, QStackedWidget, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.live import GatewayState, LiveView
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.ui import account_text, header_text, theme
from alwrity_desktop.ui.account_menu import AccountMenu
from alwrity_desktop.ui.actions import PERIOD_ACTIONS, Actions
from alwrity_desktop.ui.dialogs.first_run import FirstRunPage
from alwrity_desktop.ui.dock_area import DockArea, DockPage
from alwrity_desktop.ui.docks.base import DockView
from alwrity_desktop.ui.header import Fold, Header
from alwrity_desktop.ui.layout_keeper import LayoutKeeper
from alwrity_desktop.ui.layout_store import LayoutStore
from alwrity_desktop.ui.narrow import NarrowPage
from alwrity_desktop.ui.notices import ImportBar, NoticeBar
from alwrity_desktop.ui.rendering import Rendering
from alwrity_desktop.ui.status_line import StatusLine

DEFAULT_SIZE: Final = QSize(1440, 900)
MIN_SIZE: Final = QSize(480, 360)
_NARROW: Final = 768
_MEDIUM: Final = 1180
_LOW: Final = 560


class MainWindow(QMainWindow):
    """Renders the report; everything that is asked for leaves it by signal."""

    #: Carries a ``Request``.
    requested = Signal(object)
    #: The id of an action.
    chosen = Signal(str)
    #: A dock in view needs the report grouped by more than it is.
    groups_missed = Signal()
    #: Whether the window can be seen has changed.
    seen_changed = Signal()

    def __init__(self, docks: Sequence[type[DockView]], store: LayoutStore) -> None:
        """Make the window around *docks*, with skeletons until a report comes."""
        super().__init__()
        self.setObjectName("main")
        self.setWindowTitle("ALwrity Desktop")
        self.setMinimumSize(MIN_SIZE)
        #: Asked when the window should close: True lets it.
        self.may_close: Callable[[], bool] = lambda: True
        self._store = store
        self.actions_ = Actions(self)
        self._make_frame()
        self._make_pages(docks)
        self.rendering = Rendering(self.area.frames, store, self)
        self.keeper = LayoutKeeper(self.area, store, self)
        self._docks_page.resizing.connect(self.keeper.prepare)
        self._docks_page.resized.connect(self.keeper.fit)
        self._fill_menus()
        self._connect()
        self.resize(DEFAULT_SIZE)

    def _make_frame(self) -> None:
        """Make what stands around the pages, from the outside in.

        A widget that gets a new parent takes its style over anew with all its children, so
        each is made where it stays.
        """
        top = QWidget(self)
        self.setMenuWidget(top)
        self._bar = QMenuBar(top)
        self.header = Header(top)
        _stack(top, self._bar, self.header)
        middle = QWidget(self)
        # The first control would have the focus otherwise, though nobody has touched a key.
        middle.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        middle.setFocus()
        self.setCentralWidget(middle)
        self._middle = middle
        self.notices = NoticeBar(middle)
        self.import_bar = ImportBar(middle)
        self._pages = QStackedWidget(middle)
        _stack(middle, self.notices, self.import_bar, self._pages)
        self.status_line = StatusLine(self)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(self.status_line, 1)
        self.statusBar().setFixedHeight(theme.scaled(24))

    def _make_pages(self, docks: Sequence[type[DockView]]) -> None:
        self._docks_page = DockPage(self._pages)
        self._pages.addWidget(self._docks_page)
        self.area = DockArea(docks, self._docks_page)
        self._docks_page.hold(self.area)
        self.narrow = NarrowPage(self.area.frames, self._pages)
        self.first_run = FirstRunPage(self._pages)
        self._pages.addWidget(self.narrow)
        self._pages.addWidget(self.first_run)

    def _fill_menus(self) -> None:
        self.actions_.fill(self._bar)
        self.keeper.fill(self.actions_.menu("layout"))
        for frame in self.area.frames.values():
            self.actions_.menu("docks").addAction(frame.toggleViewAction())
        self._make_header_menus()

        accounts = self.actions_.menu("account")
        self.account_menu = AccountMenu(accounts, self.actions_["account.sample"], self)

    def _make_header_menus(self) -> None:
        period = QMenu(self)
        for declared in PERIOD_ACTIONS:
            self.actions_.add_to(period, declared)
        everything = QMenu(self)
        for name in ("file", "view", "account", "reports", "tools", "help"):
            everything.addMenu(self.actions_.menu(name))
        self.header.set_menus(self.actions_.menu("account"), period, everything)

    def _connect(self) -> None:
        self.actions_.chosen.connect(self.chosen)
        self.header.requested.connect(self.requested)
        self.area.arranged.connect(self.rendering.render_shown)
        self.keeper.changed.connect(self._show_layout)
        self.narrow.strip.chosen.connect(self.rendering.render_shown)
        self.rendering.requested.connect(self.requested)
        self.rendering.groups_missed.connect(self.groups_missed)
        self._show_layout()

    def restore(self) -> None:
        """Put the window and its docks where they were."""
        geometry = self._store.geometry()
        screen = self.screen().availableGeometry()
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(DEFAULT_SIZE.boundedTo(screen.size()))
        self._fit()
        self.keeper.fit(self.width())
        self.keeper.open(self._store.layout())

    def keep(self) -> None:
        """Keep where the window and its docks are."""
        self._store.keep_geometry(QByteArray(self.saveGeometry()))
        self.keeper.keep()
        self.rendering.keep()
        self._store.flush()

    @property
    def views(self) -> Mapping[str, DockView]:
        """The docks that somebody has looked at, by name; the others are not made yet."""
        return self.rendering.views

    def show_loading(self, sentence: str) -> None:
        """Show skeletons until a report comes, with what is awaited or why nothing comes."""
        self.rendering.show_loading(sentence)

    def come_to_front(self) -> None:
        """Show the window above others, also when it was hidden or minimised."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def show_report(self, report: Report) -> None:
        """Render *report* everywhere it can be seen; the rest follows when it is shown."""
        self.header.show_report(report)
        self.status_line.show_report(report)
        self.narrow.show_report(report)
        self.actions_.check("account", report.account.name)
        self.account_menu.check(report.account.name)
        name, _detail = account_text.account_words(report)
        title = self.tr("ALwrity Desktop – {account}: {cost}")
        self.setWindowTitle(title.format(account=name, cost=header_text.cost_words(report)))
        self.rendering.show_report(report)

    def show_live(self, view: LiveView) -> None:
        """Show what goes on now, in the docks that tell of it."""
        self.rendering.show_live(view)

    def show_gateway(self, state: GatewayState) -> None:
        """Say everywhere how the gateway stands."""
        self.header.show_gateway(state)
        self.status_line.show_gateway(state)

    def show_first_run(self, *, is_shown: bool) -> None:
        """Show the first start instead of the docks, or the docks again."""
        if is_shown:
            self._pages.setCurrentWidget(self.first_run)
        elif self._pages.currentWidget() is self.first_run:
            # The button that had the focus is gone; no other one was chosen.
            self._middle.setFocus()
            self._pages.setCurrentWidget(self._docks_page)
            self._fit()
            self.rendering.render_shown()

    @property
    def is_first_run(self) -> bool:
        """Whether the first start is shown."""
        return self._pages.currentWidget() is self.first_run

    @property
    def is_narrow(self) -> bool:
        """Whether the docks stand behind tabs."""
        return self._pages.currentWidget() is self.narrow

    def open_dock(self, name: str) -> DockView | None:
        """Bring the dock *name* to the front."""
        if self.is_narrow and name in self.area.frames:
            self.narrow.open(name)
            self.rendering.render_shown()
            return self.area.frames[name].view
        return self.area.bring_up(name)

    def focus_next_dock(self) -> None:
        """Move the focus to the next dock that is shown."""
        names = (self.narrow.current,) if self.is_narrow else self.area.names_in_view()
        if not names:
            return
        holder = self.focusWidget()
        present = next(
            (
                i
                for i, name in enumerate(names)
                if name in self.views and self.views[name].isAncestorOf(holder)
            ),
            -1,
        )
        frame = self.area.frames[names[(present + 1) % len(names)]]
        frame.raise_()
        view = frame.view
        focusable = (
            child
            for child in view.findChildren(QWidget)
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisible()
        )
        (next(focusable, None) or view).setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def _show_layout(self) -> None:
        self.status_line.show_layout(self.keeper.title)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold what has no room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width, height = self.width(), self.height()
        fold = Fold.WIDE
        if height < theme.scaled(_LOW):
            fold = Fold.LINE
        elif width < theme.scaled(_NARROW):
            fold = Fold.NARROW
        elif width < theme.scaled(_MEDIUM):
            fold = Fold.MEDIUM
        self.header.set_fold(fold)
        is_narrow = width < theme.scaled(_NARROW)
        self.status_line.set_fold(Fold.NARROW if is_narrow else fold)
        self._bar.setVisible(fold is not Fold.LINE)
        if not self.is_first_run and is_narrow != self.is_narrow:
            self._change_page(is_narrow=is_narrow)

    def _change_page(self, *, is_narrow: bool) -> None:
        if is_narrow:
            self.narrow.open(self.narrow.current)
            self._pages.setCurrentWidget(self.narrow)
        else:
            self.narrow.give_back()
            self._pages.setCurrentWidget(self._docks_page)
        self.rendering.render_shown()

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that the window can be seen."""
        super().showEvent(event)
        self.seen_changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that the window cannot be seen."""
        super().hideEvent(event)
        self.seen_changed.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close only when that is wished; the layout is kept then."""
        self.keep()
        if self.may_close():
            event.accept()
        else:
            event.ignore()


def _stack(parent: QWidget, *parts: QWidget) -> QVBoxLayout:
    """Put *parts* below one another in *parent*; the last takes the room there is."""
    column = QVBoxLayout(parent)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for part in parts:
        column.addWidget(part, 1 if part is parts[-1] else 0)
    return column
