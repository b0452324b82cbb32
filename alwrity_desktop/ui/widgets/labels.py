"""Labels, pills and badges; text from outside is always plain."""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.tokens import BADGE, SIZES, STATUS_ICONS

_MAX_BADGE = 99
_LEAST_ELIDED = 40


def plain_tooltip(widget: QWidget, text: str) -> None:
    """Give *widget* a tooltip that shows *text* as it is, never as markup."""
    escaped = html.escape(text).replace("\n", "<br>")
    widget.setToolTip(f"<span>{escaped}</span>" if text else "")


class PlainLabel(QLabel):
    """A label of plain text in a type and a colour of the theme."""

    def __init__(
        self,
        text: str = "",
        type_role: str = "body-dense",
        colour: str = "text",
        weight: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Make a label; with ``set_elided`` it shortens itself instead of asking for room."""
        super().__init__(parent)
        self._type_role = type_role
        self._colour = colour
        self._weight = weight
        self._full_text = text
        self._is_elided = False
        self._is_wrapping = False
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self._dress()
        theme.bus().changed.connect(self._dress)

    def set_plain(self, text: str) -> None:
        """Show *text*, shortened with "…" where it is elided and the room is too small."""
        self._full_text = text
        self._fit()

    def set_colour(self, colour: str) -> None:
        """Take the colour of the role *colour*."""
        if colour != self._colour:
            self._colour = colour
            self._dress()

    def set_elided(self) -> PlainLabel:
        """Shorten the text to the room there is; the tooltip then has it whole."""
        self._is_elided = True
        self._fit()
        return self

    def set_wrapping(self) -> PlainLabel:
        """Wrap the text where it must, but ask for the room of a single line."""
        self._is_wrapping = True
        self.setWordWrap(True)
        return self

    def sizeHint(self) -> QSize:
        """Return the room of the whole text in one line."""
        hint = super().sizeHint()
        if self._is_elided or self._is_wrapping:
            hint.setWidth(self.fontMetrics().horizontalAdvance(self._full_text) + 2)
            hint.setHeight(self.fontMetrics().height())
        return hint

    def minimumSizeHint(self) -> QSize:
        """Return little width where the text may be shortened."""
        hint = super().minimumSizeHint()
        if self._is_elided or self._is_wrapping:
            hint.setWidth(min(self.sizeHint().width(), _LEAST_ELIDED))
        return hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the text anew."""
        super().resizeEvent(event)
        if self._is_elided:
            self._fit()

    def _fit(self) -> None:
        text = self._full_text
        if self._is_elided:
            room = max(self.width(), 1)
            text = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
            plain_tooltip(self, self._full_text if text != self._full_text else "")
        if text != self.text():
            self.setText(text)
            self.updateGeometry()

    @Slot()
    def _dress(self) -> None:
        self.setFont(theme.font(self._type_role, self._weight))
        palette = self.palette()
        palette.setColor(self.foregroundRole(), theme.current().colour(self._colour))
        self.setPalette(palette)


class IconLabel(QWidget):
    """An icon of the theme, without a word of its own."""

    def __init__(
        self, name: str, colour: str = "text2", size: int = 16, parent: QWidget | None = None
    ) -> None:
        """Show the icon *name* in the colour of a role."""
        super().__init__(parent)
        self._icon = name
        self._colour = colour
        self._edge = size
        self.setFixedSize(theme.scaled(size), theme.scaled(size))

    def set_icon(self, name: str, colour: str) -> None:
        """Show another icon."""
        self._icon, self._colour = name, colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon, sharp at the screen's own scale."""
        painter = QPainter(self)
        edge = self.width()
        pixmap = theme.icon_pixmap(self._icon, self._colour, edge, self.devicePixelRatioF())
        painter.drawPixmap(QPoint(0, 0), pixmap)


class Pill(QWidget):
    """A status as icon and word on a tinted ground."""

    def __init__(self, *, is_small: bool = False, parent: QWidget | None = None) -> None:
        """Make a pill that shows nothing yet."""
        super().__init__(parent)
        self._is_small = is_small
        self._status = "neutral"
        self._word = ""
        self._icon = STATUS_ICONS["neutral"]
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._measure()
        theme.bus().changed.connect(self._measure)

    def set_status(self, status: str, word: str, icon: str | None = None) -> None:
        """Show *word* with the icon and the colours of *status*."""
        self._status, self._word = status, word
        self._icon = icon or STATUS_ICONS[status]
        self.setAccessibleName(word)
        self._measure()

    @Slot()
    def _measure(self) -> None:
        self.setFont(theme.font("caption" if self._is_small else "body-dense", 600))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for icon and word."""
        metrics = QFontMetrics(self.font())
        height = theme.scaled(SIZES.pill_small if self._is_small else SIZES.pill)
        padding, gap = self._spaces()
        width = padding * 2 + self._icon_edge() + gap + metrics.horizontalAdvance(self._word)
        return QSize(width, max(height, metrics.height()))

    def minimumSizeHint(self) -> QSize:
        """Return the same: a pill is never cut."""
        return self.sizeHint()

    def _spaces(self) -> tuple[int, int]:
        return (7, 4) if self._is_small else (10, 6)

    def _icon_edge(self) -> int:
        return theme.scaled(13 if self._is_small else SIZES.icon_pill)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, icon and word."""
        tone = theme.current().status(self._status)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(tone.border), 1))
        painter.setBrush(QColor(tone.fill))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        padding, gap = self._spaces()
        edge = self._icon_edge()
        pixmap = theme.icon_pixmap(
            self._icon, f"{self._status}.mark", edge, self.devicePixelRatioF()
        )
        painter.drawPixmap(QPoint(padding, (self.height() - edge) // 2), pixmap)
        painter.setPen(QColor(tone.text))
        left = padding + edge + gap
        words = QRect(left, 0, self.width() - left, self.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self._word)


class Badge(QWidget):
    """The number of unread alerts; it hides at none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a badge that counts nothing yet."""
        super().__init__(parent)
        self._text = ""
        self.setFont(theme.font("badge"))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_number(self, number: int) -> None:
        """Show *number*, "99+" above 99, nothing for 0."""
        self._text = str(number) if number <= _MAX_BADGE else f"{_MAX_BADGE}+"
        self.resize(self.sizeHint())
        self.setVisible(number > 0)
        self.updateGeometry()
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Measure anew when the font changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return a circle, wider for more digits."""
        height = theme.scaled(SIZES.badge)
        width = QFontMetrics(self.font()).horizontalAdvance(self._text) + theme.scaled(9)
        return QSize(max(height, width), height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the figure on its red ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(BADGE))
        box = QRectF(self.rect())
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._text)
