"""Words in a chart: off the curves, off one another."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF

from alwrity_desktop.ui.charts.free_place import first_free

HERE = QRectF(0, 0, 40, 10)
THERE = QRectF(100, 0, 40, 10)


def test_that_the_first_place_is_taken_when_it_is_free() -> None:
    assert first_free((HERE, THERE), (), ()) == HERE


def test_that_words_go_out_of_the_way_of_other_words() -> None:
    assert first_free((HERE, THERE), (QRectF(30, 5, 40, 10),), ()) == THERE


def test_that_words_go_out_of_the_way_of_a_curve_between_two_far_points() -> None:
    steep = (QPointF(10, 400), QPointF(30, -400))
    assert first_free((HERE, THERE), (), (steep,)) == THERE


def test_that_a_curve_that_only_passes_by_takes_no_place() -> None:
    below = (QPointF(0, 30), QPointF(200, 12))
    assert first_free((HERE, THERE), (), (below,)) == HERE


def test_that_the_least_crossed_place_is_taken_when_none_is_free() -> None:
    level = (QPointF(0, 5), QPointF(200, 5))
    assert first_free((HERE, THERE), (QRectF(0, 0, 9, 9),), (level,)) == THERE
