"""The docks of a narrow window: one column behind tabs, with what does not fit under More."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from alwrity_desktop.core.domain.health import HealthStatus
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.ui import theme
from alwrity_desktop.ui.dock_frame import DockFrame, DockTitle, ViewHolder
from alwrity_desktop.ui.docks.base import DockView
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.translation import QT_TRANSLATE_NOOP
from alwrity_desktop.ui.widgets import Badge, Card

_SHORT_TITLES: Final = {
    "providers": QT_TRANSLATE_NOOP("NarrowPage", "Cost"),
    "limits": QT_TRANSLATE_NOOP("NarrowPage", "Limits"),
}
_ORDER: Final = ("overview", "providers", "trends", "alerts", "health", "calls")
_HOME: Final = "overview"
_HOME_PARTS: Final = ("overview", "trends")
_TRENDS_HEIGHT: Final = 350
_PADDING: Final = 11
_GAP: Final = 7
_TAB_HEIGHT: Final = 37


class Tab(QAbstractButton):
    """A tab: icon and word, with a number or a mark after it."""

    #: The tab was asked for its menu, at this place on the screen.
    menu_asked = Signal(QPoint)

    def __init__(self, icon: str, text: str, *, has_menu: bool = False) -> None:
        """Make a tab with *text*."""
        super().__init__()
        self._icon = icon
        self._has_chevron = has_menu
        self._mark = ""
        self._badge = Badge(self)
        self.setText(text)
        self.setCheckable(not has_menu)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.bus().changed.connect(self._dress)

    @Slot()
    def _dress(self) -> None:
        self.updateGeometry()
        self.update()

    def set_number(self, number: int) -> None:
        """Show *number* after the word, nothing for 0."""
        self._badge.set_number(number)
        self.setAccessibleName(f"{self.text()} {number}" if number else self.text())
        self._dress()

    def set_mark(self, role: str) -> None:
        """Show the icon of the status *role* after the word, nothing for ""."""
        self._mark = role
        self._dress()

    def sizeHint(self) -> QSize:
        """Return the room for everything."""
        metrics = QFontMetrics(theme.font("body-dense", 600))
        width = 2 * _PADDING + metrics.horizontalAdvance(self.text())
        edge = theme.scaled(SIZES.icon_row)
        width += edge + _GAP if self._icon else 0
        width += edge + _GAP if self._mark or self._has_chevron else 0
        width += self._badge.width() + _GAP if not self._badge.isHidden() else 0
        return QSize(width, max(theme.scaled(_TAB_HEIGHT), metrics.height() + 12))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tab, and the line below the chosen one."""
        look = theme.current()
        painter = QPainter(self)
        if self.underMouse():
            painter.fillRect(self.rect(), look.colour("hover"))
        edge = theme.scaled(SIZES.icon_row)
        top = (self.height() - edge) // 2
        ratio = self.devicePixelRatioF()
        left = _PADDING
        if self._icon:
            role = "text" if self.isChecked() else "text2"
            painter.drawPixmap(left, top, theme.icon_pixmap(self._icon, role, edge, ratio))
            left += edge + _GAP
        painter.setFont(theme.font("body-dense", 600 if self.isChecked() else 500))
        painter.setPen(look.colour("text" if self.isChecked() else "text2"))
        words = QRect(left, 0, self.width() - left, self.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
        left += painter.fontMetrics().horizontalAdvance(self.text()) + _GAP
        icon = {"warning": "triangle-alert", "danger": "circle-x"}.get(self._mark, "")
        if self._has_chevron:
            icon, self_role = "chevron-down", "text2"
        else:
            self_role = f"{self._mark}.mark"
        if icon:
            painter.drawPixmap(left, top, theme.icon_pixmap(icon, self_role, edge, ratio))
        self._badge.move(left, (self.height() - self._badge.height()) // 2)
        if self.isChecked():
            painter.fillRect(0, self.height() - 2, self.width(), 2, look.colour("link"))
        if self.hasFocus():
            painter.setPen(QPen(look.colour("focus"), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the tab's menu."""
        self.menu_asked.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with Return as well as with Space."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        else:
            super().keyPressEvent(event)


class TabStrip(QWidget):
    """Tabs in a row; those that do not fit are in the menu of the last one."""

    chosen = Signal(str)
    menu_asked = Signal(str, QPoint)

    def __init__(self, tabs: Mapping[str, tuple[str, str]]) -> None:
        """Make one tab for each name with its ``(icon, text)``."""
        super().__init__()
        self.tabs = {name: Tab(icon, text) for name, (icon, text) in tabs.items()}
        self._absent: set[str] = set()
        self._more = Tab("", self.tr("More"), has_menu=True)
        self._current = ""
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 0, 6, 1)
        layout.setSpacing(0)
        for tab in self.tabs.values():
            layout.addWidget(tab)
            tab.clicked.connect(self._tab_clicked)
            tab.menu_asked.connect(self._ask_menu)
        layout.addStretch(1)
        layout.addWidget(self._more)
        self._more.clicked.connect(self._open_more)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def choose(self, name: str) -> None:
        """Mark *name* as the chosen one."""
        self._current = name
        for key, tab in self.tabs.items():
            tab.setChecked(key == name)
        self._fit()

    def set_absent(self, name: str, *, is_absent: bool) -> None:
        """Take the tab *name* out, or put it back."""
        (self._absent.add if is_absent else self._absent.discard)(name)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many tabs as fit."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        present = [name for name in self.tabs if name not in self._absent]
        room = self.width() - 12
        widths = {name: self.tabs[name].sizeHint().width() for name in present}
        is_all = sum(widths.values()) <= room
        room -= 0 if is_all else self._more.sizeHint().width() + widths.get(self._current, 0)
        for name, tab in self.tabs.items():
            if name not in widths:
                tab.hide()
                continue
            if name != self._current or is_all:
                room -= widths[name]
            tab.setVisible(room >= 0 or name == self._current)
        self._more.setVisible(not is_all)

    @Slot()
    def _tab_clicked(self) -> None:
        sender = self.sender()
        name = next(key for key, tab in self.tabs.items() if tab is sender)
        self.chosen.emit(name)

    @Slot(QPoint)
    def _ask_menu(self, where: QPoint) -> None:
        sender = self.sender()
        self.menu_asked.emit(next(k for k, tab in self.tabs.items() if tab is sender), where)

    @Slot()
    def _open_more(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, tab in self.tabs.items():
            if tab.isHidden() and name not in self._absent:
                menu.addAction(tab.text()).setData(name)
        menu.triggered.connect(self._choose_from_menu)
        menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height())))

    @Slot(object)
    def _choose_from_menu(self, action: object) -> None:
        self.chosen.emit(str(action.data()))  # type: ignore[attr-defined]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground with its hairline."""
        look = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.colour("surface2"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, look.colour("border"))


class NarrowPage(QWidget):
    """Shows the views of the docks one at a time; they are lent by the docks' frames."""

    def __init__(self, frames: Mapping[str, DockFrame], parent: QWidget | None = None) -> None:
        """Make a tab for each of *frames*."""
        super().__init__(parent)
        self._frames = frames
        first = [name for name in _ORDER if name in frames]
        names = first + [name for name in frames if name not in first]
        self.strip = TabStrip(
            {name: (frames[name].kind.icon, self._short(frames[name].kind)) for name in names}
        )
        self.current = names[0] if names else ""
        self._cards: list[Card] = []
        self._holder = ViewHolder()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(self._holder, 1)
        self.strip.chosen.connect(self.open)
        self.strip.menu_asked.connect(self._open_menu)

    def _short(self, dock: type[DockView]) -> str:
        return self.tr(_SHORT_TITLES[dock.name]) if dock.name in _SHORT_TITLES else dock.title

    @Slot(str)
    def open(self, name: str) -> None:
        """Show the dock *name*; the first tab shows the curve below the limits."""
        self.give_back()
        self.current = name
        self.strip.set_absent(name, is_absent=False)
        self.strip.choose(name)
        column = QWidget()
        layout = QVBoxLayout(column)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(0)
        parts = [part for part in _HOME_PARTS if part in self._frames] if name == _HOME else [name]
        for part in parts:
            layout.addWidget(self._card(part, is_alone=len(parts) == 1))
        self._holder.hold(column)

    def _card(self, name: str, *, is_alone: bool) -> Card:
        view = self._frames[name].lend()
        card = Card()
        layout = QVBoxLayout(card)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        if not is_alone or view.title_tools:
            layout.addWidget(DockTitle(view))
        layout.addWidget(view, 1)
        view.show()
        if not is_alone:
            height = theme.scaled(_TRENDS_HEIGHT) if name == "trends" else _natural_height(view)
            card.setMinimumHeight(height)
        self._cards.append(card)
        return card

    def give_back(self) -> None:
        """Let the docks' frames hold their views again."""
        for frame in self._frames.values():
            frame.take_back()
        self._cards.clear()
        old = self._holder.takeWidget()
        if old is not None:
            old.deleteLater()

    def show_report(self, report: Report) -> None:
        """Count the unread alerts, and mark what is not well."""
        marks = {HealthStatus.WARNING: "warning", HealthStatus.FAILED: "danger"}
        if "alerts" in self.strip.tabs:
            self.strip.tabs["alerts"].set_number(report.unread_alerts)
        if "health" in self.strip.tabs:
            self.strip.tabs["health"].set_mark(marks.get(report.health.status, ""))

    @Slot(str, QPoint)
    def _open_menu(self, name: str, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        floating = menu.addAction(theme.icon("picture-in-picture-2"), self.tr("Float"))
        floating.setData(f"float {name}")
        closing = menu.addAction(theme.icon("x"), self.tr("Close"))
        closing.setData(f"close {name}")
        menu.triggered.connect(self._do_from_menu)
        menu.popup(where)

    @Slot(object)
    def _do_from_menu(self, action: object) -> None:
        verb, _, name = str(action.data()).partition(" ")  # type: ignore[attr-defined]
        self.strip.set_absent(name, is_absent=True)
        rest = [key for key, tab in self.strip.tabs.items() if not tab.isHidden()]
        if name == self.current and rest:
            self.open(rest[0])
        if verb == "float":
            frame = self._frames[name]
            frame.take_back()
            frame.show()
            frame.setFloating(True)


def _natural_height(view: DockView) -> int:
    """Return the height at which nothing of *view* has to be scrolled to."""
    inside = view.findChild(QScrollArea)
    content = inside.widget() if inside is not None else None
    height = (content or view).sizeHint().height()
    return height + 2 * theme.scaled(SIZES.button)
