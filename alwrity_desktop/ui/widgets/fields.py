"""Fields whose outlines Qt's own style takes from the window, where a dark one hides them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QComboBox, QStyle, QStyleOptionButton, QWidget

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.widgets.buttons import paint_choice

_CORNER = 3
_INSET = 2
_INDENT = 6


class CheckBox(QCheckBox):
    """A box to check, in the colours of the theme."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box, its check, and the words as the style has them."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        style, element = self.style(), QStyle.SubElement
        box = style.subElementRect(element.SE_CheckBoxIndicator, option, self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_box(painter, box)
        option.rect = style.subElementRect(element.SE_CheckBoxContents, option, self)
        style.drawControl(QStyle.ControlElement.CE_CheckBoxLabel, option, painter, self)

    def _paint_box(self, painter: QPainter, box: QRect) -> None:
        look = theme.current()
        edge = "focus" if self.hasFocus() else "control" if self.isEnabled() else "border"
        is_full = self.isChecked() and self.isEnabled()
        ground = "primary" if is_full else "hover" if self.underMouse() else "surface"
        painter.setPen(QPen(look.colour(edge), 2 if self.hasFocus() else 1))
        painter.setBrush(look.colour(ground))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), _CORNER, _CORNER)
        if self.isChecked():
            size = box.width() - 2 * _INSET
            role = "onprimary" if is_full else "muted"
            check = theme.icon_pixmap("check", role, size, self.devicePixelRatioF())
            painter.drawPixmap(box.topLeft() + QPoint(_INSET, _INSET), check)


class EditCombo(QComboBox):
    """A line to type in that offers what there is, in the look of the theme."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a line that offers nothing yet."""
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        edit = self.lineEdit()
        if edit is not None:
            # The outline is drawn here, around both the line and the chevron.
            edit.setStyleSheet("border: none; background: transparent; padding: 0;")
            edit.setTextMargins(_INDENT, 0, 0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw outline and chevron; the line draws its text."""
        paint_choice(self, QPainter(self), "surface")
