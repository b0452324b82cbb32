"""Where words stand in a chart so that they cross neither a curve nor other words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF

_STEP = 4.0
"""Pixels between the points of a curve that are looked at."""


def first_free(
    places: Sequence[QRectF], taken: Sequence[QRectF], curves: Sequence[Sequence[QPointF]]
) -> QRectF:
    """Return the first of *places* that nothing crosses, else the one that the least crosses."""
    return min(places, key=lambda place: _crossings(place, taken, curves))


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
