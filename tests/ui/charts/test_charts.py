"""The charts: geometry, reading by pointer and keys, and what a screen reader is told."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from alwrity_desktop.ui import theme
from alwrity_desktop.ui.charts.free_place import first_free
from alwrity_desktop.ui.charts.gauge import Gauge
from alwrity_desktop.ui.charts.month_bars import Bar, MonthBars
from alwrity_desktop.ui.charts.pens import painter_pen, plot_pen
from alwrity_desktop.ui.charts.ring import RingChart, Slice
from alwrity_desktop.ui.charts.sparkline import paint_sparkline
from alwrity_desktop.ui.charts.trend import TrendChart
from alwrity_desktop.ui.charts.trend_data import Comparison, Curve, Readout, TrendData
from alwrity_desktop.ui.charts.trend_labels import TrendLabels, spread
from alwrity_desktop.ui.docks._trend_views import View, trend_data
from tests import builders


@given(st.lists(st.floats(min_value=0, max_value=200), min_size=1, max_size=6))
def test_that_labels_stay_apart_and_above_the_axis(heights: list[float]) -> None:
    placed = spread(sorted(heights), 15.0, 200.0)
    assert placed[-1] <= 200.0
    assert all(b - a >= 15.0 - 1e-6 for a, b in pairwise(placed))


def plainly(value: float, _step: float) -> str:
    return str(value)


def slices() -> list[Slice]:
    black = QColor("#000000")
    return [
        Slice(key, value, QColor(fill), black, "", black, f"{key}: ${value}")
        for key, value, fill in (
            ("a", 50.0, "#ff0000"),
            ("b", 25.0, "#00ff00"),
            ("c", 25.0, "#0000ff"),
        )
    ]


@pytest.fixture
def ring(qtbot: QtBot) -> RingChart:
    chart = RingChart()
    qtbot.addWidget(chart)
    chart.resize(160, 160)
    chart.set_slices(slices(), "$100.00", "3 providers")
    return chart


def test_that_each_slice_lies_where_its_share_says(ring: RingChart) -> None:
    image = QPixmap(ring.size())
    ring.render(image)
    picture = image.toImage()
    for degrees, colour in ((90, "#ff0000"), (225, "#00ff00"), (315, "#0000ff")):
        angle = math.radians(degrees)
        place = QPoint(round(80 + 63 * math.sin(angle)), round(80 - 63 * math.cos(angle)))
        assert picture.pixelColor(place).name() == colour


def test_that_a_click_names_the_slice(ring: RingChart, qtbot: QtBot) -> None:
    ring.show()
    with qtbot.waitSignal(ring.slice_clicked) as told:
        QTest.mouseClick(ring, Qt.MouseButton.LeftButton, pos=QPoint(140, 80))
    assert told.args == ["a"]
    with qtbot.assertNotEmitted(ring.slice_clicked):
        QTest.mouseClick(ring, Qt.MouseButton.LeftButton, pos=QPoint(80, 80))


def test_that_a_ring_says_its_figures(ring: RingChart) -> None:
    assert ring.accessibleName() == "$100.00, 3 providers; a: $50.0; b: $25.0; c: $25.0"


def test_that_a_ring_without_cost_is_an_empty_ring(qtbot: QtBot) -> None:
    chart = RingChart()
    qtbot.addWidget(chart)
    chart.resize(160, 160)
    chart.set_slices([], "$0.00", "0 providers")
    image = QPixmap(chart.size())
    chart.render(image)
    assert image.toImage().pixelColor(80, 17).name() == theme.LIGHT.hex("track")


def test_that_a_gauge_fills_and_says_itself(qtbot: QtBot) -> None:
    gauge = Gauge()
    qtbot.addWidget(gauge)
    gauge.resize(gauge.sizeHint())
    gauge.set_value(100.0, "100%", "of $125.00", "danger")
    gauge.set_marks(80, 96.7)
    image = QPixmap(gauge.size())
    gauge.render(image)
    top = QPoint(gauge.width() // 2, gauge.height() - 7 - 6 - 72)
    assert image.toImage().pixelColor(top).name() == theme.LIGHT.hex("danger")
    assert gauge.accessibleName() == "100% of $125.00"


def test_that_a_sparkline_leaves_gaps_where_nothing_ran(qapp: QApplication) -> None:
    image = QImage(60, 20, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    values = (1.0, 2.0, None, None, None, None, 2.0, 1.0)
    paint_sparkline(painter, QRectF(0, 2, 60, 16), values, "muted")
    painter.end()
    inked = [any(image.pixelColor(x, y).alpha() for y in range(20)) for x in range(60)]
    assert inked[2]
    assert inked[56]
    assert not any(inked[16:44])


def test_that_a_month_can_be_clicked(qtbot: QtBot) -> None:
    bars = MonthBars()
    qtbot.addWidget(bars)
    bars.resize(300, 200)
    bars.set_bars([Bar(str(n), n + 1.0, "$1", f"Month {n}") for n in range(6)], 5.0, "Budget")
    bars.show()
    with qtbot.waitSignal(bars.bar_clicked) as told:
        QTest.mouseClick(bars, Qt.MouseButton.LeftButton, pos=QPoint(125, 100))
    assert told.args == [2]
    assert bars.accessibleName().startswith("Month 0; Month 1")


@pytest.mark.parametrize(("caption", "is_inside"), [("$1", True), ("$1,234,567", False)])
def test_that_a_caption_stands_on_a_bar_that_is_too_narrow_for_it(
    qtbot: QtBot, caption: str, is_inside: bool
) -> None:
    bars = MonthBars()
    qtbot.addWidget(bars)
    bars.resize(300, 200)
    bars.set_bars([Bar(str(n), 5.0, caption, "") for n in range(6)], None, "")
    bars._set_reveal(1.0)

    image = bars.grab().toImage()

    box = bars._bar_box(2, 5.0).adjusted(3, 3, -3, -3).toRect()
    colours = {
        image.pixel(x, y)
        for x in range(box.left(), box.right())
        for y in range(box.top(), box.bottom())
    }
    assert (len(colours) > 1) == is_inside


def test_that_the_arrow_keys_read_the_chart() -> None:
    labels = TrendLabels()
    readouts = tuple(Readout(float(n), str(n), ()) for n in range(3))
    labels.set_data(TrendData(3.0, plainly, "", readouts=readouts))
    places = []
    for step in (1, 1, 1, 1, -1):
        labels.step(step)
        places.append(labels.place)
    assert places == [0.0, 1.0, 2.0, 2.0, 1.0]
    labels.point_at(QRectF(0, 0, 300, 100), QPointF(190, 50))
    assert labels.place == 2.0
    labels.point_at(QRectF(0, 0, 300, 100), QPointF(400, 50))
    assert labels.place is None


def test_that_the_plot_waits_for_the_first_paint(qtbot: QtBot) -> None:
    chart = TrendChart()
    qtbot.addWidget(chart)
    data = trend_data(builders.a_report(), View())
    chart.set_data(data)
    assert not chart.is_ready
    chart.resize(600, 260)
    chart.show()
    qtbot.waitUntil(lambda: chart.is_ready)
    assert chart.accessibleName() == data.sentence


def test_that_the_curve_and_its_ground_follow_the_theme(qtbot: QtBot, qapp: QApplication) -> None:
    chart = TrendChart()
    qtbot.addWidget(chart)
    chart.resize(600, 260)
    chart.show()
    chart.set_data(trend_data(builders.a_report(), View(style="each")))
    qtbot.waitUntil(lambda: chart.is_ready)
    for name in ("dark", "light"):
        theme.apply(qapp, "dark" if name == "dark" else "light")
        image = QPixmap(chart.size())
        chart.render(image)
        assert image.toImage().pixelColor(300, 3) == theme.current().colour("bg")


def test_that_lines_are_as_wide_on_every_screen(qapp: QApplication) -> None:
    assert theme.pen("series", "info.mark").isCosmetic()
    assert not painter_pen("series", "info.mark").isCosmetic()
    on_twice = plot_pen("forecast", "info.mark", 2.0)
    assert on_twice.isCosmetic()
    assert on_twice.widthF() == 2 * theme.pen("forecast", "info.mark").widthF()
    assert on_twice.dashPattern() == theme.pen("forecast", "info.mark").dashPattern()


def test_that_the_period_before_is_named_across_no_other_line(qapp: QApplication) -> None:
    labels = TrendLabels()
    labels._box, labels._top = QRectF(40, 20, 400, 200), 100.0
    xs = (0.0, 2.0, 4.0, 6.0, 7.0)
    past = Comparison(xs, (0.0, 30.0, 60.0, 75.0, 80.0), "9 - 15 Nov")
    curve = Curve("", "", "", xs, (0.0, 25.0, 50.0, 62.0, 68.0))
    labels.set_data(TrendData(7.0, plainly, "", curves=(curve,), comparison=past))
    words = labels._comparison_words(past)
    elsewhere = QRectF(0, 0, 1, 1)
    lines = [labels._past_line(), *labels._drawn_lines()]
    # Words that cross a line give way to a place that crosses none.
    assert first_free([words, elsewhere], [], lines) == words
    assert labels._box.contains(words)


def inked_columns(chart: TrendChart, colour: QColor) -> set[int]:
    """Return where across the chart anything has *colour*."""
    image = QPixmap(chart.size())
    chart.render(image)
    picture = image.toImage()
    return {
        x
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y) == colour
    }


@pytest.mark.parametrize("unknown", [frozenset[int](), frozenset({1, 2, 4})])
def test_that_what_is_not_known_is_a_gap(unknown: frozenset[int], qtbot: QtBot) -> None:
    ys = tuple(0.0 if place in unknown else 5.0 for place in range(6))
    curve = Curve("", "", "", (0.0, 1.0, 2.0, 3.0, 4.0, 5.0), ys, unknown=unknown)
    chart = TrendChart()
    qtbot.addWidget(chart)
    chart.resize(600, 260)
    chart.set_data(TrendData(5.0, plainly, "", curves=(curve,)))
    chart.show()
    qtbot.waitUntil(lambda: chart.is_ready)
    inked = inked_columns(chart, theme.current().colour("info.mark"))
    beside_first, lonely = range(120, 160), range(340, 380)
    assert inked.isdisjoint(beside_first) == bool(unknown)
    assert not inked.isdisjoint(lonely)
