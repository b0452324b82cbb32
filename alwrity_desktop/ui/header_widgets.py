"""The controls of the header: account, period, state pill, bell, the large figure."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QWidget

from alwrity_desktop.core.domain.money import PICO_PER_CENT
from alwrity_desktop.ui import formatting, theme
from alwrity_desktop.ui.tokens import SIZES
from alwrity_desktop.ui.widgets import Badge, IconButton, Pill, PlainLabel, Tween, plain_tooltip
from alwrity_desktop.ui.widgets.focus import BUTTON_FOCUS

_ICON_GAP = 8
_PADDING = 10
_PICKER_SIDE = 30


class MenuButton(QAbstractButton):
    """An icon, a name, a detail and a chevron; pressing it opens a menu."""

    def __init__(self, icon: str, name: str, parent: QWidget | None = None) -> None:
        """Make a button named *name* for screen readers."""
        super().__init__(parent)
        self._icon = icon
        self._label = name
        self._strong = ""
        self._detail = ""
        self._menu: QMenu | None = None
        self.is_framed = True
        self.setAccessibleName(name)
        self.setFocusPolicy(BUTTON_FOCUS)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.open_menu)
        theme.bus().changed.connect(self._dress)

    @Slot()
    def _dress(self) -> None:
        self.updateGeometry()
        self.update()

    def set_menu(self, menu: QMenu) -> None:
        """Open *menu* from now on."""
        self._menu = menu

    def set_words(self, strong: str, detail: str = "", icon: str = "") -> None:
        """Show *strong*, then *detail* in a quieter colour."""
        self._strong, self._detail = strong, detail
        self._icon = icon or self._icon
        self.setAccessibleName(f"{self._label}: {strong} {detail}".strip())
        self.updateGeometry()
        self.update()

    @Slot()
    def open_menu(self) -> None:
        """Open the menu below the button."""
        if self._menu is not None:
            self._menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def sizeHint(self) -> QSize:
        """Return the room for all the words."""
        bold, light = self._metrics()
        width = 2 * (_PADDING + theme.scaled(SIZES.icon_row)) + _ICON_GAP
        width += _ICON_GAP if self._strong else 0
        width += bold.horizontalAdvance(self._strong)
        if self._detail:
            width += _ICON_GAP + light.horizontalAdvance(self._detail)
        return QSize(width, max(theme.scaled(SIZES.button), bold.height() + 8))

    def minimumSizeHint(self) -> QSize:
        """Return the same: the words are never cut."""
        return self.sizeHint()

    @staticmethod
    def _metrics() -> tuple[QFontMetrics, QFontMetrics]:
        return QFontMetrics(theme.font("body-dense", 600)), QFontMetrics(theme.font("body-dense"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw frame, icon, words and chevron."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_frame(painter)
        edge = theme.scaled(SIZES.icon_row)
        ratio = self.devicePixelRatioF()
        top = (self.height() - edge) // 2
        pixmap = theme.icon_pixmap(self._icon, "text2", edge, ratio)
        painter.drawPixmap(QPoint(_PADDING, top), pixmap)
        chevron = theme.icon_pixmap("chevron-down", "text2", edge, ratio)
        painter.drawPixmap(QPoint(self.width() - _PADDING - edge, top), chevron)
        left = _PADDING + edge + _ICON_GAP
        bold, _light = self._metrics()
        box = QRect(left, 0, self.width() - left, self.height())
        painter.setFont(theme.font("body-dense", 600))
        painter.setPen(look.colour("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self._strong)
        painter.setFont(theme.font("body-dense"))
        painter.setPen(look.colour("muted"))
        box.translate(bold.horizontalAdvance(self._strong) + _ICON_GAP, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self._detail)

    def _paint_frame(self, painter: QPainter) -> None:
        look = theme.current()
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        is_focused = self.hasFocus()
        if self.is_framed or is_focused:
            pen = QPen(look.colour("focus" if is_focused else "control"), 2 if is_focused else 1)
            painter.setPen(pen)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            box.adjust(0, 1, 0, -1)
        ground = "hover" if self.underMouse() else "surface"
        painter.setBrush(look.colour(ground))
        painter.drawRoundedRect(box, SIZES.radius_control, SIZES.radius_control)


class PeriodPicker(QWidget):
    """One step back, the period with its menu, one step forward."""

    #: -1 for the period before, 1 for the one after.
    stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a picker that shows no period yet."""
        super().__init__(parent)
        self._back = IconButton("chevron-left", self.tr("Period before"))
        self._next = IconButton("chevron-right", self.tr("Period after"))
        self.button = MenuButton("calendar", self.tr("Period"))
        self.button.is_framed = False
        layout = QHBoxLayout(self)
        layout.setContentsMargins(1, 0, 1, 0)
        layout.setSpacing(0)
        for widget in (self._back, self.button, self._next):
            layout.addWidget(widget)
        self._back.clicked.connect(self._step_back)
        self._next.clicked.connect(self._step_forward)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.bus().changed.connect(self._dress)
        self._dress()

    @Slot()
    def _dress(self) -> None:
        side = theme.scaled(_PICKER_SIDE)
        for button in (self._back, self._next):
            button.setFixedSize(side, side)
        self.update()

    def set_steps(self, *, can_go_back: bool, can_go_on: bool) -> None:
        """Say whether there is a period before and after."""
        self._back.setEnabled(can_go_back)
        self._next.setEnabled(can_go_on)
        self._back.set_icon("chevron-left", "text2" if can_go_back else "control")
        self._next.set_icon("chevron-right", "text2" if can_go_on else "control")

    @Slot()
    def _step_back(self) -> None:
        self.stepped.emit(-1)

    @Slot()
    def _step_forward(self) -> None:
        self.stepped.emit(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw one frame around all three."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.colour("control"), 1))
        painter.setBrush(look.colour("surface"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, SIZES.radius_control, SIZES.radius_control)


class StatePill(Pill):
    """The state in colour, icon and word; pressing it shows the reasons."""

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a pill that shows nothing yet."""
        super().__init__(parent=parent)
        self.setFocusPolicy(BUTTON_FOCUS)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_state(self, tone: str, word: str, reason: str) -> None:
        """Show *word* in *tone*, with its *reason* in the tooltip."""
        self.set_status(tone, word)
        plain_tooltip(self, reason)
        self.setAccessibleDescription(reason)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell that it was pressed."""
        if self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell that it was pressed with Return or Space."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pill, and its focus."""
        super().paintEvent(event)
        if not self.hasFocus():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.current().colour("focus"), 2))
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)


