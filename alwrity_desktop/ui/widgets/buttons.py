"""Buttons, segments, chips and combos."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QListView,
    QPushButton,
    QSizePolicy,
    QStyledItemDelegate,
    QToolButton,
    QWidget,
)

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.requests import Request
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets.focus import BUTTON_FOCUS, BY_KEYBOARD
from alwrity_desktop.ui.widgets.labels import plain_tooltip

Kind = Literal["secondary", "primary", "link"]
_ICON_GAP = 3
_ICON_ROLES = {"primary": "onprimary", "secondary": "text2", "link": "link"}


def _press_with_return(button: QAbstractButton, event: QKeyEvent) -> bool:
    """Click *button* where *event* is Return; Qt itself presses with Space alone."""
    if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
        return False
    button.click()
    return True


class PushButton(QPushButton):
    """A button: primary, secondary, or a link among words."""

    def __init__(
        self,
        text: str,
        kind: Kind = "secondary",
        icon: str = "",
        *,
        is_small: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Make a button with *text* and, where given, an icon before it."""
        super().__init__(text, parent)
        self._kind = kind
        self._icon_name = icon
        self._is_small = is_small
        self.setProperty("kind", kind)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(BUTTON_FOCUS)
        self._dress()
        theme.bus().changed.connect(self._dress)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press with Return as with Space."""
        if not _press_with_return(self, event):
            super().keyPressEvent(event)

    @property
    def icon_name(self) -> str:
        """The icon before the text, "" for none."""
        return self._icon_name

    def set_icon(self, icon: str) -> None:
        """Show another icon before the text."""
        self._icon_name = icon
        self._dress()

    @Slot()
    def _dress(self) -> None:
        self.setFont(theme.font("caption" if self._is_small else "body-dense", 500))
        if self._kind != "link":
            height = SIZES.button_small if self._is_small else SIZES.button
            self.setFixedHeight(max(theme.scaled(height), self.fontMetrics().height() + 6))
        if self._icon_name:
            edge = theme.scaled(SIZES.icon_pill)
            gap = _ICON_GAP if self.text() else 0
            self.setIconSize(QSize(edge + gap, edge))
            self.setIcon(theme.icon(self._icon_name, _ICON_ROLES[self._kind], edge, gap))


class ActionButton(PushButton):
    """A button that stands for one request."""

    chosen = Signal(object)

    def __init__(
        self,
        text: str,
        request: Request,
        kind: Kind = "secondary",
        icon: str = "",
        *,
        is_small: bool = False,
    ) -> None:
        """Make a button that emits *request* when it is pressed."""
        super().__init__(text, kind, icon, is_small=is_small)
        self._request = request
        self.clicked.connect(self._choose)

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit(self._request)


class IconButton(QToolButton):
    """A button that is an icon; its name stands in the tooltip and for screen readers."""

    def __init__(
        self,
        icon: str,
        name: str,
        *,
        is_title: bool = False,
        icon_size: int = 16,
        parent: QWidget | None = None,
    ) -> None:
        """Make a button named *name*; *is_title* makes the small one of title bars."""
        super().__init__(parent)
        self._icon_name = icon
        self._colour = "text2"
        self._icon_edge = icon_size
        self._is_title = is_title
        if is_title:
            self.setProperty("kind", "title")
        self.setAccessibleName(name)
        plain_tooltip(self, name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(BUTTON_FOCUS)
        self._dress()
        theme.bus().changed.connect(self._dress)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press with Return as with Space."""
        if not _press_with_return(self, event):
            super().keyPressEvent(event)

    def set_icon(self, icon: str, colour: str = "text2") -> None:
        """Show another icon."""
        self._icon_name, self._colour = icon, colour
        self._dress()

    @Slot()
    def _dress(self) -> None:
        edge = theme.scaled(SIZES.icon_button_title if self._is_title else SIZES.icon_button)
        self.setFixedSize(edge, edge)
        icon_edge = theme.scaled(self._icon_edge)
        self.setIconSize(QSize(icon_edge, icon_edge))
        self.setIcon(theme.icon(self._icon_name, self._colour, icon_edge))


