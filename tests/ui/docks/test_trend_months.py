"""Months as bars: every measure, the change, the keys, and the table behind them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from alwrity_desktop.core.domain.budgets import LimitKind
from alwrity_desktop.core.domain.projection import Projection, ProjectionPoint
from alwrity_desktop.core.domain.report import Report
from alwrity_desktop.ui.docks._trend_views import View, trend_data
from alwrity_desktop.ui.docks.trends import TrendsDock
from alwrity_desktop.ui.requests import OpenCalls
from tests import builders
from tests.ui.looks import Asked, shown

TOKENS = Projection(
    LimitKind.TOKENS,
    80_000_000,
    120_000_000,
    110_000_000,
    140_000_000,
    curve=tuple(
        ProjectionPoint(f"2026-11-{day}", day * 4_000_000, day * 3_900_000, day * 4_500_000)
        for day in range(20, 31)
    ),
)
REFUSED = Projection(LimitKind.CALLS, 10, refused="Two days are too few.")


def a_report() -> Report:
    report = builders.a_report()
    return replace(report, forecast=replace(report.forecast, tokens=TOKENS, calls=REFUSED))


def monthly(qtbot: QtBot, span: str = "12m", measure: str = "cost") -> tuple[TrendsDock, Asked]:
    dock = TrendsDock()
    asked = shown(dock, qtbot, a_report())
    dock._spans.choose(span)
    dock._styles.choose("months")
    dock._measures.setCurrentIndex(dock._measures.findData(measure))
    dock._draw()
    return dock, asked


def test_that_months_of_every_measure_are_bars_with_their_change(qtbot: QtBot) -> None:
    dock, _asked = monthly(qtbot)
    assert dock._pages.currentWidget() is dock._many_months
    assert not dock._months_box.isVisible()
    bars = dock._many_months.bars._bars
    months = a_report().history_months
    assert len(bars) == 12
    costs = [point.total.cost_pico for point in months]
    assert bars[-2].change == f"{round(100 * (costs[-2] - costs[-3]) / costs[-3]):+}%"
    assert bars[-1].change == ""
    assert "against the month before" in bars[-2].tooltip
    dock._measures.setCurrentIndex(dock._measures.findData("tokens"))
    bars = dock._many_months.bars._bars
    assert (bars[-1].expected, bars[-1].expected_caption) == (120_000_000.0, "120.0M")
    dock._measures.setCurrentIndex(dock._measures.findData("calls"))
    assert dock._many_months.bars._bars[-1].expected is None


def test_that_a_shorter_range_shows_fewer_months(qtbot: QtBot) -> None:
    dock, _asked = monthly(qtbot, "3m")
    assert [bar.label for bar in dock._many_months.bars._bars] == ["Sep", "Oct", "Nov"]


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_that_bars_are_reached_and_opened_by_keys(qtbot: QtBot) -> None:
    dock, asked = monthly(qtbot)
    bars = dock._many_months.bars
    bars._go(len(bars._bars) - 1)
    QTest.keyClick(bars, Qt.Key.Key_Left)
    assert bars.accessibleDescription().startswith("October 2026")
    QTest.keyClick(bars, Qt.Key.Key_Return)
    assert asked.last == OpenCalls(day_start="2026-10-01", day_end="2026-10-31")
    for _ in range(20):
        QTest.keyClick(bars, Qt.Key.Key_Left)
    assert bars._at == 0


def test_that_the_months_are_a_table_with_their_change_one_key_away(qtbot: QtBot) -> None:
    dock, asked = monthly(qtbot)
    QTest.keyClick(dock, Qt.Key.Key_T)
    assert dock._pages.currentWidget() is dock._table
    keys = [column.key for column in dock._model.columns]
    assert keys[-1] == "change"
    assert dock._model.index(1, 0).data() == "October 2026"
    assert dock._model.index(1, keys.index("change")).data().endswith("%")
    dock._table.row_opened.emit(1)
    assert asked.last == OpenCalls(day_start="2026-10-01", day_end="2026-10-31")
    dock._styles.choose("each")
    dock._draw()
    assert "change" not in [column.key for column in dock._model.columns]
    QTest.keyClick(dock, Qt.Key.Key_T)
    assert dock._pages.currentWidget() is dock._chart


def test_that_tokens_have_a_forecast_of_their_own(qtbot: QtBot) -> None:
    data = trend_data(a_report(), View(measure="tokens"))
    assert data.band_ends == ("140M high", "120M", "110M low")
    assert (data.band[-1].middle, data.band[-1].low) == (120e6, 117e6)
    assert not trend_data(a_report(), View(measure="calls")).band


def test_that_a_refusal_is_said_for_the_measure_that_is_shown(qtbot: QtBot) -> None:
    dock = TrendsDock()
    shown(dock, qtbot, a_report())
    dock._measures.setCurrentIndex(dock._measures.findData("calls"))
    assert dock._legend.words.text() == "Two days are too few."
    dock._styles.choose("each")
    dock._draw()
    assert not dock._grounds.isVisible()
