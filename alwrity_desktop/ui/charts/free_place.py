"""Where words stand in a chart so that they cross neither a curve nor other words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSizeF

_STEP = 4.0
"""Pixels between the points of a curve that are looked at."""

_NAMED_AT = (0.85, 0.95, 0.7, 0.55, 0.4, 0.25)
"""Where along its length a curve may be named, the best first."""

_OFF = 0.8
"""Lines between a curve and the middle of its name."""


def first_free(
    places: Sequence[QRectF], taken: Sequence[QRectF], curves: Sequence[Sequence[QPointF]]
) -> QRectF:
    """Return the first of *places* that nothing crosses, else the one that the least crosses."""
    return min(places, key=lambda place: _crossings(place, taken, curves))


def beside(points: Sequence[QPointF], size: QSizeF, box: QRectF) -> list[QRectF]:
    """Return where words of *size* may name the curve through *points*: below it or above."""
    places = []
    for share in _NAMED_AT:
        point = points[round((len(points) - 1) * share)]
        for left, off in ((point.x() + 10, _OFF), (point.x() - size.width() / 2, -_OFF)):
            inside = max(min(left, box.right() - size.width() - 4), box.left() + 4)
            top = point.y() + (off - 0.5) * size.height()
            if top + size.height() <= box.bottom():
                places.append(QRectF(QPointF(inside, top), size))
    return places


def _crossings(
    place: QRectF, taken: Sequence[QRectF], curves: Sequence[Sequence[QPointF]]
) -> float:
    words = sum(place.intersects(other) for other in taken)
    return words + sum(_is_crossed(place, curve) for curve in curves)


def _is_crossed(place: QRectF, curve: Sequence[QPointF]) -> bool:
    return any(
        max(start.x(), end.x()) >= place.left()
        and min(start.x(), end.x()) <= place.right()
        and any(place.contains(point) for point in _between(start, end))
        for start, end in pairwise(curve)
    )


def _between(start: QPointF, end: QPointF) -> list[QPointF]:
    """Return points on the line from *start* to *end*, a few pixels apart."""
    way = end - start
    count = max(1, int(way.manhattanLength() / _STEP))
    return [start + way * (step / count) for step in range(count + 1)]