class _Toggle(QAbstractButton):
    """One choice of several, painted by the theme: a segment or a chip."""

    def __init__(self, text: str, *, is_chip: bool) -> None:
        super().__init__()
        self.setText(text)
        self.setCheckable(True)
        self.setAutoExclusive(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._is_chip = is_chip
        self._has_focus_ring = False
        self.is_first = is_chip
        self.is_last = is_chip
        self._dress()
        theme.bus().changed.connect(self._dress)

    @Slot()
    def _dress(self) -> None:
        self.setFont(theme.font("caption", 500))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        bold = QFontMetrics(theme.font("caption", 600))
        height = theme.scaled(SIZES.chip if self._is_chip else SIZES.button_small)
        return QSize(bold.horizontalAdvance(self.text()) + 20, max(height, bold.height() + 6))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._has_focus_ring = event.reason() in BY_KEYBOARD

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._has_focus_ring = False

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = self._outline()
        if self.isChecked():
            painter.fillPath(path, look.colour("selbg"))
        elif self.underMouse():
            painter.fillPath(path, look.colour("hover"))
        role = "focus" if self.isChecked() and self._is_chip else "control"
        opacity = 0.45 if role == "focus" else 1.0
        painter.setPen(QPen(look.colour(role, opacity), 1))
        painter.drawPath(path)
        if self._has_focus_ring:
            painter.setPen(QPen(look.colour("focus"), 2))
            radius = self.height() / 2 if self._is_chip else 4
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), radius, radius)
        painter.setFont(theme.font("caption", 600 if self.isChecked() else 500))
        painter.setPen(look.colour("seltext" if self.isChecked() else "text2"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())

    def _outline(self) -> QPainterPath:
        """Return the outline: round at the free ends, straight where segments meet."""
        right = -0.5 if self.is_last else 0.5
        box = QRectF(self.rect()).adjusted(0.5, 0.5, right, -0.5)
        radius = box.height() / 2 if self._is_chip else SIZES.radius_control
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        path.addRoundedRect(box, radius, radius)
        if not self.is_first:
            path.addRect(QRectF(box.left(), box.top(), radius + 1, box.height()))
        if not self.is_last:
            path.addRect(QRectF(box.right() - radius - 1, box.top(), radius + 1, box.height()))
        return path.simplified()


class Segments(QWidget):
    """An exclusive choice among a few words, side by side."""

    #: The key that was chosen.
    chosen = Signal(str)

    def __init__(
        self,
        options: tuple[tuple[str, str], ...],
        name: str,
        *,
        is_chips: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Make one button for each ``(key, text)``; the first is chosen."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self._buttons: dict[str, _Toggle] = {}
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6 if is_chips else 0)
        for index, (key, text) in enumerate(options):
            button = _Toggle(text, is_chip=is_chips)
            if not is_chips:
                button.is_first = index == 0
                button.is_last = index == len(options) - 1
            self._buttons[key] = button
            self._group.addButton(button)
            layout.addWidget(button)
        self._group.buttonClicked.connect(self._tell)
        next(iter(self._buttons.values())).setChecked(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def key(self) -> str:
        """The key that is chosen now."""
        return next(key for key, button in self._buttons.items() if button.isChecked())

    def offers(self, key: str) -> bool:
        """Return whether *key* can be chosen."""
        return key in self._buttons

    def choose(self, key: str) -> None:
        """Choose *key* without telling anyone."""
        self._buttons[key].setChecked(True)

    def set_text(self, key: str, text: str) -> None:
        """Give one choice another text."""
        self._buttons[key].setText(text)
        self._buttons[key].updateGeometry()

    @Slot(QAbstractButton)
    def _tell(self, _button: QAbstractButton) -> None:
        self.chosen.emit(self.key)


class Combo(QComboBox):
    """A choice among several, in the look of the theme."""

    def __init__(self, name: str, *, is_small: bool = True, parent: QWidget | None = None) -> None:
        """Make a combo named *name* for screen readers; items carry their key as data."""
        super().__init__(parent)
        self._is_small = is_small
        self.setAccessibleName(name)
        self.setView(QListView(self))
        # The style sheet reaches the items only through this delegate.
        self.setItemDelegate(QStyledItemDelegate(self))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._dress()
        theme.bus().changed.connect(self._dress)

    def set_items(self, items: tuple[tuple[str | None, str], ...]) -> None:
        """Offer ``(key, text)`` pairs; what was chosen stays chosen where it is still there."""
        kept = self.currentData()
        self.blockSignals(True)
        self.clear()
        for key, text in items:
            self.addItem(text, key)
        self.setCurrentIndex(max(0, self.findData(kept)))
        self.blockSignals(False)
        self._dress()

    @Slot()
    def _dress(self) -> None:
        self.setFont(theme.font("caption" if self._is_small else "body-dense", 500))
        self.view().setMinimumWidth(self.sizeHint().width())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for the longest text."""
        metrics = QFontMetrics(self.font())
        texts = [self.itemText(index) for index in range(self.count())]
        width = max((metrics.horizontalAdvance(text) for text in texts), default=0)
        height = theme.scaled(SIZES.button_small if self._is_small else SIZES.button)
        return QSize(width + theme.scaled(42), max(height, metrics.height() + 6))

    def minimumSizeHint(self) -> QSize:
        """Return the same: a combo is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw outline, text and chevron."""
        painter = QPainter(self)
        left = paint_choice(self, painter, "hover" if self.underMouse() else "surface")
        painter.setPen(QColor(theme.current().hex("text")))
        words = QRect(10, 0, left - 14, self.height())
        text = self.fontMetrics().elidedText(
            self.currentText(), Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)


def paint_choice(widget: QWidget, painter: QPainter, ground: str) -> int:
    """Draw the outline and the chevron of a choice; return where the chevron begins."""
    look = theme.current()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = QRectF(widget.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
    focused = widget.hasFocus()
    painter.setPen(QPen(look.colour("focus" if focused else "control"), 2 if focused else 1))
    painter.setBrush(look.colour(ground))
    painter.drawRoundedRect(box, SIZES.radius_control, SIZES.radius_control)
    edge = theme.scaled(SIZES.icon_pill)
    left = widget.width() - edge - 9
    chevron = theme.icon_pixmap("chevron-down", "text2", edge, widget.devicePixelRatioF())
    painter.drawPixmap(QPoint(left, (widget.height() - edge) // 2), chevron)
    return left
