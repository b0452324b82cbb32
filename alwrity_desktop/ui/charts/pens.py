"""The theme's chart pens, as wide on every screen.

A cosmetic pen is so many pixels of the screen itself: on one of twice the scale its line is half
as wide as the words beside it.
"""

from __future__ import annotations

from PySide6.QtGui import QColor, QPen

from alwrity_desktop.ui import theme


def painter_pen(token: str, colour: QColor | str) -> QPen:
    """Return the pen *token* for a painter whose units are logical pixels."""
    pen = theme.pen(token, colour)
    pen.setCosmetic(False)
    return pen


def plot_pen(token: str, colour: QColor | str, ratio: float) -> QPen:
    """Return the pen *token* for a plot in units of its own, at the screen's pixel *ratio*."""
    return scaled(theme.pen(token, colour), ratio)


def scaled(pen: QPen, ratio: float) -> QPen:
    """Return the cosmetic *pen*, *ratio* times as wide."""
    wider = QPen(pen)
    wider.setWidthF(pen.widthF() * ratio)
    return wider
