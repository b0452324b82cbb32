"""Icons from SVG files, tinted, and drawn only when they are seen, at the size they are seen at."""

from __future__ import annotations

import functools

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QStyleOption

from alwrity_desktop.core.resources import resource_path


class TintedEngine(QIconEngine):
    """Draws one icon in one colour.

    A window has a hundred icons, most of them in menus that nobody opens.
    """

    def __init__(self, name: str, colour: str, size: int, trailing: int) -> None:
        """Draw nothing yet; *size* and *trailing* are logical pixels."""
        super().__init__()
        self._name = name
        self._colour = colour
        self._size = size
        self._trailing = trailing

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw the icon into *rect*."""
        ratio = painter.device().devicePixelRatioF()
        pixmap = self.scaledPixmap(rect.size() * ratio, mode, state, ratio)
        pixmap.setDevicePixelRatio(ratio)
        painter.drawPixmap(rect, pixmap)

    def pixmap(self, size: QSize, mode: QIcon.Mode, _state: QIcon.State) -> QPixmap:
        """Return the icon on *size* physical pixels."""
        whole = self._size + self._trailing
        side = min(size.height(), size.width() * self._size // whole)
        made = tinted(self._name, self._colour, side, 1.0, self._trailing * side // self._size)
        if mode != QIcon.Mode.Disabled:
            return made
        return QApplication.style().generatedIconPixmap(mode, made, QStyleOption())

    def clone(self) -> QIconEngine:
        """Return another engine that draws the same."""
        return TintedEngine(self._name, self._colour, self._size, self._trailing)


@functools.lru_cache(maxsize=512)
def tinted_icon(name: str, colour: str, size: int, trailing: int) -> QIcon:
    """Return the icon *name* in *colour*, sharp at every scale."""
    return QIcon(TintedEngine(name, colour, size, trailing))


@functools.lru_cache(maxsize=1024)
def tinted(name: str, colour: str, size: int, ratio: float, trailing: int = 0) -> QPixmap:
    """Return the icon *name* in *colour* as a pixmap of *size* for a device *ratio*."""
    pixmap = QPixmap(round((size + trailing) * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    svg = _svg_text(name).replace("currentColor", colour)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap


@functools.lru_cache(maxsize=256)
def _svg_text(name: str) -> str:
    return resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")