class Bell(IconButton):
    """The bell with the number of unread alerts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Make a bell without alerts."""
        super().__init__("bell", "", icon_size=18, parent=parent)
        self._badge = Badge(self)
        self.set_unread(0)

    def set_unread(self, number: int) -> None:
        """Show how many alerts are unread."""
        names = {0: self.tr("Alerts"), 1: self.tr("1 unread alert")}
        name = names.get(number) or self.tr("{number} unread alerts").format(number=number)
        self.setAccessibleName(name)
        plain_tooltip(self, name)
        self._badge.set_number(number)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the badge in its corner."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        self._badge.move(self.width() - self._badge.width(), 0)


class MoneyMetric(PlainLabel):
    """The period's cost in the largest type; it counts to its value."""

    #: A known figure was clicked.
    clicked = Signal()

    def __init__(self, type_role: str = "metric", parent: QWidget | None = None) -> None:
        """Make a figure that is not known yet."""
        super().__init__(formatting.UNKNOWN, type_role, parent=parent)
        self._target_pico = 0
        self._tween = Tween(self, "count", self._show_cents)

    def set_cost(self, cost_pico: int | None, missing: str = "") -> None:
        """Count to *cost_pico*; None where it is not known. *missing* says what is not in it."""
        self.setAccessibleName(formatting.money(cost_pico))
        self.setAccessibleDescription(missing)
        plain_tooltip(self, missing)
        if cost_pico is None:
            self._tween.halt()
            self.set_plain(formatting.UNKNOWN)
            self.unsetCursor()
            return
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._target_pico = cost_pico
        self._tween.go(cost_pico / PICO_PER_CENT)

    def _show_cents(self, cents: float) -> None:
        shown = round(cents) * PICO_PER_CENT
        is_there = abs(shown - self._target_pico) <= PICO_PER_CENT
        self.set_plain(formatting.money(self._target_pico if is_there else shown))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell of a click on a figure that is known."""
        is_inside = self.rect().contains(event.position().toPoint())
        is_left = event.button() == Qt.MouseButton.LeftButton
        if is_inside and is_left and self.text() != formatting.UNKNOWN:
            self.clicked.emit()
