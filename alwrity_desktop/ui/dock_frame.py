"""The frame of a dock: a card with a title bar of its own around the dock's view."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.docks.base import DockView
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import IconButton, IconLabel, PlainLabel, paint_card, plain_tooltip

MARGIN: Final = (SIZES.dock_gap - SIZES.dock_separator) // 2
"""Around each frame, for its shadow; with the line between docks it makes the gap."""

_TITLE_HEIGHT: Final = 30
_MIN_SIZE: Final = QSize(180, 110)


class ViewHolder(QScrollArea):
    """Holds a view, and scrolls it where there is less room than it needs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make an empty holder."""
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)

    def hold(self, view: QWidget) -> None:
        """Show *view*, wherever it was before."""
        if self.widget() is not view:
            self.setWidget(view)
            view.setAutoFillBackground(False)
            view.show()

    def minimumSizeHint(self) -> QSize:
        """Return little: what does not fit can be scrolled to."""
        return _MIN_SIZE

    def sizeHint(self) -> QSize:
        """Return what the view would like."""
        view = self.widget()
        return view.sizeHint() if view is not None else _MIN_SIZE


class DockTitle(QWidget):
    """Grip, icon, title, what the dock answers, and the buttons to float and close it."""

    def __init__(self, view: DockView | type[DockView], dock: QDockWidget | None = None) -> None:
        """Make the bar for *view*; without *dock* it cannot be moved or closed."""
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setSpacing(6)
        left = 10 if dock is None else 7
        layout.setContentsMargins(MARGIN + left, MARGIN + 1, MARGIN + 6, 1)
        about = IconLabel("info", "muted", 14)
        plain_tooltip(about, view.about)
        about.setAccessibleName(view.about)
        if dock is not None:
            layout.addWidget(IconLabel("grip-vertical", "muted", 14))
        layout.addWidget(IconLabel(view.icon, "text2", SIZES.icon_row))
        self._title = PlainLabel(view.title, "body-dense", weight=600)
        layout.addWidget(self._title)
        layout.addWidget(about)
        layout.addStretch(1)
        self._tools = QHBoxLayout()
        self._tools.setSpacing(6)
        layout.addLayout(self._tools)
        if dock is not None:
            self._add_buttons(layout, view.title, dock)
        if isinstance(view, DockView):
            self.take_tools(view)

    def _add_buttons(self, layout: QHBoxLayout, title: str, dock: QDockWidget) -> None:
        float_name = self.tr("Float {title}").format(title=title)
        close_name = self.tr("Close {title}").format(title=title)
        self._float = IconButton("picture-in-picture-2", float_name, is_title=True)
        self._close = IconButton("x", close_name, is_title=True)
        self._dock = dock
        self._float.clicked.connect(self._toggle_floating)
        self._close.clicked.connect(dock.close)
        layout.addWidget(self._float)
        layout.addWidget(self._close)

    def take_tools(self, view: DockView) -> None:
        """Put the controls of *view* before the buttons, wherever they were."""
        for tool in view.title_tools:
            self._tools.addWidget(tool)
            tool.show()

    @Slot()
    def _toggle_floating(self) -> None:
        self._dock.setFloating(not self._dock.isFloating())

    def sizeHint(self) -> QSize:
        """Return the height that the title needs."""
        hint = super().sizeHint()
        return QSize(hint.width(), max(theme.scaled(_TITLE_HEIGHT) + MARGIN, hint.height()))

    def minimumSizeHint(self) -> QSize:
        """Return the same height, and little width."""
        return QSize(_MIN_SIZE.width(), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tinted ground with round corners above and a hairline below."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().adjusted(MARGIN, MARGIN, -MARGIN, 0)
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        inner = box.adjusted(1, 1, -1, 0).toRectF()
        radius = SIZES.radius_card - 1
        path.addRoundedRect(inner, radius, radius)
        path.addRect(inner.adjusted(0, radius, 0, 0))
        painter.fillPath(path, look.colour("titlebar"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(QPen(look.colour("border"), 1))
        painter.drawLine(box.left() + 1, self.height() - 1, box.right() - 1, self.height() - 1)


class DockFrame(QDockWidget):
    """A dock of the window: movable, floatable, tabbable, closable.

    Its view is made when somebody first sees it: most docks of a layout are never looked at.
    """

    #: The view was made; carries it.
    made = Signal(object)

    def __init__(self, kind: type[DockView]) -> None:
        """Make an empty frame for a dock of *kind*."""
        super().__init__(kind.title)
        self.setObjectName(kind.name)
        self.kind = kind
        self._view: DockView | None = None
        self._is_lent = False
        self.setWindowIcon(theme.icon(kind.icon))
        self._title_bar: DockTitle | None = None
        body = QWidget()
        self._around = QVBoxLayout(body)
        self._around.setContentsMargins(MARGIN + 1, 0, MARGIN + 1, MARGIN + 1)
        self.setWidget(body)
        self.visibilityChanged.connect(self._on_visibility)
        self.toggleViewAction().triggered.connect(self._on_toggled)
        theme.bus().changed.connect(self.update)

    @property
    def view(self) -> DockView:
        """The view, made now if nobody has looked at it yet."""
        if self._view is None:
            self._view = self.kind()
            self.made.emit(self._view)
        return self._view

    @Slot(bool)
    def _on_visibility(self, is_visible: bool) -> None:  # noqa: FBT001 - Qt's signal
        # Qt moves a dock behind a tab out of sight and calls it visible: the keys would go there.
        self.setEnabled(is_visible)
        if is_visible and not self._is_lent:
            self.fill()

    @Slot(bool)
    def _on_toggled(self, is_shown: bool) -> None:  # noqa: FBT001 - Qt's signal
        if is_shown:
            self.raise_()

    def fill(self) -> None:
        """Hold the view, wherever it was shown before."""
        self._is_lent = False
        if self._title_bar is None:
            self._title_bar = DockTitle(self.kind, self)
            self.setTitleBarWidget(self._title_bar)
        if self._around.indexOf(self.view) < 0:
            self._around.addWidget(self.view)
            self.view.show()
            self._title_bar.take_tools(self.view)

    def take_back(self) -> None:
        """Hold the view again, if it was ever shown elsewhere."""
        if self._is_lent:
            self.fill()

    def lend(self) -> DockView:
        """Give the view away, so that it can be shown elsewhere."""
        self._is_lent = True
        self._around.removeWidget(self.view)
        return self.view

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        painter = QPainter(self)
        if self.isFloating():
            painter.fillRect(self.rect(), theme.current().colour("bg"))
        paint_card(painter, self.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer by menu what the title bar offers, also to the keyboard."""
        self.open_menu(event.globalPos())

    def open_menu(self, where: QPoint) -> None:
        """Open the dock's menu at *where*."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        floating = self.tr("Dock") if self.isFloating() else self.tr("Float")
        menu.addAction(theme.icon("picture-in-picture-2"), floating, self._toggle_floating)
        menu.addAction(theme.icon("x"), self.tr("Close"), self.close)
        menu.popup(where)

    @Slot()
    def _toggle_floating(self) -> None:
        self.setFloating(not self.isFloating())
