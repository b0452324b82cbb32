"""The main window: header, notices, docks or tabs or the first start, and the status bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QMenuBar, QStackedWidget, QVBoxLayout, QWidget

from alwrity_desktop.core.domain.live import GatewayState
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

    def __init__(self, views: Sequence[DockView], store: LayoutStore) -> None:
        """Make the window around *views*, with skeletons until a report comes."""
        super().__init__()
        self.setObjectName("main")
        self.setWindowTitle("ALwrity Desktop")
        self.setMinimumSize(MIN_SIZE)
        self.views = {view.name: view for view in views}
        #: Asked when the window should close: True lets it.
        self.may_close: Callable[[], bool] = lambda: True
        self._report: Report | None = None
        self._to_render: list[str] = []
        #: Whether docks are rendered one in each turn of the event loop, so that none stalls it.
        self.is_gradual = False
        self._turns = QTimer(self)
        self._turns.timeout.connect(self._render_in_turn)
        self._store = store
        self.actions_ = Actions(self)
        self._make_frame()
        self._make_pages(views)
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

    def _make_pages(self, views: Sequence[DockView]) -> None:
        self._docks_page = DockPage(self._pages)
        self._pages.addWidget(self._docks_page)
        self.area = DockArea(views, self._docks_page)
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
        self.area.arranged.connect(self._render_shown)
        self.keeper.changed.connect(self._show_layout)
        self.narrow.strip.chosen.connect(self._render_shown)
        for view in self.views.values():
            view.requested.connect(self.requested)
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
        self._store.flush()

    def show_loading(self, sentence: str) -> None:
        """Show skeletons until a report comes."""
        for view in self.views.values():
            view.show_loading(sentence)

    def show_failed(self, sentence: str) -> None:
        """Say in place of the skeletons that there are no figures."""
        for view in self.views.values():
            view.show_loading(sentence)

    def come_to_front(self) -> None:
        """Show the window above others, also when it was hidden or minimised."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def show_report(self, report: Report) -> None:
        """Render *report* everywhere it can be seen; the rest follows when it is shown."""
        self._report = report
        self.header.show_report(report)
        self.status_line.show_report(report)
        self.narrow.show_report(report)
        self.actions_.check("account", report.account.name)
        self.account_menu.check(report.account.name)
        name, _detail = account_text.account_words(report)
        title = self.tr("ALwrity Desktop – {account}: {cost}")
        self.setWindowTitle(title.format(account=name, cost=header_text.cost_words(report)))
        self._to_render = list(self.views)
        self._render_shown()

    def show_gateway(self, state: GatewayState) -> None:
        """Say everywhere how the gateway stands."""
        self.header.show_gateway(state)
        self.status_line.show_gateway(state)

    @Slot()
    def _render_shown(self) -> None:
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

    def show_first_run(self, *, is_shown: bool) -> None:
        """Show the first start instead of the docks, or the docks again."""
        if is_shown:
            self._pages.setCurrentWidget(self.first_run)
        elif self._pages.currentWidget() is self.first_run:
            # The button that had the focus is gone; no other one was chosen.
            self._middle.setFocus()
            self._pages.setCurrentWidget(self._docks_page)
            self._fit()
            self._render_shown()

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
        if self.is_narrow and name in self.views:
            self.narrow.open(name)
            self._render_shown()
            return self.views[name]
        return self.area.bring_up(name)

    def focus_next_dock(self) -> None:
        """Move the focus to the next dock that is shown."""
        names = (self.narrow.current,) if self.is_narrow else self.area.names_in_view()
        if not names:
            return
        holder = self.focusWidget()
        present = next(
            (i for i, name in enumerate(names) if self.views[name].isAncestorOf(holder)), -1
        )
        view = self.views[names[(present + 1) % len(names)]]
        self.area.frames[view.name].raise_()
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
        self._render_shown()

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
